package limits

import "time"

// A bucket holds what may be used at once: a second's worth of its rate. It is
// kept as the moment when all that was taken is paid for, so that nothing is
// rounded away. The zero bucket is full.
type bucket struct{ paid time.Time }

// owed is how long it takes to fill the bucket again. A full second means that
// it is empty, more that a large n was taken.
func (b *bucket) owed(now time.Time) time.Duration { return max(b.paid.Sub(now), 0) }

// has reports whether n may be taken. More than a second's worth may be taken
// of a full bucket.
func (b *bucket) has(now time.Time, n, perSecond float64) bool {
	return b.owed(now)+min(worth(n, perSecond), time.Second) <= time.Second
}

func (b *bucket) take(now time.Time, n, perSecond float64) {
	b.paid = now.Add(b.owed(now) + worth(n, perSecond))
}

// use takes n if it may be taken.
func (b *bucket) use(now time.Time, n, perSecond float64) bool {
	ok := b.has(now, n, perSecond)
	if ok {
		b.take(now, n, perSecond)
	}
	return ok
}

// worth is how long the rate takes to bring n.
func worth(n, perSecond float64) time.Duration {
	return time.Duration(n / perSecond * float64(time.Second))
}
