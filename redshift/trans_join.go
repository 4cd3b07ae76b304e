package redshift

import "slices"

// A shownColumn is what a name without a qualifier can mean, and what * gives: a
// field of a source, or a column that a join has merged.
type shownColumn struct {
	name   string
	src    *sourceTable
	field  *field
	merged value // of USING and NATURAL; src is nil then
}

func (t *translator) shownValue(c shownColumn) value {
	if c.src == nil {
		return c.merged
	}
	return t.column(c.src, c.field)
}

// show puts the fields of a source among what the scope shows.
func (sc *scope) show(s *sourceTable) {
	for i := range s.fields {
		sc.shown = append(sc.shown, shownColumn{name: s.fields[i].name, src: s, field: &s.fields[i]})
	}
}

// sourceScope is a scope of one source.
func sourceScope(s *sourceTable) *scope {
	sc := &scope{sources: []*sourceTable{s}}
	sc.show(s)
	return sc
}

func (t *translator) join(j *Join, sc *scope) (string, error) {
	from := sc.mark()
	left, err := t.fromItem(j.Left, sc)
	if err != nil {
		return "", err
	}
	if r, ok := t.unnestsOver(j.Right, sc, from); ok && unnestable(j) {
		return t.unnestJoin(j, r, left, sc, from)
	}
	middle := len(sc.shown)
	right, err := t.fromItem(j.Right, sc)
	if err != nil {
		return "", err
	}
	if _, ok := j.Right.(*Join); ok {
		right = "(" + right + ")"
	}
	word := map[string]string{"inner": " JOIN ", "left": " LEFT JOIN ", "right": " RIGHT JOIN ", "full": " FULL JOIN ", "cross": " CROSS JOIN "}[j.Kind]
	if j.Kind == "right" || j.Kind == "full" {
		if r, ok := j.Right.(*TableRef); ok && sc.sources[len(sc.sources)-1].elem {
			return "", t.unsupported(r.Path.exprPos(), "RIGHT and FULL joins with an unnested SUPER value are not supported")
		}
	}
	sql := left + word + right
	switch {
	case j.On != nil:
		on, err := t.condition(j.On, sc)
		return sql + " ON " + on, err
	case j.Using != nil || j.Natural:
		on, err := t.using(j, sc, from.shown, middle)
		return sql + " ON " + on, err
	}
	return sql, nil
}

// unnestable tells joins with an array that mean the same as its elements beside
// the rows before, and a condition.
func unnestable(j *Join) bool {
	switch {
	case j.Using != nil || j.Natural:
		return false
	case j.Kind == "left":
		on, ok := j.On.(*Literal)
		return ok && on.Kind == LiteralBool && on.Text == "true"
	}
	return j.Kind == "inner" || j.Kind == "cross"
}

func (t *translator) unnestJoin(j *Join, r *TableRef, left string, sc *scope, from mark) (string, error) {
	sql, err := t.unnestOver(r, left, sc, from, j.Kind == "left")
	if err != nil || j.On == nil || j.Kind == "left" {
		return sql, err
	}
	on, err := t.condition(j.On, sc)
	if on == "true" {
		return sql, err
	}
	return "(SELECT * FROM " + sql + " WHERE " + on + ") AS " + quoteIdent(sc.sources[from.sources].duck), err
}

// using translates USING and NATURAL: the sides show their columns from
// from to middle and from middle on; afterwards the merged columns come first,
// then what is left of both sides. Which side a merged column is read from is
// written out, because DuckDB merges by name over the whole of FROM.
func (t *translator) using(j *Join, sc *scope, from, middle int) (string, error) {
	left, right := sc.shown[from:middle], sc.shown[middle:]
	names := make([]string, len(j.Using))
	for i, id := range j.Using {
		names[i] = id.Fold(t.set)
	}
	if j.Natural {
		names = commonNames(left, right)
	}
	var merged []shownColumn
	on := ""
	for i, name := range names {
		pos := j.pos
		if i < len(j.Using) {
			pos = j.Using[i].pos
		}
		l, err := t.usingSide(left, name, "left", pos)
		if err != nil {
			return "", err
		}
		r, err := t.usingSide(right, name, "right", pos)
		if err != nil {
			return "", err
		}
		same, err := t.compare("=", l, r)
		if err != nil {
			return "", err
		}
		if i > 0 {
			on += " AND "
		}
		on += same.out()
		merged = append(merged, shownColumn{name: name, merged: t.mergedValue(j.Kind, l, r)})
	}
	rest := func(side []shownColumn) {
		for _, c := range side {
			if !slices.Contains(names, c.name) {
				merged = append(merged, c)
			}
		}
	}
	rest(left)
	rest(right)
	sc.shown = append(sc.shown[:from:from], merged...)
	if on == "" {
		on = "true"
	}
	return on, nil
}

// usingSide finds a column of USING among what one side of the join shows.
func (t *translator) usingSide(side []shownColumn, name, which string, pos int) (value, error) {
	var found *shownColumn
	for i := range side {
		if side[i].name != name {
			continue
		}
		if found != nil {
			return value{}, t.fail(pos, codeAmbiguousColumn, "common column name \"%s\" appears more than once in %s table", name, which)
		}
		found = &side[i]
	}
	if found == nil {
		return value{}, t.fail(pos, codeUndefinedColumn, "column \"%s\" specified in USING clause does not exist in %s table", name, which)
	}
	return t.shownValue(*found), nil
}

// mergedValue is the column that stands for one of each side: of the side that
// has all rows, or of the one that is not NULL.
func (t *translator) mergedValue(kind string, l, r value) value {
	typ, list := t.unify([]value{l, r})
	side, sql := l, list[0]
	switch kind {
	case "full":
		return of(typ, "coalesce(", list[0], ", ", list[1], ")")
	case "right":
		side, sql = r, list[1]
	}
	if side.typ.Name == typ.Name || typ.Duck() == "" {
		return side
	}
	return of(typ, cast1(sql, typ.Duck()))
}

// commonNames are the names that both sides of a NATURAL join show.
func commonNames(left, right []shownColumn) []string {
	var names []string
	for _, l := range left {
		for _, r := range right {
			if l.name == r.name && !slices.Contains(names, l.name) {
				names = append(names, l.name)
			}
		}
	}
	return names
}
