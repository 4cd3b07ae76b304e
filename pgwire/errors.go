package pgwire

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"leat"
	"leat/redshift"
	"leat/warehouse"
)

// errorf makes an error of this package's own with a SQLSTATE.
func errorf(sqlstate, format string, args ...any) *redshift.Error {
	return &redshift.Error{SQLSTATE: sqlstate, Message: fmt.Sprintf(format, args...)}
}

// errorResponse is err as the protocol tells it. Severity is ERROR for a failed
// statement, FATAL when the connection ends with it.
func errorResponse(severity string, err error) *pgproto3.ErrorResponse {
	resp := &pgproto3.ErrorResponse{Severity: severity, SeverityUnlocalized: severity}
	var sqlErr *redshift.Error
	var leatErr *leat.Error
	switch {
	case errors.As(err, &sqlErr):
		resp.Code = sqlErr.SQLSTATE
		resp.Message = sqlErr.Message
		resp.Detail = sqlErr.Detail
		resp.Hint = sqlErr.Hint
		resp.Position = int32(sqlErr.Position)
	case errors.Is(err, context.Canceled):
		resp.Code = "57014"
		resp.Message = "canceling statement due to user request"
	case errors.As(err, &leatErr):
		resp.Code = sqlstateOf(leatErr.Code)
		resp.Message = err.Error()
		resp.Hint = leatErr.Hint
	default:
		resp.Message = err.Error()
	}
	if resp.Code == "" {
		resp.Code = "XX000"
	}
	resp.Message, resp.Detail, resp.Hint = sendable(resp.Message), sendable(resp.Detail), sendable(resp.Hint)
	return resp
}

// sendable is text as the protocol's strings can hold it: UTF-8, without the zero
// byte that would end it. Messages may quote what a record or a client sent.
func sendable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// errClientGone marks failures to write to the client.
var errClientGone = errors.New("write to the client")

// isSQLError tells errors that have a SQLSTATE from failures of the connection.
func isSQLError(err error) bool {
	var sqlErr *redshift.Error
	var leatErr *leat.Error
	return errors.As(err, &sqlErr) || errors.As(err, &leatErr)
}

func isOutOfRange(err error) bool { return errors.Is(err, strconv.ErrRange) }

// sqlstateOf translates the shared error codes.
func sqlstateOf(code leat.Code) string {
	switch code {
	case leat.InvalidArgument:
		return "22023"
	case leat.NotFound:
		return "42704"
	case leat.AlreadyExists:
		return "42710"
	case leat.InUse:
		return "55006"
	case leat.LimitExceeded:
		return "54000"
	case leat.Expired:
		return "55000"
	case leat.Unsupported:
		return "0A000"
	case leat.Corrupt:
		return "XX001"
	case leat.Unavailable:
		return "57P03"
	}
	return "XX000"
}

// noticeResponse is a notice as the protocol tells it.
func noticeResponse(n warehouse.Notice) *pgproto3.NoticeResponse {
	code := n.SQLSTATE
	if code == "" {
		code = "00000"
	}
	return &pgproto3.NoticeResponse{
		Severity: n.Severity, SeverityUnlocalized: n.Severity,
		Code: code, Message: sendable(n.Message),
	}
}
