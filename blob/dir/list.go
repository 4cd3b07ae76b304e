package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"leat/blob"
)

// List implements blob.Bucket. It reads only the folders that can hold keys
// asked for.
func (b *Bucket) List(ctx context.Context, prefix, after string, limit int) ([]blob.Object, error) {
	if err := b.exists(); err != nil {
		return nil, err
	}
	l := listing{bucket: b, prefix: prefix, after: after, limit: limit}
	if err := l.folder(ctx, ""); err != nil {
		return nil, fmt.Errorf("list %s*: %w", prefix, err)
	}
	return l.objects, nil
}

type listing struct {
	bucket        *Bucket
	prefix, after string
	limit         int
	objects       []blob.Object
}

// folder lists one folder; path is "" or ends in a slash.
func (l *listing) folder(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := l.bucket.fsys.ReadDir(filepath.Join(l.bucket.root, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed since its parent was read
	}
	if err != nil {
		return err
	}
	// Keys are in byte order, where a folder sorts as its name and a slash:
	// "a-b" comes before "a/b".
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		name := path + entry.Name()
		if entry.IsDir() {
			name += "/"
		}
		if name != blob.Reserved+"/" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if len(l.objects) >= l.limit {
			return nil
		}
		isFolder := strings.HasSuffix(name, "/")
		switch {
		case isFolder && l.mayHold(name):
			if err := l.folder(ctx, name); err != nil {
				return err
			}
		case !isFolder && strings.HasPrefix(name, l.prefix) && name > l.after:
			info, err := l.bucket.fsys.Stat(filepath.Join(l.bucket.root, filepath.FromSlash(name)))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			l.objects = append(l.objects, blob.Object{Key: name, Size: info.Size(), Modified: info.ModTime()})
		}
	}
	return nil
}

// mayHold tells whether a folder can hold keys with the prefix, after the key
// after.
func (l *listing) mayHold(folder string) bool {
	matches := strings.HasPrefix(folder, l.prefix) || strings.HasPrefix(l.prefix, folder)
	return matches && (folder > l.after || strings.HasPrefix(l.after, folder))
}

// isNotDir tells whether an error says that a file stands where a folder of
// the path should be.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
