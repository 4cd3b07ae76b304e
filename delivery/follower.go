package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"leat/source"
)

// followBytes is how much of the source one read counts.
const followBytes = 4 << 20

// A follower counts what comes out of the source, and cuts it into plans.
type follower struct {
	*pipe
	source     source.Source
	reader     source.Reader
	position   source.Position // after what has been counted
	buffer     Buffer
	slots      chan struct{} // one for each open plan
	deliveries sync.WaitGroup
	last       <-chan struct{} // closed when the last plan has found out its columns
}

func (f *follower) follow(ctx context.Context) error {
	planned := f.position
	pending := uint64(0)
	for {
		flushing := f.takeFlushes()
		tip := false
		if len(flushing) > 0 {
			var err error
			if tip, err = f.atTip(ctx); err != nil {
				return err
			}
		}
		if tip {
			pending = 0
		} else {
			var err error
			if pending, err = f.read(ctx, pending > 0 || len(flushing) > 0); err != nil {
				return err
			}
		}
		for f.buffer.Due(f.service.cfg.Now(), pending, len(flushing) > 0) {
			plan, err := f.cut(ctx, planned)
			if err != nil {
				return err
			}
			planned = source.Position(plan.To)
			if err := f.deliver(ctx, plan); err != nil {
				return err
			}
		}
		f.settle(flushing, tip && f.buffer.Empty())
	}
}

// atTip reports whether all that the source holds has been counted.
func (f *follower) atTip(ctx context.Context) (bool, error) {
	latest, err := f.source.Latest(ctx)
	if err != nil {
		return false, fmt.Errorf("find the end of %s: %w", f.source.Identity(), err)
	}
	if latest == f.position {
		return true, nil
	}
	// Behind the end, but perhaps of a source that holds nothing any more.
	horizon, err := f.source.Horizon(ctx)
	if err != nil {
		return false, fmt.Errorf("find the beginning of %s: %w", f.source.Identity(), err)
	}
	return horizon == latest, nil
}

// read counts the next records, and returns how many the source has beyond
// them. Unless there are some for certain, it waits until one comes, or the
// batch becomes due by age, or a flush is asked for.
func (f *follower) read(ctx context.Context, certain bool) (pending uint64, err error) {
	wait, stop := ctx, func() {}
	if !certain {
		wait, stop = f.waitContext(ctx)
	}
	defer stop()
	limit := source.Limit{Bytes: int(min(max(f.buffer.Room(), 1), followBytes))}
	batch, err := f.reader.Next(wait, limit)
	switch {
	case err != nil && wait.Err() != nil && ctx.Err() == nil:
		return 0, nil
	case errors.Is(err, io.EOF):
		return 0, fmt.Errorf("read %s: ended without a limit", f.source.Identity())
	case err != nil:
		return 0, fmt.Errorf("read %s: %w", f.source.Identity(), err)
	}
	seen := Seen{Records: uint64(len(batch.Records)), Lost: batch.Lost}
	if len(batch.Records) > 0 {
		seen.Oldest = time.UnixMilli(batch.Records[0].Arrival)
	}
	for i := range batch.Records {
		seen.Bytes += uint64(len(batch.Records[i].Data))
	}
	f.buffer.Add(seen, f.service.cfg.Now())
	f.position = batch.Next
	f.mu.Lock()
	f.pending, f.buffered = batch.Pending, f.buffered+seen.Records
	f.mu.Unlock()
	f.recovered("source")
	return batch.Pending, nil
}

// waitContext is the context of one wait for records.
func (f *follower) waitContext(ctx context.Context) (wait context.Context, stop context.CancelFunc) {
	if deadline, ok := f.buffer.Deadline(); ok {
		wait, stop = context.WithTimeout(ctx, deadline.Sub(f.service.cfg.Now()))
	} else {
		wait, stop = context.WithCancel(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.interrupt = stop
	if slices.ContainsFunc(f.flushes, func(flush *flush) bool { return flush.plans == nil }) {
		stop() // it came after the follower looked
	}
	return wait, stop
}

// cut saves a plan for what has been counted, once there is a slot for it.
func (f *follower) cut(ctx context.Context, from source.Position) (Plan, error) {
	select {
	case f.slots <- struct{}{}:
	case <-ctx.Done():
		return Plan{}, ctx.Err()
	}
	seen := f.buffer.Take()
	plan, err := f.service.meta.SavePlan(ctx, Plan{
		Delivery: f.id, UUID: uuid.NewString(), Version: f.version, From: string(from), To: string(f.position),
		Records: seen.Records, Bytes: seen.Bytes, Lost: seen.Lost, Oldest: seen.Oldest, Created: f.service.cfg.Now(),
	})
	if err != nil {
		return Plan{}, err
	}
	f.mu.Lock()
	f.buffered -= seen.Records
	f.planned += seen.Records
	f.open[plan.Number] = true
	f.mu.Unlock()
	if saved := f.service.cfg.Events.PlanSaved; saved != nil {
		saved(f.def.Name, plan)
	}
	return plan, nil
}
