package server

import (
	"net"
	"sync"
)

// connectionBytes is about what the server holds for a connection that waits for
// its next request: a goroutine and two buffers.
const connectionBytes = 20 << 10

// A crowd is a listener that has at most so many connections open; more wait in
// the system's queue until others have gone. Without it any number of idle
// connections would take the memory and the file handles that streams need: one
// that cannot open its next file stops taking records.
//
// golang.org/x/net/netutil has one, whose connections cannot be closed by half:
// net/http then resets those whose client is still sending, and an answer such
// as 413 is lost.
type crowd struct {
	net.Listener
	places chan struct{} // a token for each open connection
	closed chan struct{}
	close  sync.Once
}

// limitConnections lets a listener have at most n connections open.
func limitConnections(listener net.Listener, n int) net.Listener {
	return &crowd{Listener: listener, places: make(chan struct{}, n), closed: make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (c *crowd) Accept() (net.Conn, error) {
	select {
	case c.places <- struct{}{}:
	case <-c.closed:
		return nil, net.ErrClosed
	}
	conn, err := c.Listener.Accept()
	if err != nil {
		<-c.places
		return nil, err
	}
	return &guest{Conn: conn, leave: sync.OnceFunc(func() { <-c.places })}, nil
}

// Close stops accepting.
func (c *crowd) Close() error {
	c.close.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

// A guest is a connection that takes up a place.
type guest struct {
	net.Conn
	leave func()
}

// Close gives the place back.
func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}

// CloseWrite lets net/http end an answer properly when a client is still
// sending: without it the client may lose the answer.
func (g *guest) CloseWrite() error {
	if half, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
