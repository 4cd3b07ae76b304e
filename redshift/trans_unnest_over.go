package redshift

import (
	"strconv"
	"strings"
)

// The elements of arrays are unnested by the SELECT list of a query over the
// part of FROM that stands before them. DuckDB then keeps rows and elements in
// their order, and joins nothing; LATERAL would compare whole documents, and
// gives the last element first.

// mark is a place in a scope: sources and shown columns from there on belong to
// one piece of FROM.
type mark struct{ sources, shown int }

func (sc *scope) mark() mark { return mark{len(sc.sources), len(sc.shown)} }

// unnestsOver tells whether r is a path into an element of FROM after the mark,
// by names and constant indexes only.
func (t *translator) unnestsOver(it FromItem, sc *scope, from mark) (*TableRef, bool) {
	r, ok := it.(*TableRef)
	if !ok {
		return nil, false
	}
	steps := r.Path.Steps
	for _, s := range steps {
		if _, literal := s.Index.(*Literal); s.Index != nil && !literal {
			return nil, false
		}
	}
	first := steps[0].Name.Fold(t.set)
	for _, s := range sc.sources[from.sources:] {
		if s.alias == first && (len(steps) > 1 || s.elem) {
			return r, true
		}
	}
	return nil, false
}

// unnestOver translates over, a piece of FROM, with the elements of the array
// at r beside its rows; outer keeps a row that has none.
func (t *translator) unnestOver(r *TableRef, over string, sc *scope, from mark, outer bool) (string, error) {
	list, err := t.arrayAt(r.Path, sc)
	if err != nil {
		return "", err
	}
	elements := []expansion{{list: list, one: "v"}}
	s := &sourceTable{alias: r.Alias.Name.Fold(t.set), elem: true}
	if r.Alias.Name.empty() {
		s.alias = t.defaultName(r.Path)
	}
	s.fields = []field{{s.alias, "v", typeSuper}}
	if !r.At.empty() {
		elements = append(elements, expansion{one: "i"})
		s.fields = append(s.fields, field{r.At.Fold(t.set), "i", typeBigint})
	}
	return t.expand(elements, s, over, sc, from, outer, r.Path.exprPos())
}

// An expansion is a list that becomes rows: one is its column; without a list it
// is the place in the list of the first expansion.
type expansion struct{ list, one string }

// expand writes the query, and moves the sources after the mark into it.
func (t *translator) expand(lists []expansion, s *sourceTable, over string, sc *scope, from mark, outer bool, pos int) (string, error) {
	inner, columns := t.wrap(sc, from)
	alias := quoteIdent(inner)
	var below, above strings.Builder
	for i, x := range lists {
		list := `"l` + strconv.Itoa(i) + `"`
		if x.list != "" {
			below.WriteString(x.list + " AS " + list + ", ")
		} else {
			list = `range(len("l0"))`
		}
		if outer {
			list = `CASE WHEN len("l0") > 0 THEN ` + list + " ELSE [NULL] END"
		}
		if i > 0 {
			above.WriteString(", ")
		}
		above.WriteString("unnest(" + list + ") AS " + quoteIdent(x.one))
	}
	if err := t.add(sc, s, pos); err != nil {
		return "", err
	}
	s.duck = inner
	return "(SELECT * EXCLUDE (" + listNames(lists) + "), " + above.String() + " FROM (SELECT " + below.String() + join(columns) + " FROM " + over + ") AS " + alias + ") AS " + alias, nil
}

func listNames(lists []expansion) string {
	var names []string
	for i, x := range lists {
		if x.list != "" {
			names = append(names, `"l`+strconv.Itoa(i)+`"`)
		}
	}
	return join(names)
}

// wrap gives everything that can be named after the mark a column of one query
// around it, and lets the scope know. It returns the query's alias and the
// columns of its SELECT list.
func (t *translator) wrap(sc *scope, from mark) (alias string, columns []string) {
	alias = sc.freeAlias("#rows")
	column := func(sql string) string {
		name := "c" + strconv.Itoa(len(columns))
		columns = append(columns, sql+" AS "+quoteIdent(name))
		return name
	}
	for _, s := range sc.sources[from.sources:] {
		for i := range s.fields {
			s.fields[i].duck = column(s.ref(&s.fields[i]))
		}
	}
	for i := range sc.shown[from.shown:] {
		c := &sc.shown[from.shown+i]
		if c.src == nil {
			name := column(c.merged.out())
			c.merged = of(c.merged.typ, quoteIdent(alias)+"."+quoteIdent(name))
		}
	}
	for _, s := range sc.sources[from.sources:] {
		s.duck = alias
	}
	return alias, columns
}
