package pgwire

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat/redshift"
	"leat/warehouse"
)

// A statement is what Parse made. It lives until it is closed, replaced (the
// unnamed one), or the connection ends.
type statement struct {
	stmt      redshift.Statement // nil: the text held no statement
	prepared  *warehouse.Prepared
	paramOIDs []uint32
}

// extended handles a message of the extended protocol. An error is told at once,
// for a client may wait for it before it sends Sync or Flush; then messages are
// skipped until Sync.
func (c *conn) extended(ctx context.Context, f func() error) error {
	err := f()
	var gone *connectionError
	if asConnectionError(err, &gone) {
		return gone.err
	}
	if err != nil {
		c.failStatement(ctx, err)
		c.skipping = true
		return c.flush()
	}
	return nil
}

// sync ends a group of messages and with it the protocol's own transaction.
func (c *conn) sync(ctx context.Context) error {
	c.skipping = false
	if err := c.commitImplicit(ctx); err != nil {
		c.failStatement(ctx, err)
	}
	return c.ready()
}

func (c *conn) parse(ctx context.Context, m *pgproto3.Parse) error {
	if _, exists := c.statements[m.Name]; exists && m.Name != "" {
		return errorf("42P05", "prepared statement %q already exists", m.Name)
	}
	delete(c.statements, m.Name)
	stmts, err := c.sess.parse(m.Query)
	if err != nil {
		return err
	}
	if len(stmts) > 1 {
		return errorf("42601", "cannot insert multiple commands into a prepared statement")
	}
	s := &statement{prepared: &warehouse.Prepared{}}
	if len(stmts) == 1 {
		s.stmt = stmts[0]
		if s.prepared, err = c.sess.Prepare(ctx, s.stmt, paramTypes(m.ParameterOIDs)); err != nil {
			return err
		}
	}
	if err := checkArrays(m.ParameterOIDs, s.prepared.Params); err != nil {
		return err
	}
	s.paramOIDs = describedOIDs(m.ParameterOIDs, s.prepared.Params)
	c.statements[m.Name] = s
	c.send(&pgproto3.ParseComplete{})
	return nil
}

func paramTypes(oids []uint32) []redshift.Type {
	types := make([]redshift.Type, len(oids))
	for i, oid := range oids {
		types[i] = paramType(oid)
	}
	return types
}

// describedOIDs are the parameters' types as the client is told: its own where
// it gave them.
func describedOIDs(given []uint32, params []redshift.Type) []uint32 {
	oids := make([]uint32, len(params))
	for i, t := range params {
		oids[i] = paramOID(t)
		if i < len(given) && given[i] != 0 {
			oids[i] = given[i]
		}
	}
	return oids
}

func (c *conn) bind(m *pgproto3.Bind) error {
	s, ok := c.statements[m.PreparedStatement]
	if !ok {
		return errNoStatement(m.PreparedStatement)
	}
	if _, exists := c.portals[m.DestinationPortal]; exists && m.DestinationPortal != "" {
		return errorf("42P03", "cursor %q already exists", m.DestinationPortal)
	}
	c.closePortal(m.DestinationPortal)
	if len(m.Parameters) != len(s.paramOIDs) {
		return errorf("08P01", "bind message supplies %d parameters, but prepared statement %q requires %d",
			len(m.Parameters), m.PreparedStatement, len(s.paramOIDs))
	}
	args, err := c.decodeParams(m, s.paramOIDs)
	if err != nil {
		return err
	}
	if err := checkFormats(m.ResultFormatCodes, len(s.prepared.Columns)); err != nil {
		return err
	}
	c.portals[m.DestinationPortal] = &portal{stmt: s, args: args, formats: m.ResultFormatCodes}
	c.send(&pgproto3.BindComplete{})
	return nil
}

// checkFormats holds for result formats: none, one for all, or one per column.
func checkFormats(formats []int16, columns int) error {
	if len(formats) > 1 && len(formats) != columns {
		return errorf("08P01", "bind message has %d result formats but query has %d columns", len(formats), columns)
	}
	for _, f := range formats {
		if f != pgproto3.TextFormat && f != pgproto3.BinaryFormat {
			return errorf("22023", "unsupported format code: %d", f)
		}
	}
	return nil
}

func (c *conn) describe(m *pgproto3.Describe) error {
	if m.ObjectType == 'S' {
		s, ok := c.statements[m.Name]
		if !ok {
			return errNoStatement(m.Name)
		}
		c.send(&pgproto3.ParameterDescription{ParameterOIDs: s.paramOIDs})
		c.describeColumns(s.prepared.Columns, nil)
		return nil
	}
	p, ok := c.portals[m.Name]
	if !ok {
		return errNoPortal(m.Name)
	}
	c.describeColumns(p.stmt.prepared.Columns, p.formats)
	return nil
}

func (c *conn) describeColumns(columns []warehouse.Column, formats []int16) {
	if columns == nil {
		c.send(&pgproto3.NoData{})
		return
	}
	c.send(rowDescription(columns, formats))
}

func (c *conn) closeNamed(m *pgproto3.Close) error {
	// What is not there counts as closed.
	if m.ObjectType == 'S' {
		if s, ok := c.statements[m.Name]; ok {
			for name, p := range c.portals {
				if p.stmt == s {
					c.closePortal(name)
				}
			}
			delete(c.statements, m.Name)
		}
	} else {
		c.closePortal(m.Name)
	}
	c.send(&pgproto3.CloseComplete{})
	return nil
}

func errNoStatement(name string) error {
	if name == "" {
		return errorf("26000", "unnamed prepared statement does not exist")
	}
	return errorf("26000", "prepared statement %q does not exist", name)
}

func errNoPortal(name string) error {
	return errorf("34000", "portal %q does not exist", name)
}
