package redshift

import (
	"strconv"
	"strings"
)

// orderBy translates ORDER BY of a SELECT: a position, an output name, or an
// expression over the columns of FROM.
func (t *translator) orderBy(b *strings.Builder, order []OrderItem, s *Select, p *selectPlan, sc *scope) error {
	n := 0
	for _, o := range order {
		position, v, err := t.orderKey(o.Expr, p, sc)
		if err != nil {
			return err
		}
		if position == 0 && (s.Distinct || s.GroupBy != nil) {
			for i, it := range p.items {
				if it.plain == v.out() {
					position = i + 1
				}
			}
		}
		if position > 0 {
			v = p.items[position-1].v
		}
		switch {
		case v.isSuper():
			writeOrder(b, n, superKey(v.out()), o)
		case position > 0:
			writeOrder(b, n, strconv.Itoa(position), o)
		default:
			writeOrder(b, n, v.out(), o)
		}
		n++
	}
	return nil
}

// orderKey finds the position in the SELECT list that x means, or 0 and the
// value of the expression.
func (t *translator) orderKey(x Expr, p *selectPlan, sc *scope) (int, value, error) {
	switch x := x.(type) {
	case *Literal:
		if x.Kind == LiteralNumber {
			n, err := strconv.Atoi(x.Text)
			if err != nil || n < 1 || n > len(p.items) {
				return 0, value{}, t.fail(x.exprPos(), "42P10", "ORDER BY position %s is not in select list", x.Text)
			}
			return n, value{}, nil
		}
	case *Path:
		if x.Base == nil && len(x.Steps) == 1 {
			name := x.Steps[0].Name.Fold(t.set)
			for i, it := range p.items {
				if it.name == name {
					return i + 1, value{}, nil
				}
			}
		}
	}
	v, err := t.expr(x, sc)
	return 0, v, err
}
