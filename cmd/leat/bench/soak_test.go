package bench

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestASoakTellsALeakFromNoise: what grows and falls again is none, warming up is
// none, what is higher in the end is one.
func TestASoakTellsALeakFromNoise(t *testing.T) {
	sampled := func(resident func(i int64) int64) *Report {
		w := &soakWatch{}
		for i := range int64(100) {
			w.samples = append(w.samples, soakSample{resident: resident(i), handles: 40 + i%3, goroutines: 50})
		}
		r := &Report{}
		w.report(r)
		return r
	}
	for name, c := range map[string]struct {
		resident func(i int64) int64
		flat     bool
	}{
		"noise":      {func(i int64) int64 { return 1000 + 300*(i%2) }, true},
		"warming up": {func(i int64) int64 { return min(100+i*50, 1000) }, true},
		"a leak":     {func(i int64) int64 { return 1000 + 10*i }, false},
	} {
		r := sampled(c.resident)
		for _, f := range r.Figures {
			if want := c.flat || f.Name != "growth of memory"; f.Reached() != want {
				t.Errorf("%s: %s is %.1f, reached %v", name, f.Name, f.Value, f.Reached())
			}
		}
	}
}

// TestASoakCountsRefusalsAndEndsAtFailures: a SQLSTATE is an answer, a broken
// connection is not.
func TestASoakCountsRefusalsAndEndsAtFailures(t *testing.T) {
	a := &asked{refused: map[string]uint64{}}
	if err := a.note(time.Second, &pgconn.PgError{Code: "53200"}); err != nil {
		t.Error(err)
	}
	if err := a.note(time.Second, nil); err != nil {
		t.Error(err)
	}
	broken := errors.New("connection reset")
	if err := a.note(time.Second, broken); !errors.Is(err, broken) {
		t.Error(err)
	}
	r := &Report{}
	a.report(r)
	for _, f := range r.Figures {
		if f.Name == "queries answered" && (f.Value != 2 || f.Goal != 3 || f.Reached()) {
			t.Errorf("%+v", f)
		}
	}
}
