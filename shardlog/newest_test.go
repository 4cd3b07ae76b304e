package shardlog

import (
	"bytes"
	"fmt"
	"testing"

	"leat/source"
	"leat/vfs"

	"github.com/google/go-cmp/cmp"
)

// putWaited puts records, one commit, while somebody waits for a shard.
func putWaited(t *testing.T, stream *Stream, shard uint32, entries []Entry) {
	t.Helper()
	stream.mu.Lock()
	woken := stream.waiting.of(shard)
	stream.mu.Unlock()
	if err := stream.Append(t.Context(), entries, make([]Receipt, len(entries))); err != nil {
		t.Fatal(err)
	}
	<-woken
}

// TestMemoryAndFilesHoldTheSameRecords reads every shard from every ordinal,
// within several limits, with the newest commit in memory and then without.
func TestMemoryAndFilesHoldTheSameRecords(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), Dir: "streams"})
	stream := mustCreate(t, store, Spec{Name: "events", Shards: 3})
	info := stream.Info()
	entries := func(n int, shards ...int) []Entry {
		var made []Entry
		for i := range n {
			made = append(made, Entry{PartitionKey: fmt.Appendf(nil, "key %d", i), Hash: info.Shards[shards[i%len(shards)]].First, Data: make([]byte, i)})
		}
		return made
	}
	check := func(want bool) {
		t.Helper()
		if got := stream.state.Load().newest != nil; got != want {
			t.Fatalf("the newest commit is in memory: %v, want %v", got, want)
		}
		read := func() (batches []ShardBatch, found []bool) {
			for shard, info := range stream.Info().Shards {
				for from := range stream.Tail() + 2 {
					there, err := stream.hasRecord(stream.state.Load(), info, from)
					if err != nil {
						t.Fatal(err)
					}
					found = append(found, there)
					for _, limit := range []source.Limit{{}, {Records: 2}, {Bytes: 10}} {
						batch, err := stream.ReadShard(uint32(shard), from, limit)
						if err != nil {
							t.Fatal(err)
						}
						batch.BehindMillis = 0 // goes on while the test runs
						batches = append(batches, batch)
					}
				}
			}
			return batches, found
		}
		inMemory, foundInMemory := read()
		stream.mu.Lock()
		stream.replaceLocked(func(next *state) { next.newest = nil })
		stream.mu.Unlock()
		inFiles, foundInFiles := read()
		if diff := cmp.Diff(inFiles, inMemory, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(foundInFiles, foundInMemory); diff != "" {
			t.Error(diff)
		}
	}
	putWaited(t, stream, 0, entries(7, 0, 1))
	check(true)
	putWaited(t, stream, 1, entries(9, 2, 1))
	check(true)
	if err := stream.Append(t.Context(), entries(3, 0), make([]Receipt, 3)); err != nil {
		t.Fatal(err)
	}
	check(false) // nobody waited
	putWaited(t, stream, 0, entries(4, 0, 1, 2))
	if err := stream.Reshard(t.Context(), func(r *Resharding) error { return r.Merge(0, 1) }); err != nil {
		t.Fatal(err)
	}
	check(true) // of shards that are closed now
	last := []Entry{{PartitionKey: []byte("k"), Hash: info.Shards[2].First, Data: make([]byte, maxNewestBytes)}}
	putWaited(t, stream, 2, last)
	check(false) // too large
}

func TestAStreamAtRestHoldsNoCommit(t *testing.T) {
	store := mustOpen(t, Config{FS: vfs.NewMem(), Dir: "streams"})
	stream := mustCreate(t, store, Spec{Name: "events", Shards: 1})
	putWaited(t, stream, 0, []Entry{{PartitionKey: []byte("k"), Data: []byte("x")}})
	for range 2 {
		if stream.state.Load().newest == nil {
			t.Fatal("the commit is gone already")
		}
		store.tidy(t.Context())
	}
	if stream.state.Load().newest != nil {
		t.Error("the commit is still in memory")
	}
	if batch, err := stream.ReadShard(0, 0, source.Limit{}); err != nil || len(batch.Records) != 1 {
		t.Errorf("read %v, %v", batch, err)
	}
}
