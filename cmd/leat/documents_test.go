package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFileIsOneDocumentOrLinesOfThem(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, test := range []struct {
		name  string
		in    string
		lines bool
		want  []string
		err   string
	}{
		{name: "one document on one line", in: `{"a":1}`, want: []string{`{"a":1}`}},
		{name: "one document on several lines", in: "\n{\n \"a\": [1,\n\n2]\n}\n\n", want: []string{"{\n \"a\": [1,\n\n2]\n}"}},
		{name: "lines", in: "{\"a\":1}\n\n  \n{\"a\":2}\r\n{\"a\":3}", want: []string{`{"a":1}`, `{"a":2}`, `{"a":3}`}},
		{name: "blanks belong to a line", in: " {\"a\":1} \n[2]\n", want: []string{` {"a":1} `, `[2]`}},
		{name: "a bad line after a good one is put as it is", in: "{}\n{broken\n", want: []string{`{}`, `{broken`}},
		{name: "longer than a buffer", in: long + "\n" + long, want: []string{long, long}},
		{name: "neither", in: "hello\nworld\n", err: "--lines"},
		{name: "every line", in: "hello\nworld\n", lines: true, want: []string{"hello", "world"}},
		{name: "two documents on several lines", in: "{\n}\n{\n}\n", err: "--lines"},
		{name: "nothing", in: "\n\n", err: "no record"},
		{name: "too long a line", in: "{}\n" + strings.Repeat("x", maxDocument+1), want: []string{"{}"}, err: "more than 10 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			err := readDocuments(strings.NewReader(test.in), test.lines, func(document []byte) error {
				got = append(got, string(document))
				return nil
			})
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Fatalf("error %v, want %q", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadingStopsAtTheFirstError(t *testing.T) {
	stop := errors.New("stop")
	calls := 0
	err := readDocuments(strings.NewReader("1\n2\n3\n"), false, func([]byte) error {
		calls++
		if calls == 2 {
			return stop
		}
		return nil
	})
	if err != stop || calls != 2 {
		t.Errorf("error %v after %d calls", err, calls)
	}
}
