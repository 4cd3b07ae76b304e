package redshift

// jsonBuilder finds the builder of a function on JSON, SUPER and VARBYTE.
func jsonBuilder(name string) builder {
	switch name {
	case "json_parse":
		return buildJSONParse
	case "can_json_parse":
		return jsonTest("json_valid($1)")
	case "is_valid_json":
		return jsonTest(startsJSON("{"))
	case "is_valid_json_array":
		return jsonTest(startsJSON("["))
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

// jsonText is the text that a JSON function reads. Bytes that are no UTF-8
// are an error, or no text when the function only asks.
func (t *translator) jsonText(v value, ask bool) string {
	switch {
	case v.typ.Name == "varbyte" && ask: // no JSON begins with nothing
		return "leat_text(" + v.out() + ")"
	case v.typ.Name == "varbyte":
		return "decode(" + v.out() + ")"
	case v.isSuper():
		return cast1(v.out(), "VARCHAR")
	}
	return t.asText(v)
}

// buildJSONParse stores the document as it came, once DuckDB has found it
// valid; its error quotes the bad document.
func buildJSONParse(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	if a[0].isSuper() {
		return a[0], nil
	}
	text := t.jsonText(a[0], false)
	return value{sql: cast1(text, "JSON"), typ: typeSuper, raw: text}, nil
}

// utf8Test tells whether bytes are UTF-8. DuckDB's TRY(decode(x)) would do as
// well, but DuckDB may compute decode(x) outside of the TRY when another
// expression wants it too; so translations use no TRY, and tests never fail.
const utf8Test = "leat_is_utf8($1)"

// startsJSON tests for a valid document that begins with a bracket, which
// costs less than asking for its type.
func startsJSON(bracket string) string {
	return "(json_valid($1) AND ($1 LIKE '" + bracket + "%' OR ltrim($1, e' \\t\\n\\r') LIKE '" + bracket + "%'))"
}

// jsonTest is a test of a text; bytes that are no UTF-8 do not pass.
func jsonTest(sql string) builder {
	return func(t *translator, c *Call, a []value) (value, error) {
		if len(a) != 1 {
			return value{}, t.noFunction(c, a)
		}
		if a[0].isSuper() {
			return value{}, t.noFunction(c, a)
		}
		return of(typeBoolean, template(sql, []string{t.jsonText(a[0], true)})), nil
	}
}

// buildExtractPath is JSON_EXTRACT_PATH_TEXT(json, key, … [, null_if_invalid]).
// Keys are exact; a key of digits may also be the index of an array.
func buildExtractPath(t *translator, c *Call, a []value) (value, error) {
	nullIfInvalid := ""
	if n := len(a); n > 2 && a[n-1].typ.Name == "boolean" {
		nullIfInvalid = a[n-1].sql
		a = a[:n-1]
	}
	if len(a) < 2 {
		return value{}, t.noFunction(c, a)
	}
	doc := t.jsonText(a[0], false)
	var steps []jsonStep
	dynamic := ""
	for _, key := range a[1:] {
		if key.text != nil && dynamic == "" {
			steps = append(steps, jsonStep{key: *key.text})
			continue
		}
		if dynamic == "" {
			dynamic = quoteString(jsonPath(steps))
		}
		dynamic += ` || '."' || ` + t.asText(key) + ` || '"'`
	}
	if nullIfInvalid == "true" {
		doc = tryCast(doc, "JSON")
	}
	if dynamic != "" {
		return of(typeVarchar, "json_extract_string(", doc, ", ", dynamic, ")"), nil
	}
	return of(typeVarchar, t.ext.call("json_extract_string", doc, jsonPath(steps))), nil
}

func buildArrayElement(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 && len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	doc := t.jsonText(a[0], false)
	if len(a) == 3 && a[2].sql == "true" {
		doc = tryCast(doc, "JSON")
	}
	if n, ok := intConstant(a[1]); ok && n >= 0 {
		return of(typeVarchar, "json_extract_string(", doc, ", ", quoteString(jsonPath([]jsonStep{{index: n, isIdx: true}})), ")"), nil
	}
	index := t.as(a[1], typeBigint)
	return of(typeVarchar, "json_extract_string(", doc, ", CASE WHEN ", index, " >= 0 THEN '$[' || ", index, " || ']' END)"), nil
}

func buildArrayLength(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 && len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	doc := t.jsonText(a[0], false)
	if len(a) == 2 && a[1].sql == "true" {
		doc = tryCast(doc, "JSON")
	}
	return of(typeInteger, "CASE WHEN json_type(", doc, ") = 'ARRAY' THEN CAST(json_array_length(", doc, ") AS INTEGER) END"), nil
}

// buildSerialize writes SUPER as compact JSON text.
func buildSerialize(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 || !a[0].isSuper() && a[0].param == 0 && !a[0].constant() {
		return value{}, t.noFunction(c, a)
	}
	text := "CAST(json(" + t.as(a[0], typeSuper) + ") AS VARCHAR)"
	if name, _ := t.functionName(c); name == "json_serialize_to_varbyte" {
		return of(typeVarbyte, "encode(", text, ")"), nil
	}
	return of(typeVarchar, text), nil
}

// jsonTypes names DuckDB's types of JSON as Redshift does.
const jsonTypes = "CASE json_type($1) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string' " +
	"WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' ELSE CASE WHEN $1 IS NOT NULL THEN 'number' END END"

func buildSuperFact(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 1 || !a[0].isSuper() {
		return value{}, t.noFunction(c, a)
	}
	x := []string{a[0].out()}
	switch name {
	case "json_typeof":
		return of(typeVarchar, template(jsonTypes, x)), nil
	case "json_size":
		return of(typeBigint, template("CAST(strlen(CAST(json($1) AS VARCHAR)) AS BIGINT)", x)), nil
	}
	return of(typeBigint, template("CASE WHEN json_type($1) = 'ARRAY' THEN CAST(json_array_length($1) AS BIGINT) END", x)), nil
}

var kindTests = map[string]string{
	"is_array":    "json_type($1) = 'ARRAY'",
	"is_object":   "json_type($1) = 'OBJECT'",
	"is_scalar":   "json_type($1) NOT IN ('ARRAY', 'OBJECT', 'NULL')",
	"is_varchar":  "json_type($1) = 'VARCHAR'",
	"is_char":     "json_type($1) = 'VARCHAR' AND strlen(json_extract_string($1, '$')) = length(json_extract_string($1, '$'))",
	"is_boolean":  "json_type($1) = 'BOOLEAN'",
	"is_smallint": "json_type($1) IN ('BIGINT', 'UBIGINT') AND TRY_CAST(CAST($1 AS VARCHAR) AS SMALLINT) IS NOT NULL",
	"is_integer":  "json_type($1) IN ('BIGINT', 'UBIGINT') AND TRY_CAST(CAST($1 AS VARCHAR) AS INTEGER) IS NOT NULL",
	"is_bigint":   "json_type($1) IN ('BIGINT', 'UBIGINT') AND TRY_CAST(CAST($1 AS VARCHAR) AS BIGINT) IS NOT NULL",
	"is_decimal":  "json_type($1) IN ('BIGINT', 'UBIGINT') OR (json_type($1) = 'DOUBLE' AND NOT contains(lower(CAST($1 AS VARCHAR)), 'e'))",
	"is_float":    "json_type($1) = 'DOUBLE'",
}

// buildIsKind asks for the kind of a SUPER value; NULL is of no kind.
func buildIsKind(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 1 || !a[0].isSuper() {
		return value{}, t.noFunction(c, a)
	}
	return of(typeBoolean, "coalesce(", template(kindTests[name], []string{a[0].out()}), ", false)"), nil
}

// buildConstruct is ARRAY(…), OBJECT(k, v, …) and ARRAY_CONCAT(a, b).
func buildConstruct(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	list := make([]string, len(a))
	for i, v := range a {
		list[i] = t.as(v, typeSuper)
		if name == "object" && i%2 == 0 {
			list[i] = t.asText(v)
		}
	}
	switch {
	case name == "array_concat" && len(a) == 2:
		return of(typeSuper, "to_json(list_concat(json_extract(", list[0], ", '$[*]'), json_extract(", list[1], ", '$[*]')))"), nil
	case name == "array_concat", name == "object" && len(a)%2 != 0:
		return value{}, t.noFunction(c, a)
	}
	return of(typeSuper, "json_", name, "(", join(list), ")"), nil
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
