package kinesis

import (
	"errors"
	"time"

	"leat/awsapi"
	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"
)

// meter returns a stream's counters.
func (a *api) meter(s *shardlog.Stream) *monitor.Stream {
	if m := a.meters.Find(s); m != nil {
		return m
	}
	m := a.meters.Add(s)
	m.SwitchShards(func() []string { return shardMetrics(s) })
	return m
}

// shardMetrics are the shard-level metrics that are on. Attributes that cannot
// be read have none: who reads them for their own sake says what is wrong.
func shardMetrics(s *shardlog.Stream) []string {
	kept, _ := attributesOf(s.Info())
	return kept.Metrics
}

// count counts a call that put a batch, or failed to.
func (b *batch) count(m *monitor.Stream, err error) {
	took, stored := time.Since(b.began), len(b.entries)
	if err != nil {
		stored = 0
	}
	operation := &m.PutRecords
	if b.operation == "PutRecord" {
		operation = &m.PutRecord
	} else {
		m.Batches.TotalRecords.Add(uint64(len(b.entries)))
	}
	operation.Observe(took, stored > 0, b.bytes, stored)
	if stored > 0 {
		m.IncomingBytes.Add(uint64(b.bytes))
		m.IncomingRecords.Add(uint64(stored))
		m.Shards().Incoming(b.entries, b.receipts)
	}
	if b.refused > 0 {
		b.countRefusals(m)
	}
}

func (b *batch) countRefusals(m *monitor.Stream) {
	throttled, failed := uint64(0), uint64(0)
	for _, refusal := range b.refusals {
		switch refusal.code {
		case "":
		case throughputExceeded:
			throttled++
		default:
			failed++
		}
	}
	m.WriteProvisionedThroughputExceeded.Add(throttled)
	if b.operation == "PutRecords" {
		m.Batches.TotalRecords.Add(uint64(b.refused))
		m.Batches.ThrottledRecords.Add(throttled)
		m.Batches.FailedRecords.Add(failed)
	}
}

// countGet counts a call of GetRecords on a stream.
func (a *api) countGet(s *shardlog.Stream, shard uint32, began time.Time, batch shardlog.ShardBatch, err error) {
	m := a.meter(s)
	bytes := bytesOf(batch)
	m.GetRecords.Observe(time.Since(began), err == nil, bytes, len(batch.Records))
	throttled := isThrottle(err)
	if throttled {
		m.ReadProvisionedThroughputExceeded.Add(1)
	}
	now := a.now()
	if err == nil {
		m.IteratorAge.Observe(now, iteratorAge(now, batch))
	}
	if shards := m.Shards(); shards != nil {
		counters := shards.Shard(shard)
		counters.OutgoingBytes.Add(uint64(bytes))
		counters.OutgoingRecords.Add(uint64(len(batch.Records)))
		if throttled {
			counters.ReadProvisionedThroughputExceeded.Add(1)
		}
		if err == nil {
			counters.IteratorAge.Observe(now, iteratorAge(now, batch))
		}
	}
}

// bytesOf is the size of a batch: data and keys.
func bytesOf(batch shardlog.ShardBatch) (bytes int) {
	for i := range batch.Records {
		bytes += len(batch.Records[i].PartitionKey) + len(batch.Records[i].Data)
	}
	return bytes
}

// iteratorAge is how old the last record of a call is, in milliseconds; 0 when
// it was the shard's last one. A call that brings none, of a shard that has
// more, is as old as the next record.
func iteratorAge(now time.Time, batch shardlog.ShardBatch) int64 {
	n := len(batch.Records)
	if n == 0 || batch.BehindMillis == 0 {
		return batch.BehindMillis
	}
	return max(now.UnixMilli()-batch.Records[n-1].Arrival, 0)
}

// isThrottle reports whether a call was refused for its stream's throughput.
func isThrottle(err error) bool {
	var named *awsapi.Error
	return errors.As(err, &named) && named.Type == throughputExceeded
}
