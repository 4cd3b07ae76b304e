package shardlog

import (
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"leat"
	"leat/source"
	"leat/vfs"
)

func TestRetentionRemovesWholeOldSegments(t *testing.T) {
	fsys, clock, m := vfs.NewMem(), newClock(), newModel(1)
	removed := uint64(0)
	cfg := Config{FS: fsys, SegmentBytes: 10 << 10, Now: clock.Now}
	cfg.Events.Removed = func(_, _ string, records uint64) { removed += records }
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
	var arrivals []time.Time
	for range 48 {
		clock.add(time.Hour)
		arrivals = append(arrivals, clock.now)
		if err := m.offer(stream, m.batch(10, 300)); err != nil {
			t.Fatal(err)
		}
	}
	middle := stream.Tail() / 10 // within a segment that goes
	r, err := stream.Source().Open(t.Context(), formatPosition(middle))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	batch, err := r.Next(t.Context(), source.Limit{Records: 1})
	if err != nil || batch.Records[0].Sequence.Ordinal != middle {
		t.Fatalf("read %+v, %v", batch, err)
	}

	store.Retain(t.Context())
	head := stream.Head()
	if head == 1 || removed != head-1 || stream.Status().Removed != removed {
		t.Errorf("head is %d after removing %d records", head, removed)
	}
	records := readAll(t, stream, "0")
	if oldest := time.UnixMilli(records[0].Arrival); clock.now.Sub(oldest) > 30*time.Hour || clock.now.Sub(oldest) < 24*time.Hour {
		t.Errorf("oldest record kept is %v old", clock.now.Sub(oldest))
	}
	if newest := arrivals[(head-2)/10]; clock.now.Sub(newest) < 24*time.Hour {
		t.Errorf("a record was removed that was %v old", clock.now.Sub(newest))
	}
	m.check(t, stream)

	// The reader reads its segment to the end, and is told what it missed then.
	last, lost := middle, uint64(0)
	for last < stream.Tail()-1 {
		batch, err := r.Next(t.Context(), source.Limit{})
		if err != nil {
			t.Fatal(err)
		}
		lost += batch.Lost
		for _, record := range batch.Records {
			if record.Sequence.Ordinal != last+1+batch.Lost {
				t.Fatalf("record %d follows record %d and %d lost ones", record.Sequence.Ordinal, last, batch.Lost)
			}
			last, batch.Lost = record.Sequence.Ordinal, 0
		}
	}
	if lost == 0 || last-middle+1 <= stream.Tail()-head {
		t.Errorf("reader lost %d records and got %d", lost, last-middle)
	}

	// Positions that are gone start at the horizon, and say so.
	late, err := stream.Source().Open(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	if batch, err := late.Next(t.Context(), source.Limit{Records: 1}); err != nil || batch.Lost != head-1 || batch.Records[0].Sequence.Ordinal != head {
		t.Errorf("reader of lost records got %d lost, %v", batch.Lost, err)
	}
	gone, err := stream.Source().Open(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	limit := source.Limit{Until: "5"}
	if batch, err := gone.Next(t.Context(), limit); err != nil || batch.Lost != 4 || len(batch.Records) != 0 || batch.Next != "5" {
		t.Errorf("range that is gone gave %+v, %v", batch, err)
	}
	if _, err := gone.Next(t.Context(), limit); !errors.Is(err, io.EOF) {
		t.Errorf("end of a range that is gone gave %v", err)
	}

	// Idle for long, the stream gets empty, and goes on where it was.
	clock.add(30 * 24 * time.Hour)
	tail := stream.Tail()
	store.Retain(t.Context())
	if stream.Head() != tail || stream.Tail() != tail {
		t.Errorf("head %d, tail %d, want both %d", stream.Head(), stream.Tail(), tail)
	}
	store.Close()
	store = mustOpen(t, cfg)
	if stream, err = store.Stream("orders"); err != nil {
		t.Fatal(err)
	}
	clock.add(-60 * 24 * time.Hour) // arrival times still do not step back
	if err := m.offer(stream, m.batch(10, 10)); err != nil {
		t.Fatal(err)
	}
	m.check(t, stream)
	if got := readAll(t, stream, "0"); len(got) != 10 || got[0].Sequence.Ordinal != tail || got[0].Arrival < arrivals[47].UnixMilli() {
		t.Errorf("after a pause: %d records, first %+v at %d", len(got), got[0].Sequence, got[0].Arrival)
	}
	mustVerify(t, fsys, "/streams")
}

func TestLongerRetentionKeepsMore(t *testing.T) {
	fsys, clock, m := vfs.NewMem(), newClock(), newModel(1)
	cfg := Config{FS: fsys, Now: clock.Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 1})
	if err := m.offer(stream, m.batch(10, 10)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []time.Duration{0, 23 * time.Hour, 8761 * time.Hour} {
		if err := stream.SetRetention(t.Context(), bad); leat.CodeOf(err) != leat.InvalidArgument {
			t.Errorf("retention %v gave %v", bad, err)
		}
	}
	if err := stream.SetRetention(t.Context(), 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	store.Close()
	store = mustOpen(t, cfg)
	stream, _ = store.Stream("orders")
	if got := stream.Info().Retention; got != 48*time.Hour {
		t.Errorf("retention after reopening is %v", got)
	}
	clock.add(47 * time.Hour)
	store.Retain(t.Context())
	if stream.Head() != 1 {
		t.Error("records were removed too early")
	}
	clock.add(2 * time.Hour)
	store.Retain(t.Context())
	if stream.Head() != stream.Tail() {
		t.Error("records were not removed")
	}
}

func TestFullDiskFailsBatchesAndLosesNothing(t *testing.T) {
	fsys, clock, m := vfs.NewMem(), newClock(), newModel(1)
	cfg := Config{FS: fsys, SegmentBytes: 20 << 10, Now: clock.Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
	fsys.SetLimit(100 << 10)
	var err error
	for err == nil {
		err = m.offer(stream, m.batch(1+m.rng.IntN(20), 500))
	}
	for range 20 { // every way of not fitting: in a segment, at its end, in a new one
		if leat.CodeOf(err) != leat.Unavailable || !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("append to a full disk gave %v", err)
		}
		if err = m.offer(stream, m.batch(20, 500)); err == nil {
			break // a smaller one fitted
		}
	}
	m.check(t, stream)
	if err := stream.Err(); err != nil {
		t.Fatalf("stream stopped: %v", err)
	}

	// Retention works on a full disk, and makes room.
	clock.add(48 * time.Hour)
	store.Retain(t.Context())
	for range 3 {
		if err := m.offer(stream, m.batch(20, 500)); err != nil {
			t.Fatal(err)
		}
	}
	m.check(t, stream)
	store.Close()
	fsys.SetLimit(0)
	mustVerify(t, fsys, "/streams")
	stream, err = mustOpen(t, cfg).Stream("orders")
	if err != nil {
		t.Fatal(err)
	}
	m.check(t, stream)
}
