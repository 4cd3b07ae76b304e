package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAFileGoesThroughTheStreamIntoSQL is what a user does first: a stream by
// the AWS CLI, a file by leat put, a view by leat sql, an answer by psql.
func TestAFileGoesThroughTheStreamIntoSQL(t *testing.T) {
	p := serve(t, t.TempDir())
	if code, _, errs := p.aws(t, "kinesis", "create-stream", "--stream-name", "orders", "--shard-count", "2"); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := p.aws(t, "kinesis", "wait", "stream-exists", "--stream-name", "orders"); code != 0 {
		t.Fatal(errs)
	}
	file := filepath.Join(t.TempDir(), "orders.ndjson")
	if err := os.WriteFile(file, []byte(`{"id":1,"state":" VIC","total":10.5}`+"\n"+`{"id":2,"state":" NSW","total":4}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := leat(t, "", "put", "orders", file, "--repeat", "3", "--key-field", "id", "--endpoint", "http://"+p.AWS)
	if code != 0 || !strings.Contains(out, "put 6 records") {
		t.Fatalf("leat put ended with %d: %s%s", code, out, errs)
	}
	var got []string
	for _, document := range p.readStream(t, "orders") {
		got = append(got, string(document))
	}
	slices.Sort(got)
	want := slices.Repeat([]string{`{"id":1,"state":" VIC","total":10.5}`}, 3)
	want = append(want, slices.Repeat([]string{`{"id":2,"state":" NSW","total":4}`}, 3)...)
	if !slices.Equal(got, want) {
		t.Errorf("the stream has %q", got)
	}

	code, out, errs = leat(t, `
CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default;
CREATE MATERIALIZED VIEW orders_view AS SELECT JSON_PARSE(kinesis_data) AS payload FROM kds.orders;
REFRESH MATERIALIZED VIEW orders_view;
SELECT payload.state::varchar AS state, count(*) AS orders FROM orders_view GROUP BY 1 ORDER BY 1;
`, "sql", "--address", p.SQL, "--format", "csv")
	if code != 0 || !strings.Contains(out, "state,orders\n\" NSW\",3\n\" VIC\",3\n") {
		t.Errorf("leat sql ended with %d: %s%s", code, out, errs)
	}
	if _, out, errs := p.psql(t, "SELECT sum(payload.total::decimal(8,2)) FROM orders_view;\n"); strings.TrimSpace(out) != "43.50" {
		t.Errorf("the sum is %q, %q", out, errs)
	}
	code, _, errs = leat(t, "", "sql", "--address", p.SQL, "-c", "SELECT 1;\nSELECT x\nFROM orders_view")
	if code != 1 || !strings.Contains(errs, `column "x" does not exist`) || !strings.Contains(errs, "\n               ^") {
		t.Errorf("leat sql ended with %d: %q", code, errs)
	}
}

func TestPutMakesAStreamWhenAskedAndSaysHowWhenNot(t *testing.T) {
	p := serve(t, t.TempDir())
	code, _, errs := leat(t, `{"a":1}`, "put", "events", "-", "--endpoint", "http://"+p.AWS)
	if code == 0 || !strings.Contains(errs, "there is no such stream") || !strings.Contains(errs, "--create") ||
		!strings.Contains(errs, "aws kinesis create-stream --stream-name events") || strings.Contains(errs, "RequestID") {
		t.Errorf("put into a stream that is not there ended with %d: %s", code, errs)
	}
	for range 2 { // a stream that is there is as good
		if code, _, errs := leat(t, `{"a":1}`, "put", "events", "-", "--create", "--endpoint", "http://"+p.AWS); code != 0 {
			t.Fatalf("put --create ended with %d: %s", code, errs)
		}
	}
	if got := p.readStream(t, "events"); len(got) != 2 {
		t.Errorf("the stream has %d records, want 2", len(got))
	}
	code, _, errs = leat(t, `{"a":1}`, "put", "a b", "-", "--create", "--endpoint", "http://"+p.AWS)
	if code == 0 || !strings.Contains(errs, "ValidationException") || strings.Contains(errs, "https response error") {
		t.Errorf("put into a stream that cannot be ended with %d: %s", code, errs)
	}
	code, _, errs = leat(t, `{"a":1}`, "put", "events", "-", "--endpoint", "http://127.0.0.1:1")
	if code == 0 || !strings.Contains(errs, "leat serve") {
		t.Errorf("put without a server ended with %d: %s", code, errs)
	}
}
