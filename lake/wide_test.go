package lake

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Records with many, long and odd names of fields are all delivered, in any
// format, and each value is there once: in its column or among the rest.
func TestAnyWidthIsDelivered(t *testing.T) {
	object := func(n int, name string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"%s%d":"v%d"`, name, i, i)
		}
		return "{" + b.String()[1:] + "}"
	}
	pairs := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf(`{"id":%d,"k%d":1,"m%d":"x"}`, i, i, i))
		}
		return all
	}
	// Each of so many records has so many names of its own.
	own := func(records, names int) (all []string) {
		for i := range records {
			all = append(all, object(names, fmt.Sprintf("r%d_", i)))
		}
		return all
	}
	deep := func(n int) string { return strings.Repeat(`{"d":`, n) + "1" + strings.Repeat("}", n) }
	for what, records := range map[string][]string{
		"120 records with two names of their own": pairs(120),
		"10 000 names":                  own(1000, 10),
		"100 000 names":                 own(400, 250),
		"one record with 50 000 fields": {object(50_000, "f")},
		"300 fields in each":            {object(300, "f"), object(300, "g"), object(300, "f")},
		"deep":                          {`{"a":` + deep(400) + `}`, `{"a":` + deep(3) + `}`},
		"odd names": {
			`{"` + strings.Repeat("long", 5000) + `":1}`, `{"":1}`, `{"q\"'":1}`, `{"a.b":1}`, `{"a\nb":1}`, `{"\u0000":1}`, `{"leat_rest":1}`, `{"leat_row":1}`, `{"leat_document":1}`,
			`{"$.a":1,"/x~":2,"records":3,"select":4,"*":5," ":6,"ü😀":7}`, `{"a":1,"a":2}`, `{"A":1,"a":2,"À":3,"à":4}`, `{"leat_line":1}`, `{"` + strings.Repeat("n", 1024) + `":1}`,
		},
	} {
		for _, format := range []string{Parquet, JSONLines} {
			for _, partitions := range [][]string{nil, {"id"}} {
				if partitions != nil && len(records) > 20 {
					partitions = []string{"zone"}
				}
				t.Run(fmt.Sprint(what, ", ", format, partitions), func(t *testing.T) {
					w := newWriter(t)
					job := jobOf(records...)
					job.Format, job.Partitions = format, partitions
					if format == JSONLines {
						job.Select = everything
					}
					r := write(t, w, job)
					if r.Delivered != uint64(len(records)) {
						t.Fatalf("%+v: %.300q", r, reasons(t, r))
					}
					values := 0
					for _, f := range r.Files {
						for _, row := range rowsOf(t, f) {
							values += valuesOf(t, row)
						}
					}
					want := 0
					for _, record := range records {
						for _, member := range members(t, []byte(record)) {
							if member != "id" || partitions == nil || partitions[0] != "id" {
								want++
							}
						}
					}
					if values != want {
						t.Errorf("%d values, want %d", values, want)
					}
				})
			}
		}
	}
}

// everything is SELECT * FROM records.
func everything(columns []Column) (Select, error) {
	q := Select{Open: true}
	for _, c := range columns {
		q.Outputs = append(q.Outputs, Output{Name: c.Name, Expr: "records." + identifier(c.Name), Type: c.Type, Field: c.Field, Plain: c.Name})
	}
	return q, nil
}

func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// members returns the names in an object, in order, also those that it has twice.
func members(t *testing.T, object []byte) (names []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
	}
	return names
}

// valuesOf counts the values of a row, and of its rest.
func valuesOf(t *testing.T, row string) (n int) {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(row), &fields); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		switch rest := value.(type) {
		case nil:
		case string:
			if name == "leat_rest" {
				n += len(members(t, []byte(rest)))
				continue
			}
			n++
		case map[string]any:
			if name == "leat_rest" {
				text, _ := json.Marshal(rest)
				n += len(members(t, text))
				continue
			}
			n++
		default:
			n++
		}
	}
	return n
}
