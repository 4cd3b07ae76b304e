package redshift

import (
	"strconv"
	"strings"
)

// anyExpr translates an expression of any kind; expr calls it.
func (t *translator) anyExpr(x Expr, sc *scope) (value, error) {
	v, err := t.form(x, sc)
	if err == nil {
		v = t.groupedValue(v)
	}
	return v, err
}

// form translates an expression by its form.
func (t *translator) form(x Expr, sc *scope) (value, error) {
	switch x := x.(type) {
	case *Literal:
		return t.literal(x)
	case *Path:
		return t.path(x, sc)
	case *Call:
		return t.call(x, sc)
	case *Cast:
		return t.castExpr(x, sc)
	case *Binary:
		return t.binary(x, sc)
	case *Logic:
		return t.logic(x, sc)
	case *Unary:
		return t.unary(x, sc)
	case *Case:
		return t.caseExpr(x, sc)
	case *Param:
		t.parameter(x.N)
		return value{sql: "$" + strconv.Itoa(x.N), typ: t.params[x.N-1], param: x.N}, nil
	case *TypedLiteral:
		return t.typedLiteral(x)
	case *IntervalLiteral:
		return t.interval(x)
	case *In:
		return t.in(x, sc)
	case *Between:
		return t.between(x, sc)
	case *Like:
		return t.like(x, sc)
	case *Is:
		return t.is(x, sc)
	case *DistinctFrom:
		return t.distinctFrom(x, sc)
	case *Exists:
		p, err := t.query(x.Query, sc)
		if err != nil {
			return value{}, err
		}
		sql, _ := p.inner(nil)
		t.traits.subquery = true
		return of(typeBoolean, "EXISTS (", sql, ")"), nil
	case *Subquery:
		return t.scalarQuery(x, sc)
	case *Quantified:
		return t.quantified(x, sc)
	case *AtTimeZone:
		return t.atTimeZone(x, sc)
	case *ArrayOf:
		return t.arrayOf(x, sc)
	case *Row:
		list, err := t.exprs(x.Xs, sc)
		return of(typeUnknown, "("+join(list)+")"), err
	case *Star:
		return value{}, t.fail(x.exprPos(), codeSyntax, "syntax error at or near \"*\"")
	case *Default:
		return value{}, t.fail(x.exprPos(), codeSyntax, "DEFAULT is not allowed in this context")
	}
	return value{}, t.unsupported(x.exprPos(), "this expression is not supported")
}

// exprs translates a list to SQL.
func (t *translator) exprs(xs []Expr, sc *scope) ([]string, error) {
	list := make([]string, len(xs))
	for i, x := range xs {
		v, err := t.expr(x, sc)
		if err != nil {
			return nil, err
		}
		list[i] = v.out()
	}
	return list, nil
}

// values2 translates a list to values.
func (t *translator) valueList(xs []Expr, sc *scope) ([]value, error) {
	list := make([]value, len(xs))
	for i, x := range xs {
		v, err := t.expr(x, sc)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

// condition translates a boolean expression.
func (t *translator) condition(x Expr, sc *scope) (string, error) {
	v, err := t.expr(x, sc)
	if err != nil {
		return "", err
	}
	return t.asCondition(v, x)
}

// asCondition is a translated expression x as a boolean.
func (t *translator) asCondition(v value, x Expr) (string, error) {
	switch {
	case v.param != 0 || v.constant():
		return t.settle(v, typeBoolean).sql, nil
	case v.isSuper():
		return t.superTo(v, typeBoolean).sql, nil
	case v.num && v.typ.isInteger(): // WHERE 1 AND …, as tools write it
		return cast1(v.sql, "BOOLEAN"), nil
	case v.typ.isNumber(), v.typ.isText(), v.typ.isStamp(), v.typ.Name == "date":
		return "", t.fail(x.exprPos(), codeDatatypeMismatch, "argument of condition must be type boolean, not type %s", v.typ)
	}
	return v.sql, nil
}

func (t *translator) literal(x *Literal) (value, error) {
	switch x.Kind {
	case LiteralNull:
		return value{sql: "NULL", typ: typeUnknown, null: true}, nil
	case LiteralBool:
		return of(typeBoolean, x.Text), nil
	case LiteralString:
		if len(x.Text) > maxText {
			return value{}, t.fail(x.exprPos(), codeTooLong, "value too long for type character varying(%d)", maxText)
		}
		return value{sql: quoteString(x.Text), typ: Type{Name: "varchar"}, text: &x.Text}, nil
	}
	return value{sql: numberSQL(x.Text), typ: numberType(x.Text), num: true}, nil
}

// numberSQL writes a number so that it can follow any operator.
func numberSQL(text string) string {
	if text[0] == '-' {
		return "(" + text + ")"
	}
	return text
}

// numberType is the type of a number constant.
func numberType(text string) Type {
	digits := strings.TrimPrefix(text, "-")
	switch {
	case strings.ContainsAny(digits, "eE"):
		return typeDouble
	case strings.Contains(digits, "."):
		whole, fraction, _ := strings.Cut(digits, ".")
		p := len(strings.TrimLeft(whole, "0")) + len(fraction)
		if p > 38 {
			return typeDouble
		}
		return Type{Name: "numeric", Precision: max(p, 1), Scale: len(fraction)}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return Type{Name: "numeric", Precision: min(len(digits), 38)}
	case n != int64(int32(n)):
		return typeBigint
	}
	return typeInteger
}

func (t *translator) typedLiteral(x *TypedLiteral) (value, error) {
	text := x.Text
	v, err := t.literal(&Literal{x.at, LiteralString, text})
	if err != nil {
		return v, err
	}
	return t.cast(v, x.Type, x.exprPos())
}

func (t *translator) logic(x *Logic, sc *scope) (value, error) {
	xs := t.gathered(x)
	list := make([]string, len(xs))
	guards := make([]bool, len(xs))
	for i, y := range xs {
		sql, err := t.condition(y, sc)
		if err != nil {
			return value{}, err
		}
		list[i], guards[i] = sql, x.Op == "and" && isGuard(y)
	}
	if sql := guarded(list, guards); sql != "" {
		return of(typeBoolean, sql), nil
	}
	if x.Op == "or" {
		return of(typeBoolean, anyOf(list)), nil
	}
	return of(typeBoolean, "(", strings.Join(list, " AND "), ")"), nil
}

func (t *translator) caseExpr(x *Case, sc *scope) (value, error) {
	if x.Operand != nil {
		return t.caseOf(x, sc)
	}
	var results []value
	conds := make([]string, len(x.Whens))
	for i, w := range x.Whens {
		var err error
		if conds[i], err = t.condition(w.Cond, sc); err != nil {
			return value{}, err
		}
		r, err := t.expr(w.Result, sc)
		if err != nil {
			return value{}, err
		}
		results = append(results, r)
	}
	if x.Else != nil {
		r, err := t.expr(x.Else, sc)
		if err != nil {
			return value{}, err
		}
		results = append(results, r)
	}
	typ, list := t.unify(results)
	return of(typ, branches(conds, list)), nil
}

// branches writes CASE; one result more than there are conditions is its ELSE.
func branches(conds, results []string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i := range conds {
		b.WriteString(" WHEN ")
		b.WriteString(conds[i])
		b.WriteString(" THEN ")
		b.WriteString(results[i])
	}
	if len(results) > len(conds) {
		b.WriteString(" ELSE ")
		b.WriteString(results[len(results)-1])
	}
	b.WriteString(" END")
	return b.String()
}

func (t *translator) scalarQuery(x *Subquery, sc *scope) (value, error) {
	p, err := t.query(x.Query, sc)
	if err != nil {
		return value{}, err
	}
	sql, fields := p.inner(nil)
	if len(fields) != 1 {
		return value{}, t.fail(x.exprPos(), codeSyntax, "subquery must return only one column")
	}
	t.traits.subquery = true
	return of(fields[0].typ, "(", sql, ")"), nil
}

func (t *translator) arrayOf(x *ArrayOf, sc *scope) (value, error) {
	if x.Query != nil {
		p, err := t.query(x.Query, sc)
		if err != nil {
			return value{}, err
		}
		sql, fields := p.inner(nil)
		t.traits.subquery = true
		return of(Type{Name: fields[0].typ.Name + "[]"}, "ARRAY(", sql, ")"), nil
	}
	vs, err := t.valueList(x.Xs, sc)
	if err != nil {
		return value{}, err
	}
	typ, list := t.unify(vs)
	return of(Type{Name: typ.Name + "[]"}, "[", join(list), "]"), nil
}

func (t *translator) atTimeZone(x *AtTimeZone, sc *scope) (value, error) {
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	zone, err := t.expr(x.Zone, sc)
	if err != nil {
		return value{}, err
	}
	return t.atZone(v, zone)
}
