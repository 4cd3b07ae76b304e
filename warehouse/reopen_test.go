package warehouse

import (
	"context"
	"errors"
	"strings"
	"testing"

	"leat/redshift"
)

var errBroken = errors.New("broken by a test")

// wantLost checks that an error tells what was lost when the database was opened anew.
func wantLost(t *testing.T, err error) {
	t.Helper()
	var sql *redshift.Error
	if !errors.As(err, &sql) || sql.SQLSTATE != stateSerialization || !strings.Contains(sql.Message, "opened anew") {
		t.Fatalf("want a serialization failure that names the reason, got %v", err)
	}
}

func TestADatabaseOpenedAnewLosesNothingCommitted(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	stream.put(documents(0, 500)...)
	waitFor(t, f, "500 rows", func(v ViewStatus) bool { return v.Read == 500 })
	f.do("CREATE TABLE kept (i int)")
	f.do("INSERT INTO kept VALUES (1), (2)")

	f.reopenDatabase()
	stream.put(documents(500, 500)...)
	waitFor(t, f, "1000 rows after the database was opened anew", func(v ViewStatus) bool { return v.Read == 1000 })
	if got := f.do("SELECT count(*) FROM kept"); got[0][0] != int64(2) {
		t.Errorf("the table has %v rows", got[0][0])
	}
	checkLedger(t, f, 1000, 0, 0)
}

// reopenDatabase opens the database anew, as after a failure.
func (f *fixture) reopenDatabase() { f.Warehouse.reopen(context.Background(), errBroken) }

func TestAnOpenTransactionIsToldThatItIsGone(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i int)")
	for _, next := range []string{"SELECT 1", "INSERT INTO t VALUES (2)", "COMMIT"} {
		f.do("BEGIN")
		f.do("INSERT INTO t VALUES (1)")
		f.reopenDatabase()
		_, err := try(f.session, next)
		wantLost(t, err)
		f.do("ROLLBACK")
		if got := f.do("SELECT count(*) FROM t"); got[0][0] != int64(0) {
			t.Fatalf("after %s the table has %v rows", next, got[0][0])
		}
	}
	// Who rolls back anyway need not be told.
	f.do("BEGIN")
	f.do("INSERT INTO t VALUES (1)")
	f.reopenDatabase()
	f.do("ROLLBACK")
}

func TestASessionWithNothingOpenDoesNotNoticeThatTheDatabaseWasOpenedAnew(t *testing.T) {
	f := newFixture(t)
	f.do("SET search_path = public, other")
	f.reopenDatabase()
	if got := f.do("SHOW search_path"); got[0][0] != "public, other" {
		t.Errorf("the search path is %v", got[0][0])
	}
	f.do("CREATE TABLE t (i int)")
	f.do("INSERT INTO t VALUES (1)")
}

func TestTemporaryTablesAreSaidToBeGone(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TEMP TABLE tt (i int)")
	f.reopenDatabase()
	_, err := try(f.session, "SELECT 1")
	wantLost(t, err)
	if _, err := try(f.session, "SELECT * FROM tt"); err == nil {
		t.Error("the temporary table is there")
	}
	f.do("CREATE TEMP TABLE tt (i int)")
}

func TestARowBeingReadEndsWithAnError(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i int)")
	f.do("INSERT INTO t SELECT n FROM generate_series(1, 100000) g(n)")
	statements, err := redshift.Parse("SELECT * FROM t")
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.session.Prepare(t.Context(), statements[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.session.Execute(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows.Next()
	f.reopenDatabase()
	for rows.Next() {
	}
	wantLost(t, rows.Err())
	rows.Close()
	f.do("SELECT 1")
}

func TestAViewWhoseTurnATransactionHasGoesOn(t *testing.T) {
	f, stream := withView(t, true)
	stop := f.run()
	defer stop()
	other := f.newSession()
	for _, sql := range []string{"BEGIN", "DROP MATERIALIZED VIEW v"} {
		if _, err := try(other, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	f.reopenDatabase()
	stream.put(documents(0, 10)...)
	waitFor(t, f, "10 rows", func(v ViewStatus) bool { return v.Read == 10 })
	_, err := try(other, "COMMIT")
	wantLost(t, err)
}

func TestTheMarkOfACommitTellsWhetherItIsDurable(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (i int)")
	f.do("BEGIN")
	f.do("INSERT INTO t VALUES (1)")
	f.do("COMMIT")
	last := f.Warehouse.marks.next
	f.reopenDatabase()
	for mark, want := range map[int64]bool{last: true, last + 1: false} {
		if got, err := f.Warehouse.isDurable(mark); err != nil || got != want {
			t.Errorf("mark %d is durable: %v, %v", mark, got, err)
		}
	}
	if err := f.Warehouse.sweepMarks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.raw("SELECT count(*) FROM leat.commits"); got[0] != int64(0) {
		t.Errorf("%v marks are left", got[0])
	}
}
