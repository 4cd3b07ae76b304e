package fuzz

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"leat/cmd/leat/child"
)

// A campaign is one under way.
type campaign struct {
	Config
	server *child.Server
	known  []string               // statements to mutate
	at     atomic.Pointer[string] // where SQL is answered; nil while nobody answers
	pid    atomic.Int64
	put    *records
	probe  *probe

	mu       sync.Mutex // guards what follows
	running  map[int]statement
	report   Report
	alike    map[string]bool
	enough   context.CancelFunc // ends the load
	settling sync.Mutex         // held by whoever tries a finding again
}

// A statement is one that a session sends.
type statement struct {
	number uint64
	sql    string
	began  time.Time
}

// Run runs a campaign and says what it found. An error means that the campaign
// itself could not go on.
func Run(ctx context.Context, cfg Config) (_ *Report, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	c := &campaign{Config: cfg, running: map[int]statement{}, alike: map[string]bool{}, report: Report{Seed: cfg.Seed}, probe: &probe{}}
	c.put = &records{seed: cfg.Seed, perSecond: cfg.RecordsPerSecond}
	if c.known, err = corpus(cfg.Corpus); err != nil {
		return nil, err
	}
	if c.server, err = child.Start(ctx, child.Config{Dir: cfg.Dir, MemoryBytes: cfg.MemoryBytes, Args: []string{"--small-buffers"}}); err != nil {
		return nil, err
	}
	defer func() {
		if len(c.report.Findings) > 0 || err != nil {
			c.server.Kill() // its folder is kept, to be looked at
			c.report.Kept = c.server.Data()
			c.report.keep()
			return
		}
		err = errors.Join(err, c.server.Stop())
	}()
	if err := c.setUp(ctx); err != nil {
		return nil, err
	}
	c.load(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if c.at.Load() != nil {
		if err := c.check(ctx); err != nil {
			c.find(finding{Kind: "check", What: err.Error(), Want: "views, buckets and sessions that can be looked at"})
		}
	}
	c.lookAtLog()
	c.report.sum(c)
	return &c.report, nil
}

// answers lets everybody use the server, which has been started.
func (c *campaign) answers() {
	addr := c.server.SQL
	c.put.moved(c.server)
	c.pid.Store(int64(c.server.PID()))
	c.at.Store(&addr)
}

// load sends records and statements until the time is over or enough is found.
func (c *campaign) load(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, c.Duration)
	defer cancel()
	c.enough = cancel
	var all sync.WaitGroup
	for i := range c.Sessions {
		all.Go(func() { c.statements(ctx, i) })
	}
	all.Go(func() { c.put.work(ctx, &c.at) })
	all.Go(func() { c.literals(ctx) })
	all.Go(func() { c.probe.work(ctx, c) })
	all.Go(func() { c.watchMemory(ctx) })
	all.Go(func() { c.watchLife(ctx) })
	all.Go(func() { c.tell(ctx) })
	all.Wait()
}

// tell says now and then how far it is.
func (c *campaign) tell(ctx context.Context) {
	for {
		if pause(ctx, 10*time.Second); ctx.Err() != nil {
			return
		}
		c.report.sum(c)
		c.lookAtLog()
		c.mu.Lock()
		line := c.report.line()
		c.mu.Unlock()
		fmt.Fprintln(c.Out, line)
	}
}

// find notes a finding, unless there is one like it.
func (c *campaign) find(f finding) {
	if f.Alike == "" {
		f.Alike = likeness(f.Kind, f.What, f.Statement)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.alike[f.Alike] {
		return
	}
	c.alike[f.Alike] = true
	c.report.Findings = append(c.report.Findings, f)
	fmt.Fprintf(c.Out, "FOUND %s\n", f)
	if len(c.report.Findings) >= c.Most && c.enough != nil {
		c.enough()
	}
}

// isNew says whether nothing like it has been found.
func (c *campaign) isNew(kind, what, sql string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.alike[likeness(kind, what, sql)]
}

// pause waits a little, less if ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
