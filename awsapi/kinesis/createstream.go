package kinesis

import (
	"context"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// CreateStream
//
// Behavior: makes a stream of ShardCount shards that divide the hash-key space
// evenly, or of four when its mode is ON_DEMAND. Records are kept for 24 hours.
//
// Differs from AWS: the stream is ACTIVE when the call returns. On-demand
// streams keep their four shards. Tags and WarmThroughputMiBps are refused.
//
// Limits: 10,000 shards; MaxRecordSizeInKiB 1,024 to 10,240.

const (
	onDemandShards = 4
	maxShards      = 10_000
)

func (a *api) createStream(ctx context.Context, in shape.Object) (any, error) {
	name := in.Text("StreamName")
	for _, member := range []string{"Tags", "WarmThroughputMiBps"} {
		if in.Has(member) {
			return nil, awsapi.Errorf(invalidArgument, "Leat does not support %s of CreateStream yet.", member)
		}
	}
	spec := shardlog.Spec{
		Name:           name,
		OnDemand:       in.Object("StreamModeDetails").Text("StreamMode") == onDemand,
		MaxRecordBytes: int(in.Int("MaxRecordSizeInKiB", 1024)) << 10,
	}
	shards := in.Int("ShardCount", 0)
	switch {
	case spec.OnDemand && in.Has("ShardCount"):
		return nil, awsapi.Errorf(invalidArgument, "ShardCount must not be given for a stream in mode %s.", onDemand)
	case spec.OnDemand:
		shards = onDemandShards
	case !in.Has("ShardCount"):
		return nil, awsapi.Errorf(invalidArgument, "ShardCount must be given for a stream in mode %s.", provisioned)
	case shards > maxShards:
		return nil, awsapi.Errorf(limitExceeded, "This request would make stream %s with %d shards; Leat makes at most %d.", name, shards, maxShards)
	}
	spec.Shards = int(shards)
	if _, err := a.store.Create(ctx, spec); err != nil {
		if leat.CodeOf(err) == leat.AlreadyExists || leat.CodeOf(err) == leat.InUse {
			return nil, awsapi.Errorf(resourceInUse, "Stream %s under account %s already exists.", name, a.account)
		}
		return nil, err
	}
	return nil, nil
}
