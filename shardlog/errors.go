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

// diskFull reports whether an error says that the disk has no room, and makes
// it the error that callers see.
func diskFull(stream string, err error) (error, bool) {
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		return err, false
	}
	return &leat.Error{
		Code:    leat.Unavailable,
		Message: fmt.Sprintf("stream %s takes no records: the disk is full", stream),
		Hint:    "free space or shorten the retention; nothing acknowledged is lost",
		Err:     err,
	}, true
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
