package delivery

import (
	"context"
	"maps"
)

// A flush waits until all that had arrived when it was asked for is in the
// bucket.
type flush struct {
	done  chan struct{}
	plans map[uint64]bool // those it still waits for; nil until all is planned
}

// Flush delivers all that has arrived so far without waiting for buffers to
// fill, and returns when it is in the bucket. While the bucket fails it waits,
// until ctx ends.
func (s *Service) Flush(ctx context.Context, name string) error {
	p, err := s.pipe(name)
	if err != nil {
		return err
	}
	f := &flush{done: make(chan struct{})}
	if err := p.usable(); err != nil {
		return err
	}
	p.mu.Lock()
	p.flushes = append(p.flushes, f)
	if p.interrupt != nil {
		p.interrupt()
	}
	p.mu.Unlock()
	select {
	case <-f.done:
		return nil
	case <-p.gone:
		return notFound(name)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// takeFlushes returns the flushes that wait for a plan. They stay in the list
// until settle.
func (p *pipe) takeFlushes() []*flush {
	p.mu.Lock()
	defer p.mu.Unlock()
	var waiting []*flush
	for _, f := range p.flushes {
		if f.plans == nil {
			waiting = append(waiting, f)
		}
	}
	return waiting
}

// settle lets flushes wait for the open plans, when all that they ask for has
// been planned.
func (p *pipe) settle(flushes []*flush, planned bool) {
	if len(flushes) == 0 || !planned {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range flushes {
		f.plans = maps.Clone(p.open)
	}
	p.endFlushesLocked()
}

// endFlushesLocked lets go of the flushes whose plans are all closed.
func (p *pipe) endFlushesLocked() {
	kept := p.flushes[:0]
	for _, f := range p.flushes {
		finished := f.plans != nil
		for number := range f.plans {
			finished = finished && !p.open[number]
		}
		if finished {
			close(f.done)
			continue
		}
		kept = append(kept, f)
	}
	clear(p.flushes[len(kept):])
	p.flushes = kept
}
