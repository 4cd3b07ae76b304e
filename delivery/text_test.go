package delivery

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A query that cuts text writes files that every reader decodes, and folders with
// whole characters in their names.
func TestCutTextIsTextInTheLake(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	src.put(began, `{"id":1,"t":"ab"}`, `{"id":2,"t":"ééé"}`, `{"id":3,"t":"日本"}`, `{"id":4,"t":"x😀"}`, `{"id":5,"n":2000000000,"t":"y"}`)
	r.start()
	d := mixedLake
	d.Prefix = "t=!{partitionKeyFromQuery:p}/"
	d.Query = "SELECT id, t::varchar(3) AS t, REVERSE(t::char(3)) AS back, t::varchar(4) AS p, LEN(REPEAT('x', COALESCE(n, 1))) AS n FROM records"
	r.create(d)
	r.flush("lake")
	want := map[string][]string{
		"t=ab": {`{"id":1,"t":"ab","back":"ba","n":1}`},
		"t=éé": {`{"id":2,"t":"é","back":"é","n":1}`},
		"t=日":  {`{"id":3,"t":"日","back":"日","n":1}`},
		"t=x":  {`{"id":4,"t":"x","back":"x","n":1}`},
	}
	if diff := cmp.Diff(want, r.lakeRows()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`{"id":5,"n":2000000000,"t":"y"}`}, r.quarantined("bad/")); diff != "" {
		t.Errorf("a record that would make a huge text:\n%s", diff)
	}
}
