package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// MergeShards
//
// Behavior: closes two shards and opens one that takes the hash keys of both.
// AdjacentShardToMerge must start where ShardToMerge ends. The closed ones'
// records stay readable until their retention ends; they all come before those
// of their child.
//
// Differs from AWS: none known.
//
// Limits: none.

func (a *api) mergeShards(ctx context.Context, in shape.Object) (any, error) {
	s, name, shards, err := a.shards(in, "ShardToMerge", "AdjacentShardToMerge")
	if err != nil {
		return nil, err
	}
	lower, upper := shards[0], shards[1]
	return nil, a.reshard(ctx, s, func(r *shardlog.Resharding) error {
		if next := lower.Last.Next(); next != upper.First || next == (shardlog.HashKey{}) {
			return awsapi.Errorf(invalidArgument, "Shards %s and %s in stream %s under account %s are not an adjacent pair of shards eligible for merging",
				shardName(lower.Number), shardName(upper.Number), name, a.place.Account)
		}
		for _, shard := range []shardlog.ShardInfo{lower, upper} {
			if err := a.eligible(r, name, shard); err != nil {
				return err
			}
		}
		return r.Merge(lower.Number, upper.Number)
	})
}
