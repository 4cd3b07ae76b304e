package warehouse

import "testing"

// TestSequencesOfEarlierVersionsGoOn: they were named by their table and lay
// beside it, and stayed there when it was dropped.
func TestSequencesOfEarlierVersionsGoOn(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE SCHEMA s")
	conn, err := f.db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	err = conn.ExecAll(t.Context(),
		`CREATE SEQUENCE public."j1$id$identity" START WITH 5`,
		`CREATE TABLE public.j1 (id BIGINT DEFAULT nextval('"public"."j1$id$identity"') NOT NULL, v INTEGER)`,
		`CREATE SEQUENCE s."k$id$identity"`,
		`CREATE TABLE s.k (id BIGINT DEFAULT nextval('"s"."k$id$identity"') NOT NULL, v INTEGER)`,
		`CREATE SEQUENCE s."dropped$id$identity"`)
	conn.Close()
	if err != nil {
		t.Fatal(err)
	}
	f.reopen()
	f.do("ALTER TABLE j1 RENAME TO j2; CREATE TABLE j1 (id BIGINT IDENTITY(1, 1), v INTEGER)")
	f.do("INSERT INTO j1 (v) VALUES (0); INSERT INTO j2 (v) VALUES (0)")
	if got := f.do("SELECT j1.id, j2.id FROM j1, j2"); got[0][0] != int64(1) || got[0][1] != int64(5) {
		t.Errorf("the numbers are %v, want 1 and 5", got)
	}
	f.do("DROP TABLE j1; DROP TABLE j2; DROP TABLE s.k; DROP SCHEMA s; CREATE SCHEMA s; DROP SCHEMA s CASCADE")
	if n := f.raw("SELECT count(*) FROM duckdb_sequences() WHERE sequence_name LIKE '%identity%'")[0]; n != int64(0) {
		t.Errorf("%v sequences are left", n)
	}
}

// TestProgressOfDroppedViewsIsRemovedAtOpening: a crash after a DROP may leave
// it.
func TestProgressOfDroppedViewsIsRemovedAtOpening(t *testing.T) {
	f, _ := newViewFixture(t)
	conn, err := f.db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), "INSERT INTO leat.view_state VALUES (7, NULL, NULL, 0, 0, 0, 0, 0, NULL)")
	conn.Close()
	if err != nil {
		t.Fatal(err)
	}
	f.reopen()
	if n := f.raw("SELECT count(*) FROM leat.view_state")[0]; n != int64(1) {
		t.Errorf("%v views have progress, want 1", n)
	}
}
