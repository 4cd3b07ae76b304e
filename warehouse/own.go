package warehouse

import (
	"context"
	"strings"

	"leat/redshift"
)

// runOwn runs a statement that is not translated.
func (s *Session) runOwn(ctx context.Context, p *Prepared) (*Rows, error) {
	switch stmt := p.stmt.(type) {
	case *redshift.Show:
		return s.show(stmt)
	case *redshift.RefreshMaterializedView:
		return s.refresh(ctx, stmt)
	case *redshift.Query:
		return s.setConfig(ctx, stmt)
	}
	tag, err := s.runCommand(ctx, p.stmt)
	if err != nil {
		return nil, err
	}
	return staticRows(nil, nil, tag), nil
}

// runCommand runs a statement that returns nothing but its tag.
func (s *Session) runCommand(ctx context.Context, stmt redshift.Statement) (tag string, err error) {
	switch stmt := stmt.(type) {
	case *redshift.Begin:
		inside := s.tx.state == txOpen
		if s.beginBlock(); inside {
			return "BEGIN", nil
		}
		return "BEGIN", s.beginModes(ctx, stmt)
	case *redshift.Commit:
		ok, err := s.commit()
		if !ok {
			return "ROLLBACK", err
		}
		return "COMMIT", err
	case *redshift.Rollback:
		return "ROLLBACK", s.rollback()
	case *redshift.Set:
		if stmt.Name == "transaction" || stmt.Name == "session characteristics" {
			return "SET", s.setTransaction(ctx, stmt)
		}
		return "SET", s.setParameter(ctx, stmt.Name, stmt.Values, stmt.Default, stmt.Local)
	case *redshift.Reset:
		return "RESET", s.reset(ctx, stmt.Name)
	case *redshift.Discard:
		return "DISCARD ALL", s.discard(ctx)
	case *redshift.CreateExternalSchema:
		return "CREATE SCHEMA", s.createExternalSchema(ctx, stmt)
	case *redshift.AlterExternalSchema:
		return "ALTER SCHEMA", s.alterExternalSchema(ctx, stmt)
	case *redshift.CreateSchema:
		return "CREATE SCHEMA", s.createSchema(ctx, stmt)
	case *redshift.AlterSchema:
		return "ALTER SCHEMA", s.alterSchema(ctx, stmt)
	case *redshift.CreateMaterializedView:
		return "CREATE MATERIALIZED VIEW", s.createMaterializedView(ctx, stmt)
	case *redshift.AlterMaterializedView:
		return "ALTER MATERIALIZED VIEW", s.alterMaterializedView(ctx, stmt)
	case *redshift.Drop:
		return "DROP " + strings.ToUpper(stmt.Kind), s.drop(ctx, stmt)
	case *redshift.Analyze:
		return "ANALYZE", s.mustExist(ctx, stmt.Name)
	case *redshift.Vacuum:
		return "VACUUM", s.mustExist(ctx, stmt.Name)
	case *redshift.Grant:
		return s.grant(ctx, stmt)
	case *redshift.CreateUser:
		return s.createUser(ctx, stmt)
	case *redshift.CreateGroup:
		return s.createGroup(ctx, stmt)
	case *redshift.Comment:
		return "COMMENT", s.comment(ctx, stmt)
	case *redshift.Prepare, *redshift.Execute:
		e := sqlError(stateUnsupported, "PREPARE and EXECUTE are not supported")
		e.Hint = "Use the protocol's prepared statements, as drivers do."
		return "", e
	case *redshift.Deallocate:
		if stmt.Name.Text != "" {
			return "", sqlError("26000", "prepared statement %q does not exist", stmt.Name.Text)
		}
		return "DEALLOCATE ALL", nil
	}
	return "", sqlError(stateUnsupported, "this statement is not supported: %s", clip(stmt.Text(), 80))
}

func showName(name string) string {
	name = strings.ToLower(name)
	if known := knownParameters[name]; known.show != "" {
		return known.show
	}
	return name
}

// show is SHOW.
func (s *Session) show(stmt *redshift.Show) (*Rows, error) {
	columns, _ := ownStatement(stmt)
	if stmt.Name == "" {
		return staticRows(columns, s.params.showAll(), "SHOW"), nil
	}
	name := parameterName(stmt.Name)
	value, ok := s.params.values[name]
	if !ok {
		return nil, sqlError(stateUnknownName, "unrecognized configuration parameter %q", name)
	}
	return staticRows(columns, [][]any{{value}}, "SHOW"), nil
}

// reset is RESET; an empty name stands for all.
func (s *Session) reset(ctx context.Context, name string) error {
	if name != "" {
		return s.setParameter(ctx, name, nil, true, false)
	}
	before := s.params.clone()
	s.params.values = newParameters(s.login).values
	return s.applyParameters(ctx, &before)
}

// discard makes the session like a new one.
func (s *Session) discard(ctx context.Context) error {
	if s.tx.state != txIdle {
		return sqlError(stateActive, "DISCARD ALL cannot run inside a transaction block")
	}
	err := s.within(ctx, func() error {
		for name := range s.temp.columns {
			if err := s.dropTemp(ctx, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.reset(ctx, "")
}

// mustExist checks the table of ANALYZE and VACUUM, which do nothing here:
// DuckDB keeps statistics and order by itself.
func (s *Session) mustExist(ctx context.Context, name *redshift.Name) error {
	if name == nil {
		return nil
	}
	return s.within(ctx, func() error {
		_, err := s.relation(ctx, *name)
		return err
	})
}

// relation resolves a name that must mean something.
func (s *Session) relation(ctx context.Context, name redshift.Name) (*redshift.Relation, error) {
	cat := s.catalog(ctx)
	schema, object := name.Fold(cat.settings)
	relation, ok := cat.Relation(schema, object)
	switch {
	case cat.err != nil:
		return nil, cat.err
	case !ok:
		return nil, noRelation(schema, object)
	}
	return relation, nil
}

func noRelation(schema, object string) error {
	if schema != "" {
		object = schema + "." + object
	}
	return sqlError(stateUndefined, "relation %q does not exist", object)
}

// setConfig is SELECT set_config(…).
func (s *Session) setConfig(ctx context.Context, stmt *redshift.Query) (*Rows, error) {
	columns, _ := ownStatement(stmt)
	call, _ := redshift.SetConfig(stmt)
	if err := s.setParameter(ctx, call.Name, []string{call.Value}, false, call.Local); err != nil {
		return nil, err
	}
	return staticRows(columns, [][]any{{s.params.get(parameterName(call.Name))}}, "SELECT"), nil
}
