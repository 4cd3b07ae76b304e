package pgwire

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"
)

// maxStoredBytes bounds the rows that are kept for a suspended portal when its
// session is needed for something else.
const maxStoredBytes = 64 << 20

// A portal is a statement with its arguments, ready to run. It lives until it
// is closed, replaced, or its transaction ends.
//
// A client may leave a portal in the middle of its rows and run something else.
// The session cannot; so the rest of the rows is then read and kept here.
type portal struct {
	stmt    *statement
	args    []any
	formats []int16

	started bool
	ended   bool // all rows are sent, or it has failed
	encode  []encoder
	result  rows   // what the session gives; nil once it is read
	stored  []byte // DataRow messages read ahead
	tag     string // once result is read
	failed  error  // what reading ahead met; told when its place comes
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
	// The message is gone once the next is read.
	name, limit := m.Portal, int(m.MaxRows)
	p, ok := c.portals[name]
	switch {
	case !ok:
		return errNoPortal(name)
	case p.stmt.stmt == nil:
		c.send(&pgproto3.EmptyQueryResponse{})
		return nil
	case p.ended:
		return errorf("55000", "portal %q cannot be run", name)
	}
	if !p.started {
		if answered, err := c.startPortal(ctx, p); answered || err != nil {
			p.ended = true
			return err
		}
	}
	more, err := c.sendPortal(p, limit)
	switch {
	case err != nil:
		c.endPortal(p)
		return err
	case more:
		c.sendNotices()
		c.send(&pgproto3.PortalSuspended{})
		return nil
	}
	c.endPortal(p)
	c.complete(p.tag)
	return nil
}

// startPortal runs a portal's statement up to its first row. Answered means that
// nothing was left to run.
func (c *conn) startPortal(ctx context.Context, p *portal) (answered bool, err error) {
	p.started = true
	c.freeSession()
	answered, err = c.enterGroup(ctx, p)
	if answered || err != nil {
		return answered, err
	}
	p.encode = c.encoders(p.stmt.prepared.Columns, p.formats)
	p.result, err = c.sess.execute(ctx, p.stmt.prepared, p.args)
	if err != nil {
		return false, err
	}
	c.open = p
	return false, nil
}

// enterGroup opens the protocol's own transaction if the statement is not alone
// between two Syncs. Whether it is shows in the next message: a client that
// waits for the answer before it goes on has sent Sync or Flush.
func (c *conn) enterGroup(ctx context.Context, p *portal) (answered bool, err error) {
	next, err := c.peek()
	if err != nil {
		return false, &connectionError{err}
	}
	_, last := next.(*pgproto3.Sync)
	return c.enterTransaction(ctx, p.stmt.stmt, last)
}

// sendPortal sends the next rows, as many as limit (0: all), and reports whether
// it stopped there.
func (c *conn) sendPortal(p *portal, limit int) (more bool, err error) {
	if p.result == nil {
		more, err = c.sendStored(p, limit)
		if more || err != nil {
			return more, err
		}
		return false, p.failed
	}
	if more, err = c.sendRows(p.result, p.encode, limit); more || err != nil {
		return more, err
	}
	p.tag = p.result.Tag()
	return false, nil
}

// sendStored sends rows that were read ahead.
func (c *conn) sendStored(p *portal, limit int) (more bool, err error) {
	for sent := 0; len(p.stored) > 0; {
		size := 1 + binary.BigEndian.Uint32(p.stored[1:])
		if _, err := c.out.Write(p.stored[:size]); err != nil {
			return false, &connectionError{errors.Join(errClientGone, err)}
		}
		p.stored = p.stored[size:]
		if sent++; sent == limit {
			return true, nil
		}
	}
	return false, nil
}

// freeSession makes the session ready for another statement: the rest of the rows it
// is in the middle of is read and kept.
func (c *conn) freeSession() {
	p := c.open
	if p == nil {
		return
	}
	for p.failed == nil && p.result.Next() {
		if len(p.stored) > maxStoredBytes {
			p.failed = errorf("54000", "another statement was run in the middle of a result of which more than %d MiB were still to come",
				maxStoredBytes>>20)
			break
		}
		if p.encode == nil {
			continue
		}
		if p.stored, p.failed = appendRow(p.stored, p.result.Values(), p.encode); p.failed != nil {
			break
		}
	}
	if p.failed == nil {
		p.failed = p.result.Err()
	}
	if p.failed == nil {
		p.tag = p.result.Tag()
	}
	p.result.Close()
	p.result = nil
	c.open = nil
}

// endPortal gives back what a portal holds.
func (c *conn) endPortal(p *portal) {
	p.ended = true
	p.stored = nil
	if p.result != nil {
		// It has been answered, or nobody asks any more.
		p.result.Close()
		p.result = nil
	}
	if c.open == p {
		c.open = nil
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
