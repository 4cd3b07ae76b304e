package pgwire

import (
	"context"
	"time"

	"leat/redshift"
	"leat/warehouse"
)

// An engine runs the statements of connections. The warehouse is the one that
// ships; tests of the protocol use a small one in memory that can be told to
// block, fail and panic.
type engine interface {
	open(ctx context.Context, user, database string) (session, error)
}

// A session is what a connection needs of a warehouse.Session. Rows
// stay readable when another statement is run before they are read to their end.
type session interface {
	Close() error
	ID() int32
	TxStatus() byte
	Cancel()
	OnEnd(f func(error))
	Parameter(name string) string
	StatementTimeout() time.Duration // 0: none
	Notices() []warehouse.Notice
	Prepare(ctx context.Context, stmt redshift.Statement, paramTypes []redshift.Type) (*warehouse.Prepared, error)

	parse(sql string) ([]redshift.Statement, error)
	execute(ctx context.Context, p *warehouse.Prepared, args []any) (rows, error)
	control(stmt redshift.Statement) control
}

// rows are what a connection needs of warehouse.Rows.
type rows interface {
	Next() bool
	Values() []any
	Err() error
	Close() error
	Tag() string
}

// A control says whether a statement opens or ends a transaction block.
type control int

const (
	controlNone control = iota
	controlBegin
	controlCommit
	controlRollback
)

// warehouseEngine is the engine over a warehouse.
type warehouseEngine struct{ w *warehouse.Warehouse }

func (e warehouseEngine) open(ctx context.Context, user, database string) (session, error) {
	s, err := e.w.NewSession(ctx, user, database)
	if err != nil {
		return nil, err
	}
	return warehouseSession{s}, nil
}

type warehouseSession struct{ *warehouse.Session }

func (s warehouseSession) parse(sql string) ([]redshift.Statement, error) {
	return s.Parse(sql)
}

func (s warehouseSession) execute(ctx context.Context, p *warehouse.Prepared, args []any) (rows, error) {
	r, err := s.Execute(ctx, p, args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s warehouseSession) control(stmt redshift.Statement) control {
	switch stmt.(type) {
	case *redshift.Begin:
		return controlBegin
	case *redshift.Commit:
		return controlCommit
	case *redshift.Rollback:
		return controlRollback
	}
	return controlNone
}
