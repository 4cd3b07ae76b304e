package warehouse

import "leat"

// A shardSpan is what a refresh read of one shard.
type shardSpan struct {
	shard          uint32
	last           leat.Sequence
	records, bytes int64
	skipped        int64 // into quarantine
	oldest, newest int64 // arrival, milliseconds of Unix time
}

// spans are a refresh's shards, by number.
type spans struct {
	index map[uint32]int
	list  []shardSpan
	last  int // index of the span in use last: records of a shard come in runs
}

// add counts a record.
func (s *spans) add(record *leat.Record) {
	if len(s.list) == 0 || s.list[s.last].shard != record.Shard {
		s.last = s.find(record)
	}
	span := &s.list[s.last]
	span.last = record.Sequence
	span.records++
	span.bytes += int64(len(record.Data))
	span.oldest = min(span.oldest, record.Arrival)
	span.newest = max(span.newest, record.Arrival)
}

func (s *spans) find(record *leat.Record) int {
	if at, ok := s.index[record.Shard]; ok {
		return at
	}
	if s.index == nil {
		s.index = map[uint32]int{}
	}
	s.index[record.Shard] = len(s.list)
	s.list = append(s.list, shardSpan{shard: record.Shard, oldest: record.Arrival, newest: record.Arrival})
	return len(s.list) - 1
}

// skip counts a record that went into quarantine.
func (s *spans) skip(shard uint32) {
	if at, ok := s.index[shard]; ok {
		s.list[at].skipped++
	}
}
