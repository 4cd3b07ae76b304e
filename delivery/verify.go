package delivery

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"leat/metastore"
	"leat/shardlog"
	"leat/vfs"
)

// Verify checks delivery's folder, which nobody may have open: the records of
// DirectPut, whose findings it returns, and the ledgers. A ledger that does not
// add up, or cannot be read, is a finding too. A folder that is not there holds
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
	store, err := metastore.Open(ctx, path)
	if err != nil {
		damaged("", err)
		return findings, nil
	}
	deliveries, err := store.Deliveries(ctx)
	if err != nil {
		damaged("", err)
	}
	for _, d := range deliveries {
		if err := d.Ledger.Check(); err != nil {
			damaged(d.Name, err)
		}
	}
	if err := store.Close(); err != nil {
		return nil, fmt.Errorf("close %s: %w", path, err)
	}
	return findings, nil
}
