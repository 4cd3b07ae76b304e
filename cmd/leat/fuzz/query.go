package fuzz

import (
	"fmt"
	"strings"
)

// setUpTables makes what statements read; they may also change it.
var setUpTables = []string{
	`CREATE TABLE fz_t (id int, b bigint, t varchar(50), c char(7), n decimal(38,10), f float8, d timestamp, s super, v varbyte)`,
	`INSERT INTO fz_t VALUES
	 (0, 9007199254740993, 'ééé', 'x', 1.10, 0.5, '2024-02-29', json_parse('{"n":9007199254740993,"t":"é"}'), to_varbyte('a', 'utf8')),
	 (1, -1, '', '', -0.5, 1e300, '1900-01-01', json_parse('[1,[2],{"a":null}]'), from_hex('ff')),
	 (2, NULL, '😀👨‍👩‍👧', 'abc', 99999999999999999999.5, -0.0, NULL, json_parse('1.10'), NULL),
	 (3, 9223372036854775807, 'e` + "\u0301" + `a  ', NULL, NULL, NULL, '2262-04-11', json_parse('"text"'), NULL)`,
	`INSERT INTO fz_t SELECT a.id + 4*b.id + 16*c.id + 64*d.id + 256, a.b, b.t, c.c, d.n, a.f, b.d, c.s, d.v FROM fz_t a, fz_t b, fz_t c, fz_t d`,
}

// tableColumns are fz_t's by kind.
func tableColumns(alias string) map[byte][]string {
	columns := map[byte][]string{}
	for kind, names := range map[byte]string{'i': "id b", 't': "t c", 'n': "n b", 'f': "f", 'd': "d", 's': "s s.n s.t s[1]", 'v': "v", 'a': "id t s d"} {
		for name := range strings.FieldsSeq(names) {
			columns[kind] = append(columns[kind], alias+"."+name)
		}
	}
	return columns
}

// statement is one made up.
func (g *grammar) statement() string {
	switch {
	case g.oneIn(6):
		return g.bomb()
	case g.oneIn(12):
		return g.change()
	}
	return g.query(1 + g.IntN(3))
}

// query is a SELECT, with what so many levels allow.
func (g *grammar) query(depth int) string {
	outer := g.columns
	defer func() { g.columns = outer }()
	if depth > 0 && g.oneIn(8) {
		return "(" + g.query(depth-1) + ") " + pick(g.dice, []string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT", "MINUS"}) + " (" + g.query(depth-1) + ")"
	}
	if depth > 0 && g.oneIn(8) {
		return "WITH w AS (" + g.query(depth-1) + "), w2 AS (SELECT * FROM w) SELECT * FROM w, w2" + g.limit()
	}
	g.columns = nil
	from := ""
	if !g.oneIn(3) {
		from, g.columns = g.from(depth)
	}
	var list []string
	for range 1 + g.IntN(4) {
		list = append(list, g.item(depth, from != ""))
	}
	sql := "SELECT " + pick(g.dice, []string{"", "", "", "DISTINCT ", "TOP 5 "}) + strings.Join(list, ", ") + from
	if from == "" {
		return sql
	}
	if g.oneIn(2) {
		sql += " WHERE " + g.of('b', depth)
	}
	if g.oneIn(5) {
		sql += " GROUP BY " + pick(g.dice, []string{"1", "1, 2", g.of('a', depth)})
	}
	if g.oneIn(12) {
		sql += " QUALIFY row_number() OVER (ORDER BY " + g.of('a', 1) + ") < 3"
	}
	if g.oneIn(4) {
		sql += " ORDER BY " + pick(g.dice, []string{"1", "1 DESC", g.of('a', depth), "random()"})
	}
	return sql + g.limit()
}

func (g *grammar) limit() string {
	return pick(g.dice, []string{"", " LIMIT 3", " LIMIT 0", " LIMIT 10 OFFSET 2", " LIMIT ALL"})
}

func (g *grammar) from(depth int) (string, map[byte][]string) {
	second := pick(g.dice, []string{"fz_t", "v_cast", "v_live", "sys_stream_scan_errors"})
	switch g.IntN(8) {
	case 0:
		return " FROM fz_t x JOIN fz_t y ON x.id = y.id", tableColumns("x")
	case 1:
		return " FROM fz_t x LEFT JOIN " + second + " y ON " + g.of('b', 1), tableColumns("x")
	case 2:
		return " FROM fz_t x, x.s AS e AT at", tableColumns("x")
	case 3:
		return " FROM fz_t x CROSS JOIN fz_t y", tableColumns("y")
	case 4:
		return " FROM (SELECT * FROM fz_t" + g.limit() + ") x FULL JOIN fz_t y USING (id)", tableColumns("y")
	case 5:
		if depth > 0 {
			return " FROM (" + g.query(depth-1) + ") q, fz_t x", tableColumns("x")
		}
	case 6:
		return " FROM v_super p, fz_t x WHERE p.payload.n = x.b LIMIT 5) q, (SELECT 1", nil // unbalanced on purpose
	}
	return " FROM fz_t x", tableColumns("x")
}

// item is one of a SELECT's list: now and then an aggregate or a window.
func (g *grammar) item(depth int, from bool) string {
	if !from || !g.oneIn(4) {
		return g.of(g.kind(), depth)
	}
	a := g.of(g.kind(), depth-1)
	over := pick(g.dice, []string{"", "", " OVER ()", " OVER (PARTITION BY x.id % 3 ORDER BY x.t ROWS UNBOUNDED PRECEDING)", " OVER (ORDER BY x.d DESC)"})
	return pick(g.dice, []string{
		"count(*)" + over, "count(DISTINCT " + a + ")", "sum(" + g.of('n', depth-1) + ")" + over, "avg(" + a + ")" + over, "max(" + a + ")" + over,
		"listagg(" + g.of('t', depth-1) + ", " + g.of('t', 0) + ") WITHIN GROUP (ORDER BY " + a + ")", "listagg(DISTINCT " + a + ")", "median(" + a + ")",
		"percentile_cont(0.5) WITHIN GROUP (ORDER BY " + a + ")", "lag(" + a + ", " + g.of('i', 0) + ") OVER (ORDER BY x.id)", "ratio_to_report(x.f) OVER ()", "ntile(" + g.of('i', 0) + ") OVER (ORDER BY x.id)",
		"approximate count(distinct " + a + ")", "stddev(" + a + ")", "bool_and(" + g.of('b', depth-1) + ")", "any_value(" + a + ")",
	})
}

// change is a statement that changes something, or tries.
func (g *grammar) change() string {
	table := fmt.Sprintf("fz_%d", g.IntN(4))
	return pick(g.dice, []func() string{
		func() string {
			return "CREATE TABLE IF NOT EXISTS " + table + " (a int, b varchar(3), c char(2), d decimal(38,10), e super)"
		},
		func() string {
			return "INSERT INTO " + table + " VALUES (" + g.of('i', 1) + ", " + g.of('t', 1) + ", " + g.of('t', 1) + ", " + g.of('n', 1) + ", " + g.of('s', 1) + ")"
		},
		func() string { return "INSERT INTO " + table + " SELECT x.id, x.t, x.c, x.n, x.s FROM fz_t x" },
		func() string {
			return "UPDATE " + table + " SET b = " + g.of('t', 2) + ", e = " + g.of('s', 1) + " WHERE " + g.of('b', 1)
		},
		func() string { return "DELETE FROM " + table },
		func() string { return "DROP TABLE IF EXISTS " + table },
		func() string { return "CREATE OR REPLACE VIEW fz_v AS " + g.query(2) },
		func() string { return "CREATE TEMP TABLE IF NOT EXISTS tmp AS " + g.query(2) },
		func() string { return "ALTER TABLE " + table + " ADD COLUMN f varchar(2) DEFAULT " + g.constant('t') },
		func() string {
			return pick(g.dice, []string{"BEGIN", "COMMIT", "ROLLBACK", "EXPLAIN " + g.query(1), "REFRESH MATERIALIZED VIEW v_live", "SHOW search_path"})
		},
	})()
}
