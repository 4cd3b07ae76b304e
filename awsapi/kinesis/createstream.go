package kinesis

import (
	"context"
	"encoding/json"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// CreateStream
//
// Behavior: makes a stream of ShardCount shards that divide the hash-key space
// evenly, or of four when its mode is ON_DEMAND, as it is when neither mode nor
// ShardCount are given; with Tags and, when it is on
// demand, WarmThroughputMiBps and a RecordDistributionStrategy. Records are kept
// for 24 hours. A stream that is CREATING takes no records and no changes yet.
//
// Differs from AWS: on-demand streams keep their four shards. Any number of
// streams may be CREATING at a time, unless limits are enforced.
//
// Limits: 10,000 shards; 50 tags; MaxRecordSizeInKiB 1,024 to 10,240.

const (
	onDemandShards = 4
	maxShards      = 10_000
)

func (a *api) createStream(ctx context.Context, in shape.Object) (any, error) {
	name := in.Text("StreamName")
	spec := shardlog.Spec{
		Name:           name,
		OnDemand:       makesOnDemand(in),
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
	if err := a.firstAttributes(in, &spec); err != nil {
		return nil, err
	}
	if s, err := a.store.Stream(name); err == nil && a.gone(s.Info()) {
		if err := a.remove(ctx, s); err != nil {
			return nil, err
		}
	}
	if _, err := a.store.Create(ctx, spec); err != nil {
		if leat.CodeOf(err) == leat.AlreadyExists || leat.CodeOf(err) == leat.InUse {
			return nil, awsapi.Errorf(resourceInUse, "Stream %s under account %s already exists.", name, a.place.Account)
		}
		return nil, err
	}
	if a.limits != nil {
		a.limits.Forget(name) // what one of the name used before
		a.hot.forget(name)
	}
	return nil, nil
}

// makesOnDemand reports whether a request asks for an on-demand stream: by its
// mode, or by saying nothing.
func makesOnDemand(in shape.Object) bool {
	if in.Has("StreamModeDetails") {
		return in.Object("StreamModeDetails").Text("StreamMode") == onDemand
	}
	return !in.Has("ShardCount")
}

// firstAttributes gives a new stream the attributes that the request names.
func (a *api) firstAttributes(in shape.Object, spec *shardlog.Spec) (err error) {
	var kept attributes
	if kept.Tags, err = addTags(resource{name: spec.Name}, nil, in.TextMap("Tags")); err != nil {
		return err
	}
	if kept.WarmMiBps, err = a.warmThroughput(in, spec.Name, spec.OnDemand); err != nil {
		return err
	}
	if kept.Spread, err = a.spreads(in, spec.Name, spec.OnDemand); err != nil {
		return err
	}
	kept.Phase = a.phase(creating)
	if len(kept.Tags) > 0 || kept.Spread || kept.WarmMiBps != nil || kept.Phase != nil {
		spec.Attributes, err = json.Marshal(kept)
	}
	return err
}
