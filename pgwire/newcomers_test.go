package pgwire

import (
	"context"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// TestConnectionsThatProveNothingKeepNobodyOut: many more of them than there are
// places stay open, silent at every step of the start, and proven clients connect,
// query and cancel.
func TestConnectionsThatProveNothingKeepNobodyOut(t *testing.T) {
	ts := startServer(t, Config{MaxConnections: 3, MaxStarting: 20, Credentials: map[string]string{"admin": "right"}})
	crowd := func() {
		for i := range 100 {
			words := [][]byte{nil, {0, 0, 0, 50, 0, 3}, startupPacket(t, "admin", "dev"), {0, 0, 0, 8, 4, 210, 22, 47}}[i%4]
			nc := dial(t, ts.addr)
			t.Cleanup(func() { nc.Close() })
			if _, err := nc.Write(words); err != nil {
				t.Fatal(err)
			}
		}
	}
	url := fmt.Sprintf("postgres://admin:right@%s/dev?sslmode=disable", ts.addr)
	var proven []*pgx.Conn
	for range 3 {
		crowd()
		conn, err := pgx.Connect(testContext(t), url)
		if err != nil {
			t.Fatalf("after %d proven ones: %v", len(proven), err)
		}
		defer conn.Close(context.Background())
		proven = append(proven, conn)
	}
	crowd()
	done := make(chan error, 1)
	go func() {
		_, err := proven[0].Exec(context.Background(), "block")
		done <- err
	}()
	<-ts.engine.blocked
	if err := proven[0].PgConn().CancelRequest(testContext(t)); err != nil {
		t.Error(err)
	}
	if err := <-done; sqlstate(err) != "57014" {
		t.Error(err)
	}
	if _, err := pgx.Connect(testContext(t), url); sqlstate(err) != "53300" {
		t.Errorf("one more than there may be: %v", err)
	}
	for _, conn := range proven {
		if err := conn.Ping(testContext(t)); err != nil {
			t.Error(err)
		}
	}
}

// TestAsManyAsMayBeConnectedCanStartAtOnce: none of them is taken for a crowd.
func TestAsManyAsMayBeConnectedCanStartAtOnce(t *testing.T) {
	ts := startServer(t, Config{Credentials: map[string]string{"admin": "right"}})
	url := fmt.Sprintf("postgres://admin:right@%s/dev?sslmode=disable", ts.addr)
	conns := make([]*pgx.Conn, 200)
	var starting errgroup.Group
	for i := range conns {
		starting.Go(func() (err error) {
			conns[i], err = pgx.Connect(context.Background(), url)
			return err
		})
	}
	if err := starting.Wait(); err != nil {
		t.Error(err)
	}
	for _, conn := range conns {
		if conn != nil {
			conn.Close(context.Background())
		}
	}
}

// TestWhoIsCrowdedOutIsToldWhy before the connection ends.
func TestWhoIsCrowdedOutIsToldWhy(t *testing.T) {
	ts := startServer(t, Config{MaxStarting: 1})
	first, second := dial(t, ts.addr), dial(t, ts.addr)
	defer first.Close()
	defer second.Close()
	if got := answers(first); got != "FATAL 53300 too many connections that have not authenticated yet, end" {
		t.Error(got)
	}
	if _, err := second.Write(startupPacket(t, "admin", "dev")); err != nil {
		t.Fatal(err)
	}
	if got := answers(second); got != "ready" {
		t.Error(got)
	}
}

// TestTheLargestCrowdGoesFirst: one place's connections do not push out another's.
func TestTheLargestCrowdGoesFirst(t *testing.T) {
	n := newcomers{most: 10}
	from := func(ip string) *conn { return &conn{place: placeOf(&net.TCPAddr{IP: net.ParseIP(ip)})} }
	quiet := from("192.0.2.1")
	n.add(quiet)
	for range 1000 {
		if n.add(from("192.0.2.66")) == quiet {
			t.Fatal("the only one of its place was sent away")
		}
	}
	if len(n.conns) != 10 {
		t.Errorf("%d are there", len(n.conns))
	}
}
