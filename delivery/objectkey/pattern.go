package objectkey

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A pattern is a parsed pattern of Java's DateTimeFormatter: runs of a letter,
// and literal text (letter 0).
type pattern []run

type run struct {
	letter  byte
	count   int
	literal string
}

// maxRun bounds a run of one letter: more is a mistake, and would be a cheap
// way to very long keys.
const maxRun = 9

// parsePattern parses a pattern. Text in single quotes is literal, two quotes
// are one; letters outside of quotes must be ones that Leat formats.
func parsePattern(text string) (pattern, error) {
	var p pattern
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\'':
			literal, n, err := quoted(text[i:])
			if err != nil {
				return nil, err
			}
			p = append(p, run{literal: literal})
			i += n
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := 1
			for i+n < len(text) && text[i+n] == c {
				n++
			}
			if err := checkRun(c, n); err != nil {
				return nil, err
			}
			p = append(p, run{letter: c, count: n})
			i += n
		case strings.IndexByte("{}#[]", c) >= 0:
			return nil, fmt.Errorf("the character %q is reserved in patterns; put it in single quotes", c)
		default:
			n := 1
			for i+n < len(text) && !isPatternByte(text[i+n]) {
				n++
			}
			p = append(p, run{literal: text[i : i+n]})
			i += n
		}
	}
	return p, nil
}

func isPatternByte(c byte) bool {
	return c == '\'' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("{}#[]", c) >= 0
}

// quoted reads a quoted literal at the start of text, and returns how many
// bytes of text it took.
func quoted(text string) (literal string, n int, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		if i == 1 {
			return "'", 2, nil // '' outside of quotes is one quote
		}
		return b.String(), i + 1, nil
	}
	return "", 0, fmt.Errorf("the quote is not closed in %q", text)
}

// counts says how often a letter may be repeated.
var counts = map[byte][2]int{
	'y': {1, maxRun}, 'u': {1, maxRun}, 'M': {1, 4}, 'L': {1, 4}, 'd': {1, 2}, 'D': {1, 3},
	'H': {1, 2}, 'k': {1, 2}, 'K': {1, 2}, 'h': {1, 2}, 'm': {1, 2}, 's': {1, 2}, 'S': {1, maxRun},
	'n': {1, maxRun}, 'a': {1, 1}, 'E': {1, 4}, 'Q': {1, 2}, 'Z': {1, 3}, 'X': {1, 3}, 'x': {1, 3}, 'z': {1, 3}, 'V': {2, 2},
}

func checkRun(letter byte, n int) error {
	allowed, known := counts[letter]
	switch {
	case !known:
		return fmt.Errorf("the pattern letter %q is not supported; letters that are text go in single quotes", letter)
	case n < allowed[0] || n > allowed[1]:
		return fmt.Errorf("the pattern letter %q cannot stand %d times in a row", letter, n)
	}
	return nil
}

// format appends t by the pattern.
func (p pattern) format(dst []byte, t time.Time) []byte {
	for _, r := range p {
		dst = r.format(dst, t)
	}
	return dst
}

func (r run) format(dst []byte, t time.Time) []byte {
	switch r.letter {
	case 0:
		return append(dst, r.literal...)
	case 'y', 'u':
		if r.count == 2 {
			return pad(dst, t.Year()%100, 2)
		}
		return pad(dst, t.Year(), r.count)
	case 'M', 'L':
		switch r.count {
		case 3:
			return append(dst, t.Month().String()[:3]...)
		case 4:
			return append(dst, t.Month().String()...)
		}
		return pad(dst, int(t.Month()), r.count)
	case 'd':
		return pad(dst, t.Day(), r.count)
	case 'D':
		return pad(dst, t.YearDay(), r.count)
	case 'H':
		return pad(dst, t.Hour(), r.count)
	case 'k':
		return pad(dst, (t.Hour()+23)%24+1, r.count)
	case 'K':
		return pad(dst, t.Hour()%12, r.count)
	case 'h':
		return pad(dst, (t.Hour()+11)%12+1, r.count)
	case 'm':
		return pad(dst, t.Minute(), r.count)
	case 's':
		return pad(dst, t.Second(), r.count)
	case 'S':
		digits := pad(nil, t.Nanosecond(), 9)
		return append(dst, digits[:r.count]...)
	case 'n':
		return pad(dst, t.Nanosecond(), r.count)
	case 'a':
		return t.AppendFormat(dst, "PM")
	case 'E':
		if r.count == 4 {
			return append(dst, t.Weekday().String()...)
		}
		return append(dst, t.Weekday().String()[:3]...)
	case 'Q':
		return pad(dst, (int(t.Month())+2)/3, r.count)
	case 'Z':
		return t.AppendFormat(dst, "-0700")
	case 'X':
		return t.AppendFormat(dst, []string{"Z07", "Z0700", "Z07:00"}[r.count-1])
	case 'x':
		return t.AppendFormat(dst, []string{"-07", "-0700", "-07:00"}[r.count-1])
	case 'z':
		return t.AppendFormat(dst, "MST")
	case 'V':
		return append(dst, t.Location().String()...)
	}
	panic("pattern letter " + string(r.letter) + " was accepted but cannot be formatted")
}

func pad(dst []byte, n, width int) []byte {
	text := strconv.Itoa(n)
	for range width - len(text) {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}
