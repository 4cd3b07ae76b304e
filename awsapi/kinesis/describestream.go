package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// DescribeStream
//
// Behavior: describes a stream and its shards, in pages: Limit shards after
// ExclusiveStartShardId. While it is CREATING it has none.
//
// Differs from AWS: none known.
//
// Limits: 100 shards a page when Limit is not given, 10,000 at most.

const describeStreamPage = 100

type describeStreamOutput struct{ StreamDescription streamDescription }

type streamDescription struct {
	streamSummary
	Shards               []shardDescription
	HasMoreShards        bool
	RetentionPeriodHours int64
	shownAttributes
}

func (a *api) describeStream(_ context.Context, in shape.Object) (any, error) {
	s, _, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	kept, err := attributesOf(info)
	if err != nil {
		return nil, err
	}
	shards := info.Shards
	if in.Has("ExclusiveStartShardId") {
		if shards, err = a.shardsAfter(info, shards, in.Text("ExclusiveStartShardId")); err != nil {
			return nil, err
		}
	}
	if a.statusOf(info) == creating {
		shards = nil
	}
	page := shards[:min(len(shards), int(in.Int("Limit", describeStreamPage)))]
	description := streamDescription{
		streamSummary:        a.summarize(info),
		Shards:               describeShards(page),
		HasMoreShards:        len(page) < len(shards),
		RetentionPeriodHours: hoursOf(info),
		shownAttributes:      showAttributes(kept),
	}
	return describeStreamOutput{description}, nil
}

// shardsAfter returns those of some shards whose names come after a given one.
// As on AWS the given one need not exist any more.
func (a *api) shardsAfter(info shardlog.Info, shards []shardlog.ShardInfo, id string) ([]shardlog.ShardInfo, error) {
	number, ok := parseShardID(id)
	if !ok {
		return nil, awsapi.Errorf(invalidArgument, "%s is not the name of a shard of stream %s.", id, info.Name)
	}
	for i, shard := range shards {
		if shard.Number > number {
			return shards[i:], nil
		}
	}
	return nil, nil
}

func describeShards(shards []shardlog.ShardInfo) []shardDescription {
	descriptions := make([]shardDescription, len(shards))
	for i, shard := range shards {
		descriptions[i] = describeShard(shard)
	}
	return descriptions
}
