package redshift

import "strings"

// streamSelect checks the outline of a streaming view's query: one SELECT over
// one stream.
func (t *translator) streamSelect(q *Query) (*Select, error) {
	refuse := func(pos int, what string) error {
		return t.unsupported(pos, "%s is not supported in %s", what, t.place)
	}
	switch {
	case q.With != nil:
		return nil, refuse(q.start, "WITH")
	case q.OrderBy != nil:
		return nil, refuse(q.OrderBy[0].Expr.exprPos(), "ORDER BY")
	case q.Limit != nil:
		return nil, refuse(q.Limit.exprPos(), "LIMIT")
	case q.Offset != nil:
		return nil, refuse(q.Offset.exprPos(), "OFFSET")
	}
	switch b := q.Body.(type) {
	case *Query:
		return t.streamSelect(b)
	case *SetOperation:
		return nil, refuse(b.pos, strings.ToUpper(b.Op))
	case *Values:
		return nil, refuse(b.pos, "VALUES")
	}
	s := q.Body.(*Select)
	switch {
	case s.Top != nil:
		return nil, refuse(s.pos, "TOP")
	case s.Distinct:
		return nil, refuse(s.pos, "DISTINCT")
	case s.GroupBy != nil || s.GroupAll:
		return nil, refuse(s.pos, "GROUP BY")
	case s.Having != nil:
		return nil, refuse(s.Having.exprPos(), "HAVING")
	case s.Qualify != nil:
		return nil, refuse(s.Qualify.exprPos(), "QUALIFY")
	case len(s.From) == 0:
		return nil, t.fail(s.pos, codeSyntax, "%s must have a FROM clause", t.place)
	case len(s.From) > 1:
		return nil, refuse(s.pos, "a join")
	}
	switch f := s.From[0].(type) {
	case *TableRef:
		return s, nil
	case *Join:
		return nil, refuse(f.pos, "a join")
	case *Derived:
		return nil, refuse(f.pos, "a subquery")
	}
	return nil, refuse(s.pos, "this form of FROM")
}

// streamRules walks the expressions for what needs more than one record.
func (t *translator) streamRules(s *Select, sc *scope) error {
	var failed error
	check := func(x Expr) {
		walkExpr(x, func(x Expr) bool {
			if failed != nil {
				return false
			}
			what := ""
			switch x := x.(type) {
			case *Subquery, *Exists:
				what = "a subquery"
			case *In:
				if x.Query != nil {
					what = "a subquery"
				}
			case *Quantified:
				if x.Query != nil {
					what = "a subquery"
				}
			case *Call:
				name, _ := t.functionName(x)
				_, aggregate := aggregates[name]
				switch {
				case x.Over != nil:
					what = "a window function"
				case aggregate:
					what = "aggregate function " + name
				}
			}
			if what != "" {
				failed = t.unsupported(x.exprPos(), "%s is not supported in %s", what, t.place)
			}
			return failed == nil
		})
	}
	for _, it := range s.Items {
		check(it.Expr)
	}
	if s.Where != nil {
		check(s.Where)
	}
	return failed
}
