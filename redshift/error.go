package redshift

import (
	"fmt"
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
	codeOutOfMemory       = "53200"
	codeTooManyColumns    = "54011"
	codeTooLong           = "22001"
	codeInvalidText       = "22P02"
	codeBadEncoding       = "22021"
	codeDivisionByZero    = "22012"
	codeOutOfRange        = "22003"
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
