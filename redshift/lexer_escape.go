package redshift

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// escapedString reads the quoted part of a literal in which a backslash
// escapes; strict is for E'…', where half a Unicode escape is an error. Escapes
// that name bytes must make UTF-8 together, without a zero byte.
func (l *lexer) escapedString(strict bool) (text string, ok bool, err error) {
	var b strings.Builder
	l.at++
	bytesAt := -1 // the first escape that names a byte
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == '\'' && l.peek(1) == '\'':
			b.WriteByte('\'')
			l.at += 2
		case c == '\'':
			l.at++
			text = b.String()
			if bytesAt >= 0 && (strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)) {
				return "", true, errorAt(l.src, bytesAt, codeBadEncoding, "invalid byte sequence for encoding \"UTF8\": the escapes at or near \"%s\" make no text", clip(l.src[bytesAt:]))
			}
			return text, true, nil
		case c == '\\' && l.at+1 < len(l.src):
			start := l.at
			l.at++
			named, err := l.escape(&b, strict)
			if err != nil {
				return "", true, err
			}
			if named && bytesAt < 0 {
				bytesAt = start
			}
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	return "", false, nil
}

// escape reads what follows a backslash, and tells whether it named a byte by
// its number. A character that no escape begins with stands for itself.
func (l *lexer) escape(b *strings.Builder, strict bool) (named bool, err error) {
	c := l.src[l.at]
	l.at++
	switch c {
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'x':
		n, digits := l.digits(16, 2)
		if digits == 0 {
			b.WriteByte('x')
			return false, nil
		}
		b.WriteByte(byte(n))
		return true, nil
	case 'u', 'U':
		return false, l.unicodeEscape(b, c, strict)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		l.at--
		n, _ := l.digits(8, 3)
		b.WriteByte(byte(n)) // \777 is \377, as in PostgreSQL
		return true, nil
	default:
		b.WriteByte(c)
	}
	return false, nil
}

// digits reads up to most digits of a base.
func (l *lexer) digits(base, most int) (n uint64, count int) {
	for count < most && l.at < len(l.src) {
		d, err := strconv.ParseUint(l.src[l.at:l.at+1], base, 8)
		if err != nil {
			break
		}
		n = n*uint64(base) + d
		l.at++
		count++
	}
	return n, count
}

// unicodeEscape reads \u with four digits or \U with eight; two halves of a
// surrogate pair are one character.
func (l *lexer) unicodeEscape(b *strings.Builder, kind byte, strict bool) error {
	start, want := l.at-2, map[byte]int{'u': 4, 'U': 8}[kind]
	n, count := l.digits(16, want)
	if count < want {
		if strict {
			return errorAt(l.src, start, "22025", "invalid Unicode escape at or near \"%s\"", clip(l.src[start:]))
		}
		l.at = start + 2
		b.WriteByte(kind)
		return nil
	}
	r := rune(n)
	if n > utf8.MaxRune {
		r = -1
	}
	if utf16.IsSurrogate(r) && l.peek(0) == '\\' && l.peek(1) == 'u' {
		l.at += 2
		low, _ := l.digits(16, 4)
		r = utf16.DecodeRune(r, rune(low))
		if r == utf8.RuneError {
			r = -1
		}
	}
	if r <= 0 || utf16.IsSurrogate(r) {
		return errorAt(l.src, start, codeBadEncoding, "the Unicode escape at or near \"%s\" is no character of a text", clip(l.src[start:]))
	}
	b.WriteRune(r)
	return nil
}
