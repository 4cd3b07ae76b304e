package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"

	"leat/source"
)

// refreshToParity refreshes until the view has everything that its stream holds
// now. It returns what it did.
func (v *view) refreshToParity(ctx context.Context) (total outcome, err error) {
	if err := v.lock(ctx); err != nil {
		return outcome{}, err
	}
	defer v.unlock()
	started := v.w.cfg.Now()
	defer func() {
		if err != nil && !errors.Is(err, errViewGone) {
			v.reportError(err)
			v.w.history.tell(v.def, 0, refreshManual, statusFailed+err.Error(), started, v.w.cfg.Now(), 0)
			err = errors.Join(err, v.recover())
		}
	}()
	identity, reader, err := v.open(ctx)
	if err != nil {
		return outcome{}, err
	}
	defer reader.Close()
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
	for first := true; first || left > 0; first = false {
		batch, err := reader.Next(ctx, source.Limit{Records: sliceRecords, Bytes: sliceBytes})
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return total, fmt.Errorf("read stream %s: %w", v.def.Stream, err)
		}
		if first {
			left = batch.Pending
			for i := range batch.Records {
				if batch.Records[i].Subsequence == 0 {
					left++
				}
			}
		}
		out, err := v.take(ctx, refreshManual, identity, reader, batch)
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
