package e2e

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"leat/cmd/leat/client"
)

// fault runs leat faults against the server.
func (p *process) fault(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := leat(t, "", append(append([]string{"faults"}, args...), "--address", p.HTTP)...)
	if code != 0 {
		t.Fatalf("leat faults %v: %s", args, errs)
	}
	return out
}

// impatient makes the SDK retry without waiting.
func impatient(attempts int) func(*kinesis.Options) {
	return func(o *kinesis.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
}

func (p *process) putOne(ctx context.Context, attempts int, data string) error {
	_, err := p.kinesisClient().PutRecord(ctx, &kinesis.PutRecordInput{
		StreamName: sdk.String("orders"), PartitionKey: sdk.String("k"), Data: []byte(data),
	}, impatient(attempts))
	return err
}

// TestClientsBearFaults makes requests go wrong and sees what the SDK makes of
// it.
func TestClientsBearFaults(t *testing.T) {
	p := serve(t, t.TempDir(), "--faults")
	p.createStream(t, "orders", 2)
	p.createStream(t, "others", 1)

	// Errors end after their count, and the SDK tries until then.
	p.fault(t, "set", "busy", "--operation", "PutRecord", "--stream", "orders", "--error", "ProvisionedThroughputExceededException", "--count", "3")
	var throttled *types.ProvisionedThroughputExceededException
	if err := p.putOne(t.Context(), 1, "refused"); !errors.As(err, &throttled) {
		t.Errorf("got %v", err)
	}
	if err := p.putOne(t.Context(), 3, "one"); err != nil {
		t.Errorf("after two tries in vain: %v", err)
	}
	if out := p.fault(t, "list"); !strings.Contains(out, "busy") || !strings.Contains(out, "ended") {
		t.Errorf("leat faults list: %s", out)
	}

	// Dropped before the work, a record is there once; dropped after, the SDK
	// sends it again and it is there twice.
	p.fault(t, "set", "before", "--operation", "PutRecord", "--drop", "before", "--count", "1")
	if err := p.putOne(t.Context(), 3, "two"); err != nil {
		t.Errorf("dropped before: %v", err)
	}
	p.fault(t, "clear")
	p.fault(t, "set", "after", "--operation", "PutRecord", "--drop", "after", "--count", "1")
	if err := p.putOne(t.Context(), 3, "three"); err != nil {
		t.Errorf("dropped after: %v", err)
	}
	p.fault(t, "clear")
	count := map[string]int{}
	for _, data := range p.readStream(t, "orders") {
		count[string(data)]++
	}
	if count["refused"] != 0 || count["one"] != 1 || count["two"] != 1 || count["three"] != 2 {
		t.Errorf("the stream holds %v", count)
	}

	// A consumer's stream is told by its iterators.
	p.fault(t, "set", "slow", "--operation", "GetRecords", "--stream", "others", "--error", "InternalFailure")
	if _, err := p.tryReadStream(t, "orders"); err != nil {
		t.Errorf("another stream: %v", err)
	}
	if _, err := p.tryReadStream(t, "others"); err == nil || !strings.Contains(err.Error(), "InternalFailure") {
		t.Errorf("the stream itself: %v", err)
	}

	// The AWS CLI says what it got; the log and the metrics know of it.
	p.fault(t, "set", "down", "--operation", "ListStreams", "--error", "LimitExceededException", "--message", "on purpose")
	if code, _, errs := p.aws(t, "kinesis", "list-streams"); code == 0 || !strings.Contains(errs, "(LimitExceededException) when calling the ListStreams operation") || !strings.Contains(errs, "on purpose") {
		t.Errorf("aws: exit code %d, %s", code, errs)
	}
	values, err := p.metrics()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		`leat_faults_injected_total{service="kinesis",operation="PutRecord",effect="error"}`:       3,
		`leat_faults_injected_total{service="kinesis",operation="PutRecord",effect="drop-before"}`: 1,
		`leat_faults_injected_total{service="kinesis",operation="PutRecord",effect="drop-after"}`:  1,
		`leat_fault_rules`: 2,
	} {
		if values[name] != want {
			t.Errorf("%s is %v, want %v", name, values[name], want)
		}
	}
	if !strings.Contains(p.output.String(), `msg="fault set: requests go wrong on purpose" fault=busy`) {
		t.Error("the log does not name the fault")
	}
}

// TestRefusedRecordsAreSentAgain refuses records of batches until a producer has
// sent all of them, in both services.
func TestRefusedRecordsAreSentAgain(t *testing.T) {
	p := serve(t, t.TempDir(), "--faults")
	p.createStream(t, "orders", 2)
	p.fault(t, "set", "some", "--operation", "PutRecords", "--records", "0.3", "--error", "ProvisionedThroughputExceededException", "--seed", "7")
	const records = 500
	var batch []types.PutRecordsRequestEntry
	for i := range records {
		data := fmt.Sprint(i)
		batch = append(batch, types.PutRecordsRequestEntry{Data: []byte(data), PartitionKey: &data})
	}
	refused, rounds := 0, 0
	for ; len(batch) > 0 && rounds < 50; rounds++ {
		out, err := p.kinesisClient().PutRecords(t.Context(), &kinesis.PutRecordsInput{StreamName: sdk.String("orders"), Records: batch})
		if err != nil {
			t.Fatal(err)
		}
		var again []types.PutRecordsRequestEntry
		for i, record := range out.Records {
			if record.ErrorCode != nil {
				again = append(again, batch[i])
			} else if record.SequenceNumber == nil {
				t.Errorf("record %d has neither an error nor a sequence number", i)
			}
		}
		if int(*out.FailedRecordCount) != len(again) {
			t.Errorf("%d records failed, FailedRecordCount says %d", len(again), *out.FailedRecordCount)
		}
		refused += len(again)
		batch = again
	}
	if refused < 100 || rounds < 2 {
		t.Errorf("%d records were refused in %d rounds", refused, rounds)
	}
	seen := map[string]bool{}
	all := p.readStream(t, "orders")
	for _, data := range all {
		seen[string(data)] = true
	}
	if len(all) != records || len(seen) != records {
		t.Errorf("the stream holds %d records, %d different ones; want %d", len(all), len(seen), records)
	}

	create := client.Delivery{Name: "direct", Bucket: "lake", Prefix: "p/", ErrorPrefix: "e/", Megabytes: 64, Seconds: 60}.Request()
	create.DeliveryStreamType, create.KinesisStreamSourceConfiguration = firehosetypes.DeliveryStreamTypeDirectPut, nil
	if _, err := p.firehoseClient().CreateDeliveryStream(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	p.fault(t, "set", "half", "--service", "firehose", "--operation", "PutRecordBatch", "--records", "0.5", "--error", "ServiceUnavailableException", "--seed", "7")
	var direct []firehosetypes.Record
	for range 100 {
		direct = append(direct, firehosetypes.Record{Data: []byte("{}\n")})
	}
	out, err := p.firehoseClient().PutRecordBatch(t.Context(), &firehose.PutRecordBatchInput{DeliveryStreamName: sdk.String("direct"), Records: direct})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, answer := range out.RequestResponses {
		if (answer.ErrorCode == nil) == (answer.RecordId == nil) {
			t.Errorf("an answer has both or neither of an error and an id: %+v", answer)
		}
		if answer.ErrorCode != nil {
			failed++
		}
	}
	if failed != int(*out.FailedPutCount) || failed < 20 || failed > 80 {
		t.Errorf("%d of 100 records failed, FailedPutCount says %d", failed, *out.FailedPutCount)
	}
}

// TestBotoBearsFaultsOverTLS is the same with boto3, over HTTPS.
func TestBotoBearsFaultsOverTLS(t *testing.T) {
	needsPython(t, "boto3")
	data := t.TempDir()
	p := serve(t, data, "--faults", "--tls-self-signed")
	p.createStream(t, "orders", 1)
	certificate := filepath.Join(data, "tls", "certificate.pem")
	code, out, errs := run(t, "", nil, "python3", "testdata/faults.py", binary, p.HTTP, "https://"+p.AWS, certificate)
	if code != 0 || out != "lost 1\nfailed 2\nlate late\n" {
		t.Errorf("exit code %d, %q, %s", code, out, errs)
	}
	count := map[string]int{}
	for _, record := range p.readStream(t, "orders") {
		count[string(record)]++
	}
	if count["lost"] != 2 || count["failed"] != 1 {
		t.Errorf("the stream holds %v", count)
	}
}

// TestASubscriptionIsCutOffAndTakenUpAgain cuts a consumer off in the midst of
// a subscription; a second one goes on after the last event.
func TestASubscriptionIsCutOffAndTakenUpAgain(t *testing.T) {
	p := serve(t, t.TempDir(), "--faults")
	p.createStream(t, "orders", 1)
	api := p.kinesisClient()
	stream, err := api.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamName: sdk.String("orders")})
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := api.RegisterStreamConsumer(t.Context(), &kinesis.RegisterStreamConsumerInput{
		StreamARN: stream.StreamDescriptionSummary.StreamARN, ConsumerName: sdk.String("reader"),
	})
	if err != nil {
		t.Fatal(err)
	}
	// subscribe reads until n records are there or the subscription breaks.
	subscribe := func(from *types.StartingPosition, n int) (last string, records int, err error) {
		t.Helper()
		out, err := api.SubscribeToShard(t.Context(), &kinesis.SubscribeToShardInput{
			ConsumerARN: consumer.Consumer.ConsumerARN, ShardId: sdk.String("shardId-000000000000"), StartingPosition: from,
		})
		if err != nil {
			return "", 0, err
		}
		events := out.GetStream()
		defer events.Close()
		for event := range events.Events() {
			got, ok := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
			if !ok {
				continue
			}
			last, records = *got.Value.ContinuationSequenceNumber, records+len(got.Value.Records)
			if records >= n {
				return last, records, nil
			}
		}
		return last, records, events.Err()
	}
	if err := p.putOne(t.Context(), 1, "one"); err != nil {
		t.Fatal(err)
	}
	// Long enough to get the record that is there, for a machine that is not slow;
	// if it is, the second subscription has both.
	p.fault(t, "set", "torn", "--operation", "SubscribeToShard", "--drop", "after", "--delay", "2s", "--count", "1")
	// The SDK does not tell a broken connection from an end of the events.
	last, first, _ := subscribe(&types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}, 2)
	if out := p.fault(t, "list"); !strings.Contains(out, "ended") {
		t.Errorf("the subscription was not cut off: %s", out)
	}
	if err := p.putOne(t.Context(), 1, "two"); err != nil {
		t.Fatal(err)
	}
	from := &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}
	if last != "" {
		from = &types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber, SequenceNumber: &last}
	}
	var second int
	err = poll(func() (bool, error) {
		// Two subscriptions within five seconds are refused, as by AWS.
		_, n, err := subscribe(from, 2-first)
		if inUse := new(types.ResourceInUseException); errors.As(err, &inUse) {
			return false, nil
		}
		second = n
		return true, err
	})
	if err != nil || first+second != 2 {
		t.Errorf("%d and %d records, %v", first, second, err)
	}
}
