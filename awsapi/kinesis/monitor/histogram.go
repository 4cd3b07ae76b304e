package monitor

import (
	"sync/atomic"
	"time"
)

// LatencyBounds are the upper bounds of the buckets of a Histogram.
var LatencyBounds = [...]time.Duration{
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
}

// A Histogram counts durations.
type Histogram struct {
	buckets [len(LatencyBounds) + 1]Counter // the last one is above all bounds
	sum     atomic.Int64                    // nanoseconds
}

// Observe counts one duration.
func (h *Histogram) Observe(d time.Duration) {
	i := 0
	for i < len(LatencyBounds) && d > LatencyBounds[i] {
		i++
	}
	h.buckets[i].Add(1)
	h.sum.Add(int64(d))
}

// Read returns how many durations were at or below each bound, how many there
// were, and their sum.
func (h *Histogram) Read() (cumulative [len(LatencyBounds)]uint64, count uint64, sum time.Duration) {
	for i := range h.buckets {
		count += h.buckets[i].Load()
		if i < len(cumulative) {
			cumulative[i] = count
		}
	}
	return cumulative, count, time.Duration(h.sum.Load())
}
