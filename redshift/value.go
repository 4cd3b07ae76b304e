package redshift

import (
	"strconv"
	"strings"
)

// A value is a translated expression: DuckDB SQL and its Redshift type. SQL of
// a value can stand anywhere in an expression without parentheses.
type value struct {
	sql string
	typ Type

	// A walk into SUPER is kept open, so that a cast can read the JSON document
	// once: the value is what lies at steps in the document doc.
	doc   string
	steps []jsonStep
	ext   *extractor

	text  *string // the value, when it is a string constant
	num   bool    // a number constant
	null  bool    // the constant NULL
	param int     // the number of a parameter whose type is still open

	most int // bytes that the text of a concatenation has at most; 0: see textBound

	traits traits // set by expr
}

// A jsonStep is one key or index.
type jsonStep struct {
	key   string
	index int // used when isIndex
	isIdx bool
}

// out is the SQL of v.
func (v value) out() string {
	if v.doc == "" {
		return v.sql
	}
	return v.ext.call("leat_json_get", v.doc, jsonPath(v.steps))
}

func itoa(n int) string { return strconv.Itoa(n) }

// jsonPath writes steps as the functions of duck read them: $.key[0]."any key",
// with quotes in a quoted key doubled.
func jsonPath(steps []jsonStep) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, s := range steps {
		switch {
		case s.isIdx:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		case plainKey(s.key):
			b.WriteByte('.')
			b.WriteString(s.key)
		default:
			b.WriteString(`."`)
			b.WriteString(strings.ReplaceAll(s.key, `"`, `""`))
			b.WriteByte('"')
		}
	}
	return b.String()
}

func plainKey(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || i > 0 && isDigit(c)) {
			return false
		}
	}
	return s != ""
}

// of makes a plain value.
func of(typ Type, parts ...string) value {
	if len(parts) == 1 {
		return value{sql: parts[0], typ: typ}
	}
	return value{sql: strings.Join(parts, ""), typ: typ}
}

func (v value) isSuper() bool { return v.typ.Name == "super" }

// constant tells a literal, which takes the type of what it meets.
func (v value) constant() bool { return v.text != nil || v.null }

// cast1 wraps SQL in a DuckDB cast.
func cast1(sql, duck string) string { return "CAST(" + sql + " AS " + duck + ")" }

func tryCast(sql, duck string) string { return "TRY_CAST(" + sql + " AS " + duck + ")" }
