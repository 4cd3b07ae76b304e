package measure

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreExactToThreePerCent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	var one, other Latencies
	for i := range 20000 {
		d := time.Duration(random.Uint64N(1 << random.Uint64N(36)))
		all = append(all, d)
		if i%2 == 0 {
			one.Add(d, 1)
		} else {
			other.Add(d, 1)
		}
	}
	one.Merge(&other)
	slices.Sort(all)
	if one.Count() != 20000 || one.Max() != all[len(all)-1] {
		t.Fatalf("count %d, max %s", one.Count(), one.Max())
	}
	for _, share := range []float64{0.001, 0.5, 0.9, 0.99, 0.999, 1} {
		want := all[int(share*20000)-1]
		got := one.Quantile(share)
		if got < want || float64(got) > float64(want)*1.04+1 {
			t.Errorf("quantile %g is %s, want %s", share, got, want)
		}
	}
}

func TestBucketsCoverAllDurations(t *testing.T) {
	for _, v := range []uint64{0, 1, 31, 32, 63, 64, 65, 1000, 1 << 40, 1<<63 - 1} {
		bucket := bucketOf(v)
		if upperBound(bucket) < v {
			t.Errorf("%d is in bucket %d, which ends at %d", v, bucket, upperBound(bucket))
		}
		if bucket > 0 && upperBound(bucket-1) >= v {
			t.Errorf("%d is in bucket %d, but the one before ends at %d", v, bucket, upperBound(bucket-1))
		}
	}
}

func TestVisibilityCountsEachRecordOnce(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var v Visibility
	v.Sent(200, at(20)) // the second run's answer comes first
	v.Sent(100, at(10))
	v.Sent(100, at(15)) // told twice
	v.Sent(300, at(30))
	v.Seen(50, at(40)) // not yet all of the first run
	if v.Latencies.Count() != 0 || v.Waiting() != 300 {
		t.Fatalf("count %d, waiting %d", v.Latencies.Count(), v.Waiting())
	}
	v.Seen(250, at(50))
	v.Seen(300, at(110))
	if v.Latencies.Count() != 300 || v.Waiting() != 0 || v.Latencies.Max() != 80*time.Millisecond {
		t.Fatalf("count %d, waiting %d, max %s", v.Latencies.Count(), v.Waiting(), v.Latencies.Max())
	}
	if p := v.Latencies.Quantile(0.66); p < 39*time.Millisecond || p > 42*time.Millisecond {
		t.Errorf("two thirds were visible after %s, want 40 ms", p)
	}
}

func TestMemoryOfThisProcess(t *testing.T) {
	memory, err := MemoryOf(os.Getpid())
	if err != nil {
		t.Skip(err)
	}
	if memory.Resident < 1<<20 || memory.Peak < memory.Resident || memory.Allocated > memory.Resident {
		t.Errorf("%+v", memory)
	}
	if m := ThisMachine(); m.Cores < 1 || m.MemoryBytes < 1<<27 {
		t.Errorf("%+v", m)
	}
}
