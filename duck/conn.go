package duck

import (
	"context"
	"errors"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// A Conn is one connection: its own transaction, temporary tables and search
// path.
//
// Why so much here is about transactions: DuckDB plans a prepared statement
// with the tables' statistics of that moment, and does not plan it again when
// rows have come since. A filter that no row could pass then is dropped for
// good, a text that was short is read as if it still were: the result is
// wrong, without an error. Preparing and running within one transaction is
// safe, since a transaction does not see what comes after it began. Exec, Query and
// Row do so by themselves; see Prepare for what users of a Stmt must keep to.
type Conn struct {
	db     *DB
	handle duckdb.Connection
	inTx   bool
	wrote  bool // the transaction may have changed something
}

// connect makes a connection to the empty database in memory that the file is
// attached to.
func (db *DB) connect() (*Conn, error) {
	conn := &Conn{db: db}
	if duckdb.Connect(db.handle, &conn.handle) == duckdb.StateError {
		return nil, &Error{Type: Connection, Message: "the database takes no more connections", Position: -1}
	}
	return conn, nil
}

// Connect makes a connection.
func (db *DB) Connect() (*Conn, error) {
	conn, err := db.connect()
	if err != nil {
		return nil, err
	}
	if db.main != "" {
		if _, err := conn.simple(context.Background(), "USE "+Identifier(db.main)); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

// Close rolls back what is open and gives up the connection. Statements and
// results that came from it must be closed before.
func (c *Conn) Close() error {
	if c.inTx {
		defer c.ending()()
	}
	duckdb.Disconnect(&c.handle)
	return nil
}

// Interrupt makes the running query fail with type Interrupt, from any
// goroutine. Without a running query it does nothing.
func (c *Conn) Interrupt() { duckdb.Interrupt(c.handle) }

// Wrote reports whether the open transaction may have changed something.
func (c *Conn) Wrote() bool { return c.inTx && c.wrote }

// Begin opens a transaction.
func (c *Conn) Begin(ctx context.Context) error {
	c.db.reserve.began()
	_, err := c.simple(ctx, "BEGIN")
	c.inTx, c.wrote = true, false
	if err != nil {
		// An interrupt may come when the transaction is open already: it is aborted
		// then, and would be in the way of every later one.
		if left := c.Rollback(); left != nil {
			return errors.Join(err, left)
		}
		return err
	}
	return nil
}

// ending keeps memory for the end of the transaction until the result is called.
func (c *Conn) ending() (release func()) {
	wrote := c.wrote
	lower := c.db.reserve.ending(wrote)
	c.wrote = false
	return func() {
		c.db.reserve.ended(wrote)
		lower()
	}
}

// alone keeps memory for a statement that is a transaction by itself; within a
// transaction it does nothing.
func (c *Conn) alone() (release func()) {
	if c.inTx {
		return func() {}
	}
	c.db.reserve.began()
	return c.ending()
}

// Commit ends the transaction. It is not interrupted half-way. DuckDB takes the
// commit of a transaction in which a statement has failed for a rollback and
// returns no error: look at the statements' errors.
func (c *Conn) Commit() error {
	c.inTx = false
	defer c.ending()()
	_, err := c.simple(context.Background(), "COMMIT")
	return err
}

// Rollback undoes the transaction; without one it does nothing.
func (c *Conn) Rollback() error {
	if !c.inTx {
		return nil
	}
	c.inTx = false
	defer c.ending()()
	_, err := c.simple(context.Background(), "ROLLBACK")
	if TypeOf(err) == Transaction {
		return nil // it has ended by itself
	}
	return err
}

// simple runs a statement without parameters, in one go.
func (c *Conn) simple(ctx context.Context, sql string) (int64, error) {
	stop := c.watch(ctx)
	var result duckdb.Result
	state := duckdb.Query(c.handle, sql, &result)
	stop()
	defer duckdb.DestroyResult(&result)
	if state == duckdb.StateError {
		return 0, resultError(&result)
	}
	return int64(duckdb.RowsChanged(&result)), nil
}

// within runs f in the open transaction, or in one of its own.
func (c *Conn) within(ctx context.Context, f func() error) error {
	if c.inTx {
		return f()
	}
	if err := c.Begin(ctx); err != nil {
		return err
	}
	if err := f(); err != nil {
		c.Rollback()
		return err
	}
	return c.Commit()
}

// Exec runs one statement and returns how many rows it changed. Transactions are
// opened with Begin, not with Exec. Without one, the statement gets its own,
// whose end is Commit's or Rollback's, never DuckDB's own: see ending.
func (c *Conn) Exec(ctx context.Context, sql string, args ...any) (changed int64, err error) {
	if isSetting(sql) {
		defer c.alone()()
		return c.simple(ctx, sql)
	}
	err = c.within(ctx, func() error {
		c.wrote = true
		if len(args) == 0 {
			changed, err = c.simple(ctx, sql)
			return err
		}
		stmt, err := c.Prepare(ctx, sql)
		if err != nil {
			return err
		}
		defer stmt.Close()
		changed, err = stmt.Exec(ctx, args...)
		return err
	})
	return changed, err
}

// isSetting tells the statements that are no part of a transaction: settings and
// variables of the connection.
func isSetting(sql string) bool {
	return strings.HasPrefix(sql, "SET ") || strings.HasPrefix(sql, "RESET ") || sql == "CHECKPOINT"
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

// Query runs one statement and streams its result. The connection is busy, and
// the transaction that Query opens when there is none is open, until the result
// is closed.
func (c *Conn) Query(ctx context.Context, sql string, args ...any) (*Result, error) {
	own := !c.inTx
	if own {
		if err := c.Begin(ctx); err != nil {
			return nil, err
		}
	}
	fail := func(err error) (*Result, error) {
		if own {
			c.Rollback()
		}
		return nil, err
	}
	stmt, err := c.Prepare(ctx, sql)
	if err != nil {
		return fail(err)
	}
	result, err := stmt.Query(ctx, args...)
	if err != nil {
		stmt.Close()
		return fail(err)
	}
	result.owned = stmt
	if own {
		result.transaction = c
	}
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
	if ctx.Done() == nil {
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
