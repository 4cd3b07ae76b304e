package warehouse

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"leat/redshift"

	"github.com/google/go-cmp/cmp"
)

// expect runs SQL and compares the rows.
func (f *fixture) expect(sql string, want ...[]any) {
	f.t.Helper()
	if diff := cmp.Diff(want, f.do(sql)); diff != "" {
		f.t.Errorf("%s (-want +got):\n%s", sql, diff)
	}
}

// storeRaw runs DuckDB's own SQL, as an earlier version would have.
func (f *fixture) storeRaw(sql string) {
	f.t.Helper()
	conn, err := f.db.Connect()
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

func TestAViewKeepsRecordsWhoseValueIsAnObjectOrArray(t *testing.T) {
	f, stream := withView(t, false)
	f.do(`CREATE MATERIALIZED VIEW w AS SELECT JSON_PARSE(kinesis_data).id::int AS id,
		CASE WHEN JSON_PARSE(kinesis_data).u IS NULL THEN 'none' ELSE JSON_TYPEOF(JSON_PARSE(kinesis_data).u) END AS kind
		FROM kds.events WHERE JSON_PARSE(kinesis_data).u IS NOT NULL OR JSON_PARSE(kinesis_data).id = 6`)
	stream.put(`{"id":1,"u":{"a":1}}`, `{"id":2,"u":[]}`, `{"id":3,"u":"x"}`, `{"id":4,"u":null}`, `{"id":5}`, `{"id":6.0}`, `{"id":7,"u":0}`)
	f.do("REFRESH MATERIALIZED VIEW w")
	f.expect("SELECT id, kind FROM w ORDER BY id", []any{int32(1), "object"}, []any{int32(2), "array"}, []any{int32(3), "string"}, []any{int32(6), "none"}, []any{int32(7), "number"})
}

func TestWhatIsNotJSONIsABadRecord(t *testing.T) {
	f, stream := withView(t, false)
	f.do(`CREATE MATERIALIZED VIEW w AS SELECT JSON_PARSE(kinesis_data) AS payload FROM kds.events`)
	f.do(`CREATE MATERIALIZED VIEW x AS SELECT JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'id') AS id FROM kds.events`)
	bad := []string{`{"id":NaN}`, `{"id":1,}`, `[1,]`, `{"id":-Infinity}`, `{'id':1}`, `{id:1}`, `{"id":01}`, `{"id":1} x`, `{"id":"\udc00"}`, "{\"id\":\"a\tb\"}", `{"id":1./2}`, ``}
	stream.put(append([]string{`{"id":1.10}`, ` { "id" : 9007199254740993 } `}, bad...)...)
	for _, view := range []string{"v", "w", "x"} {
		f.do("REFRESH MATERIALIZED VIEW " + view)
	}
	f.expect("SELECT payload FROM w ORDER BY payload.id", []any{`{"id":1.10}`}, []any{`{"id":9007199254740993}`})
	f.expect("SELECT id FROM x ORDER BY id", []any{"1.10"}, []any{"9007199254740993"})
	f.expect(fmt.Sprintf("SELECT view_name, count(*) FROM leat_quarantine WHERE error_code = %d GROUP BY 1 ORDER BY 1", codeJSON),
		[]any{"w", int64(len(bad))}, []any{"x", int64(len(bad))})
}

func TestSuperStoredByAnEarlierVersionIsRead(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE old (id int, p super)")
	f.storeRaw(`INSERT INTO public.old VALUES (1, '{"a":NaN,"b":1}'::JSON), (2, ' { "b" : 1.0, "a" : [ 1 , ] } '::JSON), (3, '{"a":1,"a":2}'::JSON), (4, '[Infinity]'::JSON), (5, '"caf\u00e9"'::JSON)`)
	f.reopen()
	f.expect("SELECT id, p.b::int, p.a IS NULL, p.a::float IS NOT NULL FROM old ORDER BY id",
		[]any{int32(1), int32(1), false, true}, []any{int32(2), int32(1), false, false}, []any{int32(3), nil, false, true}, []any{int32(4), nil, true, false}, []any{int32(5), nil, true, false})
	f.expect("SELECT count(*) FROM old a JOIN old b ON a.p.b = b.p.b AND a.id < b.id", []any{int64(1)})
	f.expect(`SELECT p FROM old WHERE p = 'café' OR id = 4 ORDER BY id`, []any{"[Infinity]"}, []any{`"caf\u00e9"`})
	f.expect(`SELECT p.a, p = JSON_PARSE('{"a":1}') FROM old WHERE id = 3`, []any{"1", true})
	f.expect("SELECT e FROM old o, o.p.a e WHERE o.id = 2", []any{"1"})
	f.expect("SELECT count(DISTINCT p), count(*) FROM (SELECT p FROM old GROUP BY p) x", []any{int64(5), int64(5)})
}

// Earlier versions computed with SUPER in DOUBLE PRECISION, and made the columns of
// their views so.
func TestAViewOfAnEarlierVersionGoesOnWithItsColumns(t *testing.T) {
	f, stream := withView(t, false)
	f.do("CREATE MATERIALIZED VIEW w AS SELECT JSON_PARSE(kinesis_data).n * 2 AS twice, JSON_PARSE(kinesis_data).n AS n FROM kds.events")
	f.storeRaw("ALTER TABLE public.w DROP COLUMN twice")
	f.storeRaw("ALTER TABLE public.w ADD COLUMN twice DOUBLE")
	f.storeRaw("UPDATE leat.columns SET type = 'double precision' WHERE relation = 'w' AND name = 'twice'")
	f.reopen()
	stream.put(`{"n":1.25}`, `{"n":"x"}`, `{"n":4}`)
	f.do("REFRESH MATERIALIZED VIEW w")
	f.expect("SELECT twice, n FROM w ORDER BY twice", []any{2.5, "1.25"}, []any{float64(8), "4"}, []any{nil, `"x"`})
}

func TestADefaultOfSuperSurvivesReopening(t *testing.T) {
	f := newFixture(t)
	f.do(`CREATE TABLE t (id int, p super DEFAULT JSON_PARSE('{"a": [1.10]}'))`)
	f.do("INSERT INTO t (id) VALUES (1)")
	f.do("CREATE VIEW tv AS SELECT id, p.a[0] + 1 AS more FROM t")
	f.reopen()
	f.do("INSERT INTO t (id) VALUES (2)")
	f.expect("SELECT id, p, more FROM t JOIN tv USING (id) ORDER BY id", []any{int32(1), `{"a":[1.10]}`, "2.10"}, []any{int32(2), `{"a":[1.10]}`, "2.10"})
}

func TestArithmeticErrorsOfSuperAndDecimalsHaveTheirState(t *testing.T) {
	f := newFixture(t)
	for sql, state := range map[string]string{
		"SELECT JSON_PARSE('99999999999999999999999999999999999999') * 10":                                        "22003",
		"SELECT sum(x) FROM (SELECT JSON_PARSE('99999999999999999999999999999999999999') x UNION ALL SELECT 1) q": "22003",
		"SELECT JSON_PARSE('1e308') * 10":                                                    "22003",
		"SELECT JSON_PARSE('1') / 0":                                                         "22012",
		"SELECT JSON_PARSE('1.5') % JSON_PARSE('0.0')":                                       "22012",
		"SELECT JSON_PARSE('{\"a\":inf}')":                                                   redshift.InvalidJSON,
		"SELECT 99999999999999999999999999999999999999::decimal(38,0) + 1":                   "22003",
		"SELECT 99999999999999999999::decimal(38,0) * 99999999999999999999::decimal(38,0)":   "22003",
		"SELECT 12345678901234567890123456789012345678::decimal(38,0) + 1.5::decimal(38,10)": "22003",
		"SELECT 0.1::decimal(38,30) * 0.1::decimal(38,30)":                                   "22003",
		"SELECT 'NaN'::float::super":                                                         "22003",
	} {
		_, err := try(f.newSession(), sql)
		var e *redshift.Error
		if !errors.As(err, &e) || e.SQLSTATE != state {
			t.Errorf("%s: %v, want SQLSTATE %s", sql, err, state)
		}
	}
}
