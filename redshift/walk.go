package redshift

// walkExpr calls visit for x and, while it returns true, for what is inside
// it. It does not go into subqueries.
func walkExpr(x Expr, visit func(Expr) bool) {
	if x == nil || !visit(x) {
		return
	}
	all := func(xs ...Expr) {
		for _, y := range xs {
			walkExpr(y, visit)
		}
	}
	switch x := x.(type) {
	case *Path:
		all(x.Base)
		for _, s := range x.Steps {
			all(s.Index)
		}
	case *Unary:
		all(x.X)
	case *Binary:
		all(x.L, x.R)
	case *Logic:
		all(x.Xs...)
	case *Cast:
		all(x.X)
	case *Call:
		all(x.Args...)
	case *Case:
		all(x.Operand, x.Else)
		for _, w := range x.Whens {
			all(w.Cond, w.Result)
		}
	case *In:
		all(x.X)
		all(x.List...)
	case *Between:
		all(x.X, x.Low, x.High)
	case *Like:
		all(x.X, x.Pattern, x.Escape)
	case *Is:
		all(x.X)
	case *DistinctFrom:
		all(x.L, x.R)
	case *Quantified:
		all(x.X, x.Array)
	case *Row:
		all(x.Xs...)
	case *ArrayOf:
		all(x.Xs...)
	case *AtTimeZone:
		all(x.X, x.Zone)
	}
}
