package warehouse

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"leat/duck"
	"leat/redshift"
)

// A Session is one client's connection: its transaction, settings and
// temporary tables. It is for one goroutine, except Cancel and Close.
type Session struct {
	w     *Warehouse
	id    int32
	login string     // who connected
	user  string     // who the session acts as: SET SESSION AUTHORIZATION
	conn  *duck.Conn // nil after the database was given up, see usable

	params  parameters
	temp    *tempTables
	tx      transaction
	notices []Notice
	open    *Rows // the result that is being read
	// lost is why what the session had open is gone, until its client is told;
	// ending tells that its commit is under way. See disconnect.
	lost   error
	ending bool

	// use is held by every call of the session and of its rows, so that Close,
	// when the warehouse closes, comes between two calls.
	use    sync.Mutex
	closed bool // guarded by use
	idle   idleWatch

	mu      sync.Mutex         // guards what follows
	cancel  context.CancelFunc // of the running statement
	running uint64             // counts statements, to know which one cancel is of
}

// A Notice is a message beside the results.
type Notice struct{ Severity, SQLSTATE, Message string }

// NewSession makes a session of a user. A database other than the one that is
// here is an error, as in Redshift.
func (w *Warehouse) NewSession(ctx context.Context, user, database string) (*Session, error) {
	if database != "" && database != w.cfg.Database {
		return nil, sqlError("3D000", "database %q does not exist", database)
	}
	if user == "" {
		user = w.cfg.User
	}
	release, err := w.use(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	// A session costs little, and must get in while statements use up the rest.
	defer w.db.Reserve()()
	conn, err := w.db.Connect()
	if err != nil {
		w.suspect(err)
		return nil, translateError(err)
	}
	s := &Session{
		w: w, login: user, user: user, conn: conn, id: w.lastSession.Add(1) + 1000,
		temp: &tempTables{}, tx: transaction{state: txIdle},
	}
	s.params = newParameters(user)
	if err := s.applyParameters(ctx, nil); err != nil {
		conn.Close()
		w.suspect(err)
		return nil, translateError(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		conn.Close()
		return nil, sqlError("57P03", "the warehouse is shutting down")
	}
	w.sessions[s.id] = s
	return s, nil
}

// Close ends the session and rolls back what is open.
func (s *Session) Close() error {
	s.use.Lock()
	defer s.use.Unlock()
	if s.closed {
		return nil
	}
	return s.end()
}

// end closes the session; use is held.
func (s *Session) end() error {
	s.active()
	s.closed = true
	s.w.mu.Lock()
	delete(s.w.sessions, s.id)
	s.w.mu.Unlock()
	if open := s.open; open != nil {
		open.close()
		open.err = s.errClosed() // not the end of its rows
	}
	if s.conn == nil {
		return nil
	}
	s.conn.Rollback()
	return s.conn.Close()
}

// errClosed answers calls of a session that the warehouse has closed.
func (s *Session) errClosed() error {
	if s.idle.ended != nil {
		return s.idle.ended
	}
	return sqlError("57P01", "terminating connection due to administrator command")
}

// ID returns the process id shown to clients.
func (s *Session) ID() int32 { return s.id }

// TxStatus returns 'I' when idle, 'T' in a transaction block, 'E' in a failed
// one.
func (s *Session) TxStatus() byte {
	if s.tx.state == txStatement {
		return byte(txIdle)
	}
	return byte(s.tx.state)
}

// Parameter returns a setting that the protocol reports; "" when there is none.
func (s *Session) Parameter(name string) string { return s.params.get(name) }

// StatementTimeout returns how long a statement may take; 0: for ever.
func (s *Session) StatementTimeout() time.Duration { return s.params.statementTimeout() }

// Notices returns the notices since the last call, and forgets them.
func (s *Session) Notices() []Notice {
	notices := s.notices
	s.notices = nil
	return notices
}

func (s *Session) notice(severity, state, format string, args ...any) {
	if least := s.params.get("client_min_messages"); severity == "INFO" && (least == "warning" || urgent(least)) || urgent(least) {
		return
	}
	s.notices = append(s.notices, Notice{Severity: severity, SQLSTATE: state, Message: fmt.Sprintf(format, args...)})
}

// urgent tells levels of client_min_messages that no notice reaches.
func urgent(level string) bool { return level == "error" || level == "fatal" || level == "panic" }

// Cancel interrupts the running statement, from any goroutine; it then fails
// with SQLSTATE 57014. Without one it does nothing.
func (s *Session) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
}

// errTimeout is the cause of a context that statement_timeout has ended.
var errTimeout = errors.New("statement timeout")

// begin makes the context of one statement, which Cancel and the statement's
// timeout end; spent is how much of the time it has had already.
func (s *Session) begin(ctx context.Context, spent time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if limit := s.params.statementTimeout(); limit > 0 {
		limit = max(limit-spent, time.Nanosecond)
		inner, cancelInner := context.WithTimeoutCause(ctx, limit, errTimeout)
		outer := cancel
		ctx, cancel = inner, func() { cancelInner(); outer() }
	}
	s.mu.Lock()
	s.running++
	mine := s.running
	s.cancel = cancel
	s.mu.Unlock()
	return ctx, func() {
		s.mu.Lock()
		// A result that was read half ends while the statement after it runs,
		// whose cancel this is then.
		if s.running == mine {
			s.cancel = nil
		}
		s.mu.Unlock()
		cancel()
	}
}

// explain turns a failure of a statement into the client's error.
func explain(ctx context.Context, err error) error {
	var own *redshift.Error
	if err != nil && ctx.Err() != nil && !errors.As(err, &own) {
		switch context.Cause(ctx) {
		case errTimeout:
			return sqlError(stateCancelled, "Query cancelled on user's request: statement timeout")
		case errMemory:
			return memoryError()
		}
	}
	return translateError(err)
}

// catalog returns the catalog for one statement, as the open transaction has it.
func (s *Session) catalog(ctx context.Context) *catalog {
	return &catalog{ctx: ctx, w: s.w, conn: s.conn, cache: s.tx.cache, settings: s.settings(), temp: s.temp.columns}
}

// Parse parses statements by the session's rule of literals. Text that would take
// more than the share of the process's memory that a statement may have, before it
// runs, is refused.
func (s *Session) Parse(sql string) ([]redshift.Statement, error) {
	return s.params.literals().ParseWithin(sql, s.w.cfg.mostTokens())
}

// settings are the session's settings that change meaning.
func (s *Session) settings() redshift.Settings {
	set := s.params.settings()
	set.User, set.Database = s.user, s.w.cfg.Database
	return set
}
