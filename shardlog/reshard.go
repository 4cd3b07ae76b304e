package shardlog

import (
	"context"
	"fmt"
	"path/filepath"

	"leat/vfs"
)

// Reshard changes a stream's shards, and its settings with them, as one unit,
// durable when it returns nil. The function decides on the present state by the
// methods of Resharding; its error is returned and leaves everything as it is.
//
// The change happens between two commits: batches whose Append was called before
// are routed by the old shards or the new ones, never by both, and a record of a
// shard that was closed comes before all records of the shards that took over,
// in ordinals. Who waits for a record of a closed shard is woken.
//
// When the disk is full the change fails with Unavailable. When it is not known
// whether it is durable, the stream stops.
func (s *Stream) Reshard(ctx context.Context, change func(*Resharding) error) error {
	s.defining.Lock() // until the writer is done: it changes the definition
	defer s.defining.Unlock()
	if err := s.state.Load().err; err != nil {
		return err
	}
	s.mu.Lock()
	r := newResharding(s.name, s.definition)
	s.mu.Unlock()
	if err := change(r); err != nil {
		return err
	}
	if err := r.settle(); err != nil {
		return err
	}
	req := &request{reshard: r, done: make(chan error, 1)}
	if err := s.enqueue(req, 0); err != nil {
		return err
	}
	return s.wait(ctx, req)
}

// reshape is the writer's part of Reshard: from here to the change of the
// router nothing is committed. The definition is durable first, so that no
// record is ever in a shard before it is open, or after it is closed.
func (s *Stream) reshape(r *Resharding) error {
	st := s.state.Load()
	if st.err != nil {
		return st.err
	}
	s.mu.Lock()
	failed, before := s.failed, s.definition
	s.mu.Unlock()
	if failed != nil {
		return failed
	}
	next := &r.next
	r.place(st.tail-1, max(s.store.cfg.Now().UnixMilli(), st.arrival))
	info, err := next.info()
	if err != nil {
		return fmt.Errorf("reshard stream %s: %w", s.name, err)
	}
	if err := writeDefinition(s.fs, s.dir, next); err != nil {
		return s.undefined(before, err)
	}
	s.mu.Lock()
	old, tails := s.router, s.shardTails
	s.definition, s.info, s.router = next, info, newRouter(info.Shards)
	s.shardTails = make([]uint64, len(s.router.numbers))
	for slot, number := range s.router.numbers {
		if was, open := old.slotOf(number); open {
			s.shardTails[slot] = tails[was]
		}
	}
	s.publishLocked(func(*state) {}) // wakes those who wait for closed shards
	s.mu.Unlock()
	s.store.cfg.Logger.Info("stream resharded", "stream", s.name, "open", len(s.router.numbers), "was", len(old.numbers))
	return nil
}

// undefined makes sense of a definition that could not be written. If the old
// one is still there, nothing happened. Otherwise either may be there after a
// crash, and no record may be written by one of them.
func (s *Stream) undefined(before *definition, cause error) error {
	cause = fmt.Errorf("reshard stream %s: %w", s.name, cause)
	want, err := before.encode()
	if err == nil {
		var got []byte
		if got, err = vfs.ReadFile(s.fs, filepath.Join(s.dir, definitionFile)); err == nil && string(got) == string(want) {
			cause, _ = shortage(s.name, cause)
			return cause
		}
	}
	return s.fail(cause)
}
