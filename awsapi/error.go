package awsapi

import (
	"errors"
	"fmt"
	"net/http"

	"leat"
	"leat/awsapi/shape"
)

// An Error is a failure under the name that AWS gives it.
type Error struct {
	// Type is the exception's name: "ResourceNotFoundException".
	Type string
	// Message is for the user; AWS writes these as sentences.
	Message string
	// Status is the HTTP status; 0 means 400.
	Status int
}

// Error returns the name and the message.
func (e *Error) Error() string { return e.Type + ": " + e.Message }

// Errorf makes an Error with status 400.
func Errorf(exception, format string, args ...any) *Error {
	return &Error{Type: exception, Message: fmt.Sprintf(format, args...)}
}

// Names of errors that every service has.
const (
	ValidationException    = "ValidationException"
	SerializationException = "SerializationException"
	UnknownOperation       = "UnknownOperationException"
	UnsupportedOperation   = "UnsupportedOperationException"
	AccessDenied           = "AccessDeniedException"
	InternalFailure        = "InternalFailure"
	ServiceUnavailable     = "ServiceUnavailableException"
)

// asError gives any error its AWS name. internal reports that the cause is a
// fault of ours, which belongs in the log.
func (s *Service) asError(err error) (named *Error, internal bool) {
	var typeError *shape.TypeError
	var violations shape.Violations
	var plain *leat.Error
	switch {
	case errors.As(err, &named):
		return named, false
	case errors.As(err, &typeError):
		return Errorf(SerializationException, "%s", typeError.Message), false
	case errors.As(err, &violations):
		return Errorf(ValidationException, "%s", violations.Error()), false
	case !errors.As(err, &plain):
		return &Error{Type: InternalFailure, Status: http.StatusInternalServerError,
			Message: "Leat could not do this because of a fault of its own; its log names the cause under this request's id."}, true
	}
	message := plain.Error()
	if plain.Hint != "" {
		message += " (" + plain.Hint + ")"
	}
	exception, own := s.Exceptions[plain.Code]
	switch plain.Code {
	case leat.Unavailable:
		if !own {
			exception = ServiceUnavailable
		}
		return &Error{Type: exception, Message: message, Status: http.StatusServiceUnavailable}, true
	case leat.Corrupt, leat.Internal:
		return &Error{Type: InternalFailure, Message: message, Status: http.StatusInternalServerError}, true
	}
	if !own {
		exception = ValidationException
	}
	return Errorf(exception, "%s", message), false
}
