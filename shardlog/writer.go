package shardlog

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"leat/vfs"
)

// A writer is what the goroutine that writes a stream needs between commits.
type writer struct {
	file  vfs.File // of the last segment; nil until the first commit
	taken []*request
	// rollDue says that a new segment was needed and could not be made. No
	// commit may go to the old one then: the new one's file may be there after
	// a crash, and says where it starts.
	rollDue bool
	busy    bool  // there was a commit since Run last came by
	saved   int64 // up to where the segment's stored index covers it; 0: not known
}

// write commits what waits until nothing does. It runs in a goroutine of its
// own, at most one per stream, which Store's Close and Delete wait for; only it writes to
// the stream's segments.
func (s *Stream) write() {
	enc := encoders.Get().(*encoder)
	defer enc.release()
	for {
		batch, ok := s.take()
		if !ok {
			return
		}
		var err error
		if batch[0].reshard != nil {
			err = s.reshape(batch[0].reshard)
		} else {
			err = s.commit(enc, batch)
		}
		for i, req := range batch {
			req.done <- err
			batch[i] = nil
		}
	}
}

// take returns the requests of the next commit: those that wait, in order, up
// to about targetFrameBytes, and a change of the shards by itself. ok is false
// when none does; the goroutine must end then, as the next Append starts
// another.
func (s *Stream) take() (batch []*request, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, bytes := 0, int64(0)
	for n < len(s.queue) {
		if bytes += s.queue[n].bytes; n > 0 && (bytes > targetFrameBytes || s.queue[n].reshard != nil) {
			break
		}
		if n++; s.queue[n-1].reshard != nil {
			break
		}
	}
	if n == 0 {
		s.writing = false
		return nil, false
	}
	s.writer.taken = append(s.writer.taken[:0], s.queue[:n]...)
	rest := copy(s.queue, s.queue[n:])
	clear(s.queue[rest:])
	s.queue = s.queue[:rest]
	return s.writer.taken, true
}

// commit makes requests durable, then visible to readers.
func (s *Stream) commit(enc *encoder, batch []*request) error {
	st := s.state.Load()
	if st.err != nil {
		return st.err
	}
	s.mu.Lock()
	failed, router := s.failed, s.router
	s.mu.Unlock()
	if failed != nil {
		return failed
	}
	if err := s.openWriter(st); err != nil {
		return err
	}
	bytes, records, roll, tidy := int64(0), 0, s.writer.rollDue, false
	for _, req := range batch {
		bytes += req.bytes
		records += len(req.entries)
		roll = roll || req.roll
		tidy = tidy || req.tidy
	}
	roll = roll || records > 0 && (st.end+bytes > s.store.cfg.SegmentBytes || s.segmentTooOld(st))
	if roll && st.end > segmentHeadBytes {
		if err := s.roll(st); err != nil {
			return err
		}
		st = s.state.Load()
	}
	if records > 0 {
		if err := s.commitFrame(enc, batch, router, st); err != nil {
			return err
		}
		s.writer.busy = true
	}
	if tidy {
		s.settleDown()
	}
	return nil
}

func (s *Stream) commitFrame(enc *encoder, batch []*request, router *router, st *state) error {
	seg := st.segments[len(st.segments)-1]
	segHead, err := seg.headOf(s.writer.file)
	if err != nil {
		return fmt.Errorf("append to stream %s: %w", s.name, err)
	}
	began := time.Now()
	frame, head := enc.encode(batch, router, frameHead{
		durable: st.end,
		first:   st.tail,
		arrival: max(s.store.cfg.Now().UnixMilli(), st.arrival),
	}, segHead.salt, segHead.created)
	encoded := time.Now()
	if _, err := s.writer.file.WriteAt(frame, st.end); err != nil {
		return s.undo(st, err)
	}
	wrote := time.Now()
	if err := s.writer.file.Sync(); err != nil {
		return s.fail(err)
	}
	synced := time.Now()

	seg.mu.Lock()
	seg.index.add(&head)
	seg.mu.Unlock()
	s.mu.Lock()
	var kept *newest
	for i := range head.groups {
		g := head.group(i)
		s.shardTails[enc.touched[i]] = head.first + uint64(g.before) + uint64(g.records)
		if s.waiting.wake(g.shard) && kept == nil {
			kept = keepNewest(frame, head)
		}
	}
	s.replaceLocked(func(next *state) {
		next.end, next.tail, next.arrival, next.newest = next.end+head.length(), head.end(), head.arrival, kept
	})
	s.mu.Unlock()

	commit := Commit{
		Stream: s.name, Batches: len(batch), Records: int(head.records), Shards: head.groups, Bytes: head.length(),
		Encode: encoded.Sub(began), Write: wrote.Sub(encoded), Sync: synced.Sub(wrote),
	}
	s.counts.add(commit)
	if s.store.cfg.Events.Committed != nil {
		s.store.cfg.Events.Committed(commit)
	}
	return nil
}

// openWriter opens the last segment for writing, with its index. Nothing was
// written when it fails, so the next batch may try again.
func (s *Stream) openWriter(st *state) error {
	if s.writer.file != nil {
		return nil
	}
	seg := st.segments[len(st.segments)-1]
	err := seg.load(st.end, st.tail, false)
	var f vfs.File
	if err == nil {
		f, err = s.fs.OpenFile(seg.path(), os.O_RDWR)
	}
	if err != nil {
		err, _ = shortage(s.name, err)
		return fmt.Errorf("append to stream %s: %w", s.name, err)
	}
	s.writer.file, s.writer.saved = f, 0
	s.mu.Lock()
	s.awake = true
	s.mu.Unlock()
	return nil
}

// undo takes back a failed write. When the disk was full the stream goes on:
// what was written of the commit is cut off again, and nobody has seen it.
func (s *Stream) undo(st *state, err error) error {
	full, ok := shortage(s.name, err)
	if !ok {
		return s.fail(err)
	}
	if err := s.writer.file.Truncate(st.end); err != nil {
		return s.fail(err)
	}
	return full
}

// fail stops the stream's writes for good and returns the error its callers get.
func (s *Stream) fail(cause error) error {
	err := stopped(s.name, cause)
	s.mu.Lock()
	if s.failed != nil {
		err = s.failed
		s.mu.Unlock()
		return err
	}
	s.failed = err
	s.mu.Unlock()
	s.store.failed(s.name, err)
	return err
}

// segmentTooOld reports whether the segment holds records so old that it would
// keep them long past the stream's retention if it took more.
func (s *Stream) segmentTooOld(st *state) bool {
	seg := st.segments[len(st.segments)-1]
	seg.mu.RLock()
	defer seg.mu.RUnlock()
	if len(seg.index.blocks) == 0 {
		return false
	}
	s.mu.Lock()
	retention := s.info.Retention
	s.mu.Unlock()
	age := s.store.cfg.Now().UnixMilli() - seg.index.blocks[0].arrival
	return age > max(retention/16, time.Hour).Milliseconds()
}

// roll ends the segment and begins the next one.
func (s *Stream) roll(st *state) error {
	old := st.segments[len(st.segments)-1]
	oldHead, err := old.headOf(s.writer.file)
	if err != nil {
		return fmt.Errorf("append to stream %s: %w", s.name, err)
	}
	s.writer.rollDue = true
	// The index can be made again from the segment, so its loss is only slow.
	if err := old.writeIndex(old.index, oldHead.salt); err != nil {
		s.store.cfg.Logger.Warn("index not written", "stream", s.name, "file", old.indexPath(), "err", err)
	}
	seg, f, err := createSegment(s.fs, s.dir, segmentHead{
		salt: newSalt(), first: st.tail, floor: st.arrival, created: oldHead.created,
	})
	if err != nil {
		if full, ok := shortage(s.name, err); ok {
			return full
		}
		return s.fail(err)
	}
	head, _ := seg.headOf(f)
	seg.index = newIndex(head)
	if err := s.writer.file.Close(); err != nil {
		// All of it was synced; nothing was lost by this.
		s.store.cfg.Logger.Warn("segment not closed", "stream", s.name, "file", old.path(), "err", err)
	}
	s.writer.file, s.writer.rollDue, s.writer.saved = f, false, 0
	s.publish(func(next *state) {
		next.segments = append(next.segments[:len(next.segments):len(next.segments)], seg)
		next.end = segmentHeadBytes
	})
	s.store.indexes.add(old)
	if s.store.cfg.Events.Sealed != nil {
		s.store.cfg.Events.Sealed(s.name, old.path())
	}
	return nil
}

func newSalt() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}
