package pgwire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// TestStopClosesIdleConnectionsAtOnce: they are told why.
func TestStopClosesIdleConnectionsAtOnce(t *testing.T) {
	ts := startServer(t, Config{StopTimeout: time.Hour})
	conns := []*pgx.Conn{connect(t, ts, ""), connect(t, ts, "")}
	if _, err := conns[1].Exec(testContext(t), "begin"); err != nil {
		t.Fatal(err)
	}
	if err := ts.stop(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range conns {
		if _, err := conn.Exec(testContext(t), "list"); sqlstate(err) != "57P01" && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
	}
}

// TestStopLetsRunningStatementsFinish: the answer arrives, then the connection
// ends.
func TestStopLetsRunningStatementsFinish(t *testing.T) {
	ts := startServer(t, Config{StopTimeout: time.Hour})
	conn := connect(t, ts, "")
	pid, secret := conn.PgConn().PID(), conn.PgConn().SecretKey()
	answered, stopped := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "block")
		answered <- err
	}()
	<-ts.engine.blocked
	go func() { stopped <- ts.stop() }()
	for ts.accepting() {
		runtime.Gosched() // let Serve see that its context has ended
	}
	select {
	case err := <-stopped:
		t.Fatalf("Serve returned with a statement running: %v", err)
	default:
	}
	ts.cancel.cancel(pid, secret)
	if err := <-answered; sqlstate(err) != "57014" {
		t.Errorf("the running statement's answer: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func (s *Server) accepting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.stopping
}

// TestStopEndsWhatDoesNotFinish: a statement that goes on for ever does not hold
// up the end.
func TestStopEndsWhatDoesNotFinish(t *testing.T) {
	ts := startServer(t, Config{StopTimeout: -1})
	conn := connect(t, ts, "")
	answered := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "block")
		answered <- err
	}()
	<-ts.engine.blocked
	if err := ts.stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err == nil {
		t.Error("a statement that was ended succeeded")
	}
}

// TestStartAndStopUnderLoad stops servers while clients connect, query and leave.
func TestStartAndStopUnderLoad(t *testing.T) {
	for round := range 20 {
		ts := startServer(t, Config{StopTimeout: time.Minute, MaxConnections: 5})
		var clients sync.WaitGroup
		for i := range 8 {
			clients.Go(func() {
				for range 50 {
					conn, err := pgx.Connect(context.Background(), fmt.Sprintf("postgres://u@%s/dev?sslmode=disable&connect_timeout=30", ts.addr))
					if err != nil {
						if strings.Contains(err.Error(), "53300") {
							continue
						}
						return // stopped
					}
					conn.Exec(context.Background(), "rows 10")
					if i%2 == 0 {
						conn.Close(context.Background())
					} else {
						conn.PgConn().Conn().Close() // without a word
					}
				}
			})
		}
		for range round {
			conn, err := pgx.Connect(context.Background(), fmt.Sprintf("postgres://u@%s/dev?sslmode=disable", ts.addr))
			if err == nil {
				conn.Close(context.Background())
			}
		}
		if err := ts.stop(); err != nil {
			t.Fatal(err)
		}
		clients.Wait()
	}
}

func TestTooManyConnectionsAreRefused(t *testing.T) {
	ts := startServer(t, Config{MaxConnections: 2})
	a, b := connect(t, ts, ""), connect(t, ts, "")
	url := fmt.Sprintf("postgres://admin@%s/dev?sslmode=disable", ts.addr)
	if _, err := pgx.Connect(testContext(t), url); sqlstate(err) != "53300" {
		t.Fatalf("the third connection: %v", err)
	}
	// A cancel request gets in all the same.
	done := make(chan error, 1)
	go func() {
		_, err := b.Exec(context.Background(), "block")
		done <- err
	}()
	<-ts.engine.blocked
	if err := b.PgConn().CancelRequest(testContext(t)); err != nil {
		t.Error(err)
	}
	if err := <-done; sqlstate(err) != "57014" {
		t.Error(err)
	}
	// A place that is given back can be taken.
	a.Close(context.Background())
	for {
		conn, err := pgx.Connect(testContext(t), url)
		if err == nil {
			conn.Close(context.Background())
			return
		}
		if sqlstate(err) != "53300" {
			t.Fatal(err)
		}
	}
}

// TestAPanicEndsOnlyItsConnection: the others do not notice.
func TestAPanicEndsOnlyItsConnection(t *testing.T) {
	ts := startServer(t, Config{})
	a, b := connect(t, ts, ""), connect(t, ts, "")
	if _, err := a.Exec(testContext(t), "panic", pgx.QueryExecModeSimpleProtocol); sqlstate(err) != "XX000" {
		t.Errorf("got %v", err)
	}
	if err := b.Ping(testContext(t)); err != nil {
		t.Error(err)
	}
}

// TestASilentClientIsSentAway: who connects and says nothing costs a timeout.
func TestASilentClientIsSentAway(t *testing.T) {
	ts := startServer(t, Config{StartupTimeout: 20 * time.Millisecond, Credentials: map[string]string{"admin": "secret"}})
	for name, words := range map[string][]byte{
		"nothing":          nil,
		"half a packet":    {0, 0, 0, 50, 0, 3, 0, 0, 'u'},
		"no password":      startupPacket(t, "admin", "dev"),
		"a request of SSL": {0, 0, 0, 8, 4, 210, 22, 47},
	} {
		nc, err := net.Dial("tcp", ts.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		if _, err := nc.Write(words); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(nc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOversizedMessagesAreRefused(t *testing.T) {
	ts := startServer(t, Config{MaxMessageBytes: 1000})
	conn := connect(t, ts, "")
	if _, err := conn.Exec(testContext(t), "put "+strings.Repeat("x", 2000), pgx.QueryExecModeSimpleProtocol); sqlstate(err) != "54000" {
		t.Errorf("got %v", err)
	}
}

func startupPacket(t *testing.T, user, database string) []byte {
	t.Helper()
	packet, err := (&pgproto3.StartupMessage{
		ProtocolVersion: pgproto3.ProtocolVersion30,
		Parameters:      map[string]string{"user": user, "database": database},
	}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	return packet
}
