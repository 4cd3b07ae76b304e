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

func TestStageWritesGoodRecordsAsLines(t *testing.T) {
	var plain, numbered bytes.Buffer
	stages := []*Stage{NewStage(&plain, false), NewStage(&numbered, true)}
	for _, s := range stages {
		for i, record := range []string{"{\"a\":\r\n1}", "nonsense", "\n { \n } ", " {\t\"b\":2}\n"} {
			fault, err := s.Add(uint64(i), []byte(record))
			if err != nil || (fault != nil) != (i == 1) {
				t.Errorf("%q: %v, %v", record, fault, err)
			}
		}
		if err := s.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff("{\"a\":  1}\n  {   } \n {\t\"b\":2} \n", plain.String()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("{\"leat_row\":0,\"a\":  1}\n{\"leat_row\":2   } \n{\"leat_row\":3,\t\"b\":2} \n", numbered.String()); diff != "" {
		t.Error(diff)
	}
	if s := stages[0]; s.Lines() != 3 || s.Bytes() != uint64(plain.Len()) || s.Longest() != 11 {
		t.Errorf("%d lines, %d bytes of %d, longest %d", s.Lines(), s.Bytes(), plain.Len(), s.Longest())
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
		Record: leat.Record{Shard: 7, Sequence: leat.Sequence{Created: 1, Ordinal: 2, Shard: 7}, Arrival: 1710666307123, PartitionKey: []byte("k\"\xff"), Data: []byte("\x00bad\n")},
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
			"sequenceNumber": f.Record.Sequence.String(), "shardId": "shardId-000000000007", "partitionKey": "k\"�",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(kind, strings.TrimSpace(diff))
		}
	}
}
