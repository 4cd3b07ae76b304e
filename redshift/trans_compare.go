package redshift

import "strings"

// compare translates a comparison by the types of both sides.
func (t *translator) compare(op string, l, r value) (value, error) {
	switch {
	case l.isSuper() && (r.text != nil || r.param != 0):
		return t.compareSuper(op, l, t.settle(r, typeVarchar)), nil
	case r.isSuper() && (l.text != nil || l.param != 0):
		return t.compareSuper(flipped(op), r, t.settle(l, typeVarchar)), nil
	}
	l, r = t.settlePair(l, r)
	switch {
	case l.isSuper() && r.isSuper():
		return t.compareSuper(op, l, r), nil
	case l.isSuper():
		return t.compareSuper(op, l, r), nil
	case r.isSuper():
		return t.compareSuper(flipped(op), r, l), nil
	}
	ls, rs := t.comparable(l, r)
	return of(typeBoolean, "(", ls, " ", op, " ", rs, ")"), nil
}

// distinguishable is comparable for where NULL equals NULL.
func (t *translator) distinguishable(l, r value) (string, string) {
	switch {
	case !l.isSuper() && !r.isSuper():
		return t.comparable(l, r)
	case !l.typ.dynamic():
		return l.out(), t.superTo(r, l.typ).out()
	case !r.typ.dynamic():
		return t.superTo(l, r.typ).out(), r.out()
	}
	return superKey(t.toSuper(l)), superKey(t.toSuper(r))
}

func flipped(op string) string {
	switch op {
	case "<":
		return ">"
	case ">":
		return "<"
	case "<=":
		return ">="
	case ">=":
		return "<="
	}
	return op
}

// comparable brings both sides to types that DuckDB compares. Trailing blanks
// do not count in Redshift: they are cut from constants; the warehouse stores
// CHAR without them.
func (t *translator) comparable(l, r value) (string, string) {
	switch {
	case l.typ.isText() && r.typ.isText():
		return unpadded(l), unpadded(r)
	case l.typ.isText() && convertible(r.typ):
		return cast1(l.out(), r.typ.Duck()), r.out()
	case r.typ.isText() && convertible(l.typ):
		return l.out(), cast1(r.out(), l.typ.Duck())
	case l.typ.Name == "varbyte" && r.typ.isText():
		return l.out(), "encode(" + r.out() + ")"
	case r.typ.Name == "varbyte" && l.typ.isText():
		return "encode(" + l.out() + ")", r.out()
	case l.typ.Name == "boolean" && r.typ.isInteger():
		return cast1(l.out(), "INTEGER"), r.out()
	case r.typ.Name == "boolean" && l.typ.isInteger():
		return l.out(), cast1(r.out(), "INTEGER")
	case l.typ.Name == "timestamp" && r.typ.Name == "timestamptz":
		return cast1(l.out(), "TIMESTAMPTZ"), r.out()
	case r.typ.Name == "timestamp" && l.typ.Name == "timestamptz":
		return l.out(), cast1(r.out(), "TIMESTAMPTZ")
	}
	return l.out(), r.out()
}

// convertible are the types that text is compared as.
func convertible(typ Type) bool {
	return typ.isNumber() || typ.isStamp() || typ.Name == "date" || typ.Name == "time" || typ.Name == "boolean" || typ.Name == "interval"
}

func unpadded(v value) string {
	if v.text != nil && strings.HasSuffix(*v.text, " ") {
		return quoteString(strings.TrimRight(*v.text, " "))
	}
	return v.out()
}

func (t *translator) in(x *In, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	word := " IN ("
	if x.Not {
		word = " NOT IN ("
	}
	if x.Query != nil {
		p, err := t.query(x.Query, sc)
		if err != nil {
			return value{}, err
		}
		sql, fields := p.inner(nil)
		t.traits.subquery = true
		_, row := x.X.(*Row)
		if len(fields) != 1 && !row {
			return value{}, t.fail(x.exprPos(), codeSyntax, "subquery has too many columns")
		}
		if row {
			return of(typeBoolean, "(", v.out(), word, sql, "))"), nil
		}
		left, right := t.againstColumn(v, fields[0], sql)
		return of(typeBoolean, "(", left, word, right, "))"), nil
	}
	list, err := t.valueList(x.List, sc)
	if err != nil {
		return value{}, err
	}
	if v.isSuper() {
		return t.superIn(v, list, x.Not)
	}
	if in, ok := t.inMany(v, list, word); ok {
		return in, nil
	}
	if v.traits.volatile { // DuckDB may write a short list as comparisons
		var rest traits
		for _, e := range list {
			rest = rest.with(e.traits)
		}
		return t.letValue(v, rest, func(v value) (value, error) { return t.inList(v, list, word), nil })
	}
	return t.inList(v, list, word), nil
}

func (t *translator) inList(v value, list []value, word string) value {
	items := make([]string, len(list))
	ls := v.out()
	for i, e := range list {
		l, r := t.settlePair(v, e)
		if r.isSuper() {
			r = t.superTo(r, l.typ)
		}
		ls, items[i] = t.comparable(l, r)
	}
	return of(typeBoolean, "(", ls, word, join(items), "))")
}

// superIn is x IN (…) for SUPER: values of different dynamic types are not equal.
func (t *translator) superIn(v value, list []value, not bool) (value, error) {
	var rest traits
	for _, e := range list {
		rest = rest.with(e.traits)
	}
	return t.letValue(v, rest, func(v value) (value, error) { return t.superInList(v, list, not), nil })
}

func (t *translator) superInList(v value, list []value, not bool) value {
	word, other := " IN (", " = "
	logic := " OR "
	if not {
		word, other, logic = " NOT IN (", " <> ", " AND "
	}
	var keys, tests []string
	for _, e := range list {
		if e.typ.dynamic() {
			keys = append(keys, superKey(t.toSuper(t.settle(e, typeVarchar))))
			continue
		}
		tests = append(tests, t.compareSuper(strings.TrimSpace(other), v, e).sql)
	}
	if keys != nil {
		tests = append(tests, superKey(v.out())+word+join(keys)+")")
	}
	if not {
		return of(typeBoolean, "(", strings.Join(tests, logic), ")")
	}
	return of(typeBoolean, anyOf(tests))
}

// againstColumn brings a value and the column of a subquery to types that compare.
func (t *translator) againstColumn(v value, f field, sql string) (left, right string) {
	v, _ = t.settlePair(v, of(f.typ, ""))
	column := of(f.typ, "q."+quoteIdent(f.duck))
	if !v.isSuper() && !column.isSuper() {
		return v.out(), sql
	}
	left, right = t.distinguishable(v, column)
	return left, "SELECT " + right + " FROM (" + sql + ") AS q"
}

func (t *translator) between(x *Between, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	low, err := t.expr(x.Low, sc)
	if err != nil {
		return value{}, err
	}
	high, err := t.expr(x.High, sc)
	if err != nil {
		return value{}, err
	}
	if !simple(v.out()) && !v.constant() && !x.Symmetric {
		if sql, ok := t.between1(v, low, high); ok {
			if x.Not {
				sql = "(NOT " + sql + ")"
			}
			return of(typeBoolean, sql), nil
		}
	}
	return t.letValue(v, low.traits.with(high.traits), func(v value) (value, error) { return t.within(x, v, low, high) })
}

// between1 writes BETWEEN, which DuckDB computes once, where both comparisons
// take v as the same.
func (t *translator) between1(v, low, high value) (string, bool) {
	if v.isSuper() || low.isSuper() || high.isSuper() {
		return "", false
	}
	a, low := t.settlePair(v, low)
	b, high := t.settlePair(v, high)
	vs, ls := t.comparable(a, low)
	same, hs := t.comparable(b, high)
	return "(" + vs + " BETWEEN " + ls + " AND " + hs + ")", vs == same
}

// within tells whether v lies between low and high.
func (t *translator) within(x *Between, v, low, high value) (value, error) {
	ge, err := t.compare(">=", v, low)
	if err != nil {
		return value{}, err
	}
	le, err := t.compare("<=", v, high)
	if err != nil {
		return value{}, err
	}
	sql := "(" + ge.sql + " AND " + le.sql + ")"
	if x.Symmetric {
		le, err := t.compare("<=", v, low)
		if err != nil {
			return value{}, err
		}
		ge, err := t.compare(">=", v, high)
		if err != nil {
			return value{}, err
		}
		sql = "(" + sql + " OR (" + ge.sql + " AND " + le.sql + "))"
	}
	if x.Not {
		sql = "(NOT " + sql + ")"
	}
	return of(typeBoolean, sql), nil
}

func (t *translator) is(x *Is, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	if v.isSuper() && x.What == "null" {
		if x.Not {
			return of(typeBoolean, "(NOT ", t.isNull(v), ")"), nil
		}
		return of(typeBoolean, t.isNull(v)), nil
	}
	sql := v.out()
	if x.What != "null" {
		if sql, err = t.asCondition(v, x.X); err != nil {
			return value{}, err
		}
	} else if v.param != 0 {
		sql = t.settle(v, typeVarchar).sql
	}
	what := strings.ToUpper(x.What)
	if what == "UNKNOWN" {
		what = "NULL"
	}
	if x.Not {
		what = "NOT " + what
	}
	return of(typeBoolean, "(", sql, " IS ", what, ")"), nil
}

func (t *translator) distinctFrom(x *DistinctFrom, sc *scope) (value, error) {
	l, err := t.expr(x.L, sc)
	if err != nil {
		return value{}, err
	}
	r, err := t.expr(x.R, sc)
	if err != nil {
		return value{}, err
	}
	l, r = t.settlePair(l, r)
	ls, rs := t.distinguishable(l, r)
	word := " IS DISTINCT FROM "
	if x.Not {
		word = " IS NOT DISTINCT FROM "
	}
	return of(typeBoolean, "(", ls, word, rs, ")"), nil
}

func (t *translator) quantified(x *Quantified, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	word := " ANY ("
	if x.All {
		word = " ALL ("
	}
	if x.Query != nil {
		p, err := t.query(x.Query, sc)
		if err != nil {
			return value{}, err
		}
		sql, fields := p.inner(nil)
		t.traits.subquery = true
		if (v.isSuper() || fields[0].typ.Name == "super") && x.Op != "=" && x.Op != "<>" {
			return value{}, t.unsupported(x.exprPos(), "%s with ANY or ALL of SUPER values is not supported; cast them first", x.Op)
		}
		left, right := t.againstColumn(v, fields[0], sql)
		return of(typeBoolean, "(", left, " ", x.Op, word, right, "))"), nil
	}
	array, err := t.expr(x.Array, sc)
	if err != nil {
		return value{}, err
	}
	sql := array.out()
	if elem, ok := elementTypes[array.typ.Name]; ok {
		v = t.settle(v, elem)
	} else if array.param != 0 { // a list of values, as drivers send it
		v, sql = t.arrayParameter(v, array)
	} else if array.text != nil { // '{1,2}'
		list, ok := arrayConstant(*array.text)
		if !ok {
			return value{}, t.fail(x.exprPos(), codeInvalidText, "malformed array literal: \"%s\"", *array.text)
		}
		v, sql = t.arrayElements(v, quoteString(list))
	} else {
		return value{}, t.fail(x.exprPos(), codeDatatypeMismatch, "op ANY/ALL (array) requires array on right side")
	}
	return of(typeBoolean, "(", v.out(), " ", x.Op, word, sql, "))"), nil
}

// like translates matches: LIKE, SIMILAR TO and POSIX patterns.
func (t *translator) like(x *Like, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	pattern, err := t.expr(x.Pattern, sc)
	if err != nil {
		return value{}, err
	}
	l, r := t.asText(v), t.asText(pattern)
	var sql string
	switch x.Op {
	case "~", "~*":
		option := "''"
		if x.Op == "~*" {
			option = "'i'"
		}
		sql = "regexp_matches(" + l + ", " + r + ", " + option + ")"
	case "similar":
		sql = "regexp_full_match(" + l + ", " + similarPattern(pattern, r) + ")"
	default:
		escape := `'\'`
		if x.Escape != nil {
			e, err := t.expr(x.Escape, sc)
			if err != nil {
				return value{}, err
			}
			escape = t.asText(e)
		}
		sql = "(" + l + " " + strings.ToUpper(x.Op) + " " + r + " ESCAPE " + escape + ")"
		if pattern.text != nil && !strings.Contains(*pattern.text, `\`) && x.Escape == nil {
			sql = "(" + l + " " + strings.ToUpper(x.Op) + " " + r + ")"
		}
	}
	if x.Not {
		sql = "(NOT " + sql + ")"
	}
	return of(typeBoolean, sql), nil
}

// similarPattern turns a pattern of SIMILAR TO into a regular expression.
func similarPattern(pattern value, sql string) string {
	if pattern.text == nil {
		return "replace(replace(replace(" + sql + ", '.', '\\.'), '%', '.*'), '_', '.')"
	}
	var b strings.Builder
	inClass := false
	for i := 0; i < len(*pattern.text); i++ {
		c := (*pattern.text)[i]
		switch {
		case c == '\\' && i+1 < len(*pattern.text):
			i++
			b.WriteByte('\\')
			b.WriteByte((*pattern.text)[i])
		case inClass:
			inClass = c != ']'
			b.WriteByte(c)
		case c == '[':
			inClass = true
			b.WriteByte(c)
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		case strings.IndexByte(".^$", c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return quoteString("(?s:" + b.String() + ")")
}
