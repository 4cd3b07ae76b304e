package pgwire

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"
)

// A portal is a statement with its arguments, ready to run. It lives until it
// is closed, replaced, or its transaction ends.
type portal struct {
	stmt    *statement
	args    []any
	formats []int16

	encode []encoder
	result rows // nil until executed
	ended  bool // all rows are sent, or it has failed
	failed bool
}

// A connectionError is a failure of the connection in the middle of a statement,
// as opposed to one of the statement.
type connectionError struct{ err error }

func (e *connectionError) Error() string { return e.err.Error() }
func (e *connectionError) Unwrap() error { return e.err }

func asConnectionError(err error, target **connectionError) bool {
	return errors.As(err, target)
}

// execute runs a portal, or goes on with one that was suspended.
func (c *conn) execute(ctx context.Context, m *pgproto3.Execute) error {
	name, limit := m.Portal, int(m.MaxRows)
	p, ok := c.portals[name]
	switch {
	case !ok:
		return errNoPortal(name)
	case p.stmt.stmt == nil:
		c.send(&pgproto3.EmptyQueryResponse{})
		return nil
	case p.ended && p.result != nil && p.stmt.prepared.Columns != nil && !p.failed:
		// Behind the last row there are none, as often as a client asks.
		c.send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 0")})
		return nil
	case p.ended:
		return errorf("55000", "portal %q cannot be run", name)
	}
	if p.result == nil {
		if answered, err := c.startPortal(ctx, p); answered || err != nil {
			p.ended = true
			return err
		}
	}
	more, err := c.sendRows(p.result, p.encode, limit)
	switch {
	case err != nil:
		p.failed = true
		c.endPortal(p)
		return err
	case more:
		c.sendNotices()
		c.send(&pgproto3.PortalSuspended{})
		return nil
	}
	p.ended = true
	return c.complete(p.result)
}

// startPortal runs a portal's statement up to its first row. Answered means that
// nothing was left to run.
func (c *conn) startPortal(ctx context.Context, p *portal) (answered bool, err error) {
	answered, err = c.enterGroup(ctx, p)
	if answered || err != nil {
		return answered, err
	}
	p.encode = c.encoders(p.stmt.prepared.Columns, p.formats)
	p.result, err = c.sess.execute(ctx, p.stmt.prepared, p.args)
	return false, err
}

// enterGroup opens the protocol's own transaction if the statement is not alone
// between two Syncs. Whether it is shows in the next message: a client that
// waits for the answer before it goes on has sent Sync or Flush.
func (c *conn) enterGroup(ctx context.Context, p *portal) (answered bool, err error) {
	next, err := c.peek(ctx)
	if err != nil {
		return false, &connectionError{err}
	}
	return c.enterTransaction(ctx, p.stmt.stmt, next.kind == 'S')
}

// endPortal gives back what a portal holds.
func (c *conn) endPortal(p *portal) {
	p.ended = true
	if p.result != nil {
		// It has been answered, or nobody asks any more.
		p.result.Close()
	}
}

func (c *conn) closePortal(name string) {
	if p, ok := c.portals[name]; ok {
		delete(c.portals, name)
		c.endPortal(p)
	}
}

func (c *conn) closePortals() {
	for name := range c.portals {
		c.closePortal(name)
	}
}
