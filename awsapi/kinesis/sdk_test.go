package kinesis

import (
	"crypto/md5"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestAStreamsLifeBySDK(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	client, ctx := s.client(), t.Context()
	must[*sdk.CreateStreamOutput](t)(client.CreateStream(ctx, &sdk.CreateStreamInput{
		StreamName: aws.String("events"), ShardCount: aws.Int32(3), MaxRecordSizeInKiB: aws.Int32(2048)}))
	must[*sdk.CreateStreamOutput](t)(client.CreateStream(ctx, &sdk.CreateStreamInput{
		StreamName: aws.String("wide"), StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}}))

	waiter := sdk.NewStreamExistsWaiter(client)
	if err := waiter.Wait(ctx, &sdk.DescribeStreamInput{StreamName: aws.String("events")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	listed := must[*sdk.ListStreamsOutput](t)(client.ListStreams(ctx, &sdk.ListStreamsInput{}))
	if !slices.Equal(listed.StreamNames, []string{"events", "wide"}) || *listed.HasMoreStreams || len(listed.StreamSummaries) != 2 {
		t.Errorf("listed %+v", listed)
	}
	arn := "arn:aws:kinesis:us-east-1:000000000000:stream/events"
	summary := must[*sdk.DescribeStreamSummaryOutput](t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamARN: &arn})).StreamDescriptionSummary
	if *summary.StreamName != "events" || *summary.StreamARN != arn || *summary.OpenShardCount != 3 || *summary.RetentionPeriodHours != 24 ||
		summary.StreamStatus != types.StreamStatusActive || *summary.MaxRecordSizeInKiB != 2048 || summary.StreamModeDetails.StreamMode != types.StreamModeProvisioned {
		t.Errorf("summary %+v", summary)
	}
	if since := s.clock().Sub(*summary.StreamCreationTimestamp); since < 0 || since > time.Second {
		t.Errorf("created %v ago", since)
	}
	wide := must[*sdk.DescribeStreamOutput](t)(client.DescribeStream(ctx, &sdk.DescribeStreamInput{StreamName: aws.String("wide")})).StreamDescription
	if len(wide.Shards) != 4 || wide.StreamModeDetails.StreamMode != types.StreamModeOnDemand {
		t.Errorf("on demand: %+v", wide)
	}
	must[*sdk.IncreaseStreamRetentionPeriodOutput](t)(client.IncreaseStreamRetentionPeriod(ctx, &sdk.IncreaseStreamRetentionPeriodInput{StreamName: aws.String("events"), RetentionPeriodHours: aws.Int32(48)}))
	must[*sdk.DecreaseStreamRetentionPeriodOutput](t)(client.DecreaseStreamRetentionPeriod(ctx, &sdk.DecreaseStreamRetentionPeriodInput{StreamName: aws.String("events"), RetentionPeriodHours: aws.Int32(36)}))
	described := must[*sdk.DescribeStreamOutput](t)(client.DescribeStream(ctx, &sdk.DescribeStreamInput{StreamName: aws.String("events")})).StreamDescription
	if *described.RetentionPeriodHours != 36 {
		t.Errorf("retention is %d h", *described.RetentionPeriodHours)
	}
	must[*sdk.DeleteStreamOutput](t)(client.DeleteStream(ctx, &sdk.DeleteStreamInput{StreamName: aws.String("events")}))
	_, err := client.DescribeStream(ctx, &sdk.DescribeStreamInput{StreamName: aws.String("events")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || *missing.Message != "Stream events under account 000000000000 not found." {
		t.Errorf("deleted stream: %v", err)
	}
}

// readShard reads a shard from its start to its present end, as clients do.
func readShard(t *testing.T, s *testService, stream string, shard string) []types.Record {
	t.Helper()
	client, ctx := s.client(), t.Context()
	iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: &stream, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
	var records []types.Record
	for {
		got := must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator}))
		records = append(records, got.Records...)
		if *got.MillisBehindLatest == 0 && len(got.Records) == 0 {
			return records
		}
		iterator = got.NextShardIterator
	}
}

func TestRecordsGoWhereTheirKeysSayAndKeepTheirOrder(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 4)
	client, ctx := s.client(), t.Context()
	shards := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, &sdk.ListShardsInput{StreamName: aws.String("events")})).Shards
	shardOf := func(hash *big.Int) string {
		for _, shard := range shards {
			first, _ := new(big.Int).SetString(*shard.HashKeyRange.StartingHashKey, 10)
			last, _ := new(big.Int).SetString(*shard.HashKeyRange.EndingHashKey, 10)
			if hash.Cmp(first) >= 0 && hash.Cmp(last) <= 0 {
				return *shard.ShardId
			}
		}
		t.Fatalf("no shard has hash key %v", hash)
		return ""
	}
	want := map[string][]string{} // by shard: data in order
	sequences := map[string]string{}
	for batch := range 20 {
		var entries []types.PutRecordsRequestEntry
		for i := range 50 {
			entry := types.PutRecordsRequestEntry{
				Data:         fmt.Appendf(nil, "record %d of batch %d", i, batch),
				PartitionKey: aws.String(fmt.Sprintf("kä %d", i*31+batch)),
			}
			if i%10 == 0 {
				entry.ExplicitHashKey = aws.String(new(big.Int).Lsh(big.NewInt(int64(i)), 122).String())
			}
			entries = append(entries, entry)
		}
		out := must[*sdk.PutRecordsOutput](t)(client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: aws.String("events"), Records: entries}))
		if *out.FailedRecordCount != 0 || len(out.Records) != len(entries) {
			t.Fatalf("put %+v", out)
		}
		for i, result := range out.Records {
			sum := md5.Sum([]byte(*entries[i].PartitionKey))
			hash := new(big.Int).SetBytes(sum[:])
			if entries[i].ExplicitHashKey != nil {
				hash, _ = new(big.Int).SetString(*entries[i].ExplicitHashKey, 10)
			}
			if shard := shardOf(hash); shard != *result.ShardId {
				t.Fatalf("key %s went to %s, want %s", *entries[i].PartitionKey, *result.ShardId, shard)
			}
			want[*result.ShardId] = append(want[*result.ShardId], string(entries[i].Data))
			sequences[string(entries[i].Data)] = *result.SequenceNumber
		}
	}
	one := must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{
		StreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/events"), Data: []byte{0, 0xff}, PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0")}))
	want[*one.ShardId] = append(want[*one.ShardId], "\x00\xff")
	sequences["\x00\xff"] = *one.SequenceNumber

	for _, shard := range shards {
		last := ""
		records := readShard(t, s, "events", *shard.ShardId)
		if len(records) != len(want[*shard.ShardId]) {
			t.Errorf("%s has %d records, want %d", *shard.ShardId, len(records), len(want[*shard.ShardId]))
			continue
		}
		for i, record := range records {
			if string(record.Data) != want[*shard.ShardId][i] || *record.SequenceNumber != sequences[string(record.Data)] || *record.SequenceNumber <= last {
				t.Fatalf("%s: record %d is %q at %s after %s", *shard.ShardId, i, record.Data, *record.SequenceNumber, last)
			}
			if d := s.clock().Sub(*record.ApproximateArrivalTimestamp); d < 0 || d > time.Second {
				t.Fatalf("arrived %v ago", d)
			}
			last = *record.SequenceNumber
		}
	}
}

func TestIteratorsStartWhereTheySay(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	client, ctx := s.client(), t.Context()
	put := func(data string) string {
		out := must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{
			StreamName: aws.String("events"), Data: []byte(data), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String("0")}))
		return *out.SequenceNumber
	}
	start := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, &sdk.ListShardsInput{StreamName: aws.String("events")})).Shards[0].SequenceNumberRange.StartingSequenceNumber
	open := func(kind types.ShardIteratorType, sequence *string, at *time.Time) *string {
		return must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
			StreamName: aws.String("events"), ShardId: aws.String("shardId-000000000000"), ShardIteratorType: kind,
			StartingSequenceNumber: sequence, Timestamp: at})).ShardIterator
	}
	beforeAll := map[string]*string{
		"at the shard's start":    open(types.ShardIteratorTypeAtSequenceNumber, start, nil),
		"after the shard's start": open(types.ShardIteratorTypeAfterSequenceNumber, start, nil),
		"latest of nothing":       open(types.ShardIteratorTypeLatest, nil, nil),
	}
	first := put("a")
	s.sleep(time.Second)
	between := s.clock()
	s.sleep(time.Second)
	second := put("b")
	latest := open(types.ShardIteratorTypeLatest, nil, nil)
	s.sleep(time.Second)
	third := put("c")

	read := func(name string, iterator *string, want ...string) {
		t.Helper()
		var got []string
		for _, record := range must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator})).Records {
			got = append(got, string(record.Data))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for name, iterator := range beforeAll {
		read(name, iterator, "a", "b", "c")
	}
	read("trim horizon", open(types.ShardIteratorTypeTrimHorizon, nil, nil), "a", "b", "c")
	read("latest", latest, "c")
	read("at the first", open(types.ShardIteratorTypeAtSequenceNumber, &first, nil), "a", "b", "c")
	read("at the second", open(types.ShardIteratorTypeAtSequenceNumber, &second, nil), "b", "c")
	read("after the second", open(types.ShardIteratorTypeAfterSequenceNumber, &second, nil), "c")
	read("after the last", open(types.ShardIteratorTypeAfterSequenceNumber, &third, nil))
	read("at a time between", open(types.ShardIteratorTypeAtTimestamp, nil, &between), "b", "c")
	read("at a time before all", open(types.ShardIteratorTypeAtTimestamp, nil, aws.Time(between.Add(-time.Hour))), "a", "b", "c")
	now := s.clock().Add(-time.Millisecond)
	s.sleep(time.Second)
	read("at a time after all", open(types.ShardIteratorTypeAtTimestamp, nil, aws.Time(now.Add(500*time.Millisecond))))
}

func TestGetRecordsKeepsItsLimits(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("small", 1)
	s.create("large", 1)
	client, ctx := s.client(), t.Context()
	for range 21 {
		entries := make([]types.PutRecordsRequestEntry, 500)
		for i := range entries {
			entries[i] = types.PutRecordsRequestEntry{Data: []byte("x"), PartitionKey: aws.String("k")}
		}
		must[*sdk.PutRecordsOutput](t)(client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: aws.String("small"), Records: entries}))
	}
	for range 12 {
		must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: aws.String("large"), Data: make([]byte, 1_000_000), PartitionKey: aws.String("k")}))
	}
	s.sleep(time.Minute)
	for stream, pages := range map[string][]int{"small": {10_000, 500, 0}, "large": {10, 2, 0}} {
		iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
			StreamName: &stream, ShardId: aws.String("shardId-000000000000"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
		for i, want := range pages {
			got := must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator}))
			if len(got.Records) != want {
				t.Errorf("%s: page %d has %d records, want %d", stream, i, len(got.Records), want)
			}
			behind := i == 0
			if behind != (*got.MillisBehindLatest >= 60_000) || !behind && *got.MillisBehindLatest != 0 {
				t.Errorf("%s: page %d is %d ms behind", stream, i, *got.MillisBehindLatest)
			}
			iterator = got.NextShardIterator
		}
	}
	iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: aws.String("small"), ShardId: aws.String("shardId-000000000000"), ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
	if got := must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(7)})); len(got.Records) != 7 {
		t.Errorf("a limit of 7 gives %d records", len(got.Records))
	}
}

func TestListsComeInPages(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	var names []string
	for i := range 7 {
		names = append(names, fmt.Sprintf("stream-%d", i))
		s.create(names[i], 5)
	}
	client, ctx := s.client(), t.Context()
	var got []string
	pages := sdk.NewListStreamsPaginator(client, &sdk.ListStreamsInput{Limit: aws.Int32(3)})
	for pages.HasMorePages() {
		page := must[*sdk.ListStreamsOutput](t)(pages.NextPage(ctx))
		got = append(got, page.StreamNames...)
	}
	if !slices.Equal(got, names) {
		t.Errorf("streams: got %v", got)
	}
	after := must[*sdk.ListStreamsOutput](t)(client.ListStreams(ctx, &sdk.ListStreamsInput{ExclusiveStartStreamName: aws.String("stream-4")}))
	if !slices.Equal(after.StreamNames, names[5:]) {
		t.Errorf("streams after stream-4: %v", after.StreamNames)
	}

	var want, shards, described []string
	for i := range 5 {
		want = append(want, shardName(uint32(i)))
	}
	in := &sdk.ListShardsInput{StreamName: aws.String("stream-0"), MaxResults: aws.Int32(2)}
	for {
		page := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, in))
		for _, shard := range page.Shards {
			shards = append(shards, *shard.ShardId)
		}
		if page.NextToken == nil {
			break
		}
		in = &sdk.ListShardsInput{NextToken: page.NextToken, MaxResults: aws.Int32(2)}
	}
	if !slices.Equal(shards, want) {
		t.Errorf("shards: got %v", shards)
	}
	describe := &sdk.DescribeStreamInput{StreamName: aws.String("stream-0"), Limit: aws.Int32(2)}
	for more := true; more; {
		page := must[*sdk.DescribeStreamOutput](t)(client.DescribeStream(ctx, describe)).StreamDescription
		for _, shard := range page.Shards {
			described = append(described, *shard.ShardId)
		}
		describe.ExclusiveStartShardId = page.Shards[len(page.Shards)-1].ShardId
		more = *page.HasMoreShards
	}
	if !slices.Equal(described, want) {
		t.Errorf("described shards: got %v", described)
	}
	for filter, want := range map[types.ShardFilterType]int{
		types.ShardFilterTypeAtLatest: 5, types.ShardFilterTypeAtTrimHorizon: 5, types.ShardFilterTypeFromTrimHorizon: 5,
	} {
		page := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, &sdk.ListShardsInput{StreamName: aws.String("stream-0"), ShardFilter: &types.ShardFilter{Type: filter}}))
		if len(page.Shards) != want {
			t.Errorf("%s: %d shards", filter, len(page.Shards))
		}
	}
	page := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, &sdk.ListShardsInput{StreamName: aws.String("stream-0"),
		ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAfterShardId, ShardId: aws.String("shardId-000000000002")}}))
	if len(page.Shards) != 2 {
		t.Errorf("after a shard: %d shards", len(page.Shards))
	}

	in = &sdk.ListShardsInput{StreamName: aws.String("stream-0"), MaxResults: aws.Int32(2)}
	token := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, in)).NextToken
	s.sleep(5*time.Minute + time.Second)
	handler := s.open()
	if got := call(t, handler, "ListShards", `{"NextToken":"`+*token+`"}`); got.Type != expiredNextToken {
		t.Errorf("an old token: %+v", got)
	}
	if got := call(t, handler, "ListStreams", `{"NextToken":"`+*token+`"}`); got.Type != invalidArgument {
		t.Errorf("a token of another kind: %+v", got)
	}
}

func TestSDKUnderstandsTheErrors(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	client, ctx := s.client(), t.Context()
	_, err := client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: aws.String("events"), ShardCount: aws.Int32(1)})
	var inUse *types.ResourceInUseException
	if !errors.As(err, &inUse) {
		t.Errorf("made twice: %v", err)
	}
	if got := call(t, s.open(), "CreateChannel", `{}`); got.Type != "UnsupportedOperationException" || got.Message != "Leat does not support CreateChannel of kinesis yet." {
		t.Errorf("CreateChannel: %+v", got)
	}
	other := s.clientWith("wrong")
	_, err = other.ListStreams(ctx, &sdk.ListStreamsInput{})
	var signature smithy.APIError
	if !errors.As(err, &signature) || signature.ErrorCode() != "InvalidSignatureException" {
		t.Errorf("a wrong secret: %v", err)
	}
}
