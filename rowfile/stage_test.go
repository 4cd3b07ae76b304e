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
	for record, want := range map[string]string{
		"{\"a\":\r\n1}": `{"a":  1}`, "nonsense": "", "\n { \n } ": `  {   } `, " {\t\"b\":\"\\n\"}\n": " {\t\"b\":\"\\n\"} ",
		// What is no plain text keeps its own, as text.
		`{"a":1.10,"b":[1, "x\n"],"c":-0,"d":{"e":1e5}}`: `{"a":"1.10","b":"[1, \"x\\n\"]","c":"-0","d":"{\"e\":1e5}"}`,
		`{"a":18446744073709551615,"b":1e400}`:           `{"a":"18446744073709551615","b":"1e400"}`,
		// One spelling for a name; a second value, and what is no name, is kept beside.
		`{"userId":1}`: `{"userid":1}`, `{"userId":1,"userid":2,"USERID":3}`: `{"userid":2,"leat_rest":"{\"userId\":1,\"USERID\":3}"}`,
		`{"a":1,"":2,"\u0061":3,"leat_rest":4}`: `{"a":1,"leat_rest":"{\"\":2,\"\\u0061\":3,\"leat_rest\":4}"}`,
		`{"a\"b":1}`:                            `{"a\"b":1}`,
	} {
		var l Lines
		l.Configure(Fields{Max: 100})
		if want != "" {
			want += "\n"
		}
		line, fault := l.Line([]byte(record))
		if string(line) != want || (fault != nil) != (want == "") {
			t.Errorf("%q: got %q, %v, want %q", record, line, fault, want)
		}
		line = bytes.Clone(line)
		numbered, fault := l.NumberedLine(7, []byte(record))
		var with, without map[string]any
		if fault == nil && (json.Unmarshal(line, &without) != nil || json.Unmarshal(numbered, &with) != nil) {
			t.Errorf("%q: got %q and %q", record, line, numbered)
		}
		if delete(with, RowField); !cmp.Equal(with, without) {
			t.Errorf("%q: got %q and %q", record, line, numbered)
		}
	}
}

// Fields beyond those that may be columns are together in one, but not those
// that are named; where columns are given, others are left out.
func TestWidthIsBounded(t *testing.T) {
	var l Lines
	l.Configure(Fields{Max: 2, Named: []string{"Z"}, Known: []string{"old"}})
	for record, want := range map[string]string{
		`{"a":1,"b":2,"c":[3],"z":4}`: `{"a":1,"z":4,"leat_rest":"{\"b\":2,\"c\":[3]}"}`,
	} {
		if line, fault := l.Line([]byte(record)); fault != nil || string(line) != want+"\n" {
			t.Errorf("%s: got %s, %v", record, line, fault)
		}
	}
	l.Configure(Fields{Only: true, Known: []string{"Id", "doc"}, Raw: []string{"doc"}})
	for record, want := range map[string]string{
		`{"id":1,"doc":"x","other":[1]}`: `{"Id":1,"doc":"\"x\""}`, `{"Id":1,"ID":2}`: `{"Id":1}`, `{"ID":2,"Id":1}`: `{"Id":1}`,
	} {
		if line, fault := l.Line([]byte(record)); fault != nil || string(line) != want+"\n" {
			t.Errorf("%s: got %s, %v", record, line, fault)
		}
	}
	if _, fault := l.Line([]byte(`{"ID":1,"iD":2}`)); fault == nil || !strings.Contains(fault.Reason, "twice") {
		t.Errorf("got %v", fault)
	}
}

func TestExpectedKindsAreKept(t *testing.T) {
	var s Scanner
	s.Configure(Fields{Only: true, Known: []string{"n"}})
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
