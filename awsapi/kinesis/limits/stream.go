package limits

import (
	"maps"
	"sync"
	"time"
)

// Limits of a shard of a provisioned stream.
const (
	shardWriteBytes   = 1 << 20 // a second
	shardWriteRecords = 1000    // a second
	shardReadBytes    = 2 << 20 // a second
	shardReads        = 5       // GetRecords calls a second
	shardIterators    = 5       // GetShardIterator calls a second
	consumerBytes     = 2 << 20 // a second, of each consumer and shard
)

// A Stream keeps one stream to its limits. It may be used by any number of
// goroutines; the moments that they give should not go back.
type Stream struct {
	mu        sync.Mutex // guards the fields below
	shards    map[uint32]*shard
	consumers map[subscription]*bucket
	demand    demand
	calls     calls
}

// A shard is what is left of a shard's limits.
type shard struct {
	writeBytes, writeRecords bucket
	readBytes, reads         bucket
	iterators                bucket
}

type subscription struct {
	consumer string
	shard    uint32
}

func (s *Stream) shardLocked(number uint32) *shard {
	if s.shards == nil {
		s.shards = map[uint32]*shard{}
	}
	found := s.shards[number]
	if found == nil {
		found = new(shard)
		s.shards[number] = found
	}
	return found
}

// Write reports whether a record may be written to a shard now. bytes is the
// size of its data and key.
func (s *Stream) Write(now time.Time, number uint32, bytes int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	shard := s.shardLocked(number)
	return useBoth(now, &shard.writeBytes, &shard.writeRecords, float64(bytes), shardWriteBytes, shardWriteRecords)
}

// useBoth takes bytes of one bucket and a record of the other, or nothing.
func useBoth(now time.Time, bytes, records *bucket, n, bytesPerSecond, recordsPerSecond float64) bool {
	if !bytes.has(now, n, bytesPerSecond) || !records.has(now, 1, recordsPerSecond) {
		return false
	}
	bytes.take(now, n, bytesPerSecond)
	records.take(now, 1, recordsPerSecond)
	return true
}

// Read reports whether GetRecords may read a shard now: not for the sixth time
// in a second, nor before what earlier calls returned has been paid for at
// 2 MiB a second. Returned must be called with what the call returns.
func (s *Stream) Read(now time.Time, number uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	shard := s.shardLocked(number)
	// How much there is to return is not known yet, so there must be something left.
	return shard.readBytes.owed(now) < time.Second && shard.reads.use(now, 1, shardReads)
}

// Returned charges a shard for what a call of GetRecords has returned. After
// more than 2 MiB all of it has to be paid for, as AWS says it: 10 MiB keep the
// next call waiting for five seconds.
func (s *Stream) Returned(now time.Time, number uint32, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &s.shardLocked(number).readBytes
	if empty := now.Add(time.Second); bytes > shardReadBytes && b.paid.Before(empty) {
		b.paid = empty
	}
	b.take(now, float64(bytes), shardReadBytes)
}

// Iterator reports whether GetShardIterator may be called for a shard now.
func (s *Stream) Iterator(now time.Time, number uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shardLocked(number).iterators.use(now, 1, shardIterators)
}

// ForgetConsumer drops what was kept of a consumer that is deregistered.
func (s *Stream) ForgetConsumer(consumer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.consumers, func(key subscription, _ *bucket) bool { return key.consumer == consumer })
}

// Push charges a consumer for records of a shard that are pushed to it now, and
// returns how long to wait before the next are: fan-out is paced, not refused.
func (s *Stream) Push(now time.Time, consumer string, number uint32, bytes int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := subscription{consumer, number}
	if s.consumers == nil {
		s.consumers = map[subscription]*bucket{}
	}
	b := s.consumers[key]
	if b == nil {
		b = new(bucket)
		s.consumers[key] = b
	}
	b.take(now, float64(bytes), consumerBytes)
	return max(b.owed(now)-time.Second, 0)
}
