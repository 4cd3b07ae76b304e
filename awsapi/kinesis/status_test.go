package kinesis

import (
	"strings"
	"testing"
	"time"

	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
)

const testDelay = time.Minute

// expect makes calls and compares their answers: "" for success, or the start
// of the exception and a part of the message, with a colon between.
func (s *testService) expect(calls ...[3]string) {
	s.t.Helper()
	handler := s.open()
	for _, c := range calls {
		got := call(s.t, handler, c[0], c[1])
		exception, message, _ := strings.Cut(c[2], ": ")
		if got.Type != exception || !strings.Contains(got.Message, message) {
			s.t.Errorf("%s %s:\n got %s: %s\nwant %s", c[0], c[1], got.Type, got.Message, c[2])
		}
	}
}

// status is what all four operations say of a stream.
func (s *testService) status(stream string) string {
	s.t.Helper()
	client, ctx := s.client(), s.t.Context()
	described, err := client.DescribeStream(ctx, &sdk.DescribeStreamInput{StreamName: &stream})
	if err != nil {
		return "none"
	}
	status := string(described.StreamDescription.StreamStatus)
	summary := must[*sdk.DescribeStreamSummaryOutput](s.t)(client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: &stream})).StreamDescriptionSummary
	listed := must[*sdk.ListStreamsOutput](s.t)(client.ListStreams(ctx, &sdk.ListStreamsInput{})).StreamSummaries
	if len(listed) != 1 || string(listed[0].StreamStatus) != status || string(summary.StreamStatus) != status {
		s.t.Errorf("%s is %s, in the list %+v, in the summary %s", stream, status, listed, summary.StreamStatus)
	}
	if none := status == creating; none != (len(described.StreamDescription.Shards) == 0) || none != (*summary.OpenShardCount == 0) {
		s.t.Errorf("%s is %s and has %d shards, %d open", stream, status, len(described.StreamDescription.Shards), *summary.OpenShardCount)
	}
	return status
}

const (
	putOne   = `{"StreamName":"events","Data":"eA==","PartitionKey":"k"}`
	putMany  = `{"StreamName":"events","Records":[{"Data":"eA==","PartitionKey":"k"}]}`
	iterate  = `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"LATEST"}`
	byName   = `{"StreamName":"events"}`
	byARN    = `{"StreamARN":"` + eventsARN + `"`
	tagIt    = `{"StreamName":"events","Tags":{"a":"b"}}`
	splitIt  = `{"StreamName":"events","ShardToSplit":"shardId-000000000000","NewStartingHashKey":"` + quarter + `"}`
	mergeIt  = `{"StreamName":"events","ShardToMerge":"shardId-000000000000","AdjacentShardToMerge":"shardId-000000000001"}`
	twoMore  = `{"StreamName":"events","TargetShardCount":4,"ScalingType":"UNIFORM_SCALING"}`
	keepLong = `{"StreamName":"events","RetentionPeriodHours":48}`
	keepLess = `{"StreamName":"events","RetentionPeriodHours":24}`
	encrypt  = `{"StreamName":"events","EncryptionType":"KMS","KeyId":"k"}`
	measure  = `{"StreamName":"events","ShardLevelMetrics":["ALL"]}`
)

func TestAStreamThatIsCreatingTakesItsTime(t *testing.T) {
	s := newSlowTestService(t, vfs.NewMem(), "streams", testDelay)
	s.create("events", 2)
	none := resourceNotFound + ": Stream events under account 000000000000 not found."
	busy := resourceInUse + ": Stream events under account 000000000000 not ACTIVE, instead in state CREATING."
	if got := s.status("events"); got != creating {
		t.Errorf("at first: %s", got)
	}
	s.expect(
		[3]string{"PutRecord", putOne, none}, [3]string{"PutRecords", putMany, none}, [3]string{"GetShardIterator", iterate, resourceNotFound + ": Shard shardId-000000000000 in stream events under account 000000000000 does not exist"},
		[3]string{"ListShards", byName, busy}, [3]string{"AddTagsToStream", tagIt, busy}, [3]string{"SplitShard", splitIt, busy},
		[3]string{"MergeShards", mergeIt, busy}, [3]string{"UpdateShardCount", twoMore, busy},
		[3]string{"IncreaseStreamRetentionPeriod", keepLong, busy}, [3]string{"StartStreamEncryption", encrypt, busy},
		[3]string{"DeleteStream", byName, resourceInUse + ": Stream is being created: events"},
		[3]string{"CreateStream", `{"StreamName":"events","ShardCount":1}`, resourceInUse + ": already exists"},
		[3]string{"ListTagsForStream", byName, ""},
	)
	s.sleep(testDelay)
	if got := s.status("events"); got != active {
		t.Errorf("after the delay: %s", got)
	}
	s.expect([3]string{"PutRecord", putOne, ""}, [3]string{"PutRecords", putMany, ""}, [3]string{"GetShardIterator", iterate, ""}, [3]string{"ListShards", byName, ""})
}

func TestAStreamThatIsUpdatingTakesRecordsAndNoChanges(t *testing.T) {
	s := newSlowTestService(t, vfs.NewMem(), "streams", testDelay)
	s.create("events", 2)
	busy := resourceInUse + ": Stream events under account 000000000000 not ACTIVE, instead in state UPDATING."
	for _, change := range [][2]string{
		{"SplitShard", splitIt},
		{"MergeShards", `{"StreamName":"events","ShardToMerge":"shardId-000000000002","AdjacentShardToMerge":"shardId-000000000003"}`},
		{"UpdateShardCount", twoMore}, {"IncreaseStreamRetentionPeriod", keepLong}, {"DecreaseStreamRetentionPeriod", keepLess},
		{"StartStreamEncryption", encrypt}, {"StopStreamEncryption", encrypt}, {"EnableEnhancedMonitoring", measure}, {"DisableEnhancedMonitoring", measure},
		{"UpdateMaxRecordSize", byARN + `,"MaxRecordSizeInKiB":2048}`},
		{"UpdateStreamMode", byARN + `,"StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`},
		{"UpdateStreamRecordDistributionStrategy", byARN + `,"RecordDistributionStrategy":"USER_PARTITION_KEY"}`},
	} {
		s.sleep(testDelay)
		s.expect([3]string{change[0], change[1], ""})
		if got := s.status("events"); got != updating {
			t.Errorf("after %s: %s", change[0], got)
		}
		s.expect(
			[3]string{"PutRecord", putOne, ""}, [3]string{"PutRecords", putMany, ""}, [3]string{"GetShardIterator", iterate, ""},
			[3]string{"ListShards", byName, ""}, [3]string{"AddTagsToStream", tagIt, ""}, [3]string{"StartStreamEncryption", encrypt, busy},
			[3]string{"IncreaseStreamRetentionPeriod", keepLong, busy}, [3]string{"EnableEnhancedMonitoring", measure, busy},
		)
	}
	// On demand now, which is why resharding is refused whatever the status.
	s.sleep(testDelay)
	s.expect([3]string{"UpdateStreamMode", byARN + `,"StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, ""},
		[3]string{"UpdateShardCount", twoMore, busy},
		[3]string{"SplitShard", splitIt, busy}, // its shard is closed already, too
		[3]string{"DeleteStream", byName, ""})
}

func TestRemovalForgetsWhatAStreamHasUsed(t *testing.T) {
	s := newSlowTestService(t, vfs.NewMem(), "streams", testDelay)
	s.create("events", 1)
	api := New(Config{Store: s.store, Now: s.clock, StatusDelay: testDelay, EnforceLimits: true})
	used := api.core.limits.Stream("events")
	api.core.hot.throttled(s.clock(), "events", 0)
	s.sleep(testDelay)
	s.expect([3]string{"DeleteStream", byName, ""})
	s.sleep(testDelay)
	if err := api.RemoveDeleted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if api.core.limits.Stream("events") == used || len(api.core.hot.streams) > 0 {
		t.Error("limits remember a stream that was removed")
	}
}

func TestAStreamThatIsDeletingGoesWhenItsTimeHasPassed(t *testing.T) {
	files := vfs.NewMem()
	s := newSlowTestService(t, files, "streams", testDelay)
	s.create("events", 1)
	s.sleep(testDelay)
	s.expect([3]string{"RegisterStreamConsumer", byARN + `,"ConsumerName":"c"}`, ""},
		[3]string{"DeleteStream", byName, resourceInUse + ": 1 registered consumers"},
		[3]string{"DeleteStream", `{"StreamName":"events","EnforceConsumerDeletion":true}`, ""})
	busy := resourceInUse + ": Stream events under account 000000000000 not ACTIVE, instead in state DELETING."
	if got := s.status("events"); got != deleting {
		t.Errorf("at first: %s", got)
	}
	s.expect([3]string{"PutRecord", putOne, ""}, [3]string{"DeleteStream", byName, busy}, [3]string{"AddTagsToStream", tagIt, busy},
		[3]string{"ListShards", byName, busy}, [3]string{"SplitShard", splitIt, busy},
		[3]string{"CreateStream", `{"StreamName":"events","ShardCount":1}`, resourceInUse + ": already exists"})
	s.sleep(testDelay)
	none := resourceNotFound + ": Stream events under account 000000000000 not found."
	s.expect([3]string{"PutRecord", putOne, none}, [3]string{"DeleteStream", byName, none}, [3]string{"DescribeStream", byName, none})
	if got := s.store.Names(); len(got) != 0 {
		t.Errorf("streams that are left: %v", got)
	}

	// The name is free as soon as the time has passed, and nobody need ask.
	for range 2 {
		s.create("events", 1)
		s.sleep(testDelay)
		s.expect([3]string{"DeleteStream", byName, ""})
		s.sleep(testDelay)
	}
	if err := New(Config{Store: s.store, Now: s.clock, StatusDelay: testDelay}).RemoveDeleted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.store.Names(); len(got) != 0 {
		t.Errorf("streams that are left: %v", got)
	}
}

// TestStatusesEndAcrossRestarts restarts with another delay and another clock.
func TestStatusesEndAcrossRestarts(t *testing.T) {
	for _, test := range []struct {
		name   string
		delay  time.Duration
		passed time.Duration
		want   [3]string // of streams that were made, changed and deleted
	}{
		{"soon", testDelay, time.Second, [3]string{creating, updating, deleting}},
		{"later", testDelay, testDelay, [3]string{active, active, "none"}},
		{"without a delay", 0, time.Second, [3]string{active, active, "none"}},
		{"with a shorter one", time.Second, time.Second, [3]string{active, active, "none"}},
		{"a clock that stepped back", testDelay, -time.Hour, [3]string{active, active, "none"}},
	} {
		files := vfs.NewMem()
		var now time.Time
		t.Run("before", func(t *testing.T) {
			s := newSlowTestService(t, files, "streams", testDelay)
			for _, stream := range []string{"changed", "deleted"} {
				must[*sdk.CreateStreamOutput](t)(s.client().CreateStream(t.Context(), &sdk.CreateStreamInput{StreamName: &stream, ShardCount: aws.Int32(1)}))
			}
			s.sleep(testDelay)
			s.expect([3]string{"CreateStream", `{"StreamName":"made","ShardCount":1}`, ""},
				[3]string{"IncreaseStreamRetentionPeriod", `{"StreamName":"changed","RetentionPeriodHours":48}`, ""},
				[3]string{"DeleteStream", `{"StreamName":"deleted"}`, ""})
			now = s.clock()
		})
		t.Run(test.name, func(t *testing.T) {
			s := newSlowTestService(t, files, "streams", test.delay)
			s.now = now.Add(test.passed)
			if err := New(Config{Store: s.store, Now: s.clock, StatusDelay: test.delay}).RemoveDeleted(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i, stream := range []string{"made", "changed", "deleted"} {
				got := "none"
				if out, err := s.client().DescribeStreamSummary(t.Context(), &sdk.DescribeStreamSummaryInput{StreamName: &stream}); err == nil {
					got = string(out.StreamDescriptionSummary.StreamStatus)
				}
				if got != test.want[i] {
					t.Errorf("%s: %s, want %s", stream, got, test.want[i])
				}
			}
		})
	}
}
