package redshift

import "strings"

// maxText is how many bytes a VARCHAR has at most.
const maxText = 65535

// A translator translates one statement.
type translator struct {
	src    string // the whole text, for positions
	cat    Catalog
	set    Settings
	params []Type
	place  string     // of the query, for refusals: "a materialized view over a stream"
	ext    *extractor // set while a SELECT list is translated
	// grouped holds the walks into SUPER that the query groups by: what is
	// computed from one must be written on top of it.
	grouped map[string]bool

	queries map[queryPlace]translatedQuery // translated so far

	budget budget
	traits traits // of what has been translated of the expression at hand
	at     int    // its place
	failed error  // what went wrong where no error can be returned
}

func newTranslator(src string, cat Catalog, set Settings) *translator {
	return &translator{src: src, cat: cat, set: set, budget: newBudget(src)}
}

func (t *translator) fail(pos int, state, format string, args ...any) error {
	return errorAt(t.src, pos, state, format, args...)
}

func (t *translator) unsupported(pos int, format string, args ...any) error {
	return errorAt(t.src, pos, codeUnsupported, format, args...)
}

// parameter notes that $n exists.
func (t *translator) parameter(n int) {
	for len(t.params) < n {
		t.params = append(t.params, typeUnknown)
	}
}

// settle gives a parameter or an untyped constant the type of what it meets.
func (t *translator) settle(v value, typ Type) value {
	if typ.isUnknown() || v.param == 0 && !v.constant() {
		return v
	}
	duck := typ.Duck()
	if v.param != 0 {
		if t.params[v.param-1].isUnknown() {
			t.params[v.param-1] = typ
		}
		if typ.isText() {
			typ.Length = 0 // what comes may be longer
		}
		if typ.Name == "super" { // drivers send documents
			return of(typ, "leat_json_parse(", cast1(v.sql, "VARCHAR"), ")")
		}
		return of(typ, cast1(v.sql, duck))
	}
	switch {
	case v.null:
		return value{sql: cast1("NULL", duck), typ: typ, null: true}
	case typ.isText():
		return v
	case v.text != nil && typ.isStamp() && joinOffset(*v.text) != *v.text:
		return of(typ, cast1(quoteString(joinOffset(*v.text)), duck))
	case typ.Name == "super":
		return of(typ, "leat_json_quote(", v.sql, ")")
	case typ.Name == "varbyte":
		return of(typ, "encode(", v.sql, ")")
	case typ.isMoment() && v.text != nil:
		if w, err := t.momentConstant(*v.text, typ, -1); err == nil {
			return w
		}
	case typ.isReg():
		w, err := t.castReg(v, typ)
		if err != nil {
			return v
		}
		return w
	}
	return of(typ, cast1(v.sql, duck))
}

// settlePair settles two operands on each other.
func (t *translator) settlePair(l, r value) (value, value) {
	switch {
	case l.param != 0 || l.constant() && !r.constant():
		if r.param == 0 {
			return t.settle(l, r.typ), r
		}
	case r.param != 0 || r.constant():
		return l, t.settle(r, l.typ)
	}
	return l, r
}

// asText makes v text, as functions on strings take it.
func (t *translator) asText(v value) string {
	switch {
	case v.param != 0:
		return t.settle(v, typeVarchar).sql
	case v.isSuper():
		return t.superTo(v, typeVarchar).sql
	case v.typ.isText() || v.null:
		return v.out()
	case v.typ.Name == "varbyte":
		return "decode(" + v.out() + ")"
	}
	return t.toText(v).sql
}

// as makes v a value of a type without complaint: for arguments whose type a
// function fixes.
func (t *translator) as(v value, typ Type) string {
	switch {
	case v.param != 0 || v.constant():
		return t.settle(v, typ).out()
	case typ.isText():
		return t.asText(v)
	case v.isSuper() && typ.Name != "super":
		return t.superTo(v, typ).sql
	case !v.isSuper() && typ.Name == "super":
		return t.toSuper(v)
	case v.typ.Name == typ.Name:
		return v.out()
	case typ.isFloat() && v.typ.isNumber():
		return v.out()
	}
	return cast1(v.out(), typ.Duck())
}

func join(list []string) string { return strings.Join(list, ", ") }
