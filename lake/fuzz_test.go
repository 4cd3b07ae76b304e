package lake

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"leat/rowfile"
)

// What the scanner lets pass becomes a row, whatever is in it: nothing that a
// record holds makes DuckDB's reader fail.
func FuzzWhatPassesIsARow(f *testing.F) {
	for _, seed := range []string{
		`{"a":1}`, `{"a":{"b":[1,2.5e3,null]},"A":"x","a b\"'":true}`, "{\n\"a\":\r\n\"\\ud83d\\ude00\\u0000\"}", `{"leat_row":1,"leat_document":2}`,
		`{"a":1e308,"b":-0,"c":12345678901234567890123,"d":0.1e-400}`, `{}`, `{"":1}`, `{"a":"\/\b"}`, `{"$.a":1,"/b":2,"~1":3,"records":4}`, `{"é":"\u00e9"}`,
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, partitioned bool) {
		var s rowfile.Scanner
		passes := s.Scan(data) == nil && len(s.Fields()) > 0
		w, err := Open(Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		job := jobOf(string(data), `{"p":"x","q":1}`)
		if partitioned {
			job.Partitions = []string{"p"}
		}
		r, err := w.Write(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, r)
		if failed := reasons(t, r); passes && r.Delivered != 2 && !(partitioned && strings.Contains(strings.Join(failed, ""), "partition")) {
			t.Fatalf("%q passes, but %+v: %q", data, r, failed)
		}
		// The failure holds the record as it was.
		for _, failures := range r.Failures {
			text, err := os.ReadFile(failures.Path)
			if err != nil {
				t.Fatal(err)
			}
			var line struct{ RawData []byte }
			if err := json.Unmarshal(text[:strings.IndexByte(string(text), '\n')], &line); err != nil || string(line.RawData) != string(data) {
				t.Fatalf("%q was kept as %q, %v", data, line.RawData, err)
			}
		}
	})
}
