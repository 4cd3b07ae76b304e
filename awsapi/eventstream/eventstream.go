// Package eventstream writes the messages in which AWS streams events over one
// HTTP response (application/vnd.amazon.eventstream).
//
// A message is a few headers and a payload between two checksums. It is built
// in place at the end of a buffer: the payload is written where it will stay,
// and its length and checksums are filled in afterwards. So a message costs no
// memory of its own and no copy of the payload.
//
// The package only writes, and only headers whose values are text: that is all
// that Leat's operations send.
package eventstream

import (
	"encoding/binary"
	"hash/crc32"
)

// MediaType is the content type of a response that consists of messages.
const MediaType = "application/vnd.amazon.eventstream"

// Limits that readers of messages have in common.
const (
	MaxHeaderBytes  = 128 << 10
	MaxPayloadBytes = 16 << 20
)

// Headers are the headers of a message as they are sent. Build them once and
// use them for many messages.
type Headers []byte

// textValue is the type of a header whose value is text.
const textValue = 7

// With returns the headers and one more. The name has 1 to 255 bytes, the value
// up to 32 767; a longer one is cut.
//
//	length(1) · name · type(1) · length(2, big endian) · value
func (h Headers) With(name, value string) Headers {
	value = value[:min(len(value), 1<<15-1)]
	grown := make(Headers, len(h), len(h)+4+len(name)+len(value))
	copy(grown, h)
	grown = append(append(grown, byte(len(name))), name...)
	grown = append(grown, textValue)
	return append(binary.BigEndian.AppendUint16(grown, uint16(len(value))), value...)
}

const (
	preludeBytes  = 12
	checksumBytes = 4
)

// Begin appends a message's start; the payload is to follow, and then End.
//
//	message = length of all(4) · length of headers(4) · CRC-32 of these(4) · headers · payload · CRC-32 of all before(4)
func Begin(dst []byte, headers Headers) []byte {
	dst = append(dst, make([]byte, preludeBytes)...)
	return append(dst, headers...)
}

// End finishes the message that Begin started at an offset of dst with these
// headers; everything behind them is its payload, at most MaxPayloadBytes.
func End(dst []byte, start int, headers Headers) []byte {
	prelude := dst[start : start+preludeBytes]
	binary.BigEndian.PutUint32(prelude, uint32(len(dst)-start+checksumBytes))
	binary.BigEndian.PutUint32(prelude[4:], uint32(len(headers)))
	binary.BigEndian.PutUint32(prelude[8:], crc32.ChecksumIEEE(prelude[:8]))
	return binary.BigEndian.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
}
