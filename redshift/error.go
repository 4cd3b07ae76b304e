package redshift

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Error is a failure with a SQLSTATE, as Redshift reports it.
type Error struct {
	SQLSTATE string // "42601" syntax error, "42P01" undefined table, "42703" undefined column, "42883" undefined function, "0A000" not supported …
	Message  string // as Redshift words it: `relation "x" does not exist`, `syntax error at or near "x"`
	Detail   string
	Hint     string
	Position int // 1-based character offset in the query text; 0: unknown
}

func (e *Error) Error() string { return e.Message }

// The SQLSTATEs this package reports.
const (
	codeSyntax            = "42601"
	codeUnsupported       = "0A000"
	codeUndefinedTable    = "42P01"
	codeUndefinedColumn   = "42703"
	codeAmbiguousColumn   = "42702"
	codeUndefinedFunction = "42883"
	codeUndefinedObject   = "42704"
	codeUndefinedSchema   = "3F000"
	codeDuplicateAlias    = "42712"
	codeDuplicateColumn   = "42701"
	codeDatatypeMismatch  = "42804"
	codeGrouping          = "42803"
	codeInvalidParameter  = "22023"
	codeTooComplex        = "54001"
	codeTooLong           = "22001"
	codeInvalidText       = "22P02"
	codeBadEncoding       = "22021"
	codeDivisionByZero    = "22012"
	codeCannotCoerce      = "42846"
)

// errorAt makes an error that points at a byte offset of src.
func errorAt(src string, offset int, state, format string, args ...any) *Error {
	e := &Error{SQLSTATE: state, Message: fmt.Sprintf(format, args...)}
	if offset >= 0 {
		offset = min(offset, len(src))
		e.Position = utf8.RuneCountInString(src[:offset]) + 1
	}
	return e
}

// raisedPrefix marks errors that translated SQL raises by itself, so that the
// warehouse can tell them from DuckDB's own: prefix, SQLSTATE, colon, message.
const raisedPrefix = "redshift:"

// RaisedError finds the error that a translated statement raised on purpose
// (a value too long, a division by zero) in the text of DuckDB's error. It
// returns nil for an error of DuckDB's own.
func RaisedError(duckText string) *Error {
	_, rest, ok := strings.Cut(duckText, raisedPrefix)
	if !ok || len(rest) < 6 || rest[5] != ':' {
		return nil
	}
	message, _, _ := strings.Cut(rest[6:], "\n")
	return &Error{SQLSTATE: rest[:5], Message: message}
}

// raise is the DuckDB expression that fails with a SQLSTATE and a message.
func raise(state, message string) string {
	return "error(" + quoteString(raisedPrefix+state+":"+message) + ")"
}
