package delivery

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/duck"
)

// mixedLake is the lake of mixed events: names taken apart, one folder for
// each type and day.
var mixedLake = Definition{
	Name: "lake", SourceStream: "events", FromHorizon: true, Bucket: "lake", BufferBytes: 2000, BufferAge: MaxBufferAge, Format: "parquet",
	Prefix:      "event_type=!{partitionKeyFromQuery:event_type}/created_date=!{partitionKeyFromQuery:created_date}/",
	ErrorPrefix: "bad/",
	Query: `SELECT *, timestamp 'epoch' + created_at * interval '1 second' AS created_datetime,
		split_part(event_name, ':', 1) AS event_type, split_part(event_name, ':', 2) AS event_subtype,
		trunc(timestamp 'epoch' + created_at * interval '1 second') AS created_date
		FROM records WHERE event_name <> 'ignore:me'`,
}

func mixedEvent(i int) string {
	return fmt.Sprintf(`{"event_uuid":"u%d","event_name":"%s:%s","created_at":%d,"n":%d}`,
		i, []string{"payment", "account", "order"}[i%3], []string{"created", "closed"}[i%2], 1710633600+i%2*86400, i)
}

// lakeRows reads the data of all Parquet objects: what each row says, by the
// folder that it is in.
func (r *rig) lakeRows() map[string][]string {
	r.t.Helper()
	dir := r.t.TempDir()
	db, err := duck.Open(duck.Config{Folders: []string{dir}})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close()
	rows := map[string][]string{}
	n := 0 // DuckDB remembers files: a name is used once
	for key, data := range r.objects() {
		n++
		if !strings.HasSuffix(key, ".parquet") {
			continue
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.parquet", n))
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			r.t.Fatal(err)
		}
		result, err := conn.Query(r.t.Context(), "SELECT to_json(x)::VARCHAR FROM read_parquet("+duck.Literal(file)+") x")
		if err != nil {
			r.t.Fatal(err)
		}
		folder := key[:strings.LastIndexByte(key, '/')]
		for result.Next() {
			rows[folder] = append(rows[folder], result.Values()[0].(string))
		}
		if err := result.Err(); err != nil {
			r.t.Fatal(err)
		}
		result.Close()
	}
	for _, folder := range rows {
		slices.Sort(folder)
	}
	return rows
}

// quarantined returns the data of all records under the error prefix.
func (r *rig) quarantined(prefix string) []string {
	r.t.Helper()
	var all []string
	for key, data := range r.objects() {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		for line := range strings.Lines(data) {
			var failure struct{ RawData string }
			if err := json.Unmarshal([]byte(line), &failure); err != nil {
				r.t.Fatal(err)
			}
			raw, err := base64.StdEncoding.DecodeString(failure.RawData)
			if err != nil {
				r.t.Fatal(err)
			}
			all = append(all, string(raw))
		}
	}
	slices.Sort(all)
	return all
}

func TestMixedEventsBecomeALake(t *testing.T) {
	r := newRig(t)
	src := newMemSource("events")
	r.sources["events"] = src
	want := map[string][]string{}
	for i := range 60 {
		src.put(began, mixedEvent(i))
		kind, sub := []string{"payment", "account", "order"}[i%3], []string{"created", "closed"}[i%2]
		day := 17 + i%2
		folder := fmt.Sprintf("event_type=%s/created_date=2024-03-%d", kind, day)
		want[folder] = append(want[folder], fmt.Sprintf(
			`{"event_uuid":"u%d","event_name":"%s:%s","created_at":%d,"n":%d,"created_datetime":"2024-03-%d 00:00:00","event_subtype":"%s"}`,
			i, kind, sub, 1710633600+i%2*86400, i, day, sub))
	}
	for _, folder := range want {
		slices.Sort(folder)
	}
	src.put(began, `{"event_name":"ignore:me","created_at":1}`, "nonsense", `{"event_name":"payment:x","created_at":"yesterday"}`)
	r.start()
	r.create(mixedLake)
	r.flush("lake")
	if diff := cmp.Diff(want, r.lakeRows()); diff != "" {
		t.Error(diff)
	}
	for kind, want := range map[string]string{"format-conversion-failed": "nonsense", "processing-failed": `{"event_name":"payment:x","created_at":"yesterday"}`} {
		if diff := cmp.Diff([]string{want}, r.quarantined("bad/"+kind+"/2024/03/17/09/lake-1-2024-03-17-09-05-07-")); diff != "" {
			t.Error(diff)
		}
	}
	if s := r.checkLedger("lake", 63); s.Delivered != 60 || s.Dropped != 1 || s.Quarantined != 2 {
		t.Errorf("status %+v", s)
	}
}

// The lake holds each record once, in rows or under the error prefix, whatever
// crashes and wherever.
func TestEachRecordIsInTheLakeOnceWhereverItCrashes(t *testing.T) {
	for n := 0; ; n += 2 {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		for i := range 30 {
			src.put(began, mixedEvent(i))
		}
		src.put(began, "nonsense", `{"event_name":"ignore:me","created_at":1}`)
		r.start()
		r.create(mixedLake)
		r.stop()
		crashed := r.runCrashing(n, func(ctx context.Context) error { return r.service.Flush(ctx, "lake") })
		r.start()
		r.flush("lake")
		count := map[string]int{}
		for _, rows := range r.lakeRows() {
			for _, row := range rows {
				count[row[:strings.Index(row, `","event_name"`)]]++
			}
		}
		if len(count) != 30 || slices.Max(slices.Collect(maps.Values(count))) != 1 {
			t.Errorf("%d different rows: %v", len(count), count)
		}
		if bad := r.quarantined("bad/"); len(bad) != 1 {
			t.Errorf("quarantined %q", bad)
		}
		r.checkLedger("lake", 32)
		r.stop()
		if t.Failed() {
			t.Fatalf("crashed at step %d", n)
		}
		if !crashed {
			if n < 10 {
				t.Fatalf("only %d steps could crash", n)
			}
			return
		}
	}
}

func TestRowsAsJSONLines(t *testing.T) {
	for _, compression := range []string{"none", "gzip"} {
		r := newRig(t)
		src := newMemSource("events")
		r.sources["events"] = src
		src.put(began, `{"a":1,"b":{"c":[1,"x"]}}`, `{"a":2}`, `{"a":-1}`)
		r.start()
		r.create(Definition{
			Name: "lines", SourceStream: "events", FromHorizon: true, Bucket: "lake", BufferAge: MaxBufferAge, Compression: compression,
			Columns: "a bigint, b super", Query: "SELECT a + 1 AS next, b.c AS list FROM records WHERE a > 0",
		})
		r.flush("lines")
		for key, data := range r.objects() {
			if compression == "gzip" {
				data = unzip(t, data)
			}
			if diff := cmp.Diff("{\"next\":2,\"list\":[1,\"x\"]}\n{\"next\":3,\"list\":null}\n", data); diff != "" {
				t.Errorf("%s: %s", key, diff)
			}
		}
		if s := r.checkLedger("lines", 3); s.Delivered != 2 || s.Dropped != 1 || s.Objects != 1 {
			t.Errorf("status %+v", s)
		}
	}
}

func TestQueriesThatCannotBeAreRefused(t *testing.T) {
	r := newRig(t)
	r.sources["events"] = newMemSource("events")
	r.start()
	for what, c := range map[string]struct {
		change func(*Definition)
		code   leat.Code
		text   string
	}{
		"syntax":         {func(d *Definition) { d.Query = "SELEC 1" }, leat.InvalidArgument, "syntax error"},
		"two statements": {func(d *Definition) { d.Query += "; SELECT 1 FROM records" }, leat.InvalidArgument, "one SELECT"},
		"no query":       {func(d *Definition) { d.Query = "DELETE FROM records" }, leat.InvalidArgument, "one SELECT"},
		"aggregate":      {func(d *Definition) { d.Query = "SELECT count(*) AS event_type FROM records" }, leat.Unsupported, "aggregate"},
		"missing key":    {func(d *Definition) { d.Query = "SELECT 1 AS event_type FROM records" }, leat.InvalidArgument, "created_date"},
		"unknown column": {func(d *Definition) { d.Columns = "a int" }, leat.InvalidArgument, "does not exist"},
		"types that do not fit": {func(d *Definition) {
			d.Columns, d.Query = "a date, b boolean", "SELECT a * b AS event_type, 1 AS created_date, a FROM records"
		}, leat.InvalidArgument, "query"},
		"unknown type":         {func(d *Definition) { d.Columns = "a integr" }, leat.InvalidArgument, "columns"},
		"more than columns":    {func(d *Definition) { d.Columns = "a int); DROP TABLE x; --" }, leat.InvalidArgument, "columns"},
		"column twice":         {func(d *Definition) { d.Columns = "a int, A int" }, leat.InvalidArgument, "twice"},
		"delimiter":            {func(d *Definition) { d.Delimiter = true }, leat.InvalidArgument, "delimiter"},
		"no error prefix":      {func(d *Definition) { d.ErrorPrefix = "" }, leat.InvalidArgument, "ErrorOutputPrefix"},
		"files from the query": {func(d *Definition) { d.Query = "SELECT * FROM read_csv('/etc/passwd')" }, leat.Unsupported, ""},
	} {
		t.Run(what, func(t *testing.T) {
			def := mixedLake
			c.change(&def)
			err := r.service.Create(t.Context(), def)
			if leat.CodeOf(err) != c.code || !strings.Contains(fmt.Sprint(err), c.text) {
				t.Errorf("got %v (%s), want %s with %q", err, leat.CodeOf(err), c.code, c.text)
			}
		})
	}
}
