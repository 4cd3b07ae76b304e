package server

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"leat/awsapi/kinesis/monitor"
	"leat/shardlog"
)

// What CloudWatch shows of Kinesis data streams, as series for Prometheus.
// docs/metrics.md has CloudWatch's names beside these.

// A metered is a stream that somebody has used since the server started.
type metered struct {
	name string
	kept []shardlog.ShardInfo // shards that are still there, by number
	*monitor.Stream
}

// metered returns the counters of those streams that have some.
func (s *Server) metered(streams []StreamStatus) []metered {
	var found []metered
	for _, status := range streams {
		stream, err := s.streams.Stream(status.Name)
		if err != nil {
			continue // deleted since the status was taken
		}
		if counters := s.monitor.Find(stream); counters != nil {
			found = append(found, metered{status.Name, status.Shards, counters})
		}
	}
	return found
}

// kinesis writes the metrics of streams, shards and consumers.
func (e exposition) kinesis(streams []metered, now time.Time) {
	for _, metric := range streamCounters {
		e.family(metric.name, "counter", cloudWatchHelp(metric.help, metric.cloudWatch))
		for _, stream := range streams {
			if metric.of == nil || used(metric.of(stream.Stream)) {
				e.sample(metric.name, float64(metric.value(stream.Stream).Load()), "stream", stream.name)
			}
		}
	}
	for _, metric := range []struct {
		cloudWatch, name, help string
		of                     func(*monitor.Stream) *monitor.Operation
	}{
		{"PutRecord.Latency", "aws_kinesis_put_record_latency_seconds", "Time that a PutRecord call takes.", putRecord},
		{"PutRecords.Latency", "aws_kinesis_put_records_latency_seconds", "Time that a PutRecords call takes.", putRecords},
		{"GetRecords.Latency", "aws_kinesis_get_records_latency_seconds", "Time that a GetRecords call takes.", getRecords},
	} {
		e.family(metric.name, "histogram", cloudWatchHelp(metric.help, metric.cloudWatch))
		for _, stream := range streams {
			if operation := metric.of(stream.Stream); used(operation) {
				e.latency(metric.name, stream.name, &operation.Latency)
			}
		}
	}
	const age = "aws_kinesis_get_records_iterator_age_max_seconds"
	e.family(age, "gauge", cloudWatchHelp("Greatest age of the last record of a GetRecords call within the last minute, 0 at the tip.", "GetRecords.IteratorAgeMilliseconds"))
	for _, stream := range streams {
		if millis, ok := stream.IteratorAge.Value(now); ok {
			e.sample(age, float64(millis)/1000, "stream", stream.name)
		}
	}
	e.shards(streams, now)
	e.consumers(streams, now)
}

// cloudWatchHelp is a metric's help, with CloudWatch's name for whoever looks
// for that.
func cloudWatchHelp(help, cloudWatch string) string { return help + " CloudWatch: " + cloudWatch + "." }

func putRecord(s *monitor.Stream) *monitor.Operation  { return &s.PutRecord }
func putRecords(s *monitor.Stream) *monitor.Operation { return &s.PutRecords }
func getRecords(s *monitor.Stream) *monitor.Operation { return &s.GetRecords }

// used reports whether an operation was called: of one that was not there are
// no series.
func used(operation *monitor.Operation) bool {
	_, count, _ := operation.Latency.Read()
	return count > 0
}

var streamCounters = []struct {
	cloudWatch, name, help string
	of                     func(*monitor.Stream) *monitor.Operation // nil: of the stream itself
	value                  func(*monitor.Stream) *monitor.Counter
}{
	{"IncomingBytes", "aws_kinesis_incoming_bytes_total", "Bytes of data and keys that the stream has stored.", nil,
		func(s *monitor.Stream) *monitor.Counter { return &s.IncomingBytes }},
	{"IncomingRecords", "aws_kinesis_incoming_records_total", "Records that the stream has stored.", nil,
		func(s *monitor.Stream) *monitor.Counter { return &s.IncomingRecords }},
	{"WriteProvisionedThroughputExceeded", "aws_kinesis_write_provisioned_throughput_exceeded_total", "Records that were refused because of a write limit.", nil,
		func(s *monitor.Stream) *monitor.Counter { return &s.WriteProvisionedThroughputExceeded }},
	{"ReadProvisionedThroughputExceeded", "aws_kinesis_read_provisioned_throughput_exceeded_total", "GetRecords calls that were refused because of a read limit.", nil,
		func(s *monitor.Stream) *monitor.Counter { return &s.ReadProvisionedThroughputExceeded }},

	{"PutRecord.Bytes", "aws_kinesis_put_record_bytes_total", "Bytes of data and keys stored by PutRecord.", putRecord,
		func(s *monitor.Stream) *monitor.Counter { return &s.PutRecord.Bytes }},
	{"PutRecord.Success", "aws_kinesis_put_record_success_total", "PutRecord calls that stored their record.", putRecord,
		func(s *monitor.Stream) *monitor.Counter { return &s.PutRecord.Success }},

	{"PutRecords.Bytes", "aws_kinesis_put_records_bytes_total", "Bytes of data and keys stored by PutRecords.", putRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.PutRecords.Bytes }},
	{"PutRecords.Success", "aws_kinesis_put_records_success_total", "PutRecords calls that stored at least one record.", putRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.PutRecords.Success }},
	{"PutRecords.SuccessfulRecords", "aws_kinesis_put_records_successful_records_total", "Records that PutRecords calls have stored.", putRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.PutRecords.Records }},
	{"PutRecords.FailedRecords", "aws_kinesis_put_records_failed_records_total", "Records of PutRecords calls that were refused as internal failures.", putRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.Batches.FailedRecords }},
	{"PutRecords.ThrottledRecords", "aws_kinesis_put_records_throttled_records_total", "Records of PutRecords calls that were refused because of a write limit.", putRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.Batches.ThrottledRecords }},
	{"PutRecords.TotalRecords", "aws_kinesis_put_records_total_records_total", "All records of PutRecords calls, whatever became of them.", putRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.Batches.TotalRecords }},

	{"GetRecords.Bytes", "aws_kinesis_get_records_bytes_total", "Bytes of data and keys that GetRecords has returned.", getRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.GetRecords.Bytes }},
	{"GetRecords.Records", "aws_kinesis_get_records_records_total", "Records that GetRecords has returned.", getRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.GetRecords.Records }},
	{"GetRecords.Success", "aws_kinesis_get_records_success_total", "GetRecords calls that were answered without an error.", getRecords,
		func(s *monitor.Stream) *monitor.Counter { return &s.GetRecords.Success }},
}

// latency writes the histogram of a stream's calls.
func (e exposition) latency(name, stream string, histogram *monitor.Histogram) {
	below, count, sum := histogram.Read()
	bucket := name + "_bucket"
	for i, n := range below {
		e.sample(bucket, float64(n), "stream", stream, "le", latencyBounds[i])
	}
	e.sample(bucket, float64(count), "stream", stream, "le", "+Inf")
	e.sample(name+"_sum", sum.Seconds(), "stream", stream)
	e.sample(name+"_count", float64(count), "stream", stream)
}

// latencyBounds are the bounds of latencies, as labels.
var latencyBounds = func() (labels []string) {
	for _, bound := range monitor.LatencyBounds {
		labels = append(labels, strconv.FormatFloat(bound.Seconds(), 'g', -1, 64))
	}
	return labels
}()

// consumers writes the metrics of consumers that subscribed to shards.
func (e exposition) consumers(streams []metered, now time.Time) {
	type consumer struct {
		stream, name string
		*monitor.Consumer
	}
	var all []consumer
	for _, stream := range streams {
		first := len(all)
		for name, counters := range stream.Consumers {
			all = append(all, consumer{stream.name, name, counters})
		}
		slices.SortFunc(all[first:], func(a, b consumer) int { return strings.Compare(a.name, b.name) })
	}
	for _, metric := range consumerCounters {
		e.family(metric.name, "counter", cloudWatchHelp(metric.help, metric.cloudWatch))
		for _, c := range all {
			e.sample(metric.name, float64(metric.value(c.Consumer).Load()), "stream", c.stream, "consumer", c.name)
		}
	}
	const behind = "aws_kinesis_subscribe_to_shard_event_behind_latest_max_seconds"
	e.family(behind, "gauge", cloudWatchHelp("Greatest distance of an event from its shard's tip within the last minute.", "SubscribeToShardEvent.MillisBehindLatest"))
	for _, c := range all {
		if millis, ok := c.MillisBehindLatest.Value(now); ok {
			e.sample(behind, float64(millis)/1000, "stream", c.stream, "consumer", c.name)
		}
	}
}

var consumerCounters = []struct {
	cloudWatch, name, help string
	value                  func(*monitor.Consumer) *monitor.Counter
}{
	{"SubscribeToShard.Success", "aws_kinesis_subscribe_to_shard_success_total", "SubscribeToShard calls that were taken.",
		func(c *monitor.Consumer) *monitor.Counter { return &c.Success }},
	{"SubscribeToShard.RateExceeded", "aws_kinesis_subscribe_to_shard_rate_exceeded_total", "SubscribeToShard calls that were refused because of their rate.",
		func(c *monitor.Consumer) *monitor.Counter { return &c.RateExceeded }},
	{"SubscribeToShardEvent.Success", "aws_kinesis_subscribe_to_shard_event_success_total", "Events that were pushed to the consumer.",
		func(c *monitor.Consumer) *monitor.Counter { return &c.EventSuccess }},
	{"SubscribeToShardEvent.Bytes", "aws_kinesis_subscribe_to_shard_event_bytes_total", "Bytes of data and keys of those events.",
		func(c *monitor.Consumer) *monitor.Counter { return &c.EventBytes }},
	{"SubscribeToShardEvent.Records", "aws_kinesis_subscribe_to_shard_event_records_total", "Records of those events.",
		func(c *monitor.Consumer) *monitor.Counter { return &c.EventRecords }},
}
