package scan

import (
	"encoding/json"
	"testing"
)

func TestTexts(t *testing.T) {
	for _, test := range []struct {
		document, want string
		ok             bool
	}{
		{`"plain"`, "plain", true},
		{" \t\r\n\"after space\"", "after space", true},
		{`""`, "", true},
		{`"a\"b\\c\/d\b\f\n\r\t"`, "a\"b\\c/d\b\f\n\r\t", true},
		{`"\u0041\u00e9\u20ac\uD83D\uDE00"`, "Aé€😀", true},
		{`"é😀"`, "é😀", true},
		{`"é\n😀"`, "é\n😀", true},
		{"\"a\nb\"", "", false},
		{"\"a\\n\nb\"", "", false},
		{`"open`, "", false},
		{`"open\"`, "", false},
		{`"\x"`, "", false},
		{`"\u12"`, "", false},
		{`"\u12G4"`, "", false},
		{`"\ud83d"`, "", false},
		{`"\ud83dA"`, "", false},
		{`"\ude00\ud83d"`, "", false},
		{"\"\xff\"", "", false},
		{"\"\\n\xff\"", "", false},
		{`7`, "", false},
		{``, "", false},
	} {
		var s Scanner
		s.Reset([]byte(test.document))
		got, ok := s.Text()
		if ok != test.ok || ok && (string(got) != test.want || !s.End()) {
			t.Errorf("%s: got %q, %v", test.document, got, ok)
		}
	}
}

func TestBlobs(t *testing.T) {
	for _, test := range []struct {
		document, want string
		ok             bool
	}{
		{`""`, "", true},
		{`"YQ=="`, "a", true},
		{`"YWI="`, "ab", true},
		{`"YWJj"`, "abc", true},
		{`"YQ\u003d\u003d"`, "a", true},
		{`"Pz8\/"`, "???", true},
		{`"YQ="`, "", false},
		{`"YQ"`, "", false},
		{`"YR=="`, "", false}, // bits beyond the last byte
		{`"Y!=="`, "", false},
		{`"===="`, "", false},
		{"\"YQ==\n\n\n\n\"", "", false},
		{"\"Y\n\n\n\nQ==\"", "", false},
		{`"Y\n\n\n\nQ=="`, "", false},
		{`"YQ==YQ=="`, "", false},
		{`null`, "", false},
	} {
		var s Scanner
		s.Reset([]byte(test.document))
		got, ok := s.Blob()
		if ok != test.ok || ok && (string(got) != test.want || !s.End()) {
			t.Errorf("%s: got %q, %v", test.document, got, ok)
		}
	}
}

func TestEarlierValuesOutliveLaterOnes(t *testing.T) {
	var s Scanner
	s.Reset([]byte(`{"YWFh": "\u0062bb", "YWFh": "Y2Nj"}`))
	if !s.Take('{') {
		t.Fatal("no {")
	}
	name, _ := s.Name()
	text, _ := s.Text()
	s.Take(',')
	s.Name()
	blob, ok := s.Blob()
	if !ok || string(name) != "YWFh" || string(text) != "bbb" || string(blob) != "ccc" || !s.Take('}') || !s.End() {
		t.Errorf("got %q %q %q", name, text, blob)
	}
	text = append(text, "overrun"...)
	if string(blob) != "ccc" {
		t.Errorf("appending to %q changed the next value to %q", text, blob)
	}
}

// FuzzText holds the scanner to encoding/json: what it accepts is a string
// there, with the same value.
func FuzzText(f *testing.F) {
	for _, seed := range []string{`"a"`, `"\u0041"`, `"\ud83d\ude00"`, "\"\xff\"", `"\"`, `"\/é"`, "\"\x01\""} {
		f.Add([]byte(seed))
	}
	var s Scanner
	f.Fuzz(func(t *testing.T, document []byte) {
		s.Reset(document)
		got, ok := s.Text()
		if !ok || !s.End() {
			return
		}
		var want string
		if err := json.Unmarshal(document, &want); err != nil || string(got) != want {
			t.Errorf("%q: scanned %q, encoding/json says %q, %v", document, got, want, err)
		}
	})
}

// FuzzBlob does the same for base64, which encoding/json takes more loosely.
func FuzzBlob(f *testing.F) {
	for _, seed := range []string{`"YQ=="`, `"YQ\u003d="`, "\"YQ\n==\"", `"YR=="`, `"Pz8\/"`} {
		f.Add([]byte(seed))
	}
	var s Scanner
	f.Fuzz(func(t *testing.T, document []byte) {
		s.Reset(document)
		got, ok := s.Blob()
		if !ok || !s.End() {
			return
		}
		var want []byte
		if err := json.Unmarshal(document, &want); err != nil || string(got) != string(want) {
			t.Errorf("%q: scanned %q, encoding/json says %q, %v", document, got, want, err)
		}
	})
}
