package redshift

import "strings"

// let names the value of x inside an expression that uses it more than once and
// has nothing else in it, so that neither its text nor its work is repeated.
func let(x string, body func(name string) string) string {
	if simple(x) {
		return body(x)
	}
	return lambda(x, body)
}

// lambda computes body of x. An inner lambda may have the same name for its own:
// what stands in a body was translated before, and knows no name from around it.
func lambda(x string, body func(name string) string) string {
	return "list_transform([" + x + "], lambda \"~v\": " + body(`"~v"`) + ")[1]"
}

// simple tells SQL that may as well be written and computed twice.
func simple(x string) bool {
	return isColumnRef(x) || len(x) < 8 && !strings.Contains(x, "(")
}

// let is let for a body with other expressions in it, which rest tells about.
// DuckDB allows neither a subquery nor a column of a query around in a lambda,
// and the work of planning doubles with each lambda in the body of another:
// then the text is repeated, if the budget allows that and its value is the same
// each time.
func (t *translator) let(x string, has, rest traits, body func(name string) string) string {
	switch {
	case simple(x) && !has.volatile:
		return body(x)
	case !rest.subquery && !rest.outer && rest.deep < maxDeep:
		t.traits.deep = max(t.traits.deep, has.deep, rest.deep+1)
		return lambda(x, body)
	case has.volatile:
		t.fails(t.unsupported(t.at, "an operand that is computed anew each time (random()) is not supported beside a subquery, a column of the query around, or in many levels of CASE; compute it in a subquery"))
		return body("NULL")
	}
	once := body("~")
	if len(once)+strings.Count(once, "~")*len(x) > t.budget.mostBytes-t.budget.bytes {
		t.fails(t.tooComplex(t.at))
		return once
	}
	return body(x)
}

// fails notes an error where none can be returned; expr returns it.
func (t *translator) fails(err error) {
	if t.failed == nil {
		t.failed = err
	}
}

// letValue is let for a value.
func (t *translator) letValue(v value, rest traits, body func(v value) (value, error)) (value, error) {
	if v.constant() || v.num || v.param != 0 {
		return body(v)
	}
	var out value
	var err error
	sql := t.let(v.out(), v.traits, rest, func(name string) string {
		if out, err = body(value{sql: name, typ: v.typ, most: v.most}); err != nil {
			return name
		}
		return out.out()
	})
	return of(out.typ, sql), err
}

// caseOf translates CASE operand WHEN …: each WHEN is a comparison, so that types
// meet as = makes them.
func (t *translator) caseOf(x *Case, sc *scope) (value, error) {
	operand, err := t.expr(x.Operand, sc)
	if err != nil {
		return value{}, err
	}
	var rest traits
	whens, results := make([]value, len(x.Whens)), make([]value, len(x.Whens), len(x.Whens)+1)
	for i, w := range x.Whens {
		if whens[i], err = t.expr(w.Cond, sc); err != nil {
			return value{}, err
		}
		if results[i], err = t.expr(w.Result, sc); err != nil {
			return value{}, err
		}
		rest = rest.with(whens[i].traits).with(results[i].traits)
	}
	if x.Else != nil {
		v, err := t.expr(x.Else, sc)
		if err != nil {
			return value{}, err
		}
		results, rest = append(results, v), rest.with(v.traits)
	}
	typ, list := t.unify(results)
	if len(whens) == 1 && !operand.traits.volatile {
		same, err := t.compare("=", operand, whens[0])
		return of(typ, branches([]string{same.sql}, list)), err
	}
	return t.letValue(operand, rest, func(operand value) (value, error) {
		conds := make([]string, len(whens))
		for i, when := range whens {
			same, err := t.compare("=", operand, when)
			if err != nil {
				return value{}, err
			}
			conds[i] = same.sql
		}
		return of(typ, branches(conds, list)), nil
	})
}
