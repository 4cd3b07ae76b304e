package pgwire

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"leat/redshift"
	"leat/warehouse"
)

// memEngine is a small real engine without SQL: its statements are words, so that
// tests of the protocol decide exactly what a statement does. Lists are kept
// over transactions as a database keeps rows.
//
//	rows N            N rows (n integer, s varchar(20))
//	types             one row with a value of every type
//	echo T1 T2 …      one row with its parameters, of these types
//	put X             adds X to the list; list returns it
//	begin commit rollback
//	block             runs until cancelled
//	fail, panic, notice, badrow
type memEngine struct {
	mu      sync.Mutex
	list    []string
	nextID  atomic.Int32
	open_   atomic.Int32
	blocked chan struct{} // gets a value whenever a statement blocks
}

func newMemEngine() *memEngine {
	return &memEngine{blocked: make(chan struct{}, 100)}
}

func (e *memEngine) open(ctx context.Context, user, database string) (session, error) {
	if database != "dev" {
		return nil, errorf("3D000", "database %q does not exist", database)
	}
	e.open_.Add(1)
	return &memSession{
		engine: e, id: e.nextID.Add(1), status: 'I', cancel: make(chan struct{}, 1),
		settings: map[string]string{"session_authorization": user},
		texts:    make(map[*warehouse.Prepared][]string),
	}, nil
}

type memStatement string

func (s memStatement) Text() string { return string(s) }

type memSession struct {
	engine   *memEngine
	id       int32
	status   byte
	undo     []string
	cancel   chan struct{}
	settings map[string]string
	notices  []warehouse.Notice
	texts    map[*warehouse.Prepared][]string
}

func (s *memSession) Close() error                 { s.engine.open_.Add(-1); return nil }
func (s *memSession) ID() int32                    { return s.id }
func (s *memSession) OnEnd(func(error))            {}
func (s *memSession) TxStatus() byte               { return s.status }
func (s *memSession) Parameter(name string) string { return s.settings[strings.ToLower(name)] }

func (s *memSession) StatementTimeout() time.Duration {
	ms, _ := strconv.Atoi(s.settings["statement_timeout"])
	return time.Duration(ms) * time.Millisecond
}

func (s *memSession) Cancel() {
	select {
	case s.cancel <- struct{}{}:
	default:
	}
}

func (s *memSession) Notices() []warehouse.Notice {
	n := s.notices
	s.notices = nil
	return n
}

func (s *memSession) parse(sql string) ([]redshift.Statement, error) {
	var stmts []redshift.Statement
	for text := range strings.SplitSeq(sql, ";") {
		text, _, _ = strings.Cut(text, "--")
		if text = strings.TrimSpace(text); text == "syntax" {
			return nil, &redshift.Error{SQLSTATE: "42601", Message: `syntax error at or near "syntax"`, Position: strings.Index(sql, "syntax") + 1, Hint: "Do not."}
		} else if text != "" {
			stmts = append(stmts, memStatement(text))
		}
	}
	return stmts, nil
}

func (s *memSession) control(stmt redshift.Statement) control {
	switch strings.ToLower(stmt.Text()) {
	case "begin":
		return controlBegin
	case "commit":
		return controlCommit
	case "rollback":
		return controlRollback
	}
	return controlNone
}

var memTypes = []struct {
	t redshift.Type
	v any
}{
	{redshift.Type{Name: "smallint"}, int16(-2)},
	{redshift.Type{Name: "integer"}, int32(70000)},
	{redshift.Type{Name: "bigint"}, int64(math.MaxInt64)},
	{redshift.Type{Name: "numeric", Precision: 18, Scale: 4}, "12345.6700"},
	{redshift.Type{Name: "real"}, float32(1.5)},
	{redshift.Type{Name: "double precision"}, 0.1 + 0.2},
	{redshift.Type{Name: "boolean"}, true},
	{redshift.Type{Name: "char", Length: 5}, "ab"},
	{redshift.Type{Name: "varchar", Length: 256}, "żółw"},
	{redshift.Type{Name: "date"}, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
	{redshift.Type{Name: "timestamp"}, time.Date(2024, 2, 29, 1, 2, 3, 450_000_000, time.UTC)},
	{redshift.Type{Name: "timestamptz"}, time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC)},
	{redshift.Type{Name: "time"}, 13*time.Hour + 5*time.Minute + time.Microsecond},
	{redshift.Type{Name: "super"}, `{"a":[1,2]}`},
	{redshift.Type{Name: "varbyte", Length: 10}, []byte("abc")},
	{redshift.Type{Name: "interval"}, "1 day 02:00:00"},
	{redshift.Type{Name: "geometry"}, "0101"},
	{redshift.Type{Name: "unknown"}, "x"},
	{redshift.Type{Name: "integer"}, nil},
	{redshift.Type{Name: "text[]"}, `{a,"b c",NULL}`},
	{redshift.Type{Name: "oid"}, int64(4_000_000_000)},
}

func (s *memSession) Prepare(_ context.Context, stmt redshift.Statement, _ []redshift.Type) (*warehouse.Prepared, error) {
	words := strings.Fields(stmt.Text())
	p := &warehouse.Prepared{}
	if s.status == 'E' && s.control(stmt) == controlNone {
		return nil, errorf("25P02", "current transaction is aborted, commands ignored until end of transaction block")
	}
	switch words[0] {
	case "rows":
		p.Columns = []warehouse.Column{{Name: "n", Type: redshift.Type{Name: "integer"}}, {Name: "s", Type: redshift.Type{Name: "varchar", Length: 20}}}
	case "types":
		for _, c := range memTypes {
			p.Columns = append(p.Columns, warehouse.Column{Name: strings.ReplaceAll(c.t.Name, " ", "_"), Type: c.t})
		}
	case "list", "badrow", "select":
		p.Columns = []warehouse.Column{{Name: "item", Type: redshift.Type{Name: "varchar"}}}
	case "echo":
		for i, name := range words[1:] {
			t := redshift.Type{Name: strings.ReplaceAll(name, "_", " ")}
			p.Params = append(p.Params, t)
			p.Columns = append(p.Columns, warehouse.Column{Name: "p" + strconv.Itoa(i+1), Type: t})
		}
	case "copy":
		return nil, s.failed(errorf("0A000", "COPY FROM STDIN is not supported"))
	case "put", "begin", "BEGIN", "commit", "COMMIT", "rollback", "ROLLBACK", "block", "fail", "panic", "notice", "SET":
	default:
		return nil, s.failed(errorf("42601", "syntax error at or near %q", words[0]))
	}
	s.texts[p] = words
	return p, nil
}

func (s *memSession) failed(err error) error {
	if s.status == 'T' {
		s.status = 'E'
	}
	return err
}

func (s *memSession) execute(ctx context.Context, p *warehouse.Prepared, args []any) (rows, error) {
	words := s.texts[p]
	r := &memRows{tag: strings.ToUpper(words[0])}
	s.engine.mu.Lock()
	defer s.engine.mu.Unlock()
	switch words[0] {
	case "rows":
		n, _ := strconv.Atoi(words[1])
		r.n, r.row = n, func(i int) []any { return []any{int32(i), fmt.Sprint("row ", i)} }
		r.tag = fmt.Sprint("SELECT ", n)
	case "types":
		r.n, r.tag = 1, "SELECT 1"
		r.row = func(int) []any {
			var values []any
			for _, c := range memTypes {
				values = append(values, c.v)
			}
			return values
		}
	case "echo":
		r.n, r.tag, r.row = 1, "SELECT 1", func(int) []any { return args }
	case "list":
		list := append([]string(nil), s.engine.list...)
		r.n, r.row = len(list), func(i int) []any { return []any{list[i]} }
		r.tag = fmt.Sprint("SELECT ", len(list))
	case "badrow":
		r.n, r.row = 3, func(i int) []any { return []any{"x"} }
		r.err = s.failed(errorf("22012", "division by zero"))
	case "select":
		r.tag = "SELECT 0"
	case "put":
		s.engine.list = append(s.engine.list, words[1])
		r.tag = "INSERT 0 1"
	case "begin", "BEGIN":
		s.status, s.undo = 'T', append([]string(nil), s.engine.list...)
	case "commit", "COMMIT", "rollback", "ROLLBACK":
		if s.status == 'E' || strings.EqualFold(words[0], "rollback") && s.status == 'T' {
			s.engine.list = s.undo
		}
		s.status = 'I'
	case "fail":
		return nil, s.failed(&redshift.Error{SQLSTATE: "22012", Message: "division by zero", Detail: "As asked.", Hint: "Do not ask."})
	case "panic":
		panic("as asked")
	case "notice":
		s.notices = append(s.notices, warehouse.Notice{Severity: "INFO", Message: "for your information"})
	case "SET":
		s.settings[strings.ToLower(strings.Trim(words[1], `"`))] = strings.Trim(strings.Join(words[3:], " "), "'")
	case "block":
		s.engine.mu.Unlock()
		defer s.engine.mu.Lock()
		select {
		case <-s.cancel:
		default:
		}
		s.engine.blocked <- struct{}{}
		select {
		case <-s.cancel:
			return nil, s.failed(errorf("57014", "canceled on user's request"))
		case <-ctx.Done():
			return nil, s.failed(ctx.Err())
		}
	}
	return r, nil
}

type memRows struct {
	i, n   int
	row    func(int) []any
	tag    string
	err    error
	closed bool
}

func (r *memRows) Next() bool    { r.i++; return r.i <= r.n && !r.closed }
func (r *memRows) Values() []any { return r.row(r.i - 1) }
func (r *memRows) Tag() string   { return r.tag }
func (r *memRows) Close() error  { r.closed = true; return nil }

func (r *memRows) Err() error {
	if r.closed {
		return errors.New("rows are closed")
	}
	return r.err
}
