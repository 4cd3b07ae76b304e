package demo

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"leat/delivery"
	"leat/duck"
)

// held is how many records a delivery stream's objects hold.
type held struct{ delivered, quarantined uint64 }

// countObjects opens all objects that a delivery stream of the demo has put, and
// counts what is in them.
func countObjects(ctx context.Context, buckets string, of delivery.Status) (held, error) {
	root := filepath.Join(buckets, of.Bucket)
	var h held
	var err error
	if h.quarantined, err = countLines(filepath.Join(root, errorsFolder, of.SourceStream)); err != nil {
		return held{}, err
	}
	folder := filepath.Join(root, of.SourceStream)
	if of.Format == "parquet" {
		h.delivered, err = countParquet(ctx, folder)
	} else {
		h.delivered, err = countLines(folder)
	}
	return h, err
}

// countLines counts the lines of all files in a folder, and in those below it.
func countLines(folder string) (uint64, error) {
	var lines uint64
	err := eachFile(folder, func(path string) error {
		n, err := linesOf(path)
		lines += n
		return err
	})
	return lines, err
}

// eachFile calls f for every file of a folder and below; none is no error.
func eachFile(folder string, f func(path string) error) error {
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return f(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func linesOf(path string) (lines uint64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 32<<20)
	for scanner.Scan() {
		lines++
	}
	if err := scanner.Err(); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return lines, nil
}

// countParquet counts the rows of all Parquet files in a folder and below.
func countParquet(ctx context.Context, folder string) (rows uint64, err error) {
	none := true
	err = eachFile(folder, func(string) error {
		none = false
		return nil
	})
	if none || err != nil {
		return 0, err
	}
	db, err := duck.Open(duck.Config{Folders: []string{folder}, MemoryBytes: 64 << 20})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Connect()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	pattern := strings.ReplaceAll(filepath.Join(folder, "**", "*.parquet"), "'", "''")
	row, err := conn.Row(ctx, "SELECT count(*) FROM read_parquet('"+pattern+"', hive_partitioning = false)")
	if err != nil {
		return 0, err
	}
	n, ok := row[0].(int64)
	if !ok {
		return 0, fmt.Errorf("count of %s is a %T", folder, row[0])
	}
	return uint64(n), nil
}
