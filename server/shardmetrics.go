package server

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"
)

// The metrics of shards, of those streams only whose EnableEnhancedMonitoring
// has them on.

var shardCounters = []struct {
	cloudWatch, name, help string
	value                  func(*monitor.Shard) *monitor.Counter
}{
	{"IncomingBytes", "aws_kinesis_shard_incoming_bytes_total", "Bytes of data and keys that the shard has stored.",
		func(s *monitor.Shard) *monitor.Counter { return &s.IncomingBytes }},
	{"IncomingRecords", "aws_kinesis_shard_incoming_records_total", "Records that the shard has stored.",
		func(s *monitor.Shard) *monitor.Counter { return &s.IncomingRecords }},
	{"OutgoingBytes", "aws_kinesis_shard_outgoing_bytes_total", "Bytes of data and keys that GetRecords has returned of the shard.",
		func(s *monitor.Shard) *monitor.Counter { return &s.OutgoingBytes }},
	{"OutgoingRecords", "aws_kinesis_shard_outgoing_records_total", "Records that GetRecords has returned of the shard.",
		func(s *monitor.Shard) *monitor.Counter { return &s.OutgoingRecords }},
	{"WriteProvisionedThroughputExceeded", "aws_kinesis_shard_write_provisioned_throughput_exceeded_total", "Records of the shard that were refused because of a write limit.",
		func(s *monitor.Shard) *monitor.Counter { return &s.WriteProvisionedThroughputExceeded }},
	{"ReadProvisionedThroughputExceeded", "aws_kinesis_shard_read_provisioned_throughput_exceeded_total", "GetRecords calls of the shard that were refused because of a read limit.",
		func(s *monitor.Shard) *monitor.Counter { return &s.ReadProvisionedThroughputExceeded }},
}

// shards writes the metrics of the shards that are on and were used.
func (e exposition) shards(streams []metered, now time.Time) {
	for _, metric := range shardCounters {
		e.family(metric.name, "counter", cloudWatchHelp(metric.help, metric.cloudWatch))
		for _, stream := range streams {
			shards := stream.Shards()
			if !shards.On(metric.cloudWatch) {
				continue
			}
			for number, shard := range stream.usedShards {
				e.sample(metric.name, float64(metric.value(shard).Load()), "stream", stream.name, "shard", shardLabel(number))
			}
		}
	}
	const age = "aws_kinesis_shard_iterator_age_max_seconds"
	e.family(age, "gauge", cloudWatchHelp("Greatest age of the last record of a GetRecords call of the shard within the last minute, 0 at the tip.", "IteratorAgeMilliseconds"))
	for _, stream := range streams {
		shards := stream.Shards()
		if !shards.On("IteratorAgeMilliseconds") {
			continue
		}
		for number, shard := range stream.usedShards {
			if millis, ok := shard.IteratorAge.Value(now); ok {
				e.sample(age, float64(millis)/1000, "stream", stream.name, "shard", shardLabel(number))
			}
		}
	}
}

// usedShards goes through the shards that were used and are still there: those
// of a stream that is resharded again and again do not pile up.
func (m metered) usedShards(yield func(number uint32, shard *monitor.Shard) bool) {
	for number, shard := range m.Shards().Used {
		_, kept := slices.BinarySearchFunc(m.kept, number, func(info shardlog.ShardInfo, number uint32) int { return cmp.Compare(info.Number, number) })
		if kept && !yield(number, shard) {
			return
		}
	}
}

// shardLabel is a shard's id, as the API names it.
func shardLabel(number uint32) string { return fmt.Sprintf("shardId-%012d", number) }
