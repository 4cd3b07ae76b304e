package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"leat/duck"
)

// Config configures a Writer.
type Config struct {
	// Dir is the Writer's own folder; what is in it is removed.
	Dir string
	// MemoryBytes bounds DuckDB's buffers; default 128 MiB, at least MinMemory.
	// DuckDB itself takes up to as much again.
	MemoryBytes int64
}

// MinMemory is what a Writer works with at least: DuckDB reads lines through a
// buffer of 32 MiB.
const MinMemory = 96 << 20

// A Writer writes batches, one at a time.
type Writer struct {
	cfg    Config
	db     *duck.DB
	conn   *duck.Conn
	stages uint64 // how many files have been staged
	// fault, if set, may fail the writing of a group; for tests.
	fault func(*group) error
}

// Open makes a Writer. DuckDB starts with the first batch.
func Open(cfg Config) (*Writer, error) {
	if cfg.MemoryBytes == 0 {
		cfg.MemoryBytes = 128 << 20
	}
	cfg.MemoryBytes = max(cfg.MemoryBytes, MinMemory)
	w := &Writer{cfg: cfg}
	return w, w.Clear()
}

// Close ends DuckDB and removes the files.
func (w *Writer) Close() error {
	return errors.Join(w.stop(), os.RemoveAll(w.cfg.Dir))
}

// Clear removes the files of the last batch.
func (w *Writer) Clear() error {
	if err := os.RemoveAll(w.batch()); err != nil {
		return fmt.Errorf("empty the staging folder: %w", err)
	}
	if err := os.MkdirAll(w.batch(), 0o755); err != nil {
		return fmt.Errorf("make the staging folder: %w", err)
	}
	return nil
}

// batch is the folder of the current batch.
func (w *Writer) batch() string { return filepath.Join(w.cfg.Dir, "batch") }

func (w *Writer) path(name string) string { return filepath.Join(w.batch(), name) }

// start starts DuckDB if need be. One thread, so that files come out the same
// each time; several Writers use several cores.
func (w *Writer) start() error {
	if w.conn != nil {
		return nil
	}
	db, err := duck.Open(duck.Config{
		MemoryBytes: w.cfg.MemoryBytes,
		Threads:     1,
		TempDir:     filepath.Join(w.cfg.Dir, "spill"),
		// The second is the first as read_json must be told, see globbed.
		Folders:    []string{w.cfg.Dir, globbed(w.cfg.Dir)},
		Settings:   map[string]string{"preserve_insertion_order": "true", "enable_external_file_cache": "false"},
		Changeable: []string{"partitioned_write_flush_threshold", "TimeZone"},
	})
	if err != nil {
		return fmt.Errorf("start DuckDB: %w", err)
	}
	conn, err := db.Connect()
	if err == nil {
		_, err = conn.Exec(context.Background(), "SET TimeZone = 'UTC'")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("start DuckDB: %w", err), db.Close())
	}
	w.db, w.conn = db, conn
	return nil
}

func (w *Writer) stop() error {
	if w.conn == nil {
		return nil
	}
	err := errors.Join(w.conn.Close(), w.db.Close())
	w.db, w.conn = nil, nil
	return err
}

// exec runs a statement and returns how many rows it wrote. After an error
// that spoils the database, the next batch starts a new one.
func (w *Writer) exec(ctx context.Context, sql string) (int64, error) {
	n, err := w.conn.Exec(ctx, sql)
	switch duck.TypeOf(err) {
	case duck.Fatal, duck.Internal:
		return 0, errors.Join(err, w.stop())
	}
	return n, err
}

// blames tells whether an error comes from the records or the query, and not
// from the machine: only the former is worth a search for the bad record.
func blames(err error) bool {
	switch duck.TypeOf(err) {
	case duck.Binder, duck.Catalog, duck.Conversion, duck.DivideByZero, duck.InvalidInput, duck.InvalidType, duck.MismatchType,
		duck.NotImplemented, duck.OutOfRange, duck.Parser, duck.Syntax, duck.Constraint:
		return true
	}
	return false
}
