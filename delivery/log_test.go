package delivery

import (
	"context"
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leat/blob"
	"leat/blob/blobtest"
	"leat/blob/dir"
	"leat/shardlog"
	"leat/source"
	"leat/vfs"
)

// The whole way on disk: a sharded stream, a folder as bucket, batches cut while
// records come in, services that are stopped and opened again on the way.
func TestAStreamOnDiskReachesTheBucketOnce(t *testing.T) {
	root := t.TempDir()
	store, err := shardlog.Open(shardlog.Config{Dir: filepath.Join(root, "streams"), SegmentBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := store.Run(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	defer func() {
		cancel()
		running.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	stream, err := store.Create(ctx, shardlog.Spec{Name: "events", Shards: 4, Retention: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.cfg.OpenBucket, r.cfg.BucketsDir = nil, filepath.Join(root, "buckets")
	r.cfg.OpenSource = func(context.Context, string) (source.Source, error) { return stream.Source(), nil }
	r.start()
	def := jsonLake
	def.BufferBytes, def.BufferAge = 10_000, 10*time.Millisecond
	r.create(def)

	const producers, rounds, batch = 4, 30, 25
	var producing sync.WaitGroup
	for p := range producers {
		producing.Go(func() {
			for round := range rounds {
				first := (p*rounds + round) * batch
				entries, receipts := make([]shardlog.Entry, batch), make([]shardlog.Receipt, batch)
				for i, line := range lines(first, first+batch) {
					key := fmt.Append(nil, first+i)
					sum := md5.Sum(key)
					entries[i] = shardlog.Entry{PartitionKey: key, Data: []byte(line),
						Hash: shardlog.HashKey{Hi: binary.BigEndian.Uint64(sum[:8]), Lo: binary.BigEndian.Uint64(sum[8:])}}
				}
				if err := stream.Append(ctx, entries, receipts); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 4 {
		r.flush("clicks")
		r.stop()
		r.start()
	}
	producing.Wait()
	r.flush("clicks")

	bucket, err := dir.Open(vfs.OS(), filepath.Join(root, "buckets", "lake"))
	if err != nil {
		t.Fatal(err)
	}
	checkOnce(t, objectsOf(t, bucket), producers*rounds*batch)
	if s := r.checkLedger("clicks", producers*rounds*batch); s.Objects != uint64(len(blobtest.Keys(t, bucket))) || s.Lost != 0 {
		t.Errorf("status %+v", s)
	}
}

func objectsOf(t *testing.T, bucket blob.Bucket) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, key := range blobtest.Keys(t, bucket) {
		all[key] = blobtest.Get(t, bucket, key)
	}
	return all
}
