package redshift_test

import (
	"errors"
	"strings"
	"testing"

	"leat/redshift"
)

// TestNothingReachesFilesOrSettings tries the ways by which DuckDB opens files,
// the network, its settings and its catalogs. None may come out of a
// translation: each is an error of ours, before DuckDB sees anything.
func TestNothingReachesFilesOrSettings(t *testing.T) {
	s := newSession(t)
	for _, sql := range []string{
		"SELECT * FROM read_csv('/etc/passwd')",
		"SELECT * FROM read_csv_auto('/etc/passwd')",
		"SELECT * FROM read_parquet('s3://bucket/key')",
		"SELECT * FROM read_json('/etc/passwd')",
		"SELECT * FROM read_text('/etc/passwd')",
		"SELECT * FROM read_blob('/etc/passwd')",
		"SELECT * FROM glob('/etc/*')",
		"SELECT * FROM sniff_csv('/etc/passwd')",
		"SELECT * FROM '/etc/passwd'",
		"SELECT * FROM \"/etc/passwd\"",
		"SELECT * FROM \"/etc/passwd.csv\".x",
		"SELECT * FROM duckdb_settings()",
		"SELECT * FROM duckdb_secrets()",
		"SELECT * FROM duckdb_tables",
		"SELECT * FROM pragma_table_info('t')",
		"SELECT * FROM sqlite_master",
		"SELECT * FROM main.batch",
		"SELECT * FROM batch",
		"SELECT * FROM memory.main.batch",
		"SELECT * FROM query('SELECT 1')",
		"SELECT * FROM query_table('batch')",
		"SELECT getenv('HOME')",
		"SELECT getvariable('x')",
		"SELECT read_text('/etc/passwd')",
		"SELECT which_secret('s3://x', 's3')",
		"SELECT json_execute_serialized_sql('x')",
		"SELECT error('x')",
		"SELECT nextval('public.seq')",
		"SELECT pg_catalog.getenv('HOME')",
		"SELECT main.getenv('HOME')",
		"SELECT \"getenv\"('HOME')",
		"SELECT system.main.getenv('HOME')",
		"SELECT parquet_metadata('x')",
		"SELECT leat_pg.version()",
		"SELECT set_config('search_path', 'x', false)",
		"COPY t TO '/tmp/x'",
		"COPY t FROM '/etc/passwd'",
		"COPY (SELECT 1) TO '/tmp/x'",
		"UNLOAD ('SELECT 1') TO 's3://x'",
		"ATTACH '/tmp/x.db'",
		"DETACH x",
		"INSTALL httpfs",
		"LOAD httpfs",
		"PRAGMA database_list",
		"EXPORT DATABASE '/tmp/x'",
		"IMPORT DATABASE '/tmp/x'",
		"CHECKPOINT",
		"CREATE SECRET (TYPE s3)",
		"CREATE MACRO f() AS getenv('HOME')",
		"CREATE FUNCTION f() RETURNS int IMMUTABLE AS $$ 1 $$ LANGUAGE plpythonu",
		"CREATE TABLE x AS SELECT * FROM read_csv('/etc/passwd')",
		"INSERT INTO t SELECT * FROM read_csv('/etc/passwd')",
		"CREATE VIEW x AS SELECT * FROM read_csv('/etc/passwd')",
		"EXPLAIN SELECT * FROM read_csv('/etc/passwd')",
		"EXPLAIN ANALYZE COPY t TO '/tmp/x'",
		"PREPARE p AS COPY t TO '/tmp/x'",
		"WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM x",
		"SELECT (SELECT content FROM read_text('/etc/passwd'))",
		"DELETE FROM read_csv('x')",
		"SET memory_limit = '1GB'; PRAGMA x",
		"VACUUM; CALL pragma_version()",
		"FROM read_csv('/etc/passwd')",
		"SUMMARIZE t",
		"DESCRIBE t",
		"USE x",
	} {
		if err := translateAll(s, sql); err == nil {
			t.Errorf("%s: translated", sql)
		} else if e := (*redshift.Error)(nil); !errors.As(err, &e) {
			t.Errorf("%s: error %v is not an *Error", sql, err)
		}
	}
}

func translateAll(s *session, sql string) error {
	list, err := redshift.Parse(sql)
	if err != nil {
		return err
	}
	var last error
	for _, stmt := range list {
		if p, ok := stmt.(*redshift.Prepare); ok {
			stmt = p.Statement
		}
		if _, err := redshift.Translate(stmt, s, s.set); err != nil {
			last = err
		}
	}
	return last
}

// TestNamesAndTextsStayQuoted passes names and constants that would break out
// of DuckDB's quoting if it were done wrong.
func TestNamesAndTextsStayQuoted(t *testing.T) {
	s := newSession(t)
	evil := `x" FROM read_csv('/etc/passwd') --`
	s.relations["public.evil"] = &redshift.Relation{Schema: "public", Name: "evil", Kind: "table", DuckName: `"evil"`,
		Columns: []redshift.Column{{Name: strings.ToLower(evil), Type: redshift.Type{Name: "varchar"}}, {Name: "s", Type: redshift.Type{Name: "super"}}}}
	s.exec(`CREATE TABLE evil ("x"" from read_csv('/etc/passwd') --" VARCHAR, s JSON)`)
	s.exec(`INSERT INTO evil VALUES ('v', '{"a": 1, "it''s": 2, "q\"x": 3, "*": 4, "": 5, "a/b~c": 6, "\\": 7}')`)
	quoted := `"` + strings.ReplaceAll(evil, `"`, `""`) + `"`
	for _, c := range []struct{ sql, want string }{
		{`SELECT ` + quoted + ` FROM evil`, "v"},
		{`SELECT e.` + quoted + ` AS ` + quoted + ` FROM evil e`, "v"},
		{`SELECT 'a'' || read_text(''/etc/passwd'') || '''`, `a' || read_text('/etc/passwd') || '`},
		{`SELECT E'\' || 1 || \''`, `' || 1 || '`},
		{`SELECT s."it's" FROM evil`, "2"},
		{`SELECT s['q"x'] FROM evil`, "3"},
		{`SELECT s['*'] FROM evil`, "4"},
		{`SELECT s[''] FROM evil`, "5"},
		{`SELECT s['a/b~c'] FROM evil`, "6"},
		{`SELECT s['\\'] FROM evil`, "7"},
		{`SELECT s['a'' || 1 || '''] FROM evil`, "NULL"},
		{`WITH ` + quoted + ` AS (SELECT 1 AS a) SELECT a FROM ` + quoted, "1"},
	} {
		out := s.run(c.sql)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if got := lines[len(lines)-1]; got != c.want {
			t.Errorf("%s gives %q, want %q\n%s", c.sql, got, c.want, out)
		}
	}
}
