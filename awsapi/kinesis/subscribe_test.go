package kinesis

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"leat/awsapi/awstest"
	"leat/shardlog"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
)

// register makes a consumer and returns its ARN.
func (s *testService) register(stream, name string) string {
	s.t.Helper()
	out, err := s.client().RegisterStreamConsumer(s.t.Context(), &sdk.RegisterStreamConsumerInput{
		StreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/" + stream), ConsumerName: &name})
	if err != nil {
		s.t.Fatal(err)
	}
	return *out.Consumer.ConsumerARN
}

// put puts one record and returns its sequence number.
func (s *testService) put(stream, key, data string) string {
	s.t.Helper()
	out, err := s.client().PutRecord(s.t.Context(), &sdk.PutRecordInput{StreamName: &stream, PartitionKey: &key, Data: []byte(data)})
	if err != nil {
		s.t.Fatal(err)
	}
	return *out.SequenceNumber
}

// putTo puts one record into a shard of a stream and returns its sequence number.
func (s *testService) putTo(stream string, shard uint32, data string) string {
	s.t.Helper()
	found, err := s.store.Stream(stream)
	if err != nil {
		s.t.Fatal(err)
	}
	info := found.Info()
	of, err := (&api{}).shard(info, shard)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := s.client().PutRecord(s.t.Context(), &sdk.PutRecordInput{
		StreamName: &stream, PartitionKey: aws.String("k"), ExplicitHashKey: aws.String(formatHashKey(of.First)), Data: []byte(data)})
	if err != nil {
		s.t.Fatal(err)
	}
	return *out.SequenceNumber
}

var fromHorizon = types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}

// A subscriber is one subscription as the SDK has it.
type subscriber struct {
	t      testing.TB
	stream *sdk.SubscribeToShardEventStream
	last   types.SubscribeToShardEvent
}

// trySubscribe calls with a client of its own: two subscriptions of one write
// to the same field of the SDK's, which does no harm but is a race.
func (s *testService) trySubscribe(arn string, shard uint32, from types.StartingPosition) (*subscriber, error) {
	s.t.Helper()
	out, err := s.client().SubscribeToShard(s.t.Context(), &sdk.SubscribeToShardInput{
		ConsumerARN: &arn, ShardId: aws.String(shardName(shard)), StartingPosition: &from})
	if err != nil {
		return nil, err
	}
	stream := out.GetStream()
	s.t.Cleanup(func() { stream.Close() })
	return &subscriber{t: s.t, stream: stream}, nil
}

func (s *testService) subscribe(arn string, shard uint32, from types.StartingPosition) *subscriber {
	s.t.Helper()
	sub, err := s.trySubscribe(arn, shard, from)
	if err != nil {
		s.t.Fatal(err)
	}
	return sub
}

// event waits for the next event; false at the end.
func (s *subscriber) event() bool {
	s.t.Helper()
	event, ok := <-s.stream.Events()
	if !ok {
		return false
	}
	s.last = event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
	return true
}

// records waits until it has n records and returns their data.
func (s *subscriber) records(n int) []string {
	s.t.Helper()
	var data []string
	for len(data) < n {
		if !s.event() {
			s.t.Fatalf("subscription ended after %v: %v", data, s.stream.Err())
		}
		for _, record := range s.last.Records {
			data = append(data, string(record.Data))
		}
	}
	if len(data) != n {
		s.t.Fatalf("got %v, want %d records", data, n)
	}
	return data
}

// end reads on to the end and returns its error.
func (s *subscriber) end() error {
	s.t.Helper()
	for s.event() {
	}
	return s.stream.Err()
}

func wantException(t testing.TB, err error, name string) {
	t.Helper()
	var named smithy.APIError
	if !errors.As(err, &named) || named.ErrorCode() != name {
		t.Errorf("error is %v, want %s", err, name)
	}
}

func TestASubscriptionSendsRecordsAsTheyCome(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	arn := s.register("events", "app")
	s.put("events", "k", "before")
	sub := s.subscribe(arn, 0, fromHorizon)
	if got := sub.records(1); got[0] != "before" {
		t.Errorf("first record is %q", got[0])
	}
	for i := range 20 {
		sequence := s.put("events", fmt.Sprint("key ", i), fmt.Sprint("later ", i))
		if got := sub.records(1); got[0] != fmt.Sprint("later ", i) {
			t.Errorf("record %d is %q", i, got[0])
		}
		record := sub.last.Records[0]
		if *record.SequenceNumber != sequence || *record.PartitionKey != fmt.Sprint("key ", i) || !record.ApproximateArrivalTimestamp.Equal(s.clock().Truncate(time.Millisecond)) {
			t.Errorf("record %+v, want sequence %s", record, sequence)
		}
		if *sub.last.MillisBehindLatest != 0 || *sub.last.ContinuationSequenceNumber < sequence || sub.last.ChildShards != nil {
			t.Errorf("event %+v", sub.last)
		}
	}
}

func TestALaterSubscriptionTakesOver(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	arn := s.register("events", "app")
	first := s.subscribe(arn, 0, fromHorizon)

	s.sleep(takeOverTime - time.Millisecond)
	_, err := s.trySubscribe(arn, 0, fromHorizon)
	var inUse *types.ResourceInUseException
	if !errors.As(err, &inUse) || *inUse.Message != "Another active subscription exists for this consumer: 000000000000:events:shardId-000000000000:app" {
		t.Errorf("a second subscription at once: %v", err)
	}
	// Other shards and other consumers are not in the way.
	other := s.subscribe(arn, 1, fromHorizon)
	further := s.subscribe(s.register("events", "further"), 0, fromHorizon)

	s.sleep(time.Millisecond)
	second := s.subscribe(arn, 0, fromHorizon)
	wantException(t, first.end(), "ResourceInUseException")
	for _, sub := range []*subscriber{second, other, further} {
		if !sub.event() {
			t.Errorf("another subscription ended: %v", sub.stream.Err())
		}
	}
	// One that its client has left keeps others away, as AWS says, for as long.
	second.stream.Close()
	if _, err := s.trySubscribe(arn, 0, fromHorizon); !errors.As(err, &inUse) {
		t.Errorf("a subscription right after one that was left: %v", err)
	}
	s.sleep(takeOverTime)
	s.subscribe(arn, 0, fromHorizon)
}

func TestSubscriptionsEndWithWhatTheyAreOf(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	client, ctx := s.client(), t.Context()
	s.create("events", 1)
	leaving, staying := s.register("events", "leaving"), s.register("events", "staying")
	left, stayed := s.subscribe(leaving, 0, fromHorizon), s.subscribe(staying, 0, fromHorizon)
	must[*sdk.DeregisterStreamConsumerOutput](t)(client.DeregisterStreamConsumer(ctx, &sdk.DeregisterStreamConsumerInput{ConsumerARN: &leaving}))
	err := left.end()
	wantException(t, err, "ResourceNotFoundException")
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || *missing.Message != "Consumer "+leaving+" not found." {
		t.Errorf("error %v", err)
	}
	s.put("events", "k", "still here")
	stayed.records(1)

	// A consumer registered again is another one, even within the same second.
	s.sleep(time.Second)
	again := s.register("events", "leaving")
	if again == leaving {
		t.Fatal("it has the same ARN")
	}
	_, err = s.trySubscribe(leaving, 0, fromHorizon)
	wantException(t, err, "ResourceNotFoundException")
	s.subscribe(again, 0, fromHorizon)

	must[*sdk.DeleteStreamOutput](t)(client.DeleteStream(ctx, &sdk.DeleteStreamInput{StreamName: aws.String("events"), EnforceConsumerDeletion: aws.Bool(true)}))
	err = stayed.end()
	if !errors.As(err, &missing) || *missing.Message != "Stream events under account 000000000000 not found." {
		t.Errorf("error %v", err)
	}
}

func TestSubscriptionsStartWhereTheyAreTold(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	first := s.put("events", "k", "0")
	s.sleep(time.Second)
	moment := s.clock().Truncate(time.Millisecond)
	second := s.put("events", "k", "1")
	s.put("events", "k", "2")
	for i, test := range []struct {
		from types.StartingPosition
		want int // the record that comes first
	}{
		{types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}, 0},
		{types.StartingPosition{Type: types.ShardIteratorTypeAtSequenceNumber, SequenceNumber: &first}, 0},
		{types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: &first}, 1},
		{types.StartingPosition{Type: types.ShardIteratorTypeAtSequenceNumber, SequenceNumber: &second}, 1},
		{types.StartingPosition{Type: types.ShardIteratorTypeAtTimestamp, Timestamp: &moment}, 1},
		{types.StartingPosition{Type: types.ShardIteratorTypeLatest}, 3},
	} {
		sub := s.subscribe(s.register("events", fmt.Sprint("app", i)), 0, test.from)
		if test.want == 3 {
			s.put("events", "k", "3")
		}
		for len(sub.last.Records) == 0 && sub.event() {
		}
		if len(sub.last.Records) == 0 || string(sub.last.Records[0].Data) != fmt.Sprint(test.want) {
			t.Errorf("%s: event %+v, want record %d", test.from.Type, sub.last, test.want)
		}
	}
}

func TestContinuationIsGoodAlsoWithoutRecords(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	arn := s.register("events", "app")
	from := types.StartingPosition{Type: types.ShardIteratorTypeLatest}
	for round := range 3 {
		sub := s.subscribe(arn, 1, from)
		if !sub.event() || len(sub.last.Records) != 0 {
			t.Fatalf("round %d: event %+v", round, sub.last)
		}
		from = types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: sub.last.ContinuationSequenceNumber}
		sub.stream.Close()
		s.sleep(takeOverTime)
		// The stream goes on, this shard does not.
		for range round {
			s.putTo("events", 0, "of the other")
		}
	}
	s.putTo("events", 1, "missed while away")
	sub := s.subscribe(arn, 1, from)
	if got := sub.records(1); got[0] != "missed while away" {
		t.Errorf("got %q", got)
	}
	from.SequenceNumber = sub.last.ContinuationSequenceNumber
	sub.stream.Close()
	s.sleep(takeOverTime)
	s.putTo("events", 1, "next")
	if got := s.subscribe(arn, 1, from).records(1); got[0] != "next" {
		t.Errorf("got %q", got)
	}
}

func TestAClosedShardEndsWithItsChildren(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	arn := s.register("events", "app")
	sub := s.subscribe(arn, 0, fromHorizon)
	s.put("events", "k", "of the parent")
	sub.records(1)
	s.split("events", 0, half)
	if !sub.event() || sub.last.ContinuationSequenceNumber != nil || len(sub.last.ChildShards) != 2 {
		t.Fatalf("last event %+v", sub.last)
	}
	child := sub.last.ChildShards[0]
	if *child.ShardId != shardName(1) || len(child.ParentShards) != 1 || child.ParentShards[0] != shardName(0) || *child.HashKeyRange.StartingHashKey != "0" {
		t.Errorf("child %+v", child)
	}
	if err := sub.end(); err != nil {
		t.Errorf("subscription ended with %v", err)
	}
	// Whoever comes later gets the records and the children, too.
	s.sleep(takeOverTime)
	late := s.subscribe(arn, 0, fromHorizon)
	late.records(1)
	for len(late.last.ChildShards) == 0 && late.event() {
	}
	if len(late.last.ChildShards) != 2 || late.last.ContinuationSequenceNumber != nil {
		t.Errorf("last event %+v", late.last)
	}
	children := []*subscriber{s.subscribe(arn, 1, fromHorizon), s.subscribe(arn, 2, fromHorizon)}
	s.putTo("events", 1, "of a child")
	children[0].records(1)
	s.putTo("events", 2, "of the other")
	children[1].records(1)
}

func TestSubscriptionsAreRefusedInAWSsWords(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 2)
	arn := s.register("events", "app")
	ofOther := s.putTo("events", 1, "x")
	later := s.clock().Add(time.Hour)
	for name, test := range map[string]struct {
		arn   string
		shard uint32
		from  types.StartingPosition
		want  string
	}{
		"no consumer":     {arn + "1", 0, fromHorizon, "ResourceNotFoundException"},
		"no stream":       {"arn:aws:kinesis:us-east-1:000000000000:stream/nowhere/consumer/app:1", 0, fromHorizon, "ResourceNotFoundException"},
		"other account":   {"arn:aws:kinesis:us-east-1:111111111111:stream/events/consumer/app:1", 0, fromHorizon, "ResourceNotFoundException"},
		"no shard":        {arn, 7, fromHorizon, "ResourceNotFoundException"},
		"no sequence":     {arn, 0, types.StartingPosition{Type: types.ShardIteratorTypeAtSequenceNumber}, "InvalidArgumentException"},
		"needless":        {arn, 0, types.StartingPosition{Type: types.ShardIteratorTypeLatest, SequenceNumber: &ofOther}, "InvalidArgumentException"},
		"other's":         {arn, 0, types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: &ofOther}, "InvalidArgumentException"},
		"no time":         {arn, 0, types.StartingPosition{Type: types.ShardIteratorTypeAtTimestamp}, "InvalidArgumentException"},
		"time to come":    {arn, 0, types.StartingPosition{Type: types.ShardIteratorTypeAtTimestamp, Timestamp: &later}, "InvalidArgumentException"},
		"no kind of type": {arn, 0, types.StartingPosition{Type: "SOMEWHERE"}, "ValidationException"},
	} {
		_, err := s.trySubscribe(test.arn, test.shard, test.from)
		t.Run(name, func(t *testing.T) { wantException(t, err, test.want) })
	}
	_, err := s.client().SubscribeToShard(t.Context(), &sdk.SubscribeToShardInput{
		ConsumerARN: &arn, ShardId: aws.String(shardName(0)), StartingPosition: &fromHorizon, DryRun: aws.Bool(true)})
	wantException(t, err, "DryRunOperationException")
	// None of these has kept a real one away.
	s.subscribe(arn, 0, fromHorizon)
}

func TestASlowSubscriberHoldsUpOnlyItself(t *testing.T) {
	for _, version := range []string{"HTTP/1.1", "HTTP/2"} {
		t.Run(version, func(t *testing.T) {
			s := newTestService(t, vfs.NewMem(), "streams")
			only := new(http.Protocols)
			only.SetHTTP1(version == "HTTP/1.1")
			only.SetUnencryptedHTTP2(version == "HTTP/2")
			// Over HTTP/2 the subscriptions share a connection.
			s.over = awstest.NewTransportOf(t, &http.Transport{Protocols: only})
			s.create("events", 1)
			slow, quick := s.subscribe(s.register("events", "slow"), 0, fromHorizon), s.subscribe(s.register("events", "quick"), 0, fromHorizon)
			const records, size = 12, 1 << 20 // more than any window and socket buffer has room for
			stream, err := s.store.Stream("events")
			if err != nil {
				t.Fatal(err)
			}
			entry := []shardlog.Entry{{PartitionKey: []byte("k"), Data: make([]byte, size-1)}}
			for range records {
				if err := stream.Append(t.Context(), entry, make([]shardlog.Receipt, 1)); err != nil {
					t.Fatal(err)
				}
			}
			quick.records(records)
			slow.records(records) // when it reads at last
		})
	}
}
