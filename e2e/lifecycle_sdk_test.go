package e2e

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// TestTheGoSDKWalksAStreamsWholeLife makes, fills, reads, splits, merges,
// subscribes to and deletes a stream with the AWS SDK for Go 2.
func TestTheGoSDKWalksAStreamsWholeLife(t *testing.T) {
	t.Parallel()
	p := serve(t, t.TempDir())
	api, ctx, stream := p.kinesisClient(), t.Context(), sdk.String("life")
	p.createStream(t, *stream, 1)
	tag := types.Tag{Key: sdk.String("cost"), Value: sdk.String("low")}
	_, err := api.AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{StreamName: stream, Tags: map[string]string{*tag.Key: *tag.Value}})
	ok(t, err)
	tags, err := api.ListTagsForStream(ctx, &kinesis.ListTagsForStreamInput{StreamName: stream})
	ok(t, err)
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != *tag.Key || *tags.Tags[0].Value != *tag.Value {
		t.Errorf("tags %+v", tags.Tags)
	}

	// put puts a text where the lowest hash keys are.
	put := func(text string) *string {
		t.Helper()
		out, err := api.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: stream, PartitionKey: sdk.String("k"), ExplicitHashKey: sdk.String("0"), Data: []byte(text)})
		ok(t, err)
		return out.SequenceNumber
	}
	// open returns an iterator, and read reads from it once.
	open := func(in kinesis.GetShardIteratorInput) *string {
		t.Helper()
		in.StreamName = stream
		if in.ShardId == nil {
			in.ShardId = sdk.String(shardName(0))
		}
		out, err := api.GetShardIterator(ctx, &in)
		ok(t, err)
		return out.ShardIterator
	}
	read := func(iterator *string) (texts string) {
		t.Helper()
		out, err := api.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator})
		ok(t, err)
		return textOf(out.Records)
	}
	latest := open(kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest})
	a := put("a")
	put("b")
	for _, test := range []struct {
		iterator *string
		want     string
	}{
		{latest, "ab"},
		{open(kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}), "ab"},
		{open(kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: a}), "ab"},
		{open(kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: a}), "b"},
		{open(kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: sdk.Time(time.Now().Add(-time.Hour))}), "ab"},
	} {
		if got := read(test.iterator); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}

	summary, err := api.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: stream})
	ok(t, err)
	arn := summary.StreamDescriptionSummary.StreamARN
	consumer, err := api.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: arn, ConsumerName: sdk.String("reader")})
	ok(t, err)
	events := p.subscribe(t, consumer.Consumer.ConsumerARN, 0)

	put("c")
	p.splitShard(t, *stream, 0)
	put("d")
	p.mergeShards(t, *stream, 1, 2)
	put("e")
	var last types.SubscribeToShardEvent
	pushed := ""
	for event := range events {
		last = event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
		pushed += textOf(last.Records)
	}
	if pushed != "abc" || len(last.ChildShards) != 2 || last.ContinuationSequenceNumber != nil {
		t.Errorf("pushed %q, and at last %+v", pushed, last)
	}
	for n, want := range []string{"abc", "d", "", "e"} {
		shard := sdk.String(shardName(n))
		if got := read(open(kinesis.GetShardIteratorInput{ShardId: shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})); got != want {
			t.Errorf("%s has %q, want %q", *shard, got, want)
		}
	}
	now, err := api.ListShards(ctx, &kinesis.ListShardsInput{StreamName: stream, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}})
	ok(t, err)
	if len(now.Shards) != 1 || *now.Shards[0].ShardId != shardName(3) || *now.Shards[0].ParentShardId != shardName(1) || *now.Shards[0].AdjacentParentShardId != shardName(2) {
		t.Errorf("open shards %+v", now.Shards)
	}

	_, err = api.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: stream})
	if inUse := new(types.ResourceInUseException); !errors.As(err, &inUse) {
		t.Errorf("delete a stream that has a consumer: %v", err)
	}
	_, err = api.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: consumer.Consumer.ConsumerARN})
	ok(t, err)
	_, err = api.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: stream})
	ok(t, err)
	ok(t, kinesis.NewStreamNotExistsWaiter(api).Wait(ctx, &kinesis.DescribeStreamInput{StreamName: stream}, patience))
}

// subscribe begins to read a shard from its first record. The events end with
// the shard, or with the test.
func (p *process) subscribe(t *testing.T, consumer *string, shard int) <-chan types.SubscribeToShardEventStream {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	out, err := p.kinesisClient().SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
		ConsumerARN: consumer, ShardId: sdk.String(shardName(shard)), StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon},
	})
	ok(t, err)
	t.Cleanup(func() { out.GetStream().Close() })
	return out.GetStream().Events()
}

func textOf(records []types.Record) string {
	var text strings.Builder
	for _, record := range records {
		text.Write(record.Data)
	}
	return text.String()
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
