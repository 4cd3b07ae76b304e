package kinesis

import (
	"context"
	"encoding/json"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// What SplitShard, MergeShards and UpdateShardCount have in common.

// shards finds the stream and those of its shards that members of a request
// name. A shard ID that is none is reported before a stream that is not there.
func (a *api) shards(in shape.Object, members ...string) (*shardlog.Stream, string, []shardlog.ShardInfo, error) {
	name, err := nameIn(in)
	if err != nil {
		return nil, "", nil, err
	}
	numbers := make([]uint32, len(members))
	for i, member := range members {
		if numbers[i], err = a.shardID(name, in.Text(member)); err != nil {
			return nil, "", nil, err
		}
	}
	s, err := a.find(name)
	if err != nil {
		return nil, "", nil, err
	}
	shards := make([]shardlog.ShardInfo, len(members))
	for i, number := range numbers {
		if shards[i], err = a.shard(s.Info(), number); err != nil {
			return nil, "", nil, err
		}
	}
	return s, name, shards, nil
}

// eligible refuses a shard that is closed.
func (a *api) eligible(r *shardlog.Resharding, stream string, shard shardlog.ShardInfo) error {
	if r.IsOpen(shard.Number) {
		return nil
	}
	return awsapi.Errorf(invalidArgument, "Shard %s in stream %s under account %s has already been merged or split, and thus is not eligible for merging or splitting.", shardName(shard.Number), stream, a.place.Account)
}

// reshard changes a stream's shards by a function that decides on their present
// state, and makes it UPDATING for a while. Shards of an on-demand stream are not
// its owner's to change.
func (a *api) reshard(ctx context.Context, s *shardlog.Stream, change func(*shardlog.Resharding) error) error {
	name := s.Info().Name
	err := s.Reshard(ctx, func(r *shardlog.Resharding) error {
		if r.Settings.OnDemand {
			return awsapi.Errorf(awsapi.ValidationException, "Request is invalid. Stream %s under account %s is in On-Demand mode.", name, a.place.Account)
		}
		kept, err := decodeAttributes(name, r.Settings.Attributes)
		if err != nil {
			return err
		}
		// Before anything else: who asks twice hears that the first call is still
		// at work, not that its shard is closed.
		if err := a.checkActive(&kept, name); err != nil {
			return err
		}
		if err := change(r); err != nil {
			return err
		}
		kept.Phase = a.phase(updating)
		r.Settings.Attributes, err = json.Marshal(kept)
		return err
	})
	return a.streamError(err, name)
}
