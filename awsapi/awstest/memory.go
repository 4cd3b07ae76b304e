package awstest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
)

// ServeInMemory serves a handler over HTTP/1.1 and HTTP/2, on connections in
// memory, until the test ends. It returns what makes such a connection, for an
// http.Transport. Tests whose clock is not real (testing/synctest) can wait for
// these connections, and not for real ones.
func ServeInMemory(t testing.TB, handler http.Handler) func(ctx context.Context, network, addr string) (net.Conn, error) {
	l := &listener{accept: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-served
	})
	return l.dial
}

// A listener accepts connections in memory.
type listener struct {
	accept chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.accept:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (l *listener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.accept <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
