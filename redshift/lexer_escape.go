package redshift

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapedString reads the quoted part of E'…' with C-style escapes.
func (l *lexer) escapedString() (string, bool) {
	var b strings.Builder
	l.at++
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == '\'' && l.peek(1) == '\'':
			b.WriteByte('\'')
			l.at += 2
		case c == '\'':
			l.at++
			return b.String(), true
		case c == '\\' && l.at+1 < len(l.src):
			l.at++
			l.escape(&b)
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	return "", false
}

// escape reads what follows a backslash.
func (l *lexer) escape(b *strings.Builder) {
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
		l.code(b, 16, 2, false)
	case 'u':
		l.code(b, 16, 4, true)
	case 'U':
		l.code(b, 16, 8, true)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		l.at--
		l.code(b, 8, 3, false)
	default:
		b.WriteByte(c)
	}
}

// code reads up to most digits of a base: a byte, or a Unicode character.
func (l *lexer) code(b *strings.Builder, base, most int, unicode bool) {
	end := l.at
	for end < len(l.src) && end-l.at < most {
		if _, err := strconv.ParseUint(l.src[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	n, err := strconv.ParseUint(l.src[l.at:end], base, 32)
	l.at = end
	switch {
	case err != nil:
	case unicode && n <= utf8.MaxRune:
		b.WriteRune(rune(n))
	case n <= 0xff:
		b.WriteByte(byte(n))
	}
}
