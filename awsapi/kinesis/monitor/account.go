package monitor

import (
	"sync"
)

// An Account counts for all streams. The zero Account is ready to use, by any
// number of goroutines.
type Account struct {
	streams sync.Map // any → *Stream
}

// Find returns a stream's counters, or nil when it has none yet. Streams are
// known by a key of the caller's, which must be another for a stream that is
// made anew under an old name.
func (a *Account) Find(key any) *Stream {
	if s, ok := a.streams.Load(key); ok {
		return s.(*Stream)
	}
	return nil
}

// Add returns a stream's counters, and makes them if there are none.
func (a *Account) Add(key any) *Stream {
	s, _ := a.streams.LoadOrStore(key, new(Stream))
	return s.(*Stream)
}

// Forget drops the counters of a stream that is deleted.
func (a *Account) Forget(key any) { a.streams.Delete(key) }
