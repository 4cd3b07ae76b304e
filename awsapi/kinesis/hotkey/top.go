package hotkey

import (
	"math"
	"strings"
	"time"

	"leat/shardlog"
)

// A Key is what a Sketch says of a partition key, about the last minute.
type Key struct {
	PartitionKey string
	Hash         shardlog.HashKey // of its newest record: says the shard
	// RecordsPerSecond and BytesPerSecond are its load, data and keys.
	RecordsPerSecond, BytesPerSecond float64
	// RecordShare and ByteShare are its parts of all that the Sketch saw, 0 to 1.
	RecordShare, ByteShare float64

	seen float64 // records of all keys, within the last minute
}

// ShardLoad is how much of what a shard takes the key needs; 1 is all of it.
func (k Key) ShardLoad() float64 {
	return max(k.RecordsPerSecond/shardRecords, k.BytesPerSecond/shardBytes)
}

// maxShown is how many characters of a partition key are shown.
const maxShown = 64

// Shown is the key's beginning, as text: what people see of it.
func (k Key) Shown() string {
	text := strings.ToValidUTF8(k.PartitionKey, "\ufffd")
	n := 0
	for i := range text {
		if n++; n > maxShown {
			return text[:i] + "\u2026"
		}
	}
	return text
}

const (
	// NotableShare is the part of a load, or of what a shard takes, that makes a
	// key notable.
	NotableShare = 0.2
	// notableRecords is how many records a stream must have had within the last
	// minute for the share of a key to mean anything.
	notableRecords = 60
	fewSeconds     = 10
)

// Notable reports whether a key is worth a word: it takes more than a fifth of
// what a shard takes, or of a stream that is not idle.
func (k Key) Notable() bool {
	return k.ShardLoad() > NotableShare || k.RecordShare > NotableShare && k.seen >= notableRecords
}

// Top returns the key that makes most of the load, and false when there is
// none.
func (s *Sketch) Top(now time.Time) (Key, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) == 0 {
		return Key{}, false
	}
	s.fadeLocked(now)
	top := &s.keys[0]
	for i := range s.keys {
		if s.keys[i].load() > top.load() {
			top = &s.keys[i]
		}
	}
	// What came evenly since the beginning has faded to a sum of so many seconds.
	// Before a few are over, a rate would be a guess.
	seconds := max(fade.Seconds()*(1-math.Exp(-now.Sub(s.began).Seconds()/fade.Seconds())), fewSeconds)
	return Key{
		PartitionKey: string(top.key), Hash: top.hash,
		RecordsPerSecond: top.records / seconds, BytesPerSecond: top.bytes / seconds,
		RecordShare: share(top.records, s.total.records), ByteShare: share(top.bytes, s.total.bytes),
		seen: s.total.records,
	}, true
}

// Records is about how many records the Sketch saw within the last minute.
func (s *Sketch) Records(now time.Time) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fadeLocked(now)
	return s.total.records
}

func (a *amount) load() float64 { return max(a.records/shardRecords, a.bytes/shardBytes) }

func share(part, all float64) float64 {
	if all <= 0 {
		return 0
	}
	return min(part/all, 1)
}
