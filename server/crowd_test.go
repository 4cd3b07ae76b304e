package server

import (
	"io"
	"net"
	"testing"
)

// TestAFullListenerLetsOthersWait fills a listener's places: the next connection
// is served when one of those before it has gone.
func TestAFullListenerLetsOthersWait(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := limitConnections(inner, 2)
	accepted, ended := make(chan net.Conn), make(chan error, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- conn
		}
	}()
	var served []net.Conn
	for range 3 {
		client, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
	}
	for range 2 {
		served = append(served, <-accepted)
	}
	select {
	case <-accepted:
		t.Fatal("a third connection was accepted")
	default:
	}
	if err := served[0].(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	select {
	case <-accepted:
		t.Fatal("half a connection made room")
	default:
	}
	served[0].Close()
	served[0].Close() // gives one place, not two
	third := <-accepted
	select {
	case <-accepted:
		t.Fatal("a fourth connection was accepted")
	default:
	}
	if _, err := io.WriteString(third, "x"); err != nil {
		t.Error(err)
	}
	listener.Close()
	if err := <-ended; err == nil {
		t.Error("a closed listener accepts")
	}
}

func TestConnectionsLeaveMemoryAndHandles(t *testing.T) {
	for _, test := range []struct {
		memory  int64
		handles int
		want    int
	}{
		{1 << 30, 20_000, 2621}, {1 << 30, 0, 2621}, {1 << 30, 1024, 256}, {256 << 20, 1 << 20, 655}, {8 << 30, 1 << 20, 20_971}, {1 << 30, 10, 16},
	} {
		if got := maxConnections(planMemory(test.memory), test.handles); got != test.want {
			t.Errorf("%d MiB and %d handles give %d connections, want %d", test.memory>>20, test.handles, got, test.want)
		}
	}
}
