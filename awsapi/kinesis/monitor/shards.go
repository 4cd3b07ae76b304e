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

	all atomic.Pointer[[]*Shard] // by number; nil: never used
	mu  sync.Mutex               // makes growing all one at a time
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
	if all := s.load(); number < uint32(len(all)) && all[number] != nil {
		return all[number]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.load())
	if n := int(number) + 1; n > len(all) {
		all = append(all, make([]*Shard, n-len(all))...)
	}
	if all[number] == nil {
		all[number] = new(Shard)
		s.all.Store(&all)
	}
	return all[number]
}

// Used goes through the shards that were used since their metrics are on.
func (s *Shards) Used(yield func(number uint32, shard *Shard) bool) {
	for number, shard := range s.load() {
		if shard != nil && !yield(uint32(number), shard) {
			return
		}
	}
}

func (s *Shards) load() []*Shard {
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
