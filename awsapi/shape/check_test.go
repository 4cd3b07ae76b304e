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
	got, err := request.Check(tree(t, `{"StreamName":"ab","Limit":7,"Kind":"B","When":1700000000.25,"On":true,"Data":"AQID",
		"Query":"SELECT\n1","Line":"x y","Records":[{"Data":"","PartitionKey":"k"}],"Tags":{"a":"b"},"Unknown":{"x":[null]},"Other":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Object{
		"StreamName": "ab", "Limit": int64(7), "Kind": "B", "When": time.UnixMilli(1700000000250).UTC(), "On": true,
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
		{`{"StreamName":"a","Data":"AAAAAAA="}`, "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 4"},
		{`{"StreamName":"a","Query":" \n "}`, `1 validation error detected: Value ' ` + "\n" + ` ' at 'query' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?!\s*$).+`},
		{`{"StreamName":"a","Line":"a\nb"}`, "1 validation error detected: Value 'a\nb' at 'line' failed to satisfy constraint: Member must satisfy regular expression pattern: " + NotBlank},
		{`{"StreamName":"a","Records":[]}`, "1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"},
		{`{"StreamName":"a","Records":[{"Data":"","PartitionKey":"k"},{"Data":"","PartitionKey":"k"},{"PartitionKey":"kkkk"}]}`,
			"3 validation errors detected: Value at 'records' failed to satisfy constraint: Member must have length less than or equal to 2; " +
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

func TestWrongTypesAreSaidInAWSsWords(t *testing.T) {
	const list, structure = "Start of list found where not expected", "Start of structure or map found where not expected."
	for text, want := range map[string]string{
		`[]`: list, `"x"`: "Expected null",
		`{"StreamName":1}`:                           "NUMBER_VALUE can not be converted to a String",
		`{"StreamName":3.5}`:                         "NUMBER_VALUE can not be converted to a String",
		`{"StreamName":true}`:                        "TRUE_VALUE can not be converted to a String",
		`{"StreamName":false}`:                       "FALSE_VALUE can not be converted to a String",
		`{"StreamName":[]}`:                          list,
		`{"StreamName":{}}`:                          structure,
		`{"StreamName":"a","Limit":"7"}`:             "STRING_VALUE can not be converted to an Integer",
		`{"StreamName":"a","Limit":true}`:            "TRUE_VALUE can not be converted to an Integer",
		`{"StreamName":"a","Limit":1e400}`:           "NUMBER_VALUE can not be converted to an Integer",
		`{"StreamName":"a","Limit":1e30}`:            "NUMBER_VALUE can not be converted to an Integer",
		`{"StreamName":"a","Limit":{}}`:              structure,
		`{"StreamName":"a","On":"true"}`:             "STRING_VALUE can not be converted to a Boolean",
		`{"StreamName":"a","On":1}`:                  "NUMBER_VALUE can not be converted to a Boolean",
		`{"StreamName":"a","On":[]}`:                 list,
		`{"StreamName":"a","When":"now"}`:            "STRING_VALUE can not be converted to milliseconds since epoch",
		`{"StreamName":"a","When":false}`:            "FALSE_VALUE can not be converted to milliseconds since epoch",
		`{"StreamName":"a","When":1e300}`:            "NUMBER_VALUE can not be converted to milliseconds since epoch",
		`{"StreamName":"a","Data":5}`:                "NUMBER_VALUE can not be converted to a Blob",
		`{"StreamName":"a","Data":true}`:             "TRUE_VALUE can not be converted to a Blob",
		`{"StreamName":"a","Data":"Foo"}`:            "'Foo' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 3",
		`{"StreamName":"a","Data":"=+/="}`:           "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='",
		`{"StreamName":"a","Data":"AA=A"}`:           "'AA=A' can not be converted to a Blob: Invalid Base64 character: '='",
		`{"StreamName":"a","Data":"A_-="}`:           "'A_-=' can not be converted to a Blob: Invalid Base64 character: '_'",
		`{"StreamName":"a","Data":"+/+="}`:           "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected",
		`{"StreamName":"a","Data":"AB=="}`:           "'AB==' can not be converted to a Blob: Invalid last non-pad Base64 character dectected",
		`{"StreamName":"a","Data":"===="}`:           "'====' can not be converted to a Blob: Invalid last non-pad Base64 character dectected",
		`{"StreamName":"a","Data":"AA\n\n=="}`:       "'AA\n\n==' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 6",
		`{"StreamName":"a","Data":"AA\n\r\n\r=="}`:   "'AA\n\r\n\r==' can not be converted to a Blob: Invalid Base64 character: '\n'",
		`{"StreamName":"a","Records":{}}`:            structure,
		`{"StreamName":"a","Records":"x"}`:           "Expected list or null",
		`{"StreamName":"a","Records":true}`:          "Expected list or null",
		`{"StreamName":"a","Records":["x"]}`:         "Expected null",
		`{"StreamName":"a","Records":[[]]}`:          list,
		`{"StreamName":"a","Records":[{"Data":23}]}`: "NUMBER_VALUE can not be converted to a Blob",
		`{"StreamName":"a","Keys":5}`:                "Expected list or null",
		`{"StreamName":"a","Keys":[false]}`:          "FALSE_VALUE can not be converted to a String",
		`{"StreamName":"a","Tags":[]}`:               list,
		`{"StreamName":"a","Tags":"x"}`:              "Expected map or null",
		`{"StreamName":"a","Tags":34.56}`:            "Expected map or null",
		`{"StreamName":"a","Tags":{"a":1}}`:          "NUMBER_VALUE can not be converted to a String",
	} {
		_, err := request.Check(tree(t, text))
		var typeError *TypeError
		if !errors.As(err, &typeError) || typeError.Message != want {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestFractionsOfWholeNumbersAreCutOff(t *testing.T) {
	got, err := request.Check(tree(t, `{"StreamName":"a","Limit":7.9}`))
	if err != nil || got.Int("Limit", 0) != 7 {
		t.Errorf("got %v, %v", got, err)
	}
}
