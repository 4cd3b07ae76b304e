package hotkey

import (
	"hash/maphash"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"leat/shardlog"
)

const (
	places = 64
	// samples is how many records of a batch are looked at.
	samples = 8
	// fade is the time in which what is past fades to 1/e.
	fade = time.Minute
	// fadeStep is how often it does.
	fadeStep = time.Second

	// A shard takes so much in a second: a record weighs as much as it takes of
	// that, so that few large records are as heavy as many small ones.
	shardRecords = 1000
	shardBytes   = 1 << 20
)

// A Sketch watches the keys of one stream or shard. The zero Sketch is ready to
// use, by any number of goroutines, and takes memory from its first record on.
type Sketch struct {
	mu     sync.Mutex // guards the fields below
	keys   []watched  // by place
	prints []uint64   // of the keys, by place
	// weights are the keys' with those of earlier owners of their places.
	weights []float64
	total   amount
	began   time.Time
	faded   time.Time // until when what is past has faded
}

// A watched is a key that has a place.
type watched struct {
	key    []byte
	hash   shardlog.HashKey // of its newest record
	amount                  // of its own
}

type amount struct{ records, bytes float64 }

func (a *amount) add(records, bytes float64) { a.records, a.bytes = a.records+records, a.bytes+bytes }

func (a *amount) scale(by float64) { a.records, a.bytes = a.records*by, a.bytes*by }

var seed = maphash.MakeSeed()

// Sample looks at some of the records, at random. When another goroutine is at
// it, it looks at none: then there are enough.
func (s *Sketch) Sample(now time.Time, entries []shardlog.Entry) {
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	s.fadeLocked(now)
	n := min(len(entries), samples)
	for i := range n {
		// One of each n-th part, so that no pattern in the batch can hide a key.
		from, to := i*len(entries)/n, (i+1)*len(entries)/n
		s.addLocked(&entries[from+rand.IntN(to-from)], float64(to-from))
	}
}

// Add looks at one record, always.
func (s *Sketch) Add(now time.Time, entry *shardlog.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fadeLocked(now)
	s.addLocked(entry, 1)
}

// addLocked counts a record that stands for some.
func (s *Sketch) addLocked(entry *shardlog.Entry, records float64) {
	bytes := float64(len(entry.PartitionKey)+len(entry.Data)) * records
	s.total.add(records, bytes)
	i := s.placeLocked(entry.PartitionKey)
	s.weights[i] += max(records/shardRecords, bytes/shardBytes)
	s.keys[i].hash = entry.Hash
	s.keys[i].add(records, bytes)
}

// placeLocked finds a key's place or gives it one.
func (s *Sketch) placeLocked(key []byte) int {
	print := maphash.Bytes(seed, key)
	for i, other := range s.prints {
		if other == print && string(s.keys[i].key) == string(key) {
			return i
		}
	}
	lightest := len(s.keys)
	if lightest < places {
		s.keys, s.prints, s.weights = append(s.keys, watched{}), append(s.prints, 0), append(s.weights, 0)
	} else {
		lightest = 0
		for i, weight := range s.weights {
			if weight < s.weights[lightest] {
				lightest = i
			}
		}
	}
	place := &s.keys[lightest]
	s.prints[lightest] = print
	place.key = append(place.key[:0], key...)
	place.amount = amount{}
	return lightest
}

// fadeLocked lets what is past fade.
func (s *Sketch) fadeLocked(now time.Time) {
	if s.faded.IsZero() {
		s.began, s.faded = now, now
		return
	}
	past := now.Sub(s.faded)
	if past < fadeStep {
		return
	}
	s.faded = now
	by := math.Exp(-past.Seconds() / fade.Seconds())
	s.total.scale(by)
	for i := range s.keys {
		s.weights[i] *= by
		s.keys[i].scale(by)
	}
}
