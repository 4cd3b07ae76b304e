package redshift

// SUPER is JSON text in DuckDB. What reads, compares and computes it are
// functions of our own (duck/function_json*.c), whose names begin with
// leat_json_: DuckDB's take numbers through DOUBLE.

// superTo casts a SUPER value: in lax mode what does not fit is NULL, also
// arrays, objects and JSON's null.
func (t *translator) superTo(v value, typ Type) value {
	switch {
	case typ.Name == "super":
		return v
	case typ.isText():
		return of(typ, t.superScalar(v))
	case typ.Name == "varbyte":
		return of(typ, "encode(", t.superScalar(v), ")")
	case !t.set.CastSuperNullOnError:
		return of(typ, cast1(t.superWalk("leat_json_text", v), typ.Duck()))
	case typ.Name == "boolean":
		return of(typ, "leat_truth(", t.superScalar(v), ")")
	}
	return of(typ, tryCast(t.superScalar(v), typ.Duck()))
}

// superScalar is a SUPER scalar as text; arrays, objects and JSON's null give NULL.
func (t *translator) superScalar(v value) string { return t.superWalk("leat_json_scalar", v) }

// superWalk calls a function that walks on the document that v lies in.
func (t *translator) superWalk(function string, v value) string {
	if v.doc == "" {
		return function + "(" + v.sql + ", '$')"
	}
	return v.ext.call(function, v.doc, jsonPath(v.steps))
}

// superDouble is a SUPER value where only DOUBLE is computed with: its number,
// NULL for what is none.
func superDouble(v value) value {
	return of(typeDouble, tryCast("leat_json_number("+v.out()+")", "DOUBLE"))
}

// toSuper makes a value SUPER. Numbers keep every digit.
func (t *translator) toSuper(v value) string {
	switch {
	case v.isSuper():
		return v.out()
	case v.null:
		return "CAST(NULL AS JSON)"
	case v.param != 0:
		return t.settle(v, typeSuper).sql
	case v.typ.Name == "real":
		return "leat_json_double(" + cast1(cast1(v.out(), "VARCHAR"), "DOUBLE") + ")"
	case v.typ.isFloat():
		return "leat_json_double(" + cast1(v.out(), "DOUBLE") + ")"
	case v.typ.Name == "numeric" && !v.num:
		return "leat_json_raw(" + cast1(cast1(v.out(), v.typ.Duck()), "VARCHAR") + ")"
	case v.typ.isNumber(), v.typ.Name == "boolean":
		return "leat_json_raw(" + cast1(v.out(), "VARCHAR") + ")"
	case v.typ.isText():
		return "leat_json_quote(" + v.out() + ")"
	}
	return "leat_json_quote(" + t.toText(v).out() + ")"
}

// superKey is what equal SUPER values share and what sorts them: boolean,
// number, string, array, object. JSON's null has none, as NULL.
func superKey(sql string) string { return "leat_json_key(" + sql + ")" }

// sortable is what groups and sorts a value.
func sortable(v value) string {
	if v.isSuper() {
		return superKey(v.out())
	}
	return v.out()
}

// superNormal is the form that equal SUPER values share, for what shows one
// value of many: GROUP BY, DISTINCT, UNION.
func superNormal(v value) value { return of(typeSuper, "leat_json_normal(", v.out(), ")") }

// superPresent is a SUPER value with NULL for JSON's null.
func superPresent(v value) value { return of(typeSuper, "leat_json_present(", v.out(), ")") }

// isNull tells whether a value is NULL, as JSON's null is too.
func (t *translator) isNull(v value) string {
	switch {
	case v.isSuper():
		return "leat_json_null(" + v.out() + ")"
	case v.param != 0:
		return "(" + t.settle(v, typeVarchar).sql + " IS NULL)"
	}
	return "(" + v.out() + " IS NULL)"
}

// dynamic tells types whose values SUPER can hold: they are compared as SUPER
// values. Others (dates, bytes) are what SUPER is cast to.
func (t Type) dynamic() bool {
	return t.Name == "super" || t.isText() || t.isNumber() || t.Name == "boolean" || t.isUnknown()
}

// compareSuper compares SUPER with any type. Values of different dynamic types are
// not equal, and in no order.
func (t *translator) compareSuper(op string, l, r value) value {
	if !r.typ.dynamic() {
		return of(typeBoolean, "(", t.superTo(l, r.typ).out(), " ", op, " ", r.out(), ")")
	}
	ls, rs := l.out(), t.toSuper(r)
	if op == "=" || op == "<>" {
		return of(typeBoolean, "(", superKey(ls), " ", op, " ", superKey(rs), ")")
	}
	return of(typeBoolean, "(leat_json_compare(", ls, ", ", rs, ") ", op, " 0)")
}

// superArithmetic is + - * / % where an operand is SUPER: the result is SUPER, and
// NULL for what is no number. With a DOUBLE it is computed in DOUBLE.
func (t *translator) superArithmetic(op string, l, r value) value {
	how := op
	if l.typ.isFloat() || r.typ.isFloat() {
		how = "f" + op
	}
	return of(typeSuper, "leat_json_arithmetic('", how, "', ", t.toSuper(l), ", ", t.toSuper(r), ")")
}

// superUnary is a prefix operator on SUPER.
func (t *translator) superUnary(op string, v value) (value, bool) {
	switch op {
	case "+", "-":
		return t.superArithmetic(op, value{sql: "0", typ: typeInteger, num: true}, v), true
	case "@":
		return of(typeSuper, "leat_json_abs(", v.out(), ")"), true
	}
	return value{}, false
}
