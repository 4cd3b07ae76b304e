package leat

import "errors"

// A Code says what kind of failure an Error is, in words of no single service.
// The front doors translate codes: awsapi into exception names and HTTP
// statuses, pgwire into SQLSTATEs.
type Code string

// The codes.
const (
	InvalidArgument Code = "invalid_argument" // the caller's input is wrong
	NotFound        Code = "not_found"        // the named thing does not exist
	AlreadyExists   Code = "already_exists"   // the named thing exists
	InUse           Code = "in_use"           // the thing is busy or in a state that forbids this
	LimitExceeded   Code = "limit_exceeded"   // a limit was reached
	Expired         Code = "expired"          // a token is too old
	Unsupported     Code = "unsupported"      // Leat does not do this, and says so
	Corrupt         Code = "corrupt"          // stored bytes are damaged
	Unavailable     Code = "unavailable"      // cannot be done now; try again
	Internal        Code = "internal"         // a fault of ours
)

// An Error is a failure that a user is meant to read.
type Error struct {
	Code Code
	// Message says what happened, to which thing: no capital, no full stop.
	Message string
	// Hint says what to do, when there is one thing to do.
	Hint string
	// Err is the cause, if there is one.
	Err error
}

// Error returns the message and the cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, and Internal when
// there is none. It returns "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
