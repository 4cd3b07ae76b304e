package kpl

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"leat"
	"leat/source"
	"leat/source/kpl/kpltest"
)

// A list is a source of records in memory; positions are indexes.
type list struct {
	records  []leat.Record
	maxBatch int  // most records of one read
	lost     int  // told with the first batch
	whole    bool // no positions within a batch
}

func at(n int) source.Position { return source.Position(strconv.Itoa(n)) }

func (l *list) Identity() string                                 { return "list" }
func (l *list) Horizon(context.Context) (source.Position, error) { return at(0), nil }
func (l *list) Latest(context.Context) (source.Position, error)  { return at(len(l.records)), nil }
func (l *list) Open(_ context.Context, from source.Position) (source.Reader, error) {
	n, err := strconv.Atoi(string(from))
	return &listReader{list: l, at: n, lost: l.lost}, err
}

type listReader struct {
	list     *list
	at, lost int
}

func (r *listReader) Next(_ context.Context, limit source.Limit) (source.Batch, error) {
	if r.at == len(r.list.records) {
		return source.Batch{}, io.EOF
	}
	first, end := r.at, min(len(r.list.records), r.at+r.list.maxBatch)
	if limit.Records > 0 {
		end = min(end, first+limit.Records)
	}
	for limit.Bytes > 0 && end > first+1 && sizeOf(r.list.records[first:end]) > limit.Bytes {
		end--
	}
	r.at = end
	batch := source.Batch{
		Records: slices.Clone(r.list.records[first:end]), Next: at(end), Pending: uint64(len(r.list.records) - end), Lost: uint64(r.lost),
		After: func(n int) source.Position { return at(first + n) },
	}
	if r.list.whole {
		batch.After = nil
	}
	r.lost = 0
	return batch, nil
}

func (r *listReader) Close() error { return nil }

func open(t interface{ Fatal(...any) }, src source.Source, from source.Position) source.Reader {
	reader, err := Split(src).Open(context.Background(), from)
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// TestPortionsAddUpAndPositionsHold reads random streams with random limits,
// now and then from a saved position on, and wants each user record once, in
// order, in batches within their bounds.
func TestPortionsAddUpAndPositionsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &list{maxBatch: rapid.IntRange(1, 8).Draw(t, "batch"), lost: rapid.IntRange(0, 2).Draw(t, "lost")}
		var want []leat.Record
		largest := 0
		for i := range rapid.IntRange(1, 20).Draw(t, "records") {
			record := outer(uint64(i), fmt.Appendf(nil, "plain %d", i))
			switch users := rapid.IntRange(0, 12).Draw(t, "users"); {
			case users == 1:
				record.Data = append([]byte{0xF3, 0x89, 0x9A, 0xC2}, strings.Repeat("damaged ", 4)...)
				want = append(want, record)
			case users < 3:
				want = append(want, record)
			default:
				var all []kpltest.User
				for j := range users {
					all = append(all, user(fmt.Sprintf("a key of some length %d", j%3), fmt.Sprint("user ", i, ".", j)))
				}
				record.Data = kpltest.Aggregate(all...)
				want = append(want, expect(record, all...)...)
				largest = max(largest, users)
			}
			l.records = append(l.records, record)
		}
		reader := open(t, l, at(0))
		var got []leat.Record
		var lost uint64
		position := at(0)
		for position != at(len(l.records)) {
			if rapid.Bool().Draw(t, "again") {
				reader, l.lost = open(t, l, position), 0
			}
			limit := source.Limit{Records: rapid.IntRange(0, 15).Draw(t, "limit"), Bytes: rapid.IntRange(0, 300).Draw(t, "bytes")}
			batch, err := reader.Next(context.Background(), limit)
			if err != nil {
				t.Fatalf("after %s: %v", position, err)
			}
			if limit.Records > 0 && len(batch.Records) > max(limit.Records, largest) {
				t.Fatalf("%d records for a limit of %d", len(batch.Records), limit.Records)
			}
			large := limit.Records > 0 && len(batch.Records) > limit.Records || limit.Bytes > 0 && sizeOf(batch.Records) > limit.Bytes
			if large && batch.Records[0].Sequence != batch.Records[len(batch.Records)-1].Sequence {
				t.Fatalf("more than %+v, but not of one aggregate alone", limit)
			}
			got = append(got, batch.Records...)
			lost += batch.Lost
			position = batch.Next
			if n, _ := strconv.Atoi(string(position)); batch.Pending != uint64(len(l.records)-n) {
				t.Fatalf("at %s of %d %d are pending", position, len(l.records), batch.Pending)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if _, err := reader.Next(context.Background(), source.Limit{}); err != io.EOF {
			t.Fatalf("after the end: %v", err)
		}
	})
}

func TestRecordsLostAreToldOnce(t *testing.T) {
	l := &list{maxBatch: 3, lost: 5}
	for i := range uint64(3) {
		l.records = append(l.records, outer(i, kpltest.Aggregate(user("k", "a"), user("k", "b"))))
	}
	reader := open(t, l, at(0))
	var lost []uint64
	for range 3 {
		batch, err := reader.Next(t.Context(), source.Limit{Records: 3})
		if err != nil {
			t.Fatal(err)
		}
		lost = append(lost, batch.Lost)
	}
	if diff := cmp.Diff([]uint64{5, 0, 0}, lost); diff != "" {
		t.Error(diff)
	}
}

func TestABatchWithoutAggregatesIsHandedThrough(t *testing.T) {
	inner := &counted{list: &list{maxBatch: 3, records: []leat.Record{outer(0, []byte("a")), outer(1, []byte("b"))}}}
	reader := open(t, inner, at(0))
	batch, err := reader.Next(t.Context(), source.Limit{})
	if err != nil || len(batch.Records) != 2 || &batch.Records[0] != &inner.last.Records[0] {
		t.Errorf("got %d records of other memory, %v", len(batch.Records), err)
	}
}

// counted remembers the last batch of a list.
type counted struct {
	*list
	last source.Batch
}

func (c *counted) Open(ctx context.Context, from source.Position) (source.Reader, error) {
	reader, err := c.list.Open(ctx, from)
	return &countedReader{reader, c}, err
}

type countedReader struct {
	source.Reader
	source *counted
}

func (r *countedReader) Next(ctx context.Context, limit source.Limit) (source.Batch, error) {
	batch, err := r.Reader.Next(ctx, limit)
	r.source.last = batch
	return batch, err
}

func TestASourceWithoutPositionsInABatchIsNotDivided(t *testing.T) {
	l := &list{maxBatch: 3, whole: true}
	for i := range uint64(3) {
		l.records = append(l.records, outer(i, kpltest.Aggregate(user("k", "a"), user("k", "b"))))
	}
	batch, err := open(t, l, at(0)).Next(t.Context(), source.Limit{Records: 4})
	if err != nil || len(batch.Records) != 6 || batch.Next != at(3) || batch.Pending != 0 {
		t.Errorf("got %d records up to %s, %v", len(batch.Records), batch.Next, err)
	}
}

// BenchmarkPlain is what records that are no aggregates pay: a read of the
// inner source, and the same through Split.
func BenchmarkPlain(b *testing.B) {
	records := make([]leat.Record, 10_000)
	for i := range records {
		records[i] = outer(uint64(i), []byte(strings.Repeat("x", 315)))
	}
	for _, split := range []bool{false, true} {
		b.Run(fmt.Sprint("split=", split), func(b *testing.B) {
			r := &endless{batch: source.Batch{Records: records}}
			var from source.Reader = r
			if split {
				from = &reader{inner: r}
			}
			sum := 0
			for n := 0; n < b.N; n += len(records) {
				batch, err := from.Next(b.Context(), source.Limit{})
				if err != nil {
					b.Fatal(err)
				}
				for i := range batch.Records { // as any reader does
					sum += int(batch.Records[i].Data[0])
				}
			}
			if sum == 0 {
				b.Fatal("nothing was read")
			}
		})
	}
}

// BenchmarkAggregates takes apart aggregates of 150 records of 315 bytes.
func BenchmarkAggregates(b *testing.B) {
	var users []kpltest.User
	for i := range 150 {
		users = append(users, user(fmt.Sprint("key-", i), strings.Repeat("x", 315)))
	}
	var records []leat.Record
	for i := range uint64(60) {
		records = append(records, outer(i, kpltest.Aggregate(users...)))
	}
	from := &reader{inner: &endless{batch: source.Batch{Records: records}}}
	b.SetBytes(315)
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(users) * len(records) {
		if _, err := from.Next(b.Context(), source.Limit{}); err != nil {
			b.Fatal(err)
		}
	}
}

// endless returns the same batch for ever.
type endless struct{ batch source.Batch }

func (e *endless) Next(context.Context, source.Limit) (source.Batch, error) { return e.batch, nil }
func (e *endless) Close() error                                             { return nil }
