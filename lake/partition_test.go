package lake

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPartitionsBecomeFilesWithoutTheirColumns(t *testing.T) {
	w := newWriter(t)
	values := []string{"payment", "a/b", "..", "50% = x", "ü é", "", "\x01\n", "NULL", "__HIVE_DEFAULT_PARTITION__", "a b+c%20d"}
	var records []string
	for i, v := range values {
		records = append(records, fmt.Sprintf(`{"n":%d,"kind":%s,"day":"2024-03-17"}`, i, quoted(v)))
	}
	records = append(records, `{"n":10,"kind":null,"day":"2024-03-17"}`, `{"n":11,"day":"2024-03-18"}`)
	for _, format := range []string{Parquet, JSONLines} {
		job := jobOf(records...)
		job.Format = format
		job.Partitions = []string{"day", "kind"}
		r := write(t, w, job)
		if r.Delivered != 12 {
			t.Fatalf("%+v; %q", r, reasons(t, r))
		}
		got := map[string][]string{}
		for _, f := range r.Files {
			got[strings.Join(f.Values, " | ")] = append(got[strings.Join(f.Values, " | ")], rowsOf(t, f)...)
		}
		want := map[string][]string{"2024-03-17 | ": {`{"n":5}`, `{"n":8}`, `{"n":10}`}, "2024-03-18 | ": {`{"n":11}`}}
		for i, v := range values {
			if v != "" && v != NoValue {
				want["2024-03-17 | "+v] = []string{fmt.Sprintf(`{"n":%d}`, i)}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] < 0x20 {
			fmt.Fprintf(&b, `\u%04x`, s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String() + `"`
}

func TestAPartitionThatNoRecordHasIsNoValue(t *testing.T) {
	w := newWriter(t)
	job := jobOf(`{"n":1}`)
	job.Partitions = []string{"kind"}
	r := write(t, w, job)
	if len(r.Files) != 1 || r.Files[0].Values[0] != "" || r.Delivered != 1 {
		t.Errorf("%+v; %q", r, reasons(t, r))
	}
}

func TestTooLongPartitionValuesAreFailures(t *testing.T) {
	w := newWriter(t)
	long := strings.Repeat("x", maxValue+1)
	job := jobOf(`{"n":1,"kind":"a"}`, `{"n":2,"kind":"`+long+`"}`, `{"n":3,"kind":"`+long[1:]+`"}`)
	job.Partitions = []string{"kind"}
	r := write(t, w, job)
	if r.Delivered != 2 || r.Quarantined != 1 || !strings.Contains(reasons(t, r)[0], `"kind"`) {
		t.Errorf("%+v; %q", r, reasons(t, r))
	}
}

// Many partitions, more than files are kept open at once: all rows arrive, in
// one or several files for each partition.
func TestManyPartitions(t *testing.T) {
	w := newWriter(t)
	var records []string
	for i := range 3000 {
		records = append(records, fmt.Sprintf(`{"n":%d,"p":%d}`, i, i%300))
	}
	job := jobOf(records...)
	job.Partitions = []string{"p"}
	r := write(t, w, job)
	if r.Delivered != 3000 {
		t.Fatalf("%+v", r)
	}
	rows := map[string]int{}
	for _, f := range r.Files {
		rows[f.Values[0]] += len(rowsOf(t, f))
	}
	if len(rows) != 300 || rows["7"] != 10 {
		t.Errorf("%d partitions, %d rows in one", len(rows), rows["7"])
	}
}

// A key that is different in each record is a mistake, and does not make a file
// of each.
func TestTooManyPartitionsAreRefused(t *testing.T) {
	w := newWriter(t)
	var records []string
	for i := range 2 * MaxPartitions {
		records = append(records, fmt.Sprintf(`{"n":%d}`, i))
	}
	job := jobOf(records...)
	job.Partitions = []string{"n"}
	job.Select = selecting("", "n = records.n", "x = 1")
	r := write(t, w, job)
	if r.Quarantined != r.Read || !strings.Contains(reasons(t, r)[0], "too many partitions") {
		t.Errorf("%+v", r)
	}
}

// The same batch makes the same files, in another Writer too.
func TestFilesAreTheSameEachTime(t *testing.T) {
	var records []string
	for i := range 5000 {
		records = append(records, fmt.Sprintf(`{"n":%d,"kind":"k%d","text":"%x"}`, i, i%7, i*i))
	}
	for _, format := range []string{Parquet, JSONLines} {
		var first map[string]string
		for range 3 {
			w := newWriter(t)
			job := jobOf(records...)
			job.Format, job.Partitions = format, []string{"kind"}
			r := write(t, w, job)
			files := map[string]string{}
			for _, f := range r.Files {
				data, err := os.ReadFile(f.Path)
				if err != nil {
					t.Fatal(err)
				}
				files[fmt.Sprintf("%q %d", f.Values, f.Part)] = string(data)
			}
			if first == nil {
				first = files
			} else if diff := cmp.Diff(first, files); diff != "" {
				t.Errorf("%s: the files differ", format)
			}
		}
	}
}
