package rowfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScannerTellsGoodRecordsFromBad(t *testing.T) {
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}" }
	for _, good := range []string{
		`{}`, ` { } `, "{\n\"a\"\t:\r1 , \"b\" : [ ] }\n", `{"a":"x\n\"\\\/\b\f\r\t\u00e9\ud83d\ude00"}`, `{"ü":"😀"}`, `{"a":{"a":1,"a":2}}`,
		`{"a":[1,-0,0.5,1e5,-1.25E-7,12345678901234567890123]}`, `{"a":true,"b":false,"c":null}`, deep(maxDepth - 1), `{"a":1e-999}`,
		`{"a":"` + strings.Repeat("long ", 1000) + `"}`,
		`{"a":1e999}`, `{"a":-1` + strings.Repeat("0", 400) + `}`, `{"a":1,"b":2,"a":3}`, `{"a":1,"\u0061":3}`, `{"":1}`, `{"\u0000":1}`,
	} {
		var s Scanner
		if fault := s.Scan([]byte(good)); fault != nil {
			t.Errorf("%.60s: %s at %d", good, fault.Reason, fault.Offset)
		}
		if !json.Valid([]byte(good)) {
			t.Errorf("%.60s: the test is wrong", good)
		}
	}
	for _, c := range []struct{ bad, reason string }{
		{"", "empty"}, {"  \n", "empty"}, {"[1]", "not an object"}, {"1", "not an object"}, {`"x"`, "not an object"}, {"null", "not an object"},
		{"hello", "a value is expected"}, {"{", "name"}, {`{"a"}`, "colon"}, {`{"a":}`, "value"}, {`{"a":1,}`, "name"}, {`{"a":1`, "ends inside"},
		{`{"a":1}}`, "after"}, {`{"a":1}{"a":2}`, "more than one"}, {`{"a":1} {"a":2}`, "more than one"}, {`{"a":1} x`, "after"},
		{`{a:1}`, "name"}, {`{'a':1}`, "name"}, {`{"a":01}`, "value"}, {`{"a":1.}`, "point"}, {`{"a":1e}`, "exponent"}, {`{"a":+1}`, "value"}, {`{"a":.5}`, "value"},
		{`{"a":NaN}`, "value"}, {`{"a":Infinity}`, "value"}, {`{"a":tru}`, "value"},
		{`{"a":"x}`, "inside of a string"}, {"{\"a\":\"x\ny\"}", "control"}, {"{\"a\":\"tab\there\"}", "control"}, {"{\"a\":\"\xff\"}", "UTF-8"}, {"{\"\xc3\":1}", "UTF-8"},
		{`{"a":"\x"}`, "escape"}, {`{"a":"\u12"}`, "escape"}, {`{"a":"\ud83d"}`, "escape"}, {`{"a":"\ude00\ud83d"}`, "escape"}, {`{"a":"\ud83dx"}`, "escape"}, {`{"a":"\`, "escape"},
		{deep(maxDepth), "deep"}, {`{"a":0x1}`, "comma"}, {`{"a":-Infinity}`, "value"}, {`{"a":1} // x`, "after"}, {`{"a":--1}`, "value"}, {`{"a":1_000}`, "comma"},
		{"{\"a\":\"\x00\"}", "control"}, {`{"a":undefined}`, "value"}, {`{"a":True}`, "value"}, {`{"a":"\ud800\u0041"}`, "escape"}, {`{"a":"x" "b":1}`, "comma"}, {`{,}`, "name"},
		{`{"a":[1 2]}`, "comma"}, {`{"a":[1,]}`, "value"}, {"\xef\xbb\xbf{}", "value"}, {`{"a":1 /* x */}`, "comma"},
	} {
		var s Scanner
		fault := s.Scan([]byte(c.bad))
		if fault == nil || !strings.Contains(fault.Reason, c.reason) {
			t.Errorf("%.60q: got %v, want a fault with %q", c.bad, fault, c.reason)
		} else if fault.Offset < 0 || fault.Offset > len(c.bad) {
			t.Errorf("%.60q: offset %d", c.bad, fault.Offset)
		}
		if fields := s.Fields(); len(fields) > 0 {
			t.Errorf("%.60q: a record that failed left fields %v", c.bad, fields)
		}
	}
}

func TestScannerSeesFieldsAndTheirKinds(t *testing.T) {
	var s Scanner
	for _, record := range []string{
		`{"id":1,"name":"a","ok":true,"at":1.5,"tags":[1],"o":{}}`,
		`{"id":2,"name":"b","ok":false,"at":2,"tags":null,"o":{"x":1}}`,
		`{"name":"c","id":9223372036854775807,"extra":"\ud83d\ude00"}`,
		`{"id":9223372036854775808,"na\u006de":null}`,
		`{"id":-9223372036854775808,"new":1,"broken`,
	} {
		s.Scan([]byte(record))
	}
	got := map[string]string{}
	var order []string
	for _, f := range s.Fields() {
		order = append(order, f.Name)
		for k := range kinds {
			if n := f.Count(k); n > 0 {
				got[f.Name] += fmt.Sprintf("%d×%d ", n, k)
			}
		}
	}
	want := map[string]string{
		"id": fmt.Sprintf("3×%d 1×%d ", Int, Number), "name": fmt.Sprintf("1×%d 3×%d ", Null, Text), "ok": fmt.Sprintf("2×%d ", Bool),
		"at": fmt.Sprintf("1×%d 1×%d ", Int, Number), "tags": fmt.Sprintf("1×%d 1×%d ", Null, Array), "o": fmt.Sprintf("2×%d ", Object), "extra": fmt.Sprintf("1×%d ", Text),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"id", "name", "ok", "at", "tags", "o", "extra"}, order); diff != "" {
		t.Error(diff)
	}
}

// What passes is what encoding/json takes as an object; a line of it is the
// same document in one line.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, "{\n\"a\":\r\n[1,2.5e3,null,true,{\"b\":\"\\u00e9\"}]}", `{"a":"\ud83d\ude00"}`, `{"a":1}{"b":2}`, "{\"a\":\"\xff\"}", `{"a":"12345678\\"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Scanner
		if fault := s.Scan(data); fault != nil {
			if len(s.Fields()) > 0 {
				t.Fatalf("%q left fields", data)
			}
			if fault.Offset < 0 || fault.Offset > len(data) {
				t.Fatalf("offset %d of %d", fault.Offset, len(data))
			}
			return
		}
		var document map[string]any
		if err := json.Unmarshal(data, &document); err != nil {
			t.Fatalf("%q passed, but %v", data, err)
		}
		for _, fields := range []Fields{{Max: 2}, {Max: 100, Spelled: true}, {First: true}, {Only: true, Known: []string{"a", "B"}, Raw: []string{"b"}}, {Max: 100, Plain: []string{"a"}}} {
			var l Lines
			l.Configure(fields)
			line, fault := l.Line(data)
			if fault != nil {
				continue
			}
			if n := bytes.IndexAny(line, "\r\n"); n != len(line)-1 {
				t.Fatalf("%q became the line %q", data, line)
			}
			var again map[string]any
			if err := json.Unmarshal(line, &again); err != nil {
				t.Fatalf("%q became the line %q: %v", data, line, err)
			}
			if fields.First && !cmp.Equal(document, again) {
				t.Fatalf("%q became the line %q", data, line)
			}
		}
	})
}

var event = []byte(`{"event_uuid":"8a4f1c3e-2b7d-4e1f-9c3a-5d6e7f809112","event_name":"payment:order:completed","created_at":1710666307,"user_id":123456,"session":"a4f1c3e82b7d4e1f","amount":123.45,"country":"DE","device":"iphone","url":"https://shop.example/products/1234/view?ref=42","ip":"10.20.30.40","agent":"Mozilla/5.0 (X11)"}`)

func BenchmarkScan(b *testing.B) {
	var s Scanner
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if fault := s.Scan(event); fault != nil {
			b.Fatal(fault)
		}
	}
}

func BenchmarkScanAndLine(b *testing.B) {
	var s Scanner
	var line []byte
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if fault := s.Scan(event); fault != nil {
			b.Fatal(fault)
		}
		line = AppendLine(line[:0], event)
	}
}
