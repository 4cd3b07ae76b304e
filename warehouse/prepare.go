package warehouse

import (
	"context"
	"slices"
	"strings"
	"time"

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

	// spent is how long it took to prepare; the first execution has as much less
	// time.
	spent       time.Duration
	stmt        redshift.Statement
	translation *redshift.Translation // nil: the session runs the statement itself
	relations   []*redshift.Relation  // of users, that it names
	readsSystem bool
	given       []redshift.Type // of parameters, by the client
	settings    redshift.Settings
	cache       *relationCache // of the catalog that it was translated against
	temp        *tempTables
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
	s.active()
	defer s.quiet()
	started := time.Now()
	ctx, done := s.begin(ctx, 0)
	defer done()
	var p *Prepared
	err := s.guard(func() (err error) {
		p, err = s.prepare(ctx, stmt, paramTypes)
		return err
	})
	if err != nil {
		s.fail()
		s.w.suspect(err)
		return nil, explain(ctx, err)
	}
	p.spent = time.Since(started)
	return p, nil
}

func (s *Session) prepare(ctx context.Context, stmt redshift.Statement, paramTypes []redshift.Type) (*Prepared, error) {
	if err := s.usable(ctx, stmt); err != nil {
		return nil, err
	}
	if err := s.makeRoom(ctx); err != nil {
		return nil, err
	}
	p := &Prepared{stmt: stmt, given: paramTypes}
	if s.tx.state == txFailed {
		switch stmt.(type) {
		case *redshift.Commit, *redshift.Rollback:
			return p, nil
		}
		return nil, errAborted()
	}
	if err := redshift.CheckDatabase(stmt, s.settings()); err != nil {
		return nil, err
	}
	if columns, own := ownStatement(stmt); own {
		p.Columns = columns
		return p, nil
	}
	// The transaction ends without a commit: it has changed nothing.
	if s.tx.state == txIdle {
		s.tx = transaction{state: txStatement, temp: s.temp}
		defer s.rollback()
	}
	if err := s.snapshot(ctx); err != nil {
		return nil, err
	}
	if err := s.plan(ctx, p); err != nil {
		return nil, err
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
	case *redshift.Query:
		if set, ok := redshift.SetConfig(stmt); ok {
			return []Column{{set.Column, text}}, true
		}
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
	p.settings, p.cache, p.temp = cat.settings, cat.cache, s.temp
	p.Params = slices.Clone(translation.Params)
	p.Columns = nil
	defer p.takeGiven()
	if translation.SQL == "" || runsAsDDL(p.stmt) {
		return nil
	}
	stmt, err := s.conn.Prepare(ctx, translation.SQL)
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
	if s.params.on("describe_field_name_in_uppercase") {
		for i := range p.Columns {
			p.Columns[i].Name = strings.ToUpper(p.Columns[i].Name)
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

// takeGiven gives parameters of unknown type the one that the client named.
func (p *Prepared) takeGiven() {
	for i, given := range p.given {
		if i < len(p.Params) && given.Name != "" && given.Name != "unknown" && isUnknown(p.Params[i]) {
			p.Params[i] = given
		}
	}
}

// fresh makes sure that the translation is of the open transaction.
func (s *Session) fresh(ctx context.Context, p *Prepared) error {
	if p.cache == s.tx.cache && p.temp == s.temp && p.settings.Equal(s.settings()) {
		return nil
	}
	next := &Prepared{stmt: p.stmt, given: p.given}
	if err := s.plan(ctx, next); err != nil {
		return err
	}
	if !slices.Equal(next.Columns, p.Columns) {
		// The client knows the columns and would misread others.
		return sqlError(stateUnsupported, "cached plan must not change result type")
	}
	*p = *next
	return nil
}

// runsAsDDL tells statements that change the catalog besides DuckDB's.
func runsAsDDL(stmt redshift.Statement) bool {
	switch stmt.(type) {
	case *redshift.CreateTable, *redshift.CreateTableAs, *redshift.CreateView, *redshift.AlterTable:
		return true
	}
	return false
}
