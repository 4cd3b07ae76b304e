package shardlog

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"leat/source"
)

// Source returns the stream as a source of records: the whole stream in order
// of commit, one sequential pass. Positions are ordinals in decimal.
func (s *Stream) Source() source.Source { return streamSource{s} }

type streamSource struct{ stream *Stream }

// Identity names the stream's incarnation.
func (s streamSource) Identity() string {
	info := s.stream.Info()
	return "stream:" + info.Name + ":" + info.ID
}

// Horizon returns the position of the oldest record.
func (s streamSource) Horizon(ctx context.Context) (source.Position, error) {
	st := s.stream.state.Load()
	return formatPosition(st.head()), st.err
}

// Latest returns the position after the newest record.
func (s streamSource) Latest(ctx context.Context) (source.Position, error) {
	st := s.stream.state.Load()
	return formatPosition(st.tail), st.err
}

// Open returns a reader from a position on. One after the newest record is
// refused: the stream that gave it out has lost records since, or is another.
func (s streamSource) Open(ctx context.Context, from source.Position) (source.Reader, error) {
	st := s.stream.state.Load()
	if st.err != nil {
		return nil, st.err
	}
	position, err := s.stream.parsePosition(from)
	if err != nil {
		return nil, err
	}
	if position > st.tail {
		return nil, invalid("position %d is after the end of stream %s, %d", position, s.stream.name, st.tail)
	}
	return &reader{stream: s.stream, position: max(position, firstOrdinal)}, nil
}

// Behind is how many records the stream holds at or after a position of its
// source; all of them when the position is not one of this stream, or "".
func (s *Stream) Behind(position source.Position) uint64 {
	st := s.state.Load()
	ordinal, err := s.parsePosition(position)
	if err != nil || ordinal > st.tail {
		ordinal = 0
	}
	return st.tail - max(ordinal, st.head())
}

func formatPosition(ordinal uint64) source.Position {
	return source.Position(strconv.FormatUint(ordinal, 10))
}

func (s *Stream) parsePosition(p source.Position) (uint64, error) {
	ordinal, err := strconv.ParseUint(string(p), 10, 64)
	if err != nil {
		return 0, invalid("position %q is not one of stream %s", p, s.name)
	}
	return ordinal, nil
}

// HashKeys returns the hash keys of a shard that a split or a merge has made, as
// numbers with the highest byte first. It is not ok for any other shard.
func (s streamSource) HashKeys(shard uint32) (first, last [16]byte, ok bool) {
	shards := s.stream.Info().Shards
	i, found := slices.BinarySearchFunc(shards, shard, func(info ShardInfo, number uint32) int { return cmp.Compare(info.Number, number) })
	if !found || shards[i].Parent < 0 {
		return first, last, false
	}
	return shards[i].First.bytes(), shards[i].Last.bytes(), true
}
