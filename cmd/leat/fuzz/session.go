package fuzz

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
)

// An answer is what became of a statement.
type answer struct {
	took time.Duration
	err  error // nil, *pgconn.PgError, or the connection's
	// wrong says what was sent that must not be: no UTF-8.
	wrong string
	rows  int
	// cells are the first row's values.
	cells [][]byte
	hung  bool
}

// A session is a connection that sends statements.
type session struct {
	*pgconn.PgConn
	mu      sync.Mutex // guards notices
	notices []string
}

// connect opens a session with the timeout set.
func connect(ctx context.Context, addr string) (*session, error) {
	cfg, err := pgconn.ParseConfig("postgres://admin@" + addr + "/dev?sslmode=disable&connect_timeout=30")
	if err != nil {
		return nil, err
	}
	s := &session{}
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notices = append(s.notices, n.Message+n.Detail+n.Hint)
	}
	if s.PgConn, err = pgconn.ConnectConfig(ctx, cfg); err != nil {
		return nil, err
	}
	set := fmt.Sprintf("SET statement_timeout TO %d", statementTimeout.Milliseconds())
	if a := s.ask(ctx, set); a.err != nil {
		s.Close(context.WithoutCancel(ctx))
		return nil, a.err
	}
	return s, nil
}

// A parameter is bound to a statement, in binary or as text.
type parameter struct {
	value  []byte
	oid    uint32
	binary bool
}

// ask sends a statement and reads everything that comes back.
func (s *session) ask(ctx context.Context, sql string, parameters ...parameter) (a answer) {
	ctx, cancel := context.WithTimeout(ctx, hangs)
	defer cancel()
	began := time.Now()
	defer func() {
		a.took = time.Since(began)
		a.hung = ctx.Err() == context.DeadlineExceeded
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, n := range s.notices {
			a.check("a notice", []byte(n))
		}
		s.notices = nil
		var told *pgconn.PgError
		if errors.As(a.err, &told) {
			a.check("an error", []byte(told.Message+told.Detail+told.Hint+told.Where))
		}
	}()
	if len(parameters) == 0 {
		results := s.Exec(ctx, sql)
		for results.NextResult() {
			a.read(results.ResultReader())
		}
		a.err = results.Close()
		return a
	}
	var values [][]byte
	var oids []uint32
	var formats []int16
	for _, p := range parameters {
		values, oids = append(values, p.value), append(oids, p.oid)
		formats = append(formats, map[bool]int16{true: 1}[p.binary])
	}
	a.err = a.read(s.ExecParams(ctx, sql, values, oids, formats, nil))
	return a
}

func (a *answer) read(r *pgconn.ResultReader) error {
	for _, f := range r.FieldDescriptions() {
		a.check("a column's name", []byte(f.Name))
	}
	for r.NextRow() {
		for i, v := range r.Values() {
			a.check(fmt.Sprintf("column %d of row %d", i+1, a.rows+1), v)
			if a.rows == 0 {
				if v != nil {
					v = append([]byte{}, v...)
				}
				a.cells = append(a.cells, v)
			}
		}
		a.rows++
	}
	tag, err := r.Close()
	a.check("a command's tag", []byte(tag.String()))
	return err
}

// check looks whether a text is UTF-8.
func (a *answer) check(what string, text []byte) {
	if a.wrong == "" && !utf8.Valid(text) {
		a.wrong = fmt.Sprintf("%s is not UTF-8: %.200q", what, text)
	}
}

// code is the SQLSTATE of a refusal.
func (a *answer) code() string {
	var told *pgconn.PgError
	if errors.As(a.err, &told) {
		return told.Code
	}
	return ""
}

// said is an error with its detail.
func said(err error) string {
	var told *pgconn.PgError
	if errors.As(err, &told) && told.Detail != "" {
		return err.Error() + ": " + told.Detail
	}
	return err.Error()
}
