package redshift

import (
	"strconv"
	"strings"
)

// pattern is a regular expression whose matches are taken as text. \C matches
// one byte, which may be half a character and so no text: it is refused.
func (t *translator) pattern(v value) string {
	sql := t.asText(v)
	if v.text == nil {
		return "leat_pattern(" + sql + ")"
	}
	for i := 0; i+1 < len(*v.text); i++ {
		if (*v.text)[i] != '\\' {
			continue
		}
		if i++; (*v.text)[i] == 'C' {
			t.fails(t.fail(t.at, "2201B", "invalid regular expression: \\C, a single byte, is not supported"))
		}
	}
	return sql
}

func buildRegexpReplace(t *translator, c *Call, a []value) (value, error) {
	if len(a) < 2 || len(a) > 4 {
		return value{}, t.unsupported(c.exprPos(), "REGEXP_REPLACE is supported with two to four arguments")
	}
	replacement, short := "''", true
	if len(a) > 2 {
		replacement = t.asText(a[2])
		short = a[2].text != nil && len(*a[2].text) < 2 // it refers to no group, and hardly lengthens
	}
	if len(a) == 4 {
		if n, ok := intConstant(a[3]); !ok || n != 1 {
			return value{}, t.unsupported(c.exprPos(), "REGEXP_REPLACE is supported from position 1 only")
		}
	}
	pattern := t.pattern(a[1])
	replace := func(text string) string {
		return "regexp_replace(" + text + ", " + pattern + ", " + replacement + ", 'g')"
	}
	text := t.asText(a[0])
	if len(a) == 2 || short && *a[2].text == "" { // only shortens
		return of(typeVarchar, replace(text)), nil
	}
	rest := a[1].traits
	if len(a) > 2 {
		rest = rest.with(a[2].traits)
	}
	return t.letValue(value{sql: text, typ: typeVarchar, traits: a[0].traits, text: a[0].text}, rest, func(v value) (value, error) {
		text := v.out()
		if short {
			return of(typeVarchar, "leat_sized(", replace(text), ", ", text, ")"), nil
		}
		room := "leat_room(" + text + ", len(regexp_extract_all(" + text + ", " + pattern + ")), " + replacement + ")"
		return of(typeVarchar, "leat_sized(", replace(room), ", ", text, ")"), nil
	})
}

func buildRegexpSubstr(t *translator, c *Call, a []value) (value, error) {
	if len(a) < 2 || len(a) > 5 {
		return value{}, t.noFunction(c, a)
	}
	text, pattern := t.asText(a[0]), t.pattern(a[1])
	occurrence, group, options := 1, "0", ""
	if len(a) > 2 {
		text = "substring(" + text + ", " + t.as(a[2], typeBigint) + ")"
	}
	if len(a) > 3 {
		n, ok := intConstant(a[3])
		if !ok || n < 1 {
			return value{}, t.unsupported(c.exprPos(), "REGEXP_SUBSTR is supported with a constant occurrence only")
		}
		occurrence = n
	}
	if len(a) > 4 && a[4].text != nil {
		if strings.Contains(*a[4].text, "e") {
			group = "1"
		}
		if strings.Contains(*a[4].text, "i") {
			options = ", 'i'"
		}
	}
	if occurrence == 1 {
		return of(typeVarchar, "regexp_extract(", text, ", ", pattern, ", ", group, options, ")"), nil
	}
	return of(typeVarchar, "coalesce(regexp_extract_all(", text, ", ", pattern, ", ", group, options, ")[", strconv.Itoa(occurrence), "], '')"), nil
}

// buildRegexpPlace is REGEXP_COUNT and REGEXP_INSTR.
func buildRegexpPlace(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	text, pattern := t.asText(a[0]), t.pattern(a[1])
	if name, _ := t.functionName(c); name == "regexp_count" {
		return of(typeInteger, "CAST(len(regexp_extract_all(", text, ", ", pattern, ")) AS INTEGER)"), nil
	}
	return of(typeInteger, t.let(text, a[0].traits, a[1].traits, func(text string) string {
		return t.let(pattern, a[1].traits, a[0].traits, func(pattern string) string {
			return "CASE WHEN regexp_matches(" + text + ", " + pattern + ") THEN CAST(length(regexp_extract(" + text + ", '(?s)^(.*?)(?:' || " + pattern +
				" || ')', 1)) + 1 AS INTEGER) ELSE 0 END"
		})
	})), nil
}
