package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// refreshToParity refreshes until the view has everything that its stream holds
// now. It returns what it did. It waits for the view's turn, no longer than wait
// when that is not 0.
func (v *view) refreshToParity(ctx context.Context, wait time.Duration) (total outcome, err error) {
	if err := v.lockWithin(ctx, wait); err != nil {
		return outcome{}, err
	}
	defer v.unlock()
	ctx, stop := v.stoppable(ctx)
	defer stop()
	started := v.w.cfg.Now()
	defer func() {
		if err == nil {
			return
		}
		if context.Cause(ctx) == errViewGone {
			err = errViewGone
		}
		if !errors.Is(err, errViewGone) {
			failed := err
			if err = errors.Join(err, v.recover()); errors.Is(err, errViewGone) {
				return
			}
			v.reportError(failed)
			v.w.history.tell(v.def, 0, refreshManual, statusFailed+failed.Error(), started, v.w.cfg.Now(), 0)
		}
	}()
	identity, reader, err := v.open(ctx)
	if err != nil {
		return outcome{}, err
	}
	defer func() {
		if reader != nil {
			reader.Close()
		}
	}()
	target, err := v.target(ctx, identity)
	if err != nil {
		return outcome{}, err
	}
	if !target {
		v.w.history.tell(v.def, 0, refreshManual, statusNoData, started, v.w.cfg.Now(), 0)
		v.report(0, nil)
		return outcome{}, nil
	}
	left := uint64(0) // records of the stream, of which an aggregate is one
	for first := true; first || left > 0; {
		batch, err := reader.Next(ctx, v.firstLimit())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return total, fmt.Errorf("read stream %s: %w", v.def.Stream, err)
		}
		if first {
			first = false
			left = batch.Pending
			for i := range batch.Records {
				if batch.Records[i].Subsequence == 0 {
					left++
				}
			}
		}
		var out outcome
		err = guard(func() (err error) {
			out, err = v.take(ctx, refreshManual, identity, reader, batch)
			return err
		})
		if errors.Is(err, errBite) {
			// Nothing is committed of what was read: read it again.
			reader.Close()
			if identity, reader, err = v.open(ctx); err != nil {
				return total, err
			}
			continue
		}
		if err != nil {
			return total, err
		}
		left -= min(left, out.fromStream)
		total.read += out.read
		total.rows += out.rows
		total.filtered += out.filtered
		total.quarantined += out.quarantined
	}
	return total, nil
}

// stoppable makes the context of a REFRESH, which DROP ends.
func (v *view) stoppable(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	v.mu.Lock()
	v.stopManual = cancel
	v.mu.Unlock()
	return ctx, func() {
		v.mu.Lock()
		v.stopManual = nil
		v.mu.Unlock()
		cancel(nil)
	}
}

// target reports whether the stream holds anything after the view's position.
func (v *view) target(ctx context.Context, identity string) (bool, error) {
	src, err := v.w.openStream(ctx, v.def.ExternalSchema, v.def.Stream)
	if err != nil {
		return false, err
	}
	horizon, err := src.Horizon(ctx)
	if err != nil {
		return false, fmt.Errorf("find the start of stream %s: %w", v.def.Stream, err)
	}
	latest, err := src.Latest(ctx)
	if err != nil {
		return false, fmt.Errorf("find the end of stream %s: %w", v.def.Stream, err)
	}
	return latest != horizon && (v.state.identity != identity || v.state.position != latest), nil
}
