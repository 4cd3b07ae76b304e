package pgwire

import (
	"context"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A testServer runs until its test ends, and checks then that nothing is left.
type testServer struct {
	*Server
	engine *memEngine
	addr   string
	stop   func() error // ends Serve and returns its error
}

func startServer(t *testing.T, cfg Config) *testServer {
	t.Helper()
	e := newMemEngine()
	s, err := newServer(cfg, e)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	ts := &testServer{Server: s, engine: e, addr: ln.Addr().String()}
	stopped := false
	ts.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		if err := ts.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
		if n := e.open_.Load(); n != 0 {
			t.Errorf("%d sessions are still open after Serve", n)
		}
		if n := s.Connections(); n != 0 {
			t.Errorf("%d connections are counted after Serve", n)
		}
	})
	return ts
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// serveEngine serves until the benchmark ends and returns the address.
func serveEngine(b *testing.B, e engine) string {
	b.Helper()
	s, err := newServer(Config{}, e)
	if err != nil {
		b.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	b.Cleanup(func() {
		cancel()
		<-done
	})
	return ln.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return nc
}

// lookPsql finds psql. Without it tests are skipped, except where LEAT_E2E says
// that clients are required.
func lookPsql(t *testing.T) string {
	t.Helper()
	psql, err := exec.LookPath("psql")
	switch {
	case err == nil:
		return psql
	case os.Getenv("LEAT_E2E") == "required":
		t.Fatal("psql is not installed, and LEAT_E2E requires it")
	}
	t.Skip("psql is not installed")
	return ""
}
