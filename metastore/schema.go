package metastore

import (
	"context"
	"database/sql"
	"fmt"

	"leat"
)

// migrations make the database's tables, one step after the other; the
// database's user_version is how many have been made. A step that has been
// released is never changed: add another one.
var migrations = []string{
	`CREATE TABLE delivery (
		id          TEXT PRIMARY KEY,  -- of this incarnation of the name
		name        TEXT NOT NULL UNIQUE,
		created     INTEGER NOT NULL,  -- milliseconds of Unix time
		version     INTEGER NOT NULL,
		state       TEXT NOT NULL,
		definition  BLOB NOT NULL,
		source      TEXT NOT NULL,     -- identity of the source that position belongs to
		position    TEXT NOT NULL,     -- end of what has been planned
		next_plan   INTEGER NOT NULL DEFAULT 1,
		read        INTEGER NOT NULL DEFAULT 0,
		delivered   INTEGER NOT NULL DEFAULT 0,
		dropped     INTEGER NOT NULL DEFAULT 0,
		quarantined INTEGER NOT NULL DEFAULT 0,
		lost        INTEGER NOT NULL DEFAULT 0,
		objects     INTEGER NOT NULL DEFAULT 0,
		bytes       INTEGER NOT NULL DEFAULT 0
	) STRICT;
	CREATE TABLE plan (
		delivery      TEXT NOT NULL REFERENCES delivery(id) ON DELETE CASCADE,
		number        INTEGER NOT NULL,
		uuid          TEXT NOT NULL,
		version       INTEGER NOT NULL,
		from_position TEXT NOT NULL,
		to_position   TEXT NOT NULL,
		records       INTEGER NOT NULL,
		bytes         INTEGER NOT NULL,
		lost          INTEGER NOT NULL,
		oldest        INTEGER NOT NULL, -- milliseconds of Unix time
		created       INTEGER NOT NULL,
		PRIMARY KEY (delivery, number)
	) STRICT;`,
	// Delivery streams of before keep the spelling that their fields came in;
	// their open plans are of the first version, which has no layouts.
	`ALTER TABLE delivery ADD COLUMN kept TEXT NOT NULL DEFAULT '{"spelled":true}';
	ALTER TABLE plan ADD COLUMN layout TEXT; -- NULL in plans of the first version, '' until it is decided`,
}

// migrate brings the database up to date, each step in one transaction with
// its number.
func (s *Store) migrate(ctx context.Context) error {
	var version int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return s.explain("read the schema's version", err)
	}
	if version > len(migrations) {
		return &leat.Error{
			Code:    leat.Unsupported,
			Message: fmt.Sprintf("%s was written by a newer Leat (schema %d, this one knows %d)", s.path, version, len(migrations)),
			Hint:    "use the newer Leat",
		}
	}
	for ; version < len(migrations); version++ {
		err := s.change(ctx, "change the schema", func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1))
			return err
		})
		if err != nil {
			return err
		}
	}
	// A store that is only read would find out about a second process late:
	// take the write lock now.
	return s.change(ctx, "take the store", func(context.Context, *sql.Tx) error { return nil })
}
