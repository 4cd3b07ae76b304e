package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"leat/duck"
)

// Verify reads every table of a warehouse's folder, which nobody may have open,
// and the write-ahead log, and leaves both as they are. It returns what is
// damaged; DuckDB checks each block that it reads, and each entry of the log.
// Blocks that no table uses are not read. A folder that is not there holds
// nothing wrong. The error is of what could not be looked at.
func Verify(ctx context.Context, dir string, memoryBytes int64) (damaged []error, err error) {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	spill, err := os.MkdirTemp("", "leat-verify-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(spill)
	db, err := duck.Open(duck.Config{Path: path, ReadOnly: true, MemoryBytes: memoryBytes, TempDir: spill})
	if err != nil {
		return []error{err}, nil
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	tables, err := tablesOf(ctx, conn)
	if err != nil {
		return []error{err}, nil
	}
	for _, table := range tables {
		// A hash of a whole row needs every byte of it.
		_, err := conn.Row(ctx, "SELECT bit_xor(hash(t)) FROM "+table+" t")
		switch {
		case ctx.Err() != nil:
			return damaged, ctx.Err()
		case err != nil:
			damaged = append(damaged, fmt.Errorf("table %s: %w", table, err))
		}
	}
	return damaged, nil
}

// tablesOf lists the tables of the database, quoted.
func tablesOf(ctx context.Context, conn *duck.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1, 2")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		schema, name := rows.Values()[0].(string), rows.Values()[1].(string)
		tables = append(tables, duck.Identifier(schema)+"."+duck.Identifier(name))
	}
	return tables, rows.Err()
}
