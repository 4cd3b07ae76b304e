package duck

import (
	"context"
	"time"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// A Conn is one connection: its own transaction, temporary tables and search
// path.
type Conn struct {
	handle duckdb.Connection
}

// Connect makes a connection.
func (db *DB) Connect() (*Conn, error) {
	conn := &Conn{}
	if duckdb.Connect(db.handle, &conn.handle) == duckdb.StateError {
		return nil, &Error{Type: Connection, Message: "the database takes no more connections", Position: -1}
	}
	return conn, nil
}

// Close rolls back what is open and gives up the connection. Statements and
// results that came from it must be closed before.
func (c *Conn) Close() error {
	duckdb.Disconnect(&c.handle)
	return nil
}

// Interrupt makes the running query fail with type Interrupt, from any
// goroutine. Without a running query it does nothing.
func (c *Conn) Interrupt() { duckdb.Interrupt(c.handle) }

// Exec runs one statement and returns how many rows it changed. A nil context
// never ends.
func (c *Conn) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	stmt, err := c.Prepare(sql)
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	return stmt.Exec(ctx, args...)
}

// ExecAll runs several statements, in order, up to the first failure.
func (c *Conn) ExecAll(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := c.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// Query runs one statement and streams its result. The connection is busy
// until the result is closed.
func (c *Conn) Query(ctx context.Context, sql string, args ...any) (*Result, error) {
	stmt, err := c.Prepare(sql)
	if err != nil {
		return nil, err
	}
	result, err := stmt.Query(ctx, args...)
	if err != nil {
		stmt.Close()
		return nil, err
	}
	result.owned = stmt
	return result, nil
}

// Row runs a statement and returns its first row, nil when it has none.
func (c *Conn) Row(ctx context.Context, sql string, args ...any) ([]any, error) {
	result, err := c.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	if !result.Next() {
		return nil, result.Err()
	}
	return append([]any(nil), result.Values()...), nil
}

// watch interrupts the connection when ctx ends, again and again until the
// returned function is called: an interrupt that comes before the query has
// started would be lost.
func (c *Conn) watch(ctx context.Context) (stop func()) {
	if ctx == nil || ctx.Done() == nil {
		return func() {}
	}
	done := make(chan struct{})
	gone := make(chan struct{})
	unregister := context.AfterFunc(ctx, func() {
		defer close(gone)
		for {
			c.Interrupt()
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	})
	return func() {
		close(done)
		if !unregister() {
			<-gone
		}
	}
}
