package shardlog

import (
	"sync/atomic"
	"testing"

	"leat/source"
	"leat/vfs"
)

func TestReadingARareShardSkipsTheRest(t *testing.T) {
	var reads atomic.Int64
	fsys := vfs.NewFaulty(vfs.NewMem(), func(op vfs.Op) error {
		if op.Kind == "read" {
			reads.Add(1)
		}
		return nil
	})
	stream := mustCreate(t, mustOpen(t, Config{FS: fsys}), Spec{Name: "orders", Shards: 2})
	shards := stream.Info().Shards
	put := func(shard int, n, size int) {
		t.Helper()
		entries := make([]Entry, n)
		for i := range entries {
			entries[i] = Entry{[]byte("k"), shards[shard].First, make([]byte, size)}
		}
		if err := stream.Append(t.Context(), entries, make([]Receipt, n)); err != nil {
			t.Fatal(err)
		}
	}
	const rare = 5
	for range rare {
		put(1, 1, 10)
		for range 100 {
			put(0, 1, 10_000) // about 15 blocks of small commits
		}
		for range 20 {
			put(0, 10, 10_000) // blocks of their own
		}
	}
	reads.Store(0)
	if got := readShard(t, stream, 1, 0, source.Limit{}); len(got) != rare {
		t.Fatalf("read %d records, want %d", len(got), rare)
	}
	// One block each; the header is in memory.
	if n := reads.Load(); n > rare {
		t.Errorf("%d records took %d reads", rare, n)
	}
}

func TestAnIndexMadeForAnOldSnapshotIsNotTakenForAll(t *testing.T) {
	m := newModel(1)
	fsys := vfs.NewMem()
	stream := mustCreate(t, mustOpen(t, Config{FS: fsys, IndexCacheBytes: 1}), Spec{Name: "orders", Shards: 2})
	put := func() {
		t.Helper()
		if err := m.offer(stream, m.batch(100, 2000)); err != nil {
			t.Fatal(err)
		}
	}
	put()
	old := stream.state.Load()
	put()
	// The segment gets full, and its index is forgotten and lost.
	for range 2 {
		if err := stream.rollNow(); err != nil {
			t.Fatal(err)
		}
		put()
	}
	seg := old.segments[0]
	if seg.index != nil {
		t.Fatal("the index is still in memory")
	}
	if err := fsys.Remove(seg.indexPath()); err != nil {
		t.Fatal(err)
	}
	for _, st := range []*state{old, stream.state.Load()} {
		var next uint64
		if err := stream.lookup(st, 0, func(x *index) { next = x.next }); err != nil {
			t.Fatal(err)
		}
		if want := st.endOf(0); next < want {
			t.Errorf("index ends at record %d, want %d", next, want)
		}
	}
	m.check(t, stream)
}
