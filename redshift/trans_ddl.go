package redshift

import (
	"strconv"
	"strings"
)

// qualified is the DuckDB name of an object that is made or dropped: objects
// live in the DuckDB schema of their Redshift schema.
func (t *translator) qualified(name Name, temp bool) string {
	schema, object := name.Fold(t.set)
	if temp {
		return quoteIdent(object)
	}
	return quoteIdent(t.set.schemaFor(schema)) + "." + quoteIdent(object)
}

// createTable translates CREATE TABLE. Keys are not enforced by Redshift, so
// they are not made; NOT NULL, DEFAULT and IDENTITY are.
func (t *translator) createTable(s *CreateTable) (*Translation, error) {
	columns, err := t.tableColumns(s)
	if err != nil {
		return nil, err
	}
	tr := &Translation{Tag: "CREATE TABLE"}
	defs := make([]string, len(columns))
	for i, c := range columns {
		def, sequence, err := t.columnDef(s, c)
		if err != nil {
			return nil, err
		}
		defs[i] = def
		if sequence != "" {
			tr.Before = append(tr.Before, sequence)
		}
	}
	sql := "CREATE "
	if s.Temp {
		sql += "TEMP "
	}
	sql += "TABLE "
	if s.IfNotExists {
		sql += "IF NOT EXISTS "
	}
	tr.SQL = sql + t.qualified(s.Name, s.Temp) + " (" + join(defs) + ")"
	return tr, nil
}

// tableColumns are the columns of the statement and those of its LIKE clauses.
func (t *translator) tableColumns(s *CreateTable) ([]ColumnDef, error) {
	var columns []ColumnDef
	seen := make(map[string]bool)
	for _, l := range s.Like {
		rel, err := t.lookup(l.Table)
		if err != nil {
			return nil, err
		}
		for _, c := range rel.Columns {
			columns = append(columns, ColumnDef{Name: Ident{Text: c.Name, Quoted: true, pos: l.Table.pos()}, Type: c.Type})
		}
	}
	columns = append(columns, s.Columns...)
	if len(columns) > maxColumns {
		return nil, t.tooManyColumns(s.Name.pos())
	}
	for _, c := range columns {
		name := c.Name.Fold(t.set)
		if seen[name] {
			return nil, t.fail(c.Name.pos, codeDuplicateColumn, "column \"%s\" specified more than once", name)
		}
		seen[name] = true
	}
	for _, k := range s.Constraints {
		for _, id := range k.Columns {
			if name := id.Fold(t.set); !seen[name] {
				return nil, t.fail(id.pos, codeUndefinedColumn, "column \"%s\" named in key does not exist", name)
			}
		}
	}
	for _, ids := range [][]Ident{s.Attributes.DistKey, s.Attributes.SortKey} {
		for _, id := range ids {
			if name := id.Fold(t.set); !seen[name] {
				return nil, t.fail(id.pos, codeUndefinedColumn, "column \"%s\" named in DISTKEY or SORTKEY does not exist", name)
			}
		}
	}
	return columns, nil
}

func (t *translator) tooManyColumns(pos int) error {
	return t.fail(pos, codeTooManyColumns, "tables can have at most %d columns", maxColumns)
}

// columnDef writes one column, and the statement that makes the sequence
// behind an IDENTITY.
func (t *translator) columnDef(s *CreateTable, c ColumnDef) (def, sequence string, err error) {
	duck := c.Type.Duck()
	if duck == "" || strings.HasSuffix(c.Type.Name, "[]") || c.Type.Name == "geometry" {
		return "", "", t.unsupported(c.Name.pos, "type %s of column \"%s\" is not supported", c.Type, c.Name.Fold(t.set))
	}
	name := c.Name.Fold(t.set)
	def = quoteIdent(name) + " " + duck
	switch {
	case c.Identity != nil:
		if s == nil {
			return "", "", t.unsupported(c.Name.pos, "ALTER TABLE ADD COLUMN with IDENTITY is not supported by Redshift")
		}
		if !c.Type.isInteger() || c.Identity.Step == 0 {
			return "", "", t.fail(c.Name.pos, codeInvalidParameter, "identity column \"%s\" must be INTEGER or BIGINT with a step that is not 0", name)
		}
		// By a number, not by the table's name, which may change.
		id := quoteIdent("identity_" + strconv.FormatInt(t.set.ObjectID, 10) + "_" + name)
		if !s.Temp {
			id = "leat." + id
		}
		sequence = createSequence(id, s, c.Identity)
		def += " DEFAULT nextval(" + quoteString(id) + ")"
	case c.Default != nil:
		v, err := t.expr(c.Default, nil)
		if err != nil {
			return "", "", err
		}
		fit, err := t.assign(v, Column{name, c.Type}, c.Default.exprPos())
		if err != nil {
			return "", "", err
		}
		def += " DEFAULT " + fit
	}
	if c.NotNull || c.Identity != nil {
		def += " NOT NULL"
	}
	return def, sequence, nil
}

// addComputed adds a column whose default is computed, which DuckDB does not do
// in one statement: an empty column, filled with the default, which later rows
// get too.
func (t *translator) addComputed(tr *Translation, head string, c ColumnDef) error {
	v, err := t.expr(c.Default, nil)
	if err != nil {
		return err
	}
	fit, err := t.assign(v, Column{c.Name.Fold(t.set), c.Type}, c.Default.exprPos())
	if err != nil {
		return err
	}
	name, duck := quoteIdent(c.Name.Fold(t.set)), c.Type.Duck()
	tr.SQL = head + "ADD COLUMN " + name + " " + duck
	tr.then(head + "ALTER COLUMN " + name + " SET DATA TYPE " + duck + " USING (" + fit + ")")
	tr.then(head + "ALTER COLUMN " + name + " SET DEFAULT " + fit)
	return nil
}

// isPlain reports whether a default is a constant that needs no cast to be of
// its column's type.
func isPlain(c ColumnDef) bool {
	literal, ok := c.Default.(*Literal)
	if !ok {
		return false
	}
	switch c.Type.Name {
	case "varchar":
		return literal.Kind == LiteralString
	case "smallint", "integer", "bigint":
		return literal.Kind == LiteralNumber
	}
	return false
}

func createSequence(id string, s *CreateTable, identity *Identity) string {
	sql := "CREATE "
	if s.Temp {
		sql += "TEMP "
	}
	sql += "SEQUENCE "
	sql += id + " INCREMENT BY " + strconv.FormatInt(identity.Step, 10)
	if identity.Step < 0 {
		sql += " MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807"
	} else if identity.Seed < 1 {
		sql += " MINVALUE " + strconv.FormatInt(identity.Seed, 10)
	}
	return sql + " START WITH " + strconv.FormatInt(identity.Seed, 10)
}

// createTableAs translates CREATE TABLE AS; its Columns are the new table's.
func (t *translator) createTableAs(s *CreateTableAs) (*Translation, error) {
	sql, columns, err := t.storedQuery(s.Query, s.Columns)
	if err != nil {
		return nil, err
	}
	head := "CREATE "
	if s.Temp {
		head += "TEMP "
	}
	head += "TABLE "
	if s.IfNotExists {
		head += "IF NOT EXISTS "
	}
	return &Translation{SQL: head + t.qualified(s.Name, s.Temp) + " AS " + sql, Columns: columns, Tag: "SELECT"}, nil
}

// createView translates CREATE VIEW.
func (t *translator) createView(s *CreateView) (*Translation, error) {
	sql, columns, err := t.storedQuery(s.Query, s.Columns)
	if err != nil {
		return nil, err
	}
	if len(t.params) > 0 {
		return nil, t.fail(s.Name.pos(), "42P02", "a view cannot have parameters")
	}
	head := "CREATE "
	if s.OrReplace {
		head += "OR REPLACE "
	}
	return &Translation{SQL: head + "VIEW " + t.qualified(s.Name, false) + " AS " + sql, Columns: columns, Tag: "CREATE VIEW"}, nil
}

// storedQuery translates the query behind a table or a view: its columns have
// unique names and storable types.
func (t *translator) storedQuery(q *Query, names []Ident) (string, []ResultColumn, error) {
	p, err := t.query(q, nil)
	if err != nil {
		return "", nil, err
	}
	cols := p.columns()
	if len(names) > len(cols) {
		return "", nil, t.fail(names[0].pos, codeSyntax, "CREATE specifies more column names than columns")
	}
	if len(cols) > maxColumns {
		return "", nil, t.tooManyColumns(q.start)
	}
	as := make([]asColumn, len(cols))
	result := make([]ResultColumn, len(cols))
	seen := make(map[string]bool)
	for i, c := range cols {
		name := c.name
		if i < len(names) {
			name = names[i].Fold(t.set)
		}
		if seen[name] {
			return "", nil, t.fail(q.start, codeDuplicateColumn, "column \"%s\" specified more than once", name)
		}
		seen[name] = true
		as[i] = asColumn{name: name, show: true}
		result[i] = ResultColumn{name, shownType(c.typ)}
	}
	return p.render(as), result, nil
}

func (t *translator) createSchema(s *CreateSchema) (*Translation, error) {
	sql := "CREATE SCHEMA "
	if s.IfNotExists {
		sql += "IF NOT EXISTS "
	}
	return &Translation{SQL: sql + quoteIdent(s.Name.Fold(t.set)), Tag: "CREATE SCHEMA"}, nil
}

// drop translates DROP TABLE, VIEW and SCHEMA.
func (t *translator) drop(s *Drop) (*Translation, error) {
	if s.Kind != "table" && s.Kind != "view" && s.Kind != "schema" {
		return nil, t.unsupported(s.start, "DROP %s is not supported here", strings.ToUpper(s.Kind))
	}
	kind := strings.ToUpper(s.Kind)
	tr := &Translation{Tag: "DROP " + kind}
	for _, name := range s.Names {
		sql := "DROP " + kind + " "
		if s.IfExists {
			sql += "IF EXISTS "
		}
		if s.Kind == "schema" {
			_, object := name.Fold(t.set)
			sql += quoteIdent(object)
		} else {
			sql += t.existing(name)
		}
		if s.Cascade {
			sql += " CASCADE"
		}
		tr.then(sql)
	}
	return tr, nil
}

// existing is the DuckDB name of an object, as the catalog knows it.
func (t *translator) existing(name Name) string {
	schema, object := name.Fold(t.set)
	if rel, ok := t.cat.Relation(schema, object); ok && rel.DuckName != "" {
		return rel.DuckName
	}
	return t.qualified(name, false)
}

// alterTable translates the actions that change a table; what changes layout,
// owners and keys only has no SQL.
func (t *translator) alterTable(s *AlterTable) (*Translation, error) {
	tr := &Translation{Tag: "ALTER TABLE"}
	switch s.Action.(type) {
	case *AlterRename, *AlterOwner: // of views too; the warehouse runs it
		rel, err := t.lookup(s.Name)
		if err != nil {
			return nil, err
		}
		if rel.Kind == "view" || rel.Kind == "materialized view" {
			return tr, nil
		}
	}
	rel, err := t.target(s.Name)
	if err != nil {
		return nil, err
	}
	head := "ALTER TABLE " + rel.DuckName + " "
	missing := func(id Ident) error {
		if columnOf(rel, id.Fold(t.set)) != nil {
			return nil
		}
		return t.fail(id.pos, codeUndefinedColumn, "column \"%s\" of relation \"%s\" does not exist", id.Fold(t.set), rel.Name)
	}
	switch a := s.Action.(type) {
	case *AlterAddColumn:
		if columnOf(rel, a.Column.Name.Fold(t.set)) != nil {
			return nil, t.fail(a.Column.Name.pos, codeDuplicateColumn, "column \"%s\" of relation \"%s\" already exists", a.Column.Name.Fold(t.set), rel.Name)
		}
		if len(rel.Columns) >= maxColumns {
			return nil, t.tooManyColumns(a.Column.Name.pos)
		}
		notNull, column := a.Column.NotNull, a.Column
		column.NotNull = false // DuckDB adds the constraint by a statement of its own
		def, _, err := t.columnDef(nil, column)
		if err != nil {
			return nil, err
		}
		tr.SQL = head + "ADD COLUMN " + def
		if a.Column.Default != nil && !isPlain(column) {
			if err := t.addComputed(tr, head, column); err != nil {
				return nil, err
			}
		}
		if notNull {
			if a.Column.Default == nil {
				return nil, t.fail(a.Column.Name.pos, codeSyntax, "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
			}
			tr.then(head + "ALTER COLUMN " + quoteIdent(a.Column.Name.Fold(t.set)) + " SET NOT NULL")
		}
	case *AlterDropColumn:
		if err := missing(a.Column); err != nil {
			return nil, err
		}
		if len(rel.Columns) == 1 {
			return nil, t.unsupported(a.Column.pos, "column \"%s\" cannot be dropped: it is the only one of table \"%s\"", a.Column.Fold(t.set), rel.Name)
		}
		tr.SQL = head + "DROP COLUMN " + quoteIdent(a.Column.Fold(t.set))
	case *AlterRenameColumn:
		if err := missing(a.From); err != nil {
			return nil, err
		}
		if to := a.To.Fold(t.set); columnOf(rel, to) != nil {
			return nil, t.fail(a.To.pos, codeDuplicateColumn, "column \"%s\" of relation \"%s\" already exists", to, rel.Name)
		}
		tr.SQL = head + "RENAME COLUMN " + quoteIdent(a.From.Fold(t.set)) + " TO " + quoteIdent(a.To.Fold(t.set))
	case *AlterRename:
		tr.SQL = head + "RENAME TO " + quoteIdent(a.To.Fold(t.set))
	case *AlterColumnType:
		if err := missing(a.Column); err != nil {
			return nil, err
		}
		tr.SQL = head + "ALTER COLUMN " + quoteIdent(a.Column.Fold(t.set)) + " SET DATA TYPE " + a.Type.Duck()
	}
	return tr, nil
}
