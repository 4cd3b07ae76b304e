package lake

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// life writes batches one after the other, as a delivery stream does, and
// returns the rows of each, and what is kept at the end.
func life(t *testing.T, w *Writer, job func() Job, batches ...[]string) (rows [][]string, kept Kept) {
	t.Helper()
	for _, records := range batches {
		j, from := job(), jobOf(records...)
		before := kept
		j.Open, j.Kept, j.Attempted = from.Open, &before, from.Attempted
		j.Settled = func(k Kept) { kept = k }
		r := write(t, w, j)
		if r.Quarantined > 0 {
			t.Fatalf("%q", reasons(t, r))
		}
		var all []string
		for _, f := range r.Files {
			for _, row := range rowsOf(t, f) {
				all = append(all, strings.Join(append(slices.Clone(f.Values), row), " "))
			}
		}
		rows = append(rows, all)
	}
	return rows, kept
}

func parquet() Job { return jobOf() }

// A record's values do not depend on what is beside it.
func TestARecordIsWrittenTheSameWhateverIsBesideIt(t *testing.T) {
	w := newWriter(t)
	for _, c := range []struct{ record, beside, want string }{
		{`{"a":"x"}`, `{"a":{"b":1}}`, `"a":"x"`},
		{`{"a":{"b": 1.10}}`, `{"a":"x"}`, `"a":"{\"b\": 1.10}"`},
		{`{"a":[1, 2]}`, `{"a":true}`, `"a":"[1, 2]"`},
		{`{"a":"true"}`, `{"a":true}`, `"a":"true"`},
		{`{"a":"null"}`, `{"a":5}`, `"a":"null"`},
		{`{"a":1.10}`, `{"a":"x"}`, `"a":"1.10"`},
		{`{"a":"2024-03-17"}`, `{"a":20240317}`, `"a":"2024-03-17"`},
		{`{"a":"\"q\""}`, `{"a":[]}`, `"a":"\"q\""`},
		{`{"userId":1}`, `{"userid":2}`, `"userid":1`},
		{`{"userid":2}`, `{"USERID":3,"userId":4}`, `"userid":2`},
		{`{"É":1}`, `{"é":2}`, `"é":1`},
		// Numbers are exact, in a type that holds all of them or as text.
		{`{"a":9007199254740993}`, `{"a":1.5}`, `"a":9007199254740993.0`},
		{`{"a":9007199254740993}`, `{"a":18446744073709551615}`, `"a":9007199254740993`},
		{`{"a":18446744073709551615}`, `{"a":1}`, `"a":18446744073709551615`},
		{`{"a":12345678901234567.89}`, `{"a":1}`, `"a":12345678901234567.89`},
		{`{"a":123456789012345678901234567890}`, `{"a":9007199254740993}`, `"a":123456789012345678901234567890`},
		{`{"a":9007199254740993}`, `{"a":1e400}`, `"a":"9007199254740993"`},
		{`{"a":1E5}`, `{"a":1e400}`, `"a":"1E5"`},
		{`{"a":1e400}`, `{"a":1}`, `"a":"1e400"`},
		{`{"a":1E5}`, `{"a":7}`, `"a":100000`},
		{`{"a":1.0}`, `{"a":7}`, `"a":1`},
		{`{"a":-0}`, `{"a":"x"}`, `"a":"-0"`},
		{`{"a":0.1}`, `{"a":123456789012345678901234567890123456789}`, `"a":"0.1"`},
		{`{"a":0.000000000000000000000000000001}`, `{"a":12345678901}`, `"a":"0.000000000000000000000000000001"`},
	} {
		for _, order := range [][]string{{c.record, c.beside}, {c.beside, c.record}} {
			rows, _ := life(t, w, parquet, order)
			if !slices.ContainsFunc(rows[0], func(row string) bool { return strings.Contains(row, c.want) }) || len(rows[0]) != 2 {
				t.Errorf("%s beside %s: got %q, want %s", c.record, c.beside, rows[0], c.want)
			}
			if strings.Contains(fmt.Sprint(rows), "_2") {
				t.Errorf("%s beside %s: got %q", c.record, c.beside, rows[0])
			}
		}
	}
}

// A column's type only widens, over all of the delivery stream's life.
func TestTypesOnlyWiden(t *testing.T) {
	w := newWriter(t)
	for _, c := range []struct {
		values, want []string
	}{
		{[]string{`1`, `2.5`, `3`, `"x"`, `4.50`}, []string{`1`, `2.5`, `3.0`, `"x"`, `"4.50"`}},
		{[]string{`true`, `1`, `false`}, []string{`true`, `"1"`, `"false"`}},
		{[]string{`null`, `true`, `null`, `true`}, []string{``, `true`, `null`, `true`}},
		{[]string{`{"x": 1}`, `"t"`, `[1]`}, []string{`"{\"x\": 1}"`, `"t"`, `"[1]"`}},
		{[]string{`18446744073709551615`, `1`, `0.5`}, []string{`18446744073709551615`, `1`, `0.5`}},
		{[]string{`12345678901234567`, `0.25`, `1e30`, `1e-30`, `5`}, []string{`12345678901234567`, `0.25`, `1000000000000000000000000000000.00`, `"1e-30"`, `"5"`}},
	} {
		var batches [][]string
		for _, v := range c.values {
			batches = append(batches, []string{`{"k":1,"a":` + v + `}`})
		}
		rows, _ := life(t, w, parquet, batches...)
		for i, want := range c.want {
			if want != "" {
				want = `,"a":` + want
			}
			if diff := cmp.Diff([]string{`{"k":1` + want + `}`}, rows[i]); diff != "" {
				t.Errorf("%q, %d: %s", c.values, i, diff)
			}
		}
	}
}

// What is kept, and the columns' order, do not depend on where batches are cut,
// and repeating a batch with it changes nothing.
func TestWhatIsKeptDoesNotDependOnBatches(t *testing.T) {
	w := newWriter(t)
	random := rand.New(rand.NewPCG(1, 2))
	var records []string
	for range 60 {
		values := []string{`1`, `-2.25`, `"x"`, `{"y":1}`, `true`, `null`, `1e3`, `18446744073709551615`}
		records = append(records, fmt.Sprintf(`{"F%d":%s,"f%d":%s}`, random.IntN(9), values[random.IntN(8)], random.IntN(9), values[random.IntN(3)]))
	}
	_, want := life(t, w, parquet, records)
	for range 3 {
		cut := random.IntN(60)
		_, kept := life(t, w, parquet, records[:cut], records[cut:])
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("cut at %d: %s", cut, diff)
		}
		again := want.with(nil)
		if diff := cmp.Diff(want, again); diff != "" {
			t.Error(diff)
		}
	}
}

// A value has one folder, whatever its notation and whatever the column is.
func TestAValueHasOneFolder(t *testing.T) {
	w := newWriter(t)
	partitioned := func() Job {
		job := jobOf()
		job.Partitions = []string{"d"}
		return job
	}
	for _, others := range [][]string{nil, {`{"n":9,"d":1.5}`}, {`{"n":9,"d":"x"}`}, {`{"n":9,"d":{"a":"b"}}`}, {`{"n":9,"d":1e400}`}, {`{"n":9,"d":true}`}} {
		records := append([]string{`{"n":1,"d":1}`, `{"n":2,"d":1.0}`, `{"n":3,"d":10e-1}`, `{"n":4,"D":1}`, `{"n":5,"d":"t"}`}, others...)
		rows, _ := life(t, w, partitioned, records)
		for i := range 4 {
			if want := fmt.Sprintf(`1 {"n":%d}`, i+1); !slices.Contains(rows[0], want) {
				t.Errorf("beside %q: no %s in %q", others, want, rows[0])
			}
		}
		if !slices.Contains(rows[0], `t {"n":5}`) {
			t.Errorf("beside %q: %q", others, rows[0])
		}
	}
}

// A record that is no row does not count for what is kept: one bad record
// widens nothing.
func TestRecordsThatAreNoRowsWidenNothing(t *testing.T) {
	w := newWriter(t)
	for what, c := range map[string]struct{ bad, query string }{
		"the query does not fit":  {`{"n":"three","new":1}`, "v = records.n * 2"},
		"an expression raises":    {`{"n":1.5,"m":"x","new":1}`, "v = CAST(records.m AS INTEGER)"},
		"the partition is long":   {`{"n":1.5,"d":"` + strings.Repeat("x", 300) + `","new":1}`, "v = 1"},
		"no JSON":                 {`{"n":1.5,"new":1,}`, "v = 1"},
		"the engine refuses what": {`{"n":true,"new":1}`, "v = records.n // 1"},
	} {
		var kept Kept
		for i := range 2 {
			job := jobOf(`{"n":1,"d":"a"}`, c.bad, `{"n":2,"d":"a"}`)
			before := kept
			job.Kept, job.Named, job.Partitions = &before, []string{"n", "m"}, []string{"d"}
			job.Settled = func(k Kept) { kept = k }
			job.Select = func(columns []Column) (Select, error) {
				q, err := everything(columns)
				if err != nil {
					return q, err
				}
				more, err := selecting("", c.query)(columns)
				q.Outputs = append(q.Outputs, more.Outputs...)
				return q, err
			}
			r := write(t, w, job)
			if r.Delivered != 2 || r.Quarantined != 1 {
				t.Errorf("%s, %d: %+v, %q", what, i, r, reasons(t, r))
			}
			for _, f := range r.Files {
				if rows := rowsOf(t, f); len(rows) != 2 || !strings.HasPrefix(rows[0], `{"n":1,`) && rows[0] != `{"n":1}` {
					t.Errorf("%s, %d: %q", what, i, rows)
				}
			}
			if len(kept.Columns) != 2 || kept.Columns[0].typ() != bigint {
				t.Errorf("%s, %d: %+v", what, i, kept)
			}
		}
	}
}
