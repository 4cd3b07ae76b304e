package warehouse

import "testing"

// TestAnIdleBlockEndsInTime: the session is told why, and what it did is undone.
func TestAnIdleBlockEndsInTime(t *testing.T) {
	for _, test := range []struct{ name, before, state string }{
		{"open", "BEGIN; INSERT INTO t VALUES (1)", "25P03"},
		{"without a statement", "BEGIN", "25P03"},
		{"of a transaction's own limit", "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '1ms'", "25P03"},
		{"session", "SET idle_session_timeout = 1", "57P05"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t)
			f.do("CREATE TABLE t (i INTEGER)")
			s := f.newSession()
			if _, err := try(s, "SET idle_in_transaction_session_timeout = 50"); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			s.OnEnd(func(err error) { ended <- err })
			if _, err := try(s, test.before); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; stateOfError(err) != test.state {
				t.Errorf("the session ended with %v, want %s", err, test.state)
			}
			if _, err := try(s, "SELECT 1"); stateOfError(err) != test.state {
				t.Errorf("the next statement: %v, want %s", err, test.state)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			f.do("ALTER TABLE t ADD COLUMN j INTEGER") // nobody holds it
			if got := f.do("SELECT count(*) FROM t"); got[0][0] != int64(0) {
				t.Errorf("rows of the block are there: %v", got)
			}
		})
	}
}

// TestAFailedBlockIsIdleToo: also one that waits for its ROLLBACK.
func TestAFailedBlockIsIdleToo(t *testing.T) {
	f := newFixture(t)
	ended := make(chan error, 1)
	f.session.OnEnd(func(err error) { ended <- err })
	f.do("SET idle_in_transaction_session_timeout = 50; BEGIN")
	if _, err := try(f.session, "SELECT nope"); err == nil {
		t.Fatal("SELECT nope succeeded")
	}
	if err := <-ended; stateOfError(err) != "25P03" {
		t.Errorf("the session ended with %v, want 25P03", err)
	}
}

// TestABusySessionDoesNotTimeOut: statements and rows longer than the limit.
func TestABusySessionDoesNotTimeOut(t *testing.T) {
	f := newFixture(t)
	f.do("SET idle_in_transaction_session_timeout = 1000; SET idle_session_timeout = 1000")
	for range 20 {
		f.do("BEGIN; SELECT count(*) FROM pg_class; COMMIT")
	}
	if f.session.idle.timer == nil || f.session.closed {
		t.Error("the session is not watched, or has ended")
	}
	f.do("SET idle_session_timeout = 0")
	if f.session.idle.timer.Stop() {
		t.Error("a session without a limit is watched")
	}
}
