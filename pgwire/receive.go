package pgwire

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	// inBytes is what a connection reads ahead at most, and the largest message
	// that it keeps a buffer for and that takes no room.
	inBytes = 8 << 10
	// slowestBytes is how many bytes of a large message must come in a second,
	// after patienceForBody, since others may wait for the room that it takes.
	slowestBytes    = 64 << 10
	patienceForBody = 30 * time.Second
)

// An inbound message is one that has been taken from the connection whole.
type inbound struct {
	kind byte                     // the protocol's letter
	msg  pgproto3.FrontendMessage // nil with err
	err  error                    // the message cannot be used; the next one can
	held reservation              // the room it takes, until it has been answered
}

// decoders make the messages that clients send once their session has begun.
var decoders = map[byte]func() pgproto3.FrontendMessage{
	'Q': func() pgproto3.FrontendMessage { return new(pgproto3.Query) },
	'P': func() pgproto3.FrontendMessage { return new(pgproto3.Parse) },
	'B': func() pgproto3.FrontendMessage { return new(pgproto3.Bind) },
	'D': func() pgproto3.FrontendMessage { return new(pgproto3.Describe) },
	'E': func() pgproto3.FrontendMessage { return new(pgproto3.Execute) },
	'C': func() pgproto3.FrontendMessage { return new(pgproto3.Close) },
	'H': func() pgproto3.FrontendMessage { return new(pgproto3.Flush) },
	'S': func() pgproto3.FrontendMessage { return new(pgproto3.Sync) },
	'X': func() pgproto3.FrontendMessage { return new(pgproto3.Terminate) },
}

// discarded are the messages whose bodies are not looked at: the rest of a COPY
// that was refused, and function calls, which are refused.
const discarded = "dcfF"

// receive takes the next message. An error ends the connection: its bytes do not
// tell any more where a message begins.
func (c *conn) receive(ctx context.Context) (inbound, error) {
	header, err := c.in.Peek(5)
	if err != nil {
		return inbound{}, cutShort(err, len(header))
	}
	kind, size := header[0], int(int32(binary.BigEndian.Uint32(header[1:])))-4
	c.in.Discard(len(header))
	make, known := decoders[kind]
	ignored := strings.IndexByte(discarded, kind) >= 0
	switch {
	case !known && !ignored:
		return inbound{}, errorf("08P01", "invalid frontend message type %d", kind)
	case size < 0:
		return inbound{}, errorf("08P01", "invalid message length %d", size+4)
	case size > c.server.cfg.MaxMessageBytes:
		return inbound{}, errorf("54000", "message of %d bytes is larger than the limit of %d bytes", size, c.server.cfg.MaxMessageBytes)
	case ignored, c.skipping && kind != 'S' && kind != 'X':
		return inbound{kind: kind}, c.discard(size)
	}
	in := inbound{kind: kind}
	if size > inBytes {
		if in.held, in.err = c.reserve(ctx, kind, size); in.err != nil {
			return in, c.discard(size)
		}
	}
	body, err := c.body(size)
	if err != nil {
		in.held.release()
		return inbound{}, err
	}
	msg := make()
	if err := msg.Decode(body); err != nil {
		in.err = errorf("08P01", "invalid message format: %v", err)
	} else if in.err = checkMessage(msg); in.err == nil {
		in.msg = msg
	}
	return in, nil
}

// body reads the body of a message, valid until the next is read. A small one
// shares the connection's buffer.
func (c *conn) body(size int) ([]byte, error) {
	if size <= inBytes {
		if c.small == nil {
			c.small = make([]byte, inBytes)
		}
		_, err := io.ReadFull(c.in, c.small[:size])
		return c.small[:size], cutShort(err, 1)
	}
	c.setReadDeadline(time.Now().Add(patienceForBody + time.Duration(size/slowestBytes)*time.Second))
	defer c.setReadDeadline(time.Time{})
	body := make([]byte, size)
	_, err := io.ReadFull(c.in, body)
	return body, cutShort(err, 1)
}

// discard passes over the body of a message without keeping it.
func (c *conn) discard(size int) error {
	_, err := io.CopyN(io.Discard, c.in, int64(size))
	return cutShort(err, size)
}

// cutShort is the error of a client that left after some bytes of a message.
func cutShort(err error, got int) error {
	if errors.Is(err, io.EOF) && got > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// checkMessage holds what all text of a message must be: UTF-8. Arguments are
// looked at with their types.
func checkMessage(msg pgproto3.FrontendMessage) error {
	switch m := msg.(type) {
	case *pgproto3.Query:
		return checkText("the statement", m.String)
	case *pgproto3.Parse:
		return errors.Join(checkText("the name of the prepared statement", m.Name), checkText("the statement", m.Query))
	case *pgproto3.Bind:
		return errors.Join(checkText("the name of the portal", m.DestinationPortal), checkText("the name of the prepared statement", m.PreparedStatement))
	case *pgproto3.Execute:
		return checkText("the name of the portal", m.Portal)
	case *pgproto3.Describe:
		return checkNamed("DESCRIBE", m.ObjectType, m.Name)
	case *pgproto3.Close:
		return checkNamed("CLOSE", m.ObjectType, m.Name)
	}
	return nil
}

func checkNamed(message string, kind byte, name string) error {
	if kind != 'S' && kind != 'P' {
		return errorf("08P01", "invalid %s message subtype %d", message, kind)
	}
	return checkText("the name of the statement or portal", name)
}

// checkText refuses what is not UTF-8. The message shows the bytes, as
// PostgreSQL does, and where they are.
func checkText(what, s string) error {
	if utf8.ValidString(s) {
		return nil
	}
	i := len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool { return r != utf8.RuneError }))
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return errorf("22021", "invalid byte sequence for encoding \"UTF8\" in %s: %s at byte %d", what, hexBytes(s[i:min(i+4, len(s))]), i+1)
}

func hexBytes(s string) string {
	words := make([]string, len(s))
	for i := range len(s) {
		words[i] = fmt.Sprintf("0x%02x", s[i])
	}
	return strings.Join(words, " ")
}

// newIn buffers what comes from the client.
func newIn(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, inBytes) }
