package redshift

import (
	"slices"
	"strings"
)

// jsonBuilder finds the builder of a function on JSON, SUPER and VARBYTE.
func jsonBuilder(name string) builder {
	switch name {
	case "json_parse":
		return buildJSONParse
	case "can_json_parse":
		return jsonTest("any")
	case "is_valid_json":
		return jsonTest("object")
	case "is_valid_json_array":
		return jsonTest("array")
	case "json_extract_path_text":
		return buildExtractPath
	case "json_extract_array_element_text":
		return buildArrayElement
	case "json_array_length":
		return buildArrayLength
	case "json_serialize", "json_serialize_to_varbyte":
		return buildSerialize
	case "json_typeof", "get_array_length", "json_size":
		return buildSuperFact
	case "is_array", "is_object", "is_scalar", "is_varchar", "is_char", "is_integer", "is_bigint", "is_smallint",
		"is_decimal", "is_float", "is_boolean":
		return buildIsKind
	case "array", "object", "array_concat":
		return buildConstruct
	case "split_to_array":
		return buildSplit
	case "from_varbyte", "to_varbyte":
		return buildVarbyte
	}
	return nil
}

// parsed is the document that text, bytes or SUPER hold. What is not JSON is an
// error, or NULL when lax, a boolean's SQL, is true.
func (t *translator) parsed(v value, lax string) string {
	if v.isSuper() {
		return v.out()
	}
	suffix, text := "", ""
	if v.typ.Name == "varbyte" {
		suffix, text = "_bytes", v.out()
	} else {
		text = t.asText(v)
	}
	strict, other := "leat_json_parse"+suffix+"(", "leat_json_try_parse"+suffix+"("
	switch lax {
	case "", "false":
		return strict + text + ")"
	case "true":
		return other + text + ")"
	}
	return let(text, func(x string) string {
		return "CASE WHEN " + lax + " THEN " + other + x + ") ELSE " + strict + x + ") END"
	})
}

// nullIfInvalid takes the last argument off when it is the boolean null_if_invalid.
func nullIfInvalid(a []value, least int) ([]value, string) {
	if n := len(a); n > least && a[n-1].typ.Name == "boolean" {
		return a[:n-1], a[n-1].out()
	}
	return a, ""
}

// buildJSONParse makes SUPER of text and bytes; the error quotes the bad document.
func buildJSONParse(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	return of(typeSuper, t.parsed(a[0], "")), nil
}

// utf8Test tells whether bytes are UTF-8. DuckDB's TRY(decode(x)) would do as
// well, but DuckDB may compute decode(x) outside of the TRY when another
// expression wants it too; so translations use no TRY, and tests never fail.
const utf8Test = "leat_is_utf8($1)"

// jsonTest is a test of a text for JSON of a kind; bytes that are no UTF-8 do not pass.
func jsonTest(kind string) builder {
	return func(t *translator, c *Call, a []value) (value, error) {
		if len(a) != 1 || a[0].isSuper() {
			return value{}, t.noFunction(c, a)
		}
		if a[0].typ.Name == "varbyte" {
			return of(typeBoolean, "leat_json_is_bytes(", a[0].out(), ", '", kind, "')"), nil
		}
		return of(typeBoolean, "leat_json_is(", t.asText(a[0]), ", '", kind, "')"), nil
	}
}

// buildExtractPath is JSON_EXTRACT_PATH_TEXT(json, key, … [, null_if_invalid]).
func buildExtractPath(t *translator, c *Call, a []value) (value, error) {
	a, lax := nullIfInvalid(a, 2)
	if len(a) < 2 {
		return value{}, t.noFunction(c, a)
	}
	doc := t.parsed(a[0], lax)
	var steps []jsonStep
	for i, key := range a[1:] {
		if key.text != nil {
			steps = append(steps, jsonStep{key: *key.text})
			continue
		}
		if i > 0 && len(steps) > 0 {
			doc = "leat_json_get(" + doc + ", " + quoteString(jsonPath(steps)) + ")"
			steps = nil
		}
		doc = "leat_json_field(" + doc + ", " + t.asText(key) + ")"
	}
	if len(steps) < len(a)-1 { // DuckDB computes such a call once anyway
		return of(typeVarchar, "leat_json_text(", doc, ", ", quoteString(jsonPath(steps)), ")"), nil
	}
	return of(typeVarchar, t.ext.call("leat_json_text", doc, jsonPath(steps))), nil
}

// buildArrayElement is JSON_EXTRACT_ARRAY_ELEMENT_TEXT(json, index [, null_if_invalid]).
func buildArrayElement(t *translator, c *Call, a []value) (value, error) {
	a, lax := nullIfInvalid(a, 2)
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	doc := t.parsed(a[0], lax)
	if n, ok := intConstant(a[1]); ok && n >= 0 {
		return of(typeVarchar, t.ext.call("leat_json_text", doc, jsonPath([]jsonStep{{index: n, isIdx: true}}))), nil
	}
	return of(typeVarchar, "leat_json_text(leat_json_element(", doc, ", ", t.as(a[1], typeBigint), "), '$')"), nil
}

// buildArrayLength is JSON_ARRAY_LENGTH(json [, null_if_invalid]).
func buildArrayLength(t *translator, c *Call, a []value) (value, error) {
	a, lax := nullIfInvalid(a, 1)
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	return of(typeInteger, "CAST(leat_json_length(", t.parsed(a[0], lax), ") AS INTEGER)"), nil
}

// buildSerialize writes SUPER as compact JSON text.
func buildSerialize(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 || !a[0].isSuper() && a[0].param == 0 && !a[0].constant() {
		return value{}, t.noFunction(c, a)
	}
	text := "leat_json_serialize(" + t.as(a[0], typeSuper) + ")"
	if name, _ := t.functionName(c); name == "json_serialize_to_varbyte" {
		return of(typeVarbyte, "encode(", text, ")"), nil
	}
	return of(typeVarchar, text), nil
}

func buildSuperFact(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 1 || !a[0].isSuper() {
		return value{}, t.noFunction(c, a)
	}
	x := a[0].out()
	switch name {
	case "json_typeof":
		return of(typeVarchar, "leat_json_typeof(", x, ")"), nil
	case "json_size":
		return of(typeBigint, "CAST(strlen(leat_json_serialize(", x, ")) AS BIGINT)"), nil
	}
	return of(typeBigint, "leat_json_length(", x, ")"), nil
}

// kindTests tell kinds of SUPER values. A whole number is one without a point.
var kindTests = map[string]string{
	"is_array":    "leat_json_typeof($1) = 'array'",
	"is_object":   "leat_json_typeof($1) = 'object'",
	"is_scalar":   "leat_json_typeof($1) NOT IN ('array', 'object', 'null')",
	"is_varchar":  "leat_json_typeof($1) = 'string'",
	"is_char":     "leat_json_typeof($1) = 'string' AND strlen(leat_json_scalar($1, '$')) = length(leat_json_scalar($1, '$'))",
	"is_boolean":  "leat_json_typeof($1) = 'boolean'",
	"is_smallint": "leat_json_number_kind($1) = 'integer' AND TRY_CAST(leat_json_number($1) AS SMALLINT) IS NOT NULL",
	"is_integer":  "leat_json_number_kind($1) = 'integer' AND TRY_CAST(leat_json_number($1) AS INTEGER) IS NOT NULL",
	"is_bigint":   "leat_json_number_kind($1) = 'integer' AND TRY_CAST(leat_json_number($1) AS BIGINT) IS NOT NULL",
	"is_decimal":  "leat_json_number_kind($1) IN ('integer', 'decimal')",
	"is_float":    "leat_json_number_kind($1) IN ('double', 'decimal')",
}

// buildIsKind asks for the kind of a SUPER value; NULL is of no kind.
func buildIsKind(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 1 || !a[0].isSuper() {
		return value{}, t.noFunction(c, a)
	}
	test := kindTests[name]
	if strings.Count(test, "$1") == 1 {
		return of(typeBoolean, "coalesce(", template(test, []string{a[0].out()}), ", false)"), nil
	}
	return of(typeBoolean, let(a[0].out(), func(x string) string { return "coalesce(" + template(test, []string{x}) + ", false)" })), nil
}

// buildConstruct is ARRAY(…), OBJECT(k, v, …) and ARRAY_CONCAT(a, b).
func buildConstruct(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	switch {
	case name == "array_concat" && len(a) == 2:
		return of(typeSuper, "leat_json_concat(", t.as(a[0], typeSuper), ", ", t.as(a[1], typeSuper), ")"), nil
	case name == "array_concat", name == "object" && len(a)%2 != 0:
		return value{}, t.noFunction(c, a)
	}
	open, end := "'['", "']'"
	if name == "object" {
		open, end = "'{'", "'}'"
	}
	parts := []string{open}
	for i, v := range a {
		if name == "object" && i%2 == 0 {
			parts = append(parts, separator(i, ","), cast1("leat_json_quote("+t.asText(v)+")", "VARCHAR"), "':'")
			continue
		}
		if name == "array" {
			parts = append(parts, separator(i, ","))
		}
		parts = append(parts, "coalesce("+cast1(t.toSuper(v), "VARCHAR")+", 'null')")
	}
	text := strings.Join(slices.DeleteFunc(append(parts, end), func(p string) bool { return p == "" }), " || ")
	if name == "object" { // which may give a key twice
		return of(typeSuper, "leat_json_parse(", text, ")"), nil
	}
	return of(typeSuper, "leat_json_raw(", text, ")"), nil
}

func separator(i int, text string) string {
	if i == 0 {
		return ""
	}
	return quoteString(text)
}

func buildSplit(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 && len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	delimiter := "','"
	if len(a) == 2 {
		delimiter = t.asText(a[1])
	}
	return of(typeSuper, "to_json(string_split(", t.asText(a[0]), ", ", delimiter, "))"), nil
}
