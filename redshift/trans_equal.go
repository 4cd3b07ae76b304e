package redshift

import (
	"strconv"
	"strings"
)

// SUPER values that are equal may be written differently: 1 and 1.0, objects with their
// keys in another order. Where equal values become one (GROUP BY, DISTINCT,
// UNION), they are first brought to the one form that they share.

// groupedSupers notes the SUPER values that s groups by, so that groupedValue
// finds them wherever they are written.
func (t *translator) groupedSupers(s *Select, sc *scope) {
	t.grouped = nil // what is noted is as it is written
	noted := make(map[string]bool)
	note := func(x Expr) {
		if hasQuery(x) {
			return
		}
		if v, err := t.expr(x, sc); err == nil && v.isSuper() {
			noted[v.out()] = true
		}
	}
	for _, g := range s.GroupBy {
		if g.Expr != nil {
			note(t.groupedExpr(g.Expr, s))
		}
		for _, set := range g.Sets {
			for _, x := range set {
				note(x)
			}
		}
	}
	for i := range s.Items {
		if x := s.Items[i].Expr; s.GroupAll && !hasAggregate(x) {
			note(x)
		}
	}
	t.grouped = noted
}

// groupAll is what GROUP BY ALL groups by. ORDER BY may compute with a SUPER column,
// which DuckDB wants to see among the groups.
func groupAll(p *selectPlan) string {
	super := false
	var positions []string
	for i, it := range p.items {
		if it.item == nil || !hasAggregate(it.item.Expr) {
			super = super || it.v.isSuper()
			positions = append(positions, itoa(i+1))
		}
	}
	if !super {
		return "ALL"
	}
	return join(positions)
}

// groupedExpr is the expression that a position or an alias in GROUP BY means.
func (t *translator) groupedExpr(x Expr, s *Select) Expr {
	switch y := x.(type) {
	case *Literal:
		if n, err := strconv.Atoi(y.Text); err == nil && y.Kind == LiteralNumber && n > 0 && n <= len(s.Items) {
			return s.Items[n-1].Expr
		}
	case *Path:
		if y.Base == nil && len(y.Steps) == 1 {
			for i := range s.Items {
				if it := &s.Items[i]; !it.Alias.empty() && it.Alias.Fold(t.set) == y.Steps[0].Name.Fold(t.set) {
					return it.Expr
				}
			}
		}
	}
	return x
}

// groupedValue brings v to its one form when the query groups by it.
func (t *translator) groupedValue(v value) value {
	if len(t.grouped) == 0 || !v.isSuper() {
		return v
	}
	v.ext = nil
	if t.grouped[v.out()] {
		return superNormal(v)
	}
	return v
}

func hasQuery(x Expr) bool {
	found := false
	walkExpr(x, func(y Expr) bool {
		switch y := y.(type) {
		case *Subquery, *Exists:
			found = true
		case *In:
			found = found || y.Query != nil
		case *Quantified:
			found = found || y.Query != nil
		case *ArrayOf:
			found = found || y.Query != nil
		}
		return !found
	})
	return found
}

func hasAggregate(x Expr) bool {
	found := false
	walkExpr(x, func(y Expr) bool {
		if c, ok := y.(*Call); ok {
			_, aggregate := aggregates[lowerASCII(c.Name.Parts[len(c.Name.Parts)-1].Text)]
			found = found || aggregate || c.Over != nil
		}
		return !found
	})
	return found
}

// distinct writes DISTINCT. With a SUPER column it names all columns, because then
// ORDER BY may sort by what is none of them.
func (t *translator) distinct(p *selectPlan, s *Select, sc *scope) error {
	p.head = "SELECT DISTINCT "
	if s.DistinctOn != nil {
		list := make([]string, len(s.DistinctOn))
		for i, x := range s.DistinctOn {
			v, err := t.expr(x, sc)
			if err != nil {
				return err
			}
			if list[i] = v.out(); v.isSuper() {
				list[i] = superKey(list[i])
			}
		}
		p.head += "ON (" + join(list) + ") "
		return nil
	}
	for i := range p.items {
		if p.items[i].v.isSuper() {
			p.normal = true
		}
	}
	if p.normal {
		positions := make([]string, len(p.items))
		for i := range positions {
			positions[i] = itoa(i + 1)
		}
		p.head += "ON (" + strings.Join(positions, ", ") + ") "
	}
	return nil
}

// A sortablePlan is a set operation as a query from it, whose ORDER BY may hold
// expressions over its columns, #1, #2 …
type sortablePlan struct{ planBody }

func (p *sortablePlan) render(as []asColumn) string {
	return "SELECT * FROM (" + p.planBody.render(as) + ") AS \"~sorted\""
}
