package shardlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"leat"
	"leat/source"
	"leat/vfs"
)

func TestRecordsReadBackInOrder(t *testing.T) {
	for _, shards := range []int{1, 16, 300} {
		for _, segment := range []int64{0, 200 << 10} {
			t.Run(fmt.Sprintf("shards=%d/segment=%d", shards, segment), func(t *testing.T) {
				fsys := vfs.NewMem()
				cfg := Config{FS: fsys, SegmentBytes: segment, Now: newClock().Now}
				store := mustOpen(t, cfg)
				stream := mustCreate(t, store, Spec{Name: "orders", Shards: shards})
				m := newModel(1)
				for range 40 {
					if err := m.offer(stream, m.batch(1+m.rng.IntN(300), 400)); err != nil {
						t.Fatal(err)
					}
				}
				m.check(t, stream)
				if err := store.Close(); err != nil {
					t.Fatal(err)
				}
				mustVerify(t, fsys, "/streams")

				store = mustOpen(t, cfg)
				stream, err := store.Stream("orders")
				if err != nil {
					t.Fatal(err)
				}
				m.check(t, stream)
				if err := m.offer(stream, m.batch(10, 100)); err != nil {
					t.Fatal(err)
				}
				m.check(t, stream)
			})
		}
	}
}

func TestRouteSaysWhereEntriesGo(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem()})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 7})
	entries := make([]Entry, 200)
	for i := range entries {
		entries[i].Hash = HashKey{Hi: uint64(i) * 0x9e3779b97f4a7c15}
	}
	routes := stream.Route([]uint32{99}, entries)
	receipts := make([]Receipt, len(entries))
	if err := stream.Append(t.Context(), entries, receipts); err != nil {
		t.Fatal(err)
	}
	if len(routes) != len(entries)+1 || routes[0] != 99 {
		t.Fatalf("%d routes for %d entries", len(routes), len(entries))
	}
	for i, receipt := range receipts {
		if routes[i+1] != receipt.Shard {
			t.Errorf("entry %d went to shard %d, not %d", i, receipt.Shard, routes[i+1])
		}
	}
}

func TestReaderWakesOnAppend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mustOpen(t, Config{FS: vfs.NewMem()})
		stream := mustCreate(t, store, Spec{Name: "orders", Shards: 2})
		r, err := stream.Source().Open(t.Context(), "0")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		got := make(chan source.Batch, 1)
		go func() {
			batch, err := r.Next(t.Context(), source.Limit{})
			if err != nil {
				t.Error(err)
			}
			got <- batch
		}()
		synctest.Wait()
		m := newModel(1)
		began := time.Now()
		if err := m.offer(stream, m.batch(3, 10)); err != nil {
			t.Fatal(err)
		}
		if batch := <-got; len(batch.Records) != 3 || batch.Next != "4" || batch.Pending != 0 {
			t.Errorf("batch has %d records, next %s, pending %d", len(batch.Records), batch.Next, batch.Pending)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("reader woke after %v, want at once", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := r.Next(ctx, source.Limit{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("next at the tail gave %v, want the deadline", err)
		}
	})
}

func TestLimitsBoundBatches(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem()})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 3})
	m := newModel(1)
	for range 5 {
		if err := m.offer(stream, m.batch(20, 50)); err != nil {
			t.Fatal(err)
		}
	}
	all := readAll(t, stream, "0")
	for _, limit := range []source.Limit{{Records: 1}, {Records: 7}, {Bytes: 1}, {Bytes: 200}, {Records: 3, Bytes: 100}} {
		limit.Until = "61"
		r, err := stream.Source().Open(t.Context(), "31")
		if err != nil {
			t.Fatal(err)
		}
		next := 30
		for {
			batch, err := r.Next(t.Context(), limit)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			n, bytes := len(batch.Records), 0
			for _, record := range batch.Records {
				bytes += len(record.PartitionKey) + len(record.Data)
			}
			if n == 0 || limit.Records > 0 && n > limit.Records || limit.Bytes > 0 && n > 1 && bytes > limit.Bytes {
				t.Fatalf("limit %+v gave %d records of %d bytes", limit, n, bytes)
			}
			sameRecords(t, "batch", all[next:next+n], batch.Records)
			next += n
			if want := uint64(100 - next); batch.Pending != want || batch.Next != formatPosition(uint64(next)+1) {
				t.Fatalf("after %d records: pending %d, next %s", next, batch.Pending, batch.Next)
			}
		}
		if next != 60 {
			t.Errorf("limit %+v: read up to record %d, want 60", limit, next)
		}
		r.Close()
	}
}

func TestCreateAndDelete(t *testing.T) {
	fsys := vfs.NewMem()
	clock := newClock()
	store := mustOpen(t, Config{FS: fsys, Now: clock.Now})
	for _, name := range []string{"orders", "..", ".hidden", "a/b", "ünïcode:~+"} {
		stream := mustCreate(t, store, Spec{Name: name, Shards: 2})
		m := newModel(1)
		if err := m.offer(stream, m.batch(5, 10)); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Create(t.Context(), Spec{Name: name, Shards: 1}); leat.CodeOf(err) != leat.AlreadyExists {
			t.Errorf("second create of %s gave %v", name, err)
		}
		r, err := stream.Source().Open(t.Context(), "0")
		if err != nil {
			t.Fatal(err)
		}
		old := stream.Info()
		if err := store.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(t.Context(), source.Limit{}); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("reader of deleted %s got %v", name, err)
		}
		if err := m.offer(stream, m.batch(1, 1)); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("append to deleted %s got %v", name, err)
		}
		if _, err := store.Stream(name); leat.CodeOf(err) != leat.NotFound {
			t.Errorf("deleted %s: %v", name, err)
		}
		again := mustCreate(t, store, Spec{Name: name, Shards: 1}).Info()
		if again.ID == old.ID || again.Shards[0].Start.Created <= old.Shards[0].Start.Created {
			t.Errorf("%s made again has %+v, before it had %+v", name, again, old)
		}
	}
	names := store.Names()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = mustOpen(t, Config{FS: fsys, Now: clock.Now})
	if got := store.Names(); fmt.Sprint(got) != fmt.Sprint(names) || len(got) != 5 {
		t.Errorf("names after reopening are %q, before %q", got, names)
	}
	mustVerify(t, fsys, "/streams")
}

// TestStreamsAreMadeSideBySide makes many streams at once, each name several
// times: one of each wins, and all are there after a restart.
func TestStreamsAreMadeSideBySide(t *testing.T) {
	fsys := vfs.NewMem()
	store := mustOpen(t, Config{FS: fsys})
	const names, tries = 20, 5
	var made, taken atomic.Int64
	var makers sync.WaitGroup
	for i := range names * tries {
		makers.Go(func() {
			_, err := store.Create(t.Context(), Spec{Name: fmt.Sprint("s", i%names), Shards: 2})
			switch {
			case err == nil:
				made.Add(1)
			case leat.CodeOf(err) == leat.AlreadyExists:
				taken.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	makers.Wait()
	if made.Load() != names || taken.Load() != names*(tries-1) {
		t.Errorf("%d streams were made and %d names taken", made.Load(), taken.Load())
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if got := mustOpen(t, Config{FS: fsys}).Names(); len(got) != names {
		t.Errorf("after a restart there are the streams %v", got)
	}
}
