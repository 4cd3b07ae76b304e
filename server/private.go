package server

import (
	"io/fs"
	"os"
	"path/filepath"
)

// keyMode is for files that nobody but the owner may read.
const keyMode = 0o600

// keepPrivate takes what other users of the machine may do with the files of
// the databases, which an older version left readable, and makes the key of
// tokens its owner's alone. Buckets and streams have been made so from the
// beginning.
func (f Folder) keepPrivate() error {
	for _, dir := range []string{f.Warehouse(), f.Delivery()} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			info, err := entry.Info()
			if err != nil || info.Mode().Perm()&0o007 == 0 {
				return err
			}
			return os.Chmod(path, info.Mode().Perm()&^0o007)
		})
		if err != nil {
			return err
		}
	}
	return os.Chmod(f.tokenKeyPath(), keyMode)
}
