package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"leat/awsapi"
	"leat/awsapi/faults"
	"leat/awsapi/firehose"
	"leat/awsapi/kinesis"
	"leat/awsapi/kinesis/monitor"
	"leat/delivery"
	"leat/pgwire"
	"leat/server/secure"
	"leat/shardlog"
	"leat/vfs"
	"leat/warehouse"
)

// A Server is all of Leat in one process.
type Server struct {
	cfg    Config
	opened time.Time

	listeners   listeners
	lock        io.Closer
	certificate *secure.Certificate // nil without TLS
	streams     *shardlog.Store
	warehouse   *warehouse.Warehouse
	deliveries  *delivery.Service
	kinesis     kinesis.API
	aws         *awsapi.Handler
	faults      *faults.Set // nil unless there may be faults
	sql         *pgwire.Server

	freshness freshness
	monitor   monitor.Account
}

// Open lays out the data folder, listens, and opens every part; nothing runs
// until Run. The order has reasons:
//
//  1. The addresses: the cheapest thing that can be wrong.
//  2. The data folder's lock, before anything in it is touched.
//  3. The streams, then the warehouse and the delivery streams, which read them.
//  4. The front doors, which call all of them.
func Open(cfg Config) (_ *Server, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	plan := planMemory(cfg.MemoryBytes)
	folder := Folder(cfg.Data)
	s := &Server{cfg: cfg, opened: cfg.Now()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()

	if s.listeners, err = listen(cfg, maxConnections(plan, maxHandles())); err != nil {
		return nil, err
	}
	fsys := vfs.OS()
	if s.lock, err = folder.prepare(fsys); err != nil {
		return nil, err
	}
	if s.certificate, err = cfg.certificate(folder); err != nil {
		return nil, err
	}
	debug.SetMemoryLimit(plan.goHeap)
	s.streams, err = shardlog.Open(shardlog.Config{Dir: folder.Streams(), Now: cfg.Now, Logger: cfg.Logger})
	if err != nil {
		return nil, fmt.Errorf("open the streams: %w", err)
	}
	sources := streamSources{streams: s.streams, keepAggregates: cfg.KeepAggregates}
	s.warehouse, err = warehouse.Open(warehouse.Config{
		Dir: folder.Warehouse(), MemoryBytes: plan.warehouse, Threads: cfg.Threads,
		Resident: residentMemory(), MaxResidentBytes: cfg.MemoryBytes,
		Database: Database, User: cfg.User,
		OpenSource: sources.forView, Now: cfg.Now, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("open the warehouse: %w", err)
	}
	s.warehouse.OnRefresh(func(view string, rows int, newest time.Time) {
		s.freshness.observe(view, rows, cfg.Now().Sub(newest))
	})
	s.warehouse.OnViewEnd(s.freshness.forget)
	s.deliveries, err = delivery.Open(delivery.Config{
		Dir: folder.Delivery(), BucketsDir: folder.Buckets(), MemoryBytes: plan.lake, Workers: cfg.Threads,
		OpenSource: sources.forDelivery, Now: cfg.Now, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("open the delivery streams: %w", err)
	}
	if s.aws, err = s.newAWS(folder, fsys); err != nil {
		return nil, err
	}
	s.sql, err = pgwire.New(pgwire.Config{
		Warehouse: s.warehouse, Credentials: cfg.passwords(), TLS: s.sqlTLS(), StopTimeout: cfg.StopTimeout, Logger: cfg.Logger,
		MessageMemory: plan.maxStatements(),
	})
	if err != nil {
		return nil, err
	}
	if err := folder.keepPrivate(); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	s.warnings()
	return s, nil
}

// newAWS makes the front door of the AWS APIs.
func (s *Server) newAWS(folder Folder, fsys vfs.FS) (*awsapi.Handler, error) {
	key, err := folder.tokenKey(fsys)
	if err != nil {
		return nil, err
	}
	tokens, err := awsapi.NewTokens(key)
	if err != nil {
		return nil, err
	}
	credentials, err := s.cfg.credentials()
	if err != nil {
		return nil, err
	}
	logCredentials(s.cfg.Logger, credentials)
	s.kinesis = kinesis.New(s.kinesisConfig(tokens))
	services := []awsapi.Service{
		s.kinesis.Service(),
		firehose.Service(firehose.Config{Delivery: s.deliveries, SmallBuffers: s.cfg.SmallBuffers, Refuse: s.cfg.refuseRecords()}),
	}
	if s.cfg.Faults {
		s.faults = newFaults(services, s.cfg.Now, s.cfg.Logger)
	}
	return awsapi.New(awsapi.Config{
		Services: services, Credentials: credentials, MaxBufferedBytes: planMemory(s.cfg.MemoryBytes).maxBodies(),
		Region: s.cfg.Region, Account: s.cfg.Account, Origins: s.cfg.AllowOrigins,
		Faults: s.faults, Now: s.cfg.Now, Logger: s.cfg.Logger,
	})
}

// Addrs are the addresses that the server listens on, ports filled in.
func (s *Server) Addrs() Addrs { return s.listeners.addrs() }

// Run runs everything until ctx ends or a part fails, and returns when all has
// ended. The error is the first cause; nil means that ctx ended.
//
// It stops in two steps: the front doors take nothing new and finish what they
// have, until StopTimeout; then the engines stop at their next checkpoint.
func (s *Server) Run(ctx context.Context) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	engines, work := errgroup.WithContext(work)
	engines.Go(func() error { return named("streams", s.streams.Run(work)) })
	engines.Go(func() error { return named("deleted streams", s.removeDeleted(work)) })
	engines.Go(func() error { return named("warehouse", s.warehouse.Run(work)) })
	engines.Go(func() error { return named("delivery streams", s.deliveries.Run(work)) })

	// An engine that fails takes the front doors with it.
	open, stopFront := context.WithCancel(ctx)
	defer stopFront()
	defer context.AfterFunc(work, stopFront)()
	front, open := errgroup.WithContext(open)
	front.Go(func() error { return s.serveAWS(open) })
	front.Go(func() error { return named("sql", s.sql.Serve(open, s.listeners.sql)) })
	front.Go(func() error { return serveHTTP(open, s.listeners.http, s.console(), s.cfg) })

	frontErr := front.Wait()
	stopWork()
	return errors.Join(frontErr, engines.Wait())
}

// Close closes the files; call it after Run has returned. It closes what reads
// before what is read.
func (s *Server) Close() error {
	var errs []error
	errs = append(errs, s.listeners.close())
	if s.deliveries != nil {
		errs = append(errs, named("close the delivery streams", s.deliveries.Close()))
	}
	if s.warehouse != nil {
		errs = append(errs, named("close the warehouse", s.warehouse.Close()))
	}
	if s.streams != nil {
		errs = append(errs, named("close the streams", s.streams.Close()))
	}
	if s.lock != nil {
		errs = append(errs, named("unlock the data folder", s.lock.Close()))
	}
	return errors.Join(errs...)
}

// named wraps an error with the part it came from. The end of a context is no
// error: it is how parts are told to stop.
func named(part string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return fmt.Errorf("%s: %w", part, err)
}

// headerTimeout bounds how long a client may take to agree on encryption, and
// then to send the head of a request.
const headerTimeout = 10 * time.Second

// serveHTTP answers requests until ctx ends, then lets those that have begun
// finish until the timeout.
func serveHTTP(ctx context.Context, ln net.Listener, handler http.Handler, cfg Config) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		Protocols:         protocols(),
		HTTP2:             http2(),
		// Clients that break off, or do not trust the certificate.
		ErrorLog: slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.StopTimeout)
		defer cancel()
		if server.Shutdown(deadline) != nil {
			server.Close()
		}
	})
	err := server.Serve(ln)
	if !stop() {
		<-stopped
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", ln.Addr(), err)
}
