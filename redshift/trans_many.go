package redshift

import (
	"strconv"
	"strings"
)

// DuckDB makes an expression of each constant and plans with all of them: a list
// of a million takes it minutes and gigabytes, and filters of ORs take it the
// square of their number. Long lists are therefore written as one constant, and
// long ORs where its filters do not look for patterns.
const (
	manyConstants = 500
	manyBranches  = 50
)

// listSeparator stands between the constants of a list; no constant holds it.
const listSeparator = "\x1f"

// inMany is x IN (…) for a long list of constants of one kind; ok is false when it
// is none.
func (t *translator) inMany(v value, list []value, word string) (out value, ok bool) {
	if len(list) < manyConstants || t.place != "" || v.isSuper() || v.constant() || v.param != 0 {
		return value{}, false
	}
	texts := make([]string, len(list))
	typ := typeUnknown
	for i, c := range list {
		switch {
		case c.text != nil && !strings.Contains(*c.text, listSeparator):
			texts[i] = *c.text
			if v.typ.isText() {
				texts[i] = strings.TrimRight(texts[i], " ")
			}
			typ = widest(typ, typeVarchar)
		case c.num && c.typ.Name != "double precision":
			texts[i] = strings.Trim(c.sql, "()")
			typ = widest(typ, c.typ)
		default:
			return value{}, false
		}
	}
	duck := ""
	switch {
	case typ.isText() && v.typ.isText():
	case typ.isText() && convertible(v.typ) && v.typ.Name != "interval":
		duck = v.typ.Duck()
	case typ.isNumber() && v.typ.isNumber():
		duck = typ.Duck()
	default:
		return value{}, false
	}
	sql := "string_split(" + quoteString(strings.Join(texts, listSeparator)) + ", '" + listSeparator + "')"
	if duck != "" {
		sql = cast1(sql, duck+"[]")
	}
	t.traits.subquery = true
	return of(typeBoolean, "(", v.out(), word, "SELECT unnest(", sql, ")))"), true
}

// gathered turns the branches x = 1 OR x = 2 … of a long OR into x IN (1, 2, …).
func (t *translator) gathered(x *Logic) []Expr {
	if x.Op != "or" || len(x.Xs) < manyBranches {
		return x.Xs
	}
	var rest []Expr
	lists := make(map[string]*In)
	for _, y := range x.Xs {
		b, ok := y.(*Binary)
		if !ok || b.Op != "=" {
			rest = append(rest, y)
			continue
		}
		path, ok := b.L.(*Path)
		lit, literal := b.R.(*Literal)
		if !ok || !literal || lit.Kind == LiteralNull || path.Base != nil {
			rest = append(rest, y)
			continue
		}
		key := strconv.Itoa(int(lit.Kind)) // constants of one kind
		for _, s := range path.Steps {
			if s.Index != nil {
				key = ""
				break
			}
			key += "\x00" + s.Name.Fold(t.set)
		}
		if key == "" {
			rest = append(rest, y)
			continue
		}
		in := lists[key]
		if in == nil {
			in = &In{at: b.at, X: b.L}
			lists[key] = in
			rest = append(rest, in)
		}
		in.List = append(in.List, b.R)
	}
	return rest
}

// anyOf writes OR.
func anyOf(conds []string) string {
	sql := "(" + strings.Join(conds, " OR ") + ")"
	if len(conds) < manyBranches {
		return sql
	}
	return cast1(cast1(sql, "UTINYINT"), "BOOLEAN")
}
