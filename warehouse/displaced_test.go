package warehouse

import (
	"sync"
	"testing"

	"leat/redshift"
)

// prepareOne prepares one statement.
func prepareOne(t *testing.T, s *Session, sql string) *Prepared {
	t.Helper()
	stmts, err := redshift.Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Prepare(t.Context(), stmts[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestCancelMeetsTheStatementThatDisplacesAnother: a client that has read a result
// half and runs another statement, as JDBC does with a fetch size, can cancel it:
// whether the rest of the first result is short, long or without end.
func TestCancelMeetsTheStatementThatDisplacesAnother(t *testing.T) {
	for name, first := range map[string]string{
		"a short rest":        "SELECT i FROM big LIMIT 3",
		"a rest of many rows": "SELECT i FROM big",
		"rows from nowhere":   "SELECT 1 FROM generate_series(1, 1000000)",
		"a rest without end":  "SELECT a.i FROM big a, big b, big c, big d, big e WHERE a.i = 1 OR a.i + b.i + c.i + d.i + e.i = -1",
	} {
		t.Run(name, func(t *testing.T) {
			f := withBigTable(t)
			second := prepareOne(t, f.session, endless)
			half, err := f.session.Execute(t.Context(), prepareOne(t, f.session, first), nil)
			if err != nil {
				t.Fatal(err)
			}
			half.Next()
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
			rows, err := f.session.Execute(t.Context(), second, nil)
			if err == nil {
				rows.Next()
				err = rows.Err()
				rows.Close()
			}
			close(stop)
			wait.Wait()
			if state := stateOfError(err); state != stateCancelled && state != stateUnsupported {
				t.Errorf("got %v, want 57014", err)
			}
			half.Close()
			f.do("SELECT 1")
		})
	}
}
