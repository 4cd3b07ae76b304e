package bench

import (
	"context"
	"fmt"
	"time"
)

// Put measures how many records a second the stream acknowledges, each of them
// on disk.
func Put(ctx context.Context, cfg Config) (*Report, error) {
	cfg = cfg.withDefaults()
	return measureWith(ctx, cfg, "put", fmt.Sprintf("records put for %s", cfg.Duration), func(ctx context.Context, r *run) error {
		warm := r.newLoad(stream)
		warm.stop = time.Now().Add(time.Second)
		if _, err := warm.run(ctx); err != nil {
			return err
		}
		r.Progress("putting records")
		l := r.newLoad(stream)
		l.stop = time.Now().Add(cfg.Duration)
		done, err := l.run(ctx)
		if err != nil {
			return err
		}
		goal := 300_000.0
		if cfg.Shards > 16 {
			goal = 250_000
		}
		r.report.add("records acknowledged", float64(done.records), records)
		r.report.atLeast("acknowledged", done.rate(), perSecond, goal)
		r.report.latency("call of 500", &done.latencies)
		return nil
	})
}
