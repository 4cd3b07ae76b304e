package server

import (
	"fmt"
	"os"
	"path/filepath"
)

// A Folder is the layout of a data folder.
type Folder string

// Streams is where the streams' records are.
func (f Folder) Streams() string { return filepath.Join(string(f), "streams") }

// Warehouse is where the database files are.
func (f Folder) Warehouse() string { return filepath.Join(string(f), "warehouse") }

// Delivery is where the delivery streams' definitions and plans are.
func (f Folder) Delivery() string { return filepath.Join(string(f), "delivery") }

// Buckets is where the local buckets are, one folder each.
func (f Folder) Buckets() string { return filepath.Join(string(f), "buckets") }

// prepare makes the folders that are missing. They are for the owner alone:
// they hold the records of everybody who writes to this server.
func (f Folder) prepare() error {
	for _, dir := range []string{string(f), f.Streams(), f.Warehouse(), f.Delivery(), f.Buckets()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	return nil
}
