package warehouse

import (
	"context"

	"leat/duck"
	"leat/redshift"
)

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

// dependentError refuses to do something ("drop table t") for the sake of what
// depends on it; cascade tells that the statement has a CASCADE.
func dependentError(what string, d dependent, cascade bool) *redshift.Error {
	e := sqlError(stateDependent, "cannot %s because other objects depend on it", what)
	e.Detail = d.kind + " " + d.schema + "." + d.name + " depends on it"
	e.Hint = "Drop what depends on it first."
	if cascade {
		e.Hint = "Use DROP ... CASCADE to drop the dependent objects too."
	}
	return e
}

// columnUsers returns what is made from a table with a column of it. They are
// found by trial, with the column under another name for a moment: what reads
// it does not bind then.
func (s *Session) columnUsers(ctx context.Context, relation *redshift.Relation, column string) ([]dependent, error) {
	found, err := s.dependents(ctx, relation.Schema, relation.Name)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	away := column
	for taken := true; taken; {
		away += "$"
		taken = false
		for _, c := range relation.Columns {
			taken = taken || c.Name == away
		}
	}
	rename := func(from, to string) error {
		defer s.change()
		return s.exec(ctx, "ALTER TABLE "+relation.DuckName+" RENAME COLUMN "+duck.Identifier(from)+" TO "+duck.Identifier(to))
	}
	if err := rename(column, away); err != nil {
		return nil, err
	}
	var users []dependent
	for _, d := range found {
		binds, err := s.binds(ctx, d)
		if err != nil {
			return nil, err
		}
		if !binds {
			users = append(users, d)
		}
	}
	return users, rename(away, column)
}

// binds reports whether a view could be read now, or a materialized view
// computed anew.
func (s *Session) binds(ctx context.Context, d dependent) (bool, error) {
	sql := "SELECT * FROM " + duck.Identifier(d.schema) + "." + duck.Identifier(d.name)
	if d.kind == kindMatv {
		def, err := findView(ctx, s.conn, d.schema, d.name)
		if err != nil || def == nil {
			return true, err
		}
		translation, err := s.translateTableView(ctx, def)
		if _, own := err.(*redshift.Error); own {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		sql = translation
	}
	stmt, err := s.conn.Prepare(ctx, sql)
	switch duck.TypeOf(err) {
	case duck.Binder, duck.Catalog:
		return false, nil
	}
	if err != nil {
		return false, err
	}
	stmt.Close()
	return true, nil
}

// stillBinds checks what is made from a view that has been replaced.
func (s *Session) stillBinds(ctx context.Context, relation *redshift.Relation) error {
	found, err := s.dependents(ctx, relation.Schema, relation.Name)
	if err != nil {
		return err
	}
	for _, d := range found {
		binds, err := s.binds(ctx, d)
		if err != nil {
			return err
		}
		if !binds {
			return dependentError("change "+relation.Kind+" "+relation.Name, d, false)
		}
	}
	return nil
}
