package monitor

import (
	"sync"
	"time"
)

const (
	slotSeconds = 10
	slots       = 7 // the last minute, and the slot that has just begun
)

// A RecentMax is the greatest of the values observed within the last minute,
// and up to ten seconds before. It is what an alarm on CloudWatch's maximum
// over a minute looks at.
type RecentMax struct {
	mu     sync.Mutex // guards the fields below
	newest int64      // number of the newest slot
	values [slots]int64
	seen   [slots]bool
}

// Observe takes a value of now.
func (r *RecentMax) Observe(now time.Time, value int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := r.advanceLocked(now)
	if !r.seen[i] || value > r.values[i] {
		r.values[i], r.seen[i] = value, true
	}
}

// Value returns the greatest value, and false when there was none.
func (r *RecentMax) Value(now time.Time) (value int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advanceLocked(now)
	for i, seen := range r.seen {
		if seen && (!ok || r.values[i] > value) {
			value, ok = r.values[i], true
		}
	}
	return value, ok
}

// advanceLocked empties the slots that now has left behind and returns the
// present one. A clock that goes back stays in the newest.
func (r *RecentMax) advanceLocked(now time.Time) int {
	slot := now.Unix() / slotSeconds
	for n := max(r.newest+1, slot-slots+1); n <= slot; n++ {
		r.seen[n%slots] = false
	}
	r.newest = max(r.newest, slot)
	return int(r.newest % slots)
}
