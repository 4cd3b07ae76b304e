package pgwire

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat/redshift"
)

// simpleQuery answers a Query message: any number of statements as text.
// Several are one transaction; the first that fails undoes those before it and
// leaves out those after it.
func (c *conn) simpleQuery(ctx context.Context, sql string) error {
	// The unnamed statement and portal end here, as in PostgreSQL.
	delete(c.statements, "")
	c.closePortal("")
	if err := c.simpleStatements(ctx, sql); err != nil {
		c.failStatement(ctx, err)
	}
	return c.ready()
}

func (c *conn) simpleStatements(ctx context.Context, sql string) error {
	stmts, err := c.sess.parse(sql)
	if err != nil {
		return err
	}
	if len(stmts) == 0 {
		c.send(&pgproto3.EmptyQueryResponse{})
		return nil
	}
	for i, stmt := range stmts {
		last := i == len(stmts)-1
		if err := c.simpleStatement(ctx, stmt, last); err != nil {
			return err
		}
	}
	return c.commitImplicit(ctx)
}

func (c *conn) simpleStatement(ctx context.Context, stmt redshift.Statement, last bool) error {
	done, err := c.enterTransaction(ctx, stmt, last)
	if done || err != nil {
		return err
	}
	prepared, err := c.sess.Prepare(ctx, stmt, nil)
	if err != nil {
		return err
	}
	result, err := c.sess.execute(ctx, prepared, nil)
	if err != nil {
		return err
	}
	defer result.Close()
	if prepared.Columns != nil {
		c.send(rowDescription(prepared.Columns, nil))
	}
	if _, err := c.sendRows(result, c.encoders(prepared.Columns, nil), 0); err != nil {
		return err
	}
	return c.complete(result)
}

// complete ends a statement that has sent all its rows.
func (c *conn) complete(result rows) error {
	tag := result.Tag()
	if err := result.Close(); err != nil {
		return err
	}
	c.sendNotices()
	c.send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
	return nil
}

func (c *conn) sendNotices() {
	for _, n := range c.sess.Notices() {
		c.send(noticeResponse(n))
	}
}

// failStatement tells the client that a statement failed.
func (c *conn) failStatement(ctx context.Context, err error) {
	c.rollbackImplicit(ctx)
	c.sendNotices()
	c.send(errorResponse("ERROR", err))
}

// ready tells the client that it may go on, and writes what is buffered.
func (c *conn) ready() error {
	if c.sess.TxStatus() == 'I' {
		c.closePortals()
	}
	c.reportParameters()
	c.send(&pgproto3.ReadyForQuery{TxStatus: c.sess.TxStatus()})
	return c.flush()
}

// run runs a statement of our own, without telling the client.
func (c *conn) run(ctx context.Context, sql string) error {
	stmts, err := c.sess.parse(sql)
	if err != nil {
		return err
	}
	for _, stmt := range stmts {
		prepared, err := c.sess.Prepare(ctx, stmt, nil)
		if err != nil {
			return err
		}
		result, err := c.sess.execute(ctx, prepared, nil)
		if err != nil {
			return err
		}
		for result.Next() {
		}
		if err := result.Err(); err != nil {
			result.Close()
			return err
		}
		if err := result.Close(); err != nil {
			return err
		}
	}
	return nil
}
