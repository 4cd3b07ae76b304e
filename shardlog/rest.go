package shardlog

import "context"

// savedBytes is how much a stream that is written to may grow before its index
// is stored again, when Run next comes by. It bounds what a start after a crash
// has to read: that much for each stream, and what came since Run was there.
const savedBytes = 4 << 20

// tidy lets the streams rest that took no records since the last call: their
// files are closed and their indexes stored, so that a thousand idle streams
// hold nothing open, and a start after a crash need not read them. Of the others
// it stores the indexes that have fallen far behind.
func (s *Store) tidy(ctx context.Context) {
	s.mu.RLock()
	streams := s.sortedLocked()
	s.mu.RUnlock()
	for _, stream := range streams {
		if ctx.Err() != nil {
			return
		}
		stream.tidy()
	}
}

// tidy asks the stream's writer, when it is awake, to rest if it can. What goes
// wrong is told to the next who writes; it is nobody's fault here.
func (s *Stream) tidy() {
	s.mu.Lock()
	awake := s.awake
	s.mu.Unlock()
	if !awake {
		return
	}
	req := &request{tidy: true, done: make(chan error, 1)}
	if s.enqueue(req, 0) == nil {
		<-req.done
	}
}

// settleDown is tidy in the writer. An index that cannot be stored can be made
// again from the segment, so its loss is only slow.
func (s *Stream) settleDown() {
	st := s.state.Load()
	seg := st.segments[len(st.segments)-1]
	idle := !s.writer.busy
	s.writer.busy = false
	if !idle && st.end-s.writer.saved < savedBytes {
		return
	}
	head, err := seg.headOf(s.writer.file)
	if err == nil && s.writer.saved != st.end {
		err = seg.writeIndex(seg.index, head.salt)
	}
	if err != nil {
		s.store.cfg.Logger.Warn("index not written", "stream", s.name, "file", seg.indexPath(), "err", err)
		return
	}
	s.writer.saved = st.end
	if idle {
		s.rest(seg)
	}
}

// rest closes the segment's file and forgets its index, and what else is in
// memory, until the next record comes.
func (s *Stream) rest(seg *segment) {
	if err := s.writer.file.Close(); err != nil {
		// All of it was synced; nothing was lost by this.
		s.store.cfg.Logger.Warn("segment not closed", "stream", s.name, "file", seg.path(), "err", err)
	}
	s.writer.file = nil
	seg.mu.Lock()
	seg.index = nil
	seg.mu.Unlock()
	s.mu.Lock()
	s.awake = false
	if s.state.Load().newest != nil {
		s.replaceLocked(func(next *state) { next.newest = nil })
	}
	s.mu.Unlock()
}
