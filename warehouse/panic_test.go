package warehouse

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"leat/source"
)

// TestAPanicInARefreshHarmsOneRefresh: the loop shows it, tries again, and
// nothing is lost or doubled.
func TestAPanicInARefreshHarmsOneRefresh(t *testing.T) {
	for _, step := range []string{"rows inserted", "position moved", "committed"} {
		t.Run(step, func(t *testing.T) {
			f, stream := newViewFixture(t)
			before := Panics()
			panicked, once := make(chan struct{}), sync.Once{}
			f.testFault = func(at string) error {
				if at == step {
					once.Do(func() {
						close(panicked)
						panic("a fault of the program")
					})
				}
				return nil
			}
			f.do("ALTER MATERIALIZED VIEW v AUTO REFRESH YES")
			stop := f.run()
			defer stop()
			stream.put(`{"a":1}`, `{"a":2}`)
			<-panicked
			f.await("SELECT count(*) = 2 FROM v")
			f.do("REFRESH MATERIALIZED VIEW v")
			if got := f.do("SELECT records_read, rows_inserted FROM leat_view_ledger"); got[0][0] != int64(2) || got[0][1] != int64(2) {
				t.Errorf("the ledger is %v", got)
			}
			if Panics() == before {
				t.Error("the panic was not counted")
			}
			if got := f.do("SELECT count(*) FROM sys_mv_refresh_history WHERE status LIKE '%a fault of the program%'"); got[0][0] == int64(0) {
				t.Error("the history does not show it")
			}
		})
	}
}

func TestAPanicInAManualRefreshEndsTheStatement(t *testing.T) {
	f, stream := newViewFixture(t)
	stream.put(`{"a":1}`)
	f.testFault = func(at string) error {
		if at == "rows inserted" {
			panic("a fault of the program")
		}
		return nil
	}
	if _, err := try(f.session, "REFRESH MATERIALIZED VIEW v"); stateOfError(err) != stateInternal {
		t.Errorf("got %v, want XX000", err)
	}
	if got := f.Views()[0].LastError; !strings.Contains(got, "a fault of the program") {
		t.Errorf("the view's last error is %q", got)
	}
	f.testFault = nil
	f.do("REFRESH MATERIALIZED VIEW v")
	if got := f.do("SELECT count(*) FROM v"); got[0][0] != int64(1) {
		t.Errorf("got %v rows, want 1", got)
	}
}

// TestAPanicEndsItsStatementAndNotTheSession: outside a block the session goes
// on, in a block the transaction has failed.
func TestAPanicEndsItsStatementAndNotTheSession(t *testing.T) {
	f, _ := newViewFixture(t)
	f.do("CREATE TABLE t (i INTEGER)")
	f.cfg.OpenSource = func(context.Context, string, string) (source.Source, error) { panic("a fault of the program") }
	for _, sql := range []string{"SELECT * FROM kds.events", "CREATE MATERIALIZED VIEW w AS SELECT partition_key FROM kds.events", "REFRESH MATERIALIZED VIEW v"} {
		if _, err := try(f.session, sql); stateOfError(err) != stateInternal {
			t.Errorf("%s: %v, want XX000", sql, err)
		}
		if f.session.TxStatus() != 'I' {
			t.Fatalf("after %s the session is in state %c", sql, f.session.TxStatus())
		}
		f.do("INSERT INTO t VALUES (1)")
	}
	f.do("BEGIN; INSERT INTO t VALUES (2)")
	if _, err := try(f.session, "SELECT * FROM kds.events"); stateOfError(err) != stateInternal {
		t.Errorf("in a block: %v, want XX000", err)
	}
	if _, err := try(f.session, "SELECT 1"); stateOfError(err) != stateAborted {
		t.Errorf("after it: %v, want 25P02", err)
	}
	f.do("ROLLBACK")
	if got := f.do("SELECT count(*) FROM t"); got[0][0] != int64(3) {
		t.Errorf("got %v rows, want 3", got)
	}
}

// TestAPanicWhileAViewIsOpenedHarmsOneView: the server starts, the others go on.
func TestAPanicWhileAViewIsOpenedHarmsOneView(t *testing.T) {
	f, stream := newViewFixture(t)
	f.testFault = func(at string) error {
		if at == "open view" {
			panic("a fault of the program")
		}
		return nil
	}
	f.do("CREATE MATERIALIZED VIEW broken AS SELECT partition_key AS k FROM kds.events")
	if got := f.session.Notices(); len(got) == 0 || got[len(got)-1].Severity != "WARNING" {
		t.Errorf("the notices are %v", got)
	}
	if _, err := try(f.session, "REFRESH MATERIALIZED VIEW broken"); stateOfError(err) != "55000" {
		t.Errorf("REFRESH: %v, want 55000", err)
	}
	stream.put(`{"a":1}`)
	f.testFault = nil
	f.do("REFRESH MATERIALIZED VIEW v; SELECT * FROM broken; DROP MATERIALIZED VIEW broken")
	if views := f.Views(); len(views) != 1 {
		t.Errorf("the views are %v", views)
	}
}

// newViewFixture has a streaming view v over stream events.
func newViewFixture(t *testing.T) (*fixture, *fakeStream) {
	f, stream := newFixture(t), newFakeStream("events")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default; CREATE MATERIALIZED VIEW v AS SELECT partition_key AS k FROM kds.events")
	return f, stream
}

// await runs a query until it answers true.
func (f *fixture) await(sql string) {
	f.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if rows := f.do(sql); rows[0][0] == true {
			return
		}
	}
	f.t.Fatalf("%s stays false", sql)
}
