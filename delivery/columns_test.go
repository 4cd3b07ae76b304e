package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat/lake"
)

var openLake = Definition{
	Name: "lake", SourceStream: "events", FromHorizon: true, Bucket: "lake", BufferBytes: 1 << 20, BufferAge: MaxBufferAge, Format: "parquet",
	Prefix: "rows/", ErrorPrefix: "bad/",
}

// rowsNow returns all rows of the lake, sorted.
func (r *rig) rowsNow() []string {
	r.t.Helper()
	var all []string
	for folder, rows := range r.lakeRows() {
		for _, row := range rows {
			if _, partition, ok := strings.Cut(folder, "d="); ok {
				row = partition + " " + row
			}
			all = append(all, row)
		}
	}
	slices.Sort(all)
	return all
}

// Columns and their types are the delivery stream's: kept over batches and
// restarts, whichever comes first.
func TestColumnsAreKeptOverBatchesAndRestarts(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	r.start()
	r.create(openLake)
	var want []string
	for i, c := range []struct{ record, row string }{
		{`{"i":0,"a":1,"userId":"x"}`, `{"i":0,"a":1,"userid":"x"}`},
		{`{"i":1,"a":2.5,"userid":"y"}`, `{"i":1,"a":2.5,"userid":"y"}`},
		{`{"i":2,"a":3,"USERID":{"z":1.10}}`, `{"i":2,"a":3.0,"userid":"{\"z\":1.10}"}`},
		{`{"i":3,"a":"4","userId":5}`, `{"i":3,"a":"4","userid":"5"}`},
		{`{"i":4,"a":5}`, `{"i":4,"a":"5","userid":null}`},
	} {
		src.put(began, c.record)
		want = append(want, c.row)
		r.flush("lake")
		if i%2 == 0 {
			r.stop()
			r.start()
		}
	}
	got := r.rowsNow()
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" && len(got) != 5 {
		t.Error(diff)
	}
	// A file has the columns of its own records' batch or more: compare values.
	for i, row := range want {
		if i < 4 && !slices.Contains(got, row) {
			t.Errorf("no %s in %q", row, got)
		}
	}
	r.checkLedger("lake", 5)
}

// Repeating a plan makes the same objects with the same bytes, whatever has
// become of the columns since.
func TestAPlanIsRepeatedWithItsOwnColumns(t *testing.T) {
	for n := 0; ; n += 3 {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		for i := range 12 {
			src.put(began, fmt.Sprintf(`{"i":%d,"d":%d,"a":%d,"userId":%d}`, i, i%4, i, i))
		}
		def := openLake
		def.Prefix = "rows/d=!{partitionKeyFromQuery:d}/"
		def.BufferBytes = 150
		r.start()
		r.create(def)
		r.stop()
		crashed := r.runCrashing(n, func(ctx context.Context) error { return r.service.Flush(ctx, "lake") })
		before := r.objects()
		src.put(began, `{"i":12,"d":1.0,"a":"text","userid":[1]}`, `{"i":13,"d":"1","a":2.5,"new":1}`)
		r.start()
		r.flush("lake")
		after := r.objects()
		for key, data := range before {
			if after[key] != data {
				t.Errorf("crash at step %d: %s was put again with other bytes", n, key)
			}
		}
		seen := map[string]int{}
		for _, row := range r.rowsNow() {
			folder, rest, _ := strings.Cut(row, " ")
			var i int
			if _, err := fmt.Sscanf(rest, `{"i":%d,`, &i); err != nil {
				t.Fatal(row)
			}
			seen[fmt.Sprintf("%d in %s", i, folder)]++
		}
		want := map[string]int{"12 in 1": 1, "13 in 1": 1}
		for i := range 12 {
			want[fmt.Sprintf("%d in %d", i, i%4)] = 1
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Fatalf("crash at step %d: %s", n, diff)
		}
		r.checkLedger("lake", 14)
		r.stop()
		if !crashed {
			return
		}
	}
}

// A query computes with what a record has: other records, of the batch or of
// before, do not change it.
func TestAQueryComputesWithWhatARecordHas(t *testing.T) {
	records := []string{
		`{"i":0,"n":1,"userId":7,"a":"1"}`, `{"i":1,"n":"three","userid":8,"a":"2"}`, `{"i":2,"n":2.5,"USERID":"u","a":"x"}`, `{"i":3,"a":3}`,
		`{"i":4,"n":{"x":1},"a":true}`, `{"i":5,"n":true}`, `{"i":6,"n":null,"a":12345678901234567.89}`, `{"i":7,"n":9007199254740993,"a":null}`,
		`{"i":8,"n":12345678901234567.89}`, `{"i":9,"n":1e400}`, `{"i":10,"n":"9007199254740993"}`, `{"i":11,"n":123456789012345678901234567890}`,
	}
	for _, c := range []struct {
		query     string
		want, bad []string
	}{
		{"SELECT i, n, userid AS u FROM records", []string{
			`0 1 7`, `1 three 8`, `2 2.5 u`, `3 - -`, `4 {"x":1} -`, `5 true -`, `6 - -`, `7 9007199254740993 -`, `8 12345678901234567.89 -`, `9 1e400 -`, `10 9007199254740993 -`,
			`11 123456789012345678901234567890 -`,
		}, nil},
		{"SELECT i, a::int AS a FROM records WHERE i < 4", []string{`0 1`, `1 2`, `3 3`}, []string{records[2]}},
		{"SELECT i, n::bigint AS n FROM records WHERE i IN (0, 3, 7, 10)", []string{`0 1`, `3 -`, `7 9007199254740993`, `10 9007199254740993`}, nil},
		{"SELECT i, n::decimal(20,2) AS n FROM records WHERE i IN (0, 2, 8)", []string{`0 1`, `2 2.5`, `8 12345678901234567.89`}, nil},
		{"SELECT i, n + 1 AS n FROM records WHERE i IN (0, 1, 3, 6, 7)", []string{`0 2`, `3 -`, `6 -`, `7 9007199254740994`}, []string{records[1], records[5]}},
		{`SELECT i, upper(n) AS n FROM records WHERE i = 1 OR n = 'nothing'`, []string{`1 THREE`}, nil},
		{`SELECT i, "userId" AS u, userID AS v FROM records WHERE i < 3`, []string{`0 7 7`, `1 8 8`, `2 u u`}, nil},
		{`SELECT i, n.x AS x FROM records WHERE i IN (3, 4)`, []string{`3 -`, `4 1`}, nil},
	} {
		for _, cut := range []int{0, 4} {
			r := newRig(t)
			src := newMemSource("events")
			r.sources["events"] = src
			r.start()
			def := openLake
			def.Query, def.Format = c.query, "json"
			r.create(def)
			src.put(began, records[cut:]...)
			r.flush("lake")
			src.put(began, records[:cut]...)
			r.flush("lake")
			var got []string
			for key, data := range r.objects() {
				if strings.HasPrefix(key, "rows/") {
					got = append(got, strings.Split(strings.TrimSpace(data), "\n")...)
				}
			}

			if bad := r.quarantined("bad/"); c.bad != nil {
				for _, record := range c.bad {
					if !slices.Contains(bad, record) {
						t.Errorf("%s: %s was not refused", c.query, record)
					}
				}
			} else if len(bad) > 0 && !strings.Contains(c.query, "upper") && !strings.Contains(c.query, "n::") && !strings.Contains(c.query, "n.x") {
				t.Errorf("%s: refused %q", c.query, bad)
			}
			if rows := valuesOnly(got); !containsAll(rows, c.want) {
				t.Errorf("%s, cut at %d: got %q, want %q; refused %q", c.query, cut, rows, c.want, r.quarantined("bad/"))
			}
			r.checkLedger("lake", uint64(len(records)))
			r.stop()
		}
	}
}

func containsAll(rows, want []string) bool {
	return !slices.ContainsFunc(want, func(row string) bool { return !slices.Contains(rows, row) })
}

// valuesOnly makes rows of the values in lines of JSON, in order, NULL as -.
func valuesOnly(lines []string) (rows []string) {
	for _, line := range lines {
		d := json.NewDecoder(strings.NewReader(line))
		d.Token() //nolint:errcheck // the brace
		var values []string
		for d.More() {
			d.Token() //nolint:errcheck // the name
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				return append(rows, err.Error())
			}
			text := strings.Trim(string(value), `"`)
			if text == "null" {
				text = "-"
			}
			values = append(values, text)
		}
		rows = append(rows, strings.Join(values, " "))
	}
	return rows
}

// In Parquet the query's columns widen as the records' do.
func TestAQuerysColumnsOnlyWiden(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	r.start()
	def := openLake
	def.Query = "SELECT i, n, n || '' AS t, later FROM records"
	r.create(def)
	for _, record := range []string{`{"i":0,"n":1}`, `{"i":1,"n":2.5}`, `{"i":2,"n":3,"later":true}`, `{"i":3,"n":"x"}`, `{"i":4,"n":4.50}`} {
		src.put(began, record)
		r.flush("lake")
	}
	got := r.rowsNow()
	want := []string{
		`{"i":0,"n":1,"t":"1"}`, `{"i":1,"n":2.5,"t":"2.5"}`, `{"i":2,"n":3.0,"t":"3.0","later":true}`,
		`{"i":3,"n":"x","t":"x","later":null}`, `{"i":4,"n":"4.5","t":"4.5","later":null}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Names in a query are found however they are written.
func TestNamesInAQueryAreFound(t *testing.T) {
	found := words(`SELECT a, records.B AS c, "Quoted ""name""", d.e::int, 'it''s "odd' || "after" FROM records /* " */ WHERE "Ünï" = 1 -- "`)
	for _, name := range []string{"a", "b", "d", "e", `quoted "name"`, "after", "ünï"} {
		if !slices.Contains(found, name) {
			t.Errorf("%q is not in %q", name, found)
		}
	}
}

// Fields that the query names are columns however many there are before.
func TestNamedFieldsAreColumnsBeyondTheLimit(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	r.start()
	def := openLake
	def.Query = `SELECT "theLast" AS l, leat_rest.f300 AS f FROM records`
	r.create(def)
	fields := map[string]bool{}
	for i := range lake.MaxColumns + 100 {
		fields[fmt.Sprintf(`"f%d":%d`, i, i)] = true
	}
	src.put(began, "{"+strings.Join(slices.Sorted(maps.Keys(fields)), ",")+`,"theLast":5}`)
	r.flush("lake")
	if got := r.rowsNow(); len(got) != 1 || !strings.HasPrefix(got[0], `{"l":5`) {
		t.Errorf("%q", got)
	}
}
