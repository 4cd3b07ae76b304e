package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat"
	"leat/redshift"
)

// stateOfError returns the SQLSTATE of an error.
func stateOfError(err error) string {
	var e *redshift.Error
	if errors.As(err, &e) {
		return e.SQLSTATE
	}
	return fmt.Sprint(err)
}

func TestStatementsOfASessionSeeEachOther(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (id INTEGER, name VARCHAR(20), price NUMERIC(8,2))")
	f.do("INSERT INTO t VALUES (1, 'one', 1.50), (2, 'two', 2.25)")
	f.do("UPDATE t SET price = price * 2 WHERE id = 2")
	got := f.do("SELECT id, name, price FROM t ORDER BY id")
	want := [][]any{{int32(1), "one", "1.50"}, {int32(2), "two", "4.50"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	f.reopen()
	if diff := cmp.Diff(want, f.do("SELECT * FROM public.t ORDER BY 1")); diff != "" {
		t.Errorf("after reopening:\n%s", diff)
	}
}

func TestAFailedBlockTakesNothingUntilItsEnd(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i INTEGER)")
	f.do("BEGIN")
	f.do("INSERT INTO t VALUES (1)")
	for _, bad := range []string{"SELECT nope FROM t", "INSERT INTO t VALUES ('x')", "SELECT 1 / 0"} {
		if f.session.TxStatus() != 'T' {
			f.do("ROLLBACK")
			f.do("BEGIN")
		}
		if _, err := try(f.session, bad); err == nil {
			t.Fatalf("%s succeeded", bad)
		}
		if got := f.session.TxStatus(); got != 'E' {
			t.Errorf("after %s the status is %c, want E", bad, got)
		}
		if _, err := try(f.session, "SELECT 1"); stateOfError(err) != "25P02" {
			t.Errorf("in a failed block: %v, want 25P02", err)
		}
	}
	statement, _ := redshift.Parse("COMMIT")
	p, err := f.session.Prepare(t.Context(), statement[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.session.Execute(t.Context(), p, nil)
	if err != nil || rows.Tag() != "ROLLBACK" || f.session.TxStatus() != 'I' {
		t.Errorf("COMMIT of a failed block: %v, tag %s, status %c", err, rows.Tag(), f.session.TxStatus())
	}
	if got := f.do("SELECT count(*) FROM t"); got[0][0] != int64(0) {
		t.Errorf("rows of a failed block are there: %v", got)
	}
}

func TestABlockIsAllOrNothingAlsoForTheCatalog(t *testing.T) {
	f := newFixture(t)
	stream := newFakeStream("s")
	f.streams.set("events", stream)
	other := f.newSession()
	f.do("BEGIN")
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default; CREATE TABLE t (a VARCHAR(5)); CREATE VIEW w AS SELECT a FROM t; " + payloadView)
	if _, err := try(other, "SELECT * FROM t"); stateOfError(err) != stateUndefined {
		t.Errorf("another session sees the table before the commit: %v", err)
	}
	f.do("ROLLBACK")
	for _, table := range []string{"views", "view_state", "relations", "columns", "dependencies", "external_schemas"} {
		if n := f.raw("SELECT count(*) FROM leat." + table)[0]; n != int64(0) {
			t.Errorf("leat.%s has %v rows after the rollback", table, n)
		}
	}
	if len(f.Views()) != 0 {
		t.Error("a view of the rolled back block is open")
	}
	f.do("BEGIN; CREATE TABLE t (a VARCHAR(5)); COMMIT")
	if _, err := try(other, "SELECT a FROM t"); err != nil {
		t.Errorf("another session does not see the table after the commit: %v", err)
	}
}

func TestErrorsCarryRedshiftsSQLSTATE(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i INTEGER NOT NULL, s SMALLINT, c VARCHAR(3)); CREATE VIEW w AS SELECT i FROM t")
	for sql, want := range map[string]string{
		"SELECT * FROM nope":                            "42P01",
		"SELECT * FROM nope.nope":                       "42P01",
		"SELECT nope FROM t":                            "42703",
		"SELECT nope(1)":                                "42883",
		"SELECT 'x'::integer":                           "22P02",
		"SELECT 99999999999::integer":                   "22003",
		"SELECT 1 / 0":                                  "22012",
		"INSERT INTO t VALUES (NULL)":                   "23502",
		"CREATE TABLE t (i INTEGER)":                    "42P07",
		"CREATE TABLE nope.t (i INTEGER)":               "3F000",
		"CREATE TABLE leat.t (i INTEGER)":               "42501",
		"CREATE TABLE pg_catalog.t (i INTEGER)":         "42501",
		"CREATE SCHEMA public":                          "42P06",
		"CREATE SCHEMA leat":                            "42939",
		"CREATE SCHEMA pg_mine":                         "42939",
		"DROP TABLE nope":                               "42P01",
		"DROP TABLE t":                                  "2BP01",
		"DROP TABLE w":                                  "42809",
		"DROP VIEW t":                                   "42809",
		"DROP SCHEMA nope":                              "3F000",
		"DROP SCHEMA leat":                              "3F000",
		"SET nope = 1":                                  "42704",
		"SHOW nope":                                     "42704",
		"SET enable_case_sensitive_identifier = 'mayb'": "22023",
		"SET timezone = 'Nowhere/City'":                 "22023",
		"SET server_version = '1'":                      "55P02",
		"CREATE EXTERNAL SCHEMA k FROM MSK IAM_ROLE default AUTHENTICATION none URI 'b:9092'": "0A000",
		"REFRESH MATERIALIZED VIEW nope":                  "42P01",
		"REFRESH MATERIALIZED VIEW t":                     "42809",
		"SELECT * FROM leat.quarantine":                   "42P01",
		"SELECT * FROM leat_sys.leat_quarantine":          "42P01",
		"INSERT INTO leat_quarantine (reason) VALUES (1)": "",
		"DELETE FROM sys_query_history":                   "",
		"INSERT INTO w VALUES (1)":                        "42809",
	} {
		_, err := try(f.session, sql)
		if err == nil {
			t.Errorf("%s succeeded", sql)
			continue
		}
		if got := stateOfError(err); want != "" && got != want {
			t.Errorf("%s: %s %v, want %s", sql, got, err, want)
		}
	}
	if _, err := f.NewSession(t.Context(), "", "nope"); stateOfError(err) != "3D000" {
		t.Errorf("a database that is not there: %v", err)
	}
}

func TestParametersAreBoundByType(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i INTEGER, v VARCHAR(10), ts TIMESTAMP, n NUMERIC(10,2), b BOOLEAN)")
	f.do("INSERT INTO t VALUES ($1, $2, $3, $4, $5)", "7", "seven", "2024-03-17 01:02:03", "1.25", "true")
	got := f.do("SELECT i, v, n FROM t WHERE i = $1 AND ts > $2 AND n < $3", int64(7), "2024-01-01", "2")
	if diff := cmp.Diff([][]any{{int32(7), "seven", "1.25"}}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := try(f.session, "SELECT i FROM t WHERE i = $1", "x"); stateOfError(err) != "22P02" {
		t.Errorf("text that is no number: %v", err)
	}
}

func TestAPreparedStatementFollowsTheCatalogAndTheRows(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (id INTEGER, text VARCHAR(50))")
	statements, _ := redshift.Parse("SELECT text FROM t WHERE id > 10 ORDER BY text")
	p, err := f.session.Prepare(t.Context(), statements[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	read := func() (out []any) {
		rows, err := f.session.Execute(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			out = append(out, rows.Values()[0])
		}
		return out
	}
	if got := read(); got != nil {
		t.Errorf("an empty table has %v", got)
	}
	f.do("INSERT INTO t VALUES (1, 'a'), (20, 'some text that is long')")
	if diff := cmp.Diff([]any{"some text that is long"}, read()); diff != "" {
		t.Errorf("rows that came after Prepare:\n%s", diff)
	}
	f.do("DROP TABLE t; CREATE TABLE t (id INTEGER, more INTEGER, text VARCHAR(50)); INSERT INTO t VALUES (11, 0, 'new')")
	if diff := cmp.Diff([]any{"new"}, read()); diff != "" {
		t.Errorf("another table of the name:\n%s", diff)
	}
}

func TestSettingsFollowTheTransaction(t *testing.T) {
	f := newFixture(t)
	f.do("SET timezone = 'Europe/Berlin'")
	f.do("BEGIN; SET timezone = 'Asia/Tokyo'; SET search_path = nowhere; ROLLBACK")
	if got := f.do("SHOW timezone"); got[0][0] != "Europe/Berlin" {
		t.Errorf("after a rollback: %v", got)
	}
	f.do("BEGIN; SET LOCAL timezone = 'Asia/Tokyo'")
	if got := f.session.Parameter("TimeZone"); got != "Asia/Tokyo" {
		t.Errorf("SET LOCAL: %v", got)
	}
	f.do("COMMIT")
	if got := f.session.Parameter("TimeZone"); got != "Europe/Berlin" {
		t.Errorf("SET LOCAL after the commit: %v", got)
	}
	f.do("CREATE SCHEMA s; CREATE TABLE s.t (i INTEGER); SET search_path TO s, public; INSERT INTO t VALUES (1)")
	if got := f.do("SELECT count(*) FROM s.t"); got[0][0] != int64(1) {
		t.Errorf("the search path is not followed: %v", got)
	}
	f.do("RESET ALL")
	if _, err := try(f.session, "SELECT * FROM t"); stateOfError(err) != stateUndefined {
		t.Errorf("after RESET ALL: %v", err)
	}
}

func TestViewsKeepTheSettingsTheyWereMadeWith(t *testing.T) {
	f := newFixture(t)
	stream := newFakeStream("s")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default; SET enable_case_sensitive_identifier TO true")
	f.do(`CREATE MATERIALIZED VIEW v AS SELECT JSON_PARSE(kinesis_data)."OrderID"::varchar AS id FROM kds.events`)
	f.do("SET enable_case_sensitive_identifier TO false")
	stream.put(`{"OrderID":"103","orderid":"lower"}`)
	f.reopen()
	f.do("REFRESH MATERIALIZED VIEW v")
	if got := f.do("SELECT id FROM v"); got[0][0] != "103" {
		t.Errorf("the view reads %v, want 103", got[0][0])
	}
}

func TestViewsOnViewsAreComputedAnew(t *testing.T) {
	f, stream := withView(t, false)
	f.do("CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n, max(id) AS top FROM v")
	stream.put(documents(0, 10)...)
	f.do("REFRESH MATERIALIZED VIEW v")
	if got := f.do("SELECT n FROM sums"); got[0][0] != int64(0) {
		t.Errorf("before its refresh: %v", got)
	}
	f.do("REFRESH MATERIALIZED VIEW sums")
	if diff := cmp.Diff([][]any{{int64(10), int32(9)}}, f.do("SELECT n, top FROM sums")); diff != "" {
		t.Error(diff)
	}
	if _, err := try(f.session, "DROP MATERIALIZED VIEW v"); stateOfError(err) != stateDependent {
		t.Errorf("dropping what another view is made from: %v", err)
	}
	f.do("DROP MATERIALIZED VIEW v CASCADE")
	if _, err := try(f.session, "SELECT * FROM sums"); stateOfError(err) != stateUndefined {
		t.Errorf("after CASCADE: %v", err)
	}
}

func TestResultsAreStreamedAndSurviveAnotherStatement(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7), (8)")
	for range 10 {
		f.do("INSERT INTO t SELECT i FROM t")
	}
	statements, _ := redshift.Parse("SELECT i FROM t")
	p, err := f.session.Prepare(t.Context(), statements[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.session.Execute(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for n < 10 && rows.Next() {
		n++
	}
	if got := f.do("SELECT 1"); got[0][0] != int32(1) {
		t.Error("another statement beside an open result failed")
	}
	for rows.Next() {
		n++
	}
	if rows.Err() != nil || n != 8192 || rows.Tag() != "SELECT 8192" {
		t.Errorf("read %d rows, %v, tag %s", n, rows.Err(), rows.Tag())
	}
}

const endless = "SELECT count(*) FROM big a, big b, big c, big d, big e, big f, big g WHERE a.i + b.i + c.i + d.i + e.i + f.i + g.i = -1"

func withBigTable(t *testing.T) *fixture {
	f := newFixture(t)
	f.do("CREATE TABLE big (i INTEGER); INSERT INTO big VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)")
	for range 10 {
		f.do("INSERT INTO big SELECT i + 1 FROM big")
	}
	return f
}

func TestCancelEndsTheRunningStatement(t *testing.T) {
	f := withBigTable(t)
	var wait sync.WaitGroup
	stop := make(chan struct{})
	wait.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				f.session.Cancel()
			}
		}
	})
	_, err := try(f.session, endless)
	close(stop)
	wait.Wait()
	if stateOfError(err) != stateCancelled {
		t.Errorf("got %v, want 57014", err)
	}
	f.do("SELECT 1")
}

func TestStatementTimeoutEndsTheStatement(t *testing.T) {
	f := withBigTable(t)
	f.do("SET statement_timeout = 20")
	if _, err := try(f.session, endless); stateOfError(err) != stateCancelled {
		t.Errorf("got %v, want 57014", err)
	}
}

func TestConflictsAreSerializationFailures(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i INTEGER); INSERT INTO t VALUES (1)")
	other := f.newSession()
	f.do("BEGIN; UPDATE t SET i = 2")
	if _, err := try(other, "SET lock_timeout = 20; UPDATE t SET i = 3"); stateOfError(err) != "40001" {
		t.Errorf("got %v, want 40001", err)
	}
	f.do("COMMIT")
}

func TestSQLReachesTheDatabaseAndNothingElse(t *testing.T) {
	f := newFixture(t)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("a\n42\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"SELECT * FROM read_csv('" + secret + "')",
		"SELECT * FROM '" + secret + "'",
		`SELECT * FROM "` + secret + `"`,
		"SELECT * FROM read_text('" + secret + "')",
		"SELECT read_text('" + secret + "')",
		"SELECT * FROM glob('/*')",
		"SELECT * FROM duckdb_settings()",
		"SELECT * FROM pragma_database_list",
		"SELECT * FROM leat_batch(0)",
		"COPY (SELECT 1) TO '" + secret + "'",
		"COPY t FROM '" + secret + "'",
		"ATTACH '" + secret + "' AS x",
		"INSTALL httpfs",
		"LOAD httpfs",
		"PRAGMA database_list",
		"SET enable_external_access = true",
		"SET memory_limit = '1TB'",
		"EXPORT DATABASE '/tmp/x'",
		"CREATE TABLE x AS SELECT * FROM read_csv('" + secret + "')",
		"SELECT getenv('HOME')",
		"CHECKPOINT",
	} {
		if rows, err := try(f.session, sql); err == nil {
			t.Errorf("%s succeeded: %v", sql, rows)
		}
	}
	if left, err := os.ReadFile(secret); err != nil || string(left) != "a\n42\n" {
		t.Errorf("the file is now %q, %v", left, err)
	}
}

func TestAFolderIsForOneProcess(t *testing.T) {
	f := newFixture(t)
	if _, err := Open(Config{Dir: f.dir}); leat.CodeOf(err) != leat.InUse {
		t.Errorf("opening a folder in use: %v", err)
	}
}

func TestADamagedDatabaseIsSaidToBe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, databaseFile), []byte(strings.Repeat("damage ", 10_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatalf("a damaged database keeps the warehouse from opening: %v", err)
	}
	if err := w.Failure(); leat.CodeOf(err) != leat.Corrupt || !strings.Contains(err.Error(), databaseFile) {
		t.Errorf("the warehouse says of a damaged database: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	if _, err := w.NewSession(ctx, "admin", ""); stateOfError(err) != "57P03" {
		t.Errorf("a session with a damaged database: %v", err)
	}
	// Once the file is moved away, the warehouse works without a restart.
	if err := os.Remove(filepath.Join(dir, databaseFile)); err != nil {
		t.Fatal(err)
	}
	for deadline := time.After(time.Minute); ; {
		s, err := w.NewSession(ctx, "admin", "")
		if err == nil {
			s.Close()
			break
		}
		select {
		case <-deadline:
			t.Fatalf("the warehouse does not come back: %v", err)
		default:
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestEverySystemViewCanBeRead(t *testing.T) {
	f, stream := withView(t, false)
	stream.put(documents(0, 3)...)
	stream.put(`{"id":"x"}`)
	f.do("REFRESH MATERIALIZED VIEW v; CREATE TABLE t (i INTEGER ENCODE az64 DISTKEY SORTKEY)")
	for view, atLeast := range map[string]int64{
		"sys_stream_scan_errors": 1, "sys_stream_scan_states": 2, "sys_mv_refresh_history": 1, "svl_mv_refresh_status": 1,
		"stv_mv_info": 1, "stv_mv_deps": 1, "svv_mv_info": 1, "svv_external_schemas": 1, "leat_quarantine": 1, "leat_view_ledger": 1,
		"sys_query_history": 3, "stl_query": 3, "svv_tables": 2, "svv_columns": 5, "svv_schemas": 2, "pg_table_def": 1,
	} {
		got := f.do("SELECT count(*) FROM " + view)
		if n := got[0][0].(int64); n < atLeast {
			t.Errorf("%s has %d rows, want at least %d", view, n, atLeast)
		}
		f.do("SELECT * FROM pg_catalog." + view)
	}
	got := f.do("SELECT query_type, status FROM sys_query_history WHERE query_text LIKE 'CREATE TABLE t%'")
	if diff := cmp.Diff([][]any{{"DDL", "success"}}, got); diff != "" {
		t.Error(diff)
	}
}
