package shardlog

import (
	"errors"
	"fmt"
	"syscall"

	"leat"
)

func invalid(format string, args ...any) error {
	return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf(format, args...)}
}

func notFound(stream string) error {
	return &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("stream %s does not exist", stream)}
}

func shardNotFound(shard uint32, stream string) error {
	return &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("shard %d of stream %s does not exist", shard, stream)}
}

func closedError(stream string) error {
	return &leat.Error{Code: leat.Unavailable, Message: fmt.Sprintf("stream %s is closed", stream)}
}

// corrupt says that a file holds bytes that Leat did not write there.
func corrupt(file string, offset int64, cause error) error {
	return &leat.Error{
		Code:    leat.Corrupt,
		Message: fmt.Sprintf("%s is damaged at byte %d", file, offset),
		Hint:    "check the disk, then restore the file from a copy or delete the stream",
		Err:     cause,
	}
}

// shortage reports whether an error says that the disk has no room, or that no
// more files can be opened: both pass, and nothing was written. It makes the
// error that callers see.
func shortage(stream string, err error) (error, bool) {
	of, hint := "the disk is full", "free space or shorten the retention; nothing acknowledged is lost"
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
	case errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE):
		of, hint = "too many files are open", "raise the limit of open files (ulimit -n); nothing acknowledged is lost"
	default:
		return err, false
	}
	return &leat.Error{Code: leat.Unavailable, Message: fmt.Sprintf("stream %s takes no records: %s", stream, of), Hint: hint, Err: err}, true
}

// stopped is the error of a stream that met a write or sync error.
func stopped(stream string, cause error) error {
	return &leat.Error{
		Code:    leat.Unavailable,
		Message: fmt.Sprintf("stream %s takes no records since a write failed", stream),
		Hint:    "check the disk, then restart Leat",
		Err:     cause,
	}
}
