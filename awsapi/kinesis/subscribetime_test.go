package kinesis

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"leat/awsapi"
	"leat/awsapi/awstest"
	"leat/shardlog"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// serviceInMemory is a service whose sockets are in memory too, for tests with
// the clock of testing/synctest.
func serviceInMemory(t *testing.T) *testService {
	store, err := shardlog.Open(shardlog.Config{FS: vfs.NewMem(), Dir: "streams"})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := awsapi.NewTokens(testKey)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := awsapi.New(awsapi.Config{Services: []awsapi.Service{New(Config{Store: store, Tokens: tokens}).Service()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	transport := awstest.NewTransportOf(t, &http.Transport{DialContext: awstest.ServeInMemory(t, handler)})
	return &testService{t: t, url: "http://localhost", over: transport}
}

func TestAnIdleSubscriptionHasAnEventEveryFiveSecondsForFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serviceInMemory(t)
		s.create("events", 1)
		arn := s.register("events", "app")
		began := time.Now()
		sub := s.subscribe(arn, 0, fromHorizon)
		for i := range 60 {
			if !sub.event() || len(sub.last.Records) != 0 || *sub.last.MillisBehindLatest != 0 || aws.ToString(sub.last.ContinuationSequenceNumber) == "" {
				t.Fatalf("event %d: %+v, %v", i, sub.last, sub.stream.Err())
			}
			if at := time.Since(began); at != time.Duration(i)*idleEventTime {
				t.Errorf("event %d came after %v", i, at)
			}
		}
		if err := sub.end(); err != nil {
			t.Errorf("subscription ended with %v", err)
		}
		if took := time.Since(began); took != subscriptionTime {
			t.Errorf("subscription took %v", took)
		}
		// It can be gone on with at once.
		s.put("events", "k", "between")
		from := fromHorizon
		from.Type, from.SequenceNumber = "AFTER_SEQUENCE_NUMBER", sub.last.ContinuationSequenceNumber
		if got := s.subscribe(arn, 0, from).records(1); got[0] != "between" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRecordsPutOffTheIdleEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serviceInMemory(t)
		s.create("events", 1)
		sub := s.subscribe(s.register("events", "app"), 0, fromHorizon)
		sub.event()
		for range 3 {
			time.Sleep(idleEventTime - time.Second)
			s.put("events", "k", "a record")
			began := time.Now()
			if !sub.event() || len(sub.last.Records) != 1 || time.Since(began) != 0 {
				t.Errorf("after %v event %+v", time.Since(began), sub.last)
			}
		}
	})
}
