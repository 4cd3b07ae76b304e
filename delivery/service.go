package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"leat"
	"leat/blob"
	"leat/blob/dir"
	"leat/metastore"
	"leat/vfs"
)

// A Service runs all delivery streams of a folder.
type Service struct {
	cfg     Config
	damage  error // of the store: then nothing else is there
	meta    *metastore.Store
	direct  *direct
	workers chan *worker
	copies  chan struct{} // as many as are being put as they came

	mu      sync.Mutex // guards what follows, and each pipe's cancel
	pipes   map[string]*pipe
	making  map[string]bool // names that are being created
	running context.Context // of Run; nil before and after
	active  sync.WaitGroup  // pipes that run
	buckets map[string]blob.Bucket
}

// Open opens the folder, makes it if need be, and reads what delivery streams
// there are. Nothing runs until Run. A folder in use by another process is an
// Error with code InUse.
func Open(cfg Config) (_ *Service, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg.withDefaults(), pipes: map[string]*pipe{}, making: map[string]bool{}, buckets: map[string]blob.Bucket{}, copies: make(chan struct{}, maxCopies)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	// SQLite and DuckDB use the operating system's files, the rest goes by FS.
	for _, fsys := range []vfs.FS{vfs.OS(), s.cfg.FS} {
		if err := vfs.EnsureDir(fsys, s.cfg.Dir); err != nil {
			return nil, fmt.Errorf("make folder %s: %w", s.cfg.Dir, err)
		}
	}
	ctx := context.Background()
	// A damaged store harms the delivery streams alone: the caller goes on without.
	s.meta, err = metastore.Open(ctx, filepath.Join(s.cfg.Dir, storeFile))
	if leat.CodeOf(err) == leat.Corrupt {
		s.damage = err
		s.cfg.Logger.Error("no delivery stream works", "err", err)
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if s.direct, err = openDirect(s.cfg); err != nil {
		return nil, err
	}
	if err := s.makeWorkers(); err != nil {
		return nil, err
	}
	saved, err := s.meta.Deliveries(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range saved {
		if d.State == Deleting {
			if err := s.forget(ctx, d.ID); err != nil {
				return nil, err
			}
			continue
		}
		if s.pipes[d.Name], err = s.restore(ctx, d); err != nil {
			return nil, fmt.Errorf("delivery stream %s: %w", d.Name, err)
		}
	}
	return s, s.removeOrphans(ctx)
}

// removeOrphans deletes streams of delivery streams whose creation a crash
// ended.
func (s *Service) removeOrphans(ctx context.Context) error {
	known := map[string]bool{}
	for _, p := range s.pipes {
		known[p.id] = true
	}
	for _, id := range s.direct.store.Names() {
		if !known[id] {
			if err := s.direct.store.Delete(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// restore makes a pipe of a saved delivery stream. One whose definition is not
// valid any more, or damaged, is kept as a failed one, which does nothing but
// say so: the others go on.
func (s *Service) restore(ctx context.Context, saved metastore.Delivery) (*pipe, error) {
	def := Definition{Name: saved.Name}
	var p *pipe
	err := json.Unmarshal(saved.Definition, &def)
	if err != nil {
		err = &leat.Error{Code: leat.Corrupt, Message: "the saved definition cannot be read", Err: err}
	} else {
		p, err = s.newPipe(def)
	}
	if err != nil {
		def.Name = saved.Name
		p = s.emptyPipe(def)
		saved.State = Failed
		p.failed("definition", err)
	}
	plans, err := s.meta.Plans(ctx, saved.ID)
	if err != nil {
		return nil, err
	}
	p.id, p.created, p.version, p.state, p.ledger = saved.ID, saved.Created, saved.Version, saved.State, saved.Ledger
	for _, plan := range plans {
		p.planned += plan.Records
	}
	return p, nil
}

// newPipe makes a pipe of a definition, which it checks.
func (s *Service) newPipe(def Definition) (*pipe, error) {
	if err := def.validate(); err != nil {
		return nil, err
	}
	keys, err := def.keys()
	if err != nil {
		return nil, err
	}
	shape, err := newShape(def, keys.Columns())
	if err != nil {
		return nil, err
	}
	p := s.emptyPipe(def)
	p.keys, p.shape, p.room = keys, shape, def.room(keys)
	return p, nil
}

func (s *Service) emptyPipe(def Definition) *pipe {
	return &pipe{
		service: s, def: def, logger: s.cfg.Logger.With("delivery", def.Name),
		gone: make(chan struct{}), state: Active, open: map[uint64]bool{}, failures: map[string]string{},
	}
}

// bucket opens a bucket, once. A local one is made if need be.
func (s *Service) bucket(ctx context.Context, name string) (blob.Bucket, error) {
	if s.cfg.OpenBucket != nil {
		return s.cfg.OpenBucket(ctx, name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[name]; b != nil {
		return b, nil
	}
	b, err := dir.Create(s.cfg.FS, filepath.Join(s.cfg.BucketsDir, name))
	if err != nil {
		return nil, err
	}
	if err := b.Clean(); err != nil {
		return nil, err
	}
	s.buckets[name] = b
	return b, nil
}

// Run runs all delivery streams, those of now and those to come, until ctx
// ends, and returns when all its goroutines have. The error is nil then, and
// the first cause when the store of DirectPut's records fails.
func (s *Service) Run(ctx context.Context) error {
	if s.damage != nil {
		<-ctx.Done()
		return nil
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// The store of DirectPut's records runs as long as pipes read from it.
	storing, stopStore := context.WithCancel(context.WithoutCancel(ctx))
	defer stopStore()
	stored := make(chan error, 1)
	go func() {
		stored <- s.direct.store.Run(storing)
		stop()
	}()
	s.mu.Lock()
	s.running = ctx
	for _, p := range s.pipes {
		s.startLocked(p)
	}
	s.mu.Unlock()

	<-ctx.Done()
	s.mu.Lock()
	s.running = nil
	s.mu.Unlock()
	s.active.Wait()
	stopStore()
	if err := <-stored; err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("keep records put directly: %w", err)
	}
	return nil
}

func (s *Service) startLocked(p *pipe) {
	if s.running == nil || p.state == Failed {
		return
	}
	ctx, cancel := context.WithCancel(s.running)
	p.cancel, p.done = cancel, make(chan struct{})
	done := p.done
	s.active.Go(func() {
		defer close(done)
		defer cancel()
		p.run(ctx)
	})
}

// Close closes the files; call it after Run has returned.
func (s *Service) Close() error {
	var errs []error
	if s.workers != nil {
		errs = append(errs, s.closeWorkers())
	}
	if s.direct != nil {
		errs = append(errs, s.direct.store.Close())
	}
	if s.meta != nil {
		errs = append(errs, s.meta.Close())
	}
	return errors.Join(errs...)
}

// Failure says why no delivery stream works: their store is damaged. It is nil
// when they do.
func (s *Service) Failure() error {
	if s.damage == nil {
		return nil
	}
	return &leat.Error{
		Code: leat.Unavailable, Message: "no delivery stream works", Err: s.damage,
		Hint: "Stop the server and restore the file from a copy, or move it away: delivery streams must be made again then.",
	}
}

// Names returns the delivery streams' names, sorted.
func (s *Service) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.pipes))
}

// Status returns how far a delivery stream is; an unknown one is NotFound.
func (s *Service) Status(name string) (Status, error) {
	p, err := s.pipe(name)
	if err != nil {
		return Status{}, err
	}
	return p.status(), nil
}

func (s *Service) pipe(name string) (*pipe, error) {
	if err := s.Failure(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipes[name]
	if p == nil {
		return nil, notFound(name)
	}
	return p, nil
}

func notFound(name string) error {
	return &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("delivery stream %q does not exist", name)}
}
