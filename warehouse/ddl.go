package warehouse

import (
	"context"
	"encoding/json"
	"strings"

	"leat/duck"
	"leat/redshift"
)

// runDDL runs CREATE TABLE, CREATE TABLE AS, CREATE VIEW and ALTER TABLE: the
// translation in DuckDB, and what DuckDB cannot keep in Leat's own tables, in
// one transaction.
func (s *Session) runDDL(ctx context.Context, p *Prepared) (*Rows, error) {
	err := s.within(ctx, func() error {
		switch stmt := p.stmt.(type) {
		case *redshift.CreateTable:
			return s.createTable(ctx, p, stmt)
		case *redshift.CreateTableAs:
			return s.createTableAs(ctx, p, stmt)
		case *redshift.CreateView:
			return s.createView(ctx, p, stmt)
		case *redshift.AlterTable:
			return s.alterTable(ctx, p, stmt)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return staticRows(nil, nil, p.translation.Tag), nil
}

// target is where an object that a statement makes goes.
func (s *Session) target(name redshift.Name) (schema, object string) {
	set := s.settings()
	schema, object = name.Fold(set)
	if schema != "" {
		return schema, object
	}
	for _, candidate := range set.SearchPath {
		if candidate != "$user" && candidate != "pg_catalog" {
			return candidate, object
		}
	}
	return "public", object
}

// vacant checks that an object can be made: its schema takes objects, its name
// is free. taken tells that it is not and that the statement says IF NOT EXISTS.
func (s *Session) vacant(ctx context.Context, schema, name string, ifNotExists bool) (taken bool, err error) {
	if ownSchemas[schema] || strings.HasPrefix(schema, "pg_") {
		return false, sqlError("42501", "permission denied for schema %s", schema)
	}
	row, err := s.conn.Row(ctx, `SELECT EXISTS (FROM leat.external_schemas WHERE name = $1),
		EXISTS (FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = $1)`, schema)
	if err != nil {
		return false, err
	}
	if row[0].(bool) {
		return false, sqlError(stateUnsupported, "objects cannot be made in external schema %q", schema)
	}
	if !row[1].(bool) {
		return false, sqlError(stateNoSchema, "schema %q does not exist", schema)
	}
	cat := s.catalog(ctx)
	_, exists := cat.Relation(schema, name)
	switch {
	case cat.err != nil:
		return false, cat.err
	case exists && ifNotExists:
		s.notice("INFO", stateDuplicate, "relation %q already exists, skipping", name)
		return true, nil
	case exists:
		return false, sqlError(stateDuplicate, "relation %q already exists", name)
	}
	return false, nil
}

func (s *Session) createTable(ctx context.Context, p *Prepared, stmt *redshift.CreateTable) error {
	var columns []redshift.Column
	set := s.settings()
	for _, column := range stmt.Columns {
		columns = append(columns, redshift.Column{Name: column.Name.Fold(set), Type: column.Type})
	}
	translation, err := s.withIdentities(ctx, p, stmt)
	if err != nil {
		return err
	}
	made, err := s.makeTable(ctx, translation, stmt.Name, stmt.Temp, stmt.IfNotExists, columns, stmt.Attributes)
	if err != nil || !made || stmt.Temp {
		return err
	}
	schema, name := s.target(stmt.Name)
	for _, column := range stmt.Columns {
		if column.Encode == "" && !column.DistKey && !column.SortKey {
			continue
		}
		sortKey := 0
		if column.SortKey {
			sortKey = 1
		}
		if _, err := s.conn.Exec(ctx, `UPDATE leat.columns SET encoding = $4, distkey = $5, sortkey = $6
			WHERE schema_name = $1 AND relation = $2 AND name = $3`, schema, name, column.Name.Fold(set), column.Encode, column.DistKey, sortKey); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) createTableAs(ctx context.Context, p *Prepared, stmt *redshift.CreateTableAs) error {
	columns, _, err := s.queryColumns(ctx, stmt.Query, stmt.Columns)
	if err != nil {
		return err
	}
	attributes, err := stmt.Attributes.Resolve(columns, s.settings())
	if err != nil {
		return err
	}
	_, err = s.makeTable(ctx, p.translation, stmt.Name, stmt.Temp, stmt.IfNotExists, columns, attributes)
	return err
}

// makeTable runs the translation of a statement that makes a table, and
// records it.
func (s *Session) makeTable(ctx context.Context, translation *redshift.Translation, target redshift.Name, temp, ifNotExists bool, columns []redshift.Column, attributes redshift.TableAttributes) (made bool, err error) {
	schema, name := s.target(target)
	if temp {
		if _, exists := s.temp.columns[name]; exists {
			if ifNotExists {
				s.notice("INFO", stateDuplicate, "relation %q already exists, skipping", name)
				return false, nil
			}
			return false, sqlError(stateDuplicate, "relation %q already exists", name)
		}
	} else if taken, err := s.vacant(ctx, schema, name, ifNotExists); err != nil || taken {
		return false, err
	}
	if _, err := s.apply(ctx, translation); err != nil {
		return false, err
	}
	if temp {
		actual, ok := s.catalog(ctx).tempColumns(name, columns)
		if !ok {
			return false, noRelation("", name)
		}
		s.setTemp(name, actual)
		return true, nil
	}
	s.makes(schema, name)
	options, err := json.Marshal(attributes)
	if err != nil {
		return false, err
	}
	return true, s.record(ctx, schema, name, nil, string(options), columns)
}

// makes notes that a relation is made in a schema.
func (s *Session) makes(schema, name string) {
	s.rely(schemaObject(schema))
	s.change(relationObject(schema, name), schemaObject(schema).withUses())
}

// tempColumns are the columns of a temporary table: what the statement said,
// and what DuckDB knows where it said nothing.
func (c *catalog) tempColumns(name string, said []redshift.Column) ([]redshift.Column, bool) {
	stmt, err := c.conn.Prepare(c.ctx, "SELECT * FROM temp.main."+duck.Identifier(name))
	if err != nil {
		return nil, false
	}
	defer stmt.Close()
	var columns []redshift.Column
	for i, column := range stmt.Columns() {
		out := redshift.Column{Name: column.Name, Type: typeFromDuck(column.Type)}
		if i < len(said) && !isUnknown(said[i].Type) {
			out.Type = said[i].Type
		}
		columns = append(columns, out)
	}
	return columns, true
}

// queryColumns are the columns that a query gives to what is made from it, and
// the relations it reads.
func (s *Session) queryColumns(ctx context.Context, query *redshift.Query, names []redshift.Ident) ([]redshift.Column, []*redshift.Relation, error) {
	cat := s.catalog(ctx)
	translation, err := redshift.Translate(query, cat, cat.settings)
	if cat.err != nil {
		return nil, nil, cat.err
	}
	if err != nil {
		return nil, cat.refersTo(), err
	}
	var columns []redshift.Column
	for i, column := range translation.Columns {
		name := column.Name
		if i < len(names) {
			name = names[i].Fold(cat.settings)
		}
		columns = append(columns, redshift.Column{Name: name, Type: column.Type})
	}
	return columns, cat.refersTo(), nil
}

func (s *Session) createView(ctx context.Context, p *Prepared, stmt *redshift.CreateView) error {
	schema, name := s.target(stmt.Name)
	cat := s.catalog(ctx)
	existing, exists := cat.Relation(schema, name)
	switch {
	case cat.err != nil:
		return cat.err
	case exists && stmt.OrReplace && existing.Kind == kindView:
		if err := s.forget(ctx, schema, name); err != nil {
			return err
		}
	case exists && stmt.OrReplace:
		return sqlError(stateWrongObject, "%q is not a view", name)
	default:
		if _, err := s.vacant(ctx, schema, name, false); err != nil {
			return err
		}
	}
	columns, uses, err := s.queryColumns(ctx, stmt.Query, stmt.Columns)
	if err != nil {
		return err
	}
	if _, err := s.conn.Exec(ctx, p.translation.SQL); err != nil {
		return err
	}
	s.makes(schema, name)
	if err := s.record(ctx, schema, name, &stmt.QueryText, literalsOfView, columns); err != nil {
		return err
	}
	if err := s.depend(ctx, schema, name, kindView, uses); err != nil || !exists {
		return err
	}
	return s.stillBinds(ctx, existing)
}

// record writes what DuckDB does not keep of a relation. A definition is the
// text of a view.
func (s *Session) record(ctx context.Context, schema, name string, definition *string, options string, columns []redshift.Column) error {
	var text any
	if definition != nil {
		text = *definition
	}
	if _, err := s.conn.Exec(ctx, "INSERT INTO leat.relations VALUES ($1, $2, $3, $4, $5, $6)",
		schema, name, text, options, s.w.cfg.Now().UTC(), s.user); err != nil {
		return err
	}
	for _, column := range columns {
		if err := s.recordColumn(ctx, schema, name, column); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) recordColumn(ctx context.Context, schema, relation string, column redshift.Column) error {
	if isUnknown(column.Type) {
		return nil
	}
	_, err := s.conn.Exec(ctx, "INSERT INTO leat.columns VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, NULL)",
		schema, relation, column.Name, column.Type.Name, column.Type.Length, column.Type.Precision, column.Type.Scale)
	return err
}

// depend writes down what a view is made from.
func (s *Session) depend(ctx context.Context, schema, name, kind string, uses []*redshift.Relation) error {
	for _, relation := range uses {
		if relation.Schema == "pg_temp" {
			return sqlError(stateUnsupported, "a view cannot be made from temporary table %q", relation.Name)
		}
		if _, err := s.conn.Exec(ctx, "INSERT INTO leat.dependencies VALUES ($1, $2, $3, $4, $5)",
			schema, name, kind, relation.Schema, relation.Name); err != nil {
			return err
		}
		used := relationObject(relation.Schema, relation.Name)
		s.rely(used)
		s.change(used.withUses())
	}
	return nil
}

// forget removes what record and depend wrote.
func (s *Session) forget(ctx context.Context, schema, name string) error {
	for _, sql := range []string{
		"DELETE FROM leat.relations WHERE schema_name = $1 AND name = $2",
		"DELETE FROM leat.columns WHERE schema_name = $1 AND relation = $2",
		"DELETE FROM leat.dependencies WHERE schema_name = $1 AND name = $2",
	} {
		if _, err := s.conn.Exec(ctx, sql, schema, name); err != nil {
			return err
		}
	}
	return nil
}
