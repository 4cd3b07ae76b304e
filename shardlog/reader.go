package shardlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"leat"
	"leat/source"
	"leat/vfs"
)

// A reader goes through a whole stream. Its records are views of the window's
// block, which is why one batch never takes records of two blocks.
type reader struct {
	stream   *Stream
	position uint64 // ordinal of the next record to return
	lost     uint64 // not told yet

	seg    *segment // nil: none open
	file   vfs.File
	window window

	created uint64 // of the segment's sequence numbers

	frame   frameHead // the commit being read
	frameAt int64
	body    []byte
	groupAt int // its next group
	group   groupReader
	shard   uint32
	ordinal uint64 // of group's next record

	records []leat.Record // memory of what Next returns
}

// Next waits for records and returns those that can be read at once.
func (r *reader) Next(ctx context.Context, limit source.Limit) (source.Batch, error) {
	until := ^uint64(0)
	if limit.Until != "" {
		var err error
		if until, err = r.stream.parsePosition(limit.Until); err != nil {
			return source.Batch{}, err
		}
	}
	for {
		st := r.stream.state.Load()
		if st.err != nil {
			return source.Batch{}, st.err
		}
		if r.position >= until {
			return source.Batch{}, io.EOF
		}
		// A segment that is open is read to its end, whatever retention does.
		if head := st.head(); r.seg == nil && r.position < head {
			r.lost += min(head, until) - r.position
			r.position = min(head, until)
			if r.position == until {
				return r.batch(st, nil), nil
			}
		}
		if r.position >= st.tail {
			r.frame, r.groupAt = frameHead{}, 0
			r.window.release()
			if _, err := r.stream.await(ctx, st); err != nil {
				return source.Batch{}, err
			}
			continue
		}
		again, err := r.open(st)
		if again {
			continue
		}
		if err != nil {
			return source.Batch{}, r.stream.readError(err)
		}
		records, err := r.collect(limit, until)
		if len(records) > 0 {
			return r.batch(st, records), nil // an error will be there next time
		}
		if err == nil {
			err = r.leaveSegment(st)
		}
		if err != nil {
			return source.Batch{}, r.stream.readError(r.seg.damage(err))
		}
	}
}

// batch makes a batch that ends at the reader's position.
func (r *reader) batch(st *state, records []leat.Record) source.Batch {
	b := source.Batch{Records: records, Next: formatPosition(r.position), Lost: r.lost}
	b.After = func(n int) source.Position { return formatPosition(records[n-1].Sequence.Ordinal + 1) }
	if st.tail > r.position {
		b.Pending = st.tail - r.position
	}
	r.lost = 0
	return b
}

// open has the segment of the position open, and the window's limit where the
// snapshot says. again means that retention was faster: take a new snapshot.
func (r *reader) open(st *state) (again bool, err error) {
	i := st.segmentOf(r.position)
	if r.seg == nil {
		if again, err := r.openSegment(st, i); again || err != nil {
			return again, err
		}
	}
	if r.seg == st.segments[len(st.segments)-1] {
		r.window.limit = st.end
		return false, nil
	}
	// Full, so its length is that of the file.
	r.window.limit, err = r.file.Size()
	return false, err
}

func (r *reader) openSegment(st *state, i int) (again bool, err error) {
	seg := st.segments[i]
	f, err := seg.fs.Open(seg.path())
	if err != nil {
		return r.stream.gone(st, err)
	}
	head, err := seg.headOf(f)
	if err == nil && r.position >= st.endOf(i) {
		err = corrupt(seg.path(), 0, fmt.Errorf("segment lacks record %d", r.position))
	}
	start := block{offset: segmentHeadBytes, first: seg.first}
	if err == nil && r.position > seg.first {
		err = r.stream.lookup(st, i, func(x *index) { start = x.blocks[x.blockOf(r.position)] })
	}
	if err != nil {
		f.Close() // the first error is the one to report
		return r.stream.gone(st, err)
	}
	r.seg, r.file, r.created = seg, f, head.created
	r.window.release()
	r.window = window{file: f, salt: head.salt, at: start.offset, next: start.first}
	r.frame, r.groupAt, r.group = frameHead{}, 0, groupReader{}
	return false, nil
}

// gone makes sense of an error of opening a segment: again means that retention
// removed it since the snapshot was taken, so that a new snapshot will do.
func (s *Stream) gone(st *state, err error) (again bool, _ error) {
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if s.state.Load() != st {
		return true, nil
	}
	file := s.dir
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		file = pathErr.Path
	}
	return false, corrupt(file, 0, err)
}

// leaveSegment closes a segment that has no more records.
func (r *reader) leaveSegment(st *state) error {
	if r.seg == st.segments[st.segmentOf(r.position)] {
		return &badFrame{r.window.at, fmt.Errorf("segment ends before record %d", r.position)}
	}
	return r.closeSegment()
}

func (r *reader) closeSegment() error {
	r.window.release()
	r.seg = nil
	return r.file.Close()
}

// Close closes the file the reader has open.
func (r *reader) Close() error {
	if r.seg == nil {
		return nil
	}
	return r.closeSegment()
}

// collect returns records of the window's block, from the position on. None and
// no error means that the segment has no more.
func (r *reader) collect(limit source.Limit, until uint64) (records []leat.Record, err error) {
	records = r.records[:0]
	defer func() { r.records = records }()
	bytes := 0
	for {
		if r.group.left == 0 {
			if more, err := r.nextGroup(len(records) == 0); err != nil || !more {
				return records, err
			}
		}
		for r.group.left > 0 {
			if r.ordinal >= until || limit.Records > 0 && len(records) == limit.Records {
				return records, nil
			}
			key, data, err := r.group.peek()
			if err != nil {
				return records, &badFrame{r.frameAt, err}
			}
			size := len(key) + len(data)
			if limit.Bytes > 0 && len(records) > 0 && r.ordinal >= r.position && bytes+size > limit.Bytes {
				return records, nil
			}
			r.group.skip(size)
			ordinal := r.ordinal
			r.ordinal++
			if ordinal < r.position {
				continue
			}
			records = append(records, leat.Record{
				Shard:        r.shard,
				Sequence:     leat.Sequence{Created: r.created, Ordinal: ordinal, Shard: r.shard},
				Arrival:      r.frame.arrival,
				PartitionKey: key,
				Data:         data,
			})
			r.position = r.ordinal
			bytes += size
		}
	}
}

// nextGroup goes to the next group that has records from the position on. It
// reads another block only when mayFill, since that ends the views of the last.
func (r *reader) nextGroup(mayFill bool) (more bool, err error) {
	for {
		if len(r.group.rest) > 0 {
			return false, &badFrame{r.frameAt, fmt.Errorf("bytes after a group's last record")}
		}
		for ; r.groupAt < r.frame.groups; r.groupAt++ {
			g := r.frame.group(r.groupAt)
			start := r.frame.first + uint64(g.before)
			if start+uint64(g.records) <= r.position {
				continue
			}
			group, err := r.frame.checkGroup(g, r.body[g.offset:][:g.bytes])
			if err != nil {
				return false, &badFrame{r.frameAt, err}
			}
			r.group, r.shard, r.ordinal = group, g.shard, start
			r.groupAt++
			return true, nil
		}
		at := r.window.at
		h, body, ok, err := r.window.commit()
		switch {
		case err != nil:
			return false, err
		case ok:
			r.frame, r.frameAt, r.body, r.groupAt = h, at, body, 0
		case !mayFill || r.window.at >= r.window.limit:
			return false, nil
		default:
			if err := r.window.fill(); err != nil {
				return false, err
			}
		}
	}
}
