package delivery

import "time"

// A Buffer decides when a batch is due. It holds counts of records that are
// still in the source, and is a pure function of what it is told.
//
// A batch is due when it is full; or when it is old enough and nothing more
// waits in the source: a delivery stream that lags fills its batches instead of
// making many small ones; or when it is flushed.
type Buffer struct {
	maxBytes uint64
	maxAge   time.Duration

	records, bytes, lost uint64
	oldest               time.Time // arrival of the first record
	since                time.Time // when the age began
}

// NewBuffer returns an empty buffer. A batch is full at maxBytes of data, and
// old at maxAge; 0 is at once.
func NewBuffer(maxBytes int64, maxAge time.Duration) Buffer {
	return Buffer{maxBytes: uint64(maxBytes), maxAge: maxAge}
}

// Seen is what a read of the source found.
type Seen struct {
	Records uint64
	Bytes   uint64    // of data
	Lost    uint64    // records that retention dropped before them
	Oldest  time.Time // arrival of the first of them
}

// Add counts records. The age of a batch begins when its first record arrived
// in the source, even if it was read later; a record from the future arrived
// now.
func (b *Buffer) Add(seen Seen, now time.Time) {
	if b.records == 0 {
		b.oldest, b.since = seen.Oldest, seen.Oldest
		if b.since.After(now) {
			b.since = now
		}
	}
	b.records += seen.Records
	b.bytes += seen.Bytes
	b.lost += seen.Lost
}

// Room is how many bytes fit until the batch is full.
func (b *Buffer) Room() int64 {
	if b.bytes >= b.maxBytes {
		return 0
	}
	return int64(b.maxBytes - b.bytes)
}

// Empty reports whether there is nothing to deliver.
func (b *Buffer) Empty() bool { return b.records == 0 }

// Due reports whether the batch is to be delivered now. pending is how many
// records the source holds beyond it.
func (b *Buffer) Due(now time.Time, pending uint64, flush bool) bool {
	switch {
	case b.records == 0:
		return false
	case b.bytes >= b.maxBytes:
		return true
	case pending > 0:
		return false
	}
	return flush || !now.Before(b.since.Add(b.maxAge))
}

// Deadline is when the batch will be due if nothing more comes; false when it
// is empty.
func (b *Buffer) Deadline() (time.Time, bool) {
	return b.since.Add(b.maxAge), b.records > 0
}

// Take returns the counts and empties the buffer.
func (b *Buffer) Take() Seen {
	seen := Seen{Records: b.records, Bytes: b.bytes, Lost: b.lost, Oldest: b.oldest}
	*b = Buffer{maxBytes: b.maxBytes, maxAge: b.maxAge}
	return seen
}
