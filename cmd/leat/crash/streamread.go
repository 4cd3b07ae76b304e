package crash

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// streamIDs reads the ids of all records of the stream, from all its shards, and
// checks that each shard's numbers grow.
func (c *campaign) streamIDs(ctx context.Context) ([]int, error) {
	api := c.at.Load().kinesis
	var ids []int
	input := &kinesis.ListShardsInput{StreamName: aws.String(stream)}
	for {
		page, err := api.ListShards(ctx, input)
		if err != nil {
			return nil, err
		}
		for _, shard := range page.Shards {
			of, err := c.shardIDs(ctx, api, shard)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", *shard.ShardId, err)
			}
			ids = append(ids, of...)
		}
		if page.NextToken == nil {
			return ids, nil
		}
		input = &kinesis.ListShardsInput{NextToken: page.NextToken}
	}
}

func (c *campaign) shardIDs(ctx context.Context, api *kinesis.Client, shard types.Shard) ([]int, error) {
	begin, err := api.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
		StreamName: aws.String(stream), ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		return nil, err
	}
	var ids []int
	last := ""
	for iterator := begin.ShardIterator; iterator != nil; {
		page, err := api.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(10_000)})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			id, err := indexOf(r.Data)
			if err != nil {
				return nil, err
			}
			if number(r.SequenceNumber).Cmp(number(aws.String("0"+last))) <= 0 {
				c.report.fault("%s: sequence number %s comes after %s", *shard.ShardId, *r.SequenceNumber, last)
			}
			last = *r.SequenceNumber
			ids = append(ids, id)
		}
		if len(page.Records) == 0 && aws.ToInt64(page.MillisBehindLatest) == 0 {
			break
		}
		iterator = page.NextShardIterator
	}
	return ids, nil
}
