//go:build !unix

package vfs

import (
	"errors"
	"io"
	"os"
)

// lockFile refuses: without a lock that ends with its process, two processes
// could write one folder.
func lockFile(name string) (io.Closer, error) {
	return nil, &os.PathError{Op: "lock", Path: name, Err: errors.ErrUnsupported}
}
