package measure

import "time"

// Visibility measures how long records take to become visible to a reader who
// looks now and then: it is told when each was sent and, at each look, how many
// are visible. It is exact when records become visible in the order of their
// numbers, as a stream's do.
type Visibility struct {
	sent    []sending // ordered by number, visible ones taken out
	visible uint64
	// Latencies counts, for each record, the time from its sending to the first
	// look that showed it.
	Latencies Latencies
}

// A sending is a run of records that were sent at once.
type sending struct {
	end uint64 // number after the last of them
	at  time.Time
}

// Sent says that the records up to a number, which is not included, were sent at
// a time, unless they were known before.
func (v *Visibility) Sent(end uint64, at time.Time) {
	i := len(v.sent)
	for i > 0 && v.sent[i-1].end >= end {
		if v.sent[i-1].end == end {
			return
		}
		i--
	}
	v.sent = append(v.sent, sending{})
	copy(v.sent[i+1:], v.sent[i:])
	v.sent[i] = sending{end, at}
}

// Seen says that a look at a time showed all records up to a number.
func (v *Visibility) Seen(end uint64, at time.Time) {
	for len(v.sent) > 0 && v.sent[0].end <= end {
		first := v.sent[0]
		if first.end > v.visible {
			v.Latencies.Add(at.Sub(first.at), first.end-v.visible)
			v.visible = first.end
		}
		v.sent = v.sent[1:]
	}
}

// Waiting is how many records were sent and have not been seen.
func (v *Visibility) Waiting() uint64 {
	if len(v.sent) == 0 {
		return 0
	}
	return v.sent[len(v.sent)-1].end - v.visible
}
