package monitor

import (
	"slices"
	"sync"
	"sync/atomic"

	"leat/shardlog"
)

// ShardMetrics are the names of the shard-level metrics that
// EnableEnhancedMonitoring knows, in its order.
var ShardMetrics = []string{
	"IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords",
	"WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded", "IteratorAgeMilliseconds",
}

// Shards are the metrics of a stream's shards, while some are on.
type Shards struct {
	on atomic.Pointer[[]string]

	all atomic.Pointer[[]atomic.Pointer[Shard]] // by number; nil: never used
	mu  sync.Mutex                              // makes changes of all one at a time
}

// A Shard is what CloudWatch shows of a shard.
type Shard struct {
	IncomingBytes, IncomingRecords     Counter
	OutgoingBytes, OutgoingRecords     Counter
	WriteProvisionedThroughputExceeded Counter // records
	ReadProvisionedThroughputExceeded  Counter // calls of GetRecords
	IteratorAge                        RecentMax
}

// SwitchShards sets which shard-level metrics are on, as names returns them;
// without any, the shards' counters are dropped. names is asked under a lock,
// so that of two changes the later one counts.
func (s *Stream) SwitchShards(names func() []string) {
	s.switching.Lock()
	defer s.switching.Unlock()
	on := slices.Clone(names())
	shards := s.shards.Load()
	switch {
	case len(on) == 0:
		s.shards.Store(nil)
	case shards == nil:
		shards = new(Shards)
		shards.on.Store(&on)
		s.shards.Store(shards)
	default:
		shards.on.Store(&on)
	}
}

// Shards returns the shards' metrics, or nil while none are on. The methods of
// a nil *Shards do nothing.
func (s *Stream) Shards() *Shards { return s.shards.Load() }

// On reports whether a metric of ShardMetrics is on.
func (s *Shards) On(metric string) bool { return s != nil && slices.Contains(*s.on.Load(), metric) }

// Shard returns the counters of a shard, and makes them if there are none.
func (s *Shards) Shard(number uint32) *Shard {
	if all := s.load(); int(number) < len(all) {
		if shard := all[number].Load(); shard != nil {
			return shard
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.load()
	if int(number) >= len(all) {
		grown := make([]atomic.Pointer[Shard], max(int(number)+1, 2*len(all)))
		for i := range all {
			grown[i].Store(all[i].Load())
		}
		all = grown
		s.all.Store(&all)
	}
	if all[number].Load() == nil {
		all[number].Store(new(Shard))
	}
	return all[number].Load()
}

// Used goes through the shards that were used since their metrics are on.
func (s *Shards) Used(yield func(number uint32, shard *Shard) bool) {
	all := s.load()
	for number := range all {
		if shard := all[number].Load(); shard != nil && !yield(uint32(number), shard) {
			return
		}
	}
}

func (s *Shards) load() []atomic.Pointer[Shard] {
	if s == nil {
		return nil
	}
	if all := s.all.Load(); all != nil {
		return *all
	}
	return nil
}

// Incoming counts records that were stored.
func (s *Shards) Incoming(entries []shardlog.Entry, receipts []shardlog.Receipt) {
	if s == nil {
		return
	}
	for i := 0; i < len(entries); {
		shard, bytes, first := receipts[i].Shard, 0, i
		for ; i < len(entries) && receipts[i].Shard == shard; i++ {
			bytes += len(entries[i].PartitionKey) + len(entries[i].Data)
		}
		counters := s.Shard(shard)
		counters.IncomingBytes.Add(uint64(bytes))
		counters.IncomingRecords.Add(uint64(i - first))
	}
}
