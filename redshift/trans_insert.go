package redshift

import "strings"

// target resolves the table that a statement changes.
func (t *translator) target(name Name) (*Relation, error) {
	rel, err := t.lookup(name)
	if err != nil {
		return nil, err
	}
	switch rel.Kind {
	case "table":
		return rel, nil
	case "materialized view":
		return nil, t.fail(name.pos(), "42809", "cannot change materialized view \"%s\"", rel.Name)
	case "view":
		return nil, t.fail(name.pos(), "42809", "cannot change view \"%s\"", rel.Name)
	}
	return nil, t.fail(name.pos(), "42809", "\"%s\" is not a table", rel.Name)
}

func columnOf(rel *Relation, name string) *Column {
	for i := range rel.Columns {
		if rel.Columns[i].Name == name {
			return &rel.Columns[i]
		}
	}
	return nil
}

// insert translates INSERT. Every value is assigned to its column's type, so
// a text too long for it is an error and no cut.
func (t *translator) insert(s *Insert) (*Translation, error) {
	rel, err := t.target(s.Target)
	if err != nil {
		return nil, err
	}
	columns, err := t.insertColumns(s, rel)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = quoteIdent(c.Name)
	}
	tr := &Translation{Tag: "INSERT"}
	if s.Query == nil {
		tr.SQL = "INSERT INTO " + rel.DuckName + " DEFAULT VALUES"
		return tr, nil
	}
	var rows string
	if v, ok := s.Query.Body.(*Values); ok && s.Query.With == nil && s.Query.OrderBy == nil && s.Query.Limit == nil && s.Query.Offset == nil {
		names, rows, err = t.insertValues(v, columns, names)
	} else {
		names, rows, err = t.insertQuery(s.Query, columns, names)
	}
	if err != nil {
		return nil, err
	}
	tr.SQL = "INSERT INTO " + rel.DuckName + " (" + join(names) + ") " + rows
	return tr, nil
}

func (t *translator) insertColumns(s *Insert, rel *Relation) ([]Column, error) {
	if s.Columns == nil {
		return rel.Columns, nil
	}
	seen := make(map[string]bool)
	columns := make([]Column, len(s.Columns))
	for i, id := range s.Columns {
		name := id.Fold(t.set)
		c := columnOf(rel, name)
		if c == nil {
			return nil, t.fail(id.pos, codeUndefinedColumn, "column \"%s\" of relation \"%s\" does not exist", name, rel.Name)
		}
		if seen[name] {
			return nil, t.fail(id.pos, codeDuplicateColumn, "column \"%s\" specified more than once", name)
		}
		seen[name] = true
		columns[i] = *c
	}
	return columns, nil
}

func (t *translator) tooMany(got, have, pos int) error {
	if got > have {
		return t.fail(pos, codeSyntax, "INSERT has more expressions than target columns")
	}
	return t.fail(pos, codeSyntax, "INSERT has more target columns than expressions")
}

// insertValues translates INSERT … VALUES, where DEFAULT may stand.
func (t *translator) insertValues(v *Values, columns []Column, names []string) ([]string, string, error) {
	var b strings.Builder
	b.WriteString("VALUES ")
	width := len(v.Rows[0])
	if width > len(columns) {
		return nil, "", t.tooMany(width, len(columns), v.pos)
	}
	for r, row := range v.Rows {
		if len(row) != width {
			return nil, "", t.fail(v.pos, codeSyntax, "VALUES lists must all be the same length")
		}
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for i, x := range row {
			if i > 0 {
				b.WriteString(", ")
			}
			if _, ok := x.(*Default); ok {
				b.WriteString("DEFAULT")
				continue
			}
			val, err := t.expr(x, &scope{})
			if err != nil {
				return nil, "", err
			}
			sql, err := t.assign(val, columns[i], x.exprPos())
			if err != nil {
				return nil, "", err
			}
			b.WriteString(sql)
		}
		b.WriteByte(')')
	}
	return names[:width], b.String(), nil
}

// insertQuery translates INSERT … SELECT. When a value must be made to fit, the
// query goes inside another one that does so.
func (t *translator) insertQuery(q *Query, columns []Column, names []string) ([]string, string, error) {
	p, err := t.query(q, nil)
	if err != nil {
		return nil, "", err
	}
	out := p.columns()
	if len(out) > len(columns) {
		return nil, "", t.tooMany(len(out), len(columns), q.start)
	}
	// Constants and parameters take the type of their column.
	if sel, ok := p.body.(*selectPlan); ok {
		for i := range sel.items {
			v := &sel.items[i].v
			if v.param != 0 || v.constant() {
				*v = t.settle(*v, columns[i].Type)
			}
			if v.text != nil && v.typ.isText() { // as long as it is, no longer
				v.typ = Type{Name: "varchar", Length: max(len(*v.text), 1)}
			}
		}
	}
	inner, fields := p.inner(nil)
	plain := true
	list := make([]string, len(fields))
	for i, f := range fields {
		v := of(f.typ, "q."+quoteIdent(f.duck))
		if list[i], err = t.assign(v, columns[i], -1); err != nil {
			return nil, "", err
		}
		plain = plain && list[i] == v.sql
	}
	names = names[:len(fields)]
	if plain {
		return names, inner, nil
	}
	return names, "SELECT " + join(list) + " FROM (" + inner + ") AS q", nil
}

// assign makes a value fit a column, as INSERT and UPDATE do: stricter than a
// cast, because text that is too long is an error.
func (t *translator) assign(v value, c Column, pos int) (string, error) {
	typ := c.Type
	switch {
	case v.text != nil && (typ.Name == "varchar" || typ.Name == "char") && typ.Length > 0:
		text := *v.text
		if typ.Name == "char" || len(text) > typ.Length {
			if trimmed := strings.TrimRight(text, " "); len(trimmed) <= typ.Length {
				text = text[:min(len(text), typ.Length)]
				if typ.Name == "char" {
					text = trimmed
				}
			}
		}
		if len(text) > typ.Length {
			return "", t.fail(pos, codeTooLong, "value too long for type %s", typ)
		}
		return quoteString(text), nil
	case v.param != 0 || v.constant():
		if v.text != nil && (typ.Name == "date" || typ.isStamp() || typ.Name == "interval") {
			w, err := t.cast(v, typ, pos)
			return w.out(), err
		}
		v = t.settle(v, Type{Name: typ.Name, Precision: typ.Precision, Scale: typ.Scale})
		if v.null {
			return "NULL", nil
		}
	case typ.Name == "super":
		w, err := t.castToSuper(v, pos)
		return w.out(), err
	case v.isSuper():
		v = t.superTo(v, Type{Name: typ.Name, Precision: typ.Precision, Scale: typ.Scale})
	case typ.isText() && !v.typ.isText() && !v.typ.isUnknown():
		v = t.toText(v)
	case typ.Name == "varbyte" && v.typ.isText():
		v = of(typeVarbyte, "encode(", v.out(), ")")
	case v.typ.Name == "varbyte" && typ.Name != "varbyte":
		return "", t.fail(pos, codeDatatypeMismatch, "column \"%s\" is of type %s but expression is of type %s", c.Name, typ, v.typ)
	case typ.isNumber() && (v.typ.isStamp() || v.typ.Name == "date"), (typ.isStamp() || typ.Name == "date") && v.typ.isNumber():
		return "", t.fail(pos, codeDatatypeMismatch, "column \"%s\" is of type %s but expression is of type %s", c.Name, typ, v.typ)
	}
	return t.fitting(v, typ), nil
}

// fitting checks the length of text: trailing blanks may go, more is an error.
func (t *translator) fitting(v value, typ Type) string {
	switch s := v.out(); {
	case typ.Name != "varchar" && typ.Name != "char" && typ.Name != "varbyte", typ.Length == 0:
		return s
	case v.typ.Length > 0 && v.typ.Length <= typ.Length && v.typ.Name == typ.Name:
		return s
	}
	function := map[string]string{"varchar": "leat_fit", "char": "leat_fit_char", "varbyte": "leat_fit_bytes"}[typ.Name]
	return function + "(" + v.out() + ", " + itoa(typ.Length) + ")"
}
