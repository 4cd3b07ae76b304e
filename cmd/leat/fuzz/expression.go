package fuzz

import (
	"fmt"
	"strings"
)

// A grammar makes up statements.
type grammar struct {
	dice
	// columns are those in sight, by kind.
	columns map[byte][]string
}

// castTypes are what casts go to.
var castTypes = []string{
	"int", "smallint", "bigint", "real", "float8", "decimal", "decimal(38,0)", "decimal(38,37)", "decimal(20,2)", "numeric(5,5)", "boolean", "varchar", "varchar(1)", "varchar(2)", "varchar(3)", "varchar(65535)",
	"char(1)", "char(2)", "char(3)", "char", "bpchar", "text", "nvarchar(5)", "date", "timestamp", "timestamptz", "time", "timetz", "super", "varbyte", "varbyte(3)", "interval day to second", "name", "oid", "regclass", "geometry",
}

// castsTo are the types of a kind of expression.
var castsTo = map[byte][]string{
	't': {"varchar", "varchar(1)", "varchar(3)", "char(2)", "char(3)", "text", "varchar(65535)"},
	'i': {"int", "smallint", "bigint"}, 'f': {"float8", "real"}, 'n': {"decimal(38,10)", "decimal(20,2)", "decimal(38,0)", "numeric(5,5)"},
	'd': {"timestamp", "date", "timestamptz"}, 'b': {"boolean"}, 's': {"super"}, 'v': {"varbyte"}, 'j': {"varchar"},
}

// castTo is a type of a kind, now and then another.
func (g *grammar) castTo(kind byte) string {
	if list := castsTo[kind]; len(list) > 0 && !g.oneIn(8) {
		return pick(g.dice, list)
	}
	return pick(g.dice, castTypes)
}

var dateParts = []string{"year", "month", "day", "hour", "week", "quarter", "decade", "century", "millennium", "epoch", "dow", "doy", "isoyear", "microsecond", "millisecond", "second", "timezone", "yy", "w", "nope"}

var formats = []string{"YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS.US", "FMDay, DD Mon YYYY", "D ID DDD W WW Q", "999.99", "FM000", "S9,999", "RN", "L99", "TZ", "AM HH12", "J", `"text" YYYY`, "%Y%", "é", ""}

// of is an expression of a kind, with so many levels below it at most.
func (g *grammar) of(kind byte, depth int) string {
	if list := g.columns[kind]; len(list) > 0 && g.oneIn(3) {
		return pick(g.dice, list)
	}
	if depth <= 0 {
		return g.constant(kind)
	}
	switch g.IntN(8) {
	case 0, 1:
		return g.constant(kind)
	case 2:
		return "(" + g.of(g.kind(), depth-1) + ")::" + g.castTo(kind)
	case 3:
		return "CASE WHEN " + g.of('b', depth-1) + " THEN " + g.of(kind, depth-1) + " ELSE " + g.of(kind, depth-1) + " END"
	case 4:
		if call := g.call(depth); g.oneIn(3) {
			return call
		} else {
			return "(" + call + ")::" + g.castTo(kind)
		}
	}
	switch kind {
	case 't':
		return g.textExpression(depth - 1)
	case 'i', 'f', 'n':
		return "(" + g.of(kind, depth-1) + pick(g.dice, []string{" + ", " - ", " * ", " / ", " % ", " & ", " | ", " << ", " ^ "}) + g.of(kind, depth-1) + ")"
	case 'b':
		return g.condition(depth - 1)
	case 'd':
		return g.momentExpression(depth - 1)
	case 's':
		return "(" + g.of('s', depth-1) + ")" + pick(g.dice, []string{".n", ".t", ".p.a[1]", "[0]", "[-1]", `."N"`, ".\"x y\"", "[9999999999]", ".a.b.c"})
	}
	if kind == 'a' {
		return g.of(g.kind(), depth-1)
	}
	return g.constant(kind)
}

func (g *grammar) kind() byte { return pick(g.dice, []byte("ttiinfdbvsj")) }

func (g *grammar) constant(kind byte) string {
	if g.oneIn(25) {
		return "NULL"
	}
	switch kind {
	case 't':
		return g.literal(g.text())
	case 'i':
		return pick(g.dice, []string{"0", "1", "-1", "2", "3", "7", "100", "65535", "65536", "2147483647", "-2147483648", "2000000000", "9223372036854775807", "'5'"})
	case 'f', 'n':
		return g.jsonNumber()
	case 'd':
		return pick(g.dice, []string{"TIMESTAMP ", "DATE ", "TIMESTAMPTZ ", ""}) + g.literal(g.moment())
	case 'b':
		return pick(g.dice, []string{"true", "false", "'t'", "1=1"})
	case 'v':
		return pick(g.dice, []string{"to_varbyte(" + g.literal(g.text()) + ", 'utf8')", "from_hex('" + pick(g.dice, []string{"ff", "c3a9", "e282", "00", "eda080"}) + "')", g.literal(g.text()) + "::varbyte"})
	case 's':
		return "json_parse(" + g.literal(g.json(3)) + ")"
	case 'j':
		return g.literal(g.json(3))
	case 'p':
		return "'" + pick(g.dice, dateParts) + "'"
	case 'm':
		return g.literal(pick(g.dice, formats))
	}
	return g.constant(g.kind())
}

// literal is a text constant.
func (g *grammar) literal(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if g.oneIn(20) && !strings.Contains(text, "$q$") {
		return "$q$" + text + "$q$"
	}
	if g.oneIn(15) {
		return "E'" + strings.NewReplacer("'", "''").Replace(text) + pick(g.dice, []string{`\u00e9`, `\xc3`, `\303\251`, `\377`, `\n`, `\'`, `\ud800`, ""}) + "'"
	}
	return quoted(text)
}

// quoted is a literal whose value is the text.
func quoted(text string) string {
	return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(text) + "'"
}

func (g *grammar) textExpression(depth int) string {
	t := func() string { return g.of('t', depth) }
	i := func() string { return g.of('i', depth) }
	return pick(g.dice, []func() string{
		func() string { return "(" + t() + " || " + g.of('a', depth) + ")" },
		func() string {
			return "(" + t() + ")::" + pick(g.dice, []string{"varchar(1)", "varchar(2)", "char(3)", "varchar(3)", "char(5)"})
		},
		func() string { return "reverse(" + t() + ")" },
		func() string {
			return pick(g.dice, []string{"upper(", "lower(", "initcap(", "rtrim(", "trim("}) + t() + ")"
		},
		func() string { return "substring(" + t() + ", " + i() + ", " + i() + ")" },
		func() string { return pick(g.dice, []string{"lpad(", "rpad("}) + t() + ", " + i() + ", " + t() + ")" },
		func() string { return "repeat(" + t() + ", " + i() + ")" },
		func() string {
			return "trim(" + pick(g.dice, []string{"BOTH", "LEADING", "TRAILING"}) + " " + t() + " FROM " + t() + ")"
		},
		func() string { return "(" + g.of('s', depth) + ")::varchar" },
		func() string { return "json_extract_path_text(" + g.of('j', depth) + ", 'n')" },
		func() string { return "cast(" + g.of('a', depth) + " as varchar(" + fmt.Sprint(1+g.IntN(9)) + "))" },
	})()
}

func (g *grammar) momentExpression(depth int) string {
	part := pick(g.dice, dateParts)
	return pick(g.dice, []func() string{
		func() string { return "dateadd(" + part + ", " + g.of('i', depth) + ", " + g.of('d', depth) + ")" },
		func() string { return "date_trunc('" + part + "', " + g.of('d', depth) + ")" },
		func() string {
			return "(" + g.of('d', depth) + " + interval '" + fmt.Sprint(g.IntN(1e6)) + " " + part + "')"
		},
		func() string { return g.of('t', depth) + "::timestamp" },
		func() string { return "(" + g.of('d', depth) + " AT TIME ZONE 'Europe/Berlin')" },
		func() string { return "(timestamp 'epoch' + " + g.of('i', depth) + " * interval '1 second')" },
	})()
}

func (g *grammar) condition(depth int) string {
	any := func() string { return g.of(g.kind(), depth) }
	t := func() string { return g.of('t', depth) }
	return pick(g.dice, []func() string{
		func() string { return "(" + any() + pick(g.dice, []string{" = ", " <> "}) + any() + ")" },
		func() string {
			kind := g.kind()
			return "(" + g.of(kind, depth) + pick(g.dice, []string{" = ", " <> ", " < ", " >= "}) + g.of(kind, depth) + ")"
		},
		func() string {
			return "(" + g.of('b', depth) + pick(g.dice, []string{" AND ", " OR "}) + g.of('b', depth) + ")"
		},
		func() string { return "(NOT " + g.of('b', depth) + ")" },
		func() string { return "(" + any() + pick(g.dice, []string{" IS NULL", " IS NOT NULL"}) + ")" },
		func() string {
			return "(" + g.of('b', depth) + pick(g.dice, []string{" IS TRUE", " IS NOT FALSE", " IS UNKNOWN"}) + ")"
		},
		func() string {
			return "(" + t() + pick(g.dice, []string{" LIKE ", " ILIKE ", " NOT LIKE ", " SIMILAR TO ", " ~ ", " !~* "}) + t() + ")"
		},
		func() string { return "(" + any() + " BETWEEN " + any() + " AND " + any() + ")" },
		func() string { return "(" + any() + " IN (" + any() + ", " + any() + "))" },
		func() string { return "(" + any() + " IN (SELECT id FROM fz_t))" },
		func() string { return "EXISTS (" + g.query(depth-1) + ")" },
	})()
}
