package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"leat/duck"
)

// verifyObjects reads the objects of all buckets.
func verifyObjects(ctx context.Context, buckets string) (findings []Finding, err error) {
	db, err := duck.Open(duck.Config{Folders: []string{buckets}, MemoryBytes: verifyMemory})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	err = filepath.WalkDir(buckets, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := verifyObject(ctx, conn, path); err != nil {
			findings = append(findings, Finding{
				Part: "bucket " + bucketOf(buckets, path), File: path, Offset: -1, Damage: true, Message: err.Error(),
			})
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return findings, err
}

// What objects begin with that can be decoded.
var (
	gzipMagic    = []byte{0x1f, 0x8b}
	parquetMagic = []byte("PAR1")
)

// verifyObject decodes an object by what it begins with, whatever its name.
func verifyObject(ctx context.Context, conn *duck.Conn, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	head := make([]byte, len(parquetMagic))
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	switch {
	case bytes.Equal(head, parquetMagic):
		// A hash of a whole row needs every byte of it.
		if _, err := conn.Row(ctx, "SELECT bit_xor(hash(t)) FROM read_parquet("+duck.Literal(path)+", hive_partitioning = false) t"); err != nil {
			return fmt.Errorf("the Parquet cannot be read: %w", err)
		}
		return nil
	case n >= len(gzipMagic) && bytes.HasPrefix(head, gzipMagic):
		text, err := gzip.NewReader(file)
		if err == nil {
			_, err = io.Copy(io.Discard, text)
		}
		if err != nil {
			return fmt.Errorf("the gzip cannot be read: %w", err)
		}
		return nil
	}
	_, err = io.Copy(io.Discard, file)
	return err
}
