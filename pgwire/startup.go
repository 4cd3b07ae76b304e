package pgwire

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// maxStartupBytes bounds the messages of a client that has not proved who it is.
const maxStartupBytes = 8 << 10

// start brings a new connection to where it takes statements. False without an
// error: the connection was for a cancel request, which is done.
func (c *conn) start(ctx context.Context) (bool, error) {
	c.setReadDeadline(time.Now().Add(c.server.cfg.StartupTimeout))
	startup, err := c.receiveStartup(ctx)
	if startup == nil || err != nil {
		return false, err
	}
	params := maps.Clone(startup.Parameters)
	user, database := params["user"], params["database"]
	if database == "" {
		database = user
	}
	if user == "" {
		return false, errorf("28000", "no PostgreSQL user name specified in startup packet")
	}
	if params["replication"] != "" && params["replication"] != "false" {
		return false, errorf("0A000", "replication connections are not supported")
	}
	c.negotiate(startup)
	if !c.server.admit(c) {
		return false, errorf("53300", "too many connections: the limit is %d", c.server.cfg.MaxConnections)
	}
	if err := c.authenticate(user); err != nil {
		return false, err
	}
	c.sess, err = c.server.engine.open(ctx, user, database)
	if err != nil {
		c.sess = nil
		return false, err
	}
	if err := c.applyStartup(ctx, params); err != nil {
		return false, err
	}
	c.reportParameters()
	c.send(&pgproto3.BackendKeyData{ProcessID: uint32(c.sess.ID()), SecretKey: c.server.cancel.add(c.sess)})
	c.backend.SetMaxBodyLen(c.server.cfg.MaxMessageBytes)
	c.setReadDeadline(time.Time{})
	return true, c.ready()
}

// receiveStartup reads until the start-up packet, agreeing on encryption before
// it. Without packet and error, the connection was for a cancel request.
func (c *conn) receiveStartup(ctx context.Context) (*pgproto3.StartupMessage, error) {
	// A client asks at most for GSS, then for TLS, then starts.
	for range 3 {
		msg, err := c.backend.ReceiveStartupMessage()
		if err != nil {
			return nil, err
		}
		switch m := msg.(type) {
		case *pgproto3.StartupMessage:
			return m, nil
		case *pgproto3.CancelRequest:
			c.server.cancel.cancel(m.ProcessID, m.SecretKey)
			return nil, nil
		case *pgproto3.GSSEncRequest:
			err = c.answerByte('N')
		case *pgproto3.SSLRequest:
			err = c.answerTLS(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errorf("08P01", "too many requests for encryption")
}

// answerTLS agrees to encryption if there is a certificate.
func (c *conn) answerTLS(ctx context.Context) error {
	if c.server.cfg.TLS == nil || c.encrypted {
		return c.answerByte('N')
	}
	if err := c.answerByte('S'); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.server.cfg.StartupTimeout)
	defer cancel()
	secure := tls.Server(c.net, c.server.cfg.TLS)
	if err := secure.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	// A new reader: what an attacker put between request and handshake is not
	// taken for the client's.
	c.speakOver(secure)
	c.encrypted = true
	return nil
}

func (c *conn) answerByte(b byte) error {
	c.out.WriteByte(b)
	return c.flush()
}

// negotiate answers a client that speaks a newer minor version of the protocol,
// or asks for extensions of it: this server has 3.0 without any.
func (c *conn) negotiate(startup *pgproto3.StartupMessage) {
	var unknown []string
	for name := range startup.Parameters {
		if strings.HasPrefix(name, "_pq_.") {
			unknown = append(unknown, name)
		}
	}
	if startup.ProtocolVersion == pgproto3.ProtocolVersion30 && len(unknown) == 0 {
		return
	}
	slices.Sort(unknown)
	c.send(&pgproto3.NegotiateProtocolVersion{
		NewestMinorProtocol: pgproto3.ProtocolVersion30,
		UnrecognizedOptions: unknown,
	})
}
