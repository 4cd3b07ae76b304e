package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"leat/delivery"
	"leat/shardlog"
	"leat/vfs"
	"leat/warehouse"
)

// verifyMemory is what Verify lets the database take.
const verifyMemory = 256 << 20

// A Finding is one thing that Verify saw.
type Finding struct {
	// Part is what it is about: a stream or delivery stream by name, the
	// warehouse, a bucket.
	Part string
	// File is where; Offset is the byte, or -1 when that is not known.
	File   string
	Offset int64
	// Damage is false for what a crash may leave behind and the next start mends.
	Damage  bool
	Message string
}

// Verify checks a data folder that no server uses, and holds its lock
// meanwhile. It changes nothing that is in it.
//
//   - Streams, and the records of DirectPut: every checksum.
//   - The warehouse: every block that a table uses, every entry of the
//     write-ahead log.
//   - Delivery streams: the structure of their database, the definitions, the
//     ledgers.
//   - Buckets: objects in gzip and Parquet are decoded whole. Others have no
//     checksum: they are only read.
func Verify(ctx context.Context, folder Folder) (findings []Finding, err error) {
	fsys := vfs.OS()
	if _, err := fsys.Stat(folder.Streams()); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a data folder: it has no streams", folder)
	}
	lock, err := folder.prepare(fsys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()

	logs, err := shardlog.Verify(ctx, fsys, folder.Streams())
	if err != nil {
		return nil, err
	}
	findings = append(findings, ofLogs("stream", logs)...)
	damaged, err := warehouse.Verify(ctx, folder.Warehouse(), verifyMemory)
	if err != nil {
		return nil, fmt.Errorf("verify the warehouse: %w", err)
	}
	for _, damage := range damaged {
		findings = append(findings, Finding{Part: "the warehouse", File: folder.Warehouse(), Offset: -1, Damage: true, Message: damage.Error()})
	}
	deliveries, err := delivery.Verify(ctx, fsys, folder.Delivery())
	if err != nil {
		return nil, fmt.Errorf("verify the delivery streams: %w", err)
	}
	findings = append(findings, ofLogs("delivery stream", deliveries)...)
	objects, err := verifyObjects(ctx, folder.Buckets())
	if err != nil {
		return nil, fmt.Errorf("verify the buckets: %w", err)
	}
	return append(findings, objects...), nil
}

func ofLogs(kind string, logs []shardlog.Finding) (findings []Finding) {
	for _, f := range logs {
		part := kind + " " + f.Stream
		if f.Stream == "" {
			part = "the " + kind + "s"
		}
		findings = append(findings, Finding{Part: part, File: f.File, Offset: f.Offset, Damage: f.Damage, Message: f.Message})
	}
	return findings
}

// bucketOf is the bucket that an object's file belongs to.
func bucketOf(buckets, path string) string {
	relative, err := filepath.Rel(buckets, path)
	if err != nil {
		return path
	}
	for dir := filepath.Dir(relative); dir != "."; dir = filepath.Dir(dir) {
		relative = dir
	}
	return relative
}
