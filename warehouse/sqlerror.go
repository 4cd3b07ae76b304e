package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leat"
	"leat/duck"
	"leat/redshift"
)

// sqlError makes an error with a SQLSTATE.
func sqlError(state, format string, args ...any) *redshift.Error {
	return &redshift.Error{SQLSTATE: state, Message: fmt.Sprintf(format, args...)}
}

// SQLSTATEs that the warehouse raises by itself.
const (
	stateAborted       = "25P02"
	stateActive        = "25001"
	stateNoTransaction = "25P01"
	stateCancelled     = "57014"
	stateDuplicate     = "42P07"
	stateDependent     = "2BP01"
	stateUndefined     = "42P01"
	stateNoSchema      = "3F000"
	stateDupSchema     = "42P06"
	stateWrongObject   = "42809"
	stateUnsupported   = "0A000"
	stateParameter     = "22023"
	stateUnknownName   = "42704"
	stateSerialization = "40001"
	stateInternal      = "XX000"
)

// stateOf maps DuckDB's types of errors to SQLSTATEs.
var stateOf = map[duck.ErrorType]string{
	duck.Binder:         "42601",
	duck.Catalog:        stateUndefined,
	duck.Constraint:     "23000",
	duck.Conversion:     "22P02",
	duck.Dependency:     stateDependent,
	duck.DivideByZero:   "22012",
	duck.InvalidInput:   "22023",
	duck.InvalidType:    "42804",
	duck.IO:             "58030",
	duck.MismatchType:   "42804",
	duck.NotImplemented: stateUnsupported,
	duck.OutOfMemory:    "53200",
	duck.OutOfRange:     "22003",
	duck.Parser:         "42601",
	duck.Permission:     "42501",
	duck.Serialization:  "XX001",
	duck.Syntax:         "42601",
}

// translateError turns an error of the database into what Redshift would
// report. Errors that have a SQLSTATE pass.
func translateError(err error) error {
	var sql *redshift.Error
	if err == nil || errors.As(err, &sql) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return sqlError(stateCancelled, "Query cancelled on user's request")
	}
	var own *leat.Error
	if errors.As(err, &own) {
		return ownError(own)
	}
	if isClash(err) {
		e := sqlError(stateSerialization, "could not serialize access due to a concurrent change by another transaction")
		e.Hint = "Run the transaction again."
		return e
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		e := sqlError(stateInternal, "%s", panicked.Error())
		e.Hint = "This is a fault of the program; its log says more."
		return e
	}
	var failed *duck.Error
	if !errors.As(err, &failed) {
		return sqlError(stateInternal, "%s", err)
	}
	if raised := redshift.RaisedError(failed.Message); raised != nil {
		return raised
	}
	if isDiskFull(err) {
		return diskFullError(err)
	}
	switch failed.Type {
	case duck.Interrupt:
		return sqlError(stateCancelled, "Query cancelled on user's request")
	case duck.Fatal, duck.Internal:
		e := sqlError(stateInternal, "internal error of the database: %s", firstLine(failed.Message))
		e.Hint = "If the database cannot go on, the server opens it anew by itself: try again."
		return e
	case duck.OutOfMemory:
		e := sqlError("53200", "the statement needs more memory than the warehouse may use")
		e.Detail = firstLine(failed.Message)
		return e
	case duck.Constraint:
		return constraintError(failed)
	case duck.DivideByZero:
		return sqlError("22012", "division by zero")
	}
	state := stateOf[failed.Type]
	if state == "" {
		state = stateInternal
	}
	// DuckDB has no finer type for these; its words are all there is to go by.
	switch {
	case failed.Type == duck.Conversion && strings.Contains(failed.Message, "out of range"):
		state = "22003"
	case failed.Type == duck.Binder && failed.Subtype == "COLUMN_NOT_FOUND":
		state = "42703"
	}
	return sqlError(state, "%s", plainWords(failed.Message))
}

// constraintError words what a constraint refuses.
func constraintError(failed *duck.Error) error {
	if column, ok := strings.CutPrefix(failed.Message, "NOT NULL constraint failed: "); ok {
		_, column, _ = strings.Cut(column, ".")
		return sqlError("23502", "null value in column %q violates not-null constraint", column)
	}
	return sqlError("23000", "%s", plainWords(failed.Message))
}

// ownError gives one of Leat's errors a SQLSTATE.
func ownError(err *leat.Error) error {
	states := map[leat.Code]string{
		leat.InvalidArgument: stateParameter, leat.NotFound: stateUnknownName, leat.AlreadyExists: "42710",
		leat.InUse: "55006", leat.LimitExceeded: "54000", leat.Unsupported: stateUnsupported,
		leat.Corrupt: "XX001", leat.Unavailable: "57P03", leat.Expired: "55000",
	}
	state := states[err.Code]
	if state == "" {
		state = stateInternal
	}
	e := sqlError(state, "%s", err.Error())
	e.Hint = err.Hint
	return e
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
