package shardlog

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"leat/vfs"
)

// TestOnlyTheShardsOwnChangesWakeItsReaders counts who is still waiting after
// each of the things that can happen to a stream.
func TestOnlyTheShardsOwnChangesWakeItsReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mustOpen(t, Config{FS: vfs.NewMem(), Dir: "streams"})
		stream := mustCreate(t, store, Spec{Name: "events", Shards: 2})
		woken := make(chan error, 1)
		wait := func(shard uint32) {
			go func() { woken <- stream.WaitShard(t.Context(), shard, stream.Tail()) }()
			synctest.Wait()
		}
		put := func(shard uint32) {
			t.Helper()
			if err := stream.Append(t.Context(), []Entry{{PartitionKey: []byte("k"), Hash: stream.Info().Shards[shard].First, Data: []byte("x")}}, make([]Receipt, 1)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		wait(0)
		changed := stream.waiting.of(0)
		put(1)
		select {
		case <-changed:
			t.Error("a commit of the other shard woke it")
		case err := <-woken:
			t.Fatalf("it ended with %v", err)
		default:
		}
		put(0)
		if err := <-woken; err != nil {
			t.Errorf("its own commit: %v", err)
		}

		wait(1)
		if err := stream.Reshard(t.Context(), func(r *Resharding) error { return r.Merge(0, 1) }); err != nil {
			t.Fatal(err)
		}
		if err := <-woken; err != nil {
			t.Errorf("its closing: %v", err)
		}

		wait(2)
		if err := store.Delete(t.Context(), "events"); err != nil {
			t.Fatal(err)
		}
		if err := <-woken; err == nil {
			t.Error("the stream's end is no error")
		}
	})
}

func TestWaitingForAShardEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := mustOpen(t, Config{FS: vfs.NewMem(), Dir: "streams"})
		stream := mustCreate(t, store, Spec{Name: "events", Shards: 1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := stream.WaitShard(ctx, 0, stream.Tail()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}
