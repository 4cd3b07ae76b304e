package metastore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"leat"
)

// A Store is an open database. Its methods may be called from several
// goroutines; they take turns.
type Store struct {
	db   *sql.DB
	path string
}

// Open opens the store in the file, or makes it; its folder must exist.
func Open(ctx context.Context, path string) (*Store, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if _, err := os.Stat(filepath.Dir(absolute)); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	// Exclusive mode keeps other processes out for as long as the store is
	// open, and saves the shared-memory file.
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "busy_timeout(0)",
	}}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{db: db, path: path}
	if err := s.migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Check reads the whole file and checks its structure. What is wrong with it is
// an Error with code Corrupt.
func (s *Store) Check(ctx context.Context) error {
	rows, err := s.db.QueryContext(ctx, "PRAGMA integrity_check")
	if err != nil {
		return s.explain("check", err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return s.explain("check", err)
		}
		if line != "ok" {
			return &leat.Error{Code: leat.Corrupt, Message: fmt.Sprintf("check of %s: %s", s.path, line), Hint: "restore the file from a copy"}
		}
	}
	if err := rows.Err(); err != nil {
		return s.explain("check", err)
	}
	return nil
}

// change runs f in a transaction. what says what is done, for errors.
//
// A context that has ended stops a change before it begins, never in the
// middle: so a caller knows whether it has happened, and no connection is left
// to be cleaned up behind Close's back.
func (s *Store) change(ctx context.Context, what string, f func(ctx context.Context, tx *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(what, err)
	}
	if err := f(ctx, tx); err != nil {
		tx.Rollback() // the first error is the one to report
		return s.explain(what, err)
	}
	if err := tx.Commit(); err != nil {
		return s.explain(what, err)
	}
	return nil
}

// explain wraps an error with what was done, and says what SQLite's codes mean
// for a user.
func (s *Store) explain(what string, err error) error {
	var own *leat.Error
	if errors.As(err, &own) {
		return err
	}
	code, hint := leat.Internal, ""
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		switch failure.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			code, hint = leat.InUse, "another process has this data folder open; stop it, or use another folder"
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			code, hint = leat.Corrupt, "restore the file from a copy"
		case sqlite3.SQLITE_FULL:
			code, hint = leat.Unavailable, "the disk is full"
		}
	}
	if code == leat.Internal {
		return fmt.Errorf("%s in %s: %w", what, s.path, err)
	}
	return &leat.Error{Code: code, Message: fmt.Sprintf("%s in %s", what, s.path), Hint: hint, Err: err}
}
