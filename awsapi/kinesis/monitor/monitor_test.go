package monitor

import (
	"slices"
	"sync"
	"testing"
	"time"

	"leat/shardlog"

	"pgregory.net/rapid"
)

func TestTheRecentMaximumIsThatOfTheLastMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type observed struct {
			at    time.Time
			value int64
		}
		var r RecentMax
		var all []observed
		now := time.Unix(1_700_000_000, 0)
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30_000).Draw(t, "ms")) * time.Millisecond)
			if rapid.Bool().Draw(t, "observe") {
				value := rapid.Int64Range(-5, 1000).Draw(t, "value")
				r.Observe(now, value)
				all = append(all, observed{now, value})
			}
			got, ok := r.Value(now)
			must, may := int64(0), map[int64]bool{}
			some := false
			for _, o := range all {
				if age := now.Sub(o.at); age < 60*time.Second && (!some || o.value > must) {
					must, some = o.value, true
				}
				if now.Sub(o.at) <= 70*time.Second {
					may[o.value] = true
				}
			}
			if some && (!ok || got < must) || ok && !may[got] {
				t.Fatalf("value %d %v, want at least %d %v of %v", got, ok, must, some, may)
			}
		}
	})
}

func TestLatenciesAreCountedByBucket(t *testing.T) {
	var h Histogram
	for _, d := range []time.Duration{0, time.Millisecond, 2 * time.Millisecond, 10 * time.Second, time.Minute} {
		h.Observe(d)
	}
	below, count, sum := h.Read()
	if below[0] != 2 || below[1] != 3 || below[len(below)-1] != 4 || count != 5 || sum != 70*time.Second+3*time.Millisecond {
		t.Errorf("got %v, %d, %v", below, count, sum)
	}
}

func TestShardsAreCountedWhileTheyAreOn(t *testing.T) {
	var account Account
	if account.Find("s") != nil {
		t.Error("counters of a stream that nobody used")
	}
	s := account.Add("s")
	entries := []shardlog.Entry{{PartitionKey: []byte("k"), Data: []byte("12")}, {Data: []byte("3")}, {Data: []byte("4")}}
	receipts := []shardlog.Receipt{{Shard: 5}, {Shard: 5}, {Shard: 2}}
	s.Shards().Incoming(entries, receipts) // off: nothing happens
	if s.Shards().On("IncomingBytes") {
		t.Error("on before it was switched on")
	}
	s.SwitchShards(func() []string { return []string{"IncomingBytes"} })
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { s.Shards().Incoming(entries, receipts) })
	}
	group.Wait()
	var numbers []uint32
	for number := range s.Shards().Used {
		numbers = append(numbers, number)
	}
	if !slices.Equal(numbers, []uint32{2, 5}) {
		t.Errorf("used shards %v", numbers)
	}
	five, two := s.Shards().Shard(5), s.Shards().Shard(2)
	if five.IncomingBytes.Load() != 32 || five.IncomingRecords.Load() != 16 || two.IncomingBytes.Load() != 8 || two.IncomingRecords.Load() != 8 {
		t.Errorf("counted %d B %d, %d B %d", five.IncomingBytes.Load(), five.IncomingRecords.Load(), two.IncomingBytes.Load(), two.IncomingRecords.Load())
	}
	s.SwitchShards(func() []string { return []string{"OutgoingBytes"} })
	if s.Shards().On("IncomingBytes") || !s.Shards().On("OutgoingBytes") || s.Shards().Shard(5) != five {
		t.Error("switching metrics of shards changes more than which are on")
	}
	s.SwitchShards(func() []string { return nil })
	if s.Shards() != nil {
		t.Error("shards are counted though nothing is on")
	}
	account.Forget("s")
	if account.Find("s") != nil {
		t.Error("a deleted stream is remembered")
	}
}
