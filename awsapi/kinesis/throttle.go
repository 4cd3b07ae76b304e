package kinesis

import (
	"time"

	"leat/awsapi"
	"leat/shardlog"
)

// Throttling of records, as AWS does it, when limits are enforced. Package
// limits decides; here are AWS's words.

// throttlePut is the gate that refuses records over the limits of their shards,
// or of their on-demand stream.
func (a *api) throttlePut(s *shardlog.Stream, name string, b *batch) error {
	limits, now, info := a.limits.Stream(name), a.now(), s.Info()
	b.shards = s.Route(b.shards[:0], b.entries)
	warm := int64(0)
	if info.OnDemand {
		warm = warmBytes(info)
	}
	for i := range b.entries {
		if b.isRefused(i) {
			continue
		}
		bytes := len(b.entries[i].PartitionKey) + len(b.entries[i].Data)
		ok := false
		if info.OnDemand {
			ok = limits.WriteOnDemand(now, warm, bytes)
		} else {
			ok = limits.Write(now, b.shards[i], bytes)
		}
		if !ok {
			if !b.spread { // then no key is to blame
				a.hot.throttled(now, name, b.shards[i])
			}
			b.refuse(i, throughputExceeded, a.rateExceeded(name, b.shards[i]))
			if shards := a.meter(s).Shards(); shards != nil {
				shards.Shard(b.shards[i]).WriteProvisionedThroughputExceeded.Add(1)
			}
		}
	}
	a.hot.watch(now, name, b, a.logger)
	return nil
}

// warmBytes is the write throughput that an on-demand stream was made ready
// for, in bytes a second.
func warmBytes(info shardlog.Info) int64 {
	kept, err := attributesOf(info)
	if err != nil || kept.WarmMiBps == nil {
		return 0
	}
	return *kept.WarmMiBps << 20
}

func (a *api) rateExceeded(stream string, shard uint32) string {
	return "Rate exceeded for shard " + shardName(shard) + " in stream " + stream + " under account " + a.place.Account + "."
}

// throttleGet is the error of a GetRecords call on a shard that has been read
// too often or too much, or nil.
func (a *api) throttleGet(stream string, shard uint32, now time.Time) error {
	if a.limits == nil || a.limits.Stream(stream).Read(now, shard) {
		return nil
	}
	return awsapi.Errorf(throughputExceeded, "Rate exceeded for Shard - %s/%s/%s", a.place.Account, stream, shardName(shard))
}

// chargeGet charges a shard for what GetRecords returns.
func (a *api) chargeGet(stream string, shard uint32, now time.Time, batch shardlog.ShardBatch) {
	if a.limits != nil {
		a.limits.Stream(stream).Returned(now, shard, bytesOf(batch))
	}
}

// throttleIterator is the error of a GetShardIterator call for a shard that has
// had too many, or nil.
func (a *api) throttleIterator(stream string, shard uint32) error {
	if a.limits == nil || a.limits.Stream(stream).Iterator(a.now(), shard) {
		return nil
	}
	return awsapi.Errorf(throughputExceeded, "%s", a.rateExceeded(stream, shard))
}
