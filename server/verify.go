package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"leat/delivery"
	"leat/shardlog"
	"leat/vfs"
)

// Verify checks a data folder that no server uses, and holds its lock
// meanwhile: the checksums of all streams, and what the delivery streams keep.
// The warehouse's database checks its own pages whenever it reads them.
func Verify(ctx context.Context, folder Folder) (_ []shardlog.Finding, err error) {
	fsys := vfs.OS()
	if _, err := fsys.Stat(folder.Streams()); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a data folder: it has no streams", folder)
	}
	lock, err := folder.prepare(fsys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	findings, err := shardlog.Verify(ctx, fsys, folder.Streams())
	if err != nil {
		return nil, err
	}
	more, err := delivery.Verify(ctx, fsys, folder.Delivery())
	if err != nil {
		return nil, fmt.Errorf("verify the delivery streams: %w", err)
	}
	return append(findings, more...), nil
}
