package warehouse

import (
	"context"
	"log/slog"
	"time"

	"leat"
	"leat/redshift"
	"leat/source"
)

// Config configures a Warehouse.
type Config struct {
	// Dir is the folder of the database files, made when missing. One process
	// may hold it at a time.
	Dir string
	// MemoryBytes bounds the memory of the database and of the batches on
	// their way into views. Default 384 MiB.
	MemoryBytes int64
	// Resident returns the bytes of memory that the process takes, and
	// MaxResidentBytes is from how many on statements are ended to free some.
	// Default: only the database's own limit counts.
	Resident         func() int64
	MaxResidentBytes int64
	// Threads run queries. Default 2.
	Threads int
	// Database is the name of the one database. Default "dev".
	Database string
	// User is the name of the superuser. Default "admin".
	User string
	// OpenSource opens a stream of an external schema of a kind (KINESIS …). An
	// unknown stream is a leat.Error with code NotFound. Default: there are no
	// streams.
	OpenSource func(ctx context.Context, kind, name string) (source.Source, error)
	// RefreshInterval is the least time between the starts of two automatic
	// refreshes of a view that keeps up: a longer one makes larger, cheaper
	// batches, a shorter one fresher rows. Default 100 ms.
	RefreshInterval time.Duration
	// MaxRecordBytes is the largest record that a view takes, larger ones are
	// quarantined. Default 16 MiB, the most that VARBYTE and SUPER hold.
	MaxRecordBytes int
	// Now tells the time. Default time.Now.
	Now func() time.Time
	// Logger gets one line per change of state. Default: discards.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.MemoryBytes == 0 {
		c.MemoryBytes = 384 << 20
	}
	if c.Threads == 0 {
		c.Threads = 2
	}
	if c.Database == "" {
		c.Database = "dev"
	}
	if c.User == "" {
		c.User = "admin"
	}
	if c.OpenSource == nil {
		c.OpenSource = func(_ context.Context, _, name string) (source.Source, error) {
			return nil, &leat.Error{Code: leat.NotFound, Message: "stream " + name + " does not exist"}
		}
	}
	if c.RefreshInterval == 0 {
		c.RefreshInterval = 100 * time.Millisecond
	}
	if c.MaxRecordBytes == 0 {
		c.MaxRecordBytes = 16 << 20
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate reports what cannot work.
func (c Config) Validate() error {
	switch {
	case c.Dir == "":
		return &leat.Error{Code: leat.InvalidArgument, Message: "the warehouse has no folder"}
	case c.MemoryBytes < 0 || c.MemoryBytes > 0 && c.MemoryBytes < minMemoryBytes:
		return &leat.Error{Code: leat.InvalidArgument, Message: "the warehouse's memory is less than 64 MiB"}
	case c.Threads < 0:
		return &leat.Error{Code: leat.InvalidArgument, Message: "the warehouse's threads are less than 1"}
	}
	return nil
}

const minMemoryBytes = 64 << 20

// batchBytes is how much of the memory batches of records may take; the rest
// is the database's.
func (c Config) batchBytes() int64 { return min(c.MemoryBytes/4, 96<<20) }

// mostTokens is how many tokens a text of statements may have: what is made of
// them may take two fifths of the process's memory. 0: its memory has no bound.
func (c Config) mostTokens() int { return int(c.MaxResidentBytes / 5 * 2 / redshift.TokenBytes) }
