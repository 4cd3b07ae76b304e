package pgwire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// TestLargeMessagesShareTheirMemory: what has no room waits, is refused by name
// when it waits too long, by its session's timeout or a cancel, and the
// connection goes on. Small messages never wait.
func TestLargeMessagesShareTheirMemory(t *testing.T) {
	ts := startServer(t, Config{MessageMemory: 1 << 20, MessageWait: 20 * time.Millisecond})
	ctx := testContext(t)
	all, err := ts.room.take(ctx, 1<<20, 1)
	if err != nil {
		t.Fatal(err)
	}
	large := "put x --" + strings.Repeat("x", 400<<10)
	conn := connect(t, ts, "")
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeSimpleProtocol, pgx.QueryExecModeExec, pgx.QueryExecModeCacheDescribe} {
		if _, err := conn.Exec(ctx, large, mode); sqlstate(err) != "53200" || !strings.Contains(err.Error(), "found no room beside those of other clients") {
			t.Errorf("%v: %v", mode, err)
		}
		if _, err := conn.Exec(ctx, "put y"); err != nil {
			t.Errorf("a small statement: %v", err)
		}
		if _, err := conn.Exec(ctx, "put z --"+strings.Repeat("x", 20<<10), pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Errorf("a statement of middle size: %v", err)
		}
	}
	if _, err := conn.Exec(ctx, "echo varchar", strings.Repeat("x", 400<<10)); sqlstate(err) != "53200" {
		t.Errorf("large arguments: %v", err)
	}
	all.release()
	if _, err := conn.Exec(ctx, large, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Errorf("with room again: %v", err)
	}
	// It is given back just after the answer has gone.
	if err := errors.Join(ts.room.large.Acquire(ctx, ts.room.largeSize), ts.room.medium.Acquire(ctx, ts.room.mediumSize)); err != nil {
		t.Errorf("room was not given back: %v", err)
	}
}

// TestTheWaitForRoomEndsLikeAStatement with the session's timeout, a cancel
// request, and the server.
func TestTheWaitForRoomEndsLikeAStatement(t *testing.T) {
	ts := startServer(t, Config{MessageMemory: 1 << 20, MessageWait: time.Hour})
	ctx := testContext(t)
	all, err := ts.room.take(ctx, 1<<20, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer all.release()
	large := "put x --" + strings.Repeat("x", 400<<10)
	conn := connect(t, ts, "statement_timeout=20")
	if _, err := conn.Exec(ctx, large, pgx.QueryExecModeSimpleProtocol); sqlstate(err) != "57014" {
		t.Errorf("a timeout: %v", err)
	}
	conn = connect(t, ts, "")
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(ctx, large, pgx.QueryExecModeSimpleProtocol)
		done <- err
	}()
	pid, key := conn.PgConn().PID(), conn.PgConn().SecretKey()
	for waiting := true; waiting; { // until the cancel meets the wait
		select {
		case err := <-done:
			if sqlstate(err) != "57014" {
				t.Errorf("a cancel: %v", err)
			}
			waiting = false
		default:
			ts.cancel.cancel(pid, key)
		}
	}
	if err := conn.Ping(ctx); err != nil {
		t.Error(err)
	}
}

// TestRoomIsGivenBackWhenAClientLeaves in the middle of a large message.
func TestRoomIsGivenBackWhenAClientLeaves(t *testing.T) {
	ts := startServer(t, Config{MessageMemory: 1 << 20, MessageWait: time.Hour})
	for _, words := range []string{"", "select"} {
		nc := dial(t, ts.addr)
		nc.Write(startupPacket(t, "admin", "dev"))
		if got := answers(nc); got != "ready" {
			t.Fatal(got)
		}
		nc.Write(append([]byte{'Q', 0, 8, 0, 0}, words...)) // 512 KiB, it says
		nc.Close()
	}
	held, err := ts.room.take(testContext(t), 1<<20, 1)
	if err != nil {
		t.Error(err)
	}
	held.release()
}

// TestMessagesThatAreNotLookedAtTakeNoRoom: what follows an error or a refused
// COPY is passed over.
func TestMessagesThatAreNotLookedAtTakeNoRoom(t *testing.T) {
	ts := startServer(t, Config{MessageMemory: 1 << 20, MessageWait: time.Hour})
	all, err := ts.room.take(testContext(t), 1<<20, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer all.release()
	large := strings.Repeat("x", 400<<10)
	got := talk(t, rawConn(t, ts), 2, &pgproto3.Query{String: "copy"}, &pgproto3.CopyData{Data: []byte(large)}, &pgproto3.CopyDone{},
		&pgproto3.Parse{Query: "nonsense"}, &pgproto3.Parse{Query: large}, &pgproto3.Query{String: large}, &pgproto3.Sync{})
	if got != "ErrorResponse 0A000, ready I, ErrorResponse 42601, ready I" {
		t.Error(got)
	}
}

// TestManyParameters: as many as the protocol counts, and the connection goes on.
func TestManyParameters(t *testing.T) {
	conn := connect(t, startServer(t, Config{}), "")
	for _, n := range []int{32767, 65535} {
		args := make([]any, n)
		for i := range args {
			args[i] = "v"
		}
		rows, err := conn.Query(testContext(t), "echo"+strings.Repeat(" varchar", n), append([]any{pgx.QueryExecModeExec}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for rows.Next() {
			got = len(rows.RawValues())
		}
		if err := rows.Err(); err != nil || got != n {
			t.Errorf("%d parameters came back as %d, %v", n, got, err)
		}
		if err := conn.Ping(testContext(t)); err != nil {
			t.Error(err)
		}
	}
}
