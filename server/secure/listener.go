package secure

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// handshakeRecord is the first byte of every TLS connection. No HTTP request
// begins with it.
const handshakeRecord = 0x16

// A Listener accepts connections that speak TLS, as *tls.Conn whose handshake
// is still to come, and connections that do not, on one address.
type Listener struct {
	inner   net.Listener
	config  *tls.Config
	timeout time.Duration
	results chan result
	closed  chan struct{}

	mu       sync.Mutex // guards what follows
	silent   map[net.Conn]struct{}
	isClosed bool
}

type result struct {
	conn net.Conn
	err  error
}

// Listen makes inner accept both kinds. Clients have until timeout to send
// their first byte. Nothing is accepted until Run.
func Listen(inner net.Listener, config *tls.Config, timeout time.Duration) *Listener {
	return &Listener{
		inner: inner, config: config, timeout: timeout,
		results: make(chan result), closed: make(chan struct{}), silent: map[net.Conn]struct{}{},
	}
}

// Run looks at connections until Close, and returns when all that it started
// has ended.
func (l *Listener) Run() {
	var looking sync.WaitGroup
	defer looking.Wait()
	for {
		conn, err := l.inner.Accept()
		if err != nil {
			// Whoever accepts decides whether it passes, and waits before he asks
			// again; so does the next round here.
			if !l.hand(result{err: err}) || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		looking.Go(func() { l.look(conn) })
	}
}

// look waits for a connection's first byte and hands the connection over.
func (l *Listener) look(conn net.Conn) {
	if !l.watch(conn) {
		conn.Close()
		return
	}
	var first [1]byte
	// A connection that has no deadlines is none that Accept of net gives.
	_ = conn.SetReadDeadline(time.Now().Add(l.timeout))
	_, err := conn.Read(first[:])
	l.unwatch(conn)
	if err != nil {
		conn.Close()
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	var known net.Conn = &begun{Conn: conn, first: first[0]}
	if first[0] == handshakeRecord {
		known = tls.Server(known, l.config)
	}
	if !l.hand(result{conn: known}) {
		conn.Close()
	}
}

// hand gives a result to Accept; false when nobody asks any more.
func (l *Listener) hand(r result) bool {
	select {
	case l.results <- r:
		return true
	case <-l.closed:
		return false
	}
}

// watch remembers a connection that has said nothing, so that Close ends it.
func (l *Listener) watch(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed {
		return false
	}
	l.silent[conn] = struct{}{}
	return true
}

func (l *Listener) unwatch(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.silent, conn)
}

// Accept returns the next connection that has said something.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case r := <-l.results:
		return r.conn, r.err
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close stops accepting and ends the connections that have said nothing yet.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed {
		return nil
	}
	l.isClosed = true
	close(l.closed)
	for conn := range l.silent {
		conn.Close()
	}
	return l.inner.Close()
}

// Addr is the address that both kinds come to.
func (l *Listener) Addr() net.Addr { return l.inner.Addr() }

// A begun connection is one whose first byte has been read.
type begun struct {
	net.Conn
	first byte
	given bool // first has been read again
}

func (c *begun) Read(p []byte) (int, error) {
	if c.given || len(p) == 0 {
		return c.Conn.Read(p)
	}
	c.given = true
	p[0] = c.first
	return 1, nil
}

// CloseWrite lets net/http end an answer properly when a client is still
// sending: without it the client may lose the answer.
func (c *begun) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
