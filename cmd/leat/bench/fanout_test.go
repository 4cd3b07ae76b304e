package bench

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leat"
)

func TestFanoutHoldsWhatArrivedAgainstWhatWasAcknowledged(t *testing.T) {
	acks := acknowledgements{at: make([]atomic.Int64, 10)}
	for ordinal := uint64(1); ordinal <= 3; ordinal++ {
		acks.add(leat.Sequence{Ordinal: ordinal}, processStart.Add(time.Duration(ordinal)*time.Second))
	}
	acks.add(leat.Sequence{Ordinal: 99}, processStart) // of another stream's load
	at := func(ordinals ...uint64) (arrivals []arrival) {
		for _, ordinal := range ordinals {
			arrivals = append(arrivals, arrival{ordinal, time.Duration(ordinal)*time.Second + 5*time.Millisecond})
		}
		return arrivals
	}
	for name, test := range map[string]struct {
		shards [][]arrival
		want   string // of the error
	}{
		"all":                {[][]arrival{at(1, 3), at(2)}, ""},
		"missing":            {[][]arrival{at(1, 3), nil}, "got 2 records of 3"},
		"twice":              {[][]arrival{at(1, 3, 3), at(2)}, "after record 3"},
		"out of order":       {[][]arrival{at(3, 1), at(2)}, "after record 3"},
		"not acknowledged":   {[][]arrival{at(1, 3, 4), at(2)}, "not acknowledged"},
		"beyond all records": {[][]arrival{at(1, 3, 1000), at(2)}, "not acknowledged"},
	} {
		var subscriptions []*subscription
		for shard, arrivals := range test.shards {
			subscriptions = append(subscriptions, &subscription{shard: uint32(shard), arrivals: arrivals, events: 1})
		}
		latencies, events, err := acks.hold(subscriptions, 1, 3)
		switch {
		case test.want != "":
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || events != 2 || latencies.Count() != 3 || latencies.Max() != 5*time.Millisecond:
			t.Errorf("%s: %v, %d events, %d records, at most %v", name, err, events, latencies.Count(), latencies.Max())
		}
	}
}

func TestSequenceNumbersAreFoundInAnswersAndEvents(t *testing.T) {
	first, second := leat.Sequence{Created: 1, Ordinal: 7, Shard: 1}, leat.Sequence{Created: 1, Ordinal: 8, Shard: 1}
	event := `{"Records":[{"SequenceNumber":"` + first.String() + `"},{"SequenceNumber":"` + second.String() + `"}],"ContinuationSequenceNumber":"` + second.String() + `"}`
	var got []leat.Sequence
	found, err := eachSequence([]byte(event), func(s leat.Sequence) { got = append(got, s) })
	if err != nil || found != 2 || got[0] != first || got[1] != second {
		t.Errorf("found %d: %v, %v", found, got, err)
	}
	if _, err := eachSequence([]byte(`"SequenceNumber":"49`), func(leat.Sequence) {}); err == nil {
		t.Error("a number that is cut off is taken")
	}
}
