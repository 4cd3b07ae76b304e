package bench

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/measure"
)

// A feeding is a view that is fed and watched.
type feeding struct {
	running errgroup.Group
	stop    context.CancelFunc
	watch   viewWatch
}

// feed puts a load into a view's stream until it is put or ctx ends, tells put of
// it if that is set, and looks all the time how many rows the server has made
// visible.
func (r *run) feed(ctx context.Context, view string, l load, put func(*loaded)) (*feeding, error) {
	seen, err := r.visible(ctx, view)
	if err != nil {
		return nil, err
	}
	looking, stop := context.WithCancel(context.WithoutCancel(ctx))
	f := &feeding{stop: stop, watch: viewWatch{view: view}}
	f.watch.visibility.Seen(seen, time.Now())
	l.sent = f.watch.sent
	f.running.Go(func() error {
		done, err := l.run(ctx)
		f.watch.mu.Lock()
		f.watch.finished = true
		f.watch.mu.Unlock()
		if put != nil {
			put(done)
		}
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	f.running.Go(func() error {
		for {
			rows, err := r.visible(looking, view)
			if err != nil {
				return err
			}
			if f.seen(rows) {
				return nil
			}
			select {
			case <-time.After(20 * time.Millisecond):
			case <-looking.Done():
				return looking.Err()
			}
		}
	})
	return f, nil
}

// seen notes a look and reports that there is nothing more to see. Of a call that
// was broken off it is not known whether it was taken.
func (f *feeding) seen(rows uint64) bool {
	f.watch.mu.Lock()
	defer f.watch.mu.Unlock()
	f.watch.visibility.Seen(rows, time.Now())
	return f.watch.finished && f.watch.visibility.Waiting() == 0
}

// end waits until all that was put is visible and returns how long that took for
// each event.
func (f *feeding) end() (*measure.Latencies, error) {
	ended := time.AfterFunc(drainTimeout, f.stop)
	defer ended.Stop()
	defer f.stop()
	err := f.running.Wait()
	if errors.Is(err, context.Canceled) {
		err = errors.New("the view did not show the last event in time")
	}
	return &f.watch.visibility.Latencies, err
}

// visible is how many rows a view has committed, as the server counts them:
// asking by SQL would wait in line with what goes on.
func (r *run) visible(ctx context.Context, view string) (uint64, error) {
	metrics, err := r.Metrics(ctx)
	return uint64(metrics[`leat_view_records_total{view="public.`+view+`",outcome="rows"}`]), err
}
