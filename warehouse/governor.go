package warehouse

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"leat/duck"
)

// How the governor decides.
const (
	// So many statements that may need much memory run at once: one for each
	// slotBytes of the database's memory, from minSlots, which is also how many run
	// while memory is short, to maxSlots. The others wait, as in a queue of
	// Redshift's workload management.
	slotBytes = 32 << 20
	minSlots  = 2
	maxSlots  = 16
	// tightPercent of the process's memory in use count as short.
	tightPercent = 85
	// tightAfter is how long memory counts as short after a statement was ended.
	tightAfter = 2 * time.Second
	// watchInterval is how often memory is looked at while statements run. At a
	// gigabyte a second, which is what two threads fill, 5 ms are 5 MB.
	watchInterval = 5 * time.Millisecond
	// hastyPercent of what the process may take is so much that all statements
	// are ended at once.
	hastyPercent = 110
	// victimPause is how long the memory of an ended statement may take to come
	// back before the next one is ended.
	victimPause = 50 * time.Millisecond
	// sweepPause is how often all that nobody uses is given back before a
	// statement is ended: it takes some milliseconds of a core.
	sweepPause = 250 * time.Millisecond
	// newcomer is how long a statement has run at least that is ended before older
	// ones: the short ones are seldom to blame.
	newcomer = 100 * time.Millisecond
	// endTimeout bounds the wait for a statement that was told to end.
	endTimeout = time.Second
)

// errMemory is the cause of a context whose statement was ended for its memory.
var errMemory = errors.New("ended to free memory")

// memoryError is what the client of such a statement gets.
func memoryError() error {
	e := sqlError("53200", "the statement was ended because the server's memory is used up")
	e.Hint = "Let it read fewer rows or columns at a time, run fewer statements at once, or give the server more memory (--memory)."
	return e
}

// A governor keeps users' statements within the process's memory, and makes
// room for refreshes: it lets only so many run at once and ends some when memory
// runs out. DuckDB's own limit does not suffice: it knows neither whose memory
// is whose nor all that a statement takes.
type governor struct {
	// resident returns what the process takes, in bytes; nil: nobody knows, and
	// only refreshes make room.
	resident    func() int64
	maxResident int64
	most        int // slots

	// mu guards what follows.
	mu         sync.Mutex
	running    []*ticket // in the order of their admission
	waiting    []chan struct{}
	slots      int // taken
	holds      int // refreshes that need room: nobody is admitted
	tightUntil time.Time
	isWatched  bool
	watch      sync.WaitGroup

	// The watch's own: when DuckDB's memory was given back last, and when all of
	// it was, Go's garbage too.
	returned, swept time.Time
}

func newGovernor(cfg Config) governor {
	slots := int((cfg.MemoryBytes - cfg.batchBytes()) / slotBytes)
	return governor{resident: cfg.Resident, maxResident: cfg.MaxResidentBytes, most: min(max(slots, minSlots), maxSlots)}
}

// A ticket is a statement that may run, until done. A nil ticket is none.
type ticket struct {
	g       *governor
	end     context.CancelCauseFunc
	started time.Time
	gone    chan struct{}
	once    sync.Once
	slot    bool // guarded by governor.mu, as ended is
	ended   bool // told to end
}

// admit waits until a statement may run and returns its context, which ends
// with cause errMemory when it must give way. A light statement neither waits
// nor makes others wait.
func (g *governor) admit(ctx context.Context, light bool) (context.Context, *ticket, error) {
	for !light {
		admitted, turn := g.take()
		if admitted {
			break
		}
		select {
		case <-turn:
		case <-ctx.Done():
			g.leave(turn)
			return ctx, nil, ctx.Err()
		}
	}
	ctx, end := context.WithCancelCause(ctx)
	t := &ticket{g: g, end: end, started: time.Now(), gone: make(chan struct{}), slot: !light}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = append(g.running, t)
	if !g.isWatched && g.resident != nil {
		g.isWatched = true
		g.watch.Go(g.watchMemory)
	}
	return ctx, t, nil
}

// take takes a slot, or gets in line.
func (g *governor) take() (admitted bool, turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.holds == 0 && g.slots < g.openLocked() {
		g.slots++
		return true, nil
	}
	turn = make(chan struct{})
	g.waiting = append(g.waiting, turn)
	return false, turn
}

// openLocked is how many slots there are now.
func (g *governor) openLocked() int {
	if time.Now().Before(g.tightUntil) {
		return minSlots
	}
	return g.most
}

// leave gives up a place in the line, and a turn that came meanwhile.
func (g *governor) leave(turn chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, turn); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
		return
	}
	g.wakeLocked()
}

// wakeLocked lets as many try as there are slots for.
func (g *governor) wakeLocked() {
	if g.holds > 0 {
		return
	}
	n := min(max(g.openLocked()-g.slots, 0), len(g.waiting))
	for _, turn := range g.waiting[:n] {
		close(turn)
	}
	g.waiting = slices.Delete(g.waiting, 0, n)
}

// giveSlot lets another statement run beside this one, whose rows are being
// read: what it needs the memory for is mostly done.
func (t *ticket) giveSlot() {
	if t == nil {
		return
	}
	t.g.mu.Lock()
	defer t.g.mu.Unlock()
	t.giveSlotLocked()
}

func (t *ticket) giveSlotLocked() {
	if t.slot {
		t.slot = false
		t.g.slots--
		t.g.wakeLocked()
	}
}

// done ends the ticket.
func (t *ticket) done() {
	if t == nil {
		return
	}
	t.once.Do(func() {
		g := t.g
		g.mu.Lock()
		t.giveSlotLocked()
		g.running = slices.DeleteFunc(g.running, func(other *ticket) bool { return other == t })
		g.mu.Unlock()
		t.end(nil)
		close(t.gone)
	})
}

// endOne tells a statement to end, to free memory; nil when there is none.
func (g *governor) endOne() *ticket {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.victimLocked()
	if t != nil {
		t.ended = true
		t.end(errMemory)
		g.tightUntil = time.Now().Add(tightAfter)
	}
	return t
}

// relieve ends one statement to free memory, and waits for its end. It reports
// whether there was one.
func (g *governor) relieve(ctx context.Context) bool {
	t := g.endOne()
	if t == nil {
		return false
	}
	timeout := time.NewTimer(endTimeout)
	defer timeout.Stop()
	select {
	case <-t.gone:
	case <-timeout.C:
	case <-ctx.Done():
	}
	duck.ReturnMemory()
	return true
}

// victimLocked is the youngest statement that is no newcomer, or else the
// oldest.
func (g *governor) victimLocked() *ticket {
	for _, t := range slices.Backward(g.running) {
		if !t.ended && time.Since(t.started) >= newcomer {
			return t
		}
	}
	for _, t := range g.running {
		if !t.ended {
			return t
		}
	}
	return nil
}

// hold lets no statement begin until the result is called.
func (g *governor) hold() (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holds++
	g.tightUntil = time.Now().Add(tightAfter)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.holds--
		g.wakeLocked()
	}
}

// watchMemory looks after the process's memory while statements run.
func (g *governor) watchMemory() {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	var victim time.Time // when the last one was ended
	for now := range ticker.C {
		resident := g.resident()
		if !g.look(resident > g.maxResident/100*tightPercent) {
			return
		}
		switch {
		case resident > g.maxResident/100*hastyPercent:
			for g.endOne() != nil {
				victim = now
			}
		case resident > g.maxResident && now.Sub(victim) > victimPause:
			if g.isUsedUp(now) && g.endOne() != nil {
				victim = now
			}
		}
		if resident > g.maxResident && now.Sub(g.returned) > victimPause {
			duck.ReturnMemory()
			g.returned = time.Now()
		}
	}
}

// isUsedUp tells whether the process takes too much also after it has given back
// what nobody uses: what statements that have ended have left in the heaps.
func (g *governor) isUsedUp(now time.Time) bool {
	if now.Sub(g.swept) < sweepPause {
		return true
	}
	debug.FreeOSMemory()
	duck.ReturnMemory()
	g.swept = time.Now()
	return g.resident() > g.maxResident
}

// look notes whether memory is short, and lets those in line go on if it is not.
// It returns false when nothing runs any more, which ends the watch.
func (g *governor) look(isTight bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if isTight {
		g.tightUntil = time.Now().Add(tightAfter)
	}
	g.wakeLocked()
	g.isWatched = len(g.running) > 0
	return g.isWatched
}
