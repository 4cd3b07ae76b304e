package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"leat/source"
)

// How long a view waits before it tries again.
const (
	retryMin = 100 * time.Millisecond
	retryMax = 5 * time.Second
)

// Run refreshes the views that refresh by themselves, and writes history,
// until ctx ends. It returns when everything it started has ended.
func (w *Warehouse) Run(ctx context.Context) error {
	loops := &group{ctx: ctx}
	w.mu.Lock()
	w.loops = loops
	views := sortedByID(w.views)
	w.mu.Unlock()
	for _, v := range views {
		v.setAuto(v.isAuto())
	}
	loops.running.Go(func() { w.keepOpen(ctx) })
	w.writeHistory(ctx)
	w.mu.Lock()
	w.loops = nil
	w.mu.Unlock()
	loops.running.Wait()
	for _, v := range views {
		v.mu.Lock()
		v.stopAuto = nil
		v.mu.Unlock()
	}
	return nil
}

// writeHistory flushes history now and then.
func (w *Warehouse) writeHistory(ctx context.Context) {
	ticker := time.NewTicker(flushInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if w.Failure() != nil {
				continue
			}
			w.flushHistory()
			if err := w.sweepMarks(ctx); err != nil && ctx.Err() == nil {
				w.suspect(err)
				w.cfg.Logger.Warn("remove marks of transactions", "err", err)
			}
		}
	}
}

// flushHistory writes what waits. A failure is logged: history is not worth a
// statement's or the loop's end.
func (w *Warehouse) flushHistory() {
	if err := guard(w.history.flush); err != nil {
		w.suspect(err)
		w.logFailure(w.cfg.Logger, "write history", err)
	}
}

// setAuto starts or stops the view's loop. While the warehouse does not run,
// nothing starts: Run does it.
func (v *view) setAuto(on bool) {
	v.mu.Lock()
	v.status.AutoRefresh = on
	stop := v.stopAuto
	if !on {
		v.stopAuto = nil
	}
	if on && stop == nil && !v.gone {
		v.stopAuto = v.w.startLoop(v.follow)
	}
	v.mu.Unlock()
	if !on && stop != nil {
		stop()
	}
}

func (v *view) isAuto() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.status.AutoRefresh
}

// follow keeps the view up with its stream, woken by it, until ctx ends.
func (v *view) follow(ctx context.Context) {
	log := v.w.cfg.Logger.With("view", v.def.Schema+"."+v.def.Name, "stream", v.def.Stream)
	pauses := backoff.ExponentialBackOff{InitialInterval: retryMin, MaxInterval: retryMax, Multiplier: 2}
	failing := ""
	for ctx.Err() == nil {
		started := time.Now()
		err := guard(func() error {
			return v.followReader(ctx, func() {
				if failing != "" {
					log.Info("the view follows its stream again")
				}
				failing = ""
				pauses.Reset()
			})
		})
		if ctx.Err() != nil || errors.Is(err, errViewGone) {
			return
		}
		if err == nil {
			continue
		}
		v.w.suspect(err)
		// One line per change: a stream that is not there is said once.
		if text := err.Error(); text != failing {
			failing = text
			v.w.logFailure(log, "automatic refresh", err)
			v.w.history.tell(v.def, 0, refreshAuto, statusFailed+text, started, time.Now(), 0)
		}
		v.reportError(err)
		select {
		case <-ctx.Done():
		case <-time.After(pauses.NextBackOff()):
		}
	}
}

// followReader refreshes from one reader until something else has moved the
// view's position, or an error. ok is called after each success.
func (v *view) followReader(ctx context.Context, ok func()) error {
	identity, reader, at, limit, err := v.openLocked(ctx)
	if err != nil {
		return err
	}
	defer reader.Close()
	var last time.Time
	behind := false
	for {
		// Records that come close together are refreshed together; a view that
		// is behind takes all it can get without a pause.
		if rest := v.w.cfg.RefreshInterval - time.Since(last); rest > 0 && !behind {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(rest):
			}
		}
		batch, err := reader.Next(ctx, limit)
		if err != nil {
			return fmt.Errorf("read stream %s: %w", v.def.Stream, err)
		}
		last = time.Now()
		out, next, err := v.followBatch(ctx, at, identity, reader, batch)
		limit = next
		switch {
		case errors.Is(err, errMoved), errors.Is(err, errBite):
			return nil
		case err != nil:
			return err
		}
		at.identity, at.position = identity, out.next
		behind = out.pending > 0
		ok()
	}
}

// openLocked opens the view's stream with the view's turn, and says where the
// view stands, and how much to read first.
func (v *view) openLocked(ctx context.Context) (identity string, reader source.Reader, at viewState, limit source.Limit, err error) {
	if err := v.lock(ctx); err != nil {
		return "", nil, viewState{}, source.Limit{}, err
	}
	defer v.unlock()
	identity, reader, err = v.open(ctx)
	return identity, reader, v.state, v.firstLimit(), err
}

// errMoved says that another refresh has moved the view's position.
var errMoved = errors.New("another refresh has moved the position")

// followBatch refreshes from a batch that was read without holding the view,
// when the view stood at a state. It returns how much to read next.
func (v *view) followBatch(ctx context.Context, at viewState, identity string, reader source.Reader, batch source.Batch) (outcome, source.Limit, error) {
	if err := v.lock(ctx); err != nil {
		return outcome{}, source.Limit{}, err
	}
	defer v.unlock()
	if v.isGone() {
		return outcome{}, source.Limit{}, errViewGone
	}
	if v.state.identity != at.identity || v.state.position != at.position {
		return outcome{}, source.Limit{}, errMoved
	}
	var out outcome
	err := guard(func() (err error) {
		out, err = v.take(ctx, refreshAuto, identity, reader, batch)
		return err
	})
	if err != nil {
		return outcome{}, source.Limit{}, errors.Join(err, v.recover())
	}
	return out, v.firstLimit(), nil
}

// open opens the view's stream at its position. A stream that was made again
// is read from its start. The view must be locked.
func (v *view) open(ctx context.Context) (identity string, reader source.Reader, err error) {
	if v.isGone() {
		return "", nil, errViewGone
	}
	src, err := v.w.openStream(ctx, v.def.ExternalSchema, v.def.Stream)
	if err != nil {
		return "", nil, err
	}
	identity = src.Identity()
	from := v.state.position
	if v.state.identity != identity {
		if from, err = src.Horizon(ctx); err != nil {
			return "", nil, fmt.Errorf("find the start of stream %s: %w", v.def.Stream, err)
		}
	}
	if reader, err = src.Open(ctx, from); err != nil {
		return "", nil, fmt.Errorf("open stream %s: %w", v.def.Stream, err)
	}
	return identity, reader, nil
}

// recover undoes what a failed refresh has left open and reads the state again:
// the database tells what was committed.
func (v *view) recover() error {
	if v.isGone() {
		return nil
	}
	v.conn.Rollback() // of a panic; otherwise there is nothing
	return v.readState(context.Background())
}
