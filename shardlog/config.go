package shardlog

import (
	"log/slog"
	"time"

	"leat/vfs"
)

// Config configures a Store.
type Config struct {
	// FS is the file system; default the operating system's.
	FS vfs.FS
	// Dir is the folder of the streams, one folder each. It is made if need be.
	Dir string
	// SegmentBytes is how long a segment gets before the next one is begun;
	// default 256 MiB. A commit longer than that gets a segment of its own.
	SegmentBytes int64
	// IndexCacheBytes bounds the memory for indexes of full segments, which
	// are loaded when a shard or a time is looked up; default 32 MiB.
	IndexCacheBytes int64
	// RetentionInterval is how often Run looks for segments to remove and for
	// streams to put to rest; default one minute.
	RetentionInterval time.Duration
	// Now is the clock; default time.Now. It may step back: arrival times do
	// not.
	Now func() time.Time
	// Logger gets one line per change of state; default: discards.
	Logger *slog.Logger
	// Events are called when something happens; nil ones are not.
	Events Events
}

func (c Config) withDefaults() Config {
	if c.FS == nil {
		c.FS = vfs.OS()
	}
	if c.SegmentBytes == 0 {
		c.SegmentBytes = 256 << 20
	}
	if c.IndexCacheBytes == 0 {
		c.IndexCacheBytes = 32 << 20
	}
	if c.RetentionInterval == 0 {
		c.RetentionInterval = time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Validate reports the first field that cannot be.
func (c Config) Validate() error {
	switch {
	case c.Dir == "":
		return invalid("the streams' folder is not given")
	case c.SegmentBytes < 0 || c.SegmentBytes > 1<<40:
		return invalid("segment length %d is not between 1 byte and 1 TiB", c.SegmentBytes)
	case c.IndexCacheBytes < 0:
		return invalid("index cache of %d bytes is negative", c.IndexCacheBytes)
	case c.RetentionInterval < 0:
		return invalid("retention interval %v is negative", c.RetentionInterval)
	}
	return nil
}

// Events are optional callbacks, the single seam for logs, metrics and tests.
// They are called by the goroutine that does the work, with no lock held; a
// slow one slows its stream.
type Events struct {
	// Committed is called after each commit, before its callers are answered.
	Committed func(Commit)
	// Recovered is called for each torn tail that Open dropped.
	Recovered func(Torn)
	// Sealed is called when a segment is full and the next one begun.
	Sealed func(stream, file string)
	// Removed is called when retention removed a segment.
	Removed func(stream, file string, records uint64)
	// Failed is called when a stream could not be opened, or stops taking
	// writes.
	Failed func(stream string, err error)
}

// A Commit is what one fsync made durable.
type Commit struct {
	Stream  string
	Batches int
	Records int
	Shards  int   // that got records
	Bytes   int64 // of the segment
	Encode  time.Duration
	Write   time.Duration
	Sync    time.Duration
}

// Torn says what recovery dropped: the end of a commit that a crash cut short.
// Nobody was told that its records were taken.
type Torn struct {
	Stream string
	File   string
	Offset int64
	Bytes  int64
}
