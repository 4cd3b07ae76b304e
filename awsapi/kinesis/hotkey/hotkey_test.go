package hotkey

import (
	"fmt"
	"testing"
	"time"

	"leat/shardlog"

	"pgregory.net/rapid"
)

var start = time.Unix(1_700_000_000, 0)

// batchOf is n records of a batch; of each hundred, hot have the key "hot" and
// the others keys of their own.
func batchOf(n, hot, bytes int, unique *int) []shardlog.Entry {
	entries := make([]shardlog.Entry, n)
	for i := range entries {
		key := "hot"
		if i%100 >= hot {
			*unique++
			key = fmt.Sprint("key", *unique)
		}
		entries[i] = shardlog.Entry{PartitionKey: []byte(key), Data: make([]byte, bytes-len(key)), Hash: shardlog.HashKey{Hi: uint64(len(key))}}
	}
	return entries
}

func TestTheHotKeyIsNamedWithItsShare(t *testing.T) {
	for _, test := range []struct{ batch, hot int }{{500, 92}, {500, 30}, {500, 10}, {1, 92}, {7, 40}} {
		t.Run(fmt.Sprintf("%d of a hundred in batches of %d", test.hot, test.batch), func(t *testing.T) {
			var s Sketch
			unique, all := 0, []shardlog.Entry(nil)
			all = batchOf(100_000, test.hot, 500, &unique)
			now := start
			for len(all) >= test.batch { // 1,000 records a second
				s.Sample(now, all[:test.batch])
				all = all[test.batch:]
				now = now.Add(time.Duration(test.batch) * time.Millisecond)
			}
			top, ok := s.Top(now)
			want := float64(test.hot) / 100
			if !ok || top.PartitionKey != "hot" || top.RecordShare < want-0.1 || top.RecordShare > want+0.1 || top.Hash.Hi != 3 {
				t.Fatalf("the top key is %+v", top)
			}
			if rate := 1000 * want; top.RecordsPerSecond < rate-100 || top.RecordsPerSecond > rate+100 || top.BytesPerSecond < (rate-100)*500 || top.BytesPerSecond > (rate+100)*500 {
				t.Errorf("its load is %v records and %v bytes a second, want about %v records of 500 bytes", top.RecordsPerSecond, top.BytesPerSecond, rate)
			}
			if notable := test.hot > 20; top.Notable() != notable {
				t.Errorf("notable is %v", top.Notable())
			}
		})
	}
}

func TestNoKeyIsNotableAmongMany(t *testing.T) {
	var s Sketch
	unique := 0
	for i := range 2000 {
		s.Sample(start.Add(time.Duration(i)*time.Millisecond), batchOf(500, 0, 100, &unique))
	}
	if top, ok := s.Top(start.Add(2 * time.Second)); !ok || top.Notable() || top.RecordShare > 0.01 {
		t.Errorf("of a million keys, %+v", top)
	}
	var few Sketch
	few.Sample(start, batchOf(5, 100, 100, &unique))
	if top, _ := few.Top(start); top.Notable() {
		t.Errorf("of an idle stream, %+v", top)
	}
	if _, ok := new(Sketch).Top(start); ok {
		t.Error("an empty sketch has a top key")
	}
}

func TestALargeRecordWeighsMoreThanManySmallOnes(t *testing.T) {
	var s Sketch
	large := shardlog.Entry{PartitionKey: []byte("large"), Data: make([]byte, 1<<20)}
	small := shardlog.Entry{PartitionKey: []byte("small"), Data: make([]byte, 10)}
	for i := range 60 {
		now := start.Add(time.Duration(i) * time.Second)
		s.Add(now, &large)
		for range 100 {
			s.Add(now, &small)
		}
	}
	if top, _ := s.Top(start.Add(time.Minute)); top.PartitionKey != "large" || top.ByteShare < 0.99 || top.RecordShare > 0.02 || !top.Notable() {
		t.Errorf("got %+v", top)
	}
}

func TestWhatIsPastFades(t *testing.T) {
	var s Sketch
	unique := 0
	for i := range 60 {
		s.Sample(start.Add(time.Duration(i)*time.Second), batchOf(500, 100, 100, &unique))
	}
	top, _ := s.Top(start.Add(time.Minute))
	later, _ := s.Top(start.Add(3 * time.Minute))
	if later.RecordsPerSecond > top.RecordsPerSecond*0.2 {
		t.Errorf("two minutes later it still makes %v of %v records a second", later.RecordsPerSecond, top.RecordsPerSecond)
	}
	if gone, _ := s.Top(start.Add(time.Hour)); gone.Notable() {
		t.Errorf("an hour later it is still %+v", gone)
	}
}

// TestASketchNeverSaysTooMuch gives every record to it, so that only giving
// places to other keys could make it wrong.
func TestASketchNeverSaysTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Sketch
		counts := map[string]int{}
		stride := rapid.IntRange(1, 97).Draw(t, "stride")
		heavy := rapid.IntRange(2, 40).Draw(t, "heavy")
		n := rapid.IntRange(1, 3000).Draw(t, "n")
		for i := range n {
			key := fmt.Sprint("k", i*stride%500)
			if i%heavy == 0 {
				key = "heavy"
			}
			counts[key]++
			s.Add(start, &shardlog.Entry{PartitionKey: []byte(key)})
		}
		top, ok := s.Top(start)
		if got := top.RecordShare * float64(n); !ok || got > float64(counts[top.PartitionKey])+1e-6 {
			t.Fatalf("%+v is said to make %v records of %d, it made %d", top, got, n, counts[top.PartitionKey])
		}
		if len(s.keys) > places {
			t.Fatalf("%d keys are kept", len(s.keys))
		}
		// A key with more than its part of the places is never lost.
		if counts["heavy"] > n/places {
			for _, key := range s.keys {
				if string(key.key) == "heavy" {
					return
				}
			}
			t.Fatalf("a key with %d of %d records is not there", counts["heavy"], n)
		}
	})
}

func BenchmarkSample(b *testing.B) {
	unique := 0
	for name, hot := range map[string]int{"keys=many": 0, "keys=one": 100} {
		b.Run(name, func(b *testing.B) {
			var s Sketch
			batches := make([][]shardlog.Entry, 64)
			for i := range batches {
				batches[i] = batchOf(500, hot, 300, &unique)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				s.Sample(start, batches[i%64])
				i++
			}
		})
	}
}
