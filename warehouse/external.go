package warehouse

import (
	"context"
	"encoding/json"
	"strings"

	"leat/duck"
	"leat/redshift"
)

// createExternalSchema is CREATE EXTERNAL SCHEMA … FROM KINESIS. The clauses are
// kept; who may read a stream is decided by the stream's own service.
func (s *Session) createExternalSchema(ctx context.Context, stmt *redshift.CreateExternalSchema) error {
	name := stmt.Name.Fold(s.settings())
	if stmt.Kind != "KINESIS" {
		e := sqlError(stateUnsupported, "CREATE EXTERNAL SCHEMA FROM %s is not supported", stmt.Kind)
		e.Hint = "FROM KINESIS is: it reads this server's own streams."
		return e
	}
	if stmt.IAMRole == "" {
		return sqlError("42601", "IAM_ROLE is required for an external schema FROM KINESIS")
	}
	clauses := map[string]string{"IAM_ROLE": stmt.IAMRole}
	for key, value := range map[string]string{"REGION": stmt.Region, "AUTHENTICATION": stmt.Authentication, "URI": stmt.URI} {
		if value != "" {
			clauses[key] = value
		}
	}
	for key, value := range stmt.Options {
		clauses[key] = value
	}
	text, err := json.Marshal(clauses)
	if err != nil {
		return err
	}
	return s.within(ctx, func() error {
		if taken, err := s.vacantSchema(ctx, name, stmt.IfNotExists); err != nil || taken {
			return err
		}
		s.change(schemaObject(name))
		return s.exec(ctx, "INSERT INTO leat.external_schemas VALUES (nextval('leat.ids'), $1, $2, $3, $4)", name, stmt.Kind, string(text), s.w.cfg.Now().UTC())
	})
}

// vacantSchema checks that a schema can be made.
func (s *Session) vacantSchema(ctx context.Context, name string, ifNotExists bool) (taken bool, err error) {
	if strings.HasPrefix(name, "pg_") || ownSchemas[name] {
		e := sqlError("42939", "unacceptable schema name %q", name)
		e.Detail = "The name is reserved."
		return false, e
	}
	row, err := s.conn.Row(ctx, `SELECT EXISTS (FROM leat.external_schemas WHERE name = $1)
		OR EXISTS (FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = $1)`, name)
	switch {
	case err != nil:
		return false, err
	case row[0].(bool) && ifNotExists:
		s.notice("INFO", stateDupSchema, "schema %q already exists, skipping", name)
		return true, nil
	case row[0].(bool):
		return false, sqlError(stateDupSchema, "schema %q already exists", name)
	}
	return false, nil
}

// createSchema is CREATE SCHEMA.
func (s *Session) createSchema(ctx context.Context, stmt *redshift.CreateSchema) error {
	name := stmt.Name.Fold(s.settings())
	if name == "" {
		name = stmt.Authorization.Fold(s.settings())
	}
	return s.within(ctx, func() error {
		if taken, err := s.vacantSchema(ctx, name, stmt.IfNotExists); err != nil || taken {
			return err
		}
		s.change(schemaObject(name))
		return s.exec(ctx, "CREATE SCHEMA "+duck.Identifier(name))
	})
}

// alterSchema is ALTER SCHEMA, which can do nothing here: names of schemas are
// in what views are made from, and neither owners nor quotas are kept.
func (s *Session) alterSchema(ctx context.Context, stmt *redshift.AlterSchema) error {
	name := stmt.Name.Fold(s.settings())
	return s.within(ctx, func() error {
		row, err := s.conn.Row(ctx, `SELECT EXISTS (FROM leat.external_schemas WHERE name = $1)
			OR EXISTS (FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = $1)`, name)
		switch {
		case err != nil:
			return err
		case !row[0].(bool) || ownSchemas[name]:
			return sqlError(stateNoSchema, "schema %q does not exist", name)
		case stmt.Rename.Text != "":
			e := sqlError(stateUnsupported, "ALTER SCHEMA %s RENAME is not supported", name)
			e.Hint = "Create the new schema, and its tables by CREATE TABLE new.t AS SELECT * FROM old.t."
			return e
		case stmt.Quota != "":
			return sqlError(stateUnsupported, "ALTER SCHEMA %s QUOTA is not supported: schemas have no quota", name)
		}
		return sqlError(stateUnsupported, "ALTER SCHEMA %s OWNER TO is not supported: schemas have no owner", name)
	})
}

// alterExternalSchema is ALTER EXTERNAL SCHEMA.
func (s *Session) alterExternalSchema(ctx context.Context, stmt *redshift.AlterExternalSchema) error {
	name := stmt.Name.Fold(s.settings())
	return s.within(ctx, func() error {
		row, err := s.conn.Row(ctx, "SELECT clauses::VARCHAR FROM leat.external_schemas WHERE name = $1", name)
		if err != nil {
			return err
		}
		if row == nil {
			return sqlError(stateNoSchema, "schema %q does not exist", name)
		}
		clauses := map[string]string{}
		if err := json.Unmarshal([]byte(row[0].(string)), &clauses); err != nil {
			return err
		}
		for key, value := range stmt.Options {
			clauses[key] = value
		}
		text, err := json.Marshal(clauses)
		if err != nil {
			return err
		}
		s.change(schemaObject(name))
		return s.exec(ctx, "UPDATE leat.external_schemas SET clauses = $2 WHERE name = $1", name, string(text))
	})
}
