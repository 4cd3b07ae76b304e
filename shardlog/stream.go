package shardlog

import (
	"context"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"leat/vfs"
)

// firstOrdinal is that of a new stream's first record. It leaves 0 for the
// place before all records, which is where shards of a new stream start.
const firstOrdinal = 1

// A Spec says what stream to make.
type Spec struct {
	// Name is 1 to 128 bytes. The front doors have narrower rules of their own.
	Name string
	// Shards is how many there are, 1 to 20 000; their hash-key ranges are even.
	Shards int
	// Retention is how long records are kept; default 24 h, at most 8760 h.
	Retention time.Duration
	// MaxRecordBytes bounds a record's data and key; default 1 MiB, at most 10 MiB.
	MaxRecordBytes int
	// OnDemand is kept for the front doors, and so are Attributes: a JSON
	// document of theirs, or nothing.
	OnDemand   bool
	Attributes []byte
}

// Info describes a stream.
type Info struct {
	Name           string
	ID             string // unique per incarnation
	Created        time.Time
	Retention      time.Duration
	MaxRecordBytes int
	OnDemand       bool
	Attributes     []byte // JSON, or empty; do not change
	// Memo is for what the front doors make of the attributes, so that they need
	// not decode them for every request: each version of them comes with a memo
	// of its own. nil when only the name is known.
	Memo   *atomic.Value
	Shards []ShardInfo // by number; do not change
}

// A Stream is one named, sharded log. Its methods may be called from several
// goroutines.
type Stream struct {
	store *Store
	fs    vfs.FS
	name  string
	dir   string

	// state is what readers see, replaced as a whole under mu.
	state atomic.Pointer[state]

	mu         sync.Mutex // guards the fields below
	definition *definition
	info       Info
	router     *router
	queue      []*request
	writing    bool          // a goroutine runs write
	awake      bool          // the writer's file is open, or its index not stored
	changed    chan struct{} // closed at the next change of state; nil: nobody waits
	waiting    waiting       // those who wait for one shard
	failed     error         // sticky: the first write or sync error, made readable
	shardTails []uint64      // by the router's slots: ordinal after the shard's newest record of this run, 0: none
	opened     uint64        // tail when the stream was opened

	// defining makes changes of the definition file one at a time. It is never
	// taken by the goroutine that runs write, as those who hold it wait for that.
	defining sync.Mutex

	running sync.WaitGroup // the goroutine that runs write
	writer  writer         // its own, and after it ended that of who waited for it
	counts  counters
	dropped *Torn // by recovery; does not change
}

// state is a snapshot of what a stream holds. It is immutable.
type state struct {
	// segments are all of them, oldest first; the last is the one written to.
	segments []*segment
	end      int64  // durable bytes of the last segment
	tail     uint64 // ordinal after the newest record
	arrival  int64  // of the newest record, also one that retention removed
	// newest is the last commit when it is kept in memory, or nil.
	newest *newest
	// err ends all use of the stream: it was deleted, closed, or is damaged.
	err error
}

func (st *state) head() uint64 {
	if len(st.segments) == 0 {
		return st.tail
	}
	return st.segments[0].first
}

// segmentOf returns the segment that holds a record, the first one when all are
// newer, and the last one when the record is not there yet.
func (st *state) segmentOf(ordinal uint64) int {
	i := sort.Search(len(st.segments), func(i int) bool { return st.segments[i].first > ordinal })
	return max(i-1, 0)
}

// endOf returns the ordinal after a segment's last record.
func (st *state) endOf(i int) uint64 {
	if i+1 < len(st.segments) {
		return st.segments[i+1].first
	}
	return st.tail
}

// Info returns a snapshot. For a stream that is damaged it may hold the name
// alone.
func (s *Stream) Info() Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// Err returns why the stream takes no writes, or nil.
func (s *Stream) Err() error {
	if err := s.state.Load().err; err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Head returns the ordinal of the oldest record kept; Tail that after the
// newest. They are equal when no record is kept.
func (s *Stream) Head() uint64 { return s.state.Load().head() }

// Tail returns the ordinal after the newest record.
func (s *Stream) Tail() uint64 { return s.state.Load().tail }

// Limits of the retention.
const (
	minRetention     = 24 * time.Hour
	maxRetention     = 8760 * time.Hour
	defaultRetention = minRetention
)

// SetRetention changes how long records are kept, 24 h to 8760 h.
func (s *Stream) SetRetention(ctx context.Context, d time.Duration) error {
	return s.Change(ctx, func(settings *Settings) error { settings.Retention = d; return nil })
}

// define changes the definition, on disk first. An error of change leaves it as
// it was.
func (s *Stream) define(change func(*definition) error) error {
	s.defining.Lock()
	defer s.defining.Unlock()
	if err := s.state.Load().err; err != nil {
		return err
	}
	s.mu.Lock()
	next := *s.definition
	s.mu.Unlock()
	if err := change(&next); err != nil {
		return err
	}
	info, err := next.info()
	if err != nil {
		return err
	}
	if err := writeDefinition(s.fs, s.dir, &next); err != nil {
		err, _ = shortage(s.name, err)
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.definition, s.info = &next, info
	return nil
}

// setDefinition gives a new stream its definition.
func (s *Stream) setDefinition(d *definition) error {
	info, err := d.info()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.definition, s.info, s.router = d, info, newRouter(info.Shards)
	s.shardTails = make([]uint64, len(s.router.numbers))
	return nil
}

// publish replaces the state and wakes all who wait for anything. change gets a
// copy of the state, whose segments it must not write to.
func (s *Stream) publish(change func(*state)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publishLocked(change)
}

func (s *Stream) publishLocked(change func(*state)) {
	s.replaceLocked(change)
	s.waiting.wakeAll()
}

// replaceLocked is publishLocked that does not wake those who wait for one shard.
func (s *Stream) replaceLocked(change func(*state)) {
	next := *s.state.Load()
	change(&next)
	s.state.Store(&next)
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// await waits until the state is another than seen and returns it.
func (s *Stream) await(ctx context.Context, seen *state) (*state, error) {
	s.mu.Lock()
	if st := s.state.Load(); st != seen {
		s.mu.Unlock()
		return st, nil
	}
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	changed := s.changed
	s.mu.Unlock()
	select {
	case <-changed:
		return s.state.Load(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
