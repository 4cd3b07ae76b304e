package pgwire

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

// The codes that stand where a start-up packet has its protocol version.
const (
	codeCancel = 80877102
	codeSSL    = 80877103
	codeGSS    = 80877104
)

// maxStartupBytes bounds the messages of a client that has not proved who it is.
const maxStartupBytes = 8 << 10

// A startup is a start-up packet: settings by name, and the version of the
// protocol.
type startup struct {
	version uint32 // major<<16 | minor
	params  map[string]string
}

// receivePacket reads what a client says before its session: a code and what
// belongs to it. The packet has no letter.
func (c *conn) receivePacket() (code uint32, body []byte, err error) {
	var head [8]byte
	if n, err := io.ReadFull(c.in, head[:]); err != nil {
		return 0, nil, cutShort(err, n)
	}
	size := int(int32(binary.BigEndian.Uint32(head[:]))) - len(head)
	switch {
	case head[0] == 0x16 && head[1] == 3:
		e := errorf("08P01", "a TLS handshake without a request for it is not supported")
		e.Hint = "Use sslnegotiation=postgres, which is the default."
		return 0, nil, e
	case size < 0 || size > maxStartupBytes:
		return 0, nil, errorf("08P01", "invalid length of startup packet")
	}
	body = make([]byte, size)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return 0, nil, cutShort(err, 1)
	}
	return binary.BigEndian.Uint32(head[4:]), body, nil
}

// parseStartup reads the names and values of a start-up packet: strings that end
// in a zero byte, and one more zero byte at the end.
func parseStartup(version uint32, body []byte) (*startup, error) {
	if major, minor := version>>16, version&0xffff; major != 3 {
		return nil, errorf("0A000", "unsupported frontend protocol %d.%d: server supports 3.0", major, minor)
	}
	s := &startup{version: version, params: make(map[string]string)}
	for len(body) > 0 && body[0] != 0 {
		name, rest, ok := bytes.Cut(body, []byte{0})
		value, rest, ok2 := bytes.Cut(rest, []byte{0})
		if !ok || !ok2 {
			break
		}
		if err := checkText("the start-up packet", string(name)); err != nil {
			return nil, err
		}
		if err := checkText("start-up parameter "+string(name), string(value)); err != nil {
			return nil, err
		}
		s.params[string(name)] = string(value)
		body = rest
	}
	if len(body) != 1 || body[0] != 0 {
		return nil, errorf("08P01", "invalid startup packet layout: expected terminator as last byte")
	}
	return s, nil
}

// extensions are the protocol extensions that the client asks for.
func (s *startup) extensions() []string {
	var names []string
	for name := range s.params {
		if strings.HasPrefix(name, "_pq_.") {
			names = append(names, name)
		}
	}
	return names
}

// receivePassword reads the client's answer in a password exchange.
func (c *conn) receivePassword() ([]byte, error) {
	header, err := c.in.Peek(5)
	if err != nil {
		return nil, cutShort(err, len(header))
	}
	kind, size := header[0], int(int32(binary.BigEndian.Uint32(header[1:])))-4
	if kind != 'p' {
		return nil, errorf("08P01", "expected a password response, got message type %d", kind)
	}
	if size < 0 || size > maxStartupBytes {
		return nil, errorf("08P01", "invalid length of a password response: %d bytes", size)
	}
	c.in.Discard(len(header))
	body := make([]byte, size)
	_, err = io.ReadFull(c.in, body)
	return body, cutShort(err, 1)
}
