package kinesis

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leat/awsapi/awstest"
	"leat/awsapi/kinesis/monitor"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"
)

// enforcing is a handler that enforces limits, by the test's clock.
func enforcing(t *testing.T, s *testService, meters *monitor.Account) http.Handler {
	t.Helper()
	return s.with(t, Config{EnforceLimits: true, Monitor: meters})
}

// putOf is a PutRecords request of n records of some bytes each, all in the
// shard of a hash key.
func putOf(stream string, n, bytes int, hashKey string) string {
	record := fmt.Sprintf(`{"Data":"%s","PartitionKey":"k","ExplicitHashKey":"%s"}`, base64.StdEncoding.EncodeToString(make([]byte, bytes-1)), hashKey)
	return `{"StreamName":"` + stream + `","Records":[` + strings.TrimSuffix(strings.Repeat(record+",", n), ",") + `]}`
}

const lastHashKey = "340282366920938463463374607431768211455"

func TestAShardThatIsFullRefusesRecordsAsAWSDoes(t *testing.T) {
	for _, encoding := range []string{"JSON", "CBOR"} {
		t.Run(encoding, func(t *testing.T) {
			s := newTestService(t, vfs.NewMem(), "streams")
			s.create("orders", 2)
			meters := new(monitor.Account)
			handler := enforcing(t, s, meters)
			send := func(operation, body string) answer {
				t.Helper()
				if encoding == "CBOR" {
					return callCBOR(t, handler, operation, inCBOR(t, body))
				}
				return call(t, handler, operation, body)
			}
			send("EnableEnhancedMonitoring", `{"StreamName":"orders","ShardLevelMetrics":["ALL"]}`)
			const rateExceeded = "Rate exceeded for shard shardId-000000000001 in stream orders under account 000000000000."
			// 256 records of 4 KiB are a shard's second.
			got := send("PutRecords", putOf("orders", 300, 4096, lastHashKey))
			if got.status != http.StatusOK || number(got.body["FailedRecordCount"]) != 44 {
				t.Fatalf("FailedRecordCount of %d is %v", got.status, got.body["FailedRecordCount"])
			}
			records := got.body["Records"].([]any)
			if diff := cmp.Diff(map[string]any{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": rateExceeded}, records[256]); diff != "" {
				t.Errorf("a refused record is answered (-want +got):\n%s", diff)
			}
			if taken := records[255].(map[string]any); taken["ShardId"] != "shardId-000000000001" || taken["ErrorCode"] != nil {
				t.Errorf("a record that was taken is answered %v", taken)
			}
			one := `{"StreamName":"orders","Data":"YQ==","PartitionKey":"k","ExplicitHashKey":"` + lastHashKey + `"}`
			got = send("PutRecord", one)
			if got.status != http.StatusBadRequest || got.Type != "ProvisionedThroughputExceededException" || got.Message != rateExceeded {
				t.Errorf("PutRecord into a full shard answers %+v", got)
			}
			if got := send("PutRecord", strings.Replace(one, lastHashKey, "0", 1)); got.status != http.StatusOK {
				t.Errorf("PutRecord into another shard answers %+v", got)
			}
			s.sleep(time.Second)
			if got := send("PutRecord", one); got.status != http.StatusOK {
				t.Errorf("PutRecord a second later answers %+v", got)
			}
			if got := send("PutRecords", putOf("orders", 500, 10, "0")); number(got.body["FailedRecordCount"]) != 0 {
				t.Errorf("500 small records: %v fail", got.body["FailedRecordCount"])
			}
			if got := send("PutRecords", putOf("orders", 500, 10, "0")); number(got.body["FailedRecordCount"]) != 0 {
				t.Errorf("1,000 small records: %v fail", got.body["FailedRecordCount"])
			}
			if got := send("PutRecords", putOf("orders", 500, 10, "0")); number(got.body["FailedRecordCount"]) != 500 || got.status != http.StatusOK {
				t.Errorf("1,500 small records in a second: %v fail", got.body["FailedRecordCount"])
			}
			if n := len(readShard(t, s, "orders", "shardId-000000000001")); n != 257 {
				t.Errorf("%d records are stored, want those that were taken: 257", n)
			}
			stream, err := s.store.Stream("orders")
			if err != nil {
				t.Fatal(err)
			}
			counted := meters.Find(stream)
			for name, counter := range map[string]struct{ got, want uint64 }{
				"WriteProvisionedThroughputExceeded":            {counted.WriteProvisionedThroughputExceeded.Load(), 545},
				"PutRecords.ThrottledRecords":                   {counted.Batches.ThrottledRecords.Load(), 544},
				"PutRecords.FailedRecords":                      {counted.Batches.FailedRecords.Load(), 0},
				"PutRecords.TotalRecords":                       {counted.Batches.TotalRecords.Load(), 1800},
				"PutRecords.Success":                            {counted.PutRecords.Success.Load(), 3},
				"PutRecord.Success":                             {counted.PutRecord.Success.Load(), 2},
				"IncomingRecords":                               {counted.IncomingRecords.Load(), 1258},
				"IncomingBytes":                                 {counted.IncomingBytes.Load(), 256*4096 + 2*2 + 10_000},
				"WriteProvisionedThroughputExceeded of shard 1": {counted.Shards().Shard(1).WriteProvisionedThroughputExceeded.Load(), 45},
				"IncomingRecords of shard 1":                    {counted.Shards().Shard(1).IncomingRecords.Load(), 257},
			} {
				if counter.got != counter.want {
					t.Errorf("%s is %d, want %d", name, counter.got, counter.want)
				}
			}
			send("DeleteStream", `{"StreamName":"orders"}`)
			if meters.Find(stream) != nil {
				t.Error("a stream that is deleted is still counted")
			}
		})
	}
}

func TestWhatIsRefusedForOtherReasonsTakesNoThroughput(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 1)
	down := true
	handler := s.with(t, Config{EnforceLimits: true, Refuse: func(_ context.Context, _, _ string, records int, refuse func(int, string, string)) error {
		for i := range records {
			if down {
				refuse(i, internalFailure, "Internal service failure.")
			}
		}
		return nil
	}})
	for range 4 {
		call(t, handler, "PutRecords", putOf("orders", 500, 10, "0"))
	}
	down = false
	if got := call(t, handler, "PutRecords", putOf("orders", 500, 10, "0")); number(got.body["FailedRecordCount"]) != 0 {
		t.Errorf("%v records are throttled after 2,000 that failed", got.body["FailedRecordCount"])
	}
}

func TestNamesOfNoStreamShareALimit(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 1)
	handler := enforcing(t, s, nil)
	list := func(stream string) answer {
		return call(t, handler, "ListStreamConsumers", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/`+stream+`"}`)
	}
	for i := range 6 {
		want := resourceNotFound
		if i == 5 {
			want = limitExceeded // something would have to be kept for each of them
		}
		if got := list(fmt.Sprint("nowhere", i)); got.Type != want {
			t.Errorf("call %d answers %s: %s", i, got.Type, got.Message)
		}
	}
	if got := list("orders"); got.status != http.StatusOK {
		t.Errorf("a stream that is there is kept from its own limit: %+v", got)
	}
}

func TestAnOnDemandStreamRefusesWhatIsOverItsCapacity(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	handler := enforcing(t, s, nil)
	call(t, handler, "CreateStream", `{"StreamName":"events","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`)
	failed := 0.0
	for range 9 {
		failed += number(call(t, handler, "PutRecords", putOf("events", 500, 10, lastHashKey)).body["FailedRecordCount"])
	}
	if failed != 500 {
		t.Errorf("of 4,500 records in a second, all in one shard, %v are refused, want 500", failed)
	}
}

func TestReadingIsThrottledAsAWSDoesIt(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 1)
	meters := new(monitor.Account)
	handler := enforcing(t, s, meters)
	for range 12 { // 12 MiB
		if got := call(t, s.open(), "PutRecords", putOf("orders", 4, 256<<10, "0")); got.status != http.StatusOK {
			t.Fatalf("put: %+v", got)
		}
	}
	iterator := func() answer {
		return call(t, handler, "GetShardIterator", `{"StreamName":"orders","ShardId":"shardId-000000000000","ShardIteratorType":"TRIM_HORIZON"}`)
	}
	body := fmt.Sprintf(`{"ShardIterator":%q}`, iterator().body["ShardIterator"])
	if got := call(t, handler, "GetRecords", body); got.status != http.StatusOK || len(got.body["Records"].([]any)) != 40 {
		t.Fatalf("the first 10 MiB: %d", got.status)
	}
	throttled := func(when string) {
		t.Helper()
		got := call(t, handler, "GetRecords", body)
		if got.status != http.StatusBadRequest || got.Type != "ProvisionedThroughputExceededException" || got.Message != "Rate exceeded for Shard - 000000000000/orders/shardId-000000000000" {
			t.Errorf("%s: %d %s %s", when, got.status, got.Type, got.Message)
		}
	}
	throttled("at once")
	s.sleep(4900 * time.Millisecond)
	throttled("after 4.9 s")
	s.sleep(200 * time.Millisecond)
	if got := call(t, handler, "GetRecords", body); got.status != http.StatusOK {
		t.Errorf("after 5.1 s: %+v", got)
	}
	stream, err := s.store.Stream("orders")
	if err != nil {
		t.Fatal(err)
	}
	if n := meters.Find(stream).ReadProvisionedThroughputExceeded.Load(); n != 2 {
		t.Errorf("ReadProvisionedThroughputExceeded is %d, want 2", n)
	}
	s.sleep(time.Minute)
	for range 5 {
		if got := iterator(); got.status != http.StatusOK {
			t.Errorf("an iterator: %+v", got)
		}
	}
	if got := iterator(); got.Type != "ProvisionedThroughputExceededException" || got.Message != "Rate exceeded for shard shardId-000000000000 in stream orders under account 000000000000." {
		t.Errorf("the sixth iterator in a second: %+v", got)
	}
}

func TestCallsOverTheirRateAreRefusedAsAWSDoesIt(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 1)
	handler := enforcing(t, s, nil)
	fail := func(operation, body, message string) {
		t.Helper()
		if got := call(t, handler, operation, body); got.status != http.StatusBadRequest || got.Type != "LimitExceededException" || got.Message != message {
			t.Errorf("%s %s: %d %s %s", operation, body, got.status, got.Type, got.Message)
		}
	}
	ok := func(operation, body string) {
		t.Helper()
		if got := call(t, handler, operation, body); got.status != http.StatusOK {
			t.Errorf("%s %s: %+v", operation, body, got)
		}
	}
	for range 10 {
		ok("DescribeStream", `{"StreamName":"orders"}`)
	}
	fail("DescribeStream", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/orders"}`, "Rate exceeded for stream orders under account 000000000000.")
	for range 5 {
		ok("ListStreams", `{}`)
	}
	fail("ListStreams", `{}`, "Rate exceeded for account 000000000000.")
	s.sleep(time.Second)
	ok("ListStreams", `{}`)

	call(t, handler, "UpdateStreamMode", `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/orders","StreamModeDetails":{"StreamMode":"PROVISIONED"},"WarmThroughputMiBps":1}`) // fails, and does not count
	for i := range 2 {
		ok("UpdateStreamMode", fmt.Sprintf(`{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/orders","StreamModeDetails":{"StreamMode":%q}}`, []string{"ON_DEMAND", "PROVISIONED"}[i]))
	}
	mode := `{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/orders","StreamModeDetails":{"StreamMode":"ON_DEMAND"}}`
	fail("UpdateStreamMode", mode, "UpdateStreamMode can be called at most 2 times in 24 hours for stream orders under account 000000000000.")
	s.sleep(24 * time.Hour)
	ok("UpdateStreamMode", mode)

	ok("CreateStream", `{"StreamName":"a","ShardCount":10000}`)
	ok("CreateStream", `{"StreamName":"b","ShardCount":9990}`)
	fail("CreateStream", `{"StreamName":"c","ShardCount":11}`, "This request would exceed the shard limit for the account 000000000000 in us-east-1. "+
		"Current shard count for the account: 19990. Limit: 20000. Number of additional shards that would have resulted from this request: 11.")
	ok("CreateStream", `{"StreamName":"c","ShardCount":10}`)
}

func TestFewStreamsMayBeCreatingAtOnce(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.delay = time.Minute
	handler := enforcing(t, s, nil)
	for i := range 5 {
		if got := call(t, handler, "CreateStream", fmt.Sprintf(`{"StreamName":"s%d","ShardCount":1}`, i)); got.status != http.StatusOK {
			t.Fatalf("stream %d: %+v", i, got)
		}
	}
	s.sleep(10 * time.Second)
	sixth := `{"StreamName":"s5","ShardCount":1}`
	if got := call(t, handler, "CreateStream", sixth); got.Type != "LimitExceededException" ||
		got.Message != "This request would exceed the limit on the number of streams that can simultaneously be in CREATING or DELETING for the account 000000000000. Limit: 5." {
		t.Errorf("the sixth: %+v", got)
	}
	s.sleep(time.Minute)
	if got := call(t, handler, "CreateStream", sixth); got.status != http.StatusOK {
		t.Errorf("a minute later: %+v", got)
	}
}

// TestEnforcingIsNoFaultOfOurs sends every operation requests that name little,
// until its rate is over.
func TestEnforcingIsNoFaultOfOurs(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := enforcing(t, s, nil)
	for _, operation := range New(Config{}).Service().Operations {
		for _, body := range []string{`{}`, `{"StreamName":"events"}`, `{"StreamName":"nowhere"}`,
			`{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events"}`, `{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/events/consumer/c:1"}`} {
			for range 6 {
				if got := call(t, handler, operation.Name, body); got.status >= 500 {
					t.Errorf("%s %s: %+v", operation.Name, body, got)
				}
			}
		}
	}
}

// TestTheSDKsRetriesLoseNothing puts ten times what a shard takes in a second.
// The SDK backs off by the test's clock.
func TestTheSDKsRetriesLoseNothing(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("orders", 1)
	server := httptest.NewServer(enforcing(t, s, nil))
	defer server.Close()
	waits := 0
	backOff := retry.BackoffDelayerFunc(func(attempt int, err error) (time.Duration, error) {
		waits++
		s.sleep(100 * time.Millisecond << attempt)
		return 0, nil
	})
	client := sdk.New(sdk.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: keys("any", "any"), HTTPClient: awstest.NewTransport(t),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.Backoff, o.RateLimiter = 10, backOff, noLimit{}
		}),
	})
	var sent []string
	name := aws.String("orders")
	for i := range 10 { // PutRecord: the SDK sees an error, and repeats the call
		text := fmt.Sprint("one ", i)
		data := append([]byte(text), make([]byte, 400<<10)...)
		if _, err := client.PutRecord(t.Context(), &sdk.PutRecordInput{StreamName: name, Data: data, PartitionKey: aws.String("k")}); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, text)
	}
	if waits == 0 {
		t.Error("PutRecord was never throttled")
	}
	refused := 0
	var left []types.PutRecordsRequestEntry
	for i := range 5000 {
		text := fmt.Sprint("many ", i)
		left = append(left, types.PutRecordsRequestEntry{Data: []byte(text), PartitionKey: aws.String("k")})
		sent = append(sent, text)
	}
	for range 100 { // PutRecords: the producer repeats the records that failed
		if len(left) == 0 {
			break
		}
		batch := left[:min(len(left), 500)]
		out, err := client.PutRecords(t.Context(), &sdk.PutRecordsInput{StreamName: name, Records: batch})
		if err != nil {
			t.Fatal(err)
		}
		var again []types.PutRecordsRequestEntry
		for i, record := range out.Records {
			if record.ErrorCode != nil {
				again = append(again, batch[i])
			}
		}
		if len(again) != int(*out.FailedRecordCount) {
			t.Errorf("FailedRecordCount %d with %d failed records", *out.FailedRecordCount, len(again))
		}
		if refused += len(again); len(again) > 0 {
			s.sleep(300 * time.Millisecond)
		}
		left = append(left[len(batch):len(left):len(left)], again...)
	}
	if refused == 0 || len(left) > 0 {
		t.Errorf("%d records were refused, %d are left", refused, len(left))
	}
	seen := map[string]int{}
	for _, record := range readShard(t, s, "orders", "shardId-000000000000") {
		seen[strings.TrimRight(string(record.Data), "\x00")]++
	}
	for _, text := range sent {
		if seen[text] != 1 {
			t.Errorf("%q is there %d times", text, seen[text])
		}
	}
	if len(seen) != len(sent) {
		t.Errorf("%d different records are there, %d were sent", len(seen), len(sent))
	}
}

// noLimit lets the SDK retry as often as it is told to.
type noLimit struct{}

func (noLimit) GetToken(context.Context, uint) (func() error, error) { return nop, nil }
func (noLimit) AddTokens(uint) error                                 { return nil }
func nop() error                                                     { return nil }

// ticking is a handler that lets the test's clock go on with each request.
func (s *testService) ticking(handler http.Handler, d time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.sleep(d)
		handler.ServeHTTP(w, r)
	})
}

func TestBotoBacksOffAndLosesNothing(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("boto", 1)
	server := httptest.NewServer(s.ticking(enforcing(t, s, nil), 300*time.Millisecond))
	defer server.Close()
	awstest.Boto(t, "testdata/throttle.py", server.URL, "any", "any")
	seen := map[string]int{}
	for _, record := range readShard(t, s, "boto", "shardId-000000000000") {
		seen[strings.TrimRight(string(record.Data), "\x00")]++
	}
	for i := range 2005 {
		if seen[fmt.Sprint(i)] != 1 {
			t.Errorf("record %d is there %d times", i, seen[fmt.Sprint(i)])
		}
	}
}

func TestTheAWSCommandLineShowsThrottling(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	handler := enforcing(t, s, nil)
	server := httptest.NewServer(handler)
	defer server.Close()
	if got := call(t, handler, "PutRecords", putOf("events", 16, 1<<16, "0")); number(got.body["FailedRecordCount"]) != 0 {
		t.Fatalf("a MiB is refused: %+v", got)
	}
	cli := awstest.NewCLI(t, server.URL, "any", "any")
	put := []string{"kinesis", "put-record", "--stream-name", "events", "--partition-key", "k", "--data", "YQ=="}
	_, complaint := cli.Run(put...)
	for _, want := range []string{"An error occurred (ProvisionedThroughputExceededException) when calling the PutRecord operation",
		"Rate exceeded for shard shardId-000000000000 in stream events under account 000000000000."} {
		if !strings.Contains(complaint, want) {
			t.Errorf("into a full shard: %s", complaint)
		}
	}
	s.sleep(time.Second)
	cli.OK(nil, put...)
}
