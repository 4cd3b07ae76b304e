package monitor

import (
	"sync"
	"sync/atomic"
	"time"

	"leat/awsapi/kinesis/hotkey"
)

// A Counter only grows.
type Counter = atomic.Uint64

// A Stream is what CloudWatch shows of a stream.
type Stream struct {
	IncomingBytes   Counter // of data and keys of the records that were stored
	IncomingRecords Counter

	PutRecord  Operation
	PutRecords Operation
	GetRecords Operation
	Batches    PutRecordsOutcomes

	// IteratorAge is GetRecords.IteratorAgeMilliseconds.
	IteratorAge RecentMax

	WriteProvisionedThroughputExceeded Counter // records
	ReadProvisionedThroughputExceeded  Counter // calls of GetRecords

	// Keys watches the partition keys of all records that are put, also of those
	// that are refused.
	Keys hotkey.Sketch

	shards    atomic.Pointer[Shards]
	switching sync.Mutex // makes SwitchShards one at a time
	consumers sync.Map   // name → *Consumer
}

// An Operation is what CloudWatch shows of the calls of one operation.
type Operation struct {
	Bytes   Counter // of the records that were stored or returned
	Records Counter
	Success Counter // calls; of PutRecords: that stored at least one record
	Latency Histogram
}

// Observe counts one call that took some time. One that failed has no bytes
// and records.
func (o *Operation) Observe(took time.Duration, success bool, bytes, records int) {
	o.Latency.Observe(took)
	if success {
		o.Success.Add(1)
		o.Bytes.Add(uint64(bytes))
		o.Records.Add(uint64(records))
	}
}

// PutRecordsOutcomes counts records of PutRecords by what became of them.
type PutRecordsOutcomes struct {
	TotalRecords     Counter
	FailedRecords    Counter // by internal failures
	ThrottledRecords Counter
}

// Consumer returns the counters of a registered consumer, and makes them if
// there are none.
func (s *Stream) Consumer(name string) *Consumer {
	if c, ok := s.consumers.Load(name); ok {
		return c.(*Consumer)
	}
	c, _ := s.consumers.LoadOrStore(name, new(Consumer))
	return c.(*Consumer)
}

// ForgetConsumer drops the counters of a consumer that is deregistered.
func (s *Stream) ForgetConsumer(name string) { s.consumers.Delete(name) }

// Consumers goes through the consumers that have counters, in no order.
func (s *Stream) Consumers(yield func(name string, c *Consumer) bool) {
	s.consumers.Range(func(name, c any) bool { return yield(name.(string), c.(*Consumer)) })
}

// A Consumer is what CloudWatch shows of a consumer with enhanced fan-out.
type Consumer struct {
	RateExceeded Counter // SubscribeToShard calls that were refused
	Success      Counter // SubscribeToShard calls that were not

	// Of SubscribeToShardEvent:
	EventSuccess Counter // events published
	EventBytes   Counter
	EventRecords Counter
	// MillisBehindLatest is the age of the newest event's last record against
	// the shard's tip.
	MillisBehindLatest RecentMax
}

// ObserveEvent counts one event that was pushed to the consumer.
func (c *Consumer) ObserveEvent(now time.Time, bytes, records int, behindMillis int64) {
	c.EventSuccess.Add(1)
	c.EventBytes.Add(uint64(bytes))
	c.EventRecords.Add(uint64(records))
	c.MillisBehindLatest.Observe(now, behindMillis)
}
