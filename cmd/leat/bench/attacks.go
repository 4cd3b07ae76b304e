package bench

import (
	"fmt"
	"strings"
)

// An attack is load that wants more memory than there is: what a user may send in
// good faith, times a thousand.
type attack struct {
	name string
	// prepare makes what the statement needs; it runs before, without a clock.
	prepare []string
	// sql is sent by every client at once; one statement a client unless clean
	// separates them.
	sql string
	// clients is how many send it; 0: one.
	clients int
	// quick tells the attacks that the quick run has.
	quick bool
	// holds is for clients that read a few rows and then keep the result open.
	holds bool
	// clean undoes what the statement did.
	clean []string
}

// attackTable makes the table that attacks read: 300 000 small rows.
var attackTable = []string{
	"CREATE TABLE t (i bigint, s varchar(100))",
	"INSERT INTO t SELECT n, 'row number ' || n::varchar FROM generate_series(1, 300000) g(n)",
}

// joined is a join of the table with itself that has so many rows for each of its
// own.
func joined(times int) string {
	return fmt.Sprintf("t a JOIN t b ON a.i %% %d = b.i %% %[1]d", 300_000/times)
}

func attacks() []attack {
	const copyOfT = "CREATE TABLE u AS SELECT i, s FROM t"
	return []attack{
		{name: "distinct over a cross join", sql: "SELECT count(*) FROM (SELECT DISTINCT a.i * 300000 + b.i FROM t a CROSS JOIN t b) q", quick: true},
		{name: "count distinct", sql: "SELECT count(DISTINCT a.i * 300000 + b.i) FROM " + joined(300)},
		{name: "distinct of wide text", sql: "SELECT count(*) FROM (SELECT DISTINCT a.s || b.s || a.s || b.s FROM " + joined(100) + ") q"},
		{name: "sort of wide text", sql: "SELECT count(*) FROM (SELECT a.s || b.s AS x FROM " + joined(100) + " ORDER BY 1 LIMIT 1000000000) q", quick: true},
		{name: "group by many keys", sql: "SELECT count(*) FROM (SELECT a.i, b.i, count(*), max(a.s), min(b.s) FROM " + joined(100) + " GROUP BY 1, 2) q"},
		{name: "window over everything", sql: "SELECT max(r) FROM (SELECT row_number() OVER (PARTITION BY a.i % 10 ORDER BY a.s, b.s) AS r FROM " + joined(100) + ") q", quick: true},
		{name: "running sums", sql: "SELECT max(r) FROM (SELECT sum(b.i) OVER (PARTITION BY a.i % 3 ORDER BY b.i, a.s ROWS BETWEEN 1000 PRECEDING AND CURRENT ROW) AS r FROM " + joined(30) + ") q"},
		{name: "listagg of everything", sql: "SELECT max(len(x)) FROM (SELECT listagg(a.s, ',') AS x FROM " + joined(100) + ") q", quick: true},
		{name: "listagg by group", sql: "SELECT max(len(x)) FROM (SELECT a.i, listagg(b.s, ',') AS x FROM " + joined(300) + " GROUP BY a.i) q"},
		{name: "percentile", sql: "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a.i * b.i) FROM " + joined(300), quick: true},
		{name: "median by group", sql: "SELECT count(*) FROM (SELECT a.i, median(b.i) FROM " + joined(300) + " GROUP BY 1) q"},
		{name: "approximate percentile", sql: "SELECT approximate percentile_disc(0.5) WITHIN GROUP (ORDER BY a.i * b.i) FROM " + joined(300)},
		{name: "recursion without end", sql: "WITH RECURSIVE r(n, s) AS (SELECT 1::bigint, 'x'::varchar(200) UNION ALL SELECT n + 1, 'a longer text for each row of it' FROM r WHERE n < 1000000000) SELECT count(*) FROM r"},
		{name: "recursion that doubles", sql: "WITH RECURSIVE r(n) AS (SELECT 1::bigint UNION ALL SELECT n * 2 + x.i FROM r, (SELECT 0 AS i UNION ALL SELECT 1) x WHERE n < 1000000000000) SELECT count(*) FROM r", quick: true},
		{name: "join of joins", sql: "SELECT count(*) FROM " + joined(100) + " JOIN t c ON c.i % 3000 = a.i % 3000 WHERE a.s || b.s || c.s LIKE '%zz'"},
		{name: "full outer join", sql: "SELECT count(*), max(a.s || b.s || c.s) FROM t a FULL OUTER JOIN t b ON a.i = b.i * 2 FULL OUTER JOIN t c ON c.s = a.s || b.s"},
		{name: "union of wide rows", sql: "SELECT count(*) FROM (SELECT a.s || b.s FROM " + joined(30) + " UNION SELECT b.s || a.s FROM " + joined(30) + ") q"},
		{name: "intersect", sql: "SELECT count(*) FROM (SELECT a.i * b.i FROM " + joined(100) + " INTERSECT SELECT a.i + b.i FROM " + joined(100) + ") q"},
		{name: "long text for each row", sql: "SELECT count(DISTINCT repeat(a.s, 500)) FROM t a", quick: true},
		{name: "nested long text", sql: "SELECT max(len(replace(repeat(s, 400), 'r', repeat('b', 10)))) FROM t"},
		{name: "insert of 3 million rows", prepare: []string{copyOfT}, sql: "INSERT INTO u SELECT a.i, a.s FROM " + joined(10), clean: []string{"DROP TABLE u"}, quick: true},
		{name: "insert of 3 million wide rows", prepare: []string{"CREATE TABLE u (i bigint, s varchar(2000))"}, sql: "INSERT INTO u SELECT a.i, repeat(a.s, 40) FROM " + joined(10), clean: []string{"DROP TABLE u"}},
		{name: "update of everything", prepare: []string{copyOfT}, sql: "UPDATE u SET s = s || 'x', i = i + 1", clean: []string{"DROP TABLE u"}, quick: true},
		{name: "delete of everything", prepare: []string{copyOfT}, sql: "DELETE FROM u", clean: []string{"DROP TABLE u"}},
		{name: "create table as, wide", sql: "CREATE TABLE u AS SELECT a.i, a.s AS x1, b.s AS x2, a.s || b.s AS x3, repeat(a.s, 20) AS x4 FROM " + joined(30), clean: []string{"DROP TABLE IF EXISTS u"}},
		{name: "large result, clients that stop reading", sql: "SELECT a.i, a.s, b.s, a.s || b.s FROM " + joined(100), clients: 8, holds: true, quick: true},
		{name: "sorted result, clients that stop reading", sql: "SELECT a.i, a.s, b.s FROM " + joined(10) + " ORDER BY a.s || b.s", clients: 4, holds: true},
		{name: "32 clients group", sql: "SELECT count(*) FROM (SELECT a.i, b.i, count(*), max(a.s) FROM " + joined(30) + " GROUP BY 1, 2) q", clients: 32, quick: true},
		{name: "32 clients sort", sql: "SELECT count(*) FROM (SELECT a.s || b.s AS x FROM " + joined(30) + " ORDER BY 1 LIMIT 1000000000) q", clients: 32},
		{name: "190 clients count distinct", sql: "SELECT count(DISTINCT a.i * b.i) FROM " + joined(30), clients: 190},
		{name: "64 clients percentile", sql: "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a.i * b.i) FROM " + joined(100), clients: 64},
		{name: "text of many ORs", sql: "SELECT count(*) FROM t WHERE " + manyORs(20_000)},
		{name: "list of a million constants", sql: "SELECT count(*) FROM t WHERE i IN (" + manyNumbers(1_000_000) + ")"},
		{name: "list of constants as long as is taken", sql: "SELECT count(*) FROM t WHERE i IN (" + manyNumbers(110_000) + ")"},
		{name: "millions of rows of constants", prepare: []string{copyOfT}, sql: "INSERT INTO u (i) VALUES (1)" + strings.Repeat(",(1)", 3_000_000), clean: []string{"DROP TABLE u"}},
		{name: "rows of constants, as many as are taken", prepare: []string{copyOfT}, sql: "INSERT INTO u (i) VALUES (1)" + strings.Repeat(",(1)", 60_000), clean: []string{"DROP TABLE u"}},
	}
}

func manyORs(n int) string {
	text := []byte("i = 0")
	for i := range n {
		text = fmt.Appendf(text, " OR i = %d AND s <> 'x%d'", i, i)
	}
	return string(text)
}

func manyNumbers(n int) string {
	text := []byte("0")
	for i := range n {
		text = fmt.Appendf(text, ",%d", i)
	}
	return string(text)
}
