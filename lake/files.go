package lake

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// partitionFiles finds the files that COPY with PARTITION_BY wrote below the
// groups' folders, depth folders deep: 0/column=value/column=value/data_0.parquet.
// Values are percent-encoded.
func partitionFiles(root string, depth int) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		parts := strings.Split(filepath.ToSlash(relative), "/")
		if len(parts) != depth+2 {
			return fmt.Errorf("unexpected file %s", relative)
		}
		file := File{Path: path}
		for _, part := range parts[1 : depth+1] {
			_, escaped, _ := strings.Cut(part, "=")
			value, err := url.PathUnescape(escaped)
			if err != nil {
				return fmt.Errorf("folder %s: %w", part, err)
			}
			if value == NoValue {
				value = ""
			}
			file.Values = append(file.Values, value)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find the partitions: %w", err)
	}
	// Group 10 comes after group 9, data_10 after data_9.
	slices.SortFunc(files, func(a, b File) int {
		return cmp.Or(slices.Compare(a.Values, b.Values), cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(a.Path, b.Path))
	})
	for i := 1; i < len(files); i++ {
		if slices.Equal(files[i].Values, files[i-1].Values) {
			files[i].Part = files[i-1].Part + 1
		}
	}
	return files, nil
}
