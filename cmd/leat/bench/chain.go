package bench

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// Chain measures everything at once: records are put as fast as they are taken,
// while a view and a lake follow. What counts is when the last record is in both.
func Chain(ctx context.Context, cfg Config) (*Report, error) {
	cfg = cfg.withDefaults()
	load := fmt.Sprintf("events put for %s, into a view and a lake at the same time", cfg.Duration)
	return measureWith(ctx, cfg, "chain", load, func(ctx context.Context, r *run) error {
		if err := r.createLake(ctx, "LATEST"); err != nil {
			return err
		}
		conn, err := r.connectSQL(ctx)
		if err != nil {
			return err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		watch := &viewWatch{view: "chain"}
		if _, err := conn.Exec(ctx, viewSQL(watch.view, stream, "YES")); err != nil {
			return err
		}
		r.Progress("putting, viewing and delivering events")
		began := time.Now()
		l := r.newLoad(stream)
		l.stop = began.Add(cfg.Duration)
		var done *loaded
		var viewed time.Duration
		group, groupCtx := errgroup.WithContext(ctx)
		group.Go(func() (err error) {
			done, err = watch.putAll(groupCtx, l)
			return err
		})
		group.Go(func() error {
			err := watch.look(groupCtx, conn)
			viewed = time.Since(began)
			return err
		})
		if err := group.Wait(); err != nil {
			return err
		}
		values, err := r.awaitLake(ctx, done.records)
		if err != nil {
			return err
		}
		delivered := time.Since(began)
		r.report.add("events", float64(done.records), records)
		r.report.add("acknowledged", done.rate(), perSecond)
		r.report.add("visible in the view", float64(done.records)/viewed.Seconds(), perSecond)
		r.report.add("in the lake", float64(done.records)/delivered.Seconds(), perSecond)
		r.report.add("all of it, from first to last", float64(done.records)/max(viewed, delivered).Seconds(), perSecond)
		r.report.latency("call of 500", &done.latencies)
		r.report.latency("freshness", &watch.visibility.Latencies)
		r.reportLake(values, done.bytes)
		return nil
	})
}
