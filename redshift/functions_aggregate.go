package redshift

import "strings"

// An aggregateFunc builds the SQL of an aggregate; over is " OVER (…)" or "".
type aggregateFunc func(t *translator, c *Call, a []value, distinct, over string) (value, error)

var aggregates = map[string]aggregateFunc{
	"count": aggCount, "sum": aggSum, "avg": aggAvg, "min": aggExtreme, "max": aggExtreme, "any_value": aggSame,
	"stddev": aggDouble("stddev_samp"), "stddev_samp": aggDouble("stddev_samp"), "stddev_pop": aggDouble("stddev_pop"),
	"variance": aggDouble("var_samp"), "var_samp": aggDouble("var_samp"), "var_pop": aggDouble("var_pop"),
	"bool_and": aggBool, "bool_or": aggBool, "every": aggBool, "bit_and": aggBit, "bit_or": aggBit,
	"median":    aggDouble("median"),
	"array_agg": nil,                                                 // built by arrayAgg
	"listagg":   nil, "percentile_cont": nil, "percentile_disc": nil, // built by withinGroup
}

// aggregate translates a call of an aggregate, with OVER or without.
func (t *translator) aggregate(c *Call, name string, build aggregateFunc, sc *scope) (value, error) {
	args, err := t.valueList(c.Args, sc)
	if err != nil {
		return value{}, err
	}
	if c.Star != (len(args) == 0) || c.Star && name != "count" {
		return value{}, t.noFunction(c, args)
	}
	if name == "array_agg" {
		return t.arrayAgg(c, args, sc)
	}
	if len(c.OrderBy) > 0 {
		return value{}, t.unsupported(c.exprPos(), "ORDER BY inside the arguments of an aggregate is not supported by Redshift; use WITHIN GROUP")
	}
	if c.IgnoreNulls {
		return value{}, t.unsupported(c.exprPos(), "IGNORE NULLS is not supported for %s", name)
	}
	over := ""
	if c.Over != nil {
		if over, err = t.window(c.Over, sc); err != nil {
			return value{}, err
		}
	}
	distinct := ""
	if c.Distinct {
		distinct = "DISTINCT "
	}
	if name == "listagg" || strings.HasPrefix(name, "percentile") {
		return t.withinGroup(c, name, args, distinct, over, sc)
	}
	if len(args) == 1 && args[0].isSuper() {
		if v, ok := superAggregate(name, args[0], c, over); ok {
			return v, nil
		}
		if !strings.HasPrefix(name, "b") { // of numbers; of booleans and bits casts
			args[0] = superDouble(args[0])
		}
	}
	return build(t, c, args, distinct, over)
}

// arrayAgg is what drivers read the catalog with. Tables have no arrays.
func (t *translator) arrayAgg(c *Call, a []value, sc *scope) (value, error) {
	if len(a) != 1 || c.Distinct || c.Over != nil {
		return value{}, t.noFunction(c, a)
	}
	typ := Type{Name: a[0].typ.Name + "[]"}
	if _, ok := elementTypes[typ.Name]; !ok {
		return value{}, t.unsupported(c.exprPos(), "array_agg of type %s is not supported", a[0].typ)
	}
	var order strings.Builder
	for i, o := range c.OrderBy {
		v, err := t.expr(o.Expr, sc)
		if err != nil {
			return value{}, err
		}
		writeOrder(&order, i, v.out(), o)
	}
	return of(typ, "list(", a[0].out(), order.String(), ")"), nil
}

func aggCount(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	if c.Star {
		return of(typeBigint, "count(*)", over), nil
	}
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	if c.Approximate && c.Distinct {
		return of(typeBigint, "approx_count_distinct(", a[0].out(), ")", over), nil
	}
	return of(typeBigint, "count(", distinct, a[0].out(), ")", over), nil
}

func aggSum(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	v := a[0]
	if v.constant() || v.param != 0 {
		v = t.settle(v, typeDouble)
	}
	sql := "sum(" + distinct + v.out() + ")" + over
	switch v.typ.Name {
	case "smallint", "integer":
		return of(typeBigint, cast1(sql, "BIGINT")), nil
	case "bigint", "oid":
		return of(numeric(38, 0), cast1(sql, "DECIMAL(38,0)")), nil
	case "numeric":
		return of(numeric(38, v.typ.Scale), sql), nil
	case "real", "double precision":
		return of(typeDouble, cast1(sql, "DOUBLE")), nil
	case "interval":
		return of(typeInterval, sql), nil
	case "unknown":
		return of(typeUnknown, sql), nil
	}
	return value{}, t.noFunction(c, a)
}

// aggAvg: the average of integers is an integer, of numerics a numeric.
func aggAvg(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	v := a[0]
	if v.constant() || v.param != 0 {
		v = t.settle(v, typeDouble)
	}
	x := distinct + v.out()
	switch v.typ.Name {
	case "smallint", "integer", "bigint":
		return of(typeBigint, "CAST(sum(", x, ")", over, " // count(", x, ")", over, " AS BIGINT)"), nil
	case "numeric":
		typ := numeric(38, v.typ.Scale)
		return of(typ, cast1("avg("+x+")"+over, typ.Duck())), nil
	case "real", "double precision":
		return of(typeDouble, "avg(", x, ")", over), nil
	case "interval", "unknown":
		return of(v.typ, "avg(", x, ")", over), nil
	}
	return value{}, t.noFunction(c, a)
}

func aggExtreme(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	return aggSame(t, c, a, distinct, over)
}

func aggSame(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	v := a[0]
	if v.constant() || v.param != 0 {
		v = t.settle(v, typeVarchar)
	}
	name, _ := t.functionName(c)
	return of(v.typ, name, "(", v.out(), ")", over), nil
}

func aggDouble(name string) aggregateFunc {
	return func(t *translator, c *Call, a []value, distinct, over string) (value, error) {
		if len(a) != 1 || a[0].typ.isText() && a[0].text == nil {
			return value{}, t.noFunction(c, a)
		}
		return of(typeDouble, "CAST(", name, "(", distinct, t.as(a[0], typeDouble), ")", over, " AS DOUBLE)"), nil
	}
}

func aggBool(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 1 {
		return value{}, t.noFunction(c, a)
	}
	if name == "every" {
		name = "bool_and"
	}
	return of(typeBoolean, name, "(", t.as(a[0], typeBoolean), ")", over), nil
}

func aggBit(t *translator, c *Call, a []value, distinct, over string) (value, error) {
	name, _ := t.functionName(c)
	if len(a) != 1 || !a[0].typ.isInteger() {
		return value{}, t.noFunction(c, a)
	}
	return of(a[0].typ, name, "(", distinct, a[0].out(), ")", over), nil
}

// withinGroup translates LISTAGG and PERCENTILE_…, whose order is in WITHIN GROUP.
func (t *translator) withinGroup(c *Call, name string, a []value, distinct, over string, sc *scope) (value, error) {
	if name == "listagg" {
		return t.listagg(c, a, distinct, over, sc)
	}
	if len(a) != 1 || len(c.Within) != 1 {
		return value{}, t.noFunction(c, a)
	}
	v, err := t.expr(c.Within[0].Expr, sc)
	if err != nil {
		return value{}, err
	}
	if v.isSuper() {
		v = superDouble(v)
	}
	fraction := t.as(a[0], typeDouble)
	if c.Within[0].Desc {
		fraction = "1 - " + fraction
	}
	if name == "percentile_cont" {
		x := v.out()
		if v.typ.isNumber() {
			x = cast1(x, "DOUBLE")
			v.typ = typeDouble
		}
		return of(v.typ, "quantile_cont(", x, ", ", fraction, ")", over), nil
	}
	return of(v.typ, "quantile_disc(", v.out(), ", ", fraction, ")", over), nil
}

func (t *translator) listagg(c *Call, a []value, distinct, over string, sc *scope) (value, error) {
	if len(a) != 1 && len(a) != 2 {
		return value{}, t.noFunction(c, a)
	}
	delimiter := "''"
	if len(a) == 2 {
		delimiter = t.asText(a[1])
	}
	order := ""
	for i, o := range c.Within {
		v, err := t.expr(o.Expr, sc)
		if err != nil {
			return value{}, err
		}
		if i == 0 {
			order = " ORDER BY "
		} else {
			order += ", "
		}
		key := v.out()
		if c.Distinct && key == a[0].out() { // DuckDB wants the very same expression
			key = t.asText(a[0])
		} else {
			key = sortable(v)
		}
		order += key + direction(o)
	}
	return of(Type{Name: "varchar", Length: 65535}, "leat_listed(string_agg(", distinct, t.asText(a[0]), ", ", delimiter, order, ")", over, ")"), nil
}
