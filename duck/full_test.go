package duck_test

import (
	"fmt"
	"testing"

	"leat/duck"
)

// TestTransactionsEndWhenNotAByteIsLeft: another connection has filled the memory
// up to the limit with what cannot be written out.
func TestTransactionsEndWhenNotAByteIsLeft(t *testing.T) {
	conn, hogs := fill(t)
	for i := range 200 {
		if err := conn.Begin(t.Context()); err != nil {
			t.Fatalf("begin %d: %v", i, err)
		}
		for _, sql := range []string{"SELECT 1", "INSERT INTO small VALUES (1)", "SELECT count(*) FROM small"} {
			_, _ = conn.Exec(t.Context(), sql) // may find no memory
		}
		end := conn.Commit
		if i%2 == 0 {
			end = conn.Rollback
		}
		if err := end(); err != nil {
			t.Fatalf("end %d: %v", i, err)
		}
	}
	for _, hog := range hogs {
		if err := hog.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Row(t.Context(), "SELECT count(*) FROM small"); err != nil {
		t.Errorf("with memory again: %v", err)
	}
}

// fill opens a database in memory and fills it to the last block: connections with
// open transactions insert ever smaller rows until there is room for none.
func fill(t *testing.T) (conn *duck.Conn, hogs []*duck.Conn) {
	t.Helper()
	db, conn := openMemory(t, duck.Config{MemoryBytes: 32 << 20, ReserveBytes: 8 << 20, Settings: map[string]string{"temp_directory": ""}})
	exec(t, conn, "CREATE TABLE small (i INTEGER)")
	for size := 100_000; size > 0; size /= 2 {
		hog, err := db.Connect()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { hog.Close() })
		if err := hog.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		table := fmt.Sprint("full_of_", size)
		for sql := "CREATE TABLE " + table + " (s VARCHAR)"; err == nil; {
			_, err = hog.Exec(t.Context(), sql)
			sql = fmt.Sprintf("INSERT INTO %s SELECT repeat('x', %d) || i FROM range(20) r(i)", table, size)
		}
		if duck.TypeOf(err) != duck.OutOfMemory {
			t.Fatal(err)
		}
		hogs = append(hogs, hog)
	}
	return conn, hogs
}
