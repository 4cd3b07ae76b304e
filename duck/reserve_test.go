package duck_test

import (
	"strings"
	"testing"

	"leat/duck"
)

func memoryLimit(t *testing.T, conn *duck.Conn) string {
	t.Helper()
	row, err := conn.Row(t.Context(), "SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'")
	if err != nil {
		t.Fatal(err)
	}
	return row[0].(string)
}

func TestReserveLiftsTheMemoryLimitWhileItIsHeld(t *testing.T) {
	db, conn := openMemory(t, duck.Config{MemoryBytes: 64 << 20, ReserveBytes: 32 << 20})
	releaseFirst, releaseSecond := db.Reserve(), db.Reserve()
	if got := memoryLimit(t, conn); got != "96.0 MiB" {
		t.Errorf("the limit is %s while the reserve is held", got)
	}
	releaseFirst()
	if got := memoryLimit(t, conn); got != "96.0 MiB" {
		t.Errorf("the limit is %s while one of two still holds the reserve", got)
	}
	releaseSecond()
	if got := memoryLimit(t, conn); got != "64.0 MiB" {
		t.Errorf("the limit is %s after the reserve was given back", got)
	}
}

// A transaction that has met the limit must still come to an end: DuckDB gives
// up the whole database when a rollback does not.
func TestTransactionsEndWhenThereIsNoMemory(t *testing.T) {
	for _, change := range []string{
		"UPDATE t SET s = s || 'x'",
		"DELETE FROM t",
		"INSERT INTO t SELECT i, repeat('y', 500) || i FROM range(400000) r(i)",
		"CREATE TABLE u AS SELECT i, repeat('y', 500) || i AS s FROM range(400000) r(i)",
	} {
		t.Run(strings.Fields(change)[0], func(t *testing.T) {
			db, conn := openMemory(t, duck.Config{Path: t.TempDir() + "/d.duckdb", MemoryBytes: 24 << 20, Settings: map[string]string{"preserve_insertion_order": "false"}})
			hog, err := db.Connect()
			if err != nil {
				t.Fatal(err)
			}
			defer hog.Close()
			exec(t, conn, "CREATE TABLE t AS SELECT i, 'row ' || i AS s FROM range(300000) r(i)")
			for range 5 {
				if err := conn.Begin(t.Context()); err != nil {
					t.Fatal(err)
				}
				_, changeErr := conn.Exec(t.Context(), change)
				// What takes all the memory there is, and fails.
				_, hogErr := hog.Row(t.Context(), "SELECT count(*) FROM (SELECT list(s || x) FROM t, range(20) r(x) GROUP BY i)")
				if duck.TypeOf(hogErr) != duck.OutOfMemory && hogErr != nil {
					t.Fatal(hogErr)
				}
				if changeErr != nil && duck.TypeOf(changeErr) != duck.OutOfMemory {
					t.Fatal(changeErr)
				}
				if err := conn.Rollback(); err != nil {
					t.Fatalf("rollback after %v: %v", changeErr, err)
				}
				if row, err := conn.Row(t.Context(), "SELECT count(*) FROM t"); err != nil || row[0] != int64(300000) {
					t.Fatalf("after the rollback: %v, %v", row, err)
				}
			}
		})
	}
}
