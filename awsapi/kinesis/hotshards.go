package kinesis

import (
	"log/slog"
	"math"
	"sync"
	"time"

	"leat/awsapi/kinesis/hotkey"
)

// hotShards watches the partition keys of shards that throttle, so that the log
// says what makes them hot. The zero hotShards is ready to use.
type hotShards struct {
	mu      sync.Mutex // guards the fields below
	streams map[string]map[uint32]*hotShard
}

// A hotShard is a shard that throttled of late.
type hotShard struct {
	keys      hotkey.Sketch
	watched   time.Time // since when
	throttled time.Time // last
	told      time.Time // when the log was; zero: not yet
}

const (
	// watchFor is how long a shard is watched after it throttled, and how often
	// the log tells of it meanwhile.
	watchFor = time.Minute
	// tellRecords and tellAfter are how much must have been seen of a shard, or
	// for how long, before the log says what makes it hot.
	tellRecords = 100
	tellAfter   = 5 * time.Second
)

// throttled begins or goes on to watch a shard.
func (h *hotShards) throttled(now time.Time, stream string, number uint32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams == nil {
		h.streams = map[string]map[uint32]*hotShard{}
	}
	if h.streams[stream] == nil {
		h.streams[stream] = map[uint32]*hotShard{}
	}
	shard := h.streams[stream][number]
	if shard == nil || now.Sub(shard.throttled) >= watchFor {
		shard = &hotShard{watched: now}
		h.streams[stream][number] = shard
	}
	shard.throttled = now
}

// watch looks at a batch's records in shards that are watched, and tells the
// log when it is time. b.shards has where they go.
func (h *hotShards) watch(now time.Time, stream string, b *batch, log *slog.Logger) {
	h.mu.Lock()
	defer h.mu.Unlock()
	watched := h.streams[stream]
	if len(watched) == 0 {
		return
	}
	for i := range b.entries {
		if shard := watched[b.shards[i]]; shard != nil {
			shard.keys.Add(now, &b.entries[i])
		}
	}
	for number, shard := range watched {
		switch {
		case now.Sub(shard.throttled) >= watchFor:
			delete(watched, number)
		case now.Sub(shard.told) >= watchFor && (shard.keys.Records(now) >= tellRecords || now.Sub(shard.watched) >= tellAfter):
			shard.told = now
			shard.tell(now, stream, number, log)
		}
	}
}

// tell writes what makes the shard hot.
func (s *hotShard) tell(now time.Time, stream string, number uint32, log *slog.Logger) {
	key, ok := s.keys.Top(now)
	if !ok {
		return
	}
	message := "shard throttles: one partition key makes much of it"
	if max(key.RecordShare, key.ByteShare) < hotkey.NotableShare {
		message = "shard throttles: no partition key makes much of it"
	}
	log.Warn(message, "stream", stream, "shard", shardName(number), "partition_key", key.Shown(),
		"percent_of_records", math.Round(100*key.RecordShare), "percent_of_bytes", math.Round(100*key.ByteShare))
}

func (h *hotShards) forget(stream string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams, stream)
}
