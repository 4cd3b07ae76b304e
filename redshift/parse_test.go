package redshift

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseAcceptsRedshiftStatements(t *testing.T) {
	for _, c := range []struct{ want, sql string }{
		{"*redshift.Query", `SELECT 1`},
		{"*redshift.Query", `select top 100 * from t order by 1 desc nulls last limit 5 offset 2`},
		{"*redshift.Query", `SELECT DISTINCT ON (a) a, b AS select FROM s.t x WHERE NOT a IN (1,2) AND b BETWEEN 1 AND 2 OR c NOT LIKE 'x%' ESCAPE '\\'`},
		{"*redshift.Query", `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r WHERE n < 10) SELECT * FROM r`},
		{"*redshift.Query", `SELECT payload."dynamodb"."NewImage".x[0].y::varchar(36) FROM v a LEFT OUTER JOIN a."payload"."L" b ON TRUE`},
		{"*redshift.Query", `SELECT * FROM t, t.items i AT idx, UNPIVOT t.o AS v AT k`},
		{"*redshift.Query", `SELECT sum(x) OVER (PARTITION BY a ORDER BY b DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS " " FROM t QUALIFY row_number() over (order by 1) = 1`},
		{"*redshift.Query", `SELECT LISTAGG(DISTINCT a, ',') WITHIN GROUP (ORDER BY b) FROM t GROUP BY 1 HAVING count(*) > 1`},
		{"*redshift.Query", `SELECT c.oid::pg_catalog.regclass FROM pg_catalog.pg_class c WHERE c.relname OPERATOR(pg_catalog.~) '^(t)$' COLLATE pg_catalog.default`},
		{"*redshift.Query", `(SELECT 1 UNION SELECT 2) EXCEPT SELECT 3 ORDER BY 1`},
		{"*redshift.Query", `SELECT EXTRACT(epoch FROM ts), POSITION('a' IN b), TRIM(BOTH 'x' FROM y), SUBSTRING(a FROM 2 FOR 3), CAST(a AS decimal(5,2)), datediff(days, a, b), date_part(dayofweek, x) FROM t`},
		{"*redshift.Query", `SELECT floor(extract(epoch from "ts")/60)*60 AS "time", current_timestamp - approximatearrivaltimestamp FROM x`},
		{"*redshift.Query", `SELECT timestamp 'epoch' + n * interval '1 second' AT TIME ZONE 'UTC' FROM x`},
		{"*redshift.Query", `SELECT x = ANY(ARRAY[1,2]), ARRAY(SELECT 1), EXISTS (SELECT 1), $1::int, E'a\n', $$b$$, $q$c$q$`},
		{"*redshift.Query", `SELECT * FROM (VALUES (1,'a'),(2,'b')) v(id, name) CROSS JOIN u NATURAL JOIN w FULL OUTER JOIN z USING (id)`},
		{"*redshift.Query", `select APPROXIMATE COUNT(DISTINCT a), percentile_cont(0.5) within group (order by x) from t`},
		{"*redshift.CreateTableAs", `SELECT a INTO TEMP b FROM c`},
		{"*redshift.CreateTable", `CREATE TABLE IF NOT EXISTS s.t (a int IDENTITY(1,1) NOT NULL ENCODE az64, b varchar(20) DEFAULT 'x' , c decimal(8,2) sortkey, d timestamp without time zone, PRIMARY KEY (a), FOREIGN KEY (b) REFERENCES u(b)) DISTSTYLE KEY DISTKEY(a) COMPOUND SORTKEY(a, b)`},
		{"*redshift.CreateTable", `create temp table #stage (like t including defaults)`},
		{"*redshift.CreateTableAs", `CREATE TABLE t DISTSTYLE AUTO AS SELECT * FROM u`},
		{"*redshift.CreateView", `CREATE OR REPLACE VIEW v (a) AS SELECT 1 WITH NO SCHEMA BINDING`},
		{"*redshift.CreateMaterializedView", `CREATE MATERIALIZED VIEW mv SORTKEY(a) AUTO REFRESH YES AS SELECT approximate_arrival_timestamp, JSON_PARSE(from_varbyte(data, 'utf-8')) as payload FROM kds."my-stream" WHERE is_utf8(data) AND is_valid_json(from_varbyte(data,'utf-8'))`},
		{"*redshift.RefreshMaterializedView", `REFRESH MATERIALIZED VIEW s.mv CASCADE`},
		{"*redshift.AlterMaterializedView", `ALTER MATERIALIZED VIEW mv AUTO REFRESH NO`},
		{"*redshift.Drop", `DROP MATERIALIZED VIEW IF EXISTS mv CASCADE`},
		{"*redshift.CreateExternalSchema", "CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE 'arn:aws:iam::1:role/a,\n  arn:aws:iam::2:role/b'"},
		{"*redshift.CreateExternalSchema", `create external schema if not exists k from msk iam_role default authentication IAM uri 'b-1:9098,b-2:9098'`},
		{"*redshift.AlterTable", `ALTER TABLE t ADD COLUMN x varchar(10) DEFAULT 'a' ENCODE lzo`},
		{"*redshift.AlterTable", `ALTER TABLE t ALTER DISTSTYLE EVEN`},
		{"*redshift.Insert", `INSERT INTO t (a, b) VALUES (1, DEFAULT), (2, 'x')`},
		{"*redshift.Insert", `INSERT INTO t (SELECT * FROM u)`},
		{"*redshift.Update", `UPDATE t AS x SET a = u.a, b = b + 1 FROM u WHERE u.id = x.id`},
		{"*redshift.Delete", `DELETE FROM t USING u WHERE t.id = u.id`},
		{"*redshift.Begin", `BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE`},
		{"*redshift.Set", `SET enable_case_sensitive_identifier TO true`},
		{"*redshift.Set", `set search_path = "$user", public, 'x'`},
		{"*redshift.Set", `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED`},
		{"*redshift.Show", `SHOW enable_case_sensitive_identifier`},
		{"*redshift.Explain", `EXPLAIN VERBOSE SELECT 1`},
		{"*redshift.Grant", `GRANT SELECT ON ALL TABLES IN SCHEMA public TO grafana`},
		{"*redshift.CreateUser", `CREATE USER grafana PASSWORD 'Secret1' NOCREATEDB`},
		{"*redshift.Comment", `COMMENT ON COLUMN s.t.c IS 'text'`},
		{"*redshift.Unsupported", `COPY t FROM 's3://b/k' IAM_ROLE default JSON 'auto'`},
		{"*redshift.Unsupported", `CREATE OR REPLACE PROCEDURE p() AS $$ BEGIN SELECT 1; END; $$ LANGUAGE plpgsql`},
		{"*redshift.Unsupported", `CREATE MODEL m FROM t TARGET x FUNCTION f`},
	} {
		list, err := Parse(c.sql + " ;")
		if err != nil {
			t.Errorf("%s\n%v", c.sql, describe(err))
			continue
		}
		if got := fmt.Sprintf("%T", list[0]); len(list) != 1 || got != c.want {
			t.Errorf("%s: %d statements, first %s, want %s", c.sql, len(list), got, c.want)
		}
		if got := list[0].Text(); got != c.sql {
			t.Errorf("text of statement is %q, want %q", got, c.sql)
		}
	}
}

func TestParseReportsSyntaxErrorsWithPosition(t *testing.T) {
	for _, c := range []struct {
		sql, message string
		position     int
	}{
		{"SELEC 1", `syntax error at or near "SELEC"`, 1},
		{"SELECT 1 FROM", `syntax error at end of input`, 14},
		{"SELECT 'é', * FROM WHERE", `syntax error at or near "WHERE"`, 20},
		{"SELECT 1; DROP", `syntax error at end of input`, 15},
		{"SELECT 'abc", `unterminated quoted string at or near "'abc"`, 8},
		{"SELECT a FROM t GROUP a", `syntax error at or near "a"`, 23},
		{"SELECT 1 1", `syntax error at or near "1"`, 10},
		{"CREATE TABLE t (a foo)", `type "foo" does not exist`, 19},
		{"SELECT (1", `syntax error at end of input`, 10},
		{"SELECT 1 /* x", `unterminated /* comment at or near "/* x"`, 10},
	} {
		_, err := Parse(c.sql)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v is no *Error", c.sql, err)
			continue
		}
		if e.Message != c.message || e.Position != c.position {
			t.Errorf("%s: %q at %d, want %q at %d", c.sql, e.Message, e.Position, c.message, c.position)
		}
	}
}

// TestWideWhiteSpaceSeparates covers what editors, web pages and word processors
// leave between words.
func TestWideWhiteSpaceSeparates(t *testing.T) {
	for _, space := range []string{"\u00a0", "\u2003", "\u3000", "\u202f", "\u2028", "\u0085", "\u1680", "\ufeff", "\u00a0\u2009 "} {
		sql := "\ufeff" + strings.Join([]string{"", "SELECT", "a", "AS", "b", "FROM", "t", "WHERE", "a", ">", "1", ""}, space) + ";" + space
		list, err := Parse(sql)
		if err != nil || len(list) != 1 {
			t.Errorf("with %+q between words: %d statements, %v", space, len(list), err)
			continue
		}
		if q := list[0].(*Query).Body.(*Select); len(q.From) != 1 || q.Items[0].Alias.Text != "b" {
			t.Errorf("with %+q between words: %+v", space, q)
		}
	}
	if list, err := Parse("SELECT 'a\u00a0b' AS \"c\u00a0d\""); err != nil || list[0].(*Query).Body.(*Select).Items[0].Alias.Text != "c\u00a0d" {
		t.Errorf("in quotes white space belongs to the text: %v", err)
	}
}

func describe(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return fmt.Sprintf("%s %s at %d", e.SQLSTATE, e.Message, e.Position)
	}
	return fmt.Sprint(err)
}

func TestDeepNestingIsRefused(t *testing.T) {
	for _, sql := range []string{
		"SELECT " + strings.Repeat("(", 100000) + "1",
		"SELECT " + strings.Repeat("- ", 100000) + "1",
		"SELECT " + strings.Repeat("not ", 100000) + "1",
		"SELECT 1" + strings.Repeat(" + 1", 100000),
		"SELECT " + strings.Repeat("CASE WHEN ", 100000) + "1",
		"SELECT * FROM " + strings.Repeat("(SELECT * FROM ", 100000),
		"SELECT 1" + strings.Repeat(" UNION SELECT 1", 100000),
		strings.Repeat("EXPLAIN ", 100000) + "SELECT 1",
		"SELECT a" + strings.Repeat(".a", 100000),
	} {
		_, err := Parse(sql)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.40s…: error is %v, want an *Error", sql, err)
		}
	}
}
