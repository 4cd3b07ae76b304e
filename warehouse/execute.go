package warehouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"leat/redshift"
)

// Execute runs a prepared statement. Args are Go values: nil, bool, int64,
// float64, string, []byte, time.Time; strings are accepted for every type and
// cast by the database. The rows must be closed before the next statement;
// what is left of them then is kept in memory, up to a bound.
func (s *Session) Execute(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	s.use.Lock()
	defer s.use.Unlock()
	s.active()
	defer s.quiet()
	ctx, done := s.begin(ctx, p.spent)
	p.spent = 0
	log := s.startLog(p.stmt)
	var rows *Rows
	err := s.guard(func() (err error) {
		rows, err = s.execute(ctx, p, args)
		return err
	})
	if err != nil {
		s.fail()
		s.w.suspect(err)
		err = explain(ctx, err)
		done()
		log.end(0, err)
		return nil, err
	}
	rows.interrupt = done
	rows.finish(func(n int64, err error) {
		log.end(n, err)
		done()
	})
	return rows, nil
}

func (s *Session) execute(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	if err := s.usable(ctx, p.stmt); err != nil {
		return nil, err
	}
	if err := s.makeRoom(ctx); err != nil {
		return nil, err
	}
	if s.tx.state == txFailed {
		switch p.stmt.(type) {
		case *redshift.Commit, *redshift.Rollback:
		default:
			return nil, errAborted()
		}
	}
	if err := s.refuseWrite(p); err != nil {
		return nil, err
	}
	if p.translation == nil {
		return s.runOwn(ctx, p)
	}
	// What waits is written before the statement's snapshot is taken.
	if p.readsSystem {
		s.w.flushHistory()
	}
	ctx, ticket, err := s.w.governor.admit(ctx, p.isLight())
	if err != nil {
		return nil, err
	}
	running := false // or failed, or ended by a panic
	defer func() {
		if !running {
			ticket.done()
		}
	}()
	rows, err := s.run(ctx, p, args)
	if err != nil {
		s.w.suspect(err)
		return nil, explain(ctx, err)
	}
	ticket.giveSlot()
	rows.ticket, running = ticket, true
	return rows, nil
}

// run runs a translated statement, in a transaction of its own when there is
// no block.
func (s *Session) run(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	return s.statement(ctx, func() (*Rows, error) {
		if err := s.fresh(ctx, p); err != nil {
			return nil, err
		}
		if len(args) != len(p.Params) {
			return nil, sqlError("08P01", "the statement has %d parameters, %d arguments were given", len(p.Params), len(args))
		}
		if err := s.writable(p); err != nil {
			return nil, err
		}
		return s.runFresh(ctx, p, args)
	})
}

func (s *Session) runFresh(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	switch {
	case runsAsDDL(p.stmt):
		return s.runDDL(ctx, p)
	case p.translation.SQL == "":
		return staticRows(nil, nil, p.translation.Tag), nil
	case len(p.Columns) == 0:
		return s.runChange(ctx, p, args)
	}
	return s.runQuery(ctx, p, args)
}

// isLight tells the statements that read no user's relation and change none:
// clients ask such things all the time, and they must not wait for large ones.
func (p *Prepared) isLight() bool { return len(p.relations) == 0 && len(p.Columns) > 0 }

// runChange runs INSERT, UPDATE, DELETE and the like.
func (s *Session) runChange(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	n, err := s.apply(ctx, p.translation, args...)
	if err != nil {
		return nil, err
	}
	if _, ok := p.stmt.(*redshift.Truncate); ok {
		// As in Redshift, TRUNCATE commits the transaction that it runs in.
		_, err = s.commit()
	} else if n > 0 && p.translation.Tag != "INSERT" {
		s.noteRewritten(p)
	}
	if err != nil {
		return nil, err
	}
	return staticRows(nil, nil, changeTag(p.translation.Tag, n)), nil
}

// noteRewritten notes that rows of a table were updated or deleted.
func (s *Session) noteRewritten(p *Prepared) {
	if relation := s.changes(p); relation != nil {
		if s.tx.rewritten == nil {
			s.tx.rewritten = map[object]bool{}
		}
		s.tx.rewritten[relationObject(relation.Schema, relation.Name)] = true
	}
}

// apply runs a translation that returns no rows: the statements before it, then
// the one with the arguments. It returns how many rows that one changed.
func (s *Session) apply(ctx context.Context, t *redshift.Translation, args ...any) (int64, error) {
	for _, sql := range t.Before {
		if _, err := s.conn.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	if t.SQL == "" {
		return 0, nil
	}
	return s.conn.Exec(ctx, t.SQL, args...)
}

func changeTag(tag string, n int64) string {
	switch tag {
	case "INSERT":
		return fmt.Sprintf("INSERT 0 %d", n)
	case "UPDATE", "DELETE", "MERGE":
		return fmt.Sprintf("%s %d", tag, n)
	}
	return tag
}

// runQuery starts a query whose rows are streamed.
func (s *Session) runQuery(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	result, err := s.conn.Query(ctx, p.translation.SQL, args...)
	if err != nil {
		return nil, err
	}
	rows := &Rows{session: s, ctx: ctx, columns: p.Columns, result: result, tag: p.translation.Tag}
	if _, ok := p.stmt.(*redshift.Explain); ok {
		return explainRows(rows)
	}
	s.open = rows
	return rows, nil
}

// explainRows makes lines of DuckDB's picture of a plan.
func explainRows(rows *Rows) (*Rows, error) {
	defer rows.result.Close()
	var lines [][]any
	for rows.result.Next() {
		values := rows.result.Values()
		text, _ := values[len(values)-1].(string)
		for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			lines = append(lines, []any{line})
		}
	}
	if err := rows.result.Err(); err != nil {
		return nil, err
	}
	return staticRows(rows.columns, lines, "EXPLAIN"), nil
}

// writable refuses changes of what users only read.
func (s *Session) writable(p *Prepared) error {
	relation := s.changes(p)
	if relation == nil {
		return nil
	}
	_, isDelete := p.stmt.(*redshift.Delete)
	switch {
	case relation.Kind == kindView:
		return sqlError(stateWrongObject, "cannot change view %q", relation.Name)
	case relation.Kind == kindMatv && !isDelete:
		// Rows of a streaming view may be removed, as in Redshift.
		return sqlError(stateWrongObject, "cannot change materialized view %q", relation.Name)
	}
	return nil
}

// changes returns the relation whose rows a statement changes, nil when it
// changes none.
func (s *Session) changes(p *Prepared) *redshift.Relation {
	var target redshift.Name
	switch stmt := p.stmt.(type) {
	case *redshift.Insert:
		target = stmt.Target
	case *redshift.Update:
		target = stmt.Target
	case *redshift.Delete:
		target = stmt.Target
	default:
		return nil
	}
	schema, name := target.Fold(s.settings())
	for _, relation := range p.relations {
		if relation.Name == name && (schema == "" || relation.Schema == schema) {
			return relation
		}
	}
	return nil
}

// A statementLog times one statement for SYS_QUERY_HISTORY.
type statementLog struct {
	s       *Session
	stmt    redshift.Statement
	query   int64
	started time.Time
}

func (s *Session) startLog(stmt redshift.Statement) *statementLog {
	return &statementLog{s: s, stmt: stmt, query: s.w.lastQuery.Add(1), started: s.w.cfg.Now().UTC()}
}

func (l *statementLog) end(rows int64, err error) {
	end := l.s.w.cfg.Now().UTC()
	status, message := "success", ""
	if err != nil {
		status, message = "failed", clip(err.Error(), 512)
	}
	l.s.w.history.add(&l.s.w.history.queries, func(seq int64) any {
		return queryRow{
			Seq: seq, User: l.s.user, Query: l.query, SessionID: l.s.id, Kind: queryType(l.stmt), Status: status,
			Start: stamp(l.started), End: stamp(end), Execution: end.Sub(l.started).Microseconds(),
			Error: message, Returned: rows, Text: clip(l.stmt.Text(), 4000),
		}
	})
}

// queryType is the kind of a statement as SYS_QUERY_HISTORY names it.
func queryType(stmt redshift.Statement) string {
	switch stmt.(type) {
	case *redshift.Query:
		return "SELECT"
	case *redshift.Insert:
		return "INSERT"
	case *redshift.Update:
		return "UPDATE"
	case *redshift.Delete, *redshift.Truncate:
		return "DELETE"
	case *redshift.CreateTableAs:
		return "CTAS"
	case *redshift.CreateTable, *redshift.CreateView, *redshift.Drop, *redshift.AlterTable, *redshift.CreateSchema, *redshift.CreateExternalSchema,
		*redshift.CreateMaterializedView, *redshift.AlterMaterializedView:
		return "DDL"
	case *redshift.Analyze, *redshift.Vacuum, *redshift.Set, *redshift.Show, *redshift.Begin, *redshift.Commit, *redshift.Rollback:
		return "UTILITY"
	}
	return "OTHER"
}

// clip cuts text to at most n bytes, at a character.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}
