package warehouse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestSessionsAtTheSameTimeNeitherHangNorBreak: sessions make, refresh, alter
// and drop the same views, tables and schemas at once, in blocks and outside,
// while the views follow their stream. Nothing waits for ever, every error is one
// that a client can understand, and what is left works.
func TestSessionsAtTheSameTimeNeitherHangNorBreak(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	f, stream := newViewFixture(t)
	stop := f.run()
	defer stop()
	statements := []string{
		"BEGIN", "BEGIN", "COMMIT", "COMMIT", "COMMIT", "ROLLBACK",
		"CREATE MATERIALIZED VIEW s.a AUTO REFRESH YES AS SELECT partition_key AS k FROM kds.events",
		"CREATE MATERIALIZED VIEW s.b AUTO REFRESH YES AS SELECT kinesis_data AS d FROM kds.events",
		"DROP MATERIALIZED VIEW s.a", "DROP MATERIALIZED VIEW s.b", "DROP MATERIALIZED VIEW IF EXISTS s.a",
		"REFRESH MATERIALIZED VIEW s.a", "REFRESH MATERIALIZED VIEW s.b", "SELECT count(*) FROM s.a", "DELETE FROM s.b",
		"ALTER MATERIALIZED VIEW s.a AUTO REFRESH NO", "ALTER MATERIALIZED VIEW s.b AUTO REFRESH YES",
		"CREATE TABLE s.t (id INTEGER IDENTITY(1, 1), i INTEGER)", "INSERT INTO s.t (i) VALUES (1)", "UPDATE s.t SET i = i + 1", "TRUNCATE s.t",
		"ALTER TABLE s.t ADD COLUMN at TIMESTAMP DEFAULT sysdate", "ALTER TABLE s.t DROP COLUMN at", "ALTER TABLE s.t RENAME TO u", "DROP TABLE s.u CASCADE",
		"CREATE MATERIALIZED VIEW s.m AS SELECT i, count(*) AS n FROM s.t GROUP BY i", "REFRESH MATERIALIZED VIEW s.m", "CREATE OR REPLACE VIEW s.v AS SELECT i FROM s.t",
		"SELECT * FROM s.v", "SELECT * FROM leat_view_ledger", "SELECT count(*) FROM sys_query_history",
		"CREATE SCHEMA s", "DROP SCHEMA s CASCADE", "CREATE TEMP TABLE tt AS SELECT 1 AS i", "DROP TABLE tt",
	}
	understood := []string{
		stateSerialization, stateUndefined, stateNoSchema, stateDuplicate, stateDupSchema, stateDependent, stateAborted, stateUnsupported,
		stateWrongObject, "42703", "42701", "55P03", "0A000",
	}
	var running sync.WaitGroup
	for n := range 4 {
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		s := f.newSession()
		running.Go(func() {
			defer s.Close()
			if _, err := try(s, "SET lock_timeout = 50"); err != nil {
				t.Error(err)
			}
			for range 60 {
				sql := statements[random.IntN(len(statements))]
				if _, err := try(s, sql); err != nil && !slices.Contains(understood, stateOfError(err)) {
					t.Errorf("%s: %s %v", sql, stateOfError(err), err)
				}
				stream.put(fmt.Sprintf(`{"n":%d}`, n))
			}
		})
	}
	finished := make(chan struct{})
	go func() { running.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-time.After(2 * time.Minute):
		t.Fatal("the sessions hang")
	}
	f.settled(t)
	f.do("DROP SCHEMA IF EXISTS s CASCADE; REFRESH MATERIALIZED VIEW v")
	if views := f.Views(); len(views) != 1 || views[0].Rows != 240 {
		t.Errorf("the views left are %+v, want v alone, with 240 rows", views)
	}
	if n := f.raw("SELECT count(*) FROM leat.view_state")[0]; n != int64(1) {
		t.Errorf("dropped views left %v rows of progress", n)
	}
	if n := f.raw("SELECT count(*) FROM duckdb_sequences() WHERE sequence_name LIKE 'identity%' AND NOT temporary")[0]; n != int64(0) {
		t.Errorf("dropped tables left %v sequences", n)
	}
}

// settled checks that the open views are those of the catalog, and that all
// that is in the catalog can be read.
func (f *fixture) settled(t *testing.T) {
	t.Helper()
	var open, known []string
	for _, v := range f.Views() {
		open = append(open, v.Schema+"."+v.Name)
		if v.LastError != "" && v.AutoRefresh {
			t.Logf("view %s.%s: %s", v.Schema, v.Name, v.LastError)
		}
	}
	for _, row := range f.do("SELECT schema_name || '.' || view_name FROM leat_view_ledger") {
		known = append(known, row[0].(string))
	}
	slices.Sort(open)
	slices.Sort(known)
	if !slices.Equal(open, known) {
		t.Errorf("open are %v, the catalog has %v", open, known)
	}
	for _, row := range f.do("SELECT table_name FROM information_schema.tables WHERE table_schema = 's'") {
		f.do("SELECT count(*) FROM s." + row[0].(string))
	}
	for _, row := range f.do("SELECT name FROM stv_mv_info WHERE schema = 's'") {
		f.do("REFRESH MATERIALIZED VIEW s." + row[0].(string))
	}
}
