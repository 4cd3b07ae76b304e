package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"leat"
	"leat/awsapi"
	"leat/vfs"
)

// A Folder is the layout of a data folder.
type Folder string

// Streams is where the streams' records are.
func (f Folder) Streams() string { return filepath.Join(string(f), "streams") }

// Warehouse is where the database files are.
func (f Folder) Warehouse() string { return filepath.Join(string(f), "warehouse") }

// Delivery is where the delivery streams' definitions and plans are.
func (f Folder) Delivery() string { return filepath.Join(string(f), "delivery") }

// Buckets is where the local buckets are, one folder each.
func (f Folder) Buckets() string { return filepath.Join(string(f), "buckets") }

// prepare makes the folders that are missing and takes the data folder for this
// process, until the result is closed.
func (f Folder) prepare(fsys vfs.FS) (io.Closer, error) {
	for _, dir := range []string{string(f), f.Streams(), f.Warehouse(), f.Delivery(), f.Buckets()} {
		if err := vfs.EnsureDir(fsys, dir); err != nil {
			return nil, fmt.Errorf("data folder: %w", err)
		}
	}
	lock, err := fsys.Lock(filepath.Join(string(f), "lock"))
	var locked *vfs.LockedError
	if errors.As(err, &locked) {
		by := "another process"
		if locked.PID != 0 {
			by = fmt.Sprintf("process %d", locked.PID)
		}
		return nil, &leat.Error{
			Code:    leat.InUse,
			Message: fmt.Sprintf("data folder %s is in use by %s", f, by),
			Hint:    "Stop that one, or choose another folder with --data.",
		}
	}
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	return lock, nil
}

func (f Folder) tokenKeyPath() string { return filepath.Join(string(f), "token.key") }

// tokenKey is the key that paging tokens and shard iterators are sealed with. It
// is kept, so that they outlive a restart.
func (f Folder) tokenKey(fsys vfs.FS) ([]byte, error) {
	path := f.tokenKeyPath()
	key, err := vfs.ReadFile(fsys, path)
	if err == nil && len(key) == awsapi.KeyBytes {
		return key, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("key of tokens: %w", err)
	}
	key = make([]byte, awsapi.KeyBytes)
	rand.Read(key) // never fails
	if err := vfs.WriteFile(fsys, path, key); err != nil {
		return nil, fmt.Errorf("key of tokens: %w", err)
	}
	return key, nil
}
