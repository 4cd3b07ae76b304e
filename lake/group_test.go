package lake

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Mixed records are staged by the fields they have; files of a partition have
// the columns of its records, and rows are where they belong.
func TestMixedRecordsHaveFilesOfTheirOwnFields(t *testing.T) {
	w := newWriter(t)
	var records []string
	for i := range 40 {
		records = append(records,
			fmt.Sprintf(`{"kind":"order","id":%d,"total":%d.5,"items":[%d]}`, i, i, i),
			fmt.Sprintf(`{"kind":"page","url":"/%d","referrer":null,"ms":%d}`, i, i))
	}
	records = append(records, `{"kind":"alone"}`)
	job := jobOf(records...)
	job.Partitions = []string{"kind"}
	r := write(t, w, job)
	if len(r.Files) != 3 || r.Delivered != 81 {
		t.Fatalf("%+v; %q", r, reasons(t, r))
	}
	for _, f := range r.Files {
		rows := rowsOf(t, f)
		want := map[string]string{
			"order": `{"id":0,"total":0.5,"items":"[0]"}`, "page": `{"url":"/0","ms":0}`,
			"alone": `{"leat_rest":null}`,
		}[f.Values[0]]
		if diff := cmp.Diff(want, rows[0]); diff != "" {
			t.Errorf("%s: %s", f.Values[0], diff)
		}
	}
}

// A query's own columns are in all files, with one type, whoever has the field.
func TestTheQuerysColumnsAreInAllFiles(t *testing.T) {
	w := newWriter(t)
	job := jobOf(`{"kind":"a","x":1,"y":2,"z":3}`, `{"kind":"b","p":1,"q":2,"r":3}`)
	job.Partitions = []string{"kind"}
	job.Select = selecting("", "kind = records.kind", "x = records.x", "p = records.p")
	r := write(t, w, job)
	got := map[string][]string{}
	for _, f := range r.Files {
		got[f.Values[0]] = rowsOf(t, f)
	}
	if diff := cmp.Diff(map[string][]string{"a": {`{"x":1,"p":null}`}, "b": {`{"x":null,"p":1}`}}, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever fields records have, each is in a group that has them all, and there
// are not too many groups.
func TestGroupsHaveAllFieldsOfTheirRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		g := grouping{limit: limit, seen: map[uint64]*group{}, add: func() (*group, error) { return &group{}, nil }}
		for range rapid.IntRange(1, 60).Draw(t, "records") {
			fields := rapid.SliceOfNDistinct(rapid.Int32Range(0, 20), 0, 8, rapid.ID).Draw(t, "fields")
			chosen, err := g.choose(fields, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !chosen.hasAll(fields) {
				t.Fatalf("the group of %v lacks some of them", fields)
			}
			size := 0
			for _, has := range chosen.has {
				if has {
					size++
				}
			}
			if size != chosen.size || len(g.all) != len(g.groups) || len(g.groups) > limit {
				t.Fatalf("size %d of %d, %d groups", chosen.size, size, len(g.groups))
			}
		}
	})
}
