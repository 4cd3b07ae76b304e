package shardlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"leat/source"
)

// BenchmarkFollow has consumers follow every shard of a stream as subscriptions
// do: each waits for records and reads them. One operation is a commit of 20
// records, and all consumers having them.
func BenchmarkFollow(b *testing.B) {
	for _, size := range []struct{ shards, consumers int }{{1, 1}, {4, 1}, {300, 2}} {
		b.Run(fmt.Sprintf("shards=%d/consumers=%d", size.shards, size.consumers), func(b *testing.B) {
			stream := benchStream(b, size.shards)
			var running, reading sync.WaitGroup
			defer running.Wait()
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			for shard := range size.shards {
				for range size.consumers {
					next := stream.Tail()
					running.Go(func() {
						for stream.WaitShard(ctx, uint32(shard), next) == nil {
							batch, err := stream.ReadShard(uint32(shard), next, source.Limit{Records: 1000, Bytes: 256 << 10})
							if err != nil {
								return
							}
							next = batch.Next
							reading.Add(-len(batch.Records))
						}
					})
				}
			}
			entries, receipts := benchEntries(1)[:20], make([]Receipt, 20)
			b.ReportAllocs()
			for b.Loop() {
				for i := range entries {
					entries[i].Hash = HashKey{rand.Uint64(), rand.Uint64()}
				}
				reading.Add(len(entries) * size.consumers)
				if err := stream.Append(ctx, entries, receipts); err != nil {
					b.Fatal(err)
				}
				reading.Wait()
			}
		})
	}
}
