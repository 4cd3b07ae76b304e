package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/client"
	"leat/server"
)

// A demo is one run.
type demo struct {
	Config
	server   *server.Server
	endpoint client.Endpoint
	began    time.Time
	// before is what there was when the producers started.
	before    server.Status
	producers []*producer
	freshness freshness
}

// Run runs the demo until its duration or ctx ends. The error says that
// something failed, or did not add up.
func Run(ctx context.Context, cfg Config) (err error) {
	if err := cfg.Validate(); err != nil {
		return err
	}
	cfg = cfg.withDefaults()
	s, err := server.Open(cfg.Server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()

	// The server outlives ctx: after the last record it is still to be asked
	// whether everything adds up.
	running, stopServer := context.WithCancel(context.WithoutCancel(ctx))
	shown, stopShow := context.WithCancelCause(ctx)
	ended := make(chan error, 1)
	go func() {
		err := s.Run(running)
		if err != nil {
			stopShow(err)
		}
		ended <- err
	}()
	d := &demo{Config: cfg, server: s, began: time.Now()}
	d.endpoint = client.Endpoint{URL: "http://" + s.Addrs().AWS, AccessKeyID: cfg.Server.AccessKeyID, SecretAccessKey: cfg.Server.SecretAccessKey}
	err = d.run(shown)
	stopServer()
	return errors.Join(err, <-ended)
}

// run makes everything, shows it, and checks it.
func (d *demo) run(ctx context.Context) error {
	sql, err := d.setUp(ctx)
	if err != nil {
		return fmt.Errorf("set up the demo: %w", err)
	}
	defer sql.Close(context.WithoutCancel(ctx))
	// What an earlier run left unread is read first, so that it is not taken for
	// this run's.
	if err := d.catchUp(ctx); err != nil {
		return err
	}
	if d.before, err = d.server.Status(); err != nil {
		return err
	}
	d.greet()

	producing, stop := ctx, context.CancelFunc(func() {})
	if d.Duration > 0 {
		producing, stop = context.WithTimeout(ctx, d.Duration)
	}
	defer stop()
	group, producing := errgroup.WithContext(producing)
	d.producers = d.newProducers()
	for _, p := range d.producers {
		group.Go(func() error { return p.run(producing) })
	}
	group.Go(func() error { return d.freshness.watch(producing, sql) })
	group.Go(func() error { return d.summarize(producing) })
	if err := group.Wait(); err != nil {
		return err
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause // the server has failed
	}
	return d.finish(context.WithoutCancel(ctx), sql)
}

// finishTimeout bounds how long views and delivery streams may take to catch up.
const finishTimeout = 2 * time.Minute

// finish waits until everything has arrived and checks that it adds up.
func (d *demo) finish(ctx context.Context, sql *sqlClient) error {
	ctx, cancel := context.WithTimeoutCause(ctx, finishTimeout, fmt.Errorf("not all has arrived after %s", finishTimeout))
	defer cancel()
	fmt.Fprintln(d.Out, "\nThe producers have stopped. Waiting for the views, flushing the delivery streams …")
	if err := d.settle(ctx); err != nil {
		return err
	}
	return d.check(ctx, sql)
}

// settle waits until the views have read everything, and delivers what the
// buffers hold.
func (d *demo) settle(ctx context.Context) error {
	if err := d.catchUp(ctx); err != nil {
		return err
	}
	for _, name := range []string{eventsLake, ordersArchive} {
		if err := d.server.Flush(ctx, name); err != nil {
			return fmt.Errorf("flush %s: %w", name, err)
		}
	}
	return nil
}

// catchUp waits until the views have read everything.
func (d *demo) catchUp(ctx context.Context) error {
	for {
		status, err := d.server.Status()
		if err != nil {
			return err
		}
		pending := uint64(0)
		for _, view := range status.Views {
			pending += view.Pending
		}
		if pending == 0 {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("%d records are not in their views: %w", pending, context.Cause(ctx))
		}
	}
}
