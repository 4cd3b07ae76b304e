package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"leat"
	"leat/blob"
	"leat/delivery/objectkey"
	"leat/lake"
	"leat/metastore"
	"leat/source"
)

// maxOpenPlans is how many batches of one delivery stream may be decided and
// not done. Beyond it the source buffers.
const maxOpenPlans = 4

// A pipe runs one delivery stream.
type pipe struct {
	service *Service
	id      string
	def     Definition
	keys    *objectkey.Keys
	shape   *shape // of rows; nil when bytes are delivered as they came
	bucket  blob.Bucket
	created time.Time
	version int
	room    int // bytes that the values of partitions may have together in a key
	logger  *slog.Logger

	gone   chan struct{}      // closed when the delivery stream is deleted
	cancel context.CancelFunc // ends run; nil while it does not run; guarded by the service's lock
	done   chan struct{}      // closed when run has ended

	saving sync.Mutex // one layout is saved at a time

	mu        sync.Mutex // guards what follows
	kept      lake.Kept  // what is known of the records' columns
	panics    uint64
	state     string
	ledger    metastore.Ledger
	pending   uint64 // records in the source beyond what has been counted
	buffered  uint64 // records counted and not planned
	planned   uint64 // records of open plans
	open      map[uint64]bool
	failures  map[string]string // what is being repeated, by what it is
	flushes   []*flush
	interrupt context.CancelFunc // ends the follower's wait
}

// run moves batches until ctx ends. What fails is begun again from what is
// saved, after a while.
func (p *pipe) run(ctx context.Context) {
	for failures := 1; ; failures++ {
		began := p.service.cfg.Now()
		err := p.contain(func() error { return p.session(ctx) })
		if ctx.Err() != nil {
			return
		}
		if p.service.cfg.Now().Sub(began) > time.Minute {
			failures = 1
		}
		p.failed("source", err)
		if !pause(ctx, p.service.cfg.RetryAfter(failures)) {
			return
		}
	}
}

// session opens the source, takes up the open plans and follows the source
// until something about the source fails.
func (p *pipe) session(ctx context.Context) error {
	if err := p.openBucket(ctx); err != nil {
		return err
	}
	src, err := p.openSource(ctx)
	if err != nil {
		return err
	}
	position, plans, err := p.resume(ctx, src)
	if err != nil {
		return err
	}
	reader, err := src.Open(ctx, source.Position(position))
	if err != nil {
		return fmt.Errorf("read %s: %w", src.Identity(), err)
	}
	defer reader.Close()

	ctx, cancel := context.WithCancel(ctx)
	f := &follower{
		pipe: p, source: src, reader: reader, position: source.Position(position),
		buffer: NewBuffer(p.def.BufferBytes, p.def.BufferAge),
		slots:  make(chan struct{}, max(maxOpenPlans, len(plans))),
	}
	found := make(chan struct{})
	close(found)
	f.last = found
	defer f.deliveries.Wait()
	defer cancel()
	for _, plan := range plans {
		f.slots <- struct{}{}
		if err := f.deliver(ctx, plan); err != nil {
			return err
		}
	}
	return f.follow(ctx)
}

// openBucket opens the bucket, unless it is open.
func (p *pipe) openBucket(ctx context.Context) (err error) {
	if p.bucket == nil {
		p.bucket, err = p.service.bucket(ctx, p.def.Bucket)
	}
	return err
}

func (p *pipe) openSource(ctx context.Context) (source.Source, error) {
	if p.def.SourceStream == "" {
		return p.service.direct.source(p.id)
	}
	return p.service.cfg.OpenSource(ctx, p.def.SourceStream)
}

// resume reads from the store where the pipe is. When the source is another
// one than before, under the same name, it starts at the new one's beginning.
func (p *pipe) resume(ctx context.Context, src source.Source) (position string, plans []Plan, err error) {
	saved, err := p.service.meta.Delivery(ctx, p.id)
	if err != nil {
		return "", nil, err
	}
	if saved.Source != src.Identity() {
		horizon, err := src.Horizon(ctx)
		if err != nil {
			return "", nil, fmt.Errorf("find the beginning of %s: %w", src.Identity(), err)
		}
		if err := p.service.meta.ResetSource(ctx, p.id, src.Identity(), string(horizon)); err != nil {
			return "", nil, err
		}
		p.logger.Warn("the source was replaced: starting at its beginning", "old", saved.Source, "new", src.Identity())
		if saved, err = p.service.meta.Delivery(ctx, p.id); err != nil {
			return "", nil, err
		}
	}
	if plans, err = p.service.meta.Plans(ctx, p.id); err != nil {
		return "", nil, err
	}
	var kept lake.Kept
	if err := json.Unmarshal([]byte(saved.Kept), &kept); err != nil {
		return "", nil, &leat.Error{Code: leat.Corrupt, Message: "what is kept of the columns cannot be read", Err: err}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = kept
	p.ledger, p.pending, p.buffered, p.planned = saved.Ledger, 0, 0, 0
	p.open = map[uint64]bool{}
	for _, plan := range plans {
		p.open[plan.Number] = true
		p.planned += plan.Records
	}
	p.endFlushesLocked()
	return saved.Position, plans, nil
}

// pause waits, and returns false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
