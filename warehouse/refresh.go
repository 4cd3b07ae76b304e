package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"leat/source"
)

// Refresh kinds, as SYS_MV_REFRESH_HISTORY shows them.
const (
	refreshManual = "Manual"
	refreshAuto   = "Auto"
)

// An outcome is what one committed refresh did.
type outcome struct {
	read, rows, filtered, quarantined int
	fromStream                        uint64 // records of the stream, of which an aggregate is one
	next                              source.Position
	pending                           uint64
	newest                            int64 // newest arrival, milliseconds of Unix time; 0: none
}

// take makes one transaction of what first holds and of what else the source
// has at once, and returns when it is committed. After an error nothing is
// committed, except when the error is the commit's own: then the state is read
// again, and tells. The view must be locked.
func (v *view) take(ctx context.Context, kind string, identity string, reader source.Reader, first source.Batch) (outcome, error) {
	started := v.w.cfg.Now().UTC()
	l, maxBytes, release, err := v.loadFor(ctx, first)
	if err != nil {
		return outcome{}, err
	}
	defer release()
	c, err := v.collect(ctx, l.batch, reader, first, maxBytes)
	if err != nil {
		return outcome{}, err
	}
	l.batch.SetRefreshTime(started)
	out, err := v.commitWithRoom(ctx, l, identity, &c, started)
	if err != nil {
		return outcome{}, err
	}
	v.noteSize(out.read, c.bytes)
	v.w.history.refreshed(v, kind, started, v.w.cfg.Now().UTC(), c, out)
	if v.w.onRefresh != nil {
		v.w.onRefresh(v.def.Schema+"."+v.def.Name, out.rows, time.UnixMilli(out.newest))
	}
	v.report(out.pending, nil)
	return out, nil
}

// commit puts the batch into the view's table, or where it belongs, and moves
// the position, in one transaction. The fast path runs the query over the whole
// batch. When that fails because of records, they are found, and the transaction
// is made again without them.
func (v *view) commit(ctx context.Context, l *load, identity string, c *collection, started time.Time) (outcome, error) {
	bad := slices.Clone(c.tooBig)
	rows, err := v.attempt(ctx, l, identity, c, started, bad)
	for err != nil {
		if !aboutRecords(err) || len(bad) >= l.batch.Len() {
			return outcome{}, v.failed(err)
		}
		more, isolateErr := l.isolate(ctx, bad)
		if isolateErr != nil {
			return outcome{}, v.failed(isolateErr)
		}
		if len(more) == 0 {
			return outcome{}, v.failed(fmt.Errorf("the batch fails, none of its records does: %w", err))
		}
		bad = append(bad, more...)
		rows, err = v.attempt(ctx, l, identity, c, started, bad)
	}
	for _, b := range bad {
		c.shards.skip(l.batch.Record(int(b.row)).Shard)
	}
	out := outcome{
		read: l.batch.Len(), rows: int(rows), quarantined: len(bad),
		filtered: l.batch.Len() - len(bad) - int(rows),
		next:     c.next, pending: c.pending, newest: c.newest, fromStream: c.stream,
	}
	v.state.identity, v.state.position, v.state.refreshed = identity, c.next, started
	v.state.read += uint64(out.read)
	v.state.rows += uint64(out.rows)
	v.state.filtered += uint64(out.filtered)
	v.state.quarantined += uint64(out.quarantined)
	v.state.lost += c.lost
	return out, nil
}

// attempt makes the transaction: rows of all records but the bad, the bad into
// quarantine, the position.
func (v *view) attempt(ctx context.Context, l *load, identity string, c *collection, started time.Time, bad []badRow) (rows int64, err error) {
	if err := v.conn.Begin(ctx); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			v.conn.Rollback()
		}
	}()
	if rows, err = l.insertRows(ctx, bad); err != nil {
		return 0, err
	}
	if err := v.w.fault("rows inserted"); err != nil {
		return 0, err
	}
	if err := l.quarantine(ctx, bad, started); err != nil {
		return 0, &quarantineError{err}
	}
	defer v.w.db.ReserveEnding()()
	read := l.batch.Len()
	moved, err := v.conn.Exec(ctx, markSQL, v.def.ID, identity, string(c.next), read, rows, read-len(bad)-int(rows), len(bad), int64(c.lost), started, v.def.Schema, v.def.Name)
	if err != nil {
		return 0, err
	}
	if moved != 1 {
		return 0, errViewGone
	}
	if err := v.w.fault("position moved"); err != nil {
		return 0, err
	}
	if err := v.conn.Commit(); err != nil {
		return 0, fmt.Errorf("commit: %w", err)
	}
	return rows, v.w.fault("committed")
}

// A quarantineError is a failure to write to quarantine, which no isolating of
// records can mend.
type quarantineError struct{ err error }

func (e *quarantineError) Error() string { return "quarantine: " + e.err.Error() }

// failed explains the error of a refresh.
func (v *view) failed(err error) error {
	switch {
	case errors.Is(err, errViewGone), errors.Is(err, context.Canceled):
		return err
	case v.isGone():
		return errViewGone
	}
	return fmt.Errorf("refresh %s.%s: %w", v.def.Schema, v.def.Name, err)
}

// fault is the seam for tests: what it returns is the failure of a refresh at a
// step.
func (w *Warehouse) fault(step string) error {
	if w.testFault == nil {
		return nil
	}
	return w.testFault(step)
}
