package crash

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"leat/duck"
)

// An archive is what has been read of the buckets' objects, which do not change
// once they are there.
type archive struct {
	objects map[string][]int // ids by path
}

func newArchive() *archive { return &archive{objects: map[string][]int{}} }

// ids returns the ids of all objects in a folder of the bucket.
func (a *archive) ids(ctx context.Context, folder string) ([]int, error) {
	var all []int
	var parquet []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if _, known := a.objects[path]; known {
			all = append(all, a.objects[path]...)
			return nil
		}
		if strings.HasSuffix(path, ".parquet") {
			parquet = append(parquet, path)
			return nil
		}
		ids, err := linesOf(path)
		a.objects[path] = ids
		all = append(all, ids...)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	more, err := a.readParquet(ctx, folder, parquet)
	return append(all, more...), err
}

// linesOf reads the ids of an object of lines.
func linesOf(path string) ([]int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var ids []int
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		id, err := indexOf(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		ids = append(ids, id)
	}
	return ids, lines.Err()
}

// readParquet reads the ids of new objects, all in one query.
func (a *archive) readParquet(ctx context.Context, folder string, paths []string) ([]int, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	db, err := duck.Open(duck.Config{Folders: []string{folder}})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var list []string
	for _, path := range paths {
		list = append(list, duck.Literal(path))
	}
	rows, err := conn.Query(ctx, "SELECT filename, id::BIGINT FROM read_parquet(["+strings.Join(list, ", ")+"], union_by_name = true, filename = true)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int
	for rows.Next() {
		path, id := rows.Values()[0].(string), int(rows.Values()[1].(int64))
		a.objects[path] = append(a.objects[path], id)
		all = append(all, id)
	}
	return all, rows.Err()
}
