package rowfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
)

func TestGoodRecordsBecomeLines(t *testing.T) {
	var l Lines
	for record, want := range map[string][2]string{
		"{\"a\":\r\n1}":        {"{\"a\":  1}\n", "{\"leat_row\":7,\"a\":  1}\n"},
		"nonsense":             {},
		"\n { \n } ":           {"  {   } \n", "{\"leat_row\":7   } \n"},
		" {\t\"b\":\"\\n\"}\n": {" {\t\"b\":\"\\n\"} \n", "{\"leat_row\":7,\t\"b\":\"\\n\"} \n"},
	} {
		line, fault := l.Line([]byte(record))
		if string(line) != want[0] || (fault != nil) != (want[0] == "") {
			t.Errorf("%q: got %q, %v, want %q", record, line, fault, want[0])
		}
		line, fault = l.NumberedLine(7, []byte(record))
		if string(line) != want[1] || (fault != nil) != (want[1] == "") {
			t.Errorf("%q, numbered: got %q, %v, want %q", record, line, fault, want[1])
		}
	}
}

func TestExpectedKindsAreKept(t *testing.T) {
	var s Scanner
	s.Expect("n", Expect{Kinds: 1<<Null | 1<<Int, Type: "bigint"})
	for record, want := range map[string]string{
		`{"n":1}`: "", `{"n":null}`: "", `{}`: "", `{"m":"x"}`: "",
		`{"n":1.5}`: `the field "n" is a number, not bigint`, `{"n":"x"}`: `the field "n" is text, not bigint`, `{"n":[]}`: `the field "n" is an array, not bigint`,
	} {
		got := ""
		if fault := s.Scan([]byte(record)); fault != nil {
			got = fault.Reason
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", record, got, want)
		}
	}
}

func TestFailuresHaveFirehosesForm(t *testing.T) {
	f := Failure{
		Record: leat.Record{Shard: 7, Sequence: leat.Sequence{Created: 1, Ordinal: 2, Shard: 7}, Subsequence: 5, Arrival: 1710666307123, PartitionKey: []byte("k\"\xff"), Data: []byte("\x00bad\n")},
		Code:   "DataFormatConversion.MalformedData", Message: "a \"quoted\" reason", At: time.UnixMilli(1710666400000),
	}
	for kind, prefix := range map[string]string{"format-conversion-failed": "lastError", "processing-failed": "error"} {
		line := AppendFailure(nil, kind, f)
		if bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Errorf("%q is not one line", line)
		}
		var got map[string]any
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		want := map[string]any{
			"attemptsMade": 1.0, "arrivalTimestamp": 1710666307123.0, prefix + "Code": f.Code, prefix + "Message": f.Message,
			"attemptEndingTimestamp": 1710666400000.0, "rawData": base64.StdEncoding.EncodeToString(f.Record.Data),
			"sequenceNumber": f.Record.Sequence.String(), "subSequenceNumber": 5.0, "shardId": "shardId-000000000007", "partitionKey": "k\"�",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(kind, strings.TrimSpace(diff))
		}
	}
}
