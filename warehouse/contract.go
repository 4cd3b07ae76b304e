// Package warehouse is the database behind Redshift's SQL: catalog, sessions,
// tables, streaming views, system views, over DuckDB.
package warehouse

import (
	"context"
	"log/slog"
	"time"

	"leat/redshift"
	"leat/source"
)

// Config configures a Warehouse.
type Config struct {
	Dir         string // folder of the database files
	MemoryBytes int64  // DuckDB's limit; default 384 MiB
	Threads     int    // default 2
	Database    string // default "dev"
	User        string // default "admin"
	// OpenSource opens a stream of an external schema of a kind (KINESIS …). An
	// unknown stream is a leat.Error with code NotFound.
	OpenSource func(ctx context.Context, kind, name string) (source.Source, error)
	Now        func() time.Time
	Logger     *slog.Logger
}

// A Warehouse is one open database.
type Warehouse struct{}

func Open(cfg Config) (*Warehouse, error)          { panic("contract") }
func (w *Warehouse) Run(ctx context.Context) error { panic("contract") } // auto refresh: one loop per view, woken by its stream
func (w *Warehouse) Close() error                  { panic("contract") }

// A Session is one client's connection. It is for one goroutine, except Cancel.
type Session struct{}

func (w *Warehouse) NewSession(ctx context.Context, user, database string) (*Session, error) {
	panic("contract")
}
func (s *Session) Close() error   { panic("contract") }
func (s *Session) ID() int32      { panic("contract") } // process id shown to clients
func (s *Session) TxStatus() byte { panic("contract") } // 'I' idle, 'T' in transaction, 'E' failed transaction

// Cancel interrupts the running statement, from any goroutine; it then fails with 57014.
func (s *Session) Cancel() { panic("contract") }

// Parameter returns a setting that the protocol reports (server_version, TimeZone …).
func (s *Session) Parameter(name string) string { panic("contract") }

// Prepare resolves one statement: result columns and parameter types, without
// running it. paramTypes may be shorter than the statement's parameters; Name "unknown" to infer.
func (s *Session) Prepare(ctx context.Context, stmt redshift.Statement, paramTypes []redshift.Type) (*Prepared, error) {
	panic("contract")
}

// A Prepared statement can be executed often in its session; it re-plans itself when the catalog has changed.
type Prepared struct {
	Columns []Column // nil: returns no rows
	Params  []redshift.Type
}

// Column describes a result column.
type Column struct {
	Name string
	Type redshift.Type
}

// Execute runs it. Args are Go values: nil, bool, int64, float64, string, []byte, time.Time
// (strings are accepted for every type and cast by the database).
func (s *Session) Execute(ctx context.Context, p *Prepared, args []any) (*Rows, error) {
	panic("contract")
}

// Rows are the results of a statement, streamed.
type Rows struct{}

func (r *Rows) Columns() []Column { panic("contract") }
func (r *Rows) Next() bool        { panic("contract") }

// Values are the row's values, valid until Next. By redshift type: bool; int16/int32/int64;
// float32/float64; numeric → string; char, varchar, super, geometry, unknown → string; varbyte → []byte;
// date, timestamp, timestamptz → time.Time; time → time.Duration since midnight; interval → string; nil for NULL.
func (r *Rows) Values() []any { panic("contract") }
func (r *Rows) Err() error    { panic("contract") }
func (r *Rows) Close() error  { panic("contract") }

// Tag is the command tag ("SELECT 3", "INSERT 0 5", "CREATE TABLE"), valid after Next returned false.
func (r *Rows) Tag() string { panic("contract") }

// Notices returns notices raised so far and forgets them (INFO/WARNING texts).
func (s *Session) Notices() []Notice { panic("contract") }

type Notice struct{ Severity, SQLSTATE, Message string }

// ViewStatus is how far a streaming view is.
type ViewStatus struct {
	Schema, Name string
	Stream       string
	AutoRefresh  bool
	Rows         uint64 // rows inserted since the view was made
	Quarantined  uint64
	Filtered     uint64 // records that the view's WHERE left out
	Read         uint64 // Read = Rows + Quarantined + Filtered (for views without unnesting)
	Pending      uint64 // records not yet read
	Position     source.Position
	LastRefresh  time.Time
	LastError    string
}

func (w *Warehouse) Views() []ViewStatus { panic("contract") }

// OnRefresh, if set before Run, is called after each committed refresh with the newest arrival time it made visible.
func (w *Warehouse) OnRefresh(f func(view string, rows int, newestArrival time.Time)) {
	panic("contract")
}
