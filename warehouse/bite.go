package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leat/duck"
	"leat/source"
)

// A bite is how much a view takes at a time after more was too much for the
// memory.
type bite struct {
	records, bytes int
	grow           time.Time // when the next one may be larger
}

// growAfter is how long bites of one size must fit before the next one is larger.
const growAfter = 10 * time.Second

// errBite says that the view must read again from its position, and take less.
var errBite = errors.New("the refresh needs more memory than there is; it takes less at a time")

// firstLimit is the limit of the first read of a refresh.
func (v *view) firstLimit() source.Limit {
	limit := source.Limit{Records: firstRecords, Bytes: firstBytes}
	if v.bite != nil {
		limit = source.Limit{Records: v.bite.records, Bytes: v.bite.bytes}
	}
	return limit
}

// smaller makes the next bite half of what did not fit.
func (v *view) smaller(c *collection) {
	v.bite = &bite{records: max(1, int(c.stream)/2), bytes: max(1, c.bytes/2), grow: time.Now().Add(growAfter)}
	v.w.cfg.Logger.Info("a refresh needs more memory than there is, the view takes less at a time",
		"view", v.def.Schema+"."+v.def.Name, "records", v.bite.records, "bytes", v.bite.bytes)
}

// larger doubles the bite after some that fitted, up to what a view usually takes.
// A view that has nothing more to read starts afresh.
func (v *view) larger(out outcome) {
	switch {
	case v.bite == nil:
		return
	case out.pending == 0:
		v.bite = nil
		return
	}
	if time.Now().Before(v.bite.grow) {
		return
	}
	v.bite = &bite{records: 2 * v.bite.records, bytes: 2 * v.bite.bytes, grow: time.Now().Add(growAfter)}
	if v.bite.bytes >= int(v.w.cfg.batchBytes()) || v.bite.records >= sliceRecords {
		v.bite = nil
	}
}

// commitWithRoom commits a batch. When memory runs out, a large batch is taken in
// smaller bites. For a small one room is made: statements of users wait and are
// ended, other refreshes that ran out wait for their turn. What does not fit even
// so is taken in smaller bites, down to one record of the stream; if that is too
// large for all the memory, it goes into quarantine.
func (v *view) commitWithRoom(ctx context.Context, l *load, identity string, c *collection, started time.Time) (outcome, error) {
	defer v.w.db.Reserve()()
	out, err := v.commit(ctx, l, identity, c, started)
	if duck.TypeOf(err) != duck.OutOfMemory {
		if err == nil {
			v.larger(out)
		}
		return out, err
	}
	if c.bytes > sliceBytes && c.stream > 1 {
		v.smaller(c)
		return outcome{}, errBite
	}
	select {
	case v.w.alone <- struct{}{}:
		defer func() { <-v.w.alone }()
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
	defer v.w.governor.hold()()
	for duck.TypeOf(err) == duck.OutOfMemory && ctx.Err() == nil {
		relieved := v.w.governor.relieve(ctx)
		if out, err = v.commit(ctx, l, identity, c, started); !relieved {
			break
		}
	}
	if duck.TypeOf(err) != duck.OutOfMemory || ctx.Err() != nil {
		return out, err
	}
	if c.stream > 1 {
		v.smaller(c)
		return outcome{}, errBite
	}
	return v.commitRowByRow(ctx, l, identity, c, started)
}

// commitRowByRow commits one record of the stream, or what an aggregate holds,
// that the memory does not suffice for: its rows are inserted one by one, and
// those that do not fit even alone are quarantined.
func (v *view) commitRowByRow(ctx context.Context, l *load, identity string, c *collection, started time.Time) (outcome, error) {
	l.oneByOne = true
	defer func() { l.oneByOne = false }()
	for {
		out, err := v.commit(ctx, l, identity, c, started)
		var large *rowError
		if !errors.As(err, &large) || duck.TypeOf(err) != duck.OutOfMemory {
			return out, err
		}
		size := len(l.batch.Record(int(large.row)).Data)
		c.tooBig = append(c.tooBig, badRow{
			row: large.row, column: wholeRecord, code: codeTooLarge,
			reason: fmt.Sprintf("the record of %d bytes needs more memory than the warehouse has", size),
		})
	}
}

// A rowError is the failure of one row's insert.
type rowError struct {
	row uint32
	err error
}

func (e *rowError) Error() string { return e.err.Error() }
func (e *rowError) Unwrap() error { return e.err }

// insertRows runs the view's query over the batch without the bad rows.
func (l *load) insertRows(ctx context.Context, bad []badRow) (inserted int64, err error) {
	if !l.oneByOne {
		l.showWithout(bad)
		return l.insert.Exec(ctx)
	}
	for _, row := range l.remaining(bad) {
		l.batch.ShowRows([]uint32{row})
		n, err := l.insert.Exec(ctx)
		if fault := l.view.w.testRow; err == nil && fault != nil {
			err = fault(l.batch.Record(int(row)).Data)
		}
		if err != nil {
			return 0, &rowError{row, err}
		}
		inserted += n
	}
	return inserted, nil
}
