package pgwire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// outBytes is how much is buffered for a client before it is written.
const outBytes = 32 << 10

// errStopping ends a connection because the server stops.
var errStopping = errorf("57P01", "terminating connection due to administrator command")

// A conn is one client. It belongs to the goroutine of serve, except for what
// says otherwise.
type conn struct {
	server *Server
	in     *bufio.Reader
	out    *bufio.Writer
	sess   session // nil until start-up is done
	small  []byte  // holds small messages
	coded  []byte  // the message being encoded

	statements map[string]*statement
	portals    map[string]*portal
	formats    resultFormats
	zoneName   string // of formats.zone
	row        []byte // the row being encoded
	reported   map[string]string

	sendErr   error       // the first failure to write
	pending   *inbound    // read ahead, to be handled next
	held      reservation // of the message being handled
	implicit  bool        // the open transaction is ours, not the client's
	encrypted bool
	started   bool // start-up is done
	skipping  bool // an error happened: ignore messages until Sync

	place    place // where the client is
	admitted bool  // guarded by server.mu

	net        net.Conn        // below TLS
	stopped    context.Context // ends when stopping becomes true
	stop       context.CancelFunc
	mu         sync.Mutex // guards what follows, and with stopping who sets the read deadline
	stopping   bool
	ended      error              // why the session has ended by itself
	cancelWait context.CancelFunc // ends the wait for room
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{
		server:     s,
		place:      placeOf(nc.RemoteAddr()),
		net:        nc,
		statements: make(map[string]*statement),
		portals:    make(map[string]*portal),
		reported:   make(map[string]string),
	}
	c.stopped, c.stop = context.WithCancel(context.Background())
	c.speakOver(nc)
	return c
}

// speakOver makes rw the way to the client: at first, and when TLS has been agreed.
func (c *conn) speakOver(rw io.ReadWriter) {
	c.in = newIn(rw)
	c.out = bufio.NewWriterSize(rw, outBytes)
}

// setReadDeadline lets reads wait until t; zero: for ever. It has no effect once
// the server stops.
func (c *conn) setReadDeadline(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopping {
		c.net.SetReadDeadline(t)
	}
}

// stopReading ends the connection at the next moment it waits for its client.
// From any goroutine.
func (c *conn) stopReading() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopping = true
	c.stop()
	c.net.SetReadDeadline(time.Unix(1, 0))
}

// abort ends the connection without regard to what it does. From any goroutine.
func (c *conn) abort() { c.net.Close() }

func (c *conn) isStopping() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping
}

// serve talks to the client until it leaves, fails, or the server stops.
func (c *conn) serve(ctx context.Context) {
	defer c.server.remove(c)
	defer c.abort()
	defer c.end()
	err := c.guard(func() error {
		started, err := c.start(ctx)
		if !started || err != nil {
			return err
		}
		return c.loop(ctx)
	})
	if err != nil {
		c.farewell(err)
	}
}

// guard turns a panic into an error, so that it ends this connection only.
func (c *conn) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.server.cfg.Logger.Error("panic in a connection",
				"client", c.net.RemoteAddr(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = errorf("XX000", "internal error; the connection is closed, see the server's log")
		}
	}()
	return f()
}

// loop handles messages one by one.
func (c *conn) loop(ctx context.Context) error {
	for {
		in, err := c.next(ctx)
		if err != nil {
			return err
		}
		if in.kind == 'X' {
			return nil
		}
		c.held = in.held
		err = c.handle(ctx, in)
		c.releaseRoom()
		if err != nil {
			return err
		}
	}
}

// releaseRoom gives back the room of the message that has been answered.
func (c *conn) releaseRoom() {
	c.held.release()
	c.held = reservation{}
}

// next returns the next message, valid until it is called again.
func (c *conn) next(ctx context.Context) (inbound, error) {
	if c.pending != nil {
		in := *c.pending
		c.pending = nil
		return in, nil
	}
	return c.receive(ctx)
}

// peek returns the next message without taking it.
func (c *conn) peek(ctx context.Context) (inbound, error) {
	if c.pending == nil {
		in, err := c.receive(ctx)
		if err != nil {
			return in, err
		}
		c.pending = &in
	}
	return *c.pending, nil
}

// handle answers one message. An error is one that ends the connection; a
// statement's own failure has been told to the client.
func (c *conn) handle(ctx context.Context, in inbound) error {
	switch in.kind {
	case 'S':
		return c.sync(ctx)
	case 'd', 'c', 'f':
		return nil // left over from a COPY that was refused
	}
	if c.skipping {
		return nil
	}
	switch m := in.msg.(type) {
	case *pgproto3.Query:
		return c.simpleQuery(ctx, m.String)
	case *pgproto3.Parse:
		return c.extended(ctx, func() error { return c.parse(ctx, m) })
	case *pgproto3.Bind:
		return c.extended(ctx, func() error { return c.bind(m) })
	case *pgproto3.Describe:
		return c.extended(ctx, func() error { return c.describe(m) })
	case *pgproto3.Execute:
		return c.extended(ctx, func() error { return c.execute(ctx, m) })
	case *pgproto3.Close:
		return c.extended(ctx, func() error { return c.closeNamed(m) })
	case *pgproto3.Flush:
		return c.flush()
	}
	switch in.kind {
	case 'Q':
		c.failStatement(ctx, in.err)
		return c.ready()
	case 'F': // answered like a Query, without Sync
		c.failStatement(ctx, errorf("0A000", "function calls by protocol message are not supported, use SELECT"))
		return c.ready()
	}
	return c.extended(ctx, func() error { return in.err })
}

// send buffers a message, in c.out, where rows go as well. A failure shows in the
// next flush.
func (c *conn) send(msg pgproto3.BackendMessage) {
	var err error
	if c.coded, err = msg.Encode(c.coded[:0]); err == nil {
		_, err = c.out.Write(c.coded)
	}
	if cap(c.coded) > maxKeptRow {
		c.coded = nil
	}
	if err != nil && c.sendErr == nil {
		c.sendErr = err
	}
}

// flush writes what is buffered.
func (c *conn) flush() error {
	if c.sendErr != nil {
		return c.sendErr
	}
	return c.out.Flush()
}

// farewell tells the client why the connection ends, if there is still someone
// to tell.
func (c *conn) farewell(err error) {
	log := c.server.cfg.Logger.With("client", c.net.RemoteAddr())
	var netErr net.Error
	switch {
	case c.isStopping() && errors.Is(err, os.ErrDeadlineExceeded):
		err = c.whyStopping()
	case errors.Is(err, os.ErrDeadlineExceeded) && c.started:
		log.Warn("a message of a client stopped coming")
		err = errorf("08P01", "a large message did not come within its time")
	case errors.Is(err, os.ErrDeadlineExceeded):
		log.Warn("client did not start its session in time", "timeout", c.server.cfg.StartupTimeout)
		err = errorf("08P01", "start-up took longer than %s", c.server.cfg.StartupTimeout)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &netErr):
		log.Debug("client went away", "err", err)
		return
	case isSQLError(err):
		log.Info("connection refused or ended", "err", err)
	default:
		log.Warn("client broke the protocol", "err", err)
		err = errorf("08P01", "protocol violation: %v", err)
	}
	// A client that does not read must not hold up the end.
	c.net.SetWriteDeadline(time.Now().Add(farewellTimeout))
	c.send(errorResponse("FATAL", err))
	c.flush()
}

// end gives back what the connection holds.
func (c *conn) end() {
	c.stop()
	c.releaseRoom()
	if c.pending != nil {
		c.pending.held.release()
	}
	if c.sess == nil {
		return
	}
	c.server.cancel.remove(c.sess)
	err := c.guard(func() error {
		c.closePortals()
		return c.sess.Close()
	})
	if err != nil {
		c.server.cfg.Logger.Warn("close a session", "client", c.net.RemoteAddr(), "err", err)
	}
}
