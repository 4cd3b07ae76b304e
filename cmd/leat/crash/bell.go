package crash

import "sync"

// A bell tells whoever listens that something has just happened.
type bell struct {
	mu     sync.Mutex // guards listen
	listen chan struct{}
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listen != nil {
		close(b.listen)
		b.listen = nil
	}
}

// next is closed at the next ring.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listen == nil {
		b.listen = make(chan struct{})
	}
	return b.listen
}
