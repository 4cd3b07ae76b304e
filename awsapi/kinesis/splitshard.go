package kinesis

import (
	"context"
	"encoding/json"

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
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	shard, err := a.shard(s.Info(), in.Text("ShardToSplit"))
	if err != nil {
		return nil, err
	}
	return nil, a.reshard(ctx, s, func(r *shardlog.Resharding) error {
		if r.Open() >= maxShards {
			return awsapi.Errorf(limitExceeded, "This request would exceed the shard limit for stream %s under account %s. Current shard count for the stream: %d. Limit: %d. Number of additional shards that would have resulted from this request: 1.", name, a.account, r.Open(), maxShards)
		}
		text := in.Text("NewStartingHashKey")
		key, ok := parseHashKey(text)
		if !ok || key.Compare(shard.First.Next()) <= 0 || key.Compare(shard.Last) >= 0 {
			return awsapi.Errorf(invalidArgument, "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
				text, shardName(shard.Number), name, a.account, formatHashKey(shard.First), formatHashKey(shard.Last))
		}
		if err := a.eligible(r, name, shard); err != nil {
			return err
		}
		return r.Split(shard.Number, key)
	})
}

// eligible refuses a shard that is closed.
func (a *api) eligible(r *shardlog.Resharding, stream string, shard shardlog.ShardInfo) error {
	if r.IsOpen(shard.Number) {
		return nil
	}
	return awsapi.Errorf(invalidArgument, "Shard %s in stream %s under account %s has already been merged or split, and thus is not eligible for merging or splitting.", shardName(shard.Number), stream, a.account)
}

// reshard changes a stream's shards by a function that decides on their present
// state, and makes it UPDATING for a while. Shards of an on-demand stream are not
// its owner's to change.
func (a *api) reshard(ctx context.Context, s *shardlog.Stream, change func(*shardlog.Resharding) error) error {
	name := s.Info().Name
	err := s.Reshard(ctx, func(r *shardlog.Resharding) error {
		if r.Settings.OnDemand {
			return awsapi.Errorf(awsapi.ValidationException, "Request is invalid. Stream %s under account %s is in On-Demand mode.", name, a.account)
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
