package vfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// ReadFile returns a file's contents.
func ReadFile(fsys FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	data := make([]byte, size)
	n, err := f.ReadAt(data, 0)
	if err != nil && !(errors.Is(err, io.EOF) && int64(n) == size) {
		return nil, err
	}
	return data, nil
}

// WriteFile replaces a file so that a crash leaves either the old contents or
// the new ones, and after a nil error the new ones. It writes name+".tmp"
// first; two callers must not write one name at a time.
func WriteFile(fsys FS, name string, data []byte) error {
	temp := name + ".tmp"
	f, err := fsys.Create(temp)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, 0)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = fsys.Rename(temp, name)
	}
	if err != nil {
		// The first error is the one to report; a left-over is overwritten next time.
		_ = fsys.Remove(temp)
		return err
	}
	return fsys.SyncDir(filepath.Dir(name))
}

// EnsureDir makes a folder and its parents, durable where it made them. A folder
// that is there is left alone; see SyncPath.
func EnsureDir(fsys FS, name string) error {
	name = filepath.Clean(name)
	var missing []string
	for dir := name; ; dir = filepath.Dir(dir) {
		info, err := fsys.Stat(dir)
		if err == nil {
			if !info.IsDir() {
				return &fs.PathError{Op: "mkdir", Path: dir, Err: fmt.Errorf("is a file, not a folder")}
			}
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		missing = append(missing, dir)
		if filepath.Dir(dir) == dir {
			break
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := fsys.MkdirAll(name); err != nil {
		return err
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := fsys.SyncDir(filepath.Dir(missing[i])); err != nil {
			return err
		}
	}
	return nil
}

// SyncPath makes a folder's whole path durable, for those who cannot know
// whether it was made durable when it was made. Parents that may not be read are
// left out: they were not made by us.
func SyncPath(fsys FS, name string) error {
	for dir := filepath.Clean(name); ; dir = filepath.Dir(dir) {
		if err := fsys.SyncDir(dir); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
		if filepath.Dir(dir) == dir {
			return nil
		}
	}
}
