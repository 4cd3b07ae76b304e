package shardlog

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"leat"
	"leat/source"
	"leat/vfs"
)

// A plain is the model of one stream: a list.
type plain struct {
	records []leat.Record // of all time; record i has ordinal i+1
	head    uint64        // as the stream last said
}

func (p *plain) from(ordinal uint64) []leat.Record {
	ordinal = max(ordinal, p.head, 1)
	return p.records[min(ordinal-1, uint64(len(p.records))):]
}

func (p *plain) shard(shard uint32, from uint64) (records []leat.Record) {
	for _, r := range p.from(from) {
		if r.Shard == shard {
			records = append(records, r)
		}
	}
	return records
}

// TestStreamBehavesAsAList runs random operations against a stream and a list.
func TestStreamBehavesAsAList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		disk, clock := vfs.NewMem(), newClock()
		shards := rapid.SampledFrom([]int{1, 2, 16, 300}).Draw(rt, "shards")
		cfg := Config{
			FS: disk, Dir: "/streams", Now: clock.Now,
			SegmentBytes:    rapid.SampledFrom([]int64{1, 5000, 200_000}).Draw(rt, "segment"),
			IndexCacheBytes: rapid.SampledFrom([]int64{1, 1 << 20}).Draw(rt, "cache"),
		}
		list := &plain{head: 1}
		store, err := Open(cfg)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { store.Close() }()
		stream, err := store.Create(t.Context(), Spec{Name: "orders", Shards: shards})
		if err != nil {
			rt.Fatal(err)
		}
		reopen := func(rt *rapid.T) {
			if store, err = Open(cfg); err != nil {
				rt.Fatal(err)
			}
			if stream, err = store.Stream("orders"); err != nil {
				rt.Fatal(err)
			}
		}
		ordinal := func(rt *rapid.T) uint64 {
			return rapid.Uint64Range(0, uint64(len(list.records))+1).Draw(rt, "ordinal")
		}
		shard := func(rt *rapid.T) uint32 {
			all := stream.Info().Shards
			return all[rapid.IntRange(0, len(all)-1).Draw(rt, "shard")].Number
		}
		// reshard changes the shards if the change is one that can be made.
		reshard := func(rt *rapid.T, change func(*Resharding, []shardDefinition) error) {
			err := stream.Reshard(t.Context(), func(r *Resharding) error { return change(r, r.next.openShards()) })
			if err != nil {
				rt.Fatal(err)
			}
		}

		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				n := rapid.IntRange(1, 40).Draw(rt, "n")
				size := rapid.SampledFrom([]int{0, 10, 300, 5000}).Draw(rt, "size")
				entries, receipts := make([]Entry, n), make([]Receipt, n)
				for i := range entries {
					key := fmt.Appendf(nil, "key %d", rapid.IntRange(0, 50).Draw(rt, "key"))
					entries[i] = Entry{key, hashOf(key), make([]byte, size+i)}
				}
				if err := stream.Append(t.Context(), entries, receipts); err != nil {
					rt.Fatal(err)
				}
				arrival := clock.now.UnixMilli()
				if len(list.records) > 0 {
					arrival = max(arrival, list.records[len(list.records)-1].Arrival)
				}
				fresh := make([]leat.Record, n)
				for i, e := range entries {
					q := receipts[i].Sequence
					fresh[q.Ordinal-uint64(len(list.records))-1] = leat.Record{
						Shard: receipts[i].Shard, Sequence: q, Arrival: arrival, PartitionKey: e.PartitionKey, Data: e.Data,
					}
				}
				list.records = append(list.records, fresh...)
			},
			"time": func(rt *rapid.T) {
				most := rapid.SampledFrom([]int64{1, 3600, 25 * 3600}).Draw(rt, "most")
				clock.add(time.Duration(rapid.Int64Range(-5, most).Draw(rt, "seconds")) * time.Second)
			},
			"split": func(rt *rapid.T) {
				at := HashKey{rapid.Uint64().Draw(rt, "hi"), rapid.Uint64().Draw(rt, "lo")}
				reshard(rt, func(r *Resharding, open []shardDefinition) error {
					for _, s := range open {
						if at.Compare(s.First) > 0 && at.Compare(s.Last) <= 0 {
							return r.Split(s.Number, at)
						}
					}
					return nil // a shard starts with it
				})
			},
			"merge": func(rt *rapid.T) {
				i := rapid.IntRange(0, 1000).Draw(rt, "i")
				reshard(rt, func(r *Resharding, open []shardDefinition) error {
					if i+1 >= len(open) {
						return nil
					}
					return r.Merge(open[i].Number, open[i+1].Number)
				})
			},
			"uniform": func(rt *rapid.T) {
				n := rapid.IntRange(1, 40).Draw(rt, "n")
				reshard(rt, func(r *Resharding, _ []shardDefinition) error { return r.Uniform(n) })
			},
			"retain": func(*rapid.T) { store.Retain(t.Context()) },
			"reopen": func(rt *rapid.T) {
				if err := store.Close(); err != nil {
					rt.Fatal(err)
				}
				if findings, err := Verify(t.Context(), disk, "/streams"); err != nil || len(findings) > 0 {
					rt.Fatalf("verify: %+v, %v", findings, err)
				}
				reopen(rt)
			},
			"crash": func(rt *rapid.T) {
				seed := rapid.Uint64().Draw(rt, "seed")
				disk = disk.CrashClone(rand.New(rand.NewPCG(seed, 1)))
				store.Close()
				cfg.FS = disk
				reopen(rt)
			},
			"read": func(rt *rapid.T) {
				from := ordinal(rt)
				limit := limitUntil(stream)
				limit.Records = rapid.IntRange(0, 50).Draw(rt, "records")
				limit.Bytes = rapid.SampledFrom([]int{0, 1, 500, 50_000}).Draw(rt, "bytes")
				got, err := tryReadAll(t.Context(), stream, formatPosition(min(from, stream.Tail())), limit)
				if err != nil {
					rt.Fatal(err)
				}
				sameRecords(rt, "stream", list.from(from), got)
			},
			"read shard": func(rt *rapid.T) {
				from, shard := ordinal(rt), shard(rt)
				limit := source.Limit{
					Records: rapid.IntRange(0, 50).Draw(rt, "records"),
					Bytes:   rapid.SampledFrom([]int{0, 1, 500, 50_000}).Draw(rt, "bytes"),
				}
				sameRecords(rt, "shard", list.shard(shard, from), readShard(rt, stream, shard, from, limit))
			},
			"seek": func(rt *rapid.T) {
				want := uint64(len(list.records)) + 1
				at := clock.now.Add(-time.Duration(rapid.Int64Range(-1000, 48*3600_000).Draw(rt, "ms")) * time.Millisecond)
				for _, r := range list.from(0) {
					if !time.UnixMilli(r.Arrival).Before(at) {
						want = r.Sequence.Ordinal
						break
					}
				}
				if got, err := stream.Seek(shard(rt), Start{At: AtTimestamp, Time: at}); err != nil || got != want {
					rt.Fatalf("seek to %v gave %d, %v, want %d", at, got, err, want)
				}
			},
			"": func(rt *rapid.T) {
				for _, r := range list.from(stream.Head()) {
					s, ok := shardByNumber(stream.Info(), r.Shard)
					q, h := r.Sequence.Ordinal, hashOf(r.PartitionKey)
					if !ok || q <= s.Start.Ordinal || s.End != nil && (q > s.End.Ordinal || r.Arrival > s.Closed.UnixMilli()) || h.Compare(s.First) < 0 || h.Compare(s.Last) > 0 {
						rt.Fatalf("record %d is in shard %d, %v %+v", q, r.Shard, ok, s)
					}
				}
				if stream.Err() != nil || stream.Tail() != uint64(len(list.records))+1 || stream.Head() < list.head {
					rt.Fatalf("head %d, tail %d, %v; want %d, %d", stream.Head(), stream.Tail(), stream.Err(), list.head, len(list.records)+1)
				}
				// Retention takes whole segments, and only of what is old.
				for _, r := range list.records[list.head-1 : stream.Head()-1] {
					if clock.now.Sub(time.UnixMilli(r.Arrival)) < 24*time.Hour {
						rt.Fatalf("record %d was removed too early", r.Sequence.Ordinal)
					}
				}
				list.head = stream.Head()
			},
		})
	})
}
