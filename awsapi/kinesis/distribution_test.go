package kinesis

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"leat/awsapi"
	"leat/awsapi/kinesis/monitor"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func TestAnOnDemandStreamCanSpreadItsRecords(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	client, ctx := s.client(), t.Context()
	must[*sdk.CreateStreamOutput](t)(client.CreateStream(ctx, &sdk.CreateStreamInput{
		StreamName: aws.String("events"), StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}}))
	strategy := func() types.RecordDistributionStrategy {
		t.Helper()
		out := must[*sdk.DescribeStreamSummaryOutput](t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("events")}))
		return out.StreamDescriptionSummary.RecordDistributionStrategy
	}
	update := func(to types.RecordDistributionStrategy) {
		t.Helper()
		must[*sdk.UpdateStreamRecordDistributionStrategyOutput](t)(client.UpdateStreamRecordDistributionStrategy(ctx, &sdk.UpdateStreamRecordDistributionStrategyInput{
			StreamARN: aws.String(eventsARN), RecordDistributionStrategy: to}))
		if got := strategy(); got != to {
			t.Errorf("the strategy is %q, not %q", got, to)
		}
	}
	// put returns how many of a hundred records of one key each shard took.
	put := func(key *string) map[string]int {
		t.Helper()
		in := &sdk.PutRecordsInput{StreamName: aws.String("events")}
		for i := range 100 {
			in.Records = append(in.Records, types.PutRecordsRequestEntry{Data: fmt.Append(nil, i), PartitionKey: key})
		}
		shards := map[string]int{}
		for _, record := range must[*sdk.PutRecordsOutput](t)(client.PutRecords(ctx, in)).Records {
			shards[*record.ShardId]++
		}
		return shards
	}

	if got := strategy(); got != types.RecordDistributionStrategyUserPartitionKey {
		t.Errorf("a new stream's strategy is %q", got)
	}
	if shards := put(aws.String("one")); len(shards) != 1 {
		t.Errorf("records of one key went to %v", shards)
	}
	update(types.RecordDistributionStrategyAuto)
	for _, key := range []*string{aws.String("one"), nil} {
		shards := put(key)
		for shard, n := range shards {
			if n < 20 || n > 30 {
				t.Errorf("%s took %d of 100 records", shard, n)
			}
		}
		if len(shards) != onDemandShards {
			t.Errorf("records went to %v", shards)
		}
	}
	update(types.RecordDistributionStrategyUserPartitionKey)
	if shards := put(aws.String("one")); len(shards) != 1 {
		t.Errorf("records of one key went to %v", shards)
	}
}

func TestOnlyAStreamThatSpreadsItsRecordsTakesThemWithoutKeys(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	handler := s.open()
	for _, test := range []struct{ operation, body, want, message string }{
		{"PutRecord", `{"StreamName":"events","Data":"YQ=="}`, awsapi.ValidationException, "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null"},
		{"PutRecords", `{"StreamName":"events","Records":[` + strings.Repeat(`{"Data":"YQ=="},`, 12) + `{"Data":"YQ==","PartitionKey":"k"}]}`,
			awsapi.ValidationException, "10 validation errors detected: Value null at 'records.1.member.partitionKey' failed"},
		{"UpdateStreamRecordDistributionStrategy", `{"StreamARN":"` + eventsARN + `","RecordDistributionStrategy":"AUTO"}`, invalidArgument, "not in mode ON_DEMAND"},
		{"CreateStream", `{"StreamName":"more","ShardCount":1,"RecordDistributionStrategy":"AUTO"}`, invalidArgument, "not in mode ON_DEMAND"},
		{"UpdateStreamMode", `{"StreamARN":"` + eventsARN + `","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`, "", ""},
		{"UpdateStreamRecordDistributionStrategy", `{"StreamARN":"` + eventsARN + `","RecordDistributionStrategy":"AUTO"}`, "", ""},
		{"PutRecord", `{"StreamName":"events","Data":"YQ=="}`, "", ""},
		{"UpdateStreamMode", `{"StreamARN":"` + eventsARN + `","StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, "", ""},
		{"UpdateStreamMode", `{"StreamARN":"` + eventsARN + `","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`, "", ""},
		{"PutRecord", `{"StreamName":"events","Data":"YQ=="}`, awsapi.ValidationException, "'partitionKey'"},
	} {
		got := call(t, handler, test.operation, test.body)
		if got.Type != test.want || !strings.Contains(got.Message, test.message) {
			t.Errorf("%s %.200s:\n got %d %s: %s\nwant %s: %s", test.operation, test.body, got.status, got.Type, got.Message, test.want, test.message)
		}
	}
}

func TestADryRunChecksAndDoesNothing(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	client, ctx := s.client(), t.Context()
	name, dry, shard := aws.String("events"), aws.Bool(true), aws.String("shardId-000000000000")
	put := func(stream string, bytes int) error {
		_, err := client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: &stream, Data: make([]byte, bytes), PartitionKey: aws.String("k"), DryRun: dry})
		return err
	}
	first := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: name, ShardId: shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))
	_, putRecords := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, DryRun: dry, Records: []types.PutRecordsRequestEntry{
		{Data: []byte("a"), PartitionKey: aws.String("k")}}})
	_, iterator := client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{StreamName: name, ShardId: shard, ShardIteratorType: types.ShardIteratorTypeLatest, DryRun: dry})
	_, get := client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: first.ShardIterator, DryRun: dry})
	for operation, err := range map[string]error{"PutRecord": put("events", 10), "PutRecords": putRecords, "GetShardIterator": iterator, "GetRecords": get} {
		var rejected *types.DryRunOperationException
		if !errors.As(err, &rejected) {
			t.Errorf("%s with DryRun: %v", operation, err)
		}
	}
	var missing *types.ResourceNotFoundException
	if err := put("nowhere", 10); !errors.As(err, &missing) {
		t.Errorf("a dry run on no stream: %v", err)
	}
	var invalid *types.InvalidArgumentException
	if err := put("events", 2<<20); !errors.As(err, &invalid) {
		t.Errorf("a dry run with too large a record: %v", err)
	}
	records := must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: first.ShardIterator, DryRun: aws.Bool(false)})).Records
	if len(records) != 0 {
		t.Errorf("dry runs have put %d records", len(records))
	}
}

func TestADryRunUsesNothingUp(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	meters := new(monitor.Account)
	handler := s.with(t, Config{EnforceLimits: true, Monitor: meters})
	iterate := func(dry bool) answer {
		return call(t, handler, "GetShardIterator", fmt.Sprintf(`{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"LATEST","DryRun":%v}`, dry))
	}
	iterator := iterate(false).body["ShardIterator"].(string)
	for range 10 { // five a second are allowed of each
		for operation, got := range map[string]answer{
			"GetShardIterator": iterate(true),
			"GetRecords":       call(t, handler, "GetRecords", `{"DryRun":true,"ShardIterator":"`+iterator+`"}`),
			"PutRecord":        call(t, handler, "PutRecord", `{"StreamName":"events","DryRun":true,"PartitionKey":"k","Data":"YQ=="}`),
		} {
			if got.Type != dryRunOperation {
				t.Errorf("%s answers %s: %s", operation, got.Type, got.Message)
			}
		}
	}
	stream, err := s.store.Stream("events")
	if err != nil {
		t.Fatal(err)
	}
	if meters.Find(stream) != nil {
		t.Error("dry runs are counted")
	}
}

func TestWhereKeysDoNotChooseShardsNoKeyIsHot(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	meters := new(monitor.Account)
	var log strings.Builder
	handler := s.with(t, Config{EnforceLimits: true, Monitor: meters, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	call(t, handler, "CreateStream", `{"StreamName":"events","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"RecordDistributionStrategy":"AUTO"}`)
	throttled := 0.0
	for range 10 {
		throttled += number(call(t, handler, "PutRecords", putOf("events", 500, 10, "0")).body["FailedRecordCount"])
	}
	stream, err := s.store.Stream("events")
	if err != nil {
		t.Fatal(err)
	}
	if throttled != 1000 {
		t.Errorf("%v of 5,000 records are throttled, want 1,000", throttled)
	}
	if key, ok := meters.Find(stream).Keys.Top(s.clock()); ok || log.Len() > 0 {
		t.Errorf("key %+v is hot; the log says %s", key, log.String())
	}
}

func TestAProvisionedStreamSaysThatKeysChooseTheShards(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	out := must[*sdk.DescribeStreamSummaryOutput](t)(s.client().DescribeStreamSummary(t.Context(), &sdk.DescribeStreamSummaryInput{StreamName: aws.String("events")}))
	if got := out.StreamDescriptionSummary.RecordDistributionStrategy; got != types.RecordDistributionStrategyUserPartitionKey {
		t.Errorf("the strategy is %q", got)
	}
}
