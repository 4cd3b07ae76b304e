// Package blob is the contract of an object store: a Bucket holds objects
// under keys, as Amazon S3 does. blob/dir keeps them as files of a folder,
// blob/mem in memory; blob/blobtest is the suite that every implementation
// passes.
//
// Promises of every implementation:
//   - Put is atomic: under a key there is the whole old object or the whole new
//     one, at every moment and after a crash. A Put that returned nil survives
//     a crash.
//   - Get sees one object, not a mix of two, however it is replaced meanwhile.
//   - A key never leads outside of its bucket.
//
// Keys follow S3 (UTF-8, up to 1024 bytes) with the limits of CheckKey, which
// are those of file systems, so that a delivery that works in a folder works in
// every bucket. The package knows no formats and retries nothing.
package blob

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"leat"
)

// A Bucket keeps objects. Its methods may be called from several goroutines.
type Bucket interface {
	// Put stores what body holds up to its end, and replaces the object that
	// may be there. When reading body fails, nothing is stored, and the error
	// wraps body's.
	Put(ctx context.Context, key string, body io.Reader) (Object, error)
	// Get opens an object for reading. None there is an Error with code
	// NotFound. The caller closes the reader.
	Get(ctx context.Context, key string) (io.ReadCloser, Object, error)
	// Stat describes an object; none there is NotFound.
	Stat(ctx context.Context, key string) (Object, error)
	// List returns objects whose keys start with prefix and come after the key
	// after, in byte order of keys, at most limit (1 or more).
	List(ctx context.Context, prefix, after string, limit int) ([]Object, error)
	// Delete removes an object; none there is no error.
	Delete(ctx context.Context, key string) error
}

// An Object describes one object.
type Object struct {
	Key      string
	Size     int64 // bytes
	Modified time.Time
}

// Limits of keys, in bytes.
const (
	MaxKey     = 1024
	MaxSegment = 255
)

// Reserved is the folder of a bucket that no key may start with: an
// implementation keeps unfinished objects there.
const Reserved = ".leat"

// CheckKey says what is wrong with a key, as an Error with code
// InvalidArgument. Beyond S3's rules it refuses empty segments ("a//b", "/a",
// "a/"), "." and "..", segments over 255 bytes, control characters, backslashes
// and everything under Reserved.
func CheckKey(key string) error {
	refuse := func(format string, args ...any) error {
		return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf("object key %.80q ", key) + fmt.Sprintf(format, args...)}
	}
	switch {
	case key == "":
		return refuse("is empty")
	case len(key) > MaxKey:
		return refuse("has %d bytes, more than %d", len(key), MaxKey)
	case !utf8.ValidString(key):
		return refuse("is not UTF-8")
	case strings.ContainsFunc(key, func(r rune) bool { return r < 0x20 || r == 0x7f || r == '\\' }):
		return refuse("has a control character or a backslash")
	}
	for i, segment := range strings.Split(key, "/") {
		switch {
		case segment == "":
			return refuse("has an empty segment: two slashes in a row, or one at its start or end")
		case segment == "." || segment == "..":
			return refuse("has the segment %q", segment)
		case len(segment) > MaxSegment:
			return refuse("has a segment of %d bytes, more than %d", len(segment), MaxSegment)
		case i == 0 && segment == Reserved:
			return refuse("is in the folder %s, which the bucket keeps for itself", Reserved)
		}
	}
	return nil
}

// NotFound is the error for a key under which there is no object.
func NotFound(key string) error {
	return &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("object %q does not exist", key)}
}
