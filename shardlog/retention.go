package shardlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// Retain removes, from all streams, the segments whose newest record is older
// than the stream keeps records, and closed shards that nothing is kept of. Run
// calls it again and again.
func (s *Store) Retain(ctx context.Context) {
	s.mu.RLock()
	streams := s.sortedLocked()
	s.mu.RUnlock()
	for _, stream := range streams {
		if ctx.Err() != nil {
			return
		}
		if err := stream.retain(); err != nil && stream.state.Load().err == nil {
			s.cfg.Logger.Error("retention", "stream", stream.name, "err", err)
			stream.counts.retentionErrors.Add(1)
		}
	}
}

// retain removes what the stream need not keep. It ends the segment that is
// written to first, when all of that is too old.
func (s *Stream) retain() error {
	st := s.state.Load()
	if st.err != nil {
		return st.err
	}
	s.mu.Lock()
	oldest := s.store.cfg.Now().Add(-s.info.Retention).UnixMilli()
	s.mu.Unlock()
	var rollErr error
	if st.arrival < oldest && st.end > segmentHeadBytes {
		// Without room for a new segment the old ones can still go.
		rollErr = s.rollNow()
		st = s.state.Load()
	}
	for len(st.segments) > 1 {
		// What arrived last in front of the second segment is the newest of the first.
		head, err := st.segments[1].head()
		if err != nil {
			return err
		}
		if head.floor >= oldest {
			break
		}
		if err := s.removeFirst(st); err != nil {
			return err
		}
		st = s.state.Load()
	}
	if err := s.dropShards(st.head(), oldest); err != nil {
		return err
	}
	return rollErr
}

// dropShards takes the shards out of the definition that were closed longer ago
// than records are kept, and of which nothing is left before head. No record of
// theirs is in the log then, nor will be: their removal was durable before.
func (s *Stream) dropShards(head uint64, oldest int64) error {
	gone := func(shard shardDefinition) bool {
		return shard.End != nil && *shard.End < head && shard.ClosedMillis < oldest
	}
	s.mu.Lock()
	any := slices.ContainsFunc(s.definition.Shards, gone)
	s.mu.Unlock()
	if !any {
		return nil
	}
	return s.define(func(d *definition) error {
		d.Shards = slices.DeleteFunc(slices.Clone(d.Shards), gone)
		return nil
	})
}

// rollNow begins a new segment.
func (s *Stream) rollNow() error {
	req := &request{roll: true, done: make(chan error, 1)}
	if err := s.enqueue(req, 0); err != nil {
		return err
	}
	return <-req.done
}

// removeFirst removes the oldest segment: from sight, then from the disk. The
// removal is durable before the next one starts, so that a crash never leaves
// a gap. Readers that have the file open read it to its end.
func (s *Stream) removeFirst(st *state) error {
	s.defining.Lock() // keeps Delete's renaming of the folder apart
	defer s.defining.Unlock()
	seg := st.segments[0]
	s.publish(func(next *state) {
		if next.err == nil {
			next.segments = next.segments[1:]
		}
	})
	if err := s.state.Load().err; err != nil {
		return err
	}
	s.store.indexes.remove(seg)
	for _, path := range []string{seg.path(), seg.indexPath()} {
		if err := s.fs.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove segment: %w", err)
		}
	}
	if err := s.fs.SyncDir(s.dir); err != nil {
		return fmt.Errorf("remove segment: %w", err)
	}
	s.counts.removed.Add(st.endOf(0) - seg.first)
	if s.store.cfg.Events.Removed != nil {
		s.store.cfg.Events.Removed(s.name, seg.path(), st.endOf(0)-seg.first)
	}
	s.store.cfg.Logger.Info("segment removed", "stream", s.name, "file", seg.path(), "age", time.Since(time.UnixMilli(st.arrival)))
	return nil
}
