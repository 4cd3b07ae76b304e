package shardlog

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"leat/source"
)

// benchBatch is what one PutRecords call brings: 500 events of 315 bytes.
const (
	benchBatch  = 500
	benchRecord = 315
	benchKey    = 12
)

func benchStream(b *testing.B, shards int) *Stream {
	store := mustOpen(b, Config{Dir: b.TempDir()})
	return mustCreate(b, store, Spec{Name: "events", Shards: shards})
}

func benchEntries(seed uint64) []Entry {
	rng := rand.New(rand.NewPCG(seed, 1))
	entries := make([]Entry, benchBatch)
	for i := range entries {
		data := make([]byte, benchRecord)
		for j := 0; j+8 <= len(data); j += 8 {
			binary.LittleEndian.PutUint64(data[j:], rng.Uint64())
		}
		entries[i] = Entry{
			PartitionKey: fmt.Appendf(nil, "%0*d", benchKey, rng.IntN(1e9)),
			Hash:         HashKey{rng.Uint64(), rng.Uint64()},
			Data:         data,
		}
	}
	return entries
}

// BenchmarkAppend appends batches from concurrent callers to real files; one
// operation is one batch.
func BenchmarkAppend(b *testing.B) {
	for _, shards := range []int{1, 4, 300} {
		for _, callers := range []int{1, 8} {
			b.Run(fmt.Sprintf("shards=%d/callers=%d", shards, callers), func(b *testing.B) {
				stream := benchStream(b, shards)
				b.ReportAllocs()
				b.ResetTimer()
				var group sync.WaitGroup
				for caller := range callers {
					group.Go(func() {
						entries, receipts := benchEntries(uint64(caller)), make([]Receipt, benchBatch)
						for i := caller; i < b.N; i += callers {
							if err := stream.Append(b.Context(), entries, receipts); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				group.Wait()
				b.StopTimer()
				records := float64(b.N) * benchBatch
				status := stream.Status()
				b.ReportMetric(records/b.Elapsed().Seconds(), "records/s")
				b.ReportMetric(float64(status.Writing.Nanoseconds())/records, "write-ns/record")
				b.ReportMetric(float64(status.Syncing.Nanoseconds())/records, "sync-ns/record")
				b.ReportMetric(float64(status.Records)/float64(status.Commits), "records/commit")
			})
		}
	}
}

// fill appends n batches, from several callers so that commits get large.
func fill(b *testing.B, stream *Stream, n int) {
	b.Helper()
	var group sync.WaitGroup
	for caller := range 8 {
		group.Go(func() {
			entries, receipts := benchEntries(uint64(caller)), make([]Receipt, benchBatch)
			for range n / 8 {
				if err := stream.Append(b.Context(), entries, receipts); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkReadStream reads a whole stream, in the page cache; one operation is
// one record.
func BenchmarkReadStream(b *testing.B) {
	for _, shards := range []int{4, 300} {
		b.Run(fmt.Sprintf("shards=%d", shards), func(b *testing.B) {
			stream := benchStream(b, shards)
			fill(b, stream, 800)
			b.ReportAllocs()
			b.ResetTimer()
			for read := 0; read < b.N; {
				r, err := stream.Source().Open(b.Context(), "0")
				if err != nil {
					b.Fatal(err)
				}
				for pending := uint64(1); pending > 0 && read < b.N; {
					batch, err := r.Next(b.Context(), source.Limit{})
					if err != nil {
						b.Fatal(err)
					}
					read += len(batch.Records)
					pending = batch.Pending
				}
				r.Close()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkReadShard reads one shard of a stream after the other as GetRecords
// does; one operation is one record.
func BenchmarkReadShard(b *testing.B) {
	for _, shards := range []int{4, 300} {
		b.Run(fmt.Sprintf("shards=%d", shards), func(b *testing.B) {
			stream := benchStream(b, shards)
			fill(b, stream, 800)
			b.ReportAllocs()
			b.ResetTimer()
			for read, shard := 0, 0; read < b.N; shard++ {
				for from := uint64(0); from < stream.Tail() && read < b.N; {
					batch, err := stream.ReadShard(uint32(shard%shards), from, source.Limit{Records: 10_000, Bytes: 10 << 20})
					if err != nil {
						b.Fatal(err)
					}
					read += len(batch.Records)
					from = batch.Next
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkWake measures the time from an append's start to its record being in
// the hands of a waiting reader.
func BenchmarkWake(b *testing.B) {
	stream := benchStream(b, 4)
	r, err := stream.Source().Open(b.Context(), "0")
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	entries, receipts := benchEntries(1)[:1], make([]Receipt, 1)
	woke := make(chan time.Time)
	go func() {
		for range b.N {
			if _, err := r.Next(b.Context(), source.Limit{}); err != nil {
				b.Error(err)
			}
			woke <- time.Now()
		}
	}()
	b.ResetTimer()
	for range b.N {
		if err := stream.Append(b.Context(), entries, receipts); err != nil {
			b.Fatal(err)
		}
		<-woke
	}
}

// BenchmarkOpenStore opens 1 000 streams of 10 shards that hold a few records.
func BenchmarkOpenStore(b *testing.B) {
	for _, orderly := range []bool{true, false} {
		b.Run(fmt.Sprintf("orderly=%v", orderly), func(b *testing.B) {
			dir := b.TempDir()
			store, err := Open(Config{Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			entries := benchEntries(1)
			for i := range 1000 {
				stream := mustCreate(b, store, Spec{Name: fmt.Sprintf("stream-%d", i), Shards: 10})
				if err := stream.Append(b.Context(), entries[:20], make([]Receipt, 20)); err != nil {
					b.Fatal(err)
				}
				if !orderly {
					stream.writer.file.Close()
					stream.writer.file = nil
				}
			}
			if err := store.Close(); err != nil {
				b.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if store, err = Open(Config{Dir: dir}); err != nil {
					b.Fatal(err)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1000, "heap-B/stream")
		})
	}
}
