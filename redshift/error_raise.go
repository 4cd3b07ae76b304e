package redshift

import "strings"

// Translated SQL raises errors of its own (a value too long, a division by
// zero) by casting a marked text to a number: a cast that must fail. DuckDB's
// function error() would do, but it is volatile, which forbids TRY around it.
const (
	raiseOpen  = "{{"
	raiseClose = "}}"
)

// InvalidJSON is the SQLSTATE of text that is not JSON where JSON must be, raised
// by the functions of duck.
const InvalidJSON = "22032"

// raise is the DuckDB expression that fails with a SQLSTATE and a message; duck
// is the type it pretends to have.
func raise(state, message, duck string) string {
	sql := cast1(quoteString(raiseOpen+state+":"+message+raiseClose), "BIGINT")
	switch duck {
	case "BIGINT":
		return sql
	case "VARCHAR", "DOUBLE", "INTEGER", "SMALLINT", "FLOAT", "BOOLEAN":
		return cast1(sql, duck)
	}
	return cast1(cast1(sql, "VARCHAR"), duck)
}

// RaisedError finds the error that a translated statement raised on purpose
// in the text of DuckDB's error. It returns nil for an error of DuckDB's own.
func RaisedError(duckText string) *Error {
	_, rest, ok := strings.Cut(duckText, raiseOpen)
	if !ok || len(rest) < 6 || rest[5] != ':' {
		return nil
	}
	message, _, ok := strings.Cut(rest[6:], raiseClose)
	if !ok {
		return nil
	}
	return &Error{SQLSTATE: rest[:5], Message: message}
}
