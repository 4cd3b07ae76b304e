package server

import "leat/awsapi/kinesis/hotkey"

// hotKeys names, of each stream that has one, the partition key that makes much
// of its load: at most one, so that keys do not make series without end.
func (e exposition) hotKeys(streams []StreamStatus) {
	for _, metric := range []struct {
		name, help string
		value      func(hotkey.Key) float64
	}{
		{"leat_stream_hot_key_record_ratio", "Part of the stream's records that the hot partition key makes.", func(k hotkey.Key) float64 { return k.RecordShare }},
		{"leat_stream_hot_key_byte_ratio", "Part of the stream's bytes that the hot partition key makes.", func(k hotkey.Key) float64 { return k.ByteShare }},
		{"leat_stream_hot_key_shard_ratio", "Part of what AWS lets a shard write that the hot partition key needs; above 1 it throttles there.", hotkey.Key.ShardLoad},
	} {
		e.family(metric.name, "gauge", metric.help)
		for _, stream := range streams {
			if stream.HotKey != nil {
				e.sample(metric.name, metric.value(*stream.HotKey), "stream", stream.Name, "shard", shardLabel(stream.HotShard), "partition_key", stream.HotKey.Shown())
			}
		}
	}
}
