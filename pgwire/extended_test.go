package pgwire

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	_ "github.com/lib/pq"
)

// TestDatabaseSQLWithLibPQ: lib/pq speaks the protocol in its own way.
func TestDatabaseSQLWithLibPQ(t *testing.T) {
	ts := startServer(t, Config{})
	for _, dsn := range []string{"postgres://admin@%s/dev?sslmode=disable", "postgres://admin@%s/dev?sslmode=disable&binary_parameters=yes"} {
		db, err := sql.Open("postgres", fmt.Sprintf(dsn, ts.addr))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var n int64
		var s string
		if err := db.QueryRowContext(testContext(t), "echo bigint varchar", 5, "x").Scan(&n, &s); err != nil || n != 5 || s != "x" {
			t.Errorf("%s: %d %q %v", dsn, n, s, err)
		}
		rows, err := db.QueryContext(testContext(t), "rows 10")
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for rows.Next() {
			count++
		}
		if rows.Err() != nil || count != 10 {
			t.Errorf("%d rows, %v", count, rows.Err())
		}
		if _, err := db.ExecContext(testContext(t), "fail"); err == nil || !strings.Contains(err.Error(), "division by zero") {
			t.Error(err)
		}
		tx, err := db.BeginTx(testContext(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("put z"); err != nil {
			t.Error(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
		if len(ts.engine.list) != 0 {
			t.Errorf("rolled back, and still there: %v", ts.engine.list)
		}
	}
}

// rawConn is a client that sends exactly the messages it is told to.
func rawConn(t *testing.T, ts *testServer) *pgproto3.Frontend {
	t.Helper()
	conn := connect(t, ts, "")
	hijacked, err := conn.PgConn().Hijack()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hijacked.Conn.Close() })
	return hijacked.Frontend
}

// talk sends messages and returns the answers, up to n ReadyForQuery, in short.
func talk(t *testing.T, f *pgproto3.Frontend, ready int, messages ...pgproto3.FrontendMessage) string {
	t.Helper()
	for _, m := range messages {
		f.Send(m)
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for ready > 0 {
		msg, err := f.Receive()
		if err != nil {
			t.Fatalf("after %v: %v", got, err)
		}
		name := strings.TrimPrefix(fmt.Sprintf("%T", msg), "*pgproto3.")
		switch m := msg.(type) {
		case *pgproto3.ErrorResponse:
			name += " " + m.Code
		case *pgproto3.DataRow:
			name = string(m.Values[0])
		case *pgproto3.CommandComplete:
			name = string(m.CommandTag)
		case *pgproto3.ReadyForQuery:
			name = "ready " + string(m.TxStatus)
			ready--
		}
		got = append(got, name)
	}
	return strings.Join(got, ", ")
}

func TestExtendedProtocol(t *testing.T) {
	parse := func(name, sql string) pgproto3.FrontendMessage { return &pgproto3.Parse{Name: name, Query: sql} }
	bind := func(portal, name string) pgproto3.FrontendMessage {
		return &pgproto3.Bind{DestinationPortal: portal, PreparedStatement: name}
	}
	execute := func(portal string, limit uint32) pgproto3.FrontendMessage {
		return &pgproto3.Execute{Portal: portal, MaxRows: limit}
	}
	describe := func(kind byte, name string) pgproto3.FrontendMessage {
		return &pgproto3.Describe{ObjectType: kind, Name: name}
	}
	drop := func(kind byte, name string) pgproto3.FrontendMessage {
		return &pgproto3.Close{ObjectType: kind, Name: name}
	}
	query := func(sql string) pgproto3.FrontendMessage { return &pgproto3.Query{String: sql} }
	sync := &pgproto3.Sync{}
	f := rawConn(t, startServer(t, Config{})) // one connection: what is named stays
	type messages = []pgproto3.FrontendMessage
	for _, c := range []struct {
		name  string
		send  messages
		ready int
		want  string
	}{
		{"limits suspend a portal", messages{parse("", "rows 3"), bind("", ""), execute("", 2), execute("", 2), execute("", 2), sync}, 1,
			"ParseComplete, BindComplete, 0, 1, PortalSuspended, 2, SELECT 3, SELECT 0, ready I"},
		{"a limit that is the number of rows", messages{parse("", "rows 2"), bind("", ""), execute("", 2), execute("", 2), sync}, 1,
			"ParseComplete, BindComplete, 0, 1, PortalSuspended, SELECT 2, ready I"},
		{"portals can be interleaved", messages{parse("a", "rows 3"), bind("p", "a"), bind("q", "a"), execute("p", 1), execute("q", 1), execute("p", 1), execute("q", 0), execute("p", 0), sync}, 1,
			"ParseComplete, BindComplete, BindComplete, 0, PortalSuspended, 0, PortalSuspended, 1, PortalSuspended, 1, 2, SELECT 3, 2, SELECT 3, ready I"},
		{"portals end with their transaction", messages{bind("p", "a"), execute("p", 1), sync, execute("p", 1), sync}, 2,
			"BindComplete, 0, PortalSuspended, ready I, ErrorResponse 34000, ready I"},
		{"and outlive Sync inside of one", messages{query("begin"), bind("p", "a"), execute("p", 1), sync, parse("", "put x"), execute("p", 0), sync, query("commit"), execute("p", 0), sync}, 5,
			"BEGIN, ready T, BindComplete, 0, PortalSuspended, ready T, ParseComplete, 1, 2, SELECT 3, ready T, COMMIT, ready I, ErrorResponse 34000, ready I"},
		{"an error skips until Sync", messages{parse("", "nonsense"), bind("", ""), query("rows 1"), execute("", 0), sync, query("rows 1")}, 2,
			"ErrorResponse 42601, ready I, RowDescription, 0, SELECT 1, ready I"},
		{"an empty statement", messages{parse("", " ; "), bind("", ""), describe('P', ""), execute("", 0), sync, query("")}, 2,
			"ParseComplete, BindComplete, NoData, EmptyQueryResponse, ready I, EmptyQueryResponse, ready I"},
		{"several statements cannot be prepared", messages{parse("", "rows 1; rows 2"), sync}, 1, "ErrorResponse 42601, ready I"},
		{"named statements stay", messages{parse("a", "rows 1"), sync, describe('S', "a"), sync}, 2,
			"ErrorResponse 42P05, ready I, ParameterDescription, RowDescription, ready I"},
		{"until they are closed", messages{drop('S', "a"), drop('S', "a"), bind("", "a"), sync}, 1,
			"CloseComplete, CloseComplete, ErrorResponse 26000, ready I"},
		{"the unnamed one ends with a simple query", messages{parse("", "rows 1"), sync, query("put y"), bind("", ""), sync}, 3,
			"ParseComplete, ready I, INSERT 0 1, ready I, ErrorResponse 26000, ready I"},
		{"closing a statement closes its portals", messages{parse("b", "rows 9"), bind("p", "b"), execute("p", 1), drop('S', "b"), execute("p", 1), sync}, 1,
			"ParseComplete, BindComplete, 0, PortalSuspended, CloseComplete, ErrorResponse 34000, ready I"},
		{"a portal's name is taken", messages{parse("c", "rows 9"), bind("p", "c"), bind("p", "c"), sync}, 1,
			"ParseComplete, BindComplete, ErrorResponse 42P03, ready I"},
		{"parameters are counted", messages{parse("", "echo integer"), bind("", ""), sync}, 1, "ParseComplete, ErrorResponse 08P01, ready I"},
		{"formats are counted", messages{&pgproto3.Bind{PreparedStatement: "c", ResultFormatCodes: []int16{0, 0, 0}}, sync}, 1, "ErrorResponse 08P01, ready I"},
		{"and are text or binary", messages{&pgproto3.Bind{PreparedStatement: "c", ResultFormatCodes: []int16{2}}, sync}, 1, "ErrorResponse 22023, ready I"},
		{"parameters must be of their type", messages{parse("", "echo integer"), &pgproto3.Bind{Parameters: [][]byte{[]byte("x")}}, sync}, 1, "ParseComplete, ErrorResponse 22P02, ready I"},
		{"and in their range", messages{parse("", "echo smallint"), &pgproto3.Bind{Parameters: [][]byte{[]byte("40000")}}, sync}, 1, "ParseComplete, ErrorResponse 22003, ready I"},
		{"function calls are refused", messages{&pgproto3.FunctionCall{Function: 1}, sync}, 2, "ErrorResponse 0A000, ready I, ready I"},
		{"a failed transaction says so", messages{query("begin; fail"), query("rows 1"), query("rollback")}, 3,
			"BEGIN, ErrorResponse 22012, ready E, ErrorResponse 25P02, ready E, ROLLBACK, ready I"},
		{"what is left of a refused COPY is ignored", messages{query("copy"), &pgproto3.CopyData{Data: []byte("1\n")}, &pgproto3.CopyDone{}, query("rows 0")}, 2,
			"ErrorResponse 0A000, ready I, RowDescription, SELECT 0, ready I"},
	} {
		if got := talk(t, f, c.ready, c.send...); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestFlushSendsAnswersWithoutSync: a client may wait in the middle of a group.
func TestFlushSendsAnswersWithoutSync(t *testing.T) {
	f := rawConn(t, startServer(t, Config{}))
	f.Send(&pgproto3.Parse{Query: "rows 1"})
	f.Send(&pgproto3.Bind{})
	f.Send(&pgproto3.Execute{})
	f.Send(&pgproto3.Flush{})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ParseComplete", "BindComplete", "DataRow", "CommandComplete"} {
		msg, err := f.Receive()
		if got := fmt.Sprintf("%T", msg); err != nil || got != "*pgproto3."+want {
			t.Fatalf("got %s, %v, want %s", got, err, want)
		}
	}
}

// TestAnErrorIsToldAtOnce: a client may wait for it before it sends Sync, or
// anything.
func TestAnErrorIsToldAtOnce(t *testing.T) {
	ts := startServer(t, Config{})
	for name, wrong := range map[string][]pgproto3.FrontendMessage{
		"parse":         {&pgproto3.Parse{Query: "nonsense"}, &pgproto3.Flush{}},
		"without flush": {&pgproto3.Parse{Query: "nonsense"}},
		"bind":          {&pgproto3.Bind{PreparedStatement: "nosuch"}, &pgproto3.Flush{}},
		"describe":      {&pgproto3.Describe{ObjectType: 'P', Name: "nosuch"}, &pgproto3.Flush{}},
		"execute":       {&pgproto3.Parse{Query: "fail"}, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Flush{}},
		"a row":         {&pgproto3.Parse{Query: "badrow"}, &pgproto3.Bind{}, &pgproto3.Execute{}, &pgproto3.Flush{}},
		"a subtype":     {&pgproto3.Close{ObjectType: 'x'}},
		"skipped":       {&pgproto3.Execute{Portal: "nosuch"}, &pgproto3.Parse{Query: "rows 1"}, &pgproto3.Flush{}},
	} {
		f := rawConn(t, ts)
		for _, m := range wrong {
			f.Send(m)
		}
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		for {
			msg, err := f.Receive()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, told := msg.(*pgproto3.ErrorResponse); told {
				break
			}
		}
		if got := talk(t, f, 2, &pgproto3.Execute{}, &pgproto3.Sync{}, &pgproto3.Query{String: "rows 0"}); got != "ready I, RowDescription, SELECT 0, ready I" {
			t.Errorf("%s: afterwards: %s", name, got)
		}
	}
}

func TestCopyFromIsRefusedByName(t *testing.T) {
	conn := connect(t, startServer(t, Config{}), "")
	_, err := conn.CopyFrom(testContext(t), pgx.Identifier{"t"}, []string{"a"}, pgx.CopyFromRows([][]any{{1}}))
	if sqlstate(err) != "0A000" {
		t.Errorf("got %v", err)
	}
	if err := conn.Ping(testContext(t)); err != nil {
		t.Error(err)
	}
}
