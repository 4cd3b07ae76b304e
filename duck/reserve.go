package duck

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// How much of the memory a holder of the reserve lets everybody use.
const (
	levelUsual   = iota // Config.MemoryBytes: statements
	levelReserve        // and Config.ReserveBytes: work that must get through
	levelEnding         // ends of transactions
	levels
)

// endingFactor times Config.MemoryBytes are for ends of transactions: far more
// than they need, and than statements take in the milliseconds that they last,
// and still too little for one allocation that is out of all proportion.
const endingFactor = 4

// A reserve lifts the database's memory limit for a short time. DuckDB has one
// limit for all connections, and what it does at the end of a transaction does
// not bear to meet it: a rollback that finds no memory makes the whole database
// unusable, a commit that does ends the process, and what earlier transactions
// have left, which the next one to end clears away, stays behind with pointers
// to freed memory. So the limit is out of their way, and what runs beside them
// for those milliseconds has more room too.
type reserve struct {
	mu sync.Mutex // guards what follows
	// active counts open transactions; left tells that one has changed something
	// while others were open, and may have left something to clear away.
	active int
	left   bool

	crowded func()

	conn    *Conn // nil: there is no reserve, or no more
	set     [levels]*Stmt
	holders [levels]int
	level   int
}

// open prepares the statements that change the limit.
func (r *reserve) open(db *DB, cfg Config) (err error) {
	conn, err := db.connect()
	if err != nil {
		return err
	}
	for level, limit := range [levels]int64{cfg.MemoryBytes, cfg.MemoryBytes + cfg.ReserveBytes, endingFactor * cfg.MemoryBytes} {
		if r.set[level], err = conn.Prepare(context.Background(), fmt.Sprintf("SET GLOBAL memory_limit = '%dB'", limit)); err != nil {
			conn.Close()
			return fmt.Errorf("memory limit: %w", err)
		}
	}
	r.conn, r.crowded = conn, cfg.Crowded
	return nil
}

// hold lifts the limit to a level until the result is called.
func (r *reserve) hold(level int) (release func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.holders[level]++
	r.settle()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.holders[level]--
		r.settle()
	}
}

// settle brings the limit to the highest level that is held. It cannot be
// lowered below what is in use and cannot be given up: then it stays, and the
// next settle tries again.
func (r *reserve) settle() {
	want := levels - 1
	for want > levelUsual && r.holders[want] == 0 {
		want--
	}
	for ; want != r.level && r.conn != nil; want++ {
		if r.change(want) == nil {
			r.level = want
			return
		}
		if want == levels-1 {
			return
		}
	}
}

// crowdedAfter is how long lowering the limit may take before queries are in the
// way: writing out what was taken beyond it takes less.
const crowdedAfter = 700 * time.Millisecond

// change sets the limit to that of a level. DuckDB lowers it only once there is no
// more in use, which it brings about itself by writing out; queries that take
// memory as fast as it is written out keep it from that as long as they run.
func (r *reserve) change(level int) error {
	if r.crowded != nil && level < r.level {
		done := make(chan struct{})
		defer close(done)
		timer := time.AfterFunc(crowdedAfter, func() {
			for wait := time.Duration(0); ; wait = crowdedAfter {
				select {
				case <-done:
					return
				case <-time.After(wait):
					r.crowded()
				}
			}
		})
		defer timer.Stop()
	}
	_, err := r.set[level].Exec(context.Background())
	return err
}

func (r *reserve) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn == nil {
		return
	}
	for _, stmt := range r.set {
		stmt.Close()
	}
	r.conn.Close()
	r.conn = nil
}

// began notes that a transaction begins.
func (r *reserve) began() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active++
}

// ending lifts the limit for the end of a transaction that needs it: one that
// wrote, or may have to clear away what others have left.
func (r *reserve) ending(wrote bool) (release func()) {
	r.mu.Lock()
	r.left = r.left || wrote && r.active > 1
	needed := wrote || r.left
	r.mu.Unlock()
	if !needed {
		return func() {}
	}
	return r.hold(levelEnding)
}

// ended notes that a transaction has ended.
func (r *reserve) ended(wrote bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active--
	r.left = r.active > 0 && (r.left || wrote)
}

// ReserveEnding lifts the limit as for the end of a transaction: for a short
// UPDATE of rows that others may have changed a moment ago. One that meets the
// limit leaves the versions of its rows broken, and who reads them crashes.
func (db *DB) ReserveEnding() (release func()) { return db.reserve.hold(levelEnding) }

// Reserve lets the database take Config.ReserveBytes more, until release is
// called: for work that must get through while statements use up the rest. It
// keeps the memory from nobody else, so keep it short.
func (db *DB) Reserve() (release func()) { return db.reserve.hold(levelReserve) }
