package warehouse

import (
	"context"
	"slices"

	"leat/duck"
	"leat/redshift"
)

// A Prepared statement can be executed often in its session. It is translated
// again when the catalog or the session's settings have changed, and planned
// for every execution: DuckDB's plans are good for one transaction, see
// duck.Stmt.
type Prepared struct {
	Columns []Column // nil: returns no rows
	Params  []redshift.Type

	stmt        redshift.Statement
	translation *redshift.Translation // nil: the session runs the statement itself
	relations   []*redshift.Relation  // of users, that it names
	readsSystem bool
	version     uint64
	settings    redshift.Settings
}

// Column describes a result column.
type Column struct {
	Name string
	Type redshift.Type
}

// Prepare resolves one statement: result columns and parameter types, without
// running it. Types of paramTypes whose name is "unknown" or "", and those that
// are not given, are inferred.
func (s *Session) Prepare(ctx context.Context, stmt redshift.Statement, paramTypes []redshift.Type) (*Prepared, error) {
	s.use.Lock()
	defer s.use.Unlock()
	if s.closed {
		return nil, errClosed()
	}
	ctx, done := s.begin(ctx)
	defer done()
	p, err := s.prepare(ctx, stmt, paramTypes)
	if err != nil {
		s.fail()
		return nil, explain(ctx, err)
	}
	return p, nil
}

func (s *Session) prepare(ctx context.Context, stmt redshift.Statement, paramTypes []redshift.Type) (*Prepared, error) {
	if err := s.makeRoom(ctx); err != nil {
		return nil, err
	}
	p := &Prepared{stmt: stmt}
	if s.tx.state == txFailed {
		switch stmt.(type) {
		case *redshift.Commit, *redshift.Rollback:
			return p, nil
		}
		return nil, errAborted()
	}
	if columns, own := ownStatement(stmt); own {
		p.Columns = columns
		return p, nil
	}
	if err := s.plan(ctx, p); err != nil {
		return nil, err
	}
	for i, given := range paramTypes {
		if i < len(p.Params) && given.Name != "" && given.Name != "unknown" && isUnknown(p.Params[i]) {
			p.Params[i] = given
		}
	}
	return p, nil
}

func errAborted() error {
	return sqlError(stateAborted, "current transaction is aborted, commands ignored until end of transaction block")
}

func isUnknown(t redshift.Type) bool { return t.Name == "" || t.Name == "unknown" }

// ownStatement tells the statements that the session runs itself, without a
// translation, and the columns they return.
func ownStatement(stmt redshift.Statement) (columns []Column, own bool) {
	text := redshift.Type{Name: "varchar"}
	switch stmt := stmt.(type) {
	case *redshift.Show:
		if stmt.Name == "" {
			return []Column{{"name", text}, {"setting", text}}, true
		}
		return []Column{{showName(stmt.Name), text}}, true
	case *redshift.Begin, *redshift.Commit, *redshift.Rollback, *redshift.Set, *redshift.Reset, *redshift.Discard,
		*redshift.CreateExternalSchema, *redshift.AlterExternalSchema,
		*redshift.CreateMaterializedView, *redshift.RefreshMaterializedView, *redshift.AlterMaterializedView,
		*redshift.CreateSchema, *redshift.AlterSchema, *redshift.Drop, *redshift.Analyze, *redshift.Vacuum,
		*redshift.Grant, *redshift.CreateUser, *redshift.CreateGroup, *redshift.Comment,
		*redshift.Prepare, *redshift.Execute, *redshift.Deallocate:
		return nil, true
	}
	return nil, false
}

// plan translates the statement and asks DuckDB for the types of its columns
// and parameters.
func (s *Session) plan(ctx context.Context, p *Prepared) error {
	cat := s.catalog(ctx)
	translation, err := redshift.Translate(p.stmt, cat, cat.settings)
	if cat.err != nil {
		return cat.err
	}
	if err != nil {
		return err
	}
	p.translation, p.relations, p.readsSystem = translation, cat.refersTo(), cat.readsSystem()
	p.version, p.settings = s.w.catalogVersion.Load(), cat.settings
	p.Params = slices.Clone(translation.Params)
	p.Columns = nil
	if translation.SQL == "" || runsAsDDL(p.stmt) {
		return nil
	}
	stmt, err := s.conn.Prepare(translation.SQL)
	if err != nil {
		return err
	}
	defer stmt.Close()
	if _, ok := p.stmt.(*redshift.Explain); ok {
		p.Columns = []Column{{"QUERY PLAN", redshift.Type{Name: "varchar"}}}
		return nil
	}
	if len(translation.Columns) > 0 {
		for i, column := range stmt.Columns() {
			out := Column{Name: column.Name, Type: typeFromDuck(column.Type)}
			if i < len(translation.Columns) {
				out = Column{Name: translation.Columns[i].Name, Type: resultType(translation.Columns[i].Type, column.Type)}
			}
			p.Columns = append(p.Columns, out)
		}
	}
	for len(p.Params) < stmt.NumParams() {
		p.Params = append(p.Params, redshift.Type{Name: "unknown"})
	}
	for i := range min(len(p.Params), stmt.NumParams()) {
		if !isUnknown(p.Params[i]) {
			continue
		}
		if t := stmt.ParamType(i); t.ID != duck.TypeInvalid && t.ID != duck.TypeUnknown && t.ID != duck.TypeNull {
			p.Params[i] = typeFromDuck(t)
		}
	}
	return nil
}

// fresh makes sure that the translation is of now.
func (s *Session) fresh(ctx context.Context, p *Prepared) error {
	if p.version == s.w.catalogVersion.Load() && !s.tx.changed && sameSettings(p.settings, s.settings()) {
		return nil
	}
	columns := p.Columns
	if err := s.plan(ctx, p); err != nil {
		return err
	}
	if !slices.Equal(columns, p.Columns) && len(columns) > 0 {
		return sqlError(stateUnsupported, "cached plan must not change result type")
	}
	return nil
}

func sameSettings(a, b redshift.Settings) bool {
	path := slices.Equal(a.SearchPath, b.SearchPath)
	a.SearchPath, b.SearchPath = nil, nil
	return path && a.CaseSensitiveIdentifier == b.CaseSensitiveIdentifier && a.CaseSensitiveSuperAttribute == b.CaseSensitiveSuperAttribute &&
		a.NavigateSuperNullOnError == b.NavigateSuperNullOnError && a.CastSuperNullOnError == b.CastSuperNullOnError &&
		a.User == b.User && a.Database == b.Database
}

// runsAsDDL tells statements that change the catalog besides DuckDB's.
func runsAsDDL(stmt redshift.Statement) bool {
	switch stmt.(type) {
	case *redshift.CreateTable, *redshift.CreateTableAs, *redshift.CreateView, *redshift.AlterTable:
		return true
	}
	return false
}
