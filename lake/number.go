package lake

import (
	"fmt"
	"strings"
)

// maxPrecision is how many digits a DECIMAL has at most.
const maxPrecision = 38

// exact returns the type of numbers with at most so many digits before and
// after the point. Numbers that need more digits than there are stay text.
// There are two widths of DECIMAL only, so that a column's type changes seldom.
func exact(digits, scale int) string {
	switch {
	case scale == 0 && digits <= 19:
		return bigint
	case digits+scale <= 18:
		return fmt.Sprintf("DECIMAL(18,%d)", scale)
	case digits+scale <= maxPrecision:
		return fmt.Sprintf("DECIMAL(%d,%d)", maxPrecision, scale)
	}
	return varchar
}

// digitsOf returns how many digits a type has before and after its point; false
// when it is no exact number.
func digitsOf(typ string) (digits, scale int, ok bool) {
	switch typ {
	case "SMALLINT":
		return 5, 0, true
	case "INTEGER":
		return 10, 0, true
	case bigint:
		return 19, 0, true
	}
	if n, _ := fmt.Sscanf(typ, "DECIMAL(%d,%d)", &digits, &scale); n == 2 {
		return digits - scale, scale, true
	}
	return 0, 0, false
}

// wider returns the type that holds the values of both exactly. "" is the type
// of what has had no value.
func wider(a, b string) string {
	switch {
	case a == b || b == "":
		return a
	case a == "":
		return b
	}
	aDigits, aScale, aOK := digitsOf(a)
	bDigits, bScale, bOK := digitsOf(b)
	if !aOK || !bOK {
		return varchar
	}
	return exact(max(aDigits, bDigits), max(aScale, bScale))
}

// asText returns a value as text that depends on the value alone.
func asText(expr, typ string) string {
	text := "CAST((" + expr + ") AS VARCHAR)"
	switch {
	case typ == JSON:
		return "CASE json_type(" + expr + ") WHEN 'VARCHAR' THEN (" + expr + ") ->> '$' ELSE " + text + " END"
	case strings.HasPrefix(typ, "DECIMAL"):
		return "CASE WHEN contains(" + text + ", '.') THEN rtrim(rtrim(" + text + ", '0'), '.') ELSE " + text + " END"
	}
	return text
}
