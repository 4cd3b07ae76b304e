package lake

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"leat/duck"
)

// selecting makes a Job's Select of outputs "name = expression" and a WHERE. A
// column that is not there is NULL, as in a translated query.
func selecting(where string, outputs ...string) func([]Column) (Select, error) {
	return func(columns []Column) (Select, error) {
		known := func(expr string) string {
			return columnName.ReplaceAllStringFunc(expr, func(name string) string {
				name = strings.TrimPrefix(name, "records.")
				if name != "missing" && !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == name }) {
					return "NULL"
				}
				return "records." + name
			})
		}
		q := Select{Where: known(where)}
		for _, o := range outputs {
			name, expr, _ := strings.Cut(o, " = ")
			q.Outputs = append(q.Outputs, Output{Name: name, Expr: known(expr), Text: expr})
		}
		return q, nil
	}
}

var columnName = regexp.MustCompile(`records\.[a-z]+`)

func TestBadRecordsHarmOnlyThemselves(t *testing.T) {
	given := []Column{
		{"id", "id", "BIGINT"}, {"small", "small", "SMALLINT"}, {"at", "at", "TIMESTAMP"}, {"day", "day", "DATE"}, {"price", "price", "DECIMAL(9,2)"},
		{"name", "name", "VARCHAR"}, {"doc", "doc", "JSON"}, {"ok", "ok", "BOOLEAN"},
	}
	for _, c := range []struct {
		what    string
		columns []Column
		query   func([]Column) (Select, error)
		records []string
		want    []string // rows
		failed  []string // reasons, in part
		dropped uint64
	}{
		{
			what:    "no JSON, no objects, several documents",
			records: []string{`{"a":1}`, `nonsense`, ``, `[1]`, `{"a":2}{"a":3}`, "{\"a\":\"\xff\"}", `{"a":4}`},
			want:    []string{`{"a":1}`, `{"a":4}`},
			failed:  []string{"nonsense: a value", "empty", "not an object", "more than one", "UTF-8"},
		},
		{
			what: "given columns", columns: given,
			records: []string{
				`{"id":1,"small":2,"at":"2024-03-17 09:05:07.123","day":"2024-03-17","price":1.5,"name":"x","doc":{"a":[1]},"ok":true,"unknown":1}`,
				`{"id":"12","small":"7","price":"3.25","name":5,"doc":"text","ok":"false"}`,
				`{"id":"twelve"}`, `{"id":1.5}`, `{"id":92233720368547758070}`, `{"small":70000}`, `{"at":"yesterday"}`, `{"day":20240317}`, `{"price":12345678901}`,
				`{"price":"x"}`, `{"ok":"maybe"}`, `{"ok":1}`, `{"id":[1]}`, `{}`,
			},
			want: []string{
				`{"id":1,"small":2,"at":"2024-03-17 09:05:07.123","day":"2024-03-17","price":1.5,"name":"x","doc":"{\"a\":[1]}","ok":true}`,
				`{"id":12,"small":7,"at":null,"day":null,"price":3.25,"name":"5","doc":"\"text\"","ok":false}`,
				`{"id":null,"small":null,"at":null,"day":null,"price":null,"name":null,"doc":null,"ok":null}`,
			},
			failed: []string{
				`"id" cannot be read as bigint`, `"id" is a number, not bigint`, `"id" is a number, not bigint`, `"small" cannot be read as smallint`, `"at" cannot be read as timestamp`,
				`"day" is a whole number, not date`, `"price" cannot be read as decimal(9,2)`, `"price" cannot be read`, `"ok" cannot be read as boolean`, `"ok" is a whole number`, `"id" is an array`,
			},
		},
		{
			what:    "a query over what each record has",
			query:   selecting("", "twice = records.n * 2"),
			records: []string{`{"n":1}`, `{"n":2}`, `{"n":"three"}`, `{"n":null}`, `{}`, `{"n":true}`},
			want:    []string{`{"twice":2}`, `{"twice":4}`, `{"twice":null}`, `{"twice":null}`},
			failed:  []string{`{"n":"three"}: Binder error`, `{"n":true}: Binder error`},
		},
		{
			what:    "expressions that raise, and WHERE",
			query:   selecting("records.keep", "v = CAST(records.text AS INTEGER)", "w = 10 // records.n"),
			records: []string{`{"keep":true,"text":"1","n":1}`, `{"keep":false,"text":"x","n":1}`, `{"keep":true,"text":"x","n":1}`, `{"keep":true,"text":"99999999999","n":2}`, `{"keep":true,"text":"3"}`},
			want:    []string{`{"v":1,"w":10}`, `{"v":3,"w":null}`},
			failed:  []string{`{"keep":true,"text":"x","n":1}: the expression of column "v"`, `"text":"99999999999","n":2}: the expression of column "v"`},
			dropped: 1,
		},
		{
			what:    "WHERE that raises",
			query:   selecting("CAST(records.text AS INTEGER) > 1", "text = records.text"),
			records: []string{`{"text":"1"}`, `{"text":"2"}`, `{"text":"x"}`},
			want:    []string{`{"text":"2"}`},
			failed:  []string{`{"text":"x"}: the query's WHERE`},
			dropped: 1,
		},
		{
			what:    "a query that cannot be used on these records",
			query:   selecting("", "v = records.missing"),
			records: []string{`{"a":1}`, `{`, `{"a":2}`},
			failed:  []string{"name in double quotes", "missing", "missing"},
		},
		{
			what:    "a query that cannot be translated",
			query:   func([]Column) (Select, error) { return Select{}, errors.New("it does not fit") },
			records: []string{`{"a":1}`},
			failed:  []string{"it does not fit"},
		},
		{what: "nothing good", records: []string{`x`, `y`}, failed: []string{"x: ", "y: "}},
		{what: "no fields", records: []string{`{}`, `{ }`}, want: []string{`{"leat_rest":null}`, `{"leat_rest":null}`}},
		{what: "all dropped", query: selecting("false", "a = records.a"), records: []string{`{"a":1}`}, dropped: 1},
		{what: "no records"},
	} {
		for _, format := range []string{Parquet, JSONLines} {
			t.Run(c.what+", "+format, func(t *testing.T) {
				w := newWriter(t)
				job := jobOf(c.records...)
				job.Columns, job.Select, job.Format = c.columns, c.query, format
				job.Named = []string{"n", "text", "keep", "v"}
				r := write(t, w, job)
				var got []string
				for _, f := range r.Files {
					got = append(got, rowsOf(t, f)...)
				}
				if format == Parquet {
					if diff := cmp.Diff(c.want, got); diff != "" {
						t.Error(diff)
					}
				}
				if len(got) != len(c.want) || r.Dropped != c.dropped || r.Read != uint64(len(c.records)) {
					t.Errorf("%d rows, want %d: %+v", len(got), len(c.want), r)
				}
				failed := reasons(t, r)
				if len(failed) != len(c.failed) {
					t.Fatalf("%d failures, want %d: %q", len(failed), len(c.failed), failed)
				}
				for _, want := range c.failed {
					if !slices.ContainsFunc(failed, func(f string) bool { return strings.Contains(f, want) }) {
						t.Errorf("no failure with %q: %q", want, failed)
					}
				}
			})
		}
	}
}

func TestAThousandBadOfAHundredThousand(t *testing.T) {
	w := newWriter(t)
	var records []string
	bad := 0
	for i := range 100_000 {
		record := fmt.Sprintf(`{"id":%d,"at":%d,"kind":"k%d"}`, i, 1710666307+i, i%10)
		if i%100 == 37 {
			bad++
			record = []string{`{"id":`, fmt.Sprintf(`{"id":"x%d","at":1,"kind":"k"}`, i), fmt.Sprintf(`{"id":%d,"at":99999999999999999,"kind":"k"}`, i), "\xff", fmt.Sprintf(`{"id":1,"at":1,"kind":"%s"}`, strings.Repeat("x", 300))}[bad%5]
		}
		records = append(records, record)
	}
	job := jobOf(records...)
	job.Partitions = []string{"kind"}
	job.Select = selecting("", "id = records.id", "created = to_timestamp(records.at) AT TIME ZONE 'UTC'", "kind = records.kind")
	r := write(t, w, job)
	if r.Delivered != 99_200 || r.Quarantined != 800 {
		t.Errorf("%+v", r)
	}
}

// What TRY does not take is found by halves.
func TestBadRecordsAreFoundByHalves(t *testing.T) {
	w := newWriter(t)
	var records []string
	for i := range 500 {
		records = append(records, fmt.Sprintf(`{"n":%d}`, i))
	}
	job := jobOf(records...)
	// A volatile expression: TRY refuses those.
	job.Select = selecting("", "v = CASE WHEN records.n % 100 = 99 THEN error('no ' || records.n) ELSE records.n END + 0 * random()")
	r := write(t, w, job)
	if r.Delivered != 495 || r.Quarantined != 5 || !strings.Contains(reasons(t, r)[1], "no 199") {
		t.Errorf("%+v: %.300q", r, reasons(t, r))
	}
}

func TestHalvesFindsExactlyTheBad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 300).Draw(t, "n")
		bad := rapid.MapOf(rapid.Uint64Range(0, 299), rapid.Just(true)).Draw(t, "bad")
		got := map[uint64]bool{}
		err := halves(0, n, 1<<20, func(from, to uint64) error {
			for i := range bad {
				if i >= from && i < to {
					return &duck.Error{Type: duck.Conversion}
				}
			}
			return nil
		}, func(from, to uint64, _ error) error {
			for i := from; i < to; i++ {
				got[i] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if got[i] != bad[i] {
				t.Fatalf("%d: found is %v, want %v", i, got[i], bad[i])
			}
		}
	})
	// The search is bounded, and errs on the side of the error prefix.
	probes, found := 0, uint64(0)
	err := halves(0, 1000, 10, func(from, to uint64) error { probes++; return &duck.Error{Type: duck.Conversion} },
		func(from, to uint64, _ error) error { found += to - from; return nil })
	if err != nil || found != 1000 || probes > 25 {
		t.Errorf("%d probes found %d, %v", probes, found, err)
	}
	away := errors.New("the disk is away")
	if err := halves(0, 10, 10, func(uint64, uint64) error { return away }, nil); !errors.Is(err, away) {
		t.Errorf("got %v, want the machine's error", err)
	}
}
