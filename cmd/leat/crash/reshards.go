package crash

import (
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// maxOpenShards bounds how many shards the stream has open.
const maxOpenShards = 8

// reshards split and merge the stream's shards.
type reshards struct {
	random *rand.Rand
	made   atomic.Int64
}

func (r *reshards) work(ctx context.Context, at *atomic.Pointer[target]) {
	for ctx.Err() == nil {
		if to := at.Load(); to != nil && r.change(ctx, to.kinesis) == nil {
			r.made.Add(1)
		}
		pause(ctx, 150*time.Millisecond)
	}
}

func (r *reshards) change(ctx context.Context, api *kinesis.Client) error {
	once := func(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} }
	listed, err := api.ListShards(ctx, &kinesis.ListShardsInput{
		StreamName: aws.String(stream), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest},
	}, once)
	if err != nil {
		return err
	}
	open := listed.Shards
	slices.SortFunc(open, func(a, b types.Shard) int { return firstKey(a).Cmp(firstKey(b)) })
	i := r.random.IntN(len(open))
	if i == 0 || len(open) < maxOpenShards && r.random.IntN(2) == 0 {
		middle := new(big.Int).Add(firstKey(open[i]), number(open[i].HashKeyRange.EndingHashKey))
		_, err = api.SplitShard(ctx, &kinesis.SplitShardInput{
			StreamName: aws.String(stream), ShardToSplit: open[i].ShardId, NewStartingHashKey: aws.String(middle.Rsh(middle, 1).String()),
		}, once)
		return err
	}
	_, err = api.MergeShards(ctx, &kinesis.MergeShardsInput{
		StreamName: aws.String(stream), ShardToMerge: open[i-1].ShardId, AdjacentShardToMerge: open[i].ShardId,
	}, once)
	return err
}

func firstKey(s types.Shard) *big.Int { return number(s.HashKeyRange.StartingHashKey) }

func number(text *string) *big.Int {
	n, _ := new(big.Int).SetString(aws.ToString(text), 10)
	return n
}
