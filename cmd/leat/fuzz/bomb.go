package fuzz

import (
	"fmt"
	"strings"
)

// bomb is a statement that grows: in levels, in a list, in a row, or in rows.
// What it wants is far more than a server has.
func (g *grammar) bomb() string {
	levels := 5 + g.IntN(pick(g.dice, []int{30, 300, 3000}))
	many := 1000 + g.IntN(pick(g.dice, []int{5_000, 40_000}))
	nest := func(inner, open, end string) string {
		return strings.Repeat(open, levels) + inner + strings.Repeat(end, levels)
	}
	list := func(item func(i int) string, separator string) string {
		var b strings.Builder
		for i := range many {
			if i > 0 {
				b.WriteString(separator)
			}
			b.WriteString(item(i))
		}
		return b.String()
	}
	number := func(i int) string { return fmt.Sprint(i * 7) }
	const cross = "fz_t a, fz_t b, fz_t c"
	return pick(g.dice, []func() string{
		func() string { return "SELECT id FROM fz_t WHERE " + nest("id", "(1/", ")") + " > 0" },
		func() string { return "SELECT id FROM fz_t WHERE " + nest("n", "(n/(1+", "))") + " > 0" },
		func() string { return "SELECT " + nest("id", "(id%", ")") + " FROM fz_t" },
		func() string { return "SELECT " + nest("s.n", "nvl(s.t, ", ")") + " FROM fz_t" },
		func() string { return "SELECT (id=1)" + nest("", " IS TRUE", "") + " FROM fz_t" },
		func() string { return "SELECT " + nest("id", "CASE WHEN id>1 THEN 2 ELSE ", " END") + " FROM fz_t" },
		func() string { return "SELECT " + nest("1", "CASE WHEN ", "=1 THEN 1 ELSE 0 END") },
		func() string { return nest("SELECT 1 AS a", "SELECT * FROM (", ") q") },
		func() string { return "SELECT " + nest("t", "upper(reverse(", "))") + " FROM fz_t" },
		func() string { return "SELECT " + nest("t", "substring(", ", 1, 3)") + " FROM fz_t" },
		func() string { return "SELECT " + nest("t", "lpad(", ", 10, t)") + " FROM fz_t" },
		func() string { return "SELECT " + nest("t", "", "::varchar(3)") + " FROM fz_t" },
		func() string { return "SELECT " + nest("s", "", ".a[0]") + " FROM fz_t" },
		func() string { return "SELECT " + nest("d", "dateadd(month, 1, ", ")") + " FROM fz_t" },
		func() string { return "SELECT " + nest("n", "round(", ", 2)") + " FROM fz_t" },
		func() string { return "SELECT " + nest("1", "nullif(", ", 2)") },
		func() string { return "SELECT " + nest("1", "decode(", ", 1, 2, 3)") },
		func() string { return "SELECT " + nest("1", "- (", ")") },
		func() string { return "SELECT json_parse('" + nest("1", "[", "]") + "')" },
		func() string { return "SELECT count(*) FROM fz_t WHERE id IN (" + list(number, ",") + ")" },
		func() string {
			return "SELECT count(*) FROM fz_t WHERE t NOT IN (" + list(func(i int) string { return "'x" + number(i) + "'" }, ",") + ")"
		},
		func() string {
			return "SELECT count(*) FROM fz_t WHERE " + list(func(i int) string { return "id=" + number(i) }, " OR ")
		},
		func() string { return "SELECT " + list(number, "+") },
		func() string { return "SELECT " + list(func(i int) string { return "t" }, "||") + " FROM fz_t" },
		func() string {
			return "SELECT " + list(func(i int) string { return "id AS c" + number(i) }, ",") + " FROM fz_t LIMIT 1"
		},
		func() string { return list(func(i int) string { return "SELECT " + number(i) }, " UNION ALL ") },
		func() string {
			return "SELECT CASE id " + list(func(i int) string { return "WHEN " + number(i) + " THEN 1" }, " ") + " END FROM fz_t"
		},
		func() string {
			return "SELECT '" + strings.Repeat(pick(g.dice, []string{"a", "é", "😀", "''"}), many*20) + "'"
		},
		func() string { return "SELECT repeat('" + pick(g.dice, []string{"x", "é"}) + "', 2000000000)" },
		func() string { return "SELECT len(replace(repeat('a', 65535), 'a', repeat('b', 65535)))" },
		func() string { return "SELECT len(lpad('x', 2000000000, 'é'))" },
		func() string {
			return "SELECT len(" + strings.Repeat("repeat(", 5) + "'abc'" + strings.Repeat(", 100)", 5) + ")"
		},
		func() string { return "SELECT len(regexp_replace(repeat('a', 65535), 'a', repeat('b', 65535)))" },
		func() string {
			return "SELECT len(translate(repeat('a', 65535), 'a', 'é')), len(quote_literal(repeat('''', 65535)))"
		},
		func() string {
			return "SELECT array_concat(split_to_array(repeat('a,', 32000)), split_to_array(repeat('b,', 32000)))"
		},
		func() string {
			return "SELECT count(*) FROM (SELECT DISTINCT a.id, b.id, c.id, a.t || b.t || c.t FROM " + cross + ") q"
		},
		func() string { return "SELECT listagg(a.t || b.t || c.t, ',') FROM " + cross },
		func() string { return "SELECT a.t || b.t || c.t FROM " + cross + " ORDER BY 1" },
		func() string { return "SELECT a.id, b.id, c.id FROM " + cross },
		func() string { return "SELECT count(DISTINCT repeat(a.t || b.t, 100)) FROM " + cross },
		func() string {
			return "SELECT sum(a.id) OVER (PARTITION BY b.id ORDER BY c.t), repeat(a.t, 50) FROM " + cross
		},
		func() string {
			return "SELECT median(a.n * b.n * c.n), percentile_cont(0.5) WITHIN GROUP (ORDER BY a.id) FROM " + cross
		},
		func() string {
			return "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT max(n) FROM r"
		},
		func() string { return "CREATE TABLE fz_big AS SELECT a.id, repeat(b.t, 50) AS t FROM " + cross },
		func() string { return "INSERT INTO fz_1 SELECT a.id, 'x', 'y', 1, b.s FROM " + cross },
		func() string {
			return "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' ~ '^(a+)+$', regexp_count(repeat('a', 60000), '(a|aa)+$')"
		},
		func() string {
			return "SELECT " + list(func(i int) string { return "json_parse('{\"a\":" + number(i) + "}').a::int" }, "+")
		},
		func() string {
			return "WITH a0 AS (SELECT id FROM fz_t)" + func() (s string) {
				for i := range 1 + levels%14 {
					s += fmt.Sprintf(", a%d AS (SELECT x.id FROM a%d x JOIN a%d y ON x.id=y.id)", i+1, i, i)
				}
				return s + fmt.Sprintf(" SELECT count(*) FROM a%d", 1+levels%14)
			}()
		},
	})()
}
