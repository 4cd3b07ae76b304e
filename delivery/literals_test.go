package delivery

import (
	"encoding/json"
	"testing"

	"leat/metastore"
	"leat/redshift"
)

// TestQueriesKeepTheRuleOfTheirLiterals delivers by a query made now, and
// restores one whose saved definition says nothing of a rule.
func TestQueriesKeepTheRuleOfTheirLiterals(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	src.put(began, `{"t":"x-12"}`, `{"t":"d+"}`)
	r.start()
	now := Definition{
		Name: "lines", SourceStream: "events", FromHorizon: true, Bucket: "lake", BufferAge: MaxBufferAge,
		Columns: "t varchar", Query: `SELECT regexp_substr(t, '\\d+') AS n FROM records`,
	}
	r.create(now)
	r.flush("lines")
	for key, data := range r.objects() {
		if data != "{\"n\":\"12\"}\n{\"n\":\"\"}\n" {
			t.Errorf("%s: %s", key, data)
		}
	}
	before := map[string]any{"Name": "old", "SourceStream": "events", "Bucket": "lake", "Format": "json", "Compression": "none", "BufferBytes": 1, "Query": `SELECT regexp_substr(t, '\d+') AS n FROM records`}
	saved, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.service.restore(t.Context(), metastore.Delivery{ID: "old", Name: "old", Definition: saved})
	if err != nil {
		t.Fatal(err)
	}
	want, err := redshift.StandardLiterals.Parse(p.def.Query)
	if err != nil {
		t.Fatal(err)
	}
	pattern := func(q *redshift.Query) string {
		return q.Body.(*redshift.Select).Items[0].Expr.(*redshift.Call).Args[1].(*redshift.Literal).Text
	}
	if got := pattern(p.shape.query); got != `\d+` || got != pattern(want[0].(*redshift.Query)) {
		t.Errorf("the old pattern is read as %q", got)
	}
}
