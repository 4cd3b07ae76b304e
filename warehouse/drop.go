package warehouse

import (
	"context"

	"leat/duck"
	"leat/redshift"
)

// drop is DROP of tables, views, materialized views, schemas and users.
func (s *Session) drop(ctx context.Context, stmt *redshift.Drop) error {
	set := s.settings()
	switch stmt.Kind {
	case "user", "group", "role":
		return s.within(ctx, func() error { return s.dropUsers(ctx, stmt) })
	case "schema":
		return s.within(ctx, func() error {
			for _, name := range stmt.Names {
				_, schema := name.Fold(set)
				if err := s.dropSchema(ctx, schema, stmt.IfExists, stmt.Cascade); err != nil {
					return err
				}
			}
			return nil
		})
	case "table", "view", "materialized view":
	default:
		return sqlError(stateUnsupported, "DROP %s is not supported", stmt.Kind)
	}
	return s.within(ctx, func() error {
		for _, name := range stmt.Names {
			if err := s.dropRelation(ctx, name, stmt); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Session) dropRelation(ctx context.Context, name redshift.Name, stmt *redshift.Drop) error {
	cat := s.catalog(ctx)
	schema, object := name.Fold(cat.settings)
	relation, ok := cat.Relation(schema, object)
	switch {
	case cat.err != nil:
		return cat.err
	case !ok && stmt.IfExists:
		s.notice("INFO", "00000", "%s %q does not exist and will be skipped", stmt.Kind, object)
		return nil
	case !ok:
		return sqlError(stateUndefined, "%s %q does not exist", stmt.Kind, object)
	case relation.Kind == kindSystem || relation.Kind == kindStream:
		return sqlError(stateWrongObject, "%q is not a %s", object, stmt.Kind)
	case relation.Kind != stmt.Kind:
		e := sqlError(stateWrongObject, "%q is not a %s", object, stmt.Kind)
		e.Hint = "Use DROP " + upperKind(relation.Kind) + " to remove a " + relation.Kind + "."
		return e
	}
	return s.dropFound(ctx, relation, stmt.Cascade)
}

func upperKind(kind string) string {
	return map[string]string{kindTable: "TABLE", kindView: "VIEW", kindMatv: "MATERIALIZED VIEW"}[kind]
}

// dropFound drops a relation, and with cascade first what is made from it.
func (s *Session) dropFound(ctx context.Context, relation *redshift.Relation, cascade bool) error {
	if relation.Schema == "pg_temp" {
		return s.dropTemp(ctx, relation.Name)
	}
	found, err := s.dependents(ctx, relation.Schema, relation.Name)
	if err != nil {
		return err
	}
	if len(found) > 0 && !cascade {
		return dependentError("drop "+relation.Kind+" "+relation.Name, found[0], true)
	}
	if err := s.dropAll(ctx, found); err != nil {
		return err
	}
	kind := "TABLE"
	switch relation.Kind {
	case kindView:
		kind = "VIEW"
	case kindMatv:
		if err := s.dropDefinition(ctx, relation); err != nil {
			return err
		}
	}
	sequences, err := s.sequencesOf(ctx, relation)
	if err != nil {
		return err
	}
	if err := s.exec(ctx, "DROP "+kind+" "+relation.DuckName); err != nil {
		return err
	}
	if err := s.dropSequences(ctx, sequences); err != nil {
		return err
	}
	self := relationObject(relation.Schema, relation.Name)
	s.change(self, schemaObject(relation.Schema).withUses())
	s.rely(self.withUses())
	return s.forget(ctx, relation.Schema, relation.Name)
}

// dropAll drops what is made from something, and what is made from that.
func (s *Session) dropAll(ctx context.Context, found []dependent) error {
	for _, d := range found {
		cat := s.catalog(ctx)
		// One that was made from two of them is gone already.
		if relation, ok := cat.Relation(d.schema, d.name); ok {
			if err := s.dropFound(ctx, relation, true); err != nil {
				return err
			}
		}
		if cat.err != nil {
			return cat.err
		}
	}
	return nil
}

// dropDefinition removes a materialized view from the catalog. Its refreshes
// go on until that is committed, and do not hinder it: they do not touch what is
// removed here.
func (s *Session) dropDefinition(ctx context.Context, relation *redshift.Relation) error {
	def, err := findView(ctx, s.conn, relation.Schema, relation.Name)
	if err != nil || def == nil {
		return err
	}
	if err := s.exec(ctx, "DELETE FROM leat.views WHERE id = $1", def.ID); err != nil {
		return err
	}
	s.afterCommit(func() error {
		s.w.endView(*def)
		return nil
	})
	return nil
}

// dropSchema drops a schema; an external one only if no view reads from it.
func (s *Session) dropSchema(ctx context.Context, schema string, ifExists, cascade bool) error {
	row, err := s.conn.Row(ctx, `SELECT EXISTS (FROM leat.external_schemas WHERE name = $1),
		EXISTS (FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = $1)`, schema)
	if err != nil {
		return err
	}
	external, own := row[0].(bool), row[1].(bool) && !ownSchemas[schema]
	if !external && !own {
		if ifExists {
			s.notice("INFO", "00000", "schema %q does not exist, skipping", schema)
			return nil
		}
		return sqlError(stateNoSchema, "schema %q does not exist", schema)
	}
	inside, err := s.insideSchema(ctx, schema, external)
	if err != nil {
		return err
	}
	if len(inside) > 0 && !cascade {
		return dependentError("drop schema "+schema, inside[0], true)
	}
	if err := s.dropAll(ctx, inside); err != nil {
		return err
	}
	s.change(schemaObject(schema))
	s.rely(schemaObject(schema).withUses())
	if external {
		return s.exec(ctx, "DELETE FROM leat.external_schemas WHERE name = $1", schema)
	}
	// Sequences of tables that were made and dropped by earlier versions, which
	// left them there.
	left, err := s.sequencesIn(ctx, schema)
	if err != nil {
		return err
	}
	if err := s.dropSequences(ctx, left); err != nil {
		return err
	}
	return s.exec(ctx, "DROP SCHEMA "+duck.Identifier(schema))
}

// insideSchema lists what goes with a schema: its relations, or the views over
// streams of an external one.
func (s *Session) insideSchema(ctx context.Context, schema string, external bool) ([]dependent, error) {
	sql := `SELECT schema_name, table_name, 'table' FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = $1
		UNION ALL SELECT schema_name, view_name, 'view' FROM duckdb_views() WHERE database_name = current_database() AND schema_name = $1 AND NOT internal`
	if external {
		sql = "SELECT schema_name, name, 'materialized view' FROM leat.views WHERE external_schema = $1"
	}
	result, err := s.conn.Query(ctx, sql, schema)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	var found []dependent
	for result.Next() {
		row := result.Values()
		found = append(found, dependent{row[0].(string), row[1].(string), row[2].(string)})
	}
	return found, result.Err()
}
