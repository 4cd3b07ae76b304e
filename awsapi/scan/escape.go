package scan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unescape appends a string's text to dst. It is never longer than its source.
func unescape(dst, raw []byte) ([]byte, bool) {
	start := len(dst)
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c < ' ':
			return nil, false
		case c != '\\':
			dst = append(dst, c)
			i++
		case i+1 < len(raw) && raw[i+1] == 'u':
			r, size, ok := unicodeEscape(raw[i:])
			if !ok {
				return nil, false
			}
			dst = utf8.AppendRune(dst, r)
			i += size
		case i+1 < len(raw):
			c, ok := shortEscape(raw[i+1])
			if !ok {
				return nil, false
			}
			dst = append(dst, c)
			i += 2
		default:
			return nil, false
		}
	}
	return dst, utf8.Valid(dst[start:])
}

func shortEscape(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/':
		return c, true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

// unicodeEscape reads \uXXXX, or a pair of them that makes one character.
// Half a pair is left to the ordinary way.
func unicodeEscape(raw []byte) (r rune, size int, ok bool) {
	first, ok := hex4(raw)
	if !ok {
		return 0, 0, false
	}
	if !utf16.IsSurrogate(first) {
		return first, 6, true
	}
	second, ok := hex4(raw[6:])
	if !ok {
		return 0, 0, false
	}
	pair := utf16.DecodeRune(first, second)
	return pair, 12, pair != utf8.RuneError
}

// hex4 reads \uXXXX.
func hex4(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	r := rune(0)
	for _, c := range raw[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
