package simulate

// Kind says whether an event is good, and if not, in what way.
type Kind uint8

// The kinds.
const (
	Good        Kind = iota
	Duplicate        // the same bytes as an earlier event
	BrokenJSON       // cut off in the middle
	WrongType        // created_at and user_id are words
	OutOfRange       // created_at and user_id are beyond 64 bits
	InvalidUTF8      // a string holds bytes that are not UTF-8
	kinds       = iota
)

func (k Kind) String() string {
	return [kinds]string{"good", "duplicate", "broken JSON", "wrong type", "out of range", "invalid UTF-8"}[k]
}

// IsBad says whether a strict reader refuses the event.
func (k Kind) IsBad() bool { return k >= BrokenJSON }

// A Tally is what a set of events adds up to. Tallies do not depend on order.
type Tally struct {
	Records uint64
	Bytes   uint64
	ByKind  [kinds]uint64
	// UserIDs is the sum of user_id over the events that are not bad, duplicates
	// included: sum(user_id) in SQL.
	UserIDs uint64
}

// Add counts one event of size bytes.
func (t *Tally) Add(event Event, size int) {
	t.Records++
	t.Bytes += uint64(size)
	t.ByKind[event.Kind]++
	t.UserIDs += event.UserID
}

// Merge adds another tally.
func (t *Tally) Merge(other Tally) {
	t.Records += other.Records
	t.Bytes += other.Bytes
	t.UserIDs += other.UserIDs
	for kind := range other.ByKind {
		t.ByKind[kind] += other.ByKind[kind]
	}
}

// Bad is how many events a strict reader refuses.
func (t *Tally) Bad() uint64 {
	var bad uint64
	for kind := BrokenJSON; kind < kinds; kind++ {
		bad += t.ByKind[kind]
	}
	return bad
}

// Tally makes the events from one index up to another, which is not included,
// and counts them.
func (e *Events) Tally(from, to uint64) Tally {
	var tally Tally
	var buffer []byte
	for i := from; i < to; i++ {
		var event Event
		buffer, event = e.Append(buffer[:0], i)
		tally.Add(event, len(buffer))
	}
	return tally
}
