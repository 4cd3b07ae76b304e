package limits

import (
	"sync"
	"time"
)

// An Account keeps all streams of an account to their limits. The zero Account
// is ready to use, by any number of goroutines.
type Account struct {
	streams sync.Map // name → *Stream

	mu    sync.Mutex // guards calls
	calls calls
}

// Stream returns the limits of a stream.
func (a *Account) Stream(name string) *Stream {
	if s, ok := a.streams.Load(name); ok {
		return s.(*Stream)
	}
	s, _ := a.streams.LoadOrStore(name, new(Stream))
	return s.(*Stream)
}

// Forget drops what was kept of a stream that is deleted.
func (a *Account) Forget(stream string) { a.streams.Delete(stream) }

// Call reports whether an operation may be called now. stream is what the call
// names, or empty: some operations are counted by stream.
func (a *Account) Call(now time.Time, operation, stream string) bool {
	rate, ok := rates[operation]
	if !ok {
		return true
	}
	if rate.byStream && stream != "" {
		s := a.Stream(stream)
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.calls.use(now, operation, rate.perSecond)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls.use(now, operation, rate.perSecond)
}

// Change reports whether an operation may change a stream once more within 24
// hours, and how often it may. If the change fails after all, undo must be
// called.
func (a *Account) Change(now time.Time, operation, stream string) (allowed int, undo func(), ok bool) {
	allowed, limited := daily[operation]
	if !limited {
		return 0, func() {}, true
	}
	s := a.Stream(stream)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls.today(now, operation) >= allowed {
		return allowed, nil, false
	}
	s.calls.changes[operation] = append(s.calls.changes[operation], now)
	return allowed, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls.undo(now, operation)
	}, true
}
