package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"leat"
	"leat/delivery/objectkey"
	"leat/metastore"
	"leat/rowfile"
	"leat/source"
)

// deliver starts to deliver a plan, and repeats it until it is done or ctx
// ends.
func (f *follower) deliver(ctx context.Context, plan Plan) error {
	taken, err := f.take(plan, f.last)
	if err != nil {
		return err
	}
	f.last = taken.found
	f.deliveries.Go(func() {
		defer func() { <-f.slots }()
		f.persist(ctx, taken)
	})
	return nil
}

// persist delivers a plan, however often it takes.
func (f *follower) persist(ctx context.Context, plan *planned) {
	if f.shape != nil {
		if plan.saved {
			// It waits for nobody, but those after it may.
			f.deliveries.Go(func() { _ = plan.turn(ctx) })
		} else if plan.turn(ctx) != nil {
			return
		}
	}
	for failures := 1; ; failures++ {
		err := f.attempt(ctx, plan)
		if err == nil || ctx.Err() != nil {
			return
		}
		f.failed(failureOf(plan.Plan), err)
		if !pause(ctx, f.service.cfg.RetryAfter(failures)) {
			return
		}
	}
}

// attempt delivers a plan once: its records become objects, then the plan is
// closed. Whatever comes in between, doing it again does the same.
func (f *follower) attempt(ctx context.Context, plan *planned) error {
	batch, err := keyBatch(plan.Plan)
	if err != nil {
		return err
	}
	var ledger metastore.Ledger
	err = f.contain(func() (err error) {
		if f.shape == nil {
			ledger, err = f.putBytes(ctx, plan.Plan, batch)
		} else {
			ledger, err = f.putRows(ctx, plan, batch)
		}
		return err
	})
	if err != nil {
		return err
	}
	// What was planned and is not there to read any more, retention took.
	if planned := plan.Records + plan.Lost; planned > ledger.Read {
		ledger.Lost = planned - ledger.Read
	}
	return f.close(ctx, plan.Plan, ledger)
}

// failureOf is what a plan's failures are known by.
func failureOf(plan Plan) string { return "plan " + plan.UUID }

// close forgets the plan and counts what became of it, in one transaction.
func (f *follower) close(ctx context.Context, plan Plan, ledger metastore.Ledger) error {
	if err := f.service.meta.ClosePlan(ctx, plan, ledger); err != nil {
		return err
	}
	f.recovered(failureOf(plan)) // before those who wait for the plan look
	f.mu.Lock()
	f.ledger = f.ledger.Add(ledger)
	f.planned -= plan.Records
	delete(f.open, plan.Number)
	f.endFlushesLocked()
	f.mu.Unlock()
	if ledger.Lost > 0 {
		f.logger.Error("records were lost: the source's retention took them before they were read", "records", ledger.Lost)
	}
	if closed := f.service.cfg.Events.PlanClosed; closed != nil {
		closed(f.def.Name, plan)
	}
	return nil
}

func keyBatch(plan Plan) (objectkey.Batch, error) {
	id, err := uuid.Parse(plan.UUID)
	if err != nil {
		return objectkey.Batch{}, &leat.Error{Code: leat.Corrupt, Message: fmt.Sprintf("plan %d has no valid id", plan.Number), Err: err}
	}
	return objectkey.Batch{ID: id, Version: plan.Version, Oldest: plan.Oldest}, nil
}

// openRange opens a plan's records for reading.
func (f *follower) openRange(ctx context.Context, plan Plan) (source.Reader, error) {
	reader, err := f.source.Open(ctx, source.Position(plan.From))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.source.Identity(), err)
	}
	return reader, nil
}

// putBytes delivers a plan's records as they came, as one object.
func (f *follower) putBytes(ctx context.Context, plan Plan, batch objectkey.Batch) (metastore.Ledger, error) {
	if err := f.service.takeCopy(ctx); err != nil {
		return metastore.Ledger{}, err
	}
	defer f.service.giveCopy()
	reader, err := f.openRange(ctx, plan)
	if err != nil {
		return metastore.Ledger{}, err
	}
	defer reader.Close()
	records := rowfile.NewConcat(ctx, reader, source.Position(plan.To), f.def.Delimiter)
	any, err := records.Any()
	if err != nil {
		return metastore.Ledger{}, fmt.Errorf("read %s: %w", f.source.Identity(), err)
	}
	key := f.keys.Object(batch, objectkey.Partition{})
	if !any || records.Lost() > plan.Lost {
		// Retention has overtaken the plan. If an earlier attempt has put the
		// object, it holds more than this one could.
		object, err := f.bucket.Stat(ctx, key)
		if err == nil {
			return metastore.Ledger{Read: plan.Records, Delivered: plan.Records, Objects: 1, Bytes: uint64(object.Size)}, nil
		}
		if leat.CodeOf(err) != leat.NotFound {
			return metastore.Ledger{}, fmt.Errorf("bucket %s: %w", f.def.Bucket, err)
		}
	}
	if !any {
		return metastore.Ledger{}, nil
	}
	var body io.Reader = records
	if f.def.Compression == "gzip" {
		body = rowfile.NewGzip(records)
	}
	size, err := f.put(ctx, plan, key, body)
	if err != nil {
		return metastore.Ledger{}, err
	}
	n := records.Records()
	return metastore.Ledger{Read: n, Delivered: n, Objects: 1, Bytes: uint64(size)}, nil
}

// put puts one object of a plan.
func (f *follower) put(ctx context.Context, plan Plan, key string, body io.Reader) (size int64, err error) {
	object, err := f.bucket.Put(ctx, key, body)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return 0, err
		}
		return 0, fmt.Errorf("bucket %s: %w", f.def.Bucket, err)
	}
	if put := f.service.cfg.Events.ObjectPut; put != nil {
		put(f.def.Name, plan, key)
	}
	return object.Size, nil
}
