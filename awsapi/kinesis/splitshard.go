package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// SplitShard
//
// Behavior: closes a shard and opens two, which divide its hash keys at
// NewStartingHashKey. The closed one's records stay readable until their
// retention ends; they all come before those of its children.
//
// Differs from AWS: none known.
//
// Limits: 10,000 open shards a stream.

func (a *api) splitShard(ctx context.Context, in shape.Object) (any, error) {
	s, name, shards, err := a.shards(in, "ShardToSplit")
	if err != nil {
		return nil, err
	}
	shard := shards[0]
	return nil, a.reshard(ctx, s, func(r *shardlog.Resharding) error {
		if r.Open() >= maxShards {
			return awsapi.Errorf(limitExceeded, "This request would exceed the shard limit for stream %s under account %s. Current shard count for the stream: %d. Limit: %d. Number of additional shards that would have resulted from this request: 1.", name, a.place.Account, r.Open(), maxShards)
		}
		text := in.Text("NewStartingHashKey")
		key, ok := parseHashKey(text)
		if !ok || key.Compare(shard.First.Next()) <= 0 || key.Compare(shard.Last) >= 0 {
			return awsapi.Errorf(invalidArgument, "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
				text, shardName(shard.Number), name, a.place.Account, formatHashKey(shard.First), formatHashKey(shard.Last))
		}
		if err := a.eligible(r, name, shard); err != nil {
			return err
		}
		return r.Split(shard.Number, key)
	})
}
