package warehouse

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"leat/redshift"
)

// admitted returns a ticket, or nil when none is given soon.
func admitted(t *testing.T, g *governor, light bool) (context.Context, *ticket) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	inner, tk, err := g.admit(context.WithoutCancel(ctx), light)
	if err != nil {
		return nil, nil
	}
	return inner, tk
}

func TestStatementsBeyondTheSlotsWaitInLine(t *testing.T) {
	g := &governor{most: 2}
	_, first := admitted(t, g, false)
	_, second := admitted(t, g, false)
	turn := make(chan *ticket)
	go func() {
		_, third, _ := g.admit(context.Background(), false)
		turn <- third
	}()
	waiting := func() int { g.mu.Lock(); defer g.mu.Unlock(); return len(g.waiting) }
	for waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, light := admitted(t, g, true); light == nil {
		t.Error("a light statement had to wait")
	} else {
		light.done()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := g.admit(ctx, false); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled statement in line got %v", err)
	}
	first.giveSlot() // its rows are being read
	third := <-turn
	for _, tk := range []*ticket{first, second, third} {
		tk.done()
		tk.done() // twice does no harm
	}
	if g.slots != 0 || len(g.running) != 0 || len(g.waiting) != 0 {
		t.Errorf("left behind: %d slots, %d running, %d waiting", g.slots, len(g.running), len(g.waiting))
	}
}

func TestARefreshThatNeedsRoomLetsNobodyInAndEndsStatements(t *testing.T) {
	g := &governor{most: 4}
	ctx, running := admitted(t, g, false)
	release := g.hold()
	entered := make(chan *ticket)
	go func() {
		_, next, _ := g.admit(context.Background(), false)
		entered <- next
	}()
	go func() {
		<-ctx.Done()
		running.done()
	}()
	if !g.relieve(t.Context()) {
		t.Fatal("there was no statement to end")
	}
	if cause := context.Cause(ctx); cause != errMemory {
		t.Errorf("the statement's context ended with %v", cause)
	}
	if g.relieve(t.Context()) {
		t.Error("a statement was admitted while a refresh needs room")
	}
	release()
	(<-entered).done()
}

func TestStatementsEndWithNamedReasonWhenTheProcessTakesTooMuch(t *testing.T) {
	f := newFixture(t)
	var resident atomic.Int64
	f.governor.resident, f.governor.maxResident = resident.Load, 1<<30
	f.do("CREATE TABLE t (i int)")
	f.do("INSERT INTO t SELECT n FROM generate_series(1, 100000) g(n)")
	for _, sql := range []string{
		"SELECT count(*) FROM t a CROSS JOIN t b CROSS JOIN t c",
		"INSERT INTO t SELECT a.i FROM t a CROSS JOIN t b CROSS JOIN t c WHERE a.i + b.i + c.i < 0",
		"CREATE TABLE u AS SELECT a.i FROM t a CROSS JOIN t b CROSS JOIN t c WHERE a.i + b.i + c.i < 0",
		"DELETE FROM t USING t b, t c WHERE t.i + b.i + c.i < 0",
	} {
		resident.Store(0)
		time.AfterFunc(50*time.Millisecond, func() { resident.Store(2 << 30) })
		_, err := try(f.session, sql)
		var refusal *redshift.Error
		if !errors.As(err, &refusal) || refusal.SQLSTATE != "53200" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	resident.Store(0)
	if got := f.do("SELECT count(*) FROM t"); got[0][0] != int64(100000) {
		t.Errorf("the table has %v rows", got[0][0])
	}
}

// TestWhatEndedStatementsLeftIsGivenBackFirst: garbage alone ends no statement.
func TestWhatEndedStatementsLeftIsGivenBackFirst(t *testing.T) {
	var looks atomic.Int64
	g := &governor{most: 2, maxResident: 100 << 20, resident: func() int64 {
		if looks.Add(1) == 1 {
			return 105 << 20 // above, until it is given back
		}
		return 90 << 20
	}}
	ctx, tk := admitted(t, g, false)
	for looks.Load() < 4 {
		time.Sleep(time.Millisecond)
	}
	tk.done()
	g.watch.Wait()
	if context.Cause(ctx) == errMemory {
		t.Error("a statement was ended for memory that nobody used")
	}
}
