package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"leat"
	"leat/metastore"
	"leat/shardlog"
	"leat/vfs"
)

// Verify checks delivery's folder, which nobody may have open: the records of
// DirectPut, whose findings it returns, the structure of the store, and what is
// in it: ledgers that add up and definitions that can be read. A folder that is not there holds
// nothing wrong.
func Verify(ctx context.Context, fsys vfs.FS, dir string) ([]shardlog.Finding, error) {
	var findings []shardlog.Finding
	direct := filepath.Join(dir, directFolder)
	switch _, err := fsys.Stat(direct); {
	case err == nil:
		if findings, err = shardlog.Verify(ctx, fsys, direct); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	path := filepath.Join(dir, storeFile)
	if _, err := fsys.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return findings, nil
	} else if err != nil {
		return nil, err
	}
	damaged := func(stream string, err error) {
		findings = append(findings, shardlog.Finding{Stream: stream, File: path, Damage: true, Message: err.Error()})
	}
	if err := metastore.CheckLog(path); leat.CodeOf(err) == leat.Corrupt {
		damaged("", err)
	} else if err != nil {
		return nil, err
	}
	// Opening changes the files, and may bring them up to date: a copy is opened.
	copied, err := copyStore(path)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(filepath.Dir(copied))
	store, err := metastore.Open(ctx, copied)
	if err != nil {
		damaged("", err)
		return findings, nil
	}
	if err := store.Check(ctx); err != nil {
		damaged("", err)
	}
	deliveries, err := store.Deliveries(ctx)
	if err != nil {
		damaged("", err)
	}
	for _, d := range deliveries {
		if err := d.Ledger.Check(); err != nil {
			damaged(d.Name, err)
		}
		if err := json.Unmarshal(d.Definition, &Definition{}); err != nil {
			damaged(d.Name, fmt.Errorf("its definition cannot be read: %w", err))
		}
	}
	if err := store.Close(); err != nil {
		return nil, fmt.Errorf("close %s: %w", path, err)
	}
	return findings, nil
}

// copyStore copies the store's file and its write-ahead log into a new folder
// for temporary files, and returns the copy's path.
func copyStore(path string) (copied string, err error) {
	dir, err := os.MkdirTemp("", "leat-verify-")
	if err != nil {
		return "", err
	}
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, storeFile+suffix), text, 0o600)
		}
		if err != nil {
			return "", errors.Join(err, os.RemoveAll(dir))
		}
	}
	return filepath.Join(dir, storeFile), nil
}
