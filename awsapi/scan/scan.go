package scan

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"
)

// A Scanner reads one JSON document. Texts and blobs it returns point into
// the document or into its own memory and are valid until Reset.
type Scanner struct {
	src []byte
	pos int
	// arena holds decoded blobs and unescaped texts. It has room for all of
	// the document from the start, so that it never moves: what is decoded is
	// never longer than its source.
	arena []byte
	// scratch holds one unescaped blob before it is decoded.
	scratch []byte
}

// maxKeptArena is the most memory a Scanner keeps from one document to the
// next: larger ones are rare and would pin their memory for ever.
const maxKeptArena = 4 << 20

// Reset starts on a document, keeping the arena's memory.
func (s *Scanner) Reset(src []byte) {
	s.src, s.pos = src, 0
	if cap(s.arena) < len(src) || cap(s.arena) > maxKeptArena {
		s.arena = make([]byte, 0, len(src))
	}
	if cap(s.scratch) > maxKeptArena {
		s.scratch = nil
	}
	s.arena = s.arena[:0]
}

// space skips white space.
func (s *Scanner) space() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// Take consumes c, after white space.
func (s *Scanner) Take(c byte) bool {
	s.space()
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// End reports whether nothing but white space is left.
func (s *Scanner) End() bool {
	s.space()
	return s.pos == len(s.src)
}

// Name reads a member's name and its colon.
func (s *Scanner) Name() ([]byte, bool) {
	name, ok := s.Text()
	return name, ok && s.Take(':')
}

// Text reads a string of valid UTF-8.
func (s *Scanner) Text() ([]byte, bool) {
	raw, escaped, ok := s.raw()
	if !ok {
		return nil, false
	}
	if escaped {
		start := len(s.arena)
		arena, ok := unescape(s.arena, raw)
		if !ok {
			return nil, false
		}
		s.arena = arena
		return arena[start:len(arena):len(arena)], true
	}
	ascii := byte(0)
	for _, c := range raw {
		if c < ' ' {
			return nil, false
		}
		ascii |= c
	}
	if ascii >= utf8.RuneSelf && !utf8.Valid(raw) {
		return nil, false
	}
	return raw, true
}

// Blob reads a string of base64: padded, canonical, without line breaks.
func (s *Scanner) Blob() ([]byte, bool) {
	raw, escaped, ok := s.raw()
	if !ok {
		return nil, false
	}
	if escaped {
		if raw, ok = unescape(s.scratch[:0], raw); !ok {
			return nil, false
		}
		s.scratch = raw
	}
	if len(raw)%4 != 0 {
		return nil, false
	}
	room := s.arena[len(s.arena):cap(s.arena)]
	if len(room) < base64.StdEncoding.DecodedLen(len(raw)) {
		return nil, false
	}
	n, err := strict.Decode(room, raw)
	if err != nil || n != blobLen(raw) {
		return nil, false
	}
	s.arena = s.arena[:len(s.arena)+n]
	return room[:n:n], true
}

var strict = base64.StdEncoding.Strict()

// blobLen is how long the blob must come out. The decoder skips line breaks,
// which would make it shorter.
func blobLen(raw []byte) int {
	n := len(raw) / 4 * 3
	for i := len(raw) - 1; i >= 0 && i >= len(raw)-2 && raw[i] == '='; i-- {
		n--
	}
	return n
}

// raw finds a string's end. It looks for escapes but checks nothing else.
func (s *Scanner) raw() (text []byte, escaped, ok bool) {
	if !s.Take('"') {
		return nil, false, false
	}
	rest := s.src[s.pos:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, false, false
	}
	if bytes.IndexByte(rest[:end], '\\') < 0 {
		s.pos += end + 1
		return rest[:end:end], false, true
	}
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '"':
			s.pos += i + 1
			return rest[:i:i], true, true
		}
	}
	return nil, false, false
}
