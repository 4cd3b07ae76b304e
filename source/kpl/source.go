package kpl

import (
	"context"

	"leat"
	"leat/source"
)

// Split returns a source of src's records in which the user records of each
// aggregate stand for it. Its identity and positions are src's own, so that a
// reader may go from one to the other between two batches. When src is Sharded,
// aggregates of the Kinesis Producer Library with strays are left out.
func Split(src source.Source) source.Source { return splitSource{src} }

type splitSource struct{ source.Source }

// Open returns a reader from a position of src on.
func (s splitSource) Open(ctx context.Context, from source.Position) (source.Reader, error) {
	inner, err := s.Source.Open(ctx, from)
	if err != nil {
		return nil, err
	}
	shards, _ := s.Source.(Sharded)
	return &reader{inner: inner, splitter: splitter{shards: shards}}, nil
}

// keepRecords is how much memory for user records a reader keeps for later
// batches.
const keepRecords = 1 << 16

// A reader hands out the batches of another one: as they are when they hold no
// aggregate, and else in portions, with user records in place of aggregates.
type reader struct {
	inner source.Reader
	splitter

	batch source.Batch // of inner; Records[done:] are still to be handed out
	done  int
	out   []leat.Record // the last portion
	lost  uint64        // by retention, and not yet told, since a portion was empty
}

// Next returns what inner's Next does, with aggregates taken apart. A batch is
// larger than limit only when it consists of a single aggregate. Until is
// for inner: a caller that changes it gets what was read under the old one.
func (r *reader) Next(ctx context.Context, limit source.Limit) (source.Batch, error) {
	for {
		batch, err := r.next(ctx, limit)
		if err != nil {
			return batch, err
		}
		r.lost += batch.Lost
		if len(batch.Records) == 0 { // aggregates with strays, all of them
			continue
		}
		batch.Lost, r.lost = r.lost, 0
		return batch, nil
	}
}

// next is Next, but for batches without records.
func (r *reader) next(ctx context.Context, limit source.Limit) (source.Batch, error) {
	if r.done == len(r.batch.Records) {
		if cap(r.out) > keepRecords {
			r.out = nil
		}
		batch, err := r.inner.Next(ctx, limit)
		if err != nil || !anyAggregated(batch.Records) {
			return batch, err
		}
		r.batch, r.done = batch, 0
	}
	return r.portion(limit), nil
}

func anyAggregated(records []leat.Record) bool {
	for i := range records {
		if looksAggregated(records[i].Data) {
			return true
		}
	}
	return false
}

// Close closes the inner reader.
func (r *reader) Close() error {
	*r = reader{inner: r.inner}
	return r.inner.Close()
}

// portion returns as many whole records of the batch as limit lets through.
func (r *reader) portion(limit source.Limit) source.Batch {
	divisible := r.batch.After != nil
	r.out = r.out[:0]
	size := 0
	for r.done < len(r.batch.Records) {
		before := len(r.out)
		r.take(&r.batch.Records[r.done])
		more := sizeOf(r.out[before:])
		if divisible && before > 0 && exceeded(limit, len(r.out), size+more) {
			r.out = r.out[:before] // the next portion begins with it
			break
		}
		size += more
		r.done++
	}
	portion := source.Batch{
		Records: r.out, Next: r.batch.Next, Lost: r.batch.Lost,
		Pending: r.batch.Pending + uint64(len(r.batch.Records)-r.done),
	}
	if r.done < len(r.batch.Records) {
		portion.Next = r.batch.After(r.done)
	}
	r.batch.Lost = 0
	return portion
}

// take appends what a record of the stream stands for.
func (r *reader) take(record *leat.Record) {
	var ok bool
	if r.out, ok = r.split(r.out, record); !ok {
		r.out = append(r.out, *record)
	}
}

func sizeOf(records []leat.Record) int {
	n := 0
	for i := range records {
		n += len(records[i].PartitionKey) + len(records[i].Data)
	}
	return n
}

func exceeded(limit source.Limit, records, size int) bool {
	return limit.Records > 0 && records > limit.Records || limit.Bytes > 0 && size > limit.Bytes
}
