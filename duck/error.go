package duck

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// An ErrorType is DuckDB's kind of error, by the name it prints.
type ErrorType string

// The types of error that Leat tells apart.
const (
	Binder         ErrorType = "Binder"
	Catalog        ErrorType = "Catalog"
	Connection     ErrorType = "Connection"
	Constraint     ErrorType = "Constraint"
	Conversion     ErrorType = "Conversion"
	Dependency     ErrorType = "Dependency"
	DivideByZero   ErrorType = "Divide by Zero"
	Fatal          ErrorType = "FATAL"
	Internal       ErrorType = "INTERNAL"
	Interrupt      ErrorType = "INTERRUPT"
	InvalidInput   ErrorType = "Invalid Input"
	InvalidType    ErrorType = "Invalid type"
	IO             ErrorType = "IO"
	MismatchType   ErrorType = "Mismatch Type"
	NotImplemented ErrorType = "Not implemented"
	OutOfMemory    ErrorType = "Out of Memory"
	OutOfRange     ErrorType = "Out of Range"
	Parser         ErrorType = "Parser"
	Permission     ErrorType = "Permission"
	Serialization  ErrorType = "Serialization"
	Settings       ErrorType = "Settings"
	Syntax         ErrorType = "Syntax"
	Transaction    ErrorType = "TransactionContext"
)

// An Error is a failure that DuckDB reported.
type Error struct {
	Type ErrorType
	// Message is DuckDB's text, without the type in front.
	Message string
	// Subtype says more, when DuckDB knows more: COLUMN_NOT_FOUND,
	// SYNTAX_ERROR, MISSING_ENTRY …
	Subtype string
	// Position is the 0-based offset in the SQL text; -1 when unknown.
	Position int
}

// Error returns DuckDB's type and message.
func (e *Error) Error() string { return string(e.Type) + " error: " + e.Message }

// TypeOf returns the type of the first Error in err's chain, and "" when there
// is none.
func TypeOf(err error) ErrorType {
	var e *Error
	if errors.As(err, &e) {
		return e.Type
	}
	return ""
}

// IsGivenUp reports whether an error says that DuckDB has given the database up: it
// answers everything with such an error until it is opened anew. There is no
// type for it; the words are all there is to go by.
func IsGivenUp(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Type == Fatal || strings.Contains(e.Message, "has been invalidated"))
}

// parseError reads the structured text that errors_as_json makes DuckDB write,
// and the plain "Type Error: message" of errors from before that setting
// counts. A text with neither becomes an Error of type otherwise.
func parseError(text string, otherwise ErrorType) *Error {
	if start := strings.IndexByte(text, '{'); start >= 0 && (start == 0 || strings.HasSuffix(text[:start], "Error: ")) {
		var fields map[string]string
		if json.Unmarshal([]byte(text[start:]), &fields) == nil && fields["exception_type"] != "" {
			position := -1
			if n, err := strconv.Atoi(fields["position"]); err == nil {
				position = n
			}
			return &Error{
				Type:     ErrorType(fields["exception_type"]),
				Message:  fields["exception_message"],
				Subtype:  fields["error_subtype"],
				Position: position,
			}
		}
	}
	if kind, message, ok := strings.Cut(text, " Error: "); ok && len(kind) < 30 {
		return &Error{Type: ErrorType(kind), Message: message, Position: -1}
	}
	return &Error{Type: otherwise, Message: text, Position: -1}
}
