package redshift

import "strings"

type windowFunc struct {
	least, most int
	typ         Type // like the first argument when it has no name
}

var windowFunctions = map[string]windowFunc{
	"row_number": {0, 0, typeBigint}, "rank": {0, 0, typeBigint}, "dense_rank": {0, 0, typeBigint}, "ntile": {1, 1, typeBigint},
	"percent_rank": {0, 0, typeDouble}, "cume_dist": {0, 0, typeDouble}, "lag": {1, 3, Type{}}, "lead": {1, 3, Type{}},
	"first_value": {1, 1, Type{}}, "last_value": {1, 1, Type{}}, "nth_value": {2, 2, Type{}}, "ratio_to_report": {1, 1, typeDouble},
}

// windowFunction translates a ranking or offset function with OVER.
func (t *translator) windowFunction(c *Call, name string, w windowFunc, sc *scope) (value, error) {
	args, err := t.valueList(c.Args, sc)
	if err != nil {
		return value{}, err
	}
	if len(args) < w.least || len(args) > w.most || c.Distinct || c.Star {
		return value{}, t.noFunction(c, args)
	}
	over, err := t.window(c.Over, sc)
	if err != nil {
		return value{}, err
	}
	typ := w.typ
	list := make([]string, len(args))
	for i, a := range args {
		switch {
		case i == 0 && typ.Name == "":
			if a.constant() || a.param != 0 {
				a = t.settle(a, typeVarchar)
			}
			typ, list[i] = a.typ, a.out()
		case i == 2:
			list[i] = t.as(a, typ)
		default:
			list[i] = t.as(a, typeBigint)
		}
	}
	if name == "ratio_to_report" {
		x := t.as(args[0], typeDouble)
		return of(typeDouble, "(CAST(", x, " AS DOUBLE) / sum(", x, ")", over, ")"), nil
	}
	nulls := ""
	if c.IgnoreNulls {
		nulls = " IGNORE NULLS"
	}
	return of(typ, name, "(", join(list), nulls, ")", over), nil
}

// window writes OVER (…).
func (t *translator) window(w *Window, sc *scope) (string, error) {
	var b strings.Builder
	b.WriteString(" OVER (")
	if w.PartitionBy != nil {
		list := make([]string, len(w.PartitionBy))
		for i, x := range w.PartitionBy {
			v, err := t.expr(x, sc)
			if err != nil {
				return "", err
			}
			list[i] = sortable(v)
		}
		b.WriteString("PARTITION BY " + join(list))
	}
	for i, o := range w.OrderBy {
		v, err := t.expr(o.Expr, sc)
		if err != nil {
			return "", err
		}
		writeOrder(&b, i, sortable(v), o)
	}
	if f := w.Frame; f != nil {
		start, err := t.bound(f.Start, sc)
		if err != nil {
			return "", err
		}
		b.WriteString(" " + strings.ToUpper(f.Unit) + " ")
		if f.End.Kind == "" {
			b.WriteString(start)
		} else {
			end, err := t.bound(f.End, sc)
			if err != nil {
				return "", err
			}
			b.WriteString("BETWEEN " + start + " AND " + end)
		}
	}
	b.WriteByte(')')
	return b.String(), nil
}

func (t *translator) bound(b Bound, sc *scope) (string, error) {
	if b.Offset == nil {
		return strings.ToUpper(b.Kind), nil
	}
	v, err := t.expr(b.Offset, sc)
	if err != nil {
		return "", err
	}
	return t.settle(v, typeBigint).out() + " " + strings.ToUpper(b.Kind), nil
}
