package kinesis

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"leat/awsapi"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"
)

// half and quarter are the first hash keys of those parts of the space.
const (
	half    = "170141183460469231731687303715884105728"
	quarter = "85070591730234615865843651857942052864"
)

// shards lists a stream's shards, those of a filter when one is given, as
// "number(parents)" with a dot behind open ones.
func (s *testService) shards(stream string, filter *types.ShardFilter) []string {
	s.t.Helper()
	out := must[*sdk.ListShardsOutput](s.t)(s.client().ListShards(s.t.Context(), &sdk.ListShardsInput{StreamName: &stream, ShardFilter: filter}))
	return shardTexts(out.Shards)
}

func shardTexts(shards []types.Shard) []string {
	short := func(id *string) string { return strings.TrimPrefix(aws.ToString(id), "shardId-00000000000") }
	var texts []string
	for _, shard := range shards {
		text := "s" + short(shard.ShardId)
		for _, parent := range []*string{shard.ParentShardId, shard.AdjacentParentShardId} {
			if parent != nil {
				text += "<s" + short(parent)
			}
		}
		if shard.SequenceNumberRange.EndingSequenceNumber == nil {
			text += "."
		}
		texts = append(texts, text)
	}
	return texts
}

func (s *testService) split(stream string, shard uint32, at string) {
	s.t.Helper()
	must[*sdk.SplitShardOutput](s.t)(s.client().SplitShard(s.t.Context(), &sdk.SplitShardInput{
		StreamName: &stream, ShardToSplit: aws.String(shardName(shard)), NewStartingHashKey: &at}))
}

func (s *testService) merge(stream string, lower, upper uint32) {
	s.t.Helper()
	must[*sdk.MergeShardsOutput](s.t)(s.client().MergeShards(s.t.Context(), &sdk.MergeShardsInput{
		StreamName: &stream, ShardToMerge: aws.String(shardName(lower)), AdjacentShardToMerge: aws.String(shardName(upper))}))
}

// TestReadersFollowShardsIntoTheirChildren puts numbered records of many keys
// through splits, merges and even reshapes, and reads them as a client does: the
// oldest shards first, then the children that GetRecords names at their ends.
func TestReadersFollowShardsIntoTheirChildren(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	client, ctx := s.client(), t.Context()
	put := 0
	some := func() {
		t.Helper()
		in := &sdk.PutRecordsInput{StreamName: aws.String("events")}
		for range 50 {
			in.Records = append(in.Records, types.PutRecordsRequestEntry{
				PartitionKey: aws.String(fmt.Sprint("key ", put%17)), Data: fmt.Append(nil, put)})
			put++
		}
		must[*sdk.PutRecordsOutput](t)(client.PutRecords(ctx, in))
	}
	some()
	s.split("events", 0, quarter)
	some()
	s.merge("events", 3, 1)
	some()
	for _, target := range []int32{3, 6, 4, 2, 1} {
		got := must[*sdk.UpdateShardCountOutput](t)(client.UpdateShardCount(ctx, &sdk.UpdateShardCountInput{
			StreamName: aws.String("events"), TargetShardCount: &target, ScalingType: types.ScalingTypeUniformScaling}))
		if *got.TargetShardCount != target || *got.StreamARN != eventsARN {
			t.Errorf("updated %+v", got)
		}
		summary := must[*sdk.DescribeStreamSummaryOutput](t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: aws.String("events")}))
		if got := summary.StreamDescriptionSummary.OpenShardCount; *got != target {
			t.Errorf("%d shards are open, want %d", *got, target)
		}
		checkEven(t, client, int(target))
		some()
	}

	seen := map[string]int{} // by key, the last number and one
	total := 0
	done := map[string]bool{}
	ready := must[*sdk.ListShardsOutput](t)(client.ListShards(ctx, &sdk.ListShardsInput{
		StreamName: aws.String("events"), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon}})).Shards
	var queue []string
	for _, shard := range ready {
		queue = append(queue, *shard.ShardId)
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		done[id] = true
		iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
			StreamName: aws.String("events"), ShardId: &id, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
		for iterator != nil {
			got := must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(7)}))
			for _, record := range got.Records {
				var n int
				if _, err := fmt.Sscan(string(record.Data), &n); err != nil || n < seen[*record.PartitionKey] {
					t.Errorf("record %s of %s in %s comes after %d", record.Data, *record.PartitionKey, id, seen[*record.PartitionKey])
				}
				seen[*record.PartitionKey] = n + 1
				total++
			}
			if iterator = got.NextShardIterator; iterator == nil && len(got.ChildShards) == 0 {
				t.Errorf("%s ends without children", id)
			}
			for _, child := range got.ChildShards {
				waiting := slices.ContainsFunc(child.ParentShards, func(parent string) bool { return !done[parent] })
				if !waiting && !slices.Contains(queue, *child.ShardId) {
					queue = append(queue, *child.ShardId)
				}
			}
			if len(got.Records) == 0 && iterator != nil {
				break // the end of an open shard
			}
		}
	}
	if all := s.shards("events", nil); total != put || len(done) != len(all) {
		t.Errorf("read %d of %d records from %d of %d shards", total, put, len(done), len(all))
	}
}

// checkEven checks that the open shards have the ranges of a new stream, but for
// a few keys of rounding.
func checkEven(t *testing.T, client *sdk.Client, n int) {
	t.Helper()
	open := must[*sdk.ListShardsOutput](t)(client.ListShards(t.Context(), &sdk.ListShardsInput{
		StreamName: aws.String("events"), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}})).Shards
	var starts []*big.Int
	for _, shard := range open {
		start, _ := new(big.Int).SetString(*shard.HashKeyRange.StartingHashKey, 10)
		starts = append(starts, start)
	}
	slices.SortFunc(starts, (*big.Int).Cmp)
	part := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(int64(n)))
	for i, start := range starts {
		even := new(big.Int).Mul(part, big.NewInt(int64(i)))
		if off := even.Sub(even, start); len(starts) != n || off.CmpAbs(big.NewInt(100)) > 0 {
			t.Errorf("shard %d of %d starts %d keys from where it should of %d", i, len(starts), off, n)
		}
	}
}

func TestReshardingIsRefusedInKinesisWords(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 4)
	must[*sdk.CreateStreamOutput](t)(s.client().CreateStream(t.Context(), &sdk.CreateStreamInput{
		StreamName: aws.String("demand"), StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand}}))
	s.split("events", 1, "100000000000000000000000000000000000000")
	const last = "340282366920938463463374607431768211455"
	split := func(shard, key string) string {
		return `{"StreamName":"events","ShardToSplit":"` + shard + `","NewStartingHashKey":"` + key + `"}`
	}
	merge := func(lower, upper uint32) string {
		return `{"StreamName":"events","ShardToMerge":"` + shardName(lower) + `","AdjacentShardToMerge":"` + shardName(upper) + `"}`
	}
	count := func(stream string, n int) string {
		return fmt.Sprintf(`{"StreamName":%q,"TargetShardCount":%d,"ScalingType":"UNIFORM_SCALING"}`, stream, n)
	}
	outside := func(key, first, last string) string {
		return "NewStartingHashKey " + key + " used in SplitShard() on shard shardId-000000000003 in stream events under account 000000000000 is not both greater than one plus the shard's StartingHashKey " + first + " and less than the shard's EndingHashKey " + last + "."
	}
	const three = "255211775190703847597530955573826158592"
	closed := "Shard shardId-000000000001 in stream events under account 000000000000 has already been merged or split, and thus is not eligible for merging or splitting."
	apart := "in stream events under account 000000000000 are not an adjacent pair of shards eligible for merging"
	demand := "Request is invalid. Stream demand under account 000000000000 is in On-Demand mode."
	handler := s.open()
	for _, test := range []struct{ operation, body, want, message string }{
		{"SplitShard", split("shardId-000000000003", "0"), invalidArgument, outside("0", three, last)},
		{"SplitShard", split("shardId-000000000003", three[:38]+"3"), invalidArgument, outside(three[:38]+"3", three, last)},
		{"SplitShard", split("shardId-000000000003", last), invalidArgument, outside(last, three, last)},
		{"SplitShard", split("shardId-000000000003", strings.Repeat("9", 39)), invalidArgument, outside(strings.Repeat("9", 39), three, last)},
		{"SplitShard", split("shardId-000000000003", "01"), awsapi.ValidationException, "newStartingHashKey"},
		{"SplitShard", split("shardId-000000000006", half), resourceNotFound, "Could not find shard shardId-000000000006 in stream events under account 000000000000."},
		{"SplitShard", split("x", half), resourceNotFound, "Could not find shard x in stream events under account 000000000000."},
		{"SplitShard", split("shardId-000000000001", "100000000000000000000000000000000000000"), invalidArgument, closed},
		{"SplitShard", `{"StreamName":"nowhere","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"1"}`, resourceNotFound, "Stream nowhere"},
		{"SplitShard", `{"StreamName":"demand","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"9"}`, awsapi.ValidationException, demand},
		{"MergeShards", `{"StreamName":"demand","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000001"}`, awsapi.ValidationException, demand},
		{"MergeShards", merge(0, 2), invalidArgument, "Shards shardId-000000000000 and shardId-000000000002 " + apart},
		{"MergeShards", merge(3, 2), invalidArgument, "Shards shardId-000000000003 and shardId-000000000002 " + apart},
		{"MergeShards", merge(3, 0), invalidArgument, "Shards shardId-000000000003 and shardId-000000000000 " + apart},
		{"MergeShards", merge(0, 0), invalidArgument, "Shards shardId-000000000000 and shardId-000000000000 " + apart},
		{"MergeShards", merge(0, 1), invalidArgument, closed},
		{"MergeShards", merge(1, 2), invalidArgument, closed},
		{"MergeShards", merge(6, 2), resourceNotFound, "Could not find shard shardId-000000000006 in stream events under account 000000000000."},
		{"MergeShards", merge(2, 6), resourceNotFound, "Could not find shard shardId-000000000006 in stream events under account 000000000000."},
		{"UpdateShardCount", count("events", 11), limitExceeded, "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 5, Target shard count: 11"},
		{"UpdateShardCount", count("events", 2), limitExceeded, "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 5, Target shard count: 2"},
		{"UpdateShardCount", count("events", 10001), limitExceeded, "Target shard count or number of open shards cannot be greater than 10000. Current open shard count: 5, Target shard count: 10001"},
		{"UpdateShardCount", count("events", 0), awsapi.ValidationException, "targetShardCount"},
		{"UpdateShardCount", count("demand", 4), awsapi.ValidationException, demand},
		{"UpdateShardCount", `{"StreamName":"events","TargetShardCount":4,"ScalingType":"ODD"}`, awsapi.ValidationException, "UNIFORM_SCALING"},
	} {
		got := call(t, handler, test.operation, test.body)
		if got.status != 400 || got.Type != test.want || !strings.Contains(got.Message, test.message) {
			t.Errorf("%s %s:\n got %d %s: %s\nwant %s: %s", test.operation, test.body, got.status, got.Type, got.Message, test.want, test.message)
		}
	}
	if diff := cmp.Diff([]string{"s0.", "s1", "s2.", "s3.", "s4<s1.", "s5<s1."}, s.shards("events", nil)); diff != "" {
		t.Error(diff)
	}
}

func TestShardFiltersKnowClosedShards(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.now = s.now.Truncate(time.Millisecond)
	s.create("events", 2)
	begin := s.clock()
	s.sleep(time.Hour)
	s.split("events", 0, quarter) // 2, 3
	s.sleep(time.Hour)
	s.merge("events", 3, 1) // 4
	after := func(d time.Duration) *time.Time { return aws.Time(begin.Add(d)) }
	check := func(filter types.ShardFilter, want string) {
		t.Helper()
		if got := strings.Join(s.shards("events", &filter), " "); got != want {
			t.Errorf("%s %v: got %s, want %s", filter.Type, aws.ToTime(filter.Timestamp), got, want)
		}
	}
	const all = "s0 s1 s2<s0. s3<s0 s4<s3<s1."
	check(types.ShardFilter{Type: types.ShardFilterTypeFromTrimHorizon}, all)
	check(types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon}, "s0 s1")
	check(types.ShardFilter{Type: types.ShardFilterTypeAtLatest}, "s2<s0. s4<s3<s1.")
	check(types.ShardFilter{Type: types.ShardFilterTypeAfterShardId, ShardId: aws.String("shardId-000000000002")}, "s3<s0 s4<s3<s1.")
	check(types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: after(-time.Hour)}, "s0 s1")
	check(types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: after(time.Minute)}, "s0 s1")
	check(types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: after(time.Hour + time.Second)}, "s1 s2<s0. s3<s0")
	check(types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: after(2*time.Hour + time.Second)}, "s2<s0. s4<s3<s1.")
	check(types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: after(-time.Hour)}, all)
	check(types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: after(time.Hour + time.Second)}, "s1 s2<s0. s3<s0 s4<s3<s1.")
	check(types.ShardFilter{Type: types.ShardFilterTypeFromTimestamp, Timestamp: after(2*time.Hour + time.Second)}, "s2<s0. s4<s3<s1.")

	// The token of a page carries the filter with its time.
	first := must[*sdk.ListShardsOutput](t)(s.client().ListShards(t.Context(), &sdk.ListShardsInput{StreamName: aws.String("events"), MaxResults: aws.Int32(1),
		ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtTimestamp, Timestamp: after(time.Hour + time.Second)}}))
	second := must[*sdk.ListShardsOutput](t)(s.client().ListShards(t.Context(), &sdk.ListShardsInput{NextToken: first.NextToken}))
	if got := shardTexts(append(first.Shards, second.Shards...)); strings.Join(got, " ") != "s1 s2<s0. s3<s0" {
		t.Errorf("by pages: %v", got)
	}
}

// TestIteratorsOfClosedShards has an empty closed shard and one with records.
func TestIteratorsOfClosedShards(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.now = s.now.Truncate(time.Millisecond)
	s.create("events", 1)
	client, ctx := s.client(), t.Context()
	put := must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: aws.String("events"), PartitionKey: aws.String("k"), Data: []byte("one")}))
	s.sleep(time.Minute)
	live := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: aws.String("events"), ShardId: aws.String(shardName(0)), ShardIteratorType: types.ShardIteratorTypeLatest})).ShardIterator
	s.split("events", 0, half)
	s.merge("events", 1, 2)
	described := must[*sdk.DescribeStreamOutput](t)(client.DescribeStream(ctx, &sdk.DescribeStreamInput{StreamName: aws.String("events")})).StreamDescription
	ends := map[uint32]*types.SequenceNumberRange{}
	for i, shard := range described.Shards {
		ends[uint32(i)] = shard.SequenceNumberRange
		if start, end := shard.SequenceNumberRange.StartingSequenceNumber, shard.SequenceNumberRange.EndingSequenceNumber; (end == nil) != (i == 3) || end != nil && *end < *start {
			t.Errorf("shard %d goes from %s to %s", i, *start, aws.ToString(end))
		}
	}
	if *ends[0].EndingSequenceNumber < *put.SequenceNumber {
		t.Errorf("the shard ends at %s, before its record %s", *ends[0].EndingSequenceNumber, *put.SequenceNumber)
	}
	read := func(iterator *string) (records int, children []string, open bool) {
		t.Helper()
		got := must[*sdk.GetRecordsOutput](t)(client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator}))
		for _, child := range got.ChildShards {
			children = append(children, *child.ShardId)
		}
		return len(got.Records), children, got.NextShardIterator != nil
	}
	for _, test := range []struct {
		name    string
		in      sdk.GetShardIteratorInput
		records int
	}{
		{"horizon", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}, 1},
		{"latest", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest}, 0},
		{"its start", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: ends[0].StartingSequenceNumber}, 1},
		{"at the record", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: put.SequenceNumber}, 1},
		{"after the record", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: put.SequenceNumber}, 0},
		{"after its end", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: ends[0].EndingSequenceNumber}, 0},
		{"before the record", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: aws.Time(s.clock().Add(-time.Hour))}, 1},
		{"now", sdk.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: aws.Time(s.clock())}, 0},
	} {
		test.in.StreamName, test.in.ShardId = aws.String("events"), aws.String(shardName(0))
		iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &test.in)).ShardIterator
		if records, children, open := read(iterator); records != test.records || open || !slices.Equal(children, []string{shardName(1), shardName(2)}) {
			t.Errorf("%s: %d records, children %v, open %v", test.name, records, children, open)
		}
	}
	if records, children, open := read(live); records != 0 || len(children) != 2 || open {
		t.Errorf("an iterator from before the split: %d records, children %v, open %v", records, children, open)
	}
	for _, kind := range []types.ShardIteratorType{types.ShardIteratorTypeTrimHorizon, types.ShardIteratorTypeLatest, types.ShardIteratorTypeAfterSequenceNumber} {
		in := &sdk.GetShardIteratorInput{StreamName: aws.String("events"), ShardId: aws.String(shardName(2)), ShardIteratorType: kind}
		if kind == types.ShardIteratorTypeAfterSequenceNumber {
			in.StartingSequenceNumber = ends[2].EndingSequenceNumber
		}
		iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, in)).ShardIterator
		if records, children, open := read(iterator); records != 0 || open || !slices.Equal(children, []string{shardName(3)}) {
			t.Errorf("the shard that never had a record, %s: %d records, children %v, open %v", kind, records, children, open)
		}
	}
}

// TestExpiredClosedShardsAreNotListed lets a closed shard's retention pass.
func TestExpiredClosedShardsAreNotListed(t *testing.T) {
	files := vfs.NewMem()
	s := newTestService(t, files, "streams")
	s.create("events", 1)
	client, ctx := s.client(), t.Context()
	put := func() {
		t.Helper()
		must[*sdk.PutRecordOutput](t)(client.PutRecord(ctx, &sdk.PutRecordInput{StreamName: aws.String("events"), PartitionKey: aws.String("k"), Data: []byte("one")}))
	}
	put()
	iterator := must[*sdk.GetShardIteratorOutput](t)(client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: aws.String("events"), ShardId: aws.String(shardName(0)), ShardIteratorType: types.ShardIteratorTypeLatest})).ShardIterator
	s.split("events", 0, half)
	put()
	s.store.Retain(context.Background())
	if got := strings.Join(s.shards("events", nil), " "); got != "s0 s1<s0. s2<s0." {
		t.Errorf("before its retention ends: %s", got)
	}
	s.sleep(25 * time.Hour)
	s.store.Retain(context.Background())
	if got := strings.Join(s.shards("events", nil), " "); got != "s1<s0. s2<s0." {
		t.Errorf("after it: %s", got)
	}
	if got := strings.Join(s.shards("events", &types.ShardFilter{Type: types.ShardFilterTypeAtTrimHorizon}), " "); got != "s1<s0. s2<s0." {
		t.Errorf("at the horizon: %s", got)
	}
	// Its number is not used again, and there is no way to it any more.
	s.merge("events", 1, 2)
	if got := strings.Join(s.shards("events", nil), " "); got != "s1<s0 s2<s0 s3<s1<s2." {
		t.Errorf("after a merge: %s", got)
	}
	want := "Shard shardId-000000000000 in stream events under account 000000000000 does not exist"
	_, err := client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: aws.String("events"), ShardId: aws.String(shardName(0)), ShardIteratorType: types.ShardIteratorTypeLatest})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("an iterator of it: %v", err)
	}
	s.mu.Lock()
	s.now = s.now.Add(-25 * time.Hour) // or else it is the iterator that has expired
	s.mu.Unlock()
	if _, err := client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: iterator}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("reading it: %v", err)
	}
}
