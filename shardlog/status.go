package shardlog

import (
	"sync/atomic"
	"time"
)

// counters count what a stream did since it was opened.
type counters struct {
	batches, records, commits, bytes atomic.Uint64
	writing, syncing                 atomic.Int64 // nanoseconds
	removed, retentionErrors         atomic.Uint64
}

func (c *counters) add(commit Commit) {
	c.batches.Add(uint64(commit.Batches))
	c.records.Add(uint64(commit.Records))
	c.commits.Add(1)
	c.bytes.Add(uint64(commit.Bytes))
	c.writing.Add(int64(commit.Encode + commit.Write))
	c.syncing.Add(int64(commit.Sync))
}

// A StreamStatus says how a stream is and what it did since it was opened.
type StreamStatus struct {
	Name string
	// Err is why the stream takes no writes, or is not readable at all; nil
	// when it works.
	Err error
	// Head and Tail are the ordinals of the oldest record kept and after the
	// newest.
	Head, Tail uint64
	Segments   int
	// Newest is when the newest record arrived; zero when there was none.
	Newest time.Time

	Batches, Records, Commits uint64
	Bytes                     uint64        // written, with the log's own
	Writing, Syncing          time.Duration // of the writer: encoding and writing, and in fsync
	Removed                   uint64        // records, by retention
	RetentionErrors           uint64
	// Torn is the torn tail that was dropped when the stream was opened, or nil.
	Torn *Torn
}

// Status returns how the stream is.
func (s *Stream) Status() StreamStatus {
	st := s.state.Load()
	status := StreamStatus{
		Name: s.name, Err: s.Err(), Head: st.head(), Tail: st.tail, Segments: len(st.segments),
		Batches: s.counts.batches.Load(), Records: s.counts.records.Load(), Commits: s.counts.commits.Load(),
		Bytes:   s.counts.bytes.Load(),
		Writing: time.Duration(s.counts.writing.Load()), Syncing: time.Duration(s.counts.syncing.Load()),
		Removed: s.counts.removed.Load(), RetentionErrors: s.counts.retentionErrors.Load(),
		Torn: s.dropped,
	}
	if st.arrival > 0 {
		status.Newest = time.UnixMilli(st.arrival)
	}
	return status
}

// Status returns how all streams are, sorted by name.
func (s *Store) Status() []StreamStatus {
	s.mu.RLock()
	streams := s.sortedLocked()
	s.mu.RUnlock()
	all := make([]StreamStatus, len(streams))
	for i, stream := range streams {
		all[i] = stream.Status()
	}
	return all
}
