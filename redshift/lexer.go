package redshift

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lex splits source text into tokens, ending with one of kind tokEOF. Text that
// is not UTF-8, or holds a zero byte, is an error: what is in a token is text.
func lex(src string, rule LiteralRule) ([]token, error) { return lexWithin(src, rule, 0) }

// lexWithin takes most tokens at most; 0: as many as there are.
func lexWithin(src string, rule LiteralRule, most int) ([]token, error) {
	if i := invalidText(src); i >= 0 {
		return nil, errorAt(src, i, codeBadEncoding, "invalid byte sequence for encoding \"UTF8\": 0x%02x", src[i])
	}
	l := lexer{src: src, rule: rule, tokens: make([]token, 0, min(len(src)/5+8, 1<<16))}
	for {
		if err := l.skipSpace(); err != nil {
			return nil, err
		}
		if l.at >= len(src) {
			l.tokens = append(l.tokens, token{kind: tokEOF, pos: len(src), end: len(src)})
			return l.tokens, nil
		}
		if most > 0 && len(l.tokens) >= most {
			return nil, tooManyTokens(src, l.at, most)
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func tooManyTokens(src string, at, most int) error {
	e := errorAt(src, at, codeOutOfMemory, "out of memory: the text has more than %d names, values and signs, which is all that the server has memory for", most)
	e.Hint = "Split the statement, put the rows into a stream, or give the server more memory (--memory)."
	return e
}

// invalidText finds the first byte that is no text; -1: there is none.
func invalidText(s string) int {
	if utf8.ValidString(s) {
		return strings.IndexByte(s, 0)
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if s[i] == 0 || r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

type lexer struct {
	src    string
	rule   LiteralRule
	at     int
	tokens []token
}

func (l *lexer) emit(kind tokenKind, val string, pos int) {
	l.tokens = append(l.tokens, token{kind: kind, val: val, pos: pos, end: l.at})
}

func (l *lexer) fail(pos int, format string, args ...any) error {
	return errorAt(l.src, pos, codeSyntax, format, args...)
}

// skipSpace passes over blanks, -- comments and nested /* */ comments.
func (l *lexer) skipSpace() error {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case strings.HasPrefix(l.src[l.at:], "--"):
			end := strings.IndexAny(l.src[l.at:], "\n\r")
			if end < 0 {
				l.at = len(l.src)
				return nil
			}
			l.at += end + 1
		case strings.HasPrefix(l.src[l.at:], "/*"):
			if err := l.skipBlockComment(); err != nil {
				return err
			}
		default:
			n := l.wideSpace()
			if n == 0 {
				return nil
			}
			l.at += n
		}
	}
	return nil
}

// wideSpace is the length of a white space character outside of ASCII, as
// statements pasted from web pages and editors carry them; 0 when there is
// none.
func (l *lexer) wideSpace() int {
	if l.src[l.at] < utf8.RuneSelf {
		return 0
	}
	r, n := utf8.DecodeRuneInString(l.src[l.at:])
	switch {
	case unicode.IsSpace(r), r == '\ufeff': // and the mark that files begin with
		return n
	}
	return 0
}

func (l *lexer) skipBlockComment() error {
	start, depth := l.at, 0
	for l.at < len(l.src) {
		switch {
		case strings.HasPrefix(l.src[l.at:], "/*"):
			depth++
			l.at += 2
		case strings.HasPrefix(l.src[l.at:], "*/"):
			depth--
			l.at += 2
			if depth == 0 {
				return nil
			}
		default:
			l.at++
		}
	}
	return l.fail(start, "unterminated /* comment at or near %q", clip(l.src[start:]))
}

func (l *lexer) next() error {
	start := l.at
	c := l.src[start]
	switch {
	case (c == 'e' || c == 'E') && l.peek(1) == '\'':
		l.at++
		return l.quotedString(start, true)
	case (c == 'n' || c == 'N') && l.peek(1) == '\'':
		l.at++
		return l.quotedString(start, l.rule == EscapeLiterals)
	case isWordStart(c), c == '#' && isWordStart(l.peek(1)): // #name is a temporary table
		l.word()
		return nil
	case c == '"':
		return l.quotedIdent()
	case c == '\'':
		return l.quotedString(start, l.rule == EscapeLiterals)
	case isDigit(c) || c == '.' && isDigit(l.peek(1)):
		l.number()
		return nil
	case c == '$':
		return l.dollar()
	}
	return l.operator()
}

func (l *lexer) peek(n int) byte {
	if l.at+n < len(l.src) {
		return l.src[l.at+n]
	}
	return 0
}

func (l *lexer) word() {
	start, upper := l.at, false
	l.at++
	if c := l.src[start]; c >= 'A' && c <= 'Z' {
		upper = true
	}
	for l.at < len(l.src) && isWordPart(l.src[l.at]) && l.wideSpace() == 0 {
		if c := l.src[l.at]; c >= 'A' && c <= 'Z' {
			upper = true
		}
		l.at++
	}
	val := l.src[start:l.at]
	if upper {
		val = lowerASCII(val)
	}
	l.emit(tokWord, val, start)
}

func (l *lexer) quotedIdent() error {
	start := l.at
	val, ok := l.delimited('"')
	if !ok {
		return l.fail(start, "unterminated quoted identifier at or near %q", clip(l.src[start:]))
	}
	if val == "" {
		return l.fail(start, `zero-length delimited identifier at or near """"`)
	}
	l.emit(tokQuoted, val, start)
	return nil
}

// delimited reads from an opening quote to the closing one; a doubled quote
// stands for one.
func (l *lexer) delimited(quote byte) (string, bool) {
	l.at++
	start, doubled := l.at, false
	for l.at < len(l.src) {
		if l.src[l.at] != quote {
			l.at++
			continue
		}
		if l.peek(1) == quote {
			doubled = true
			l.at += 2
			continue
		}
		val := l.src[start:l.at]
		l.at++
		if doubled {
			q := string(quote)
			val = strings.ReplaceAll(val, q+q, q)
		}
		return val, true
	}
	return "", false
}

// quotedString reads 'text', in which a backslash may escape. Constants
// separated by white space with a newline are one, as SQL has it.
func (l *lexer) quotedString(start int, escapes bool) error {
	strict := l.src[start] == 'e' || l.src[start] == 'E'
	var val string
	for {
		var part string
		var ok bool
		var err error
		if escapes {
			part, ok, err = l.escapedString(strict)
		} else {
			part, ok = l.delimited('\'')
		}
		if err != nil {
			return err
		}
		if !ok {
			return l.fail(start, "unterminated quoted string at or near %q", clip(l.src[start:]))
		}
		val += part
		end := l.at
		for l.at < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.at]) >= 0 {
			l.at++
		}
		if l.at < len(l.src) && l.src[l.at] == '\'' && strings.IndexByte(l.src[end:l.at], '\n') >= 0 {
			continue
		}
		l.at = end
		break
	}
	l.emit(tokString, val, start)
	return nil
}

func (l *lexer) number() {
	start := l.at
	for isDigit(l.peek(0)) {
		l.at++
	}
	if l.peek(0) == '.' && l.peek(1) != '.' {
		l.at++
		for isDigit(l.peek(0)) {
			l.at++
		}
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		n := 1
		if s := l.peek(1); s == '+' || s == '-' {
			n = 2
		}
		if isDigit(l.peek(n)) {
			l.at += n
			for isDigit(l.peek(0)) {
				l.at++
			}
		}
	}
	l.emit(tokNumber, l.src[start:l.at], start)
}

// dollar reads a parameter ($1) or a $tag$dollar quoted$tag$ string.
func (l *lexer) dollar() error {
	start := l.at
	l.at++
	if isDigit(l.peek(0)) {
		for isDigit(l.peek(0)) {
			l.at++
		}
		l.emit(tokParam, l.src[start+1:l.at], start)
		return nil
	}
	for l.at < len(l.src) && isWordPart(l.src[l.at]) && l.src[l.at] != '$' {
		l.at++
	}
	if l.peek(0) != '$' {
		l.at = start
		return l.fail(start, `syntax error at or near "$"`)
	}
	l.at++
	tag := l.src[start:l.at]
	n := strings.Index(l.src[l.at:], tag)
	if n < 0 {
		l.at = len(l.src)
		return l.fail(start, "unterminated dollar-quoted string at or near %q", clip(l.src[start:]))
	}
	val := l.src[l.at : l.at+n]
	l.at += n + len(tag)
	l.emit(tokString, val, start)
	return nil
}

// operators in the order they are tried: longest first.
var operators = []string{
	"!~~*", "!~~", "!~*", "~~*", "<->", "->>", "#>>",
	"::", "||", "<=", ">=", "<>", "!=", "!~", "~~", "~*", "->", "#>", "<<", ">>", "|/", ":=", "&&", "@>", "<@",
}

func (l *lexer) operator() error {
	start := l.at
	rest := l.src[start:]
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			l.at += len(op)
			l.emit(tokOp, op, start)
			return nil
		}
	}
	if strings.IndexByte("+-*/<>=~!@#%^&|?()[]{},;:.", rest[0]) >= 0 {
		l.at++
		l.emit(tokOp, rest[:1], start)
		return nil
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return l.fail(start, "syntax error at or near %q", string(r))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func isWordPart(c byte) bool { return isWordStart(c) || isDigit(c) || c == '$' }

// lowerASCII folds A–Z only, as Redshift folds names.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i] >= 'A' && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// clip shortens source text for an error message.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
