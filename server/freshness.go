package server

import (
	"sync"
	"time"
)

// freshnessBounds are the upper bounds of the freshness histogram's buckets, in
// seconds.
var freshnessBounds = [...]float64{0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 60}

// freshness counts, by view, how old the newest record of a refresh was when
// its rows became visible.
type freshness struct {
	mu    sync.Mutex // guards views
	views map[string]*freshnessHistogram
}

type freshnessHistogram struct {
	buckets [len(freshnessBounds)]uint64 // not cumulative
	count   uint64
	sum     float64 // seconds
}

// observe takes one committed refresh. Refreshes that brought no rows say
// nothing about freshness.
func (f *freshness) observe(view string, rows int, age time.Duration) {
	if rows == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.views == nil {
		f.views = map[string]*freshnessHistogram{}
	}
	histogram := f.views[view]
	if histogram == nil {
		histogram = &freshnessHistogram{}
		f.views[view] = histogram
	}
	seconds := max(0, age.Seconds())
	histogram.count++
	histogram.sum += seconds
	for i, bound := range freshnessBounds {
		if seconds <= bound {
			histogram.buckets[i]++
			break
		}
	}
}

// forget drops the histogram of a view that has been dropped.
func (f *freshness) forget(view string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.views, view)
}

// snapshot returns a copy of the histograms.
func (f *freshness) snapshot() map[string]freshnessHistogram {
	f.mu.Lock()
	defer f.mu.Unlock()
	views := make(map[string]freshnessHistogram, len(f.views))
	for view, histogram := range f.views {
		views[view] = *histogram
	}
	return views
}
