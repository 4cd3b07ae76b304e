package pgwire

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

func connectWarehouse(t *testing.T, addr, more string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(testContext(t), "postgres://admin@"+addr+"/dev?sslmode=disable&"+more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

const everyType = `CREATE TABLE every_type (
	a smallint, b integer, c bigint, d numeric(18,4), e real, f double precision, g boolean, h char(5), i varchar(20),
	j date, k timestamp, l timestamptz, m time, n super, o varbyte(10), p varchar(20))`

// TestTypesThroughTheWarehouse writes values as parameters, text and binary, and
// reads them back in both formats.
func TestTypesThroughTheWarehouse(t *testing.T) {
	addr := serveWarehouse(t)
	conn := connectWarehouse(t, addr, "")
	if _, err := conn.Exec(testContext(t), everyType); err != nil {
		t.Fatal(err)
	}
	moment := time.Date(2024, 2, 29, 1, 2, 3, 456_000_000, time.UTC)
	args := []any{int16(-5), int32(70000), int64(1) << 40, "12345.6700", float32(1.5), 0.25, true, "ab", "żółw",
		moment.Truncate(24 * time.Hour), moment, moment, "13:05:00", `{"a":[1,2]}`, []byte("abc"), nil}
	_, err := conn.Exec(testContext(t), `INSERT INTO every_type VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, JSON_PARSE($14), $15, $16)`, args...)
	if err != nil {
		t.Fatal(err)
	}
	want := "-5 70000 1099511627776 12345.6700 1.5 0.25 true ab    żółw 2024-02-29 2024-02-29T01:02:03.456Z 2024-02-29T01:02:03.456Z 13:05:00 {\"a\":[1,2]} 616263 <nil>"
	for _, format := range []int16{0, 1} {
		r, err := conn.Query(testContext(t), "SELECT * FROM every_type", pgx.QueryResultFormats{format})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Next() {
			t.Fatal(r.Err())
		}
		var (
			a       int16
			b       int32
			c       int64
			d       string
			e       float32
			f       float64
			g       bool
			h, i    string
			j, k, l time.Time
			m, n, o string
			p       *string
		)
		if err := r.Scan(&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l, &m, &n, &o, &p); err != nil {
			t.Fatal(err)
		}
		if format == 1 {
			o = fmt.Sprintf("%x", o)
		}
		got := fmt.Sprint(a, " ", b, " ", c, " ", d, " ", e, " ", f, " ", g, " ", h, " ", i, " ", j.Format("2006-01-02"), " ",
			k.Format(time.RFC3339Nano), " ", l.UTC().Format(time.RFC3339Nano), " ", strings.TrimSuffix(m, ".000000"), " ", n, " ", o, " ", p)
		if got != want {
			t.Errorf("format %d:\n got %s\nwant %s", format, got, want)
		}
		r.Close()
	}
}

// TestPortalsOverTheWarehouse: one that is suspended stays readable while others
// run.
func TestPortalsOverTheWarehouse(t *testing.T) {
	conn := connectWarehouse(t, serveWarehouse(t), "")
	for _, sql := range []string{"CREATE TABLE n (i integer)", "INSERT INTO n VALUES (1), (2), (3)"} {
		if _, err := conn.Exec(testContext(t), sql); err != nil {
			t.Fatal(err)
		}
	}
	hijacked, err := conn.PgConn().Hijack()
	if err != nil {
		t.Fatal(err)
	}
	defer hijacked.Conn.Close()
	got := talk(t, hijacked.Frontend, 3,
		&pgproto3.Query{String: "BEGIN"},
		&pgproto3.Parse{Name: "s", Query: "SELECT i FROM n ORDER BY i"},
		&pgproto3.Bind{DestinationPortal: "p", PreparedStatement: "s"},
		&pgproto3.Execute{Portal: "p", MaxRows: 1},
		&pgproto3.Parse{Query: "UPDATE n SET i = i + 10"},
		&pgproto3.Bind{},
		&pgproto3.Execute{},
		&pgproto3.Execute{Portal: "p"},
		&pgproto3.Sync{},
		&pgproto3.Query{String: "ROLLBACK"})
	want := "BEGIN, ready T, ParseComplete, BindComplete, 1, PortalSuspended, ParseComplete, BindComplete, UPDATE 3, 2, 3, SELECT 3, ready T, ROLLBACK, ready I"
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// TestCancelReachesTheWarehouse: by the context of pgx, which hangs up, and by a
// cancel request, after which the connection is as good as before.
func TestCancelReachesTheWarehouse(t *testing.T) {
	conn := connectWarehouse(t, serveWarehouse(t), "")
	if _, err := conn.Exec(testContext(t), "CREATE TABLE n AS SELECT 1 AS i UNION ALL SELECT 2"); err != nil {
		t.Fatal(err)
	}
	for range 14 {
		if _, err := conn.Exec(testContext(t), "INSERT INTO n SELECT i FROM n"); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "SELECT count(*) FROM n a, n b, n c WHERE a.i + b.i + c.i = 7")
		done <- err
	}()
	// A cancel request that comes before the statement has begun is lost, as in
	// PostgreSQL; so it is sent until it meets the statement.
	pid, secret := conn.PgConn().PID(), conn.PgConn().SecretKey()
	for {
		select {
		case err := <-done:
			if sqlstate(err) != "57014" {
				t.Errorf("got %v", err)
			}
			if err := conn.Ping(testContext(t)); err != nil {
				t.Error(err)
			}
			return
		case <-time.After(5 * time.Millisecond):
			sendCancel(t, conn.Config().Port, pid, secret)
		}
	}
}

func TestBatchesAndLibPQOverTheWarehouse(t *testing.T) {
	addr := serveWarehouse(t)
	conn := connectWarehouse(t, addr, "")
	var batch pgx.Batch
	batch.Queue("CREATE TABLE n (i integer, s varchar(10))")
	if err := conn.SendBatch(testContext(t), &batch).Close(); err != nil {
		t.Fatal(err)
	}
	var more pgx.Batch
	for i := range 10 {
		more.Queue("INSERT INTO n VALUES ($1, $2)", i, fmt.Sprint("n", i))
	}
	more.Queue("SELECT 1 / 0")
	if err := conn.SendBatch(testContext(t), &more).Close(); sqlstate(err) != "22012" {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", "postgres://admin@"+addr+"/dev?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM n").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows of a batch that failed, %v", n, err)
	}
	if _, err := db.Exec("INSERT INTO n VALUES ($1, $2), ($3, NULL)", 1, "x", 2); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow("SELECT count(*) FROM n WHERE i >= $1 AND (s = $2 OR s IS NULL)", 1, "x").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d, %v", n, err)
	}
}

func sendCancel(t *testing.T, port uint16, pid uint32, secret []byte) {
	t.Helper()
	packet, err := (&pgproto3.CancelRequest{ProcessID: pid, SecretKey: secret}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	nc := dial(t, fmt.Sprintf("127.0.0.1:%d", port))
	defer nc.Close()
	if _, err := nc.Write(packet); err != nil {
		t.Error(err)
	}
}
