package duck_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"leat/duck"
)

func openMemory(t testing.TB, cfg duck.Config) (*duck.DB, *duck.Conn) {
	t.Helper()
	db, err := duck.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		db.Close()
	})
	return db, conn
}

func exec(t testing.TB, conn *duck.Conn, sql string, args ...any) int64 {
	t.Helper()
	n, err := conn.Exec(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func row(t testing.TB, conn *duck.Conn, sql string, args ...any) []any {
	t.Helper()
	values, err := conn.Row(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return values
}

func TestValuesComeOutAsGoTypes(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	for sql, want := range map[string]any{
		"true":                          true,
		"1::smallint":                   int16(1),
		"-2::integer":                   int32(-2),
		"9223372036854775807::bigint":   int64(9223372036854775807),
		"1.5::float":                    float32(1.5),
		"2.25::double":                  2.25,
		"-1.05::decimal(4,2)":           duck.Decimal("-1.05"),
		"0.007::decimal(9,3)":           duck.Decimal("0.007"),
		"12345678901.25::decimal(18,2)": duck.Decimal("12345678901.25"),
		"-170141183460469231731687303715884105727::hugeint": duck.Decimal("-170141183460469231731687303715884105727"),
		"1234567890123456789012345.678::decimal(38,3)":      duck.Decimal("1234567890123456789012345.678"),
		"'short'":                                     "short",
		"'longer than twelve bytes, ä'":               "longer than twelve bytes, ä",
		`'\x00\xFF'::blob`:                            []byte{0, 0xFF},
		"date '1969-12-31'":                           time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC),
		"timestamp '2024-03-17 01:02:03.000004'":      time.Date(2024, 3, 17, 1, 2, 3, 4000, time.UTC),
		"time '01:02:03'":                             time.Hour + 2*time.Minute + 3*time.Second,
		"timetz '01:02:03+02'":                        duck.TimeTZ{SinceMidnight: time.Hour + 2*time.Minute + 3*time.Second, OffsetSeconds: 7200},
		"interval '1 month 2 days 3 seconds'":         duck.Interval{Months: 1, Days: 2, Micros: 3_000_000},
		"uuid '00112233-4455-6677-8899-aabbccddeeff'": "00112233-4455-6677-8899-aabbccddeeff",
		"'b'::enum('a', 'b')":                         "b",
		"[1, null]":                                   []any{int32(1), nil},
		"{'a': 'x', 'b': [true]}":                     []any{"x", []any{true}},
		"map {'k': 7}":                                []any{[]any{"k", int32(7)}},
		`'{"a":1}'::json`:                             `{"a":1}`,
		"null":                                        nil,
	} {
		if diff := cmp.Diff([]any{want}, row(t, conn, "SELECT "+sql)); diff != "" {
			t.Errorf("%s:\n%s", sql, diff)
		}
	}
}

func TestJSONIsTextWithAnAlias(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	stmt, err := conn.Prepare(t.Context(), `SELECT '{}'::json AS j, 'x' AS v, 1.5::decimal(4,2) AS d`)
	if err != nil {
		t.Fatal(err)
	}
	defer stmt.Close()
	want := []duck.Column{
		{Name: "j", Type: duck.Type{ID: duck.TypeVarchar, Alias: "JSON"}},
		{Name: "v", Type: duck.Type{ID: duck.TypeVarchar}},
		{Name: "d", Type: duck.Type{ID: duck.TypeDecimal, Width: 4, Scale: 2}},
	}
	if diff := cmp.Diff(want, stmt.Columns()); diff != "" {
		t.Error(diff)
	}
}

func TestArgumentsReachTheirParameters(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	moment := time.Date(2024, 3, 17, 1, 2, 3, 4000, time.UTC)
	got := row(t, conn, "SELECT $1::bigint, $2::varchar, $3::blob, $4::double, $5::boolean, $6::timestamp, $7::varchar",
		int64(7), "seven", []byte{7, 0}, 7.5, true, moment, nil)
	if diff := cmp.Diff([]any{int64(7), "seven", []byte{7, 0}, 7.5, true, moment, nil}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := conn.Exec(t.Context(), "SELECT $1::varchar", "\xff"); duck.TypeOf(err) != duck.InvalidInput {
		t.Errorf("text that is not UTF-8: %v, want an error of type %s", err, duck.InvalidInput)
	}
	if _, err := conn.Exec(t.Context(), "SELECT $1::varchar"); duck.TypeOf(err) != duck.InvalidInput {
		t.Errorf("a missing argument: %v, want an error of type %s", err, duck.InvalidInput)
	}
}

func TestErrorsCarryTheirType(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	exec(t, conn, "CREATE TABLE t (i INTEGER NOT NULL)")
	for sql, want := range map[string]duck.ErrorType{
		"selec":                         duck.Parser,
		"SELECT nope FROM t":            duck.Binder,
		"SELECT * FROM nope":            duck.Catalog,
		"SELECT 'x'::integer":           duck.Conversion,
		"INSERT INTO t VALUES (NULL)":   duck.Constraint,
		"SELECT 300::utinyint":          duck.Conversion,
		"SELECT 2147483647 + 1::int":    duck.OutOfRange,
		"SELECT error('of the user')":   duck.InvalidInput,
		"COMMIT":                        duck.Transaction,
		"CREATE TABLE t (i INTEGER)":    duck.Catalog,
		"SELECT * FROM leat_batch(0)":   duck.Binder,
		"SELECT * FROM leat_batch(-1)":  duck.Binder,
		"SELECT * FROM leat_batch(1e9)": duck.Binder,
	} {
		if _, err := conn.Exec(t.Context(), sql); duck.TypeOf(err) != want {
			t.Errorf("%s: %v, want an error of type %s", sql, err, want)
		}
	}
}

func TestContextEndsAQuery(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := conn.Exec(ctx, "SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range * b.range = -1")
	if duck.TypeOf(err) != duck.Interrupt {
		t.Fatalf("got %v, want an error of type %s", err, duck.Interrupt)
	}
	if got := row(t, conn, "SELECT 1"); got[0] != int32(1) {
		t.Errorf("the connection is not usable after an interrupt: %v", got)
	}
}

func TestResultsAreStreamed(t *testing.T) {
	_, conn := openMemory(t, duck.Config{MemoryBytes: 64 << 20})
	result, err := conn.Query(t.Context(), "SELECT repeat('x', 1000) AS text FROM range(1000000)")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Close()
	rows := 0
	for chunk := result.NextChunk(); chunk != nil; chunk = result.NextChunk() {
		rows += chunk.Rows()
	}
	if result.Err() != nil || rows != 1_000_000 {
		t.Errorf("read %d rows, %v; want 1000000 (1 GB) through 64 MiB of memory", rows, result.Err())
	}
}

func TestAFailureInTheMiddleOfAResultIsReported(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	result, err := conn.Query(t.Context(), "SELECT CASE WHEN range = 900000 THEN error('late') ELSE range END FROM range(1000000)")
	if err == nil {
		defer result.Close()
		for result.Next() {
		}
		err = result.Err()
	}
	if duck.TypeOf(err) != duck.InvalidInput {
		t.Errorf("got %v, want the late error", err)
	}
}

func TestSQLReachesNothingOutsideItsFolders(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, conn := openMemory(t, duck.Config{Path: filepath.Join(t.TempDir(), "test.duckdb"), Folders: []string{inside}})
	for _, sql := range []string{
		"SELECT * FROM read_csv(" + duck.Literal(secret) + ")",
		"SELECT * FROM " + duck.Literal(secret),
		"SELECT * FROM read_text(" + duck.Literal(inside+"/../"+filepath.Base(outside)+"/secret.csv") + ")",
		"SELECT * FROM glob('/*')",
		"COPY (SELECT 1) TO " + duck.Literal(filepath.Join(outside, "out.csv")),
		"ATTACH " + duck.Literal(filepath.Join(outside, "other.duckdb")),
		"INSTALL httpfs",
		"LOAD httpfs",
		"SET enable_external_access = true",
		"SET temp_directory = '/tmp'",
		"SET lock_configuration = false",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s succeeded", sql)
		}
	}
	exec(t, conn, "COPY (SELECT 42 AS answer) TO "+duck.Literal(filepath.Join(inside, "out.csv")))
	if got := row(t, conn, "SELECT answer FROM read_csv("+duck.Literal(filepath.Join(inside, "out.csv"))+")"); got[0] != int64(42) {
		t.Errorf("a file in an allowed folder reads back as %v", got)
	}
}

func TestADatabaseKeepsWhatWasCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept.duckdb")
	for round := range 3 {
		db, err := duck.Open(duck.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := db.Connect()
		if err != nil {
			t.Fatal(err)
		}
		exec(t, conn, "CREATE TABLE IF NOT EXISTS t (i INTEGER)")
		exec(t, conn, "INSERT INTO t VALUES (1)")
		if err := conn.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		exec(t, conn, "INSERT INTO t VALUES (100)")
		if got := row(t, conn, "SELECT count(*) FROM t WHERE i = 1"); got[0] != int64(round+1) {
			t.Errorf("round %d: %v rows", round, got[0])
		}
		conn.Close()
		db.Close()
	}
}

func TestADamagedFileIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "damaged.duckdb")
	if err := os.WriteFile(path, []byte("this is no database, whatever its name says, and long enough to have a header"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := duck.Open(duck.Config{Path: path}); duck.TypeOf(err) != duck.IO {
		t.Errorf("got %v, want an error of type %s", err, duck.IO)
	}
}

// A plan is made with the tables' statistics; see Conn.
func TestRowsThatComeAfterPrepareAreRead(t *testing.T) {
	db, conn := openMemory(t, duck.Config{})
	exec(t, conn, "CREATE TABLE t (i BIGINT, text VARCHAR)")
	for round, query := range []string{"SELECT text FROM t WHERE i >= 0 ORDER BY i", "SELECT text FROM t WHERE i >= $1::bigint ORDER BY i"} {
		var args []any
		if round == 1 {
			args = []any{int64(0)}
		}
		exec(t, conn, "DELETE FROM t")
		if got := row(t, conn, query, args...); got != nil {
			t.Errorf("an empty table has row %v", got)
		}
		other, err := db.Connect()
		if err != nil {
			t.Fatal(err)
		}
		exec(t, other, "INSERT INTO t VALUES (7, 'longer than anything that was there')")
		other.Close()
		if diff := cmp.Diff([]any{"longer than anything that was there"}, row(t, conn, query, args...)); diff != "" {
			t.Errorf("%s:\n%s", query, diff)
		}
	}
}
