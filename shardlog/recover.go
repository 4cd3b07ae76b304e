package shardlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"leat"
	"leat/vfs"
)

// recover opens every stream of the folder, and removes what an unfinished
// Create or Delete left. The error is of the folder as a whole.
func (s *Store) recover() error {
	entries, err := s.cfg.FS.ReadDir(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("list data folder: %w", err)
	}
	var streams []*Stream
	for _, entry := range entries {
		path := filepath.Join(s.cfg.Dir, entry.Name())
		switch {
		case !entry.IsDir():
		case strings.HasPrefix(entry.Name(), asidePrefix):
			if err := s.cfg.FS.RemoveAll(path); err != nil {
				return fmt.Errorf("remove left-over folder: %w", err)
			}
		default:
			streams = append(streams, s.newStream(streamOf(entry.Name()), path))
		}
	}
	together(len(streams), func(i int) {
		if err := streams[i].recover(); err != nil {
			streams[i].state.Store(&state{err: unusable(streams[i].name, err)})
			s.failed(streams[i].name, err)
		}
	})
	for _, stream := range streams {
		s.streams[stream.name] = stream
	}
	return nil
}

// unusable is the error of all operations of a stream that could not be opened.
func unusable(stream string, cause error) error {
	e := &leat.Error{Code: leat.Unavailable, Message: fmt.Sprintf("stream %s could not be opened", stream), Err: cause}
	var known *leat.Error
	if errors.As(cause, &known) {
		e.Code, e.Hint = known.Code, known.Hint
	}
	return e
}

// failed logs and reports a stream that does not work any more.
func (s *Store) failed(stream string, err error) {
	s.cfg.Logger.Error("stream failed", "stream", stream, "err", err)
	if s.cfg.Events.Failed != nil {
		s.cfg.Events.Failed(stream, err)
	}
}

func (s *Store) newStream(name, dir string) *Stream {
	stream := &Stream{store: s, fs: s.cfg.FS, name: name, dir: dir, info: Info{Name: name}}
	stream.state.Store(&state{})
	return stream
}

// recover brings the stream to the state of its last durable commit.
func (s *Stream) recover() error {
	d, err := readDefinition(s.fs, s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return corrupt(filepath.Join(s.dir, definitionFile), 0, err)
	}
	if err != nil {
		return err
	}
	if d.Name != s.name {
		return corrupt(filepath.Join(s.dir, definitionFile), 0, fmt.Errorf("definition is of stream %s", d.Name))
	}
	if err := s.setDefinition(d); err != nil {
		return err
	}
	firsts, err := listSegments(s.fs, s.dir)
	if err != nil {
		return err
	}
	st := &state{}
	for _, first := range firsts {
		st.segments = append(st.segments, newSegment(s.fs, s.dir, first))
	}
	if err := s.dropUnbegun(st); err != nil {
		return err
	}
	if len(st.segments) == 0 {
		return corrupt(s.dir, 0, fmt.Errorf("stream has no segments"))
	}
	if err := s.recoverTail(st); err != nil {
		return err
	}
	if err := d.checkTail(st.tail); err != nil {
		return corrupt(s.dir, 0, err)
	}
	s.opened = st.tail
	s.state.Store(st)
	return nil
}

// listSegments returns the first ordinals of a stream's segments, in order.
func listSegments(fsys vfs.FS, dir string) ([]uint64, error) {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var firsts []uint64
	for _, entry := range entries {
		if first, ok := parseSegmentName(entry.Name()); ok && !entry.IsDir() {
			firsts = append(firsts, first)
		}
	}
	slices.Sort(firsts)
	return firsts, nil
}

// dropUnbegun removes a last segment whose making a crash cut short. A commit
// is written only after the header is durable, so a file that holds no good
// header and nothing behind it has never held a commit.
func (s *Stream) dropUnbegun(st *state) error {
	n := len(st.segments)
	if n < 2 {
		return nil
	}
	seg := st.segments[n-1]
	if _, err := seg.head(); err == nil || leat.CodeOf(err) != leat.Corrupt {
		return err
	}
	info, err := s.fs.Stat(seg.path())
	if err != nil {
		return err
	}
	if info.Size() > segmentHeadBytes {
		return nil // recoverTail reports it
	}
	if err := s.fs.Remove(seg.path()); err != nil {
		return err
	}
	if err := s.fs.SyncDir(s.dir); err != nil {
		return err
	}
	s.recovered(Torn{Stream: s.name, File: seg.path(), Offset: 0, Bytes: info.Size()})
	st.segments = st.segments[:n-1]
	return nil
}

// recoverTail finds the last commit, and cuts off a torn one behind it.
func (s *Stream) recoverTail(st *state) error {
	seg := st.segments[len(st.segments)-1]
	f, err := s.fs.OpenFile(seg.path(), os.O_RDWR)
	if err != nil {
		return err
	}
	defer f.Close()
	head, err := seg.headOf(f)
	if err != nil {
		return err
	}
	size, err := f.Size()
	if err != nil {
		return err
	}
	if x := seg.readIndexHead(head.salt); x != nil && x.end == size {
		// Closed in good order: there is nothing to look at.
		st.end, st.tail, st.arrival = x.end, x.next, x.arrival
		return nil
	}
	x, err := seg.readIndex(head.salt)
	if err != nil {
		return err
	}
	if x == nil {
		x = newIndex(head)
	}
	if x.end > size {
		return corrupt(seg.path(), size, fmt.Errorf("segment is shorter than it was, %d bytes", x.end))
	}
	last, err := scan(f, x, head.salt, size, nil)
	var bad *badFrame
	if errors.As(err, &bad) {
		err = s.dropTorn(f, seg, head, x, bad, size)
	}
	if err != nil {
		return err
	}
	if err := s.settle(f, last, x.end); err != nil {
		return err
	}
	seg.index = x
	s.awake = x.end > segmentHeadBytes
	st.end, st.tail, st.arrival = x.end, x.next, x.arrival
	return nil
}

// dropTorn cuts a segment where a bad commit starts, if that is a torn tail.
func (s *Stream) dropTorn(f vfs.File, seg *segment, head segmentHead, x *index, bad *badFrame, size int64) error {
	later, found, err := laterCommit(f, head.salt, bad.offset, x.next, size)
	if err != nil {
		return err
	}
	if found {
		return corrupt(seg.path(), bad.offset, fmt.Errorf("%w; a good commit follows at byte %d", bad.cause, later))
	}
	if err := f.Truncate(bad.offset); err != nil {
		return err
	}
	s.recovered(Torn{Stream: s.name, File: seg.path(), Offset: bad.offset, Bytes: size - bad.offset})
	return nil
}

// settle makes durable what recovery found. The last commit may be only in the
// system's cache: its fsync was not reached, or failed, after which a system may
// take the bytes for written without having written them. So they are written
// again. Commits before it were durable before it was begun, but the segment's
// name may be as new as the commit.
func (s *Stream) settle(f vfs.File, last, end int64) error {
	if last > 0 {
		b := make([]byte, end-last)
		if _, err := f.ReadAt(b, last); err != nil {
			return err
		}
		if _, err := f.WriteAt(b, last); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return s.fs.SyncDir(s.dir)
}

// recovered notes and reports a torn tail.
func (s *Stream) recovered(torn Torn) {
	s.dropped = &torn
	s.store.cfg.Logger.Warn("torn tail dropped", "stream", s.name, "file", torn.File, "offset", torn.Offset, "bytes", torn.Bytes)
	if s.store.cfg.Events.Recovered != nil {
		s.store.cfg.Events.Recovered(torn)
	}
}
