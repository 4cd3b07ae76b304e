package redshift

// update translates UPDATE … SET … [FROM …] [WHERE …].
func (t *translator) update(s *Update) (*Translation, error) {
	rel, sc, with, target, err := t.changed(s.With, s.Target, s.Alias)
	if err != nil {
		return nil, err
	}
	from, err := t.from(s.From, sc)
	if err != nil {
		return nil, err
	}
	sql := with + "UPDATE " + target + " SET "
	seen := make(map[string]bool)
	for i, a := range s.Set {
		name := a.Column.Fold(t.set)
		c := columnOf(rel, name)
		if c == nil {
			return nil, t.fail(a.Column.pos, codeUndefinedColumn, "column \"%s\" of relation \"%s\" does not exist", name, rel.Name)
		}
		if seen[name] {
			return nil, t.fail(a.Column.pos, codeSyntax, "multiple assignments to same column \"%s\"", name)
		}
		seen[name] = true
		if i > 0 {
			sql += ", "
		}
		sql += quoteIdent(name) + " = "
		if _, ok := a.Value.(*Default); ok {
			sql += "DEFAULT"
			continue
		}
		v, err := t.expr(a.Value, sc)
		if err != nil {
			return nil, err
		}
		fit, err := t.assign(v, *c, a.Value.exprPos())
		if err != nil {
			return nil, err
		}
		sql += fit
	}
	sql += from
	if s.Where != nil {
		where, err := t.condition(s.Where, sc)
		if err != nil {
			return nil, err
		}
		sql += " WHERE " + where
	}
	return &Translation{SQL: sql, Tag: "UPDATE"}, nil
}

// delete translates DELETE FROM … [USING …] [WHERE …].
func (t *translator) delete(s *Delete) (*Translation, error) {
	_, sc, with, target, err := t.changed(s.With, s.Target, s.Alias)
	if err != nil {
		return nil, err
	}
	using, err := t.from(s.Using, sc)
	if err != nil {
		return nil, err
	}
	sql := with + "DELETE FROM " + target
	if using != "" {
		sql += " USING " + using[len(" FROM "):]
	}
	if s.Where != nil {
		where, err := t.condition(s.Where, sc)
		if err != nil {
			return nil, err
		}
		sql += " WHERE " + where
	}
	return &Translation{SQL: sql, Tag: "DELETE"}, nil
}

// changed resolves the target of UPDATE and DELETE and opens their scope.
func (t *translator) changed(w *With, name Name, alias Ident) (*Relation, *scope, string, string, error) {
	sc := &scope{}
	with := ""
	var err error
	if w != nil {
		if with, err = t.with(w, sc); err != nil {
			return nil, nil, "", "", err
		}
	}
	rel, err := t.deletable(name)
	if err != nil {
		return nil, nil, "", "", err
	}
	s := &sourceTable{alias: rel.Name, schema: rel.Schema}
	for _, c := range rel.Columns {
		s.fields = append(s.fields, field{c.Name, c.Name, c.Type})
	}
	target, err := t.named(rel.DuckName, s, Alias{Name: alias}, sc, name.pos())
	return rel, sc, with, target, err
}

// deletable resolves the target of a change. Rows may be purged from a
// streaming view, so DELETE and UPDATE meet the same check in the warehouse.
func (t *translator) deletable(name Name) (*Relation, error) {
	rel, err := t.lookup(name)
	if err == nil && rel.Kind == "materialized view" {
		return rel, nil
	}
	if err != nil {
		return nil, err
	}
	return t.target(name)
}

// truncate translates TRUNCATE; the rows of a streaming view may go too.
func (t *translator) truncate(s *Truncate) (*Translation, error) {
	tr := &Translation{Tag: "TRUNCATE TABLE"}
	for _, name := range s.Names {
		rel, err := t.deletable(name)
		if err != nil {
			return nil, err
		}
		tr.then("DELETE FROM " + rel.DuckName)
	}
	return tr, nil
}
