// Package shardlog keeps streams: durable, sharded, ordered logs of records.
package shardlog

import (
	"context"
	"log/slog"
	"time"

	"leat"
	"leat/source"
	"leat/vfs"
)

// Config configures a Store.
type Config struct {
	FS           vfs.FS           // default: the operating system's
	Dir          string           // folder of the streams, one folder each
	SegmentBytes int64            // default 256 MiB
	Now          func() time.Time // default time.Now
	Logger       *slog.Logger     // default: discards
}

// A Store holds all streams of a folder.
type Store struct{}

// Open opens the folder, makes it if need be, recovers every stream. A folder
// in use by another process is an error.
func Open(cfg Config) (*Store, error) { panic("contract") }

// Run runs the streams' writers and retention until ctx ends.
func (s *Store) Run(ctx context.Context) error { panic("contract") }

// Close closes the files; call it after Run has returned.
func (s *Store) Close() error { panic("contract") }

// A Spec says what stream to make.
type Spec struct {
	Name           string
	Shards         int           // 1 or more; hash-key ranges are even
	Retention      time.Duration // default 24 h
	MaxRecordBytes int           // data and key; default 1 MiB
	OnDemand       bool
}

// Create makes a stream. AlreadyExists (leat.Code InUse for Kinesis) when the name is taken.
func (s *Store) Create(ctx context.Context, spec Spec) (*Stream, error) { panic("contract") }

// Delete removes a stream and its files; readers get NotFound.
func (s *Store) Delete(ctx context.Context, name string) error { panic("contract") }

// Stream returns a stream by name, or an Error with code NotFound.
func (s *Store) Stream(name string) (*Stream, error) { panic("contract") }

// Names returns the streams' names, sorted.
func (s *Store) Names() []string { panic("contract") }

// A Stream is one named, sharded log.
type Stream struct{}

// A HashKey is a point in the 128-bit hash-key space: an MD5, big-endian.
type HashKey struct{ Hi, Lo uint64 }

// ShardInfo describes one shard.
type ShardInfo struct {
	Number         uint32
	Parent         int64 // -1: none
	AdjacentParent int64 // -1: none
	First, Last    HashKey
	Start          leat.Sequence
	End            *leat.Sequence // nil while open
}

// Info describes a stream.
type Info struct {
	Name           string
	ID             string // unique per incarnation
	Created        time.Time
	Retention      time.Duration
	MaxRecordBytes int
	OnDemand       bool
	Shards         []ShardInfo
}

// Info returns a snapshot.
func (s *Stream) Info() Info { panic("contract") }

// SetRetention changes how long records are kept, 24 h to 8760 h.
func (s *Stream) SetRetention(ctx context.Context, d time.Duration) error { panic("contract") }

// An Entry is one record to append. Its slices must not change until Append
// returns.
type Entry struct {
	PartitionKey []byte
	Hash         HashKey // of the partition key, or the explicit hash key
	Data         []byte
}

// A Receipt says where an appended record went.
type Receipt struct {
	Shard    uint32
	Sequence leat.Sequence
}

// Append writes all entries as one unit, fsyncs (one fsync for all waiting
// callers), and fills receipts, which must be as long as entries. Order among
// entries of one shard is kept. The first write error is sticky.
// Oversize records are refused with InvalidArgument before anything is written.
func (s *Stream) Append(ctx context.Context, entries []Entry, receipts []Receipt) error {
	panic("contract")
}

// Head returns the ordinal of the oldest record kept; Tail that after the newest.
func (s *Stream) Head() uint64 { panic("contract") }
func (s *Stream) Tail() uint64 { panic("contract") }

// Source returns the stream as a source of records: the whole stream in order
// of commit, one sequential pass. Positions are ordinals in decimal.
func (s *Stream) Source() source.Source { panic("contract") }

// A Start names a place in a shard.
type Start struct {
	At       StartAt
	Sequence leat.Sequence // for AtSequence, AfterSequence
	Time     time.Time     // for AtTimestamp
}

// StartAt is a kind of Start.
type StartAt int

const (
	TrimHorizon StartAt = iota
	Latest
	AtSequence
	AfterSequence
	AtTimestamp
)

// Seek turns a start into the ordinal of the first record to read.
func (s *Stream) Seek(shard uint32, start Start) (uint64, error) { panic("contract") }

// A ShardBatch is what ReadShard found.
type ShardBatch struct {
	Records      []leat.Record // own memory: valid for ever
	Next         uint64        // ordinal to read from next
	BehindMillis int64         // age of the oldest record not yet returned; 0 at the tip
	Drained      bool          // the shard is closed and nothing is left
}

// ReadShard reads a shard from an ordinal on, at once, within limit; no
// records is no error. It does not read the other shards' data.
func (s *Stream) ReadShard(shard uint32, from uint64, limit source.Limit) (ShardBatch, error) {
	panic("contract")
}

// WaitShard waits until the shard has a record at or after an ordinal, or is closed.
func (s *Stream) WaitShard(ctx context.Context, shard uint32, from uint64) error { panic("contract") }

// A Finding is one thing Verify saw: a torn tail (a warning) or damage (an error).
type Finding struct {
	Stream, File string
	Offset       int64
	Damage       bool
	Message      string
}

// Verify checks every checksum of a streams folder without opening it for writing.
func Verify(ctx context.Context, fs vfs.FS, dir string) ([]Finding, error) { panic("contract") }
