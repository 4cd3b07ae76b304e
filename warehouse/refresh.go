package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leat"
	"leat/duck"
	"leat/source"
)

// How much one refresh takes at a time.
const (
	// sliceBytes and sliceRecords bound one read of a source: what is read is
	// copied into the batch before the next read, so the reader's memory stays
	// small.
	sliceBytes   = 4 << 20
	sliceRecords = 16384
	// bulkRecords is the most records of one transaction: what two threads take
	// from a batch at once, in whole row groups, which go into the database file
	// without a way through the write-ahead log.
	bulkRecords = 2 * 122_880
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
	l := v.small
	if first.Pending > 0 || isLarge(first.Records) {
		bulk, release, err := v.bulkLoad(ctx)
		if err != nil {
			return outcome{}, err
		}
		defer release()
		l = bulk
	}
	c, err := v.collect(ctx, l.batch, reader, first, l != v.small)
	if err != nil {
		return outcome{}, err
	}
	l.batch.SetRefreshTime(started)
	out, err := v.commit(ctx, l, identity, &c, started)
	if err != nil {
		return outcome{}, err
	}
	v.w.history.refreshed(v, kind, started, v.w.cfg.Now().UTC(), c, out)
	if v.w.onRefresh != nil {
		v.w.onRefresh(v.def.Schema+"."+v.def.Name, out.rows, time.UnixMilli(out.newest))
	}
	v.report(out.pending, nil)
	return out, nil
}

// isLarge reports whether a batch is larger than a slice should be, which is
// when it is one large record or aggregate. There is memory for one of them at
// a time.
func isLarge(records []leat.Record) bool {
	size := 0
	for i := range records {
		size += len(records[i].PartitionKey) + len(records[i].Data)
	}
	return len(records) > sliceRecords || size > sliceBytes
}

// bulkLoad waits for this view's turn with the one large batch.
func (v *view) bulkLoad(ctx context.Context) (*load, func(), error) {
	var batch *duck.Batch
	select {
	case batch = <-v.w.bulk:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	l, err := newLoad(v, batch)
	if err != nil {
		v.w.bulk <- batch
		return nil, nil, err
	}
	return l, func() {
		l.close()
		batch.Reset()
		if v.isCaughtUp() {
			batch.Trim(0)
		}
		v.w.bulk <- batch
	}, nil
}

// A collection is what collect read.
type collection struct {
	next    source.Position
	bytes   int
	lost    uint64
	pending uint64
	newest  int64
	stream  uint64 // records of the stream, of which an aggregate is one
	shards  spans
	tooBig  []badRow
}

// collect copies records into the batch: the first slice, and when all is set
// as much of what the source still holds as one transaction may take.
func (v *view) collect(ctx context.Context, batch *duck.Batch, reader source.Reader, first source.Batch, all bool) (collection, error) {
	var c collection
	batch.Reset()
	v.add(&c, batch, first)
	maxBytes := int(v.w.cfg.batchBytes())
	for all && c.pending > 0 && batch.Len() < bulkRecords {
		room := maxBytes - batch.MemoryBytes()
		if room < sliceBytes {
			break
		}
		slice, err := reader.Next(ctx, source.Limit{Records: min(sliceRecords, bulkRecords-batch.Len()), Bytes: sliceBytes})
		if err != nil {
			return collection{}, fmt.Errorf("read stream %s: %w", v.def.Stream, err)
		}
		v.add(&c, batch, slice)
	}
	return c, nil
}

// add copies a slice into the batch and keeps account of it.
func (v *view) add(c *collection, batch *duck.Batch, slice source.Batch) {
	base := batch.Len()
	batch.Append(slice.Records)
	for i := range slice.Records {
		record := &slice.Records[i]
		if len(record.Data) > v.w.cfg.MaxRecordBytes {
			c.tooBig = append(c.tooBig, badRow{
				row: uint32(base + i), column: wholeRecord, code: codeTooLarge,
				reason: fmt.Sprintf("the record has %d bytes, more than the %d that a view takes", len(record.Data), v.w.cfg.MaxRecordBytes),
			})
		}
		if record.Subsequence == 0 {
			c.stream++
		}
		c.bytes += len(record.Data)
		c.newest = max(c.newest, record.Arrival)
		c.shards.add(record)
	}
	c.next, c.pending = slice.Next, slice.Pending
	c.lost += slice.Lost
}

// commit puts the batch into the view's table, or where it belongs, and moves
// the position, in one transaction. The fast path runs the query over the whole
// batch. When that fails because of records, they are found, and the transaction
// is made again without them.
func (v *view) commit(ctx context.Context, l *load, identity string, c *collection, started time.Time) (outcome, error) {
	bad := c.tooBig
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
	l.showWithout(bad)
	if rows, err = l.insert.Exec(ctx); err != nil {
		return 0, err
	}
	if err := v.w.fault("rows inserted"); err != nil {
		return 0, err
	}
	if err := l.quarantine(ctx, bad, started); err != nil {
		return 0, &quarantineError{err}
	}
	read := l.batch.Len()
	moved, err := v.conn.Exec(ctx, markSQL, v.def.ID, identity, string(c.next), read, rows, read-len(bad)-int(rows), len(bad), int64(c.lost), started)
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
