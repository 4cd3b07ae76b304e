package objectkey

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"leat"
)

var batch = Batch{
	ID:      uuid.MustParse("0b8f1f3e-6f43-4dd5-a0b9-5c3f3ce4cd5a"),
	Version: 3,
	Oldest:  time.Date(2024, 3, 17, 9, 5, 7, 123456789, time.UTC),
}

func TestObjectKeysFollowTheGrammar(t *testing.T) {
	const name = "clicks-3-2024-03-17-09-05-07-0b8f1f3e-6f43-4dd5-a0b9-5c3f3ce4cd5a"
	for _, c := range []struct {
		what, prefix, failed, zone, extension string
		want                                  string
	}{
		{what: "no prefix", want: "2024/03/17/09/" + name},
		{what: "plain prefix without slash", prefix: "events", want: "events2024/03/17/09/" + name},
		{what: "plain prefix", prefix: "events/", extension: ".gz", want: "events/2024/03/17/09/" + name + ".gz"},
		{what: "timestamp", prefix: "y=!{timestamp:yyyy}/d=!{timestamp:dd}/", failed: "e/!{firehose:error-output-type}/", want: "y=2024/d=17/" + name},
		{what: "time zone", prefix: "!{timestamp:yyyy-MM-dd'T'HH:mm:ss.SSSXXX}/", failed: "e", zone: "Asia/Kolkata",
			want: "2024-03-17T14:35:07.123+05:30/clicks-3-2024-03-17-14-35-07-0b8f1f3e-6f43-4dd5-a0b9-5c3f3ce4cd5a"},
		{what: "random string keeps the hour", prefix: "!{firehose:random-string}/", failed: "e", want: "RANDOM/2024/03/17/09/" + name},
		{what: "quotes", prefix: "!{timestamp:'year='yyyy'/it''s}/'}x", failed: "e", want: "year=2024/it's}/x" + name},
	} {
		t.Run(c.what, func(t *testing.T) {
			keys, err := Compile(Settings{Stream: "clicks", Prefix: c.prefix, ErrorPrefix: c.failed, TimeZone: c.zone, Extension: c.extension})
			if err != nil {
				t.Fatal(err)
			}
			got := keys.Object(batch, Partition{})
			if want, random := strings.CutPrefix(c.want, "RANDOM"); random {
				if !regexp.MustCompile("^[a-zA-Z0-9]{11}" + regexp.QuoteMeta(want) + "$").MatchString(got) {
					t.Errorf("got %q, want 11 random characters and %q", got, want)
				}
				return
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestErrorKeysNameTheKindOfError(t *testing.T) {
	for _, c := range []struct{ what, prefix, failed, want string }{
		{"default is beside the prefix", "events/", "", "events/processing-failed/2024/03/17/09/clicks-3-"},
		{"plain error prefix", "events/", "bad/", "bad/processing-failed/2024/03/17/09/clicks-3-"},
		{"with expression", "events/", "bad/!{firehose:error-output-type}/", "bad/processing-failed/2024/03/17/09/clicks-3-"},
		{"with time", "a/!{timestamp:yyyy}/", "bad/!{timestamp:dd}/!{firehose:error-output-type}/", "bad/17/processing-failed/clicks-3-"},
	} {
		t.Run(c.what, func(t *testing.T) {
			keys, err := Compile(Settings{Stream: "clicks", Prefix: c.prefix, ErrorPrefix: c.failed, Extension: ".parquet"})
			if err != nil {
				t.Fatal(err)
			}
			got := keys.Errors(batch, "processing-failed")
			if !strings.HasPrefix(got, c.want) || strings.HasSuffix(got, ".parquet") {
				t.Errorf("got %q, want it to start with %q, without the data's extension", got, c.want)
			}
		})
	}
}

func TestPartitionsHaveKeysOfTheirOwn(t *testing.T) {
	keys, err := Compile(Settings{Stream: "lake", ErrorPrefix: "bad/",
		Prefix: "event_type=!{partitionKeyFromQuery:event_type}/created_date=!{partitionKeyFromQuery:created_date}/"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"event_type", "created_date"}, keys.Columns()); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, values := range [][]string{{"a", "b"}, {"a", "c"}, {"b", "b"}} {
		for part := range 2 {
			p := Partition{Values: values, Part: part}
			key := keys.Object(batch, p)
			if want := "event_type=" + values[0] + "/created_date=" + values[1] + "/lake-3-2024-03-17-09-05-07-"; !strings.HasPrefix(key, want) {
				t.Errorf("got %q, want it to start with %q", key, want)
			}
			if again := keys.Object(batch, p); again != key {
				t.Errorf("the same object has two keys: %q and %q", key, again)
			}
			if name := key[strings.LastIndexByte(key, '/'):]; seen[name] {
				t.Errorf("two objects have the name %q", name)
			} else {
				seen[name] = true
			}
		}
	}
}

func TestWrongPrefixesAreRefused(t *testing.T) {
	for _, c := range []struct {
		what string
		s    Settings
		want string
		code leat.Code
	}{
		{"unclosed", Settings{Prefix: "a/!{timestamp:yyyy"}, "closing brace", leat.InvalidArgument},
		{"no namespace", Settings{Prefix: "!{yyyy}"}, "namespace:value", leat.InvalidArgument},
		{"empty value", Settings{Prefix: "!{timestamp:}"}, "namespace:value", leat.InvalidArgument},
		{"unknown namespace", Settings{Prefix: "!{time:yyyy}"}, "namespaces are", leat.InvalidArgument},
		{"unknown letter", Settings{Prefix: "!{timestamp:yyyy/bb}"}, `'b'`, leat.InvalidArgument},
		{"week year", Settings{Prefix: "!{timestamp:YYYY}"}, `'Y'`, leat.InvalidArgument},
		{"unclosed quote", Settings{Prefix: "!{timestamp:'yyyy}"}, "quote", leat.InvalidArgument},
		{"lambda key", Settings{Prefix: "!{partitionKeyFromLambda:a}"}, "partitionKeyFromLambda", leat.Unsupported},
		{"error type in prefix", Settings{Prefix: "!{firehose:error-output-type}", ErrorPrefix: "e"}, "belongs in ErrorOutputPrefix", leat.InvalidArgument},
		{"expressions need an error prefix", Settings{Prefix: "!{timestamp:yyyy}/"}, "ErrorOutputPrefix must be given", leat.InvalidArgument},
		{"error prefix needs the type", Settings{Prefix: "a", ErrorPrefix: "!{timestamp:yyyy}/"}, "error-output-type", leat.InvalidArgument},
		{"keys in error prefix", Settings{Prefix: "a", ErrorPrefix: "!{firehose:error-output-type}/!{partitionKeyFromQuery:a}"}, "partition keys", leat.InvalidArgument},
		{"zone", Settings{TimeZone: "Mars/Olympus"}, "CustomTimeZone", leat.InvalidArgument},
		{"the machine's zone", Settings{TimeZone: "Local"}, "CustomTimeZone", leat.InvalidArgument},
		{"extension", Settings{Extension: "json"}, "FileExtension", leat.InvalidArgument},
		{"path in extension", Settings{Extension: "./../x"}, "FileExtension", leat.InvalidArgument},
		{"too long", Settings{Prefix: strings.Repeat("a", 513)}, "more than 512", leat.InvalidArgument},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := Compile(c.s)
			if err == nil || !strings.Contains(err.Error(), c.want) || leat.CodeOf(err) != c.code {
				t.Errorf("got %v (%s), want %s with %q", err, leat.CodeOf(err), c.code, c.want)
			}
		})
	}
}

func TestPatternsFormatAsJava(t *testing.T) {
	at := time.Date(2024, 3, 7, 0, 5, 7, 123456789, time.UTC)
	for pattern, want := range map[string]string{
		"yyyy/MM/dd/HH/": "2024/03/07/00/", "yy M d H m s": "24 3 7 0 5 7", "u": "2024", "MMM MMMM": "Mar March",
		"EEE EEEE": "Thu Thursday", "D DDD": "67 067", "h hh a": "12 12 AM", "k K": "24 0", "S SSS SSSSSSSSS": "1 123 123456789",
		"Q QQ": "1 01", "XXX X Z x": "Z Z +0000 +00", "z VV": "UTC UTC", "''": "'", "'o''clock'": "o'clock", "HH'h'": "00h", "é": "é",
	} {
		parsed, err := parsePattern(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got := string(parsed.format(nil, at)); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}

func TestPartitionValuesCannotLeaveTheirFolder(t *testing.T) {
	for value, want := range map[string]string{
		"": NoValue, "payment": "payment", "a/b": "a%2Fb", "..": "%2E%2E", "a=b": "a%3Db", "50%": "50%25", "a b": "a b", "ü": "ü", "x\x00y\n": "x%00y%0A", "2024-03-17 10:00": "2024-03-17 10%3A00",
	} {
		if got := EscapeValue(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("a/!{timestamp:yyyy}/!{partitionKeyFromQuery:x}/", "e/!{firehose:error-output-type}", "UTC")
	f.Add("!{timestamp:''''}", "!{", "Europe/Berlin")
	f.Fuzz(func(t *testing.T, prefix, failed, zone string) {
		keys, err := Compile(Settings{Stream: "s", Prefix: prefix, ErrorPrefix: failed, TimeZone: zone})
		if err != nil {
			return
		}
		p := Partition{Values: make([]string, len(keys.Columns()))}
		if a, b := keys.Object(batch, p), keys.Object(batch, p); a != b {
			t.Fatalf("one object, two keys: %q and %q", a, b)
		}
		keys.Errors(batch, "processing-failed")
	})
}
