package pgwire

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// start brings a new connection to where it takes statements. False without an
// error: the connection was for a cancel request, which is done.
func (c *conn) start(ctx context.Context) (bool, error) {
	c.setReadDeadline(time.Now().Add(c.server.cfg.StartupTimeout))
	startup, err := c.receiveStartup(ctx)
	if startup == nil || err != nil {
		return false, err
	}
	params := startup.params
	user, database := params["user"], params["database"]
	if database == "" {
		database = user
	}
	if user == "" {
		return false, errorf("28000", "no PostgreSQL user name specified in startup packet")
	}
	if isReplication(params["replication"]) {
		return false, errorf("0A000", "replication connections are not supported")
	}
	c.negotiate(startup)
	if err := c.authenticate(ctx, user); err != nil {
		return false, err
	}
	if !c.server.admit(c) {
		return false, errorf("53300", "too many connections: the limit is %d", c.server.cfg.MaxConnections)
	}
	c.sess, err = c.server.engine.open(ctx, user, database)
	if err != nil {
		c.sess = nil
		return false, err
	}
	c.sess.OnEnd(c.endBecause)
	if err := c.applyStartup(ctx, params); err != nil {
		return false, err
	}
	c.reportParameters()
	c.send(&pgproto3.BackendKeyData{ProcessID: uint32(c.sess.ID()), SecretKey: c.server.cancel.add(c)})
	c.setReadDeadline(time.Time{})
	c.started = true
	return true, c.ready()
}

// isReplication tells whether a start-up packet asks for a walsender.
func isReplication(value string) bool {
	switch strings.ToLower(value) {
	case "", "false", "off", "no", "0", "f", "n":
		return false
	}
	return true
}

// receiveStartup reads until the start-up packet, agreeing on encryption before
// it. Without packet and error, the connection was for a cancel request.
func (c *conn) receiveStartup(ctx context.Context) (*startup, error) {
	// A client asks at most for GSS, then for TLS, then starts.
	for range 3 {
		code, body, err := c.receivePacket()
		if err != nil {
			return nil, err
		}
		switch code {
		case codeCancel:
			if len(body) > 4 { // else there is no key in it
				c.server.cancel.cancel(binary.BigEndian.Uint32(body), body[4:])
			}
			return nil, nil
		case codeGSS:
			err = c.answerByte('N')
		case codeSSL:
			err = c.answerTLS(ctx)
		default:
			return parseStartup(code, body)
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
	if c.in.Buffered() > 0 {
		// Put between request and handshake by someone on the way, to be
		// taken for the client's words; or a broken client.
		return errorf("08P01", "received unencrypted data after SSL request")
	}
	ctx, cancel := context.WithTimeout(ctx, c.server.cfg.StartupTimeout)
	defer cancel()
	secure := tls.Server(c.net, c.server.cfg.TLS)
	if err := secure.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
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
func (c *conn) negotiate(s *startup) {
	unknown := s.extensions()
	if s.version == pgproto3.ProtocolVersion30 && len(unknown) == 0 {
		return
	}
	slices.Sort(unknown)
	c.send(&pgproto3.NegotiateProtocolVersion{
		NewestMinorProtocol: pgproto3.ProtocolVersion30,
		UnrecognizedOptions: unknown,
	})
}
