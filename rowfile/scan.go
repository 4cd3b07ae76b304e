package rowfile

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// maxDepth bounds how deep a document may be nested.
const maxDepth = 500

// A Kind is what a JSON value is.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Int    // a whole number that fits int64, in plain digits
	Number // any other number of up to 20 digits before and 18 after its point
	Wide   // any other number of up to 38 digits
	Huge   // any other number
	Text
	Object
	Array
	kinds
)

// asItCame are the kinds of values that a line has as the record has them; the
// text of others becomes a JSON string, which nobody reads as something else.
const asItCame = 1<<Null | 1<<Bool | 1<<Int | 1<<Text

// A Fault says why a record is no row.
type Fault struct {
	Offset int // in the record's data
	Reason string
}

// A Scanner checks that records are single JSON objects by RFC 8259, in UTF-8,
// and sees the fields of their top level. It checks more than the RFC asks
// for: \u escapes must be characters, and nesting has a limit.
type Scanner struct {
	data  []byte
	pos   int
	fault Fault
	text  []byte // of an escaped key
	// of the last number: digits before and after the point
	digits, scale int8

	fields fieldSet
}

// Scan checks one record. The fault is valid until the next call.
func (s *Scanner) Scan(data []byte) *Fault {
	s.data, s.pos = data, 0
	s.fields.begin()
	fault := s.record()
	if fault != nil {
		s.fields.undo()
		return fault
	}
	if !s.fields.Manual {
		s.fields.commit()
	}
	return nil
}

// Count counts the fields of the last record, which passed; see Fields.Manual.
func (s *Scanner) Count() { s.fields.commit() }

func (s *Scanner) record() *Fault {
	data := s.data
	s.space()
	if s.pos == len(data) {
		return s.fail("the record is empty")
	}
	if data[s.pos] != '{' {
		if s.value(0) == failed {
			return &s.fault
		}
		s.pos = 0
		return s.fail("the record is JSON, but not an object")
	}
	if !s.document() {
		return &s.fault
	}
	s.space()
	if s.pos < len(data) {
		if data[s.pos] == '{' || data[s.pos] == '[' {
			return s.fail("the record holds more than one JSON document")
		}
		return s.fail("there is text after the JSON document")
	}
	return nil
}

func (s *Scanner) fail(reason string) *Fault {
	s.fault = Fault{Offset: s.pos, Reason: reason}
	return &s.fault
}

// failed is the Kind of a value that is none.
const failed = kinds

func (s *Scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// document checks the object at the top, and notes its fields.
func (s *Scanner) document() bool {
	s.pos++
	s.space()
	if s.pos < len(s.data) && s.data[s.pos] == '}' {
		s.pos++
		return true
	}
	for {
		start := s.pos
		name, escaped, ok := s.key()
		if !ok {
			return false
		}
		at := s.pos
		kind := s.value(1)
		if kind == failed {
			return false
		}
		seen := sighting{kind: kind, key: int32(start), value: int32(at), end: int32(s.pos), digits: s.digits, wide: s.scale}
		if reason := s.fields.see(name, escaped, seen); reason != "" {
			s.pos = start
			s.fail(reason)
			return false
		}
		if more, ok := s.next('}'); !ok {
			return false
		} else if !more {
			return true
		}
	}
}

// key reads a field's name and the colon after it, and tells whether the name
// holds escapes.
func (s *Scanner) key() (name []byte, escaped, ok bool) {
	start := s.pos
	if s.pos >= len(s.data) || s.data[s.pos] != '"' {
		s.fail("a field's name in double quotes is expected")
		return nil, false, false
	}
	if escaped, ok = s.str(); !ok {
		return nil, false, false
	}
	name = s.data[start+1 : s.pos-1]
	if escaped {
		s.text = unescape(s.text[:0], name)
		name = s.text
	}
	s.space()
	if s.pos >= len(s.data) || s.data[s.pos] != ':' {
		s.fail("a colon is expected after a field's name")
		return nil, false, false
	}
	s.pos++
	s.space()
	return name, escaped, true
}

// next reads what follows an element: a comma, or the end of its object or
// array.
func (s *Scanner) next(end byte) (more, ok bool) {
	s.space()
	if s.pos >= len(s.data) {
		s.fail("the record ends inside of an object or array")
		return false, false
	}
	switch s.data[s.pos] {
	case ',':
		s.pos++
		s.space()
		return true, true
	case end:
		s.pos++
		return false, true
	}
	s.fail("a comma or the end of an object or array is expected")
	return false, false
}

// value checks the value at pos and moves past it.
func (s *Scanner) value(depth int) Kind {
	if s.pos >= len(s.data) {
		s.fail("the record ends where a value is expected")
		return failed
	}
	switch c := s.data[s.pos]; c {
	case '"':
		if _, ok := s.str(); !ok {
			return failed
		}
		return Text
	case '{', '[':
		if depth >= maxDepth {
			s.fail("the record is nested too deep")
			return failed
		}
		if c == '{' {
			return s.object(depth + 1)
		}
		return s.array(depth + 1)
	case 't':
		return s.word("true", Bool)
	case 'f':
		return s.word("false", Bool)
	case 'n':
		return s.word("null", Null)
	}
	return s.number()
}

func (s *Scanner) object(depth int) Kind {
	s.pos++
	s.space()
	if s.pos < len(s.data) && s.data[s.pos] == '}' {
		s.pos++
		return Object
	}
	for {
		if _, _, ok := s.key(); !ok || s.value(depth) == failed {
			return failed
		}
		if more, ok := s.next('}'); !ok {
			return failed
		} else if !more {
			return Object
		}
	}
}

func (s *Scanner) array(depth int) Kind {
	s.pos++
	s.space()
	if s.pos < len(s.data) && s.data[s.pos] == ']' {
		s.pos++
		return Array
	}
	for {
		if s.value(depth) == failed {
			return failed
		}
		if more, ok := s.next(']'); !ok {
			return failed
		} else if !more {
			return Array
		}
	}
}

func (s *Scanner) word(word string, kind Kind) Kind {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		s.fail("a value is expected")
		return failed
	}
	s.pos += len(word)
	return kind
}

// str checks the string at pos, and tells whether it holds escapes.
func (s *Scanner) str() (escaped, ok bool) {
	i, foreign := s.pos+1, false
	start := i
	for {
		// Eight bytes at a time, as long as all of them are plain ASCII.
		for i+8 <= len(s.data) {
			special := specials(binary.LittleEndian.Uint64(s.data[i:]))
			if special != 0 {
				i += bits.TrailingZeros64(special) / 8
				break
			}
			i += 8
		}
		if i >= len(s.data) {
			s.pos = i
			s.fail("the record ends inside of a string")
			return escaped, false
		}
		switch c := s.data[i]; {
		case c == '"':
			if foreign && !utf8.Valid(s.data[start:i]) {
				s.pos = start
				s.fail("a string is not valid UTF-8")
				return escaped, false
			}
			s.pos = i + 1
			return escaped, true
		case c == '\\':
			n := escapeLength(s.data[i:])
			if n == 0 {
				s.pos = i
				s.fail("a string has an invalid escape")
				return escaped, false
			}
			escaped = true
			i += n
		case c < 0x20:
			s.pos = i
			s.fail("a string holds a control character, which must be escaped")
			return escaped, false
		case c >= utf8.RuneSelf:
			foreign = true
			i++
		default:
			i++
		}
	}
}

// specials has the high bit set in each byte that is a quote, a backslash, a
// control character or not ASCII; bytes above the first of them may be wrong.
func specials(x uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote := x ^ ones*'"'
	slash := x ^ ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*0x20)&^x | x) & highs
}
