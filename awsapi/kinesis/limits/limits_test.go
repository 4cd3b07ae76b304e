package limits

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Unix(1_700_000_040, 0) // a full minute

// A let is something that was let through.
type let struct {
	at time.Time
	n  float64
}

// checkWindows fails when any span of time let through more than a second's
// worth and what the rate brought; one that is larger than a second's worth may
// come on top.
func checkWindows(t *rapid.T, what string, all []let, perSecond float64) {
	for i := range all {
		sum, large := 0.0, 0.0
		for j := i; j < len(all); j++ {
			sum += all[j].n
			if all[j].n > perSecond {
				large = max(large, all[j].n)
			}
			most := max(perSecond, large) + all[j].at.Sub(all[i].at).Seconds()*perSecond
			if sum > most+1 { // a byte for rounding
				t.Fatalf("%s: %v within %v, at most %v are allowed", what, sum, all[j].at.Sub(all[i].at), most)
			}
		}
	}
}

func TestNoShardTakesMoreThanItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Stream
		now := start
		bytes, records := map[uint32][]let{}, map[uint32][]let{}
		largest := rapid.SampledFrom([]int{200, 2000, 300_000, 5 << 20}).Draw(t, "largest")
		steps := rapid.SliceOfN(rapid.IntRange(0, 2_000_000), 1, 300).Draw(t, "micros")
		seed := rapid.IntRange(1, 1000).Draw(t, "seed")
		for i, micros := range steps {
			if i%7 == 0 {
				now = now.Add(time.Duration(micros) * time.Microsecond)
			}
			shard := uint32(i * seed % 2)
			for j := range 1 + seed%20 {
				size := (i*seed*31 + j*7919) % largest
				if s.Write(now, shard, size) {
					bytes[shard] = append(bytes[shard], let{now, float64(size)})
					records[shard] = append(records[shard], let{now, 1})
				}
			}
		}
		for shard := range bytes {
			checkWindows(t, "bytes", bytes[shard], 1<<20)
			checkWindows(t, "records", records[shard], 1000)
		}
		// What is owed is paid for in the end.
		if now = now.Add(6 * time.Second); !s.Write(now, 0, 1<<20) {
			t.Fatal("a shard that rested for six seconds takes no MiB")
		}
	})
}

func TestAShardTakesItsLimitEachSecond(t *testing.T) {
	for _, test := range []struct {
		name         string
		bytes, wants int
	}{
		{"small records", 10, 1000},
		{"records of 4 KiB", 4096, 256},
		{"records of 1 MiB", 1 << 20, 1},
	} {
		var s Stream
		for second := range 5 {
			taken := 0
			for range 3000 {
				if s.Write(start.Add(time.Duration(second)*time.Second), 0, test.bytes) {
					taken++
				}
			}
			if taken != test.wants {
				t.Errorf("%s: in second %d %d were taken, want %d", test.name, second, taken, test.wants)
			}
		}
		if !s.Write(start, 1, test.bytes) {
			t.Errorf("%s: one shard's limit is another's", test.name)
		}
	}
}

func TestALargeRecordIsPaidForAfterwards(t *testing.T) {
	var s Stream
	if !s.Write(start, 0, 4<<20) {
		t.Fatal("a record of 4 MiB is refused by a shard that rested")
	}
	for _, test := range []struct {
		after time.Duration
		bytes int
		ok    bool
	}{{3 * time.Second, 1, false}, {3500 * time.Millisecond, 1 << 19, true}, {3500 * time.Millisecond, 1, false}} {
		if ok := s.Write(start.Add(test.after), 0, test.bytes); ok != test.ok {
			t.Errorf("%d bytes after %v: taken is %v", test.bytes, test.after, ok)
		}
	}
}

func TestReadingIsPaidForAtTwoMiBASecond(t *testing.T) {
	var s Stream
	read := func(after time.Duration, returned int, want bool) {
		t.Helper()
		now := start.Add(after)
		ok := s.Read(now, 0)
		if ok != want {
			t.Errorf("after %v a call is allowed is %v", after, ok)
		}
		if ok {
			s.Returned(now, 0, returned)
		}
	}
	read(0, 10<<20, true)
	read(time.Second, 0, false)
	read(5*time.Second-time.Nanosecond, 0, false)
	read(5*time.Second+time.Nanosecond, 1<<20, true)
	for range 4 { // five calls a second
		read(20*time.Second, 0, true)
	}
	read(20*time.Second, 0, true)
	read(20*time.Second, 0, false)
	read(20*time.Second+200*time.Millisecond, 0, true)
	read(20*time.Second+200*time.Millisecond, 0, false)
	if !s.Read(start.Add(20*time.Second), 1) {
		t.Error("one shard's limit is another's")
	}
}

func TestNoShardGivesMoreThanItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Stream
		now := start
		var bytes, calls []let
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond)
			if s.Read(now, 0) {
				n := rapid.IntRange(0, 3<<20).Draw(t, "bytes")
				s.Returned(now, 0, n)
				bytes, calls = append(bytes, let{now, float64(n)}), append(calls, let{now, 1})
			}
		}
		checkWindows(t, "calls", calls, 5)
		// The size of an answer is known only when it is made, so the last one of a
		// span may be over.
		for i := range bytes {
			sum := 0.0
			for j := i; j < len(bytes); j++ {
				if most := float64(2<<20) * (1 + bytes[j].at.Sub(bytes[i].at).Seconds()); sum > most+1 {
					t.Fatalf("%v bytes within %v, before the last answer", sum, bytes[j].at.Sub(bytes[i].at))
				}
				sum += bytes[j].n
			}
		}
	})
}

func TestAnOnDemandStreamGrowsToTwiceItsPeak(t *testing.T) {
	var s Stream
	second := func(n int, warm int64) (mib int) {
		for range 100 {
			if s.WriteOnDemand(start.Add(time.Duration(n)*time.Second), warm, 1<<20) {
				mib++
			}
		}
		return mib
	}
	if mib := second(0, 0); mib != 4 {
		t.Errorf("a new stream takes %d MiB in its first second, want 4", mib)
	}
	for n := 1; n < 60; n++ {
		second(n, 0)
	}
	if mib := second(61, 0); mib != 8 {
		t.Errorf("after a minute at 4 MiB/s it takes %d MiB in a second, want twice as much", mib)
	}
	if mib := second(200, 20<<20); mib != 20 {
		t.Errorf("made ready for 20 MiB/s it takes %d MiB in a second", mib)
	}
	var small Stream
	records := 0
	for range 10_000 {
		if small.WriteOnDemand(start, 0, 1) {
			records++
		}
	}
	if records != 4000 {
		t.Errorf("a new stream takes %d records in its first second, want 4000", records)
	}
}

func TestFanOutIsPaced(t *testing.T) {
	var s Stream
	if wait := s.Push(start, "a", 0, 2<<20); wait != 0 {
		t.Errorf("a second's worth waits %v", wait)
	}
	if wait := s.Push(start, "a", 0, 1<<20); wait != 500*time.Millisecond {
		t.Errorf("1 MiB more waits %v, want half a second", wait)
	}
	if wait := s.Push(start, "b", 0, 1<<20) + s.Push(start, "a", 1, 1<<20); wait != 0 {
		t.Errorf("other consumers and shards wait %v", wait)
	}
	if wait := s.Push(start.Add(time.Hour), "a", 0, 1); wait != 0 {
		t.Errorf("after an hour a consumer waits %v", wait)
	}
}

func TestCallsAreCountedByOperation(t *testing.T) {
	var a Account
	allowed := func(after time.Duration, operation, stream string) (n int) {
		for range 2000 {
			if a.Call(start.Add(after), operation, stream) {
				n++
			}
		}
		return n
	}
	for _, test := range []struct {
		after             time.Duration
		operation, stream string
		want              int
	}{
		{0, "CreateStream", "a", 5},
		{0, "CreateStream", "b", 0}, // counted for the account
		{time.Second, "CreateStream", "b", 5},
		{0, "DescribeLimits", "", 1},
		{0, "DescribeStream", "a", 10},
		{0, "ListShards", "a", 1000},
		{0, "ListShards", "b", 1000}, // counted by stream
		{200 * time.Millisecond, "ListStreams", "", 5},
		{400 * time.Millisecond, "ListStreams", "", 1},
		{0, "PutRecords", "a", 2000}, // not by calls
	} {
		if n := allowed(test.after, test.operation, test.stream); n != test.want {
			t.Errorf("%s of %q after %v: %d calls are allowed, want %d", test.operation, test.stream, test.after, n, test.want)
		}
	}
}

func TestSomeChangesAreCountedByDay(t *testing.T) {
	var a Account
	for i, test := range []struct {
		after  time.Duration
		fails  bool
		wantOK bool
	}{
		{0, false, true}, {time.Hour, true, true}, {2 * time.Hour, false, true}, {3 * time.Hour, false, false},
		{24*time.Hour - 1, false, false}, {24 * time.Hour, false, true}, {25 * time.Hour, false, false}, {26 * time.Hour, false, true},
	} {
		allowed, undo, ok := a.Change(start.Add(test.after), "UpdateStreamMode", "s")
		if ok != test.wantOK || allowed != 2 {
			t.Errorf("change %d, after %v: allowed is %v of %d", i, test.after, ok, allowed)
		}
		if ok && test.fails {
			undo()
		}
	}
	a.Forget("s")
	if _, _, ok := a.Change(start.Add(26*time.Hour), "UpdateStreamMode", "s"); !ok {
		t.Error("a stream made anew has the changes of the one before")
	}
	if _, _, ok := a.Change(start, "DeleteStream", "s"); !ok {
		t.Error("an operation without a daily limit is refused")
	}
}
