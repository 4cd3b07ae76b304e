package e2e

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"leat/server"
)

// TestADataFolderOfTheFirstVersionOpensAndLosesNothing opens a folder that an
// older program wrote and that was killed in the middle of a delivery
// (testdata/folders/make.sh says how), and looks for everything in it, by the
// meaning that it had.
func TestADataFolderOfTheFirstVersionOpensAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if code, _, errs := run(t, "", nil, "tar", "-xzf", "testdata/folders/first.tar.gz", "-C", dir); code != 0 {
		t.Fatal(errs)
	}
	data := filepath.Join(dir, "data")
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
	p := serve(t, data)
	if _, _, errs := p.psql(t, "REFRESH MATERIALIZED VIEW byhand;"); strings.Contains(errs, "ERROR") {
		t.Fatal(errs)
	}
	values := p.awaitAllRead(t)

	_, out, errs := p.psql(t, `
SELECT 'live', COUNT(*), COUNT(DISTINCT sequence_number), SUM(payload.id::int), SUM(payload.price::decimal(10,2)) FROM live;
SELECT 'bad', TRIM(mv_name), COUNT(*) FROM sys_stream_scan_errors GROUP BY 2 ORDER BY 2;
SELECT 'byhand', COUNT(*), SUM(id), SUM(price) FROM byhand;
SELECT 'backslash', COUNT(*), MIN(path), MIN(second), MAX(second) FROM backslash;
INSERT INTO customers (name) VALUES ('new');
SELECT id, name, balance, note FROM customers ORDER BY id;
SELECT extra.b, extra.a[1], extra.a[2] IS NULL FROM customers WHERE id = 1;
SELECT id, name, doubled FROM rich;
SELECT d, t, z, i FROM old.moments;
SELECT 'whole', COUNT(*) FROM leat_quarantine;
`)
	want := `live|360|360|71720|63958.00
bad|backslash|40
bad|byhand|40
bad|live|40
byhand|320|63800|63958.00
backslash|360|a\b0\c|b0|y
1|Ada|12345678901234.5678|C:\new
2|Gerät|-0.0001|C:\new
3|日本||C:\new
4|new||C:\new
2|2.50|t
1|Ada|t
2024-02-29|2024-02-29 12:34:56.789|2024-02-29 10:34:56+00|1 day 02:00:00
whole|120
`
	if out != want {
		t.Errorf("SQL says\n%swant\n%s%s", out, want, errs)
	}

	if got := len(p.readStream(t, "events")); got != 400 {
		t.Errorf("the stream has %d records, want 400", got)
	}
	// Deliveries began at the third hundred; the fourth was in the middle of a plan.
	var wanted []string
	for id := 200; id < 400; id++ {
		if id%10 != 7 {
			wanted = append(wanted, strconv.Itoa(id))
		}
	}
	bucket := filepath.Join(server.Folder(data).Buckets(), "lake")
	for _, folder := range []string{"raw", "query"} {
		checkSame(t, folder, parquetColumn(t, filepath.Join(bucket, folder), "id"), wanted)
		if bad := len(objectLines(t, filepath.Join(bucket, folder+"-errors"))); bad != 20 {
			t.Errorf("%s has %d records under its error prefix, want 20", folder, bad)
		}
		checkValue(t, values, `leat_delivery_records_total{delivery_stream="`+folder+`",outcome="delivered"}`, 180)
	}
	if seconds := parquetColumn(t, filepath.Join(bucket, "query"), "second"); slices.ContainsFunc(seconds, func(s string) bool { return s != "" }) {
		t.Errorf("the query of the delivery stream means something else now: %q", slices.Compact(seconds))
	}
	if lines := objectLines(t, filepath.Join(bucket, "direct")); !slices.Equal(lines, []string{`{"direct":1}{"direct":2}{"direct":3}`}) {
		t.Errorf("what waited to be delivered became %q", lines)
	}
	if lines := archived(t, bucket); len(lines) != 200 {
		t.Errorf("the archive has %d records, want 200", len(lines))
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("leat serve ended with %d", code)
	}
	if code, out, errs := leat(t, "", "verify", "--data", data); code != 0 {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
}

// archived returns the records of the folder archive, which were put without
// anything between them.
func archived(t *testing.T, bucket string) []string {
	t.Helper()
	text := strings.Join(objectLines(t, filepath.Join(bucket, "archive")), "\n")
	return slices.DeleteFunc(strings.Split(text, `{"id":`), func(s string) bool { return s == "" })
}

// checkSame checks that texts are the same, in any order.
func checkSame(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	want = slices.Clone(want)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d values %.200q, want %d", what, len(got), got, len(want))
	}
}
