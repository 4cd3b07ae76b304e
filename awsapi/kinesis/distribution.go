package kinesis

import (
	"context"
	"strconv"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// UpdateStreamRecordDistributionStrategy
//
// Behavior: says who chooses the shards of an on-demand stream's records from
// now on: their partition keys (USER_PARTITION_KEY), or Leat (AUTO), which
// spreads them evenly, takes records without a partition key, and ignores the
// partition keys and explicit hash keys that are given.
//
// Differs from AWS: a partition key that is given under AUTO is still kept with
// the record; a record without one has an empty one. A stream that becomes
// PROVISIONED is back at USER_PARTITION_KEY.
//
// Limits: on-demand streams only.

const (
	autoDistribution  = "AUTO"
	keyedDistribution = "USER_PARTITION_KEY"
)

func (a *api) updateDistribution(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	return nil, a.update(ctx, s, func(settings *shardlog.Settings, kept *attributes) error {
		spread, err := a.spreads(in, name, settings.OnDemand)
		kept.Spread = spread
		return err
	})
}

// spreads reads a request's strategy.
func (a *api) spreads(in shape.Object, stream string, onDemand bool) (bool, error) {
	spread := in.Text("RecordDistributionStrategy") == autoDistribution
	if spread && !onDemand {
		return false, awsapi.Errorf(invalidArgument, "Stream %s under account %s is not in mode ON_DEMAND: only such a stream can have the record distribution strategy %s.", stream, a.place.Account, autoDistribution)
	}
	return spread, nil
}

// distributionOf names a stream's strategy. A provisioned stream has one, too:
// the Kinesis Producer Library takes a missing one for a call that it may not
// make, warns, and asks again.
func distributionOf(kept attributes) string {
	if kept.Spread {
		return autoDistribution
	}
	return keyedDistribution
}

// spread gives the batch's records to shards evenly, whatever their keys: each
// goes a golden section of the hash-key space further than the one before.
func (a *api) spread(b *batch) {
	const goldenSection = 0x9e3779b97f4a7c15
	last := a.spreadRecords.Add(uint64(len(b.entries)))
	for i := range b.entries {
		b.entries[i].Hash = shardlog.HashKey{Hi: (last - uint64(i)) * goldenSection}
	}
}

// checkKeys refuses records without a partition key: they need one unless the
// stream spreads its records. The request's shape says nothing about it.
func checkKeys(s *shardlog.Stream, records []shape.Object, path func(i int) string) error {
	if spreadsRecords(s.Info()) {
		return nil
	}
	var missing shape.Violations
	for i, record := range records {
		if !record.Has("PartitionKey") {
			missing = missing.Add("null", path(i)+"partitionKey", "Member must not be null")
		}
	}
	if missing != nil {
		return missing
	}
	return nil
}

// pathOfRecord names a record of PutRecords as violations do.
func pathOfRecord(i int) string { return "records." + strconv.Itoa(i+1) + ".member." }
