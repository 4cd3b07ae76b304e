package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/measure"
)

// soakView is the view that is fed and queried.
const soakView = "soak"

// soakQueries are what every client asks each second, as dashboards do.
var soakQueries = []string{
	`SELECT payload.event_name::varchar AS name, count(*) AS events FROM soak
WHERE approximate_arrival_timestamp > dateadd(second, -10, getdate()) GROUP BY 1 ORDER BY 2 DESC`,
	`SELECT date_trunc('second', approximate_arrival_timestamp) AS second, count(*) AS events FROM soak
WHERE approximate_arrival_timestamp > dateadd(second, -30, getdate()) GROUP BY 1 ORDER BY 1`,
	`SELECT shard_id, count(*) AS events, max(approximate_arrival_timestamp) AS newest FROM soak
WHERE approximate_arrival_timestamp > dateadd(second, -60, getdate()) GROUP BY shard_id`,
	`SELECT payload.user_id::bigint % 10 AS bucket, count(DISTINCT payload.user_id::bigint) AS users FROM soak
WHERE approximate_arrival_timestamp > dateadd(second, -10, getdate()) GROUP BY 1 ORDER BY 1`,
	`SELECT payload.event_name::varchar AS name, min(payload.created_at::bigint) AS first, max(payload.created_at::bigint) AS last FROM soak
WHERE approximate_arrival_timestamp > dateadd(second, -5, getdate()) GROUP BY 1 HAVING count(*) > 1`,
}

// What a server that does not leak stays below: how much more memory and handles
// it takes in the last quarter of a soak than in the second.
const mostMemoryGrowth, mostHandlesGrowth = 10, 10 // per cent

// Soak keeps up a steady load for long, into a view and a lake, while clients
// repeat queries, and says whether memory and handles stay flat.
func Soak(ctx context.Context, cfg Config) (*Report, error) {
	cfg = cfg.withDefaults()
	load := fmt.Sprintf("%.0f events a second for %s into a view and a lake; %d clients repeat %d GROUP BY queries each second",
		cfg.FreshnessRate, cfg.Duration, cfg.Clients, len(soakQueries))
	return measureWith(ctx, cfg, "soak", load, func(ctx context.Context, r *run) error {
		if err := r.createLake(ctx, "LATEST"); err != nil {
			return err
		}
		conn, err := r.connectSQL(ctx)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if _, err := conn.Exec(ctx, viewSQL(soakView, stream, "YES")); err != nil {
			return err
		}
		l := r.newLoad(stream)
		l.rate, l.records = cfg.FreshnessRate, uint64(cfg.FreshnessRate*cfg.Duration.Seconds())
		return r.soak(ctx, l)
	})
}

// soak puts the load, asks, and watches.
func (r *run) soak(ctx context.Context, l load) error {
	ending := make(chan struct{}) // closed when the load is put
	watch := &soakWatch{run: r}
	asked := &asked{refused: map[string]uint64{}}
	group, groupCtx := errgroup.WithContext(ctx)
	var done *loaded
	fed, err := r.feed(groupCtx, soakView, l, func(d *loaded) { done = d; close(ending) })
	if err != nil {
		return err
	}
	for range r.Clients {
		group.Go(func() error { return r.ask(groupCtx, ending, asked) })
	}
	group.Go(func() error { return watch.watch(groupCtx, ending) })
	err = group.Wait()
	fresh, feedErr := fed.end()
	if err := errors.Join(err, feedErr); err != nil {
		return err
	}
	values, err := r.awaitLake(ctx, done.records)
	if err != nil {
		return err
	}
	r.report.add("events", float64(done.records), records)
	r.report.atLeast("acknowledged", done.rate(), perSecond, 0.99*r.FreshnessRate)
	r.report.latency("call of 500", &done.latencies)
	r.report.add("freshness p50", inMilliseconds(fresh.Quantile(0.5)), milliseconds)
	r.report.atMost("freshness p99", inMilliseconds(fresh.Quantile(0.99)), milliseconds, inMilliseconds(freshnessGoal))
	asked.report(r.report)
	watch.report(r.report)
	r.reportLake(values, done.bytes)
	return nil
}

// asked is what became of queries.
type asked struct {
	mu        sync.Mutex // guards what follows
	latencies measure.Latencies
	late      uint64 // rounds that took longer than a second
	refused   map[string]uint64
}

// ask repeats the queries each second until ending is closed.
func (r *run) ask(ctx context.Context, ending <-chan struct{}, a *asked) error {
	conn, err := r.dialSQL(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		round := time.Now()
		for _, sql := range soakQueries {
			began := time.Now()
			_, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
			if err := a.note(time.Since(began), err); err != nil {
				return err
			}
		}
		if time.Since(round) > time.Second {
			a.mu.Lock()
			a.late++
			a.mu.Unlock()
		}
		select {
		case <-tick.C:
		case <-ending:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// note counts an answer. An error is one that is no refusal.
func (a *asked) note(took time.Duration, err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latencies.Add(took, 1)
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		a.refused[refusal.Code+" "+refusal.Message]++
		return nil
	}
	return err
}

func (a *asked) report(r *Report) {
	var refused uint64
	for why, n := range a.refused {
		r.add("refused: "+why, float64(n), "queries")
		refused += n
	}
	r.atLeast("queries answered", float64(a.latencies.Count()-refused), "queries", float64(a.latencies.Count()))
	r.latency("query", &a.latencies)
	r.add("rounds of queries above a second", float64(a.late), "rounds")
}
