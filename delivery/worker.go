package delivery

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A worker is what one batch at a time is delivered with: a folder for staged
// files, and later the engine that reads and writes them. There are
// Config.Workers of them, for all delivery streams.
type worker struct {
	dir string
}

// makeWorkers makes the workers, with empty folders.
func (s *Service) makeWorkers() error {
	staging := filepath.Join(s.cfg.Dir, "staging")
	if err := os.RemoveAll(staging); err != nil {
		return fmt.Errorf("empty folder %s: %w", staging, err)
	}
	s.workers = make(chan *worker, s.cfg.Workers)
	for i := range s.cfg.Workers {
		w := &worker{dir: filepath.Join(staging, fmt.Sprint(i))}
		if err := os.MkdirAll(w.dir, 0o755); err != nil {
			return fmt.Errorf("make folder %s: %w", w.dir, err)
		}
		s.workers <- w
	}
	return nil
}

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
		<-s.workers
	}
	return errors.Join(errs...)
}
