package warehouse

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat/duck"
)

// withView makes a stream named events and a view v over it.
func withView(t testing.TB, auto bool) (*fixture, *fakeStream) {
	t.Helper()
	f := newFixture(t)
	stream := newFakeStream("first")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default")
	yes := "NO"
	if auto {
		yes = "YES"
	}
	f.do(`CREATE MATERIALIZED VIEW v AUTO REFRESH ` + yes + ` AS
		SELECT approximate_arrival_timestamp, sequence_number, JSON_PARSE(kinesis_data) AS payload,
			JSON_EXTRACT_PATH_TEXT(from_varbyte(kinesis_data, 'utf-8'), 'id')::INT AS id
		FROM kds.events WHERE CAN_JSON_PARSE(kinesis_data)`)
	return f, stream
}

func documents(from, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`{"id":%d,"text":"a document of some length"}`, from+i)
	}
	return out
}

// checkLedger compares the view with what went into its stream: the ids that
// must be there, each once, and a ledger that adds up.
func checkLedger(t testing.TB, f *fixture, rows, filtered, quarantined int) {
	t.Helper()
	got := f.raw("SELECT count(*), count(DISTINCT sequence_number) FROM public.v")
	if diff := cmp.Diff([]any{int64(rows), int64(rows)}, got); diff != "" {
		t.Errorf("rows of the view, and different ones:\n%s", diff)
	}
	state := f.raw("SELECT read, rows, filtered, quarantined FROM leat.view_state")
	want := []any{uint64(rows + filtered + quarantined), uint64(rows), uint64(filtered), uint64(quarantined)}
	if diff := cmp.Diff(want, state); diff != "" {
		t.Errorf("ledger in the database (read, rows, filtered, quarantined):\n%s", diff)
	}
	status := f.Views()[0]
	if diff := cmp.Diff(want, []any{status.Read, status.Rows, status.Filtered, status.Quarantined}); diff != "" {
		t.Errorf("ledger of the status:\n%s", diff)
	}
	if n := f.raw("SELECT count(*) FROM leat.quarantine")[0]; n != int64(quarantined) {
		t.Errorf("quarantine has %v records, want %d", n, quarantined)
	}
}

func TestARefreshTakesEachRecordOnce(t *testing.T) {
	f, stream := withView(t, false)
	stream.put(documents(0, 100)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 100, 0, 0)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 100, 0, 0)
	stream.put(documents(100, 50)...)
	stream.put("not json")
	f.reopen()
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 150, 1, 0)
	got := f.do("SELECT payload.id, id FROM v WHERE id = 149")
	if diff := cmp.Diff([][]any{{"149", int32(149)}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestARefreshOfManySlicesIsExact(t *testing.T) {
	f, stream := withView(t, false)
	stream.maxBatch = 700
	stream.put(documents(0, 40_000)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 40_000, 0, 0)
	if got := f.raw("SELECT sum(id)::BIGINT FROM public.v"); got[0] != int64(40_000*39_999/2) {
		t.Errorf("sum of ids is %v", got[0])
	}
}

func TestAFailureBetweenStepsLosesAndRepeatsNothing(t *testing.T) {
	for _, step := range []string{"rows inserted", "position moved", "committed"} {
		t.Run(step, func(t *testing.T) {
			f, stream := withView(t, false)
			total := 0
			for round := range 4 {
				stream.put(documents(total, 30)...)
				stream.put(`{"id":"none"}`)
				total += 30
				failed := false
				f.testFault = func(at string) error {
					if at == step && !failed {
						failed = true
						return errors.New("injected")
					}
					return nil
				}
				if _, err := try(f.session, "REFRESH MATERIALIZED VIEW v"); err == nil || !strings.Contains(err.Error(), "injected") {
					t.Fatalf("round %d: %v, want the injected failure", round, err)
				}
				if round%2 == 1 {
					f.reopen()
				}
				f.testFault = nil
				f.do("REFRESH MATERIALIZED VIEW v")
				checkLedger(t, f, total, 0, round+1)
			}
		})
	}
}

func TestBadRecordsAreQuarantinedWhole(t *testing.T) {
	f, stream := withView(t, false)
	bad := []string{`{"id":"abc"}`, `{"id":99999999999}`, `{"id":1.5e400}`, "\xff\xfe{}", `{broken`, `[`, ``}
	stream.put(documents(0, 10)...)
	stream.put(bad...)
	stream.put(documents(10, 10)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 20, 4, 3)
	rows := f.do("SELECT data, partition_key, sequence_number, column_name, expression, error_code, reason FROM leat_quarantine ORDER BY sequence_number")
	for i, row := range rows {
		if string(row[0].([]byte)) != bad[i] || row[1] != fmt.Sprintf("key-%d", 10+i) || row[3] != "id" || row[4] == "" || row[6] == "" {
			t.Errorf("quarantined record %d: %q", i, row)
		}
	}
	errors := f.do("SELECT external_schema_name, stream_name, mv_name, partition_id, error_code, error_reason FROM sys_stream_scan_errors ORDER BY position")
	if len(errors) != 3 || errors[0][0] != "kds" || errors[0][1] != "events" || errors[0][2] != "v" || errors[0][4] != int32(codeDigit) {
		t.Errorf("SYS_STREAM_SCAN_ERRORS: %v", errors)
	}
}

func TestWithoutAFilterBrokenDocumentsAreQuarantined(t *testing.T) {
	f, stream := withView(t, false)
	f.do("CREATE MATERIALIZED VIEW w AS SELECT JSON_PARSE(kinesis_data) AS payload FROM kds.events")
	stream.put(`{"id":1}`, "\xff\xfe", `{broken`, ``)
	f.do("REFRESH MATERIALIZED VIEW w")
	got := f.do("SELECT error_code, reason FROM leat_quarantine WHERE view_name = 'w' ORDER BY sequence_number")
	want := [][]any{
		{int32(codeUTF8), "column payload: the data is not valid UTF-8 from byte 0 on"},
		{int32(codeJSON), "column payload: the data is not valid JSON at byte 2: a key is wrong"},
		{int32(codeJSON), "column payload: the data is not valid JSON: it is empty"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyBadRecordsDoNotHoldUpTheRest(t *testing.T) {
	f, stream := withView(t, false)
	all := documents(0, 100_000)
	for i := range 1000 {
		all[i*100+7] = []string{`{"id":"word"}`, `{"id":123456789012345}`, `{"id":"1e9999"}`, `{"id":true}`}[i%4]
	}
	stream.put(all...)
	started := time.Now()
	f.do("REFRESH MATERIALIZED VIEW v")
	t.Logf("refreshed in %v", time.Since(started))
	checkLedger(t, f, 99_000, 0, 1000)
	if got := f.raw("SELECT count(*) FROM leat.quarantine WHERE reason LIKE '%the expression fails%' OR reason = ''"); got[0] != int64(0) {
		t.Errorf("%v records have no reason of their own", got[0])
	}
}

func TestARecordLargerThanTheLimitIsQuarantined(t *testing.T) {
	f, stream := withView(t, false)
	f.cfg.MaxRecordBytes = 1000
	stream.put(documents(0, 3)...)
	stream.put(`{"id":1,"text":"` + strings.Repeat("x", 1000) + `"}`)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 3, 0, 1)
}

func TestAStreamMadeAgainIsReadFromItsStart(t *testing.T) {
	f, stream := withView(t, false)
	stream.put(documents(0, 10)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	again := newFakeStream("second")
	again.put(documents(100, 3)...)
	f.streams.set("events", again)
	f.do("REFRESH MATERIALIZED VIEW v")
	if got := f.raw("SELECT count(*), count(*) FILTER (id >= 100) FROM public.v"); got[0] != int64(13) || got[1] != int64(3) {
		t.Errorf("the view has %v rows, %v of the new stream; want 13 and 3", got[0], got[1])
	}
}

func TestRecordsLostToRetentionAreCounted(t *testing.T) {
	f, stream := withView(t, false)
	stream.put(documents(0, 10)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	stream.put(documents(10, 10)...)
	stream.expire(15)
	f.do("REFRESH MATERIALIZED VIEW v")
	checkLedger(t, f, 15, 0, 0)
	if lost := f.Views()[0].Lost; lost != 5 {
		t.Errorf("%d records lost, want 5", lost)
	}
}

func TestRefreshesAndScansAreInTheHistory(t *testing.T) {
	f, stream := withView(t, false)
	f.do("REFRESH MATERIALIZED VIEW v")
	stream.put(documents(0, 10)...)
	stream.put(`{"id":"x"}`)
	f.do("REFRESH MATERIALIZED VIEW v")
	got := f.do("SELECT mv_name, refresh_type, status FROM sys_mv_refresh_history ORDER BY start_time")
	want := [][]any{
		{"v", "Manual", statusNoData},
		{"v", "Manual", statusIncremental + ". Some stream records were skipped."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	scans := f.do("SELECT stream_name, mv_name, partition_id, scanned_rows, skipped_rows FROM sys_stream_scan_states ORDER BY partition_id")
	wantScans := [][]any{
		{"events", "v", "shardId-000000000000", int64(6), int64(1)},
		{"events", "v", "shardId-000000000001", int64(5), int64(0)},
	}
	if diff := cmp.Diff(wantScans, scans); diff != "" {
		t.Error(diff)
	}
}

// waitFor waits until a condition of the views holds.
func waitFor(t testing.TB, f *fixture, what string, holds func(ViewStatus) bool) {
	t.Helper()
	changed := make(chan struct{}, 1)
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if views := f.Views(); len(views) > 0 && holds(views[0]) {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited for %s; views are %+v", what, f.Views())
		}
	}
}

func TestAnAutoRefreshingViewFollowsItsStream(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	for i := range 10 {
		stream.put(documents(i*10, 10)...)
		waitFor(t, f, "the records of a round", func(v ViewStatus) bool { return v.Rows == uint64(i+1)*10 })
	}
	f.do("ALTER MATERIALIZED VIEW v AUTO REFRESH NO")
	stream.put(documents(100, 10)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	stream.put(documents(110, 5)...)
	f.do("ALTER MATERIALIZED VIEW v AUTO REFRESH YES")
	waitFor(t, f, "the records after the pause", func(v ViewStatus) bool { return v.Rows == 115 })
	checkLedger(t, f, 115, 0, 0)
}

func TestManualAndAutomaticRefreshesShareTheWork(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	other := f.newSession()
	done := make(chan error, 1)
	go func() {
		for range 20 {
			if _, err := try(other, "REFRESH MATERIALIZED VIEW v"); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range 50 {
		stream.put(documents(i*20, 20)...)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	waitFor(t, f, "all records", func(v ViewStatus) bool { return v.Read == 1000 })
	checkLedger(t, f, 1000, 0, 0)
}

func TestDeletingRowsDoesNotDisturbRefreshes(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	for i := range 30 {
		stream.put(documents(i*20, 20)...)
		f.do(fmt.Sprintf("DELETE FROM v WHERE id < %d", i*20))
	}
	waitFor(t, f, "all records", func(v ViewStatus) bool { return v.Read == 600 })
	f.do("DELETE FROM v WHERE id < 580")
	if got := f.raw("SELECT count(*) FROM public.v"); got[0] != int64(20) {
		t.Errorf("%v rows are left, want 20", got[0])
	}
	if v := f.Views()[0]; v.Rows != 600 || v.LastError != "" {
		t.Errorf("status %+v", v)
	}
}

func TestAViewWaitsForAStreamThatIsGone(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	stream.put(documents(0, 5)...)
	waitFor(t, f, "the first stream", func(v ViewStatus) bool { return v.Rows == 5 })
	stream.delete()
	waitFor(t, f, "an error", func(v ViewStatus) bool { return v.LastError != "" })
	again := newFakeStream("second")
	f.streams.set("events", again)
	again.put(documents(10, 5)...)
	waitFor(t, f, "the second stream", func(v ViewStatus) bool { return v.Rows == 10 && v.LastError == "" })
}

func TestADroppedViewStopsFollowing(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	for i := range 20 {
		stream.put(documents(i*100, 100)...)
	}
	f.do("DROP MATERIALIZED VIEW v")
	if views := f.Views(); len(views) != 0 {
		t.Errorf("views after the drop: %+v", views)
	}
	if _, err := try(f.session, "SELECT * FROM v"); err == nil {
		t.Error("the view can still be read")
	}
	for _, table := range []string{"views", "view_state", "quarantine", "columns WHERE relation = 'v'"} {
		if n := f.raw("SELECT count(*) FROM leat." + table)[0]; n != int64(0) {
			t.Errorf("leat.%s still has %v rows of it", table, n)
		}
	}
}

func TestErrorsOfTheDatabaseAreNotBlamedOnRecords(t *testing.T) {
	for _, kind := range []duck.ErrorType{duck.OutOfMemory, duck.IO, duck.Transaction, duck.Interrupt, duck.Fatal} {
		if aboutRecords(fmt.Errorf("commit: %w", &duck.Error{Type: kind})) {
			t.Errorf("an error of type %s is blamed on records", kind)
		}
	}
	for _, kind := range []duck.ErrorType{duck.Conversion, duck.OutOfRange, duck.InvalidInput} {
		if !aboutRecords(&duck.Error{Type: kind}) {
			t.Errorf("an error of type %s is not blamed on records", kind)
		}
	}
}

func TestAViewThatCannotBeOpenedHarmsOnlyItself(t *testing.T) {
	f, stream := withView(t, false)
	f.do(`CREATE MATERIALIZED VIEW w AS SELECT partition_key FROM kds.events`)
	stream.put(documents(0, 5)...)
	f.do("REFRESH MATERIALIZED VIEW v; REFRESH MATERIALIZED VIEW w")
	f.raw("UPDATE leat.views SET query = 'SELECT nonsense(kinesis_data) FROM kds.events' WHERE name = 'v'")
	f.reopen()
	views := f.Views()
	if len(views) != 2 || views[0].Name != "w" || views[0].LastError != "" || views[1].Name != "v" || views[1].LastError == "" {
		t.Errorf("views: %+v", views)
	}
	f.do("REFRESH MATERIALIZED VIEW w")
	if got := f.do("SELECT count(*) FROM v"); got[0][0] != int64(5) {
		t.Errorf("the rows of the broken view: %v", got)
	}
	if _, err := try(f.session, "REFRESH MATERIALIZED VIEW v"); stateOfError(err) != "55000" {
		t.Errorf("refreshing the broken view: %v", err)
	}
	f.do("DROP MATERIALIZED VIEW v")
	if len(f.Views()) != 1 {
		t.Errorf("views after the drop: %+v", f.Views())
	}
}
