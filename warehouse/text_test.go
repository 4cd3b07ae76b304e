package warehouse

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"leat/redshift"
)

// An expression that cuts text used to end the process at one record.
func TestAViewCutsTextAtACharactersEnd(t *testing.T) {
	f := newFixture(t)
	stream := newFakeStream("first")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default")
	f.do(`CREATE MATERIALIZED VIEW v AS SELECT REVERSE(JSON_PARSE(kinesis_data).c::varchar(3)) AS r, kinesis_data::varchar(8) AS d,
		UPPER(JSON_EXTRACT_PATH_TEXT(from_varbyte(kinesis_data, 'utf-8'), 'c')::char(5)) AS u FROM kds.events`)
	stream.put(`{"c":"ééé"}`, `{"c":"日本"}`, `{"c":"a😀b"}`, `{"c":"x"}`, `{"c":`+"\"\xc3\"}")
	f.do("REFRESH MATERIALIZED VIEW v")
	f.reopen()
	got := fmt.Sprint(f.do("SELECT r, d, u FROM v ORDER BY r"))
	if want := `[[a {"c":"a A😀] [x {"c":"x" X] [é {"c":"é ÉÉ] [日 {"c":" 日]]`; got != want {
		t.Errorf("the view has %s, want %s", got, want)
	}
	if n := f.raw("SELECT count(*) FROM leat.quarantine")[0]; n != int64(1) {
		t.Errorf("%v records are in quarantine, want the one that is no UTF-8", n)
	}
}

func TestARecordThatWouldMakeAHugeTextIsQuarantined(t *testing.T) {
	for name, x := range map[string]string{
		"lpad":    "LPAD('a', JSON_PARSE(kinesis_data).n::int, 'x')",
		"rpad":    "RPAD('é', JSON_PARSE(kinesis_data).n::int)",
		"repeat":  "REPEAT('x', JSON_PARSE(kinesis_data).n::int)",
		"replace": "REPLACE(REPEAT('a', LEAST(JSON_PARSE(kinesis_data).n::int, 60000)), 'a', 'bb')",
		"concat":  "REPEAT('x', LEAST(JSON_PARSE(kinesis_data).n::int, 60000)) || REPEAT('x', LEAST(JSON_PARSE(kinesis_data).n::int, 60000))",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			stream := newFakeStream("first")
			f.streams.set("events", stream)
			f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default")
			f.do("CREATE MATERIALIZED VIEW v AS SELECT " + x + " AS x, sequence_number FROM kds.events")
			stream.put(`{"n":5}`, `{"n":2000000000}`, `{"n":7}`)
			f.do("REFRESH MATERIALIZED VIEW v")
			checkLedger(t, f, 2, 0, 1)
			if reason := fmt.Sprint(f.do("SELECT reason FROM leat_quarantine")); !strings.Contains(reason, "value too long for type character varying(65535)") {
				t.Errorf("the reason is %s", reason)
			}
		})
	}
}

// Planning has an end, whatever the statement: it is refused, answered, or
// cancelled in time.
func TestPlanningHeedsTheStatementsTimeout(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (n int, x varchar(20))")
	f.do("INSERT INTO t VALUES (1, '1'), (2, '2'), (70000, '70000')")
	list := func(n int, format, between string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = strings.ReplaceAll(format, "%", fmt.Sprint(i))
		}
		return strings.Join(items, between)
	}
	joined := "(SELECT n FROM t)"
	for range 14 {
		joined = "(SELECT a.n FROM " + joined + " a JOIN " + joined + " b ON a.n = b.n)"
	}
	for name, c := range map[string]struct{ sql, want string }{
		"equal to one of many":       {"SELECT count(*) FROM t WHERE " + list(50_000, "n = %", " OR "), "2"},
		"either of many pairs":       {"SELECT count(*) FROM t WHERE " + list(2_000, "(n = % AND x = '%')", " OR "), "2"},
		"in many numbers":            {"SELECT count(*) FROM t WHERE n IN (" + list(200_000, "%", ",") + ")", "3"},
		"not in many numbers":        {"SELECT count(*) FROM t WHERE n NOT IN (" + list(60_000, "%", ",") + ")", "1"},
		"in many texts":              {"SELECT count(*) FROM t WHERE x IN (" + list(100_000, "'%'", ",") + ")", "3"},
		"many numbers among results": {"SELECT sum(CASE WHEN n * 2 IN (" + list(1_000, "%", ",") + ") THEN 1 ELSE 0 END) FROM t", "2"},
		"a tree of joins":            {"SELECT count(*) FROM " + joined + " q", ""},
		"nested division":            {"SELECT 1 FROM t WHERE " + strings.Repeat("(1/", 25) + "n" + strings.Repeat(")", 25) + " = 5", "division by zero"},
	} {
		t.Run(name, func(t *testing.T) {
			timeout := 60_000
			if c.want == "" {
				timeout = 2_000
			}
			f.do(fmt.Sprint("SET statement_timeout TO ", timeout))
			start := time.Now()
			rows, err := try(f.session, c.sql)
			took := time.Since(start)
			var e *redshift.Error
			switch {
			case c.want == "" && errors.As(err, &e) && (e.SQLSTATE == "57014" || e.SQLSTATE == "54001"):
			case err != nil && strings.Contains(err.Error(), c.want) && c.want != "":
			case err != nil:
				t.Errorf("%v", err)
			case c.want != "" && fmt.Sprint(rows[0][0]) != c.want:
				t.Errorf("gives %v, want %s", rows[0][0], c.want)
			}
			if took > time.Duration(timeout)*time.Millisecond+20*time.Second {
				t.Errorf("took %v under a timeout of %d ms", took, timeout)
			}
		})
	}
}

// A view that names the one below four times costs four times as much: making and
// reading such views ends with the statement's timeout.
func TestViewsOfViewsArePlannedInTime(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (n int)")
	f.do("CREATE VIEW v0 AS SELECT n FROM t")
	f.do("SET statement_timeout TO 1000")
	for i := 1; i < 9; i++ {
		start := time.Now()
		_, err := try(f.session, fmt.Sprintf("CREATE VIEW v%d AS SELECT a.n FROM v%[2]d a, v%[2]d b, v%[2]d c, v%[2]d d", i, i-1))
		if err == nil {
			_, err = try(f.session, fmt.Sprintf("SELECT count(*) FROM v%d", i))
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Fatalf("level %d took %v under a timeout of 1 s", i, took)
		}
		var e *redshift.Error
		if errors.As(err, &e) && e.SQLSTATE == "57014" {
			return
		}
	}
	t.Error("no level came to the timeout")
}
