package measure

import (
	"math/bits"
	"time"
)

// Latencies is a histogram of durations, exact to about three per cent, of
// fixed size whatever it is fed. The zero value is empty. It is for one goroutine.
type Latencies struct {
	buckets [64 * stepsPerDoubling]uint64
	count   uint64
	max     time.Duration
}

const (
	doublingBits     = 5
	stepsPerDoubling = 1 << doublingBits
)

// Add counts n durations. Negative ones count as zero.
func (l *Latencies) Add(d time.Duration, n uint64) {
	d = max(d, 0)
	l.buckets[bucketOf(uint64(d))] += n
	l.count += n
	l.max = max(l.max, d)
}

// Merge adds another histogram.
func (l *Latencies) Merge(other *Latencies) {
	for i, n := range other.buckets {
		l.buckets[i] += n
	}
	l.count += other.count
	l.max = max(l.max, other.max)
}

// Count is how many durations were added.
func (l *Latencies) Count() uint64 { return l.count }

// Max is the longest of them.
func (l *Latencies) Max() time.Duration { return l.max }

// Quantile returns the duration that a share of all, such as 0.99, does not
// exceed; 0 when there are none.
func (l *Latencies) Quantile(share float64) time.Duration {
	if l.count == 0 {
		return 0
	}
	rank := uint64(share * float64(l.count))
	rank = min(max(rank, 1), l.count)
	var seen uint64
	for i, n := range l.buckets {
		if seen += n; seen >= rank {
			return min(time.Duration(upperBound(i)), l.max)
		}
	}
	return l.max
}

// bucketOf numbers the buckets: below 32 one for each value, then 32 for each
// doubling.
func bucketOf(v uint64) int {
	if v < stepsPerDoubling {
		return int(v)
	}
	shift := bits.Len64(v) - 1 - doublingBits
	return shift*stepsPerDoubling + int(v>>shift)
}

// upperBound is the greatest value of a bucket.
func upperBound(bucket int) uint64 {
	if bucket < 2*stepsPerDoubling {
		return uint64(bucket)
	}
	shift := bucket/stepsPerDoubling - 1
	return (uint64(bucket%stepsPerDoubling+stepsPerDoubling)+1)<<shift - 1
}
