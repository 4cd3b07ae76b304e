package delivery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"leat/lake"
)

// A worker is what one batch of rows at a time is delivered with: a folder for
// staged files, and the engine that makes files of rows. There are Config.Workers of
// them, for all delivery streams.
type worker struct {
	cfg  lake.Config
	lake *lake.Writer // nil until a batch needs it
}

// engine returns the worker's engine.
func (w *worker) engine() (*lake.Writer, error) {
	if w.lake == nil {
		engine, err := lake.Open(w.cfg)
		if err != nil {
			return nil, err
		}
		w.lake = engine
	}
	return w.lake, nil
}

// discard ends the worker's engine, whatever state it is in; the next batch
// starts a new one.
func (w *worker) discard() {
	if w.lake != nil {
		_ = w.lake.Close() // its folder is emptied by the next one
		w.lake = nil
	}
}

// makeWorkers makes the workers, and removes what earlier ones left.
func (s *Service) makeWorkers() error {
	staging := filepath.Join(s.cfg.Dir, "staging")
	if err := os.RemoveAll(staging); err != nil {
		return fmt.Errorf("empty folder %s: %w", staging, err)
	}
	// Fewer workers with enough memory each do more than many that have to spill.
	n := max(min(s.cfg.Workers, int(s.cfg.MemoryBytes/lake.MinMemory)), 1)
	s.workers = make(chan *worker, n)
	for i := range n {
		s.workers <- &worker{cfg: lake.Config{
			Dir: filepath.Join(staging, fmt.Sprint(i)), MemoryBytes: s.cfg.MemoryBytes / int64(n),
		}}
	}
	return nil
}

// maxCopies is how many batches are put as they came at once. They need no
// engine, and do not wait for those that do.
const maxCopies = 16

func (s *Service) takeCopy(ctx context.Context) error {
	select {
	case s.copies <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) giveCopy() { <-s.copies }

// takeWorker waits for a worker; callers get them in the order they came.
func (s *Service) takeWorker(ctx context.Context) (*worker, error) {
	select {
	case w := <-s.workers:
		return w, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Service) giveWorker(w *worker) { s.workers <- w }

func (s *Service) closeWorkers() error {
	var errs []error
	for range len(s.workers) {
		if w := <-s.workers; w.lake != nil {
			errs = append(errs, w.lake.Close())
		}
	}
	return errors.Join(errs...)
}
