package kinesis

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leat/awsapi"
	"leat/awsapi/awstest"
	"leat/vfs"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// FuzzRequests sends whole requests, head and body, to the API as it is without
// credentials and as it is with them: none is a fault of ours, and every answer
// can be read. Its corpus has a valid request of each operation, in both
// encodings, and all ways to sign one.
func FuzzRequests(f *testing.F) {
	s := newTestService(f, vfs.NewMem(), "streams")
	s.create("events", 2)
	tokens, err := awsapi.NewTokens(testKey)
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	key := aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "secret"}
	service := New(Config{Store: s.store, Tokens: tokens, Now: s.clock}).Service()
	guarded, err := awsapi.New(awsapi.Config{
		Services:    []awsapi.Service{service},
		Credentials: []awsapi.Credential{{AccessKeyID: key.AccessKeyID, Secret: key.SecretAccessKey}},
		Now:         func() time.Time { return at },
	})
	if err != nil {
		f.Fatal(err)
	}
	open, err := awsapi.New(awsapi.Config{Services: []awsapi.Service{service}})
	if err != nil {
		f.Fatal(err)
	}
	guarded.EndStreams() // subscriptions end at once
	open.EndStreams()
	forms := []awstest.RawForm{
		{}, {Chunks: true}, {Key: key, At: at}, {Key: key, At: at, Query: true}, {Key: key, At: at, Chunks: true},
	}
	for i, operation := range service.Operations {
		body := inJSON(valid(operation.Input, "events"))
		for _, form := range []awstest.RawForm{{}, forms[i%len(forms)]} {
			f.Add(form.Write(f, "kinesis", service.Target+"."+operation.Name, "application/x-amz-json-1.1", body))
			f.Add(form.Write(f, "kinesis", service.Target+"."+operation.Name, cborType, inCBOR(f, string(body))))
		}
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		for _, handler := range []http.Handler{open, guarded} {
			awstest.Raw(t, handler, request)
		}
		s.deleteAbove(t, 20)
	})
}

// FuzzOperations sends any body to any operation: none is a fault of ours.
func FuzzOperations(f *testing.F) {
	s := newTestService(f, vfs.NewMem(), "streams")
	s.create("events", 2)
	handler := s.open()
	handler.(*awsapi.Handler).EndStreams() // subscriptions end at once
	operations := New(Config{}).Service().Operations
	iterator := call(f, handler, "GetShardIterator", `{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"LATEST"}`).body["ShardIterator"].(string)
	for _, body := range []string{
		`{"StreamName":"events"}`, `{"StreamName":"events","Limit":1,"ExclusiveStartShardId":"shardId-000000000001"}`,
		`{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AT_TIMESTAMP","Timestamp":-1e11}`,
		`{"StreamName":"events","ShardId":"shardId-000000000000","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","StartingSequenceNumber":"49000000000000000000000000000000000000000000000000000000"}`,
		`{"StreamName":"events","ShardFilter":{"Type":"AT_TIMESTAMP","Timestamp":0}}`, `{"ShardIterator":"` + iterator + `","Limit":10}`,
		`{"StreamName":"events","RetentionPeriodHours":25}`, `{"Limit":1}`,
		`{"StreamName":"events","Data":"YQ==","PartitionKey":"k"}`, `{"StreamName":"events","Records":[{"Data":"YQ==","PartitionKey":"k"}]}`,
	} {
		for i := range operations {
			f.Add(uint8(i), body)
			f.Add(uint8(i), string(inCBOR(f, body)))
		}
	}
	for i, operation := range operations {
		f.Add(uint8(i), string(inJSON(valid(operation.Input, "events"))))
	}
	f.Fuzz(func(t *testing.T, i uint8, body string) {
		for _, media := range []string{"application/x-amz-json-1.1", cborType} {
			r := httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
			r.Header.Set("Content-Type", media)
			r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operations[int(i)%len(operations)].Name)
			awstest.Send(t, handler, r, []byte(body))
		}
		s.deleteAbove(t, 20)
	})
}

// deleteAbove deletes all streams when there are more than n, so that fuzzing
// goes on with little.
func (s *testService) deleteAbove(t *testing.T, n int) {
	t.Helper()
	names := s.store.Names()
	if len(names) <= n {
		return
	}
	for _, name := range names {
		if err := s.store.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
}
