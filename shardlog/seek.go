package shardlog

import (
	"sort"
	"time"

	"leat"
	"leat/vfs"
)

// A Start names a place in a shard.
type Start struct {
	At       StartAt
	Sequence leat.Sequence // for AtSequence, AfterSequence
	Time     time.Time     // for AtTimestamp
}

// StartAt is a kind of Start.
type StartAt int

// The kinds of Start.
const (
	TrimHorizon   StartAt = iota // the oldest record kept
	Latest                       // after the newest record
	AtSequence                   // a record, or where it was
	AfterSequence                // the one after it
	AtTimestamp                  // the first that arrived at or after a time
)

// Seek turns a start into the ordinal to give to ReadShard. A sequence number
// that is not of this shard is an Error with code InvalidArgument.
func (s *Stream) Seek(shard uint32, start Start) (uint64, error) {
	info, err := s.shardInfo(shard)
	if err != nil {
		return 0, err
	}
	for {
		st := s.state.Load()
		if st.err != nil {
			return 0, st.err
		}
		ordinal, err := s.seek(st, info, start)
		again, err := s.gone(st, err)
		if err != nil {
			return 0, err
		}
		if !again {
			return max(ordinal, st.head()), nil
		}
	}
}

func (s *Stream) seek(st *state, info ShardInfo, start Start) (uint64, error) {
	switch start.At {
	case TrimHorizon:
		return st.head(), nil
	case Latest:
		return st.tail, nil
	case AtSequence, AfterSequence:
		q := start.Sequence
		if q.Created != info.Start.Created || q.Shard != info.Number || q.Ordinal < info.Start.Ordinal || q.Ordinal >= info.until(st) {
			return 0, invalid("sequence number %s is not one of shard %d of stream %s", q, info.Number, s.name)
		}
		if start.At == AfterSequence {
			q.Ordinal++
		}
		return q.Ordinal, nil
	case AtTimestamp:
		ordinal, err := s.seekTime(st, start.Time)
		if err != nil {
			return 0, s.readError(err)
		}
		return ordinal, nil
	}
	return 0, invalid("start %d is not a kind of start", start.At)
}

func (s *Stream) shardInfo(shard uint32) (ShardInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := indexOfShard(s.info.Shards, shard)
	if !ok {
		return ShardInfo{}, shardNotFound(shard, s.name)
	}
	return s.info.Shards[i], nil
}

// seekTime returns the ordinal of the first record that arrived at or after a
// time. Arrival times never decrease, so a search finds it.
func (s *Stream) seekTime(st *state, t time.Time) (uint64, error) {
	// A record of time t in ms arrived at or after t when t has no finer part.
	ms := t.UnixMilli()
	if t.After(time.UnixMilli(ms)) {
		ms++
	}
	var searchErr error
	// The first segment in front of which something arrived at t or later.
	i := sort.Search(len(st.segments), func(i int) bool {
		head, err := st.segments[i].head()
		if err != nil {
			searchErr = err
			return true
		}
		return head.floor >= ms
	})
	if searchErr != nil {
		return 0, searchErr
	}
	i = max(i-1, 0)
	var start block
	err := s.lookup(st, i, func(x *index) {
		if len(x.blocks) > 0 {
			start = x.blocks[x.blockAt(ms)]
		}
	})
	if err != nil || start.offset == 0 {
		return st.endOf(i), err
	}
	return s.seekTimeFrom(st, i, start, ms)
}

// seekTimeFrom looks at the commits of a segment from a block on.
func (s *Stream) seekTimeFrom(st *state, i int, start block, ms int64) (uint64, error) {
	seg := st.segments[i]
	f, err := seg.fs.Open(seg.path())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w, err := seg.windowFrom(f, start)
	if err != nil {
		return 0, err
	}
	defer w.release()
	if i == len(st.segments)-1 {
		w.limit = st.end
	}
	for {
		h, _, ok, err := w.advance()
		switch {
		case err != nil:
			return 0, seg.damage(err)
		case !ok:
			return st.endOf(i), nil
		case h.arrival >= ms:
			return h.first, nil
		}
	}
}

// windowFrom returns a window on an open segment from a block to the file's end.
func (s *segment) windowFrom(f vfs.File, start block) (window, error) {
	head, err := s.headOf(f)
	if err != nil {
		return window{}, err
	}
	size, err := f.Size()
	return window{file: f, salt: head.salt, at: start.offset, limit: size, next: start.first}, err
}
