package cbor

import "unicode/utf8"

// A Scanner reads a document from left to right. Its methods report false when
// the next item is not what was asked for, or is in a form that clients do not
// write: the document then goes to Decode. Texts and blobs point into it.
type Scanner struct {
	src []byte
	pos int
}

// Reset starts on a document.
func (s *Scanner) Reset(src []byte) { s.src, s.pos = src, 0 }

// End reports whether nothing is left.
func (s *Scanner) End() bool { return s.pos == len(s.src) }

// Items counts what is left of a map's entries or a list's elements.
type Items struct {
	left uint64
	open bool // until a break
}

// Map begins a map. Its entries are a text and a value each.
func (s *Scanner) Map() (Items, bool) { return s.begin(mapping) }

// List begins a list.
func (s *Scanner) List() (Items, bool) { return s.begin(array) }

func (s *Scanner) begin(major byte) (Items, bool) {
	first, n, size, ok := head(s.src[s.pos:])
	if !ok || first&majorBits != major {
		return Items{}, false
	}
	s.pos += size
	return Items{left: n, open: first == major|indefinite}, true
}

// Next reports whether there is one more item, having read the break that
// follows the last one.
func (s *Scanner) Next(items *Items) bool {
	if items.open {
		if s.pos < len(s.src) && s.src[s.pos] == breakByte {
			s.pos++
			return false
		}
		return true // at the end of the document the item's reader says no
	}
	if items.left == 0 {
		return false
	}
	items.left--
	return true
}

// Text reads a text of valid UTF-8 and known length.
func (s *Scanner) Text() ([]byte, bool) {
	text, ok := s.bytes(textString)
	if !ok {
		return nil, false
	}
	ascii := byte(0)
	for _, c := range text {
		ascii |= c
	}
	return text, ascii < utf8.RuneSelf || utf8.Valid(text)
}

// Blob reads bytes of known length.
func (s *Scanner) Blob() ([]byte, bool) { return s.bytes(byteString) }

func (s *Scanner) bytes(major byte) ([]byte, bool) {
	first, n, size, ok := head(s.src[s.pos:])
	if !ok || first&majorBits != major || first == major|indefinite || n > uint64(len(s.src)-s.pos-size) {
		return nil, false
	}
	start := s.pos + size
	s.pos = start + int(n)
	return s.src[start:s.pos:s.pos], true
}
