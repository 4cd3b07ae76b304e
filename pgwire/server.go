package pgwire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// mostFarewells is how many connections may be over those that may be there, while
// they are told why they must go.
const mostFarewells = 32

// errCrowdedOut ends a connection that has not proven who it is, because others
// came.
var errCrowdedOut = errorf("53300", "too many connections that have not authenticated yet")

// farewellTimeout is how long a client may take to be told why its connection
// ends.
const farewellTimeout = time.Second

// A Server answers PostgreSQL clients.
type Server struct {
	cfg    Config
	engine engine
	users  verifiers
	cancel cancelKeys
	room   *room
	brake  *brake

	mu        sync.Mutex // guards what follows
	conns     map[*conn]struct{}
	stopping  bool
	newcomers newcomers // not admitted yet
	admitted  int       // connections that have proven who they are
}

// New returns a server; nothing runs until Serve.
func New(cfg Config) (*Server, error) {
	if cfg.Warehouse == nil {
		return nil, errors.New("pgwire: no warehouse is configured")
	}
	return newServer(cfg, warehouseEngine{cfg.Warehouse})
}

func newServer(cfg Config, e engine) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	users, err := newVerifiers(cfg.Credentials)
	if err != nil {
		return nil, err
	}
	return &Server{
		cfg: cfg, engine: e, users: users, room: newRoom(cfg.MessageMemory, cfg.MessageWait), brake: newBrake(),
		conns: make(map[*conn]struct{}), newcomers: newcomers{most: cfg.MaxStarting},
	}, nil
}

// Serve answers the clients that connect to ln until ctx ends or the listener
// fails; it closes ln. It returns when all connections have ended: idle ones
// are closed at once, running statements may finish until StopTimeout, then they
// are cancelled. The error is the listener's; nil means ctx ended. Serve is
// called once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	// Statements outlive ctx, until the second step of stopping.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	stopListening := context.AfterFunc(ctx, func() { ln.Close() })
	defer stopListening()

	var running sync.WaitGroup
	err := s.accept(ctx, ln, func(c *conn) {
		running.Go(func() { c.serve(work) })
	})
	ln.Close()
	s.stopIdle()
	grace := max(s.cfg.StopTimeout, 0)
	cancel := time.AfterFunc(grace, stopWork)
	defer cancel.Stop()
	abort := time.AfterFunc(grace+farewellTimeout, s.stopAll)
	defer abort.Stop()
	running.Wait()
	return err
}

// accept starts a connection for every client until the listener is closed.
func (s *Server) accept(ctx context.Context, ln net.Listener, start func(*conn)) error {
	for {
		nc, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				nc.Close()
			}
			return nil
		case isTemporary(err):
			// Out of file descriptors, or a client gone before it was
			// accepted: it passes when a connection ends.
			s.cfg.Logger.Warn("accept a client", "err", err)
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		case err != nil:
			return fmt.Errorf("accept on %s: %w", ln.Addr(), err)
		}
		c := newConn(s, nc)
		if !s.add(c) {
			nc.Close()
			continue
		}
		start(c)
	}
}

// isTemporary tells failures of one accept from the end of the listener.
func isTemporary(err error) bool {
	var netErr net.Error
	//lint:ignore SA1019 there is no other way to tell, and net/http does the same
	return errors.As(err, &netErr) && netErr.Temporary()
}

// add registers a connection, if need be in place of another that has not proven
// who it is; false: the server stops.
func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	crowdedOut := s.newcomers.add(c)
	switch {
	case crowdedOut == nil:
	case len(s.conns) > s.cfg.MaxConnections+s.cfg.MaxStarting+mostFarewells:
		crowdedOut.abort()
	default:
		crowdedOut.endBecause(errCrowdedOut)
	}
	s.conns[c] = struct{}{}
	return true
}

// admit counts a client that has proven who it is towards the limit; false: the
// limit is reached.
func (s *Server) admit(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.admitted >= s.cfg.MaxConnections {
		return false
	}
	s.newcomers.remove(c)
	s.admitted++
	c.admitted = true
	return true
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.newcomers.remove(c)
	if c.admitted {
		s.admitted--
	}
}

// Connections is how many clients are connected and have proven who they are.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.admitted
}

// stopIdle ends connections that wait for their client, now or after the
// statement they run.
func (s *Server) stopIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	for c := range s.conns {
		c.stopReading()
	}
}

// stopAll ends the connections that are still there, whatever they do.
func (s *Server) stopAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.abort()
	}
}
