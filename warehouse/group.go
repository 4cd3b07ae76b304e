package warehouse

import (
	"context"
	"sync"
)

// A group is the loops of one Run.
type group struct {
	ctx     context.Context
	running sync.WaitGroup
}

// startLoop runs f beside Run and returns a function that stops it and waits
// for its end; nil while Run does not run.
func (w *Warehouse) startLoop(f func(context.Context)) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.loops == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(w.loops.ctx)
	ended := make(chan struct{})
	w.loops.running.Add(1)
	go func(g *group) {
		defer g.running.Done()
		defer close(ended)
		if err := guard(func() error { f(ctx); return nil }); err != nil {
			w.logFailure(w.cfg.Logger, "a loop of the warehouse has ended", err)
		}
	}(w.loops)
	return func() {
		cancel()
		<-ended
	}
}
