package redshift

import "strings"

// buildToNumber is TO_NUMBER: the digits of a text, with its sign wherever it
// stands, to as many places as the format has behind its point.
func buildToNumber(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	typ := numeric(38, 10) // of a format that is not known yet
	if a[1].text != nil {
		places := 0
		if _, fraction, ok := strings.Cut(strings.ToUpper(strings.ReplaceAll(*a[1].text, "D", ".")), "."); ok {
			places = strings.Count(fraction, "9") + strings.Count(fraction, "0")
		}
		typ = numeric(38, places)
	}
	return of(typ, let(t.asText(a[0]), func(x string) string {
		return cast1("(CASE WHEN regexp_matches("+x+", '[-<]') THEN '-' ELSE '' END || regexp_replace("+x+", '[^0-9.]', '', 'g'))", typ.Duck())
	})), nil
}
