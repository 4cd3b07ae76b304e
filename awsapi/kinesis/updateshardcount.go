package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// UpdateShardCount
//
// Behavior: splits and merges shards until TargetShardCount are open, whose
// ranges are even. Shards in between are closed as they are opened and never
// hold a record; those that have the right range already stay.
//
// Differs from AWS: it may be called any number of times a day unless limits are
// enforced.
//
// Limits: at most twice as many shards as are open, and at least half as many;
// 10,000.

type updateShardCountOutput struct {
	StreamName        string
	CurrentShardCount int
	TargetShardCount  int
	StreamARN         string
}

func (a *api) updateShardCount(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	open, target := 0, in.Int("TargetShardCount", 0)
	err = a.reshard(ctx, s, func(r *shardlog.Resharding) error {
		open = r.Open()
		why := ""
		switch {
		case target > maxShards:
			why = "Target shard count or number of open shards cannot be greater than 10000."
		case target > 2*int64(open):
			why = "UpdateShardCount cannot scale up over double your current open shard count."
		case 2*target < int64(open):
			why = "UpdateShardCount cannot scale down below half your current open shard count."
		default:
			return r.Uniform(int(target))
		}
		return awsapi.Errorf(limitExceeded, "%s Current open shard count: %d, Target shard count: %d", why, open, target)
	})
	if err != nil {
		return nil, err
	}
	return updateShardCountOutput{name, open, int(target), a.arnOf(name)}, nil
}
