package pgwire

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func connect(t *testing.T, ts *testServer, more string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(testContext(t), fmt.Sprintf("postgres://admin@%s/dev?sslmode=disable&%s", ts.addr, more))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func sqlstate(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code
	}
	return fmt.Sprint(err)
}

func list(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	r, err := conn.Query(testContext(t), "list")
	if err != nil {
		t.Fatal(err)
	}
	items, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// TestEveryQueryModeOfPgxReadsTheSameRows covers simple and extended protocol, with
// and without prepared statements, text and binary.
func TestEveryQueryModeOfPgxReadsTheSameRows(t *testing.T) {
	ts := startServer(t, Config{})
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			// pgx writes values into the text in one mode only, and then wants this.
			conn := connect(t, ts, "standard_conforming_strings=on&default_query_exec_mode="+mode)
			for range 2 {
				r, err := conn.Query(testContext(t), "rows 3000")
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for ; r.Next(); n++ {
					var i int
					var s string
					if err := r.Scan(&i, &s); err != nil {
						t.Fatal(err)
					}
					if i != n || s != fmt.Sprint("row ", n) {
						t.Fatalf("row %d is (%d, %q)", n, i, s)
					}
				}
				if r.Err() != nil || n != 3000 || r.CommandTag().String() != "SELECT 3000" {
					t.Fatalf("%d rows, tag %q, error %v", n, r.CommandTag(), r.Err())
				}
			}
		})
	}
}

// TestTypesArriveTheSameInTextAndBinary reads one value of every type in both
// formats and expects the same Go value.
func TestTypesArriveTheSameInTextAndBinary(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "options=-c%20extra_float_digits%3D2")
	read := func(format int16) []any {
		formats := make(pgx.QueryResultFormats, len(memTypes))
		for i := range formats {
			formats[i] = format
		}
		r, err := conn.Query(testContext(t), "types", formats)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if !r.Next() {
			t.Fatal(r.Err())
		}
		values, err := r.Values()
		if err != nil {
			t.Fatal(err)
		}
		return values
	}
	text, binary := read(0), read(1)
	for i, c := range memTypes {
		if c.t.Name == "varbyte" {
			// Hexadecimal as text, bytes in binary: pgx does not know the type.
			text[i], binary[i] = fmt.Sprintf("%s", text[i]), fmt.Sprintf("%x", binary[i])
		}
		if c.t.Name == "super" || c.t.Name == "geometry" {
			text[i], binary[i] = fmt.Sprintf("%s", text[i]), fmt.Sprintf("%s", binary[i])
		}
		if fmt.Sprint(text[i]) != fmt.Sprint(binary[i]) {
			t.Errorf("%s: text %#v, binary %#v", c.t.Name, text[i], binary[i])
		}
		if (text[i] == nil) != (c.v == nil) {
			t.Errorf("%s: got %#v for %#v", c.t.Name, text[i], c.v)
		}
	}
}

func TestParametersArriveInBothFormats(t *testing.T) {
	ts := startServer(t, Config{})
	for _, mode := range []string{"cache_statement", "exec"} {
		conn := connect(t, ts, "default_query_exec_mode="+mode)
		var a, b int
		var c float64
		var d string
		var e bool
		var f *string
		err := conn.QueryRow(testContext(t), "echo bigint smallint double_precision varchar boolean varchar",
			int64(1)<<40, 7, 2.5, "it's", true, nil).Scan(&a, &b, &c, &d, &e, &f)
		if err != nil {
			t.Fatal(mode, err)
		}
		got := fmt.Sprint(a, b, c, d, e, f)
		if want := fmt.Sprint(1<<40, 7, 2.5, "it's", true, nil); got != want && got != "1099511627776 7 2.5 it's true <nil>" {
			t.Errorf("%s: got %s, want %s", mode, got, want)
		}
	}
}

// TestUntypedParametersTakeWhateverTheProgramHas: drivers must not refuse a number
// because the statement does not tell the parameter's type.
func TestUntypedParametersTakeWhateverTheProgramHas(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "")
	for _, arg := range []any{42, "42", int64(42)} {
		var got string
		if err := conn.QueryRow(testContext(t), "echo unknown", arg).Scan(&got); err != nil || got != "42" {
			t.Errorf("%T: %q, %v", arg, got, err)
		}
	}
}

func TestOneMessageIsOneTransaction(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "")
	for _, c := range []struct {
		name, sql, err string
		want           []string
	}{
		{"all commit", "put a; put b", "", []string{"a", "b"}},
		{"an error undoes all", "put c; put d; fail; put e", "22012", []string{"a", "b"}},
		{"a syntax error runs nothing", "put c; syntax", "42601", []string{"a", "b"}},
		{"commit inside keeps what was before", "put c; commit; put d; fail", "22012", []string{"a", "b", "c"}},
		{"begin inside makes it the client's", "put d; begin; put e", "", []string{"a", "b", "c", "d", "e"}},
		{"which the client may undo", "rollback", "", []string{"a", "b", "c"}},
		{"a block of its own", "begin; put d; commit; put e; put f", "", []string{"a", "b", "c", "d", "e", "f"}},
	} {
		_, err := conn.PgConn().Exec(testContext(t), c.sql).ReadAll()
		if (err != nil || c.err != "") && sqlstate(err) != c.err {
			t.Fatalf("%s: error %v, want %q", c.name, err, c.err)
		}
		if diff := cmp.Diff(c.want, list(t, conn)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestABatchIsOneTransaction: the statements of a pipeline between two Syncs.
func TestABatchIsOneTransaction(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "default_query_exec_mode=exec")
	var good, bad pgx.Batch
	good.Queue("put a")
	good.Queue("put b")
	bad.Queue("put c")
	bad.Queue("fail")
	bad.Queue("put d")
	if err := conn.SendBatch(testContext(t), &good).Close(); err != nil {
		t.Fatal(err)
	}
	if err := conn.SendBatch(testContext(t), &bad).Close(); sqlstate(err) != "22012" {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, list(t, conn)); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsAndNoticesCarryTheirParts(t *testing.T) {
	ts := startServer(t, Config{})
	cfg, err := pgx.ParseConfig(fmt.Sprintf("postgres://admin@%s/dev?sslmode=disable", ts.addr))
	if err != nil {
		t.Fatal(err)
	}
	var notices []string
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { notices = append(notices, n.Severity+" "+n.Message) }
	conn, err := pgx.ConnectConfig(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var pgErr *pgconn.PgError
	if _, err := conn.Exec(testContext(t), "rows 1; syntax", pgx.QueryExecModeSimpleProtocol); !errors.As(err, &pgErr) {
		t.Fatal(err)
	}
	if pgErr.Severity != "ERROR" || pgErr.Position != 9 || pgErr.Hint != "Do not." {
		t.Errorf("%+v", pgErr)
	}
	if _, err := conn.Exec(testContext(t), "fail"); !errors.As(err, &pgErr) || pgErr.Detail != "As asked." {
		t.Error(err)
	}
	if _, err := conn.Exec(testContext(t), "notice"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"INFO for your information"}, notices); diff != "" {
		t.Error(diff)
	}
}

// TestAFailureInTheMiddleOfRowsIsTold: some rows have been sent when it happens.
func TestAFailureInTheMiddleOfRowsIsTold(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "")
	r, _ := conn.Query(testContext(t), "badrow")
	n := 0
	for r.Next() {
		n++
	}
	if n != 3 || sqlstate(r.Err()) != "22012" {
		t.Errorf("%d rows, error %v", n, r.Err())
	}
	if err := conn.Ping(testContext(t)); err != nil {
		t.Error(err)
	}
}

func TestCancelStopsTheStatement(t *testing.T) {
	ts := startServer(t, Config{})
	conn := connect(t, ts, "")
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "block")
		done <- err
	}()
	<-ts.engine.blocked
	if err := conn.PgConn().CancelRequest(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; sqlstate(err) != "57014" {
		t.Errorf("got %v", err)
	}
	if err := conn.Ping(testContext(t)); err != nil {
		t.Errorf("the connection is of no use afterwards: %v", err)
	}
}

// TestCancelNeedsTheSecret: somebody else's guess does nothing.
func TestCancelNeedsTheSecret(t *testing.T) {
	ts := startServer(t, Config{})
	victim, other := connect(t, ts, ""), connect(t, ts, "")
	done := make(chan error, 1)
	go func() {
		_, err := victim.Exec(context.Background(), "block")
		done <- err
	}()
	<-ts.engine.blocked
	ts.cancel.cancel(victim.PgConn().PID(), other.PgConn().SecretKey())
	ts.cancel.cancel(victim.PgConn().PID(), nil)
	select {
	case err := <-done:
		t.Fatalf("cancelled without the secret: %v", err)
	default:
	}
	ts.cancel.cancel(victim.PgConn().PID(), victim.PgConn().SecretKey())
	if err := <-done; sqlstate(err) != "57014" {
		t.Errorf("got %v", err)
	}
}
