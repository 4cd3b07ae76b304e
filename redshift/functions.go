package redshift

import (
	"strconv"
	"strings"
)

// A variant is one form of a function: how many arguments of which kinds it
// takes, what DuckDB SQL it becomes, and what it returns.
//
// Kinds of arguments: t text, i integer, f number, n number kept as it is,
// d date or timestamp, b boolean, v varbyte, s super, a anything.
//
// In sql, $1 … $9 stand for arguments. out is the type returned, or like the
// first argument when it has no name.
type variant struct {
	args string
	out  Type
	sql  string
}

// A builder makes what a template cannot.
type builder func(t *translator, c *Call, a []value) (value, error)

// call translates a function call by the table of functions; what is not in
// it does not exist.
func (t *translator) call(c *Call, sc *scope) (value, error) {
	name, ok := t.functionName(c)
	if !ok {
		return value{}, t.noFunction(c, nil)
	}
	if _, catalog := catalogFunctions[name]; catalog {
		t.depends(session, "function "+name)
	}
	t.depends(mutable[name], "mutable function "+name)
	if t.failed != nil {
		return value{}, t.failed
	}
	if agg, ok := aggregates[name]; ok {
		return t.aggregate(c, name, agg, sc)
	}
	if win, ok := windowFunctions[name]; ok && c.Over != nil {
		return t.windowFunction(c, name, win, sc)
	}
	args, err := t.valueList(c.Args, sc)
	if err != nil {
		return value{}, err
	}
	if name == "abs" && len(args) == 1 && args[0].isSuper() {
		v, _ := t.superUnary("@", args[0])
		return v, nil
	}
	switch {
	case !functionExists(name):
		return value{}, t.noFunction(c, args)
	case c.Over != nil:
		return value{}, t.fail(c.exprPos(), "42809", "%s is neither a window function nor an aggregate", name)
	case c.Distinct || c.Star || c.Within != nil || c.OrderBy != nil:
		return value{}, t.fail(c.exprPos(), "42809", "%s is not an aggregate function", name)
	}
	if build := builderOf(name); build != nil {
		return build(t, c, args)
	}
	for _, v := range functions[name] {
		if len(v.args) == len(args) {
			return t.fill(c, v, args)
		}
	}
	for _, v := range catalogFunctions[name] {
		if len(v.args) == len(args) {
			return t.fill(c, v, args)
		}
	}
	if why, ok := refusedFunctions[name]; ok {
		return value{}, t.unsupported(c.exprPos(), "function %s is not supported%s", name, why)
	}
	return value{}, t.noFunction(c, args)
}

// functionExists tells whether there is a function of that name, in whatever form.
func functionExists(name string) bool {
	_, refused := refusedFunctions[name]
	_, window := windowFunctions[name]
	return refused || window || builderOf(name) != nil || functions[name] != nil || catalogFunctions[name] != nil
}

// functionName folds the name; only pg_catalog and the like may qualify it.
func (t *translator) functionName(c *Call) (string, bool) {
	parts := c.Name.Parts
	name := lowerASCII(parts[len(parts)-1].Text)
	if len(parts) == 1 {
		return name, true
	}
	schema := lowerASCII(parts[len(parts)-2].Text)
	return name, len(parts) == 2 && (schema == "pg_catalog" || schema == "information_schema")
}

// noFunction is Redshift's error for a function that does not exist.
func (t *translator) noFunction(c *Call, args []value) error {
	types := make([]string, len(args))
	for i, a := range args {
		types[i] = a.typ.String()
		if a.text != nil || a.param != 0 || a.null {
			types[i] = "unknown"
		}
	}
	switch {
	case c.Star:
		types = []string{"*"}
	case args == nil && len(c.Args) > 0:
		types = []string{"..."}
	}
	e := errorAt(t.src, c.exprPos(), codeUndefinedFunction, "function %s(%s) does not exist", c.Name, strings.Join(types, ", "))
	e.Hint = "No function matches the given name and argument types. You may need to add explicit type casts."
	return e
}

// fill writes a variant's SQL with its arguments.
func (t *translator) fill(c *Call, v variant, args []value) (value, error) {
	list := make([]string, len(args))
	for i, a := range args {
		sql, err := t.argument(c, v.args[i], a)
		if err != nil {
			return value{}, err
		}
		list[i] = sql
	}
	out := v.out
	if out.Name == "" {
		out = args[0].typ
		if args[0].constant() || args[0].param != 0 || args[0].isSuper() || v.args[0] == 't' && !args[0].typ.isText() {
			out = map[byte]Type{'t': typeVarchar, 'f': typeDouble, 'n': typeDouble, 'i': typeBigint, 'd': typeTimestamp}[v.args[0]]
		}
	}
	return of(out, template(v.sql, list)), nil
}

// argument makes a value fit a kind of argument.
func (t *translator) argument(c *Call, kind byte, a value) (string, error) {
	switch kind {
	case 't':
		if a.typ.Name == "varbyte" {
			return "decode(" + a.out() + ")", nil
		}
		return t.asText(a), nil
	case 'i':
		if a.typ.isInteger() {
			return a.out(), nil
		}
		return t.as(a, typeBigint), nil
	case 'f':
		return t.as(a, typeDouble), nil
	case 'n':
		switch {
		case a.isSuper():
			return superDouble(a).sql, nil
		case a.typ.isNumber():
			return a.out(), nil
		}
		return t.as(a, typeDouble), nil
	case 'd':
		switch {
		case a.isSuper(), a.typ.isText(), a.param != 0, a.constant():
			m, err := t.moment(a)
			return m.out(), err
		case a.typ.isNumber(), a.typ.Name == "boolean":
			return "", t.noFunction(c, []value{a})
		}
		return a.out(), nil
	case 'b':
		return t.as(a, typeBoolean), nil
	case 'v':
		return t.as(a, typeVarbyte), nil
	case 's':
		return t.as(a, typeSuper), nil
	}
	if a.param != 0 {
		return t.settle(a, typeVarchar).sql, nil
	}
	return a.out(), nil
}

// moment makes text, parameters and SUPER a timestamp; dates and times stay.
func (t *translator) moment(a value) (value, error) {
	switch {
	case a.text != nil:
		return t.momentConstant(*a.text, typeTimestamp, -1)
	case a.isSuper():
		return t.superTo(a, typeTimestamp), nil
	case a.param != 0 || a.constant():
		return t.settle(a, typeTimestamp), nil
	case a.typ.isText():
		return of(typeTimestamp, cast1(a.out(), "TIMESTAMP")), nil
	}
	return a, nil
}

// template replaces $1 … $9.
func template(sql string, args []string) string {
	var b strings.Builder
	for i := 0; i < len(sql); i++ {
		if sql[i] == '$' && i+1 < len(sql) && isDigit(sql[i+1]) {
			if n := int(sql[i+1] - '1'); n < len(args) {
				b.WriteString(args[n])
			}
			i++
			continue
		}
		b.WriteByte(sql[i])
	}
	return b.String()
}

// intConstant reads an argument that must be a whole number constant.
func intConstant(v value) (int, bool) {
	if !v.num {
		return 0, false
	}
	n, err := strconv.Atoi(strings.Trim(v.sql, "()"))
	return n, err == nil
}
