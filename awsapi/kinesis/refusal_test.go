package kinesis

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strings"
	"testing"

	"leat/vfs"

	"github.com/google/go-cmp/cmp"
)

// refusing is a handler whose gate refuses records by their stream.
func refusing(t *testing.T, s *testService) http.Handler {
	t.Helper()
	const throttled = "ProvisionedThroughputExceededException"
	return s.with(t, Config{
		Refuse: func(_ context.Context, operation, stream string, records int, refuse func(int, string, string)) error {
			switch {
			case stream == "closed":
				return errors.New("all of it")
			case operation == "PutRecord":
				refuse(0, throttled, "one\"")
			default:
				refuse(1, internalFailure, "Internal service failure.")
				refuse(1, throttled, "the first refusal stands")
				if records > 3 {
					refuse(3, throttled, "Rate exceeded")
				}
			}
			return nil
		},
	})
}

func TestRefusedRecordsAreAnsweredAndTheOthersStored(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	handler := refusing(t, s)
	encodings := map[string]func(operation, body string) answer{
		"JSON": func(operation, body string) answer { return call(t, handler, operation, body) },
		"the ordinary way": func(operation, body string) answer {
			return call(t, handler, operation, body[:len(body)-1]+`,"Unknown":1}`)
		},
		"CBOR": func(operation, body string) answer { return callCBOR(t, handler, operation, inCBOR(t, body)) },
	}
	for name, send := range encodings {
		stream := strings.ReplaceAll(name, " ", "-")
		s.create(stream, 1)
		got := send("PutRecords", `{"StreamName":"`+stream+`","Records":[{"Data":"MA==","PartitionKey":"0"},{"Data":"MQ==","PartitionKey":"1"},`+
			`{"Data":"Mg==","PartitionKey":"2"},{"Data":"Mw==","PartitionKey":"3"},{"Data":"NA==","PartitionKey":"4"}]}`)
		if got.status != http.StatusOK {
			t.Fatalf("%s: %+v", name, got)
		}
		var sequences []string
		for i, record := range got.body["Records"].([]any) {
			record := record.(map[string]any)
			var want map[string]any
			switch i {
			case 1:
				want = map[string]any{"ErrorCode": "InternalFailure", "ErrorMessage": "Internal service failure."}
			case 3:
				want = map[string]any{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded"}
			default:
				sequences = append(sequences, record["SequenceNumber"].(string))
				want = map[string]any{"SequenceNumber": record["SequenceNumber"], "ShardId": "shardId-000000000000"}
			}
			if diff := cmp.Diff(want, record); diff != "" {
				t.Errorf("%s, record %d (-want +got):\n%s", name, i, diff)
			}
		}
		if failed := number(got.body["FailedRecordCount"]); failed != 2 {
			t.Errorf("%s: FailedRecordCount is %v", name, failed)
		}
		var stored, numbers []string
		for _, record := range readShard(t, s, stream, "shardId-000000000000") {
			stored, numbers = append(stored, string(record.Data)), append(numbers, *record.SequenceNumber)
		}
		if diff := cmp.Diff([]string{"0", "2", "4"}, stored); diff != "" {
			t.Errorf("%s: stored (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(numbers, sequences); diff != "" {
			t.Errorf("%s: sequence numbers (-stored +answered):\n%s", name, diff)
		}
		got = send("PutRecord", `{"StreamName":"`+stream+`","Data":"MA==","PartitionKey":"0"}`)
		if got.status != http.StatusBadRequest || got.Type != "ProvisionedThroughputExceededException" || got.Message != `one"` {
			t.Errorf("%s: PutRecord answers %+v", name, got)
		}
		if n := len(readShard(t, s, stream, "shardId-000000000000")); n != 3 {
			t.Errorf("%s: %d records are stored", name, n)
		}
	}
	s.create("closed", 1)
	for name, send := range encodings {
		if got := send("PutRecord", `{"StreamName":"closed","Data":"MA==","PartitionKey":"0"}`); got.status != http.StatusInternalServerError {
			t.Errorf("%s: a call that is refused answers %+v", name, got)
		}
	}
	if n := len(readShard(t, s, "closed", "shardId-000000000000")); n != 0 {
		t.Errorf("%d records are stored of calls that were refused", n)
	}
}

func TestABatchForgetsItsRefusals(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	s.create("events", 1)
	body := `{"StreamName":"events","Records":[{"Data":"MA==","PartitionKey":"0"},{"Data":"MQ==","PartitionKey":"1"}]}`
	refused, plain := refusing(t, s), s.open()
	for range 20 { // the pool hands out the same batch again, mostly
		if got := call(t, refused, "PutRecords", body); number(got.body["FailedRecordCount"]) != 1 {
			t.Fatalf("refused: %+v", got)
		}
		if got := call(t, plain, "PutRecords", body); number(got.body["FailedRecordCount"]) != 0 || len(got.body["Records"].([]any)) != 2 {
			t.Fatalf("not refused: %+v", got)
		}
	}
}

// number is a number of an answer in JSON or CBOR.
func number(value any) float64 {
	switch value := value.(type) {
	case float64:
		return value
	case int64:
		return float64(value)
	case json.Number:
		n, _ := value.Float64()
		return n
	}
	return math.NaN()
}
