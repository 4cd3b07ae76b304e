package pgwire

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat/redshift"
	"leat/warehouse"
)

// The protocol's own transactions. PostgreSQL runs all statements of one Query
// message, or of the messages between two Syncs, in one transaction that no
// statement has opened: it commits at the end, or is undone by the first error.
// One statement alone is its own transaction and needs none from here; so the
// transaction is opened only when a statement comes that is not the last.

// enterTransaction prepares for running stmt: last tells that nothing follows it
// in its message or before the next Sync. Done means that stmt had no more effect
// than what has been done, and has been answered.
func (c *conn) enterTransaction(ctx context.Context, stmt redshift.Statement, last bool) (done bool, err error) {
	kind := c.sess.control(stmt)
	c.implicit = c.implicit && c.sess.TxStatus() != 'I' // a TRUNCATE has committed it
	switch {
	case c.implicit && kind == controlBegin:
		// The statements so far become part of the block, as in PostgreSQL.
		c.implicit = false
		c.send(&pgproto3.CommandComplete{CommandTag: []byte("BEGIN")})
		return true, nil
	case c.implicit && (kind == controlCommit || kind == controlRollback):
		c.send(noticeResponse(warehouse.Notice{
			Severity: "WARNING", SQLSTATE: "25P01", Message: "there is no transaction in progress",
		}))
		c.implicit = false
		return false, nil
	case kind == controlNone && !last && c.sess.TxStatus() == 'I':
		if err := c.run(ctx, "BEGIN"); err != nil {
			return false, err
		}
		c.implicit = true
	}
	return false, nil
}

// commitImplicit ends the protocol's own transaction, if there is one.
func (c *conn) commitImplicit(ctx context.Context) error {
	if !c.implicit {
		return nil
	}
	c.implicit = false
	c.closePortals()
	if c.sess.TxStatus() == 'I' {
		return nil // a TRUNCATE has committed it
	}
	return c.run(ctx, "COMMIT")
}

// rollbackImplicit undoes the protocol's own transaction, if there is one.
func (c *conn) rollbackImplicit(ctx context.Context) {
	if !c.implicit {
		return
	}
	c.implicit = false
	c.closePortals()
	if c.sess.TxStatus() == 'I' {
		return
	}
	if err := c.run(ctx, "ROLLBACK"); err != nil {
		c.server.cfg.Logger.Warn("roll back", "client", c.net.RemoteAddr(), "err", err)
	}
}
