// Package source is the contract between those who keep records (the embedded
// log, Kinesis, Kafka) and those who read them on their own account (streaming
// views and delivery streams).
//
// A reader owns its Position and saves it together with what it made of the
// records, which is how each record comes to count once. Positions are opaque
// text: only the source that made one can read it.
//
// The package holds no implementation. Package kpl, below, takes aggregates
// apart on the way from any source to its reader.
package source

import (
	"context"

	"leat"
)

// A Position is a place between two records of a source: everything before it
// has been read. It is opaque text, safe to store, and comes from the source.
type Position string

// A Source is anything that records are read from. Its methods may be called
// from several goroutines.
type Source interface {
	// Identity names the source and its incarnation: a stream that was deleted
	// and made again has another identity, and positions of the old one do not
	// apply to it.
	Identity() string
	// Horizon returns the position of the oldest record still kept.
	Horizon(ctx context.Context) (Position, error)
	// Latest returns the position after the newest record.
	Latest(ctx context.Context) (Position, error)
	// Open returns a reader that starts at a position. A position older than
	// the horizon starts at the horizon, and the first batch says how many
	// records were lost to retention.
	Open(ctx context.Context, from Position) (Reader, error)
}

// A Reader moves through a source in one direction. It is for one goroutine.
type Reader interface {
	// Next waits until there is at least one record and returns what can be
	// read at once, within limit. The error is ctx's when ctx ends first, and
	// io.EOF when limit.Until is reached.
	Next(ctx context.Context, limit Limit) (Batch, error)
	// Close lets go of the reader's files.
	Close() error
}

// A Limit bounds one batch. Zero fields do not bound; at least one record is
// returned whatever the bounds, and all records of an aggregate at once.
type Limit struct {
	Records int
	// Bytes counts data and partition keys.
	Bytes int
	// Until is where to stop: no record at or after it is returned. It must be
	// a position of this source that was handed out as a Batch's Next.
	Until Position
}

// A Batch is a run of records, in the order of their source.
type Batch struct {
	// Records are valid until the reader's next call of Next or Close.
	Records []leat.Record
	// Next is the position after the last record.
	Next Position
	// After returns the position after the first n records, 0 < n <=
	// len(Records), as long as Records are valid. It is nil when the source has
	// no positions within a batch.
	After func(n int) Position
	// Pending is how many records the source already holds after Next, and Lost
	// how many were dropped by retention before Records. Nobody has looked into
	// them: an aggregate counts as one.
	Pending, Lost uint64
}
