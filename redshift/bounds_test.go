package redshift_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"leat/redshift"
)

// bound is how many bytes the translation of n bytes may have.
func bound(n int) int { return 50*n + 64<<10 }

// Each of these doubled with every level, in bytes or in work.
func TestNestingDoesNotMultiplyStatements(t *testing.T) {
	s := newSession(t)
	s.run("CREATE TABLE t (id int, amount decimal(10,2), name varchar(20), d date, flag boolean, p super)")
	nest := func(n int, before, x, after string) string {
		return strings.Repeat(before, n) + x + strings.Repeat(after, n)
	}
	for name, sql := range map[string]string{
		"division":       "SELECT 1 FROM t WHERE " + nest(50, "(1/", "id", ")") + " = 1",
		"remainder":      "SELECT " + nest(50, "(1.5%", "amount", ")") + " FROM t",
		"is true":        "SELECT flag " + strings.Repeat("IS TRUE ", 110) + " FROM t",
		"is not unknown": "SELECT flag " + strings.Repeat("IS NOT UNKNOWN ", 110) + " FROM t",
		"case operand":   "SELECT " + nest(50, "CASE ", "id", " WHEN 1 THEN 2 WHEN 2 THEN 1 END") + " FROM t",
		"case result":    "SELECT " + nest(50, "CASE id+1 WHEN 1 THEN 2 WHEN 2 THEN ", "id", " END") + " FROM t",
		"subqueries":     "SELECT " + nest(25, "(SELECT p.a::int + p.b::int + ", "1", " FROM t)") + " FROM t",
		"nullif":         "SELECT " + nest(90, "nullif(", "id", ", 1)") + " FROM t",
		"decode":         "SELECT " + nest(90, "decode(", "id", ",1,2,3,4,5)") + " FROM t",
		"between":        "SELECT " + nest(50, "(", "id", " BETWEEN 1 AND 2)::int") + " FROM t",
		"add_months":     "SELECT " + nest(50, "add_months(", "d", ", 1)") + " FROM t",
		"quote_ident":    "SELECT " + nest(90, "quote_ident(", "name", ")") + " FROM t",
		"regexp_instr":   "SELECT " + nest(50, "regexp_instr(", "name", ",'a')::varchar") + " FROM t",
		"to_char":        "SELECT " + nest(50, "to_char(", "id", ",'FM000')::int") + " FROM t",
		"comparison":     "SELECT " + nest(50, "(", "p.a", " = p.b)::super") + " FROM t",
		"lateral aliases": "SELECT id+id AS a1" + func() (s string) {
			for i := range 60 {
				s += fmt.Sprintf(", a%d+a%d AS a%d", i+1, i+1, i+2)
			}
			return s
		}() + " FROM t",
	} {
		list, err := redshift.Parse(sql)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tr, err := redshift.Translate(list[0], s, s.set)
		var e *redshift.Error
		switch {
		case name == "subqueries" && err != nil: // two walks in each level make no two translations
			t.Errorf("%s: %v", name, err)
		case errors.As(err, &e) && e.SQLSTATE == "54001" && e.Position > 0:
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case len(tr.SQL) > bound(len(sql)):
			t.Errorf("%s: %d bytes become %d", name, len(sql), len(tr.SQL))
		}
	}
	for sql, want := range map[string]string{ // and what is computed is right
		"SELECT " + nest(25, "(1000/", "7", ")"):                                                   "142",
		"SELECT 1/(SELECT 0)":                                                                      "raised 22012: division by zero",
		"SELECT 7 % (3-3), 1":                                                                      "raised 22012: division by zero",
		"SELECT 7.5 % (1.0-1.0)":                                                                   "raised 22012: division by zero",
		"SELECT -7 / (1+1), 7.0 / (1+1), -7 % (2+1), 7.5 % (2.0+2)":                                "-3 | 3.500000000000 | -1 | 3.5",
		"SELECT true " + strings.Repeat("IS TRUE ", 40):                                            "true",
		"SELECT CASE 1+1 WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END, NULLIF(1+1, 2)":             "b | NULL",
		"SELECT CASE (SELECT 2) WHEN 1 THEN 'a' WHEN 2 THEN (SELECT 'b') END":                      "b",
		"SELECT DECODE(1+1, 3, 'x', 1+1, 'y'), DECODE(NULLIF(1+1,2), NULL, 'null', 'no')":          "y | null",
		"SELECT (1+1) BETWEEN 1 AND 3, (1+1) NOT BETWEEN 1 AND 3, (1+1) BETWEEN SYMMETRIC 3 AND 1": "true | false | true",
	} {
		if got := s.last(sql); got != want {
			t.Errorf("%.80s gives %q, want %q", sql, got, want)
		}
	}
}

// TestChainsThatTakeDuckDBLongAreRefused: what it would plan for ten seconds and
// more, without a look at the clock. What is long but not deep is none of them.
func TestChainsThatTakeDuckDBLongAreRefused(t *testing.T) {
	s := newSession(t)
	s.run("CREATE TABLE t (id int, name varchar(20), p super)")
	chain := func(n int, x, operator string) string { return strings.Repeat(x+operator, n-1) + x }
	columns := func(n int, x string) string { return strings.Repeat(x+", ", n-1) + x }
	cases := ""
	for i := range 1000 {
		cases += fmt.Sprintf(" WHEN id = %d THEN name || '%d'", i, i)
	}
	for sql, refused := range map[string]bool{
		"SELECT " + chain(900, "1", "+") + " FROM t":                                                                    true,
		"SELECT " + chain(900, "id", "-") + " FROM t":                                                                   true,
		"SELECT " + chain(900, "p.a", "*") + " FROM t":                                                                  true,
		"SELECT 1 FROM t WHERE " + chain(900, "id", "+") + " > 1":                                                       true,
		"SELECT sum(" + chain(900, "id", "%") + ") FROM t":                                                              true,
		"SELECT " + columns(200, "("+chain(60, "id", "+")+")") + " FROM t":                                              true,
		"SELECT " + chain(300, "id", "+") + " FROM t":                                                                   false,
		"SELECT " + chain(900, "coalesce(name, '')", "||'-'||") + " FROM t":                                             false,
		"SELECT 1 FROM t WHERE " + chain(5000, "(id = 1 AND name = 'x')", " OR "):                                       false,
		"SELECT 1 FROM t WHERE id IN (" + columns(50000, "7") + ")":                                                     false,
		"INSERT INTO t VALUES " + columns(30_000, "((1+2)::int, trim(upper('a')||'b')::varchar(20), json_parse('{}'))"): false,
		"SELECT CASE" + cases + " END FROM t":                                                                           false,
		"SELECT " + columns(1500, "nvl(id::varchar || name, 'x')") + " FROM t":                                          false,
		"SELECT " + columns(60, "(SELECT max(id + 1) FROM t WHERE "+chain(50, "id", "+")+" > 1)"):                       false,
	} {
		list, err := redshift.Parse(sql)
		if err != nil {
			t.Fatalf("%.60s: %v", sql, err)
		}
		_, err = redshift.Translate(list[0], s, s.set)
		var e *redshift.Error
		if errors.As(err, &e) && e.SQLSTATE == "54001" != refused || err != nil && !refused {
			t.Errorf("%.60s: %v", sql, err)
		} else if err == nil && refused {
			t.Errorf("%.60s is not refused", sql)
		}
	}
	parts := make([]string, 500)
	for i := range parts {
		parts[i] = fmt.Sprintf("'%d.'", i)
	}
	want := strings.NewReplacer("'", "", "||", "").Replace(strings.Join(parts, "||"))
	if got := s.last("SELECT " + strings.Join(parts, "||")); got != want {
		t.Errorf("500 texts give %q, want %q", got, want)
	}
	if got := s.last("SELECT (" + strings.Join(parts, "||") + "||NULL||" + strings.Join(parts, "||") + ") IS NULL"); got != "true" {
		t.Errorf("with NULL: %s", got)
	}
}

func TestAVolatileOperandIsComputedOnce(t *testing.T) {
	s := newSession(t)
	s.run("CREATE TABLE r (i int)")
	s.exec("INSERT INTO public.r SELECT range FROM range(20000)")
	for _, sql := range []string{
		"SELECT count(*) FROM (SELECT CASE (random()*1.98)::int WHEN 0 THEN 'a' WHEN 1 THEN 'b' WHEN 2 THEN 'c' END AS x FROM r) q WHERE x IS NULL",
		"SELECT count(*) FROM (SELECT NULLIF((random()*2)::int, 1) AS x FROM r) q WHERE x = 1",
		"SELECT count(*) FROM (SELECT DECODE((random()*1.98)::int, 0, 'a', 1, 'b', 2, 'c') AS x FROM r) q WHERE x IS NULL",
		"SELECT count(*) FROM r WHERE NOT (CASE WHEN random() BETWEEN 0 AND 1 THEN true ELSE false END)",
		"SELECT count(*) FROM (SELECT ((random()*3)::int - 1) IN (-1, 0, 1, 2) AS x FROM r) q WHERE NOT x",
		"SELECT count(*) FROM (SELECT 10 / ((random()*2)::int + 1) AS x FROM r) q WHERE x IS NULL",
		"SELECT count(*) FROM (SELECT NVL2(NULLIF((random()*2)::int, 1), 1, 2) AS x FROM r) q WHERE x NOT IN (1, 2)",
		"SELECT count(*) FROM (SELECT (random()*2)::int::varchar::super IN (0, 1, 2) AS x FROM r) q WHERE x IS NULL AND false",
		"SELECT count(*) FROM (SELECT (random() * 100) BETWEEN SYMMETRIC 100 AND 0 AS x FROM r) q WHERE NOT x",
	} {
		if got := s.last(sql); got != "0" {
			t.Errorf("%s gives %s, want 0", sql, got)
		}
	}
	if got := s.last("SELECT CASE (random()*2)::int WHEN 0 THEN (SELECT 1) WHEN 1 THEN 2 END FROM r"); !strings.HasPrefix(got, "error 0A000") {
		t.Errorf("a volatile operand beside a subquery gives %q", got)
	}
}

func TestWhatChangesByItselfIsRefusedOverStreams(t *testing.T) {
	s := newSession(t)
	records := redshift.Records{Relation: redshift.Relation{Name: "records", Columns: []redshift.Column{{Name: "t", Type: redshift.Type{Name: "varchar"}}}}}
	for _, x := range []string{
		"'now'::timestamp", "DATE 'today'", "CAST('yesterday' AS date)", "TIMESTAMP 'Now'", "' tomorrow '::timestamptz", "'now' < '2024-01-01'::timestamp AND 'now'::date = t::date",
		"DATEADD(day, 1, 'today')", "getdate()", "sysdate", "random()", "now()", "timeofday()", "txid_current()", "current_setting('timezone')", "current_user",
		"pg_backend_pid()", "version()", "current_schemas(true)::varchar", "inet_client_addr()", "current_user_id", "pg_postmaster_start_time()",
		"has_table_privilege('t', 'select')", "CASE WHEN t = 'x' THEN EXTRACT(epoch FROM 'now'::timestamp) END", "to_char('today'::date, 'YYYY')", "pg_last_query_id()",
	} {
		sql := "SELECT " + x + " AS x, t FROM records"
		list, err := redshift.Parse(sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		_, err = redshift.TranslateRecords(list[0].(*redshift.Query), records, s.set)
		checkRefused(t, sql, err)
		sql = strings.ReplaceAll("SELECT "+x+` AS x FROM kds."my-stream"`, "t::", "partition_key::")
		sql = strings.ReplaceAll(sql, "t = 'x'", "partition_key = 'x'")
		if list, err = redshift.Parse(sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		_, err = redshift.TranslateStream(list[0].(*redshift.Query), s, s.set)
		checkRefused(t, sql, err)
	}
	// A record's text is data, not the clock.
	s.run("CREATE TABLE m (t varchar)")
	for _, word := range []string{"now", "today", "tomorrow", "yesterday"} {
		s.exec("DELETE FROM public.m")
		s.exec("INSERT INTO public.m VALUES ('" + word + "')")
		for _, typ := range []string{"timestamp", "date", "timestamptz"} {
			if got := s.last("SELECT t::" + typ + " FROM m"); !strings.HasPrefix(got, "duckdb: Conversion error") {
				t.Errorf("the text %s as %s gives %q", word, typ, got)
			}
		}
	}
}

func checkRefused(t *testing.T, sql string, err error) {
	t.Helper()
	var e *redshift.Error
	if !errors.As(err, &e) || e.SQLSTATE != "0A000" || !strings.Contains(e.Message, "is not supported in") || e.Position == 0 {
		t.Errorf("%s: %v, want a refusal with its place", sql, err)
	}
}

// TestTextIsBoundedByItsTokens and not by its length.
func TestTextIsBoundedByItsTokens(t *testing.T) {
	for sql, refused := range map[string]bool{
		"SELECT '" + strings.Repeat("1,(", 100_000) + "'":             false,
		"SELECT $$" + strings.Repeat("'',", 100_000) + "$$":           false,
		"SELECT 1 /* " + strings.Repeat("(1),", 100_000) + " */":      false,
		"INSERT INTO t VALUES " + strings.Repeat("(1),", 200) + "(1)": false,
		"INSERT INTO t VALUES " + strings.Repeat("(1),", 300) + "(1)": true,
		strings.Repeat("SELECT 1;", 400):                              true,
		"SELECT 1 IN (" + strings.Repeat("1,", 600) + "1)":            true,
	} {
		_, err := redshift.EscapeLiterals.ParseWithin(sql, 1000)
		var e *redshift.Error
		if refused != (errors.As(err, &e) && e.SQLSTATE == "53200" && e.Hint != "" && e.Position > 0) || err != nil && !refused {
			t.Errorf("%.30s: %v", sql, err)
		}
	}
}
