package warehouse

import (
	"context"

	"leat/duck"
	"leat/redshift"
)

// alterTable is ALTER TABLE.
func (s *Session) alterTable(ctx context.Context, p *Prepared, stmt *redshift.AlterTable) error {
	relation, err := s.relation(ctx, stmt.Name)
	if err != nil {
		return err
	}
	schema, name, set := relation.Schema, relation.Name, s.settings()
	to, renames := stmt.Action.(*redshift.AlterRename)
	_, owner := stmt.Action.(*redshift.AlterOwner)
	switch {
	case renames && schema != "pg_temp" && relation.Kind != kindSystem && relation.Kind != kindStream:
		return s.rename(ctx, relation, to.To.Fold(set))
	case owner && (relation.Kind == kindView || relation.Kind == kindMatv):
		return nil
	case relation.Kind != kindTable:
		return sqlError(stateWrongObject, "%q is not a table", relation.Name)
	}
	switch action := stmt.Action.(type) {
	case *redshift.AlterDropColumn:
		if err := s.noDependents(ctx, relation, "column "+action.Column.Fold(set)+" of table "+name); err != nil {
			return err
		}
	case *redshift.AlterRenameColumn, *redshift.AlterColumnType:
		if err := s.noDependents(ctx, relation, "table "+name); err != nil {
			return err
		}
	}
	if _, err := s.apply(ctx, p.translation); err != nil {
		return err
	}
	s.changeCatalog()
	if schema == "pg_temp" {
		if to, ok := stmt.Action.(*redshift.AlterRename); ok {
			s.temp[to.To.Fold(set)] = s.temp[name]
			delete(s.temp, name)
			name = to.To.Fold(set)
		}
		columns, _ := (&catalog{ctx: ctx, w: s.w, conn: s.conn, cache: &s.cache}).tempColumns(name, nil)
		s.temp[name] = columns
		return nil
	}
	switch action := stmt.Action.(type) {
	case *redshift.AlterAddColumn:
		return s.recordColumn(ctx, schema, name, redshift.Column{Name: action.Column.Name.Fold(set), Type: action.Column.Type})
	case *redshift.AlterDropColumn:
		return s.exec(ctx, "DELETE FROM leat.columns WHERE schema_name = $1 AND relation = $2 AND name = $3", schema, name, action.Column.Fold(set))
	case *redshift.AlterRenameColumn:
		return s.exec(ctx, "UPDATE leat.columns SET name = $4 WHERE schema_name = $1 AND relation = $2 AND name = $3",
			schema, name, action.From.Fold(set), action.To.Fold(set))
	case *redshift.AlterColumnType:
		if err := s.exec(ctx, "DELETE FROM leat.columns WHERE schema_name = $1 AND relation = $2 AND name = $3", schema, name, action.Column.Fold(set)); err != nil {
			return err
		}
		return s.recordColumn(ctx, schema, name, redshift.Column{Name: action.Column.Fold(set), Type: action.Type})
	}
	return nil
}

func (s *Session) exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.conn.Exec(ctx, sql, args...)
	return err
}

// A dependent is a view that is made from something.
type dependent struct{ schema, name, kind string }

// dependents returns what is made from a relation.
func (s *Session) dependents(ctx context.Context, schema, name string) ([]dependent, error) {
	result, err := s.conn.Query(ctx, "SELECT DISTINCT schema_name, name, kind FROM leat.dependencies WHERE ref_schema = $1 AND ref_name = $2 ORDER BY ALL", schema, name)
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

// noDependents refuses to change what others are made from.
func (s *Session) noDependents(ctx context.Context, relation *redshift.Relation, what string) error {
	found, err := s.dependents(ctx, relation.Schema, relation.Name)
	if err != nil || len(found) == 0 {
		return err
	}
	e := sqlError(stateDependent, "cannot change %s because other objects depend on it", what)
	e.Detail = found[0].kind + " " + found[0].schema + "." + found[0].name + " depends on it"
	e.Hint = "Drop what depends on it first."
	return e
}

// comment is COMMENT ON TABLE, VIEW, COLUMN or SCHEMA.
func (s *Session) comment(ctx context.Context, stmt *redshift.Comment) error {
	text := "NULL"
	if !stmt.Null {
		text = duck.Literal(stmt.Value)
	}
	set := s.settings()
	switch stmt.Object {
	case "table", "view":
		relation, err := s.relation(ctx, stmt.Name)
		if err != nil {
			return err
		}
		kind := "TABLE"
		if relation.Kind == kindView {
			kind = "VIEW"
		}
		return s.within(ctx, func() error {
			return s.exec(ctx, "COMMENT ON "+kind+" "+relation.DuckName+" IS "+text)
		})
	case "column":
		n := len(stmt.Name.Parts)
		if n < 2 {
			break
		}
		relation, err := s.relation(ctx, redshift.Name{Parts: stmt.Name.Parts[:n-1]})
		if err != nil {
			return err
		}
		return s.within(ctx, func() error {
			return s.exec(ctx, "COMMENT ON COLUMN "+relation.DuckName+"."+duck.Identifier(stmt.Name.Parts[n-1].Fold(set))+" IS "+text)
		})
	}
	return sqlError(stateUnsupported, "COMMENT ON %s is not supported", stmt.Object)
}
