package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/measure"
)

// View measures a streaming view with the document as SUPER: how fast it takes
// in a backlog, and how fresh it is while events come at a steady rate.
func View(ctx context.Context, cfg Config) (*Report, error) {
	cfg = cfg.withDefaults()
	load := fmt.Sprintf("a backlog of %d events, then %.0f a second for %s", cfg.Events, cfg.FreshnessRate, cfg.Duration)
	return measureWith(ctx, cfg, "view", load, func(ctx context.Context, r *run) error {
		done, err := r.backlog(ctx, cfg.Events)
		if err != nil {
			return err
		}
		conn, err := r.connectSQL(ctx)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		r.Progress("refreshing the view")
		took, err := drainView(ctx, conn, done.records)
		if err != nil {
			return err
		}
		r.report.add("rows", float64(done.records), records)
		r.report.atLeast("rows into the view", float64(done.records)/took.Seconds(), perSecond, 250_000)
		return r.freshness(ctx, conn)
	})
}

// drainView makes a view over the stream and refreshes it until it holds all
// records.
func drainView(ctx context.Context, conn *pgx.Conn, records uint64) (time.Duration, error) {
	began := time.Now()
	if _, err := conn.Exec(ctx, viewSQL("backlog", stream, "NO")); err != nil {
		return 0, err
	}
	err := await(ctx, "the refresh", drainTimeout, func() (bool, error) {
		if _, err := conn.Exec(ctx, "REFRESH MATERIALIZED VIEW backlog"); err != nil {
			return false, err
		}
		rows, err := countRows(ctx, conn, "backlog")
		if rows > records {
			return false, fmt.Errorf("the view has %d rows of %d records", rows, records)
		}
		return rows == records, err
	})
	return time.Since(began), err
}

// freshness puts events at a steady rate into a stream of its own, and looks
// all the time how many of them a SQL client sees.
func (r *run) freshness(ctx context.Context, conn *pgx.Conn) error {
	const name = "fresh"
	if err := r.createStream(ctx, name); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, viewSQL(name, name, "YES")); err != nil {
		return err
	}
	r.Progress(fmt.Sprintf("measuring freshness at %.0f events a second", r.FreshnessRate))
	l := r.newLoad(name)
	l.records, l.rate = uint64(r.FreshnessRate*r.Duration.Seconds()), r.FreshnessRate
	watch := &viewWatch{view: name}
	group, groupCtx := errgroup.WithContext(ctx)
	var done *loaded
	group.Go(func() (err error) {
		done, err = watch.putAll(groupCtx, l)
		return err
	})
	group.Go(func() error { return watch.look(groupCtx, conn) })
	if err := group.Wait(); err != nil {
		return err
	}
	r.report.add("events for freshness", done.rate(), perSecond)
	r.report.add("freshness p50", inMilliseconds(watch.visibility.Latencies.Quantile(0.5)), milliseconds)
	r.report.atMost("freshness p99", inMilliseconds(watch.visibility.Latencies.Quantile(0.99)), milliseconds, 1000)
	return nil
}

// A viewWatch measures when records become visible in a view that takes every
// record: the time from the sending of a call to the first count that covers
// it.
type viewWatch struct {
	view       string
	mu         sync.Mutex // guards what follows
	visibility measure.Visibility
	end        uint64 // the greatest number that a record got
	finished   bool   // no more records will be sent

	rows  uint64    // of the last look
	since time.Time // when it first showed as many
}

func (w *viewWatch) sent(end uint64, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end = max(w.end, end)
	w.visibility.Sent(end, at)
}

// putAll puts a load into the view's stream, which is empty, and tells the watch
// of it.
func (w *viewWatch) putAll(ctx context.Context, l load) (*loaded, error) {
	l.sent = w.sent
	done, err := l.run(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = true
	if err == nil && w.end != done.records {
		// A call that was taken twice would make all that is counted wrong.
		err = fmt.Errorf("%d records were acknowledged, but the stream has numbered %d", done.records, w.end)
	}
	return done, err
}

// stallTimeout is how long a view may show nothing new while records wait.
const stallTimeout = time.Minute

// look counts the view's rows, again and again, until all that was sent is seen.
func (w *viewWatch) look(ctx context.Context, conn *pgx.Conn) error {
	return await(ctx, "the view to show the last event", drainTimeout, func() (bool, error) {
		rows, err := countRows(ctx, conn, w.view)
		if err != nil {
			return false, err
		}
		return w.seen(rows, time.Now())
	})
}

// seen takes what a look showed. It reports that all has been seen, and fails
// when it never will be.
func (w *viewWatch) seen(rows uint64, at time.Time) (all bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if rows != w.rows || w.since.IsZero() {
		w.rows, w.since = rows, at
	}
	w.visibility.Seen(rows, at)
	switch {
	case !w.finished:
		return false, nil
	case rows > w.end:
		return false, fmt.Errorf("the view %s has %d rows of %d records", w.view, rows, w.end)
	case at.Sub(w.since) > stallTimeout && rows < w.end:
		return false, fmt.Errorf("the view %s has shown %d rows of %d records for %s", w.view, rows, w.end, stallTimeout)
	}
	return w.visibility.Waiting() == 0, nil
}
