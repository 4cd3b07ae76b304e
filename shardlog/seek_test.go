package shardlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"leat"
	"leat/source"
	"leat/vfs"
)

func TestSeekFindsEveryTimeAndSequence(t *testing.T) {
	clock, m := newClock(), newModel(1)
	cfg := Config{FS: vfs.NewMem(), SegmentBytes: 40 << 10, IndexCacheBytes: 1, Now: clock.Now}
	store := mustOpen(t, cfg)
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 4})
	for range 100 {
		// Some commits share a time, and the clock steps back at times.
		clock.add(time.Duration(m.rng.IntN(5)-1) * time.Millisecond)
		if err := m.offer(stream, m.batch(1+m.rng.IntN(8), 300)); err != nil {
			t.Fatal(err)
		}
	}
	all := readAll(t, stream, "0")
	check := func() {
		t.Helper()
		for ms := all[0].Arrival - 2; ms <= all[len(all)-1].Arrival+2; ms++ {
			for _, fine := range []time.Duration{0, time.Microsecond} {
				at := time.UnixMilli(ms).Add(fine)
				want := stream.Tail()
				for _, r := range all {
					if !time.UnixMilli(r.Arrival).Before(at) {
						want = r.Sequence.Ordinal
						break
					}
				}
				got, err := stream.Seek(1, Start{At: AtTimestamp, Time: at})
				if err != nil || got != want {
					t.Fatalf("seek to %v gave %d, %v, want %d", at, got, err, want)
				}
			}
		}
		for _, r := range all {
			for kind, want := range map[StartAt]uint64{AtSequence: r.Sequence.Ordinal, AfterSequence: r.Sequence.Ordinal + 1} {
				got, err := stream.Seek(r.Shard, Start{At: kind, Sequence: r.Sequence})
				if err != nil || got != want {
					t.Fatalf("seek to %+v gave %d, %v", r.Sequence, got, err)
				}
			}
		}
	}
	check()
	store.Close()
	var err error
	if stream, err = mustOpen(t, cfg).Stream("orders"); err != nil {
		t.Fatal(err)
	}
	check()

	for kind, want := range map[StartAt]uint64{TrimHorizon: 1, Latest: stream.Tail()} {
		if got, err := stream.Seek(0, Start{At: kind}); err != nil || got != want {
			t.Errorf("start %d gave %d, %v, want %d", kind, got, err, want)
		}
	}
	first := stream.Info().Shards[2].Start
	if got, err := stream.Seek(2, Start{At: AfterSequence, Sequence: first}); err != nil || got != 1 {
		t.Errorf("after the shard's start is %d, %v, want its first record", got, err)
	}
	good := all[0].Sequence
	for name, bad := range map[string]leat.Sequence{
		"of another shard":  {Created: good.Created, Ordinal: good.Ordinal, Shard: good.Shard + 1},
		"of another stream": {Created: good.Created + 1, Ordinal: good.Ordinal, Shard: good.Shard},
		"not given out yet": {Created: good.Created, Ordinal: stream.Tail(), Shard: good.Shard},
	} {
		if _, err := stream.Seek(good.Shard, Start{At: AtSequence, Sequence: bad}); leat.CodeOf(err) != leat.InvalidArgument {
			t.Errorf("sequence %s gave %v", name, err)
		}
	}
	if _, err := stream.Seek(4, Start{}); leat.CodeOf(err) != leat.NotFound {
		t.Errorf("shard that is not there gave %v", err)
	}
}

func TestReadShardSaysHowFarBehindItIs(t *testing.T) {
	clock, m := newClock(), newModel(1)
	stream := mustCreate(t, mustOpen(t, Config{FS: vfs.NewMem(), Now: clock.Now}), Spec{Name: "orders", Shards: 1})
	for range 3 {
		if err := m.offer(stream, m.batch(2, 10)); err != nil {
			t.Fatal(err)
		}
		clock.add(time.Second)
	}
	from := uint64(1)
	for i, want := range []int64{3000, 2000, 2000, 1000, 1000, 0} {
		batch, err := stream.ReadShard(0, from, source.Limit{Records: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(batch.Records) != 1 || batch.BehindMillis != want || batch.Drained {
			t.Errorf("read %d: %d records, behind %d ms, want %d", i, len(batch.Records), batch.BehindMillis, want)
		}
		from = batch.Next
	}
	if batch, err := stream.ReadShard(0, from, source.Limit{}); err != nil || len(batch.Records) != 0 || batch.BehindMillis != 0 || batch.Next != from {
		t.Errorf("read at the tip gave %+v, %v", batch, err)
	}
}

func TestWaitShardWakesForItsShardAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{FS: vfs.NewMem()}
		store := mustOpen(t, cfg)
		stream := mustCreate(t, store, Spec{Name: "orders", Shards: 2})
		put := func(shard int) {
			t.Helper()
			e := []Entry{{[]byte("k"), stream.Info().Shards[shard].First, []byte("d")}}
			if err := stream.Append(t.Context(), e, make([]Receipt, 1)); err != nil {
				t.Fatal(err)
			}
		}
		woke := make(chan error, 1)
		go func() { woke <- stream.WaitShard(t.Context(), 1, 1) }()
		synctest.Wait()
		put(0)
		synctest.Wait()
		select {
		case <-woke:
			t.Fatal("woke for another shard's record")
		default:
		}
		put(1)
		if err := <-woke; err != nil {
			t.Fatal(err)
		}
		store.Close()
		if err := stream.WaitShard(t.Context(), 1, 10); leat.CodeOf(err) != leat.Unavailable {
			t.Errorf("wait on a closed store gave %v", err)
		}

		// What was there before the store was opened counts as well.
		stream, err := mustOpen(t, cfg).Stream("orders")
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.WaitShard(t.Context(), 1, 1); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := stream.WaitShard(ctx, 0, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("wait for a record that does not come gave %v", err)
		}
	})
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "streams")
	store := mustOpen(t, Config{Dir: dir})
	_, err := Open(Config{Dir: dir})
	want := fmt.Sprintf("data folder %s is in use by process %d", dir, os.Getpid())
	if leat.CodeOf(err) != leat.InUse || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("second open gave %v, want %s", err, want)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, Config{Dir: dir})
}

func TestBadBatchesAreRefusedWhole(t *testing.T) {
	stream := mustCreate(t, mustOpen(t, Config{FS: vfs.NewMem()}), Spec{Name: "orders", Shards: 1, MaxRecordBytes: 1000})
	good := Entry{PartitionKey: []byte("k"), Data: []byte("d")}
	tests := map[string][]Entry{
		"record too large": {good, {PartitionKey: []byte("k"), Data: make([]byte, 1000)}},
		"key too long":     {good, {PartitionKey: make([]byte, maxKeyBytes+1)}},
		"batch too large":  {{PartitionKey: []byte("k"), Data: make([]byte, maxFrameBody)}},
	}
	for name, entries := range tests {
		if err := stream.Append(t.Context(), entries, make([]Receipt, len(entries))); leat.CodeOf(err) != leat.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := stream.Append(t.Context(), []Entry{good}, nil); leat.CodeOf(err) != leat.InvalidArgument {
		t.Errorf("no receipts: %v", err)
	}
	if stream.Tail() != 1 {
		t.Errorf("tail is %d after refused batches", stream.Tail())
	}
	largest := Entry{PartitionKey: []byte("k"), Data: make([]byte, 999)}
	if err := stream.Append(t.Context(), []Entry{largest}, make([]Receipt, 1)); err != nil {
		t.Error(err)
	}
}

// TestEverythingAtOnce is for the race detector: writers, readers of both kinds,
// retention, and deletion at the end.
func TestEverythingAtOnce(t *testing.T) {
	const writers, batches = 4, 30
	store := mustOpen(t, Config{Dir: t.TempDir(), SegmentBytes: 50 << 10, IndexCacheBytes: 2000})
	stream := mustCreate(t, store, Spec{Name: "orders", Shards: 5})
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			m := newModel(uint64(w))
			for range batches {
				if err := m.offer(stream, m.batch(10, 300)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	const total = writers * batches * 10
	for range 2 {
		group.Go(func() {
			records, err := tryReadAll(t.Context(), stream, "1", source.Limit{Until: formatPosition(total + 1)})
			if err != nil || len(records) != total {
				t.Errorf("whole stream: %d records, %v", len(records), err)
			}
		})
	}
	var shards sync.WaitGroup
	var count atomic.Int64
	all := make(chan struct{})
	for shard := range uint32(5) {
		shards.Go(func() {
			for from := uint64(1); ; {
				if err := stream.WaitShard(t.Context(), shard, from); err != nil {
					if leat.CodeOf(err) != leat.NotFound {
						t.Error(err)
					}
					return // the stream was deleted
				}
				batch, err := stream.ReadShard(shard, from, source.Limit{Records: 20})
				if err != nil {
					t.Error(err)
					return
				}
				from = batch.Next
				if n := int64(len(batch.Records)); n > 0 && count.Add(n) == total {
					close(all)
				}
				if _, err := stream.Seek(shard, Start{At: AtTimestamp, Time: time.Now()}); err != nil && leat.CodeOf(err) != leat.NotFound {
					t.Error(err)
				}
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	var background sync.WaitGroup
	background.Go(func() {
		for ctx.Err() == nil {
			store.Retain(ctx)
			store.Status()
			store.Names()
		}
	})
	group.Wait()
	<-all
	cancel()
	background.Wait()
	if err := store.Delete(t.Context(), "orders"); err != nil {
		t.Error(err)
	}
	shards.Wait()
	if count.Load() != total {
		t.Errorf("shards gave %d records, want %d", count.Load(), total)
	}
}
