package rowfile

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// escapeLength returns the length of the escape that text begins with, 0 when
// it is none. A pair of surrogates is one escape; a surrogate alone is none.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		r, ok := hex4(text[2:])
		switch {
		case !ok:
			return 0
		case !utf16.IsSurrogate(r):
			return 6
		case len(text) < 12 || text[6] != '\\' || text[7] != 'u':
			return 0
		}
		low, ok := hex4(text[8:])
		if !ok || utf16.DecodeRune(r, low) == utf8.RuneError {
			return 0
		}
		return 12
	}
	return 0
}

func hex4(text []byte) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range text[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// unescape appends the text that a string's body, which has been checked,
// stands for.
func unescape(dst, body []byte) []byte {
	for i := 0; i < len(body); {
		if body[i] != '\\' {
			dst = append(dst, body[i])
			i++
			continue
		}
		n := escapeLength(body[i:])
		switch body[i+1] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, _ := hex4(body[i+2:])
			if n == 12 {
				low, _ := hex4(body[i+8:])
				r = utf16.DecodeRune(r, low)
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, body[i+1])
		}
		i += n
	}
	return dst
}

// number checks the number at pos.
func (s *Scanner) number() Kind {
	data, start := s.data, s.pos
	i := start
	if i < len(data) && data[i] == '-' {
		i++
	}
	first := i
	for i < len(data) && data[i]-'0' <= 9 {
		i++
	}
	digits := i - first
	if digits == 0 || digits > 1 && data[first] == '0' {
		s.fail("a value is expected")
		return failed
	}
	whole, large := true, digits > 300
	if i < len(data) && data[i] == '.' {
		whole = false
		i++
		from := i
		for i < len(data) && data[i]-'0' <= 9 {
			i++
		}
		if i == from {
			s.pos = i
			s.fail("digits are expected after a number's point")
			return failed
		}
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		whole, large = false, true
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		from := i
		for i < len(data) && data[i]-'0' <= 9 {
			i++
		}
		if i == from {
			s.pos = i
			s.fail("digits are expected after a number's exponent")
			return failed
		}
	}
	text := data[start:i]
	if large {
		if _, err := strconv.ParseFloat(string(text), 64); err != nil {
			s.fail("a number is out of the range of a double")
			return failed
		}
	}
	s.pos = i
	if !whole {
		return Number
	}
	if digits < 19 {
		return Int
	}
	if _, err := strconv.ParseInt(string(text), 10, 64); err != nil {
		return Number
	}
	return Int
}
