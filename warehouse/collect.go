package warehouse

import (
	"context"
	"fmt"

	"leat"
	"leat/duck"
	"leat/source"
)

// How much one refresh takes at a time.
const (
	// firstBytes and firstRecords bound the first read of a refresh. Every view
	// may make one at any time, so it is what a view costs that has much to read.
	firstBytes   = 256 << 10
	firstRecords = 2048
	// sliceBytes and sliceRecords bound each further read, and what a view keeps
	// of them in its own small batch. fillTurns views at once may read on.
	sliceBytes   = 4 << 20
	sliceRecords = 16384
	fillTurns    = 2
	// bulkRecords is the most records of one transaction: what two threads take
	// from a batch at once, in whole row groups, which go into the database file
	// without a way through the write-ahead log.
	bulkRecords = 2 * 122_880
	// idleBytes is what a batch keeps for its next refresh.
	idleBytes = 512 << 10
)

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

// collect copies records into the batch: the first slice, and as much of what the
// source still holds as fits into maxBytes.
func (v *view) collect(ctx context.Context, batch *duck.Batch, reader source.Reader, first source.Batch, maxBytes int) (collection, error) {
	var c collection
	batch.Reset()
	v.add(&c, batch, first)
	for c.pending > 0 && batch.Len() < bulkRecords {
		room := maxBytes - batch.MemoryBytes()
		if room < min(sliceBytes, maxBytes/4) || room <= 0 {
			break
		}
		slice, err := reader.Next(ctx, source.Limit{Records: min(sliceRecords, bulkRecords-batch.Len()), Bytes: min(sliceBytes, room)})
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

// loadFor chooses the batch for what a refresh has to read, and how many bytes
// of it may be read; release gives the batch back. Records that do not fit into
// the view's own batch go into the one that is large for the memory.
func (v *view) loadFor(ctx context.Context, first source.Batch) (l *load, maxBytes int, release func(), err error) {
	size := sizeOf(first.Records)
	trim := func() {
		v.small.batch.Reset()
		v.small.batch.Trim(idleBytes)
	}
	switch {
	case size > sliceBytes || v.bite == nil && size+estimate(first) > sliceBytes:
		return v.bulkLoad(ctx)
	case v.bite != nil || first.Pending == 0:
		return v.small, 0, trim, nil
	}
	select {
	case v.w.fill <- struct{}{}:
		return v.small, sliceBytes, func() { trim(); <-v.w.fill }, nil
	case <-ctx.Done():
		return nil, 0, nil, ctx.Err()
	}
}

// sizeOf is the bytes of records.
func sizeOf(records []leat.Record) int {
	size := 0
	for i := range records {
		size += len(records[i].PartitionKey) + len(records[i].Data)
	}
	return size
}

// estimate is how many bytes wait behind a slice, if they are like it.
func estimate(slice source.Batch) int {
	if len(slice.Records) == 0 {
		return 0
	}
	const most = 1 << 40
	return int(min(float64(sizeOf(slice.Records))/float64(len(slice.Records))*float64(slice.Pending), most))
}

// bulkLoad waits for this view's turn with the one large batch.
func (v *view) bulkLoad(ctx context.Context) (l *load, maxBytes int, release func(), err error) {
	var batch *duck.Batch
	select {
	case batch = <-v.w.bulk:
	case <-ctx.Done():
		return nil, 0, nil, ctx.Err()
	}
	if l, err = newLoad(v, batch); err != nil {
		v.w.bulk <- batch
		return nil, 0, nil, err
	}
	if v.bite == nil {
		maxBytes = int(v.w.cfg.batchBytes())
	}
	return l, maxBytes, func() {
		l.close()
		batch.Reset()
		if v.isCaughtUp() {
			batch.Trim(0)
		}
		v.w.bulk <- batch
	}, nil
}
