package redshift

import (
	"slices"
	"strings"
)

// builderOf finds the builder of a function. Builders are listed in a
// function, not a variable, because they translate expressions themselves.
func builderOf(name string) builder {
	switch name {
	case "coalesce", "nvl", "greatest", "least":
		return buildUnified
	case "isnull":
		return buildUnified
	case "nvl2":
		return buildNvl2
	case "nullif":
		return buildNullif
	case "decode":
		return buildDecode
	case "length", "len", "char_length", "character_length", "octet_length", "textlen":
		return buildLength
	case "substring", "substr":
		return buildSubstring
	case "round", "trunc", "floor", "ceil", "ceiling":
		return buildRound
	case "mod":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 2 {
				return value{}, t.noFunction(c, a)
			}
			return t.arithmetic("%", a[0], a[1], c.exprPos())
		}
	case "sha2":
		return buildSHA2
	case "strtol":
		return buildStrtol
	case "to_hex":
		return buildToHex
	case "concat", "textcat":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 2 {
				return value{}, t.noFunction(c, a)
			}
			return t.concat(a[0], a[1]), nil
		}
	case "regexp_replace":
		return buildRegexpReplace
	case "regexp_substr":
		return buildRegexpSubstr
	case "regexp_count", "regexp_instr":
		return buildRegexpPlace
	case "current_user", "session_user", "user", "current_database", "current_schema", "current_schemas", "current_user_id":
		return buildSession
	case "to_number":
		return buildToNumber
	case "quote_literal":
		return buildQuoteLiteral
	case "pg_typeof":
		return func(t *translator, c *Call, a []value) (value, error) {
			if len(a) != 1 {
				return value{}, t.noFunction(c, a)
			}
			return of(typeVarchar, quoteString(a[0].typ.String())), nil
		}
	}
	if b := momentBuilder(name); b != nil {
		return b
	}
	if b := jsonBuilder(name); b != nil {
		return b
	}
	return geometryBuilder(name)
}

// buildUnified is for functions whose arguments have one type.
func buildUnified(t *translator, c *Call, a []value) (value, error) {
	if len(a) == 0 {
		return value{}, t.noFunction(c, a)
	}
	name, _ := t.functionName(c)
	switch name {
	case "nvl", "isnull":
		name = "coalesce"
	case "greatest", "least":
		if slices.ContainsFunc(a, value.isSuper) {
			return value{}, t.unsupported(c.exprPos(), "%s of a SUPER value is not supported; cast the value first", strings.ToUpper(name))
		}
	}
	for i := range a {
		if a[i].isSuper() { // a JSON null is NULL
			a[i] = superPresent(a[i])
		}
	}
	typ, list := t.unify(a)
	return of(typ, name, "(", join(list), ")"), nil
}

func buildNvl2(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	typ, list := t.unify(a[1:])
	return of(typ, "CASE WHEN ", t.isNull(a[0]), " THEN ", list[1], " ELSE ", list[0], " END"), nil
}

func buildNullif(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	same, err := t.compare("=", a[0], a[1])
	if err != nil {
		return value{}, err
	}
	v := a[0]
	if v.constant() || v.param != 0 {
		v = t.settle(v, outType(a[1]))
		return of(v.typ, "CASE WHEN ", same.sql, " THEN NULL ELSE ", v.out(), " END"), nil
	}
	return t.letValue(v, a[1].traits, func(v value) (value, error) {
		same, err := t.compare("=", v, a[1])
		return of(v.typ, "CASE WHEN ", same.sql, " THEN NULL ELSE ", v.out(), " END"), err
	})
}

// buildDecode is Redshift's DECODE(x, search, result, …, default), where NULL
// equals NULL.
func buildDecode(t *translator, c *Call, a []value) (value, error) {
	if len(a) < 3 {
		return value{}, t.noFunction(c, a)
	}
	var results []value
	for i := 2; i < len(a); i += 2 {
		results = append(results, a[i])
	}
	if len(a)%2 == 0 {
		results = append(results, a[len(a)-1])
	}
	typ, list := t.unify(results)
	var rest traits
	for _, v := range a[1:] {
		rest = rest.with(v.traits)
	}
	return t.letValue(a[0], rest, func(x value) (value, error) {
		var conds []string
		for i := 1; i+1 < len(a); i += 2 {
			if a[i].null {
				conds = append(conds, t.isNull(x))
				continue
			}
			same, err := t.compare("=", x, a[i])
			if err != nil {
				return value{}, err
			}
			cond := same.sql
			if !a[i].num && a[i].text == nil {
				cond += " OR (" + t.isNull(x) + " AND " + t.isNull(a[i]) + ")"
			}
			conds = append(conds, cond)
		}
		return of(typ, branches(conds, list)), nil
	})
}

// buildLength counts characters, or bytes for VARBYTE and OCTET_LENGTH; the
// trailing blanks of CHAR do not count.
func buildLength(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	name, _ := t.functionName(c)
	if a[0].typ.Name == "varbyte" {
		return of(typeInteger, "CAST(octet_length(", a[0].out(), ") AS INTEGER)"), nil
	}
	function := "length("
	if name == "octet_length" {
		function = "strlen("
	}
	text := t.asText(a[0])
	if a[0].typ.Name == "char" {
		text = trimBlanks(text)
	}
	return of(typeInteger, "CAST(", function, text, ") AS INTEGER)"), nil
}

// buildSubstring counts positions before the first character as Redshift
// does: they use up the length and give nothing.
func buildSubstring(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 && len(a) != 3 {
		return value{}, t.noFunction(c, a)
	}
	start := t.as(a[1], typeBigint)
	n, constant := intConstant(a[1])
	text, typ := "", typeVarchar
	if a[0].typ.Name == "varbyte" {
		typ = typeVarbyte
		text = a[0].out()
	} else {
		text = t.asText(a[0])
	}
	if len(a) == 2 {
		if !constant || n < 1 {
			start = "greatest(" + start + ", 1)"
		}
		if typ.Name == "varbyte" {
			return of(typ, text, "[", start, ":]"), nil
		}
		return of(typ, "substring(", text, ", ", start, ")"), nil
	}
	length := t.as(a[2], typeBigint)
	if typ.Name == "varbyte" {
		return of(typ, text, "[", start, ":", start, " + ", length, " - 1]"), nil
	}
	if constant && n >= 1 {
		return of(typ, "substring(", text, ", ", start, ", ", length, ")"), nil
	}
	return of(typ, "substring(", text, ", greatest(", start, ", 1), greatest(", length, " + least(", start, " - 1, 0), 0))"), nil
}

func buildRound(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) == 0 || len(a) > 2 || len(a) == 2 && name != "round" && name != "trunc" {
		return value{}, t.noFunction(c, a)
	}
	if name == "trunc" && len(a) == 1 && (a[0].typ.isStamp() || a[0].typ.Name == "date") {
		return of(typeDate, cast1(a[0].out(), "DATE")), nil
	}
	x := a[0]
	if name == "ceiling" {
		name = "ceil"
	}
	if x.isSuper() {
		digits := "0"
		if len(a) == 2 {
			digits = t.as(a[1], typeBigint)
		}
		return of(typeSuper, "leat_json_round('", name, "', ", x.out(), ", ", digits, ")"), nil
	}
	if !x.typ.isNumber() {
		x = of(typeDouble, t.as(x, typeDouble))
	}
	if len(a) == 1 {
		if x.typ.isInteger() {
			return of(typeDouble, cast1(x.out(), "DOUBLE")), nil
		}
		typ := x.typ
		if typ.Name == "numeric" {
			typ = numeric(min(typ.asNumeric().Precision+1, 38), 0)
		}
		return of(typ, name, "(", x.out(), ")"), nil
	}
	digits := t.as(a[1], typeBigint)
	n, constant := intConstant(a[1])
	typ := x.typ
	if typ.isInteger() {
		x = of(typ, cast1(x.out(), typ.asNumeric().Duck()))
	}
	if typ.Name == "numeric" {
		if !constant {
			x, typ = of(typeDouble, cast1(x.out(), "DOUBLE")), typeDouble
		} else {
			typ = numeric(min(typ.Precision+1, 38), min(max(n, 0), typ.Scale))
		}
	}
	if name == "round" {
		return of(typ, "round(", x.out(), ", CAST(", digits, " AS INTEGER))"), nil
	}
	scale := "pow(10, " + digits + ")"
	return of(typ, cast1("trunc("+x.out()+" * "+scale+") / "+scale, typ.Duck())), nil
}

func buildSHA2(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	if n, ok := intConstant(a[1]); !ok || n != 0 && n != 256 {
		return value{}, t.unsupported(c.exprPos(), "SHA2 is supported for 256 bits only")
	}
	return of(Type{Name: "varchar", Length: 64}, "sha256(", t.asText(a[0]), ")"), nil
}

func buildStrtol(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	prefix := map[int]string{16: "'0x' || ", 2: "'0b' || ", 10: ""}
	n, ok := intConstant(a[1])
	p, known := prefix[n]
	if !ok || !known {
		return value{}, t.unsupported(c.exprPos(), "STRTOL is supported for bases 2, 10 and 16 only")
	}
	return of(typeBigint, "CAST(", p, t.asText(a[0]), " AS BIGINT)"), nil
}

func buildToHex(t *translator, c *Call, a []value) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	if a[0].typ.isInteger() {
		return of(typeVarchar, "format('{:x}', ", a[0].out(), ")"), nil
	}
	return of(typeVarchar, "leat_hex(", t.as(a[0], typeVarbyte), ")"), nil
}

// buildSession inlines what the session knows.
func buildSession(t *translator, c *Call, a []value) (value, error) {
	name, _ := t.functionName(c)
	if len(a) > 0 && name != "current_schemas" {
		return value{}, t.noFunction(c, a)
	}
	switch name {
	case "current_database":
		return of(Type{Name: "name"}, quoteString(t.set.Database)), nil
	case "current_schema":
		return of(Type{Name: "name"}, quoteString(t.set.schemaFor(""))), nil
	case "current_schemas":
		list := []string{"'pg_catalog'"}
		for _, s := range t.set.SearchPath {
			if s != "$user" {
				list = append(list, quoteString(s))
			}
		}
		return of(Type{Name: "name[]"}, "[", join(list), "]"), nil
	case "current_user_id":
		return of(typeInteger, "100"), nil
	}
	return of(Type{Name: "name"}, quoteString(t.set.User)), nil
}

// refusedFunctions exist in Redshift and are not here; the text says what to do.
var refusedFunctions = map[string]string{
	"fnv_hash": "; use MD5 or SHA2", "farmfingerprint64": "; use MD5 or SHA2", "checksum": "", "crc32": "", "soundex": "", "to_ascii": "",
	"listaggdistinct": "", "hll": "; use APPROXIMATE COUNT(DISTINCT …)", "hll_create_sketch": "", "hll_cardinality": "", "next_day": "",
	"json_extract_path": "", "get_array_element": "", "array_flatten": "", "subarray": "", "object_transform": "", "st_geomfromtext": "",
	"st_contains": "", "st_within": "", "st_distance": "", "st_intersects": "", "st_area": "", "st_length": "", "pg_cancel_backend": "; cancel through the client's own means",
	"pg_terminate_backend": "", "set_config": "; use SET", "interval_cmp": "", "date_cmp": "", "timestamp_cmp": "", "lower_attribute_names": "",
}
