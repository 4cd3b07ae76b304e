package pgwire

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"
)

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
	// The message is gone once the next is read.
	name, limit := m.Portal, int(m.MaxRows)
	p, ok := c.portals[name]
	if !ok {
		return errNoPortal(name)
	}
	if p.stmt.stmt == nil {
		c.send(&pgproto3.EmptyQueryResponse{})
		return nil
	}
	if p.done {
		return errorf("55000", "portal %q cannot be run", name)
	}
	if p.result == nil {
		done, err := c.enterGroup(ctx, p)
		if done || err != nil {
			p.done = true
			return err
		}
		if p.result, err = c.sess.execute(ctx, p.stmt.prepared, p.args); err != nil {
			p.done = true
			return err
		}
		p.encode = c.encoders(p.stmt.prepared.Columns, p.formats)
	}
	more, err := c.sendRows(p.result, p.encode, limit)
	if err != nil {
		p.done = true
		p.result.Close()
		return err
	}
	if more {
		c.sendNotices()
		c.send(&pgproto3.PortalSuspended{})
		return nil
	}
	p.done = true
	return c.complete(p.result)
}

// enterGroup opens the protocol's own transaction if the statement is not alone
// between two Syncs. Whether it is shows in the next message: a client that waits for the answer
// before it goes on has sent Sync or Flush.
func (c *conn) enterGroup(ctx context.Context, p *portal) (done bool, err error) {
	next, err := c.peek()
	if err != nil {
		return false, &connectionError{err}
	}
	_, last := next.(*pgproto3.Sync)
	return c.enterTransaction(ctx, p.stmt.stmt, last)
}

func (c *conn) closePortal(name string) {
	p, ok := c.portals[name]
	if !ok {
		return
	}
	delete(c.portals, name)
	if p.result != nil {
		// The portal has been answered, or nobody asks any more.
		p.result.Close()
	}
}

func (c *conn) closePortals() {
	for name := range c.portals {
		c.closePortal(name)
	}
}
