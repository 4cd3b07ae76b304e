package duck

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// StorageVersion is the file format of databases that Open makes.
const StorageVersion = "v1.5.0"

// Config says how to open a database. The zero value is an empty database in
// memory, closed to the outside.
type Config struct {
	// Path is the database file, made when missing. Empty: in memory.
	Path string
	// RowGroupRows is how many rows the tables of a database that Open makes
	// hold together, a multiple of 2048. A checkpoint writes the last group of a
	// table anew: small groups make it short, large ones make scans a little
	// faster and files a little smaller. Default 122880.
	RowGroupRows int
	// MemoryBytes bounds what DuckDB's buffer manager holds. Some of DuckDB's
	// memory (the state of running operators, metadata) is outside of it:
	// expect up to half as much again. Default 256 MiB.
	MemoryBytes int64
	// ReserveBytes is what DB.Reserve adds to MemoryBytes. Default: a quarter of
	// it.
	ReserveBytes int64
	// Crowded, if set, is called again and again while the limit cannot be brought
	// down to MemoryBytes after a Reserve or a transaction's end, because queries
	// fill what is written out for it. Whoever wants the reserve or the end of a
	// transaction waits meanwhile: it should have a query end. From any goroutine.
	Crowded func()
	// ReadOnly opens a file that is there, as it is: what its write-ahead log holds
	// is seen, and stays there.
	ReadOnly bool
	// Threads is how many threads run queries, together with the threads that
	// call. Default 2.
	Threads int
	// TempDir is where queries larger than MemoryBytes spill. Default: beside
	// Path; without a Path, queries that do not fit fail.
	TempDir string
	// Folders are folders that SQL may read and write files in. Everything else
	// outside the database is closed: files, network, extensions, ATTACH.
	Folders []string
	// Settings are further DuckDB settings, by name, fixed for the life of the
	// database.
	Settings map[string]string
	// Changeable names settings that SET may change per connection. Besides them
	// it may change memory_limit and checkpoint_threshold, which this package
	// does: SQL of users must not hold SET.
	Changeable []string
}

func (c Config) withDefaults() Config {
	if c.MemoryBytes == 0 {
		c.MemoryBytes = 256 << 20
	}
	if c.ReserveBytes == 0 {
		c.ReserveBytes = c.MemoryBytes / 4
	}
	if c.Threads == 0 {
		c.Threads = 2
	}
	if c.RowGroupRows == 0 {
		c.RowGroupRows = 122_880
	}
	if c.TempDir == "" && c.Path != "" {
		c.TempDir = c.Path + ".tmp"
	}
	return c
}

// settings returns every setting that is given when the database opens.
func (c Config) settings() map[string]string {
	settings := map[string]string{
		"memory_limit":                 strconv.FormatInt(c.MemoryBytes, 10) + "B",
		"threads":                      strconv.Itoa(c.Threads),
		"temp_directory":               c.TempDir,
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_persistent_secrets":     "false",
		"errors_as_json":               "true",
	}
	maps.Copy(settings, c.Settings)
	return settings
}

// A DB is an open database.
type DB struct {
	handle  duckdb.Database
	batches *registry
	reserve reserve
	main    string // the attached file's name in SQL; "" in memory
}

// Open opens a database, or makes it. A file that another process holds, or
// that is damaged, is an *Error of type IO.
func Open(cfg Config) (*DB, error) {
	limitArenas()
	cfg = cfg.withDefaults()
	var config duckdb.Config
	if duckdb.CreateConfig(&config) == duckdb.StateError {
		return nil, &Error{Type: OutOfMemory, Message: "no memory for the settings"}
	}
	defer duckdb.DestroyConfig(&config)
	for name, value := range cfg.settings() {
		if duckdb.SetConfig(config, name, value) == duckdb.StateError {
			return nil, &Error{Type: Settings, Message: fmt.Sprintf("setting %s does not take %q", name, value)}
		}
	}
	db := &DB{}
	var message string
	if duckdb.OpenExt("", &db.handle, config, &message) == duckdb.StateError {
		return nil, parseError(message, Connection)
	}
	if err := db.attach(cfg); err != nil {
		duckdb.Close(&db.handle)
		return nil, err
	}
	if err := db.lock(cfg); err != nil {
		duckdb.Close(&db.handle)
		return nil, err
	}
	if err := db.reserve.open(db, cfg); err != nil {
		duckdb.Close(&db.handle)
		return nil, err
	}
	return db, nil
}

// attach makes the file the database that connections use. Attached, it can be
// told its row groups' size, which it cannot when it is what is opened.
func (db *DB) attach(cfg Config) error {
	if cfg.Path == "" {
		return nil
	}
	conn, err := db.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	name, _, _ := strings.Cut(filepath.Base(cfg.Path), ".")
	options := fmt.Sprintf("STORAGE_VERSION %s, ROW_GROUP_SIZE %d", Literal(StorageVersion), cfg.RowGroupRows)
	if cfg.ReadOnly {
		options = "READ_ONLY"
	}
	_, err = conn.Exec(context.Background(), fmt.Sprintf("ATTACH %s AS %s (%s)", Literal(cfg.Path), Identifier(name), options))
	if err != nil {
		return err
	}
	db.main = name
	return nil
}

// lock registers our functions, then closes the database to the
// outside and freezes its settings, in that order.
func (db *DB) lock(cfg Config) error {
	conn, err := db.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	if db.batches, err = newRegistry(conn); err != nil {
		return err
	}
	if err := registerFunctions(conn); err != nil {
		return err
	}
	var statements []string
	if len(cfg.Folders) > 0 {
		var folders []string
		for _, folder := range cfg.Folders {
			absolute, err := filepath.Abs(folder)
			if err != nil {
				return fmt.Errorf("folder %s: %w", folder, err)
			}
			folders = append(folders, Literal(absolute+string(filepath.Separator)))
		}
		statements = append(statements, "SET allowed_directories = ["+strings.Join(folders, ", ")+"]")
	}
	// The machine's time zone must not change what a query returns.
	statements = append(statements, "SET GLOBAL TimeZone = 'UTC'", "SET enable_external_access = false")
	names := []string{Literal("memory_limit"), Literal("checkpoint_threshold")} // see reserve, CheckpointAt
	for _, name := range slices.Sorted(slices.Values(cfg.Changeable)) {
		names = append(names, Literal(name))
	}
	statements = append(statements, "SET allowed_configs = ["+strings.Join(names, ", ")+"]")
	statements = append(statements, "SET lock_configuration = true")
	for _, sql := range statements {
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// Close closes the database. Every connection must be closed before; what is
// in the write-ahead log is written into the file.
func (db *DB) Close() error {
	db.reserve.close()
	duckdb.Close(&db.handle)
	db.batches.close()
	return nil
}

// CheckpointAt sets how long the write-ahead log may become before a commit writes
// it into the file, in bytes.
func (db *DB) CheckpointAt(bytes int64) error {
	r := &db.reserve
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn == nil {
		return nil
	}
	_, err := r.conn.simple(context.Background(), fmt.Sprintf("SET GLOBAL checkpoint_threshold = '%dB'", bytes))
	return err
}

// Version returns DuckDB's version.
func Version() string { return duckdb.LibraryVersion() }

// Literal quotes text as a SQL string.
func Literal(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// Identifier quotes a name for SQL.
func Identifier(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
