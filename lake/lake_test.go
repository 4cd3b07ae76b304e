package lake

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/duck"
	"leat/source"
)

// slice is a source.Reader over records in memory.
type slice struct {
	records [][]byte
	next    int
	batch   []leat.Record
}

func (s *slice) Next(_ context.Context, limit source.Limit) (source.Batch, error) {
	s.batch = s.batch[:0]
	for bytes := 0; s.next < len(s.records) && bytes < 1<<20; s.next++ {
		data := s.records[s.next]
		bytes += len(data)
		s.batch = append(s.batch, leat.Record{
			Sequence: leat.Sequence{Created: 1, Ordinal: uint64(s.next)}, Arrival: 1710666307000, PartitionKey: []byte("k"), Data: data,
		})
	}
	if len(s.batch) == 0 {
		return source.Batch{}, io.EOF
	}
	return source.Batch{Records: s.batch}, nil
}

func (s *slice) Close() error { return nil }

func jobOf(records ...string) Job {
	var data [][]byte
	for _, r := range records {
		data = append(data, []byte(r))
	}
	return Job{
		Open:   func(context.Context) (source.Reader, error) { return &slice{records: data}, nil },
		Format: Parquet, Compression: "zstd", Kept: &Kept{}, Attempted: time.UnixMilli(1710666400000),
	}
}

func newWriter(t testing.TB) *Writer {
	t.Helper()
	// A folder whose name means something to globs, to SQL and to Hive.
	w, err := Open(Config{Dir: filepath.Join(t.TempDir(), "it's [a]*?=b", "w"), MemoryBytes: 96 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func write(t *testing.T, w *Writer, job Job) Result {
	t.Helper()
	r, err := w.Write(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, r)
	return r
}

// checkResult checks that a batch adds up, and that the files of failures hold
// as many lines as they say.
func checkResult(t *testing.T, r Result) {
	t.Helper()
	if r.Read != r.Delivered+r.Dropped+r.Quarantined {
		t.Errorf("the batch does not add up: %+v", r)
	}
	var failed uint64
	for _, f := range r.Failures {
		data, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if n := uint64(strings.Count(string(data), "\n")); n != f.Records {
			t.Errorf("%s has %d lines, want %d", f.Kind, n, f.Records)
		}
		failed += f.Records
	}
	if failed != r.Quarantined {
		t.Errorf("%d records in the files of failures, %d in the count", failed, r.Quarantined)
	}
}

// reasons returns what failed, as "kind: data: message".
func reasons(t *testing.T, r Result) []string {
	t.Helper()
	var all []string
	for _, f := range r.Failures {
		text, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var failure map[string]any
			if err := json.Unmarshal([]byte(line), &failure); err != nil {
				t.Fatal(err)
			}
			raw, err := base64.StdEncoding.DecodeString(failure["rawData"].(string))
			if err != nil {
				t.Fatal(err)
			}
			message, ok := failure["errorMessage"].(string)
			if !ok {
				message = failure["lastErrorMessage"].(string)
			}
			all = append(all, fmt.Sprintf("%s: %s: %s", f.Kind, raw, message))
		}
	}
	return all
}

// rowsOf reads a file back, as JSON.
func rowsOf(t *testing.T, f File) []string {
	t.Helper()
	if strings.HasSuffix(f.Path, ".json") {
		text, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	db, err := duck.Open(duck.Config{Folders: []string{filepath.Dir(f.Path), globbed(filepath.Dir(f.Path))}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	result, err := conn.Query(t.Context(), "SELECT to_json(r)::VARCHAR FROM read_parquet("+duck.Literal(globbed(f.Path))+", hive_partitioning = false) AS r")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	var rows []string
	for result.Next() {
		rows = append(rows, result.Values()[0].(string))
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestColumnsAreInferred(t *testing.T) {
	w := newWriter(t)
	r := write(t, w, jobOf(
		`{"id":1,"name":"a","ok":true,"amount":1,"tags":["x"],"mixed":1,"Name":"other","none":null}`,
		"{\"id\":2,\n\"name\":\"line\\nbreak\",\"ok\":null,\"amount\":2.5,\"tags\":{\"a\":1},\"mixed\":\"text\"}",
		`{"id":9223372036854775807,"late":"x"}`,
	))
	if r.Delivered != 3 || len(r.Files) != 1 {
		t.Fatalf("%+v; %q", r, reasons(t, r))
	}
	want := []string{
		`{"id":1,"name":"a","ok":true,"amount":1.0,"tags":"[\"x\"]","mixed":"1","late":null,"leat_rest":"{\"Name\":\"other\"}"}`,
		`{"id":2,"name":"line\nbreak","ok":null,"amount":2.5,"tags":"{\"a\":1}","mixed":"text","late":null,"leat_rest":null}`,
		`{"id":9223372036854775807,"name":null,"ok":null,"amount":null,"tags":null,"mixed":null,"late":"x","leat_rest":null}`,
	}
	if diff := cmp.Diff(want, rowsOf(t, r.Files[0])); diff != "" {
		t.Error(diff)
	}
}
