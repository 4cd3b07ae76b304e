package warehouse

import (
	"strings"

	"leat/redshift"
)

// DateStyle is "style, order": how dates are written, and in which order their
// numbers are read. They are written as ISO has it; any order can be set.

// parseDateStyle reads the words of SET datestyle; what is not said is left out.
func parseDateStyle(values []string) (string, error) {
	style, order := "", ""
	for _, value := range values {
		for _, word := range strings.FieldsFunc(strings.ToUpper(value), func(r rune) bool { return r == ',' || r == ' ' }) {
			switch word {
			case "ISO":
				style = "ISO"
			case "MDY", "US", "NONEURO", "NONEUROPEAN":
				order = "MDY"
			case "DMY", "EURO", "EUROPEAN":
				order = "DMY"
			case "YMD":
				order = "YMD"
			case "DEFAULT":
				style, order = "ISO", "MDY"
			case "SQL", "POSTGRES", "GERMAN":
				e := sqlError(stateUnsupported, "datestyle %q is not supported: dates are written as ISO has it", strings.Join(values, ", "))
				e.Hint = "Set ISO with MDY, DMY or YMD, and format dates with TO_CHAR."
				return "", e
			default:
				return "", sqlError(stateParameter, "invalid value for parameter %q: %q", "datestyle", strings.Join(values, ", "))
			}
		}
	}
	if style == "" {
		style = "ISO"
	}
	return strings.TrimSuffix(style+", "+order, ", "), nil
}

// mergeDateStyle keeps the order that was, when a new value says none.
func mergeDateStyle(before, value string) string {
	if strings.Contains(value, ",") {
		return value
	}
	_, order, _ := strings.Cut(before, ", ")
	return value + ", " + order
}

func (p parameters) dateOrder() redshift.DateOrder {
	_, order, _ := strings.Cut(p.values["datestyle"], ", ")
	switch order {
	case "DMY":
		return redshift.DayMonthYear
	case "YMD":
		return redshift.YearMonthDay
	}
	return redshift.MonthDayYear
}
