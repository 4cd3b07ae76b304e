package demo

import (
	"context"
	"sync"
	"time"

	"leat/cmd/leat/measure"
)

// freshness measures how long events take until a SQL client sees them: it asks
// the view for its newest arrival time, again and again.
type freshness struct {
	mu        sync.Mutex // guards latencies
	latencies measure.Latencies
}

const (
	lookEvery = 50 * time.Millisecond
	// shares is into how many equal parts the time between two looks' newest
	// arrivals is cut: events arrive evenly in between.
	shares = 16
)

// watch looks until ctx ends.
func (f *freshness) watch(ctx context.Context, sql *sqlClient) error {
	var newest time.Time
	for {
		var seen *time.Time
		err := sql.QueryRow(context.WithoutCancel(ctx), "SELECT max(arrived) FROM "+eventsView).Scan(&seen)
		if err != nil {
			return err
		}
		now := time.Now()
		if seen != nil && seen.After(newest) {
			f.add(newest, *seen, now)
			newest = *seen
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// add counts the events that arrived after one time and up to another, and were
// first seen now. The first look only tells where to begin.
func (f *freshness) add(after, upTo, now time.Time) {
	if after.IsZero() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	step := upTo.Sub(after) / shares
	for i := range shares {
		f.latencies.Add(now.Sub(upTo.Add(-step*time.Duration(i))), 1)
	}
}

// quantiles returns the median and the 99th percentile; 0 before there are any.
func (f *freshness) quantiles() (p50, p99 time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.latencies.Quantile(0.5), f.latencies.Quantile(0.99)
}
