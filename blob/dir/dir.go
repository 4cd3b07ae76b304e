// Package dir keeps a bucket as a folder and its objects as files: what is
// delivered can be looked at, copied and read by any program.
//
// An object is written to the folder .leat/put beside the others, synced, and
// moved to its place; then the folders above it are synced. A crash leaves at
// most a file in .leat/put, which Clean removes. Any number of Buckets may be
// open on one folder; readers see whole objects only.
//
// File systems give two limits that S3 has not: a key cannot be both an object
// and a folder of others ("a" and "a/b"), and where names differ by case alone,
// some file systems hold one only. Empty folders that deleting leaves behind
// are removed.
package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"leat"
	"leat/blob"
	"leat/vfs"
)

// A Bucket is a folder. It is a blob.Bucket.
type Bucket struct {
	fsys vfs.FS
	root string
	id   string        // of this Bucket among those on the folder
	puts atomic.Uint64 // names of unfinished objects
}

// Create makes the folder of a bucket, durable, if it is not there, and opens
// it.
func Create(fsys vfs.FS, root string) (*Bucket, error) {
	if err := vfs.EnsureDir(fsys, root); err != nil {
		return nil, fmt.Errorf("make bucket %s: %w", root, err)
	}
	return Open(fsys, root)
}

// Open opens the folder of a bucket. A folder that does not exist is an Error
// with code NotFound.
func Open(fsys vfs.FS, root string) (*Bucket, error) {
	b := &Bucket{fsys: fsys, root: root, id: uuid.NewString()}
	if err := b.exists(); err != nil {
		return nil, err
	}
	return b, nil
}

// Clean removes what puts left that a crash ended. No put to the folder may be
// running, of this Bucket or another.
func (b *Bucket) Clean() error {
	if err := b.fsys.RemoveAll(b.unfinished()); err != nil {
		return fmt.Errorf("clean bucket %s: %w", b.root, err)
	}
	return nil
}

func (b *Bucket) unfinished() string { return filepath.Join(b.root, blob.Reserved, "put") }

// exists checks that the bucket's own folder is there: a bucket that somebody
// removed, or a volume that is not mounted, must not be made anew by a put.
func (b *Bucket) exists() error {
	info, err := b.fsys.Stat(b.root)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
		return &leat.Error{
			Code:    leat.NotFound,
			Message: fmt.Sprintf("bucket %q does not exist", filepath.Base(b.root)),
			Hint:    "make the folder " + b.root,
		}
	case err != nil:
		return fmt.Errorf("open bucket %s: %w", b.root, err)
	}
	return nil
}

// path returns the file of a key.
func (b *Bucket) path(key string) (string, error) {
	if err := blob.CheckKey(key); err != nil {
		return "", err
	}
	return filepath.Join(b.root, filepath.FromSlash(key)), nil
}

// Put implements blob.Bucket.
func (b *Bucket) Put(ctx context.Context, key string, body io.Reader) (blob.Object, error) {
	name, err := b.path(key)
	if err != nil {
		return blob.Object{}, err
	}
	if err := b.exists(); err != nil {
		return blob.Object{}, err
	}
	if err := b.fits(key, name); err != nil {
		return blob.Object{}, err
	}
	if err := b.fsys.MkdirAll(b.unfinished()); err != nil {
		return blob.Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	temp := filepath.Join(b.unfinished(), fmt.Sprintf("%s-%d", b.id, b.puts.Add(1)))
	size, err := b.write(ctx, temp, body)
	if err == nil {
		err = b.place(temp, name)
	}
	if err != nil {
		// The first error is the one to report; Clean removes left-overs.
		_ = b.fsys.Remove(temp)
		return blob.Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	object := blob.Object{Key: key, Size: size}
	if info, err := b.fsys.Stat(name); err == nil {
		object.Modified = info.ModTime()
	}
	return object, nil
}

// fits checks that a key does not need a folder where there is an object, or
// the other way round.
func (b *Bucket) fits(key, name string) error {
	clash := func(what string) error {
		return &leat.Error{Code: leat.InvalidArgument, Message: fmt.Sprintf("put %s: %s; in a folder, a key cannot be both", key, what)}
	}
	if info, err := b.fsys.Stat(name); err == nil {
		if info.IsDir() {
			return clash("other objects are below it")
		}
		return nil
	}
	for folder := filepath.Dir(name); len(folder) > len(b.root); folder = filepath.Dir(folder) {
		if info, err := b.fsys.Stat(folder); err == nil {
			if !info.IsDir() {
				return clash("there is an object where it needs a folder")
			}
			break
		}
	}
	return nil
}

// write makes a synced file of what body holds.
func (b *Bucket) write(ctx context.Context, name string, body io.Reader) (int64, error) {
	f, err := b.fsys.Create(name)
	if err != nil {
		return 0, err
	}
	buffer := make([]byte, 128<<10)
	size, err := io.CopyBuffer(onlyWriter{f}, contextReader{ctx, body}, buffer)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return size, err
}

// place moves a finished file to its name, and makes the name durable.
func (b *Bucket) place(temp, name string) error {
	folder := filepath.Dir(name)
	if err := vfs.EnsureDir(b.fsys, folder); err != nil {
		return err
	}
	if err := b.fsys.Rename(temp, name); err != nil {
		return err
	}
	return b.fsys.SyncDir(folder)
}

// Get implements blob.Bucket.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadCloser, blob.Object, error) {
	object, err := b.Stat(ctx, key)
	if err != nil {
		return nil, blob.Object{}, err
	}
	name, err := b.path(key)
	if err != nil {
		return nil, blob.Object{}, err
	}
	f, err := b.fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, blob.Object{}, blob.NotFound(key)
	}
	if err != nil {
		return nil, blob.Object{}, fmt.Errorf("get %s: %w", key, err)
	}
	// The object may have been replaced since Stat: the open file's size counts.
	if object.Size, err = f.Size(); err != nil {
		f.Close()
		return nil, blob.Object{}, fmt.Errorf("get %s: %w", key, err)
	}
	return f, object, nil
}

// Stat implements blob.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (blob.Object, error) {
	if err := ctx.Err(); err != nil {
		return blob.Object{}, err
	}
	name, err := b.path(key)
	if err != nil {
		return blob.Object{}, err
	}
	info, err := b.fsys.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) || err == nil && info.IsDir() {
		return blob.Object{}, blob.NotFound(key)
	}
	if err != nil {
		return blob.Object{}, fmt.Errorf("stat %s: %w", key, err)
	}
	return blob.Object{Key: key, Size: info.Size(), Modified: info.ModTime()}, nil
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if _, err := b.Stat(ctx, key); leat.CodeOf(err) == leat.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	name, err := b.path(key)
	if err != nil {
		return err
	}
	if err := b.fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	folder := filepath.Dir(name)
	if err := b.fsys.SyncDir(folder); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	for ; folder != b.root && strings.HasPrefix(folder, b.root); folder = filepath.Dir(folder) {
		if entries, err := b.fsys.ReadDir(folder); err != nil || len(entries) > 0 || b.fsys.Remove(folder) != nil {
			break
		}
	}
	return nil
}

// onlyWriter hides a file's other methods from io.Copy.
type onlyWriter struct{ io.Writer }

// contextReader stops a copy when its context ends.
type contextReader struct {
	ctx  context.Context
	body io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.body.Read(p)
}
