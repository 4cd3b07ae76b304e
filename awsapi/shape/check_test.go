package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var request = Struct("Request",
	Required("StreamName", String(1, 8, `[a-z]+`)),
	Optional("Limit", Int(1, 100)),
	Optional("Kind", Enum("A", "B")),
	Optional("When", Time()),
	Optional("On", Bool()),
	Optional("Ratio", Float(0, 1)),
	Optional("Data", Bytes(4)),
	Optional("Query", NotBlankText(1, 20)),
	Optional("Line", String(1, 20, NotBlank)),
	Optional("Records", ListOf(1, 2, Struct("Entry",
		Required("Data", Bytes(4)), Required("PartitionKey", String(1, 3, ""))))),
	Optional("Keys", ListOf(1, 5, String(1, 3, ""))),
	Optional("Kinds", ListOf(1, 5, Enum("A", "B"))),
	Optional("Tags", MapOf(1, 2, String(1, 3, ""), String(0, 3, ""))),
)

func tree(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestWhatPassesHasGoTypes(t *testing.T) {
	got, err := request.Check(tree(t, `{"StreamName":"ab","Limit":7,"Kind":"B","When":1700000000.25,"On":true,"Ratio":0.5,"Data":"AQID",
		"Query":"SELECT\n1","Line":"x y","Records":[{"Data":"","PartitionKey":"k"}],"Tags":{"a":"b"},"Unknown":{"x":[null]},"Other":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Object{
		"StreamName": "ab", "Limit": int64(7), "Kind": "B", "When": time.UnixMilli(1700000000250).UTC(), "On": true, "Ratio": 0.5,
		"Data": []byte{1, 2, 3}, "Query": "SELECT\n1", "Line": "x y",
		"Records": []any{Object{"Data": []byte{}, "PartitionKey": "k"}},
		"Tags":    map[string]any{"a": "b"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(got.Bytes("Data"), []byte{1, 2, 3}) || got.Int("Limit", 9) != 7 || got.Int("Missing", 9) != 9 || got.Object("None").Text("x") != "" {
		t.Error("members are not read back")
	}
}

func TestViolationsAreReportedAsAWSReportsThem(t *testing.T) {
	for _, test := range []struct{ request, want string }{
		{`{}`, "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null"},
		{`{"StreamName":null}`, "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null"},
		{`{"StreamName":""}`, "2 validation errors detected: Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"},
		{`{"StreamName":"abcdefghi"}`, "1 validation error detected: Value 'abcdefghi' at 'streamName' failed to satisfy constraint: Member must have length less than or equal to 8"},
		{`{"StreamName":"a\nb"}`, "1 validation error detected: Value 'a\nb' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"},
		{`{"StreamName":"a","Limit":0}`, "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"},
		{`{"StreamName":"a","Limit":101,"Kind":"C"}`, "2 validation errors detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100; Value 'C' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]"},
		{`{"StreamName":"a","Data":"AAAAAAA="}`, "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=5 cap=5]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 4"},
		{`{"StreamName":"a","Query":" \n "}`, `1 validation error detected: Value ' ` + "\n" + ` ' at 'query' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?!\s*$).+`},
		{`{"StreamName":"a","Line":"a\nb"}`, "1 validation error detected: Value 'a\nb' at 'line' failed to satisfy constraint: Member must satisfy regular expression pattern: " + NotBlank},
		{`{"StreamName":"a","Records":[]}`, "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{`{"StreamName":"a","Records":[{"Data":"","PartitionKey":"k"},{"Data":"","PartitionKey":"k"},{"PartitionKey":"kkkk"}]}`,
			"3 validation errors detected: Value '[Entry, Entry, Entry]' at 'records' failed to satisfy constraint: Member must have length less than or equal to 2; " +
				"Value null at 'records.3.member.data' failed to satisfy constraint: Member must not be null; " +
				"Value 'kkkk' at 'records.3.member.partitionKey' failed to satisfy constraint: Member must have length less than or equal to 3"},
		{`{"StreamName":"a","Records":[null]}`, "1 validation error detected: Value null at 'records.1.member' failed to satisfy constraint: Member must not be null"},
		{`{"StreamName":"a","Tags":{"long":"b"}}`, "1 validation error detected: Value '{long=b}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]"},
		{`{"StreamName":"a","Tags":{"a":"long","":"b","c":null}}`, "4 validation errors detected: Value '{=b, a=long, c=null}' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2; " +
			"Value null at 'tags.c.member' failed to satisfy constraint: Member must not be null; " +
			"Value '{=b, a=long, c=null}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]; " +
			"Value '{=b, a=long, c=null}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 0]"},
		{`{"StreamName":"a","Keys":["a","long","b"]}`, "1 validation error detected: Value '[a, long, b]' at 'keys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]"},
		{`{"StreamName":"a","Kinds":["A","C"]}`, "1 validation error detected: Value '[A, C]' at 'kinds' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [A, B]]"},
		{`{"StreamName":"a","Ratio":1.5}`, "1 validation error detected: Value '1.5' at 'ratio' failed to satisfy constraint: Member must have value less than or equal to 1"},
	} {
		_, err := request.Check(tree(t, test.request))
		var violations Violations
		if !errors.As(err, &violations) {
			t.Errorf("%s: got %v, want violations", test.request, err)
		} else if diff := cmp.Diff(test.want, err.Error()); diff != "" {
			t.Errorf("%s: %s", test.request, diff)
		}
	}
}

func TestLengthsCountUTF16Units(t *testing.T) {
	three := Struct("", Optional("Key", String(1, 3, "")))
	for text, fits := range map[string]bool{"日本語": true, "日本語だ": false, "a😀": true, "😀😀": false} {
		_, err := three.Check(map[string]any{"Key": text})
		if (err == nil) != fits {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAtMostTenViolations(t *testing.T) {
	records := make([]any, 50)
	for i := range records {
		records[i] = map[string]any{}
	}
	_, err := request.Check(map[string]any{"Records": records})
	if err == nil || !strings.HasPrefix(err.Error(), "10 validation errors detected: ") {
		t.Errorf("got %v", err)
	}
}

func TestWrongTypesAreSerializationFaults(t *testing.T) {
	for _, text := range []string{
		`null`, `[]`, `"x"`, `{"StreamName":1}`, `{"StreamName":true}`, `{"StreamName":[]}`, `{"StreamName":{}}`,
		`{"StreamName":"a","Limit":"7"}`, `{"StreamName":"a","Limit":1e400}`, `{"StreamName":"a","Limit":1e30}`,
		`{"StreamName":"a","On":"true"}`, `{"StreamName":"a","When":"now"}`, `{"StreamName":"a","When":1e300}`,
		`{"StreamName":"a","Data":"A"}`, `{"StreamName":"a","Data":"AA=A"}`, `{"StreamName":"a","Data":"AB=="}`,
		`{"StreamName":"a","Data":"AA\n\n=="}`, `{"StreamName":"a","Data":"AA\n\r\n\r\n\r=="}`, `{"StreamName":"a","Data":5}`,
		`{"StreamName":"a","Records":{}}`, `{"StreamName":"a","Records":["x"]}`, `{"StreamName":"a","Tags":[]}`,
	} {
		_, err := request.Check(tree(t, text))
		var typeError *TypeError
		if !errors.As(err, &typeError) {
			t.Errorf("%s: got %v, want a TypeError", text, err)
		}
	}
}

func TestFractionsOfWholeNumbersAreCutOff(t *testing.T) {
	got, err := request.Check(tree(t, `{"StreamName":"a","Limit":7.9}`))
	if err != nil || got.Int("Limit", 0) != 7 {
		t.Errorf("got %v, %v", got, err)
	}
}
