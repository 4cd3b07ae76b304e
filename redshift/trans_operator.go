package redshift

import (
	"slices"
	"strings"
)

// binary translates an infix operator.
func (t *translator) binary(x *Binary, sc *scope) (value, error) {
	x = balanced(x)
	l, err := t.expr(x.L, sc)
	if err != nil {
		return value{}, err
	}
	r, err := t.expr(x.R, sc)
	if err != nil {
		return value{}, err
	}
	switch x.Op {
	case "=", "<>", "<", ">", "<=", ">=":
		return t.compare(x.Op, l, r)
	case "||":
		return t.concat(l, r), nil
	case "+", "-", "*", "/", "%":
		return t.arithmetic(x.Op, l, r, x.exprPos())
	case "^":
		return of(typeDouble, "pow(", t.as(l, typeDouble), ", ", t.as(r, typeDouble), ")"), nil
	case "&", "|", "#", "<<", ">>":
		return t.bits(x.Op, l, r, x.exprPos())
	}
	return value{}, t.noOperator(x.Op, l, r, x.exprPos())
}

// longChain is from how many operands on a chain of || is rearranged.
const longChain = 16

// balanced rearranges a long chain of ||, whose result does not depend on which
// two come together first, into a tree with few levels: what makes keys of many
// columns is as long as the tables are wide, and DuckDB takes long for what is
// nested deep.
func balanced(x *Binary) *Binary {
	if x.Op != "||" {
		return x
	}
	var chain []Expr // from right to left
	var rest Expr = x
	for {
		both, ok := rest.(*Binary)
		if !ok || both.Op != "||" {
			break
		}
		chain = append(chain, both.R)
		rest = both.L
	}
	if chain = append(chain, rest); len(chain) < longChain {
		return x
	}
	slices.Reverse(chain)
	var join func(part []Expr) Expr
	join = func(part []Expr) Expr {
		if len(part) == 1 {
			return part[0]
		}
		half := len(part) / 2
		joined := *x
		joined.L, joined.R = join(part[:half]), join(part[half:])
		return &joined
	}
	return join(chain).(*Binary)
}

func (t *translator) noOperator(op string, l, r value, pos int) error {
	e := errorAt(t.src, pos, codeUndefinedFunction, "operator does not exist: %s %s %s", l.typ, op, r.typ)
	e.Hint = "No operator matches the given name and argument type(s). You may need to add explicit type casts."
	return e
}

// concat is l || r: NULL when one of them is.
func (t *translator) concat(l, r value) value {
	if l.typ.Name == "varbyte" || r.typ.Name == "varbyte" {
		l, r = t.settlePair(l, r)
		return of(typeVarbyte, "leat_concat_bytes(", t.as(l, typeVarbyte), ", ", t.as(r, typeVarbyte), ")")
	}
	if l.null || r.null {
		return of(typeVarchar, "CAST(NULL AS VARCHAR)")
	}
	if _, ok := elementTypes[l.typ.Name]; ok && strings.HasSuffix(r.typ.Name, "[]") {
		return of(l.typ, "(", l.out(), " || ", r.out(), ")")
	}
	ls, rs := t.asText(l), t.asText(r)
	if a, b := textBound(l), textBound(r); a > 0 && b > 0 && a+b <= maxText {
		v := of(typeVarchar, "(", ls, " || ", rs, ")")
		v.most = a + b
		return v
	}
	return of(typeVarchar, "leat_concat(", ls, ", ", rs, ")")
}

func (t *translator) bits(op string, l, r value, pos int) (value, error) {
	l, r = t.settlePair(l, r)
	if l.isSuper() {
		l = t.superTo(l, typeBigint)
	}
	if r.isSuper() {
		r = t.superTo(r, typeBigint)
	}
	if !l.typ.isInteger() || !r.typ.isInteger() {
		return value{}, t.noOperator(op, l, r, pos)
	}
	if op == "#" {
		return of(widest(l.typ, r.typ), "xor(", l.out(), ", ", r.out(), ")"), nil
	}
	return of(widest(l.typ, r.typ), "(", l.out(), " ", op, " ", r.out(), ")"), nil
}

// arithmetic translates + - * / % by the types of both sides.
func (t *translator) arithmetic(op string, l, r value, pos int) (value, error) {
	switch { // drivers know no SUPER
	case l.param != 0 && r.isSuper():
		l = t.settle(l, typeDouble)
	case r.param != 0 && l.isSuper():
		r = t.settle(r, typeDouble)
	}
	l, r = t.settlePair(l, r)
	if l.param != 0 { // both sides are open parameters
		l, r = t.settle(l, typeDouble), t.settle(r, typeDouble)
	}
	if l.isSuper() || r.isSuper() {
		return t.withSuper(op, l, r, pos)
	}
	if l.null || r.null {
		typ := widest(l.typ, r.typ)
		if typ.isUnknown() {
			typ = typeInteger
		}
		return of(typ, cast1("NULL", typ.Duck())), nil
	}
	if l.typ.isText() && r.typ.isNumber() {
		l = of(r.typ, cast1(l.out(), r.typ.Duck()))
	}
	if r.typ.isText() && l.typ.isNumber() {
		r = of(l.typ, cast1(r.out(), l.typ.Duck()))
	}
	switch {
	case l.typ.isNumber() && r.typ.isNumber():
		v := t.numbers(op, l, r)
		if v.typ.Name == "numeric" && v.typ.Scale > 38 {
			e := errorAt(t.src, pos, codeOutOfRange, "the product of %s and %s has %d digits behind the point, and 38 is the most", l.typ, r.typ, v.typ.Scale)
			e.Hint = "Cast an operand to a type with a smaller scale."
			return value{}, e
		}
		return v, nil
	case l.typ.isUnknown() || r.typ.isUnknown():
		return of(typeUnknown, "(", l.out(), " ", op, " ", r.out(), ")"), nil
	}
	if v, ok := t.moments(op, l, r); ok {
		return v, nil
	}
	return value{}, t.noOperator(op, l, r, pos)
}

// withSuper does arithmetic of which one side at least is SUPER: on numbers, or
// on dates and intervals, which SUPER can only be cast to.
func (t *translator) withSuper(op string, l, r value, pos int) (value, error) {
	if l.typ.dynamic() && r.typ.dynamic() {
		return t.superArithmetic(op, l, r), nil
	}
	number := typeBigint
	if l.typ.Name == "interval" || r.typ.Name == "interval" {
		number = typeDouble
	}
	if l.isSuper() {
		l = t.superTo(l, number)
	}
	if r.isSuper() {
		r = t.superTo(r, number)
	}
	if v, ok := t.moments(op, l, r); ok {
		return v, nil
	}
	return value{}, t.noOperator(op, l, r, pos)
}

// numbers does arithmetic on numbers: integers stay integers, also when
// divided, and division by zero is an error.
func (t *translator) numbers(op string, l, r value) value {
	typ := widestNumber(l.typ, r.typ)
	ls, rs := l.out(), r.out()
	if typ.Name == "numeric" {
		typ = numericResult(op, l.typ.asNumeric(), r.typ.asNumeric())
	}
	if op != "/" && op != "%" {
		if typ.Name == "numeric" {
			ls, rs = wide(l, typ), wide(r, typ)
		}
		return of(typ, "(", ls, " ", op, " ", rs, ")")
	}
	sql := "(" + ls + " " + op + " " + rs + ")"
	switch {
	case op == "/" && typ.isInteger():
		sql = "(" + ls + " // " + rs + ")"
	case op == "/" && typ.Name == "numeric":
		sql = cast1(sql, typ.Duck())
	}
	if r.num && !zero(r.sql) {
		return of(typ, sql)
	}
	duck := typ.Duck()
	if typ.Name == "oid" {
		duck = "BIGINT"
	}
	if !simple(rs) || r.traits.volatile {
		return t.dividedOnce(op, l, r, typ)
	}
	return of(typ, "CASE WHEN ", rs, " = 0 THEN ", raise(codeDivisionByZero, "division by zero", duck), " ELSE ", sql, " END")
}

// dividedOnce writes a division so that the divisor is written once: text that
// is written twice at each level of nesting has no end.
func (t *translator) dividedOnce(op string, l, r value, typ Type) value {
	ls, rs := l.out(), r.out()
	switch {
	case typ.isInteger():
		word := map[string]string{"/": " // ", "%": " % "}[op]
		sql := "(" + ls + word + "leat_divisor(" + cast1(rs, "BIGINT") + "))"
		if typ.Name == "bigint" || typ.Name == "oid" {
			return of(typ, sql)
		}
		return of(typ, cast1(sql, typ.Duck()))
	case op == "/":
		return of(typ, cast1("("+ls+" / leat_divisor_double("+cast1(rs, "DOUBLE")+"))", typ.Duck()))
	}
	return of(typ, t.let(rs, r.traits, l.traits, func(rs string) string {
		return "CASE WHEN " + rs + " = 0 THEN " + raise(codeDivisionByZero, "division by zero", typ.Duck()) + " ELSE (" + ls + " % " + rs + ") END"
	}))
}

// wide is an operand of a product, sum or difference whose result has more than
// 18 digits: DuckDB computes what fits 64 bits in 64 bits, and ends there.
func wide(v value, result Type) string {
	typ := v.typ.asNumeric()
	if result.Precision <= 18 || typ.Precision > 18 && v.typ.Name == "numeric" {
		return v.out()
	}
	return cast1(v.out(), numeric(max(typ.Precision, 19), typ.Scale).Duck())
}

// zero tells whether a number constant is 0.
func zero(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= '1' && text[i] <= '9' {
			return false
		}
		if text[i] == 'e' || text[i] == 'E' {
			break
		}
	}
	return true
}

// numericResult is the precision and scale that Redshift computes. Products, sums and
// differences keep their scale when 38 digits are too few: a value that does not
// fit is an overflow, and none is rounded.
func numericResult(op string, a, b Type) Type {
	switch op {
	case "*":
		return Type{Name: "numeric", Precision: min(a.Precision+b.Precision+1, 38), Scale: a.Scale + b.Scale}
	case "/":
		scale := max(4, a.Scale+b.Precision-b.Scale+1)
		return numeric(a.Precision-a.Scale+b.Scale+scale, scale)
	}
	scale := max(a.Scale, b.Scale)
	return Type{Name: "numeric", Precision: min(max(a.Precision-a.Scale, b.Precision-b.Scale)+scale+1, 38), Scale: scale}
}

// moments does arithmetic on dates, timestamps and intervals.
func (t *translator) moments(op string, l, r value) (value, bool) {
	ln, rn := l.typ.Name, r.typ.Name
	plain := func(typ Type) (value, bool) { return of(typ, "(", l.out(), " ", op, " ", r.out(), ")"), true }
	switch {
	case ln == "date" && r.typ.isInteger() && (op == "+" || op == "-"):
		return of(typeDate, "(", l.out(), " ", op, " ", cast1(r.out(), "INTEGER"), ")"), true
	case rn == "date" && l.typ.isInteger() && op == "+":
		return of(typeDate, "(", r.out(), " + ", cast1(l.out(), "INTEGER"), ")"), true
	case ln == "date" && rn == "date" && op == "-":
		return of(typeInteger, "CAST(", l.out(), " - ", r.out(), " AS INTEGER)"), true
	case (ln == "date" || l.typ.isStamp()) && (rn == "date" || r.typ.isStamp()) && op == "-":
		return of(typeInterval, "(", t.as(l, typeTimestamp), " - ", t.as(r, typeTimestamp), ")"), true
	case rn == "interval" && (op == "+" || op == "-"):
		switch ln {
		case "date":
			return plain(typeTimestamp)
		case "timestamp", "timestamptz", "time", "timetz", "interval":
			return plain(l.typ)
		}
	case ln == "interval" && op == "+" && (rn == "date" || r.typ.isStamp() || rn == "time"):
		return t.moments(op, r, l)
	case ln == "interval" && r.typ.isNumber() && op == "*":
		return t.scaled(l, r), true
	case rn == "interval" && l.typ.isNumber() && op == "*":
		return t.scaled(r, l), true
	case ln == "interval" && r.typ.isNumber() && op == "/":
		return t.scaled(l, of(typeDouble, "(1.0 / ", r.out(), ")")), true
	case ln == "time" && rn == "time" && op == "-":
		return plain(typeInterval)
	}
	return value{}, false
}

// scaled multiplies an interval: months, days and microseconds each; with a
// factor that may have a fraction, part of a month becomes 30ths, and part of a
// day time, as in PostgreSQL.
func (t *translator) scaled(interval, factor value) value {
	if factor.typ.isInteger() {
		return of(typeInterval, "leat_interval_times(", interval.out(), ", ", cast1(factor.out(), "BIGINT"), ")")
	}
	return of(typeInterval, "leat_interval_scale(", interval.out(), ", ", cast1(factor.out(), "DOUBLE"), ")")
}

// unary translates a prefix operator.
func (t *translator) unary(x *Unary, sc *scope) (value, error) {
	if x.Op == "not" {
		sql, err := t.condition(x.X, sc)
		return of(typeBoolean, "(NOT ", sql, ")"), err
	}
	v, err := t.expr(x.X, sc)
	if err != nil {
		return value{}, err
	}
	if v.isSuper() {
		if w, ok := t.superUnary(x.Op, v); ok {
			return w, nil
		}
		v = t.superTo(v, map[bool]Type{true: typeBigint, false: typeDouble}[x.Op == "~"])
	}
	if v.param != 0 || v.constant() {
		v = t.settle(v, typeDouble)
	}
	if !v.typ.isNumber() && !(v.typ.Name == "interval" && x.Op == "-") && !v.typ.isUnknown() {
		return value{}, t.fail(x.exprPos(), codeUndefinedFunction, "operator does not exist: %s %s", x.Op, v.typ)
	}
	switch x.Op {
	case "+":
		return v, nil
	case "-":
		return of(v.typ, "(- ", v.out(), ")"), nil
	case "@":
		return of(v.typ, "abs(", v.out(), ")"), nil
	case "~":
		return of(v.typ, "(~ ", v.out(), ")"), nil
	}
	return of(typeDouble, "sqrt(", v.out(), ")"), nil
}
