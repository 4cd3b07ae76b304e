package redshift

// from translates the list of FROM into the scope.
func (t *translator) from(items []FromItem, sc *scope) (string, error) {
	if len(items) == 0 {
		return "", nil
	}
	from := sc.mark()
	list := ""
	for i, it := range items {
		if r, ok := t.unnestsOver(it, sc, from); ok {
			var err error
			if list, err = t.unnestOver(r, list, sc, from, false); err != nil {
				return "", err
			}
			continue
		}
		if u, ok := it.(*Unpivot); ok && i > 0 {
			var err error
			if list, err = t.unpivotOver(u, list, sc, from); err != nil {
				return "", err
			}
			continue
		}
		sql, err := t.fromItem(it, sc)
		if err != nil {
			return "", err
		}
		if i > 0 {
			list += ", "
		}
		list += sql
	}
	return " FROM " + list, nil
}

func (t *translator) fromItem(it FromItem, sc *scope) (string, error) {
	switch it := it.(type) {
	case *TableRef:
		return t.tableRef(it, sc)
	case *Derived:
		return t.derived(it, sc)
	case *Join:
		return t.join(it, sc)
	case *TableFunc:
		return t.tableFunc(it, sc)
	case *Unpivot:
		return t.unpivot(it, sc)
	}
	return "", t.unsupported(-1, "this form of FROM is not supported")
}

// add puts a source in scope under a unique alias.
func (t *translator) add(sc *scope, s *sourceTable, pos int) error {
	for _, other := range sc.sources {
		if other.alias == s.alias && other.schema == s.schema && s.alias != "" {
			return t.fail(pos, codeDuplicateAlias, "table name \"%s\" specified more than once", s.alias)
		}
	}
	s.duck = sc.freeAlias(s.alias)
	sc.sources = append(sc.sources, s)
	sc.show(s)
	return nil
}

// tableRef translates a name in FROM: a common table, a relation, or a path
// into SUPER of an earlier element of FROM.
func (t *translator) tableRef(r *TableRef, sc *scope) (string, error) {
	steps := r.Path.Steps
	if t.isPath(r, sc) {
		return t.unnest(r, sc)
	}
	for _, s := range steps {
		if s.Index != nil {
			return "", t.fail(r.Path.exprPos(), codeUndefinedTable, "relation \"%s\" does not exist", steps[0].Name.Fold(t.set))
		}
	}
	if len(steps) == 1 {
		if c := sc.cte(steps[0].Name.Fold(t.set)); c != nil {
			s := &sourceTable{alias: steps[0].Name.Fold(t.set), fields: append([]field(nil), c.fields...)}
			return t.named(quoteIdent(c.duck), s, r.Alias, sc, r.Path.exprPos())
		}
	}
	rel, name, err := t.relation(r.Path)
	if err != nil {
		return "", err
	}
	if rel.Kind == "stream" {
		return "", t.unsupported(r.Path.exprPos(), "stream \"%s\" can be read by a materialized view only", name)
	}
	_, object := name.Fold(t.set)
	s := &sourceTable{alias: object, schema: rel.Schema, fields: make([]field, len(rel.Columns))}
	for i, c := range rel.Columns {
		s.fields[i] = field{c.Name, c.Name, c.Type}
	}
	return t.named(rel.DuckName, s, r.Alias, sc, r.Path.exprPos())
}

// relation asks the catalog for the relation that a path of names means.
func (t *translator) relation(p *Path) (*Relation, Name, error) {
	var name Name
	for _, s := range p.Steps {
		name.Parts = append(name.Parts, s.Name)
	}
	rel, err := t.lookup(name)
	return rel, name, err
}

func (t *translator) lookup(name Name) (*Relation, error) {
	if len(name.Parts) > 3 {
		return nil, t.fail(name.pos(), codeSyntax, "improper qualified name (too many dotted names): %s", name)
	}
	if len(name.Parts) == 3 && !t.isDatabase(name.Parts[0]) {
		return nil, otherDatabase(t.src, name.pos(), name.Parts[0].Fold(t.set))
	}
	schema, object := name.Fold(t.set)
	if rel, ok := t.cat.Relation(schema, object); ok {
		return rel, nil
	}
	shown := object
	if schema != "" {
		shown = schema + "." + object
	}
	return nil, t.fail(name.pos(), codeUndefinedTable, "relation \"%s\" does not exist", shown)
}

// named puts a relation in scope under its alias.
func (t *translator) named(sql string, s *sourceTable, a Alias, sc *scope, pos int) (string, error) {
	if !a.Name.empty() {
		s.alias, s.schema = a.Name.Fold(t.set), ""
		pos = a.Name.pos
	}
	if len(a.Columns) > len(s.fields) {
		return "", t.fail(pos, "42P10", "table \"%s\" has %d columns available but %d columns specified", s.alias, len(s.fields), len(a.Columns))
	}
	columns := make([]string, len(a.Columns))
	for i, c := range a.Columns {
		name := c.Fold(t.set)
		s.fields[i].name, s.fields[i].duck = name, name
		columns[i] = quoteIdent(name)
	}
	if err := t.add(sc, s, pos); err != nil {
		return "", err
	}
	sql += " AS " + quoteIdent(s.duck)
	if len(columns) > 0 {
		sql += "(" + join(columns) + ")"
	}
	return sql, nil
}

func (t *translator) derived(d *Derived, sc *scope) (string, error) {
	outer := sc.outer
	lateral := ""
	if d.Lateral {
		outer, lateral = sc, "LATERAL "
	}
	// What stands around the whole SELECT can be seen; its own FROM only when lateral.
	p, err := t.query(d.Query, &scope{outer: outer})
	if err != nil {
		return "", err
	}
	sql, fields := p.inner(nil)
	s := &sourceTable{fields: fields}
	if d.Alias.Name.empty() {
		s.alias = "#derived"
		for n := 0; sc.usesAlias(s.alias); n++ {
			s.alias = "#derived" + string(rune('a'+n%26))
		}
	}
	return t.named(lateral+"("+sql+")", s, d.Alias, sc, d.pos)
}
