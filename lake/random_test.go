package lake

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"leat/rowfile"
)

// Random documents, bytes changed here and there: all that pass the scanner
// become rows, alone and beside each other, all others are kept.
func TestRandomDocumentsBecomeRows(t *testing.T) {
	w := newWriter(t)
	keys := rapid.SampledFrom([]string{"a", "A", "b", "n", "name", "Name", "leat_row", "leat_document", "records", `q"'`, "/x~", "$.a", "ü", " ", "select", "a.b", "*"})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		kinds := []*rapid.Generator[any]{
			rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Float64().AsAny(), rapid.String().AsAny(),
			rapid.SampledFrom([]any{"2024-03-17", "12", "1e400", json.Number("123456789012345678901234567890"), json.Number("-0"), json.Number("1E-5"), "null", "{}", "\x00"}),
		}
		if depth < 3 {
			kinds = append(kinds, rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return value(depth + 1) }), 0, 3).AsAny(),
				rapid.MapOfN(keys, rapid.Deferred(func() *rapid.Generator[any] { return value(depth + 1) }), 0, 3).AsAny())
		}
		return rapid.OneOf(kinds...)
	}
	rapid.Check(t, func(t *rapid.T) {
		var records []string
		good := uint64(0)
		for range rapid.IntRange(1, 40).Draw(t, "records") {
			data, err := json.Marshal(rapid.MapOfN(keys, value(0), 1, 6).Draw(t, "document"))
			if err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 5).Draw(t, "damage") == 0 {
				at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
				data[at] = rapid.Byte().Draw(t, "byte")
			}
			var s rowfile.Scanner
			if s.Scan(data) == nil {
				good++
			}
			records = append(records, string(data))
		}
		job := jobOf(records...)
		if rapid.Bool().Draw(t, "partitioned") {
			job.Partitions = []string{"zone"}
		}
		job.Format = rapid.SampledFrom([]string{Parquet, JSONLines}).Draw(t, "format")
		r, err := w.Write(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		// Damage can leave documents that are good, but all without a field.
		if r.Delivered != good && good > 0 || r.Read != uint64(len(records)) || r.Quarantined != r.Read-r.Delivered {
			t.Fatalf("%d pass, but %s\n%s", good, fmt.Sprintf("%+v", r), strings.Join(records, "\n"))
		}
	})
}
