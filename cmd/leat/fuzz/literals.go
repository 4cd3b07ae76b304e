package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxText is how long a VARCHAR may be.
const maxText = 65535

// over asks for a document in a SELECT; {doc} stands for it.
const over = `SELECT p, p.n::decimal(38,10), p.n::varchar(400), p.t::varchar(65535), p.t::varchar(3), JSON_EXTRACT_PATH_TEXT(x, 'n'), JSON_EXTRACT_PATH_TEXT(x, 't'), IS_VALID_JSON(x) OR IS_VALID_JSON_ARRAY(x), CAN_JSON_PARSE(x)
FROM (SELECT JSON_PARSE({doc}) AS p, {doc} AS x) q`

const asks = `SELECT CAN_JSON_PARSE({doc}), IS_VALID_JSON({doc})`

// forms are the ways in which a document comes into a statement.
var forms = []struct {
	name string
	make func(sql, document string) (string, []parameter)
}{
	{"literal", func(sql, d string) (string, []parameter) { return strings.ReplaceAll(sql, "{doc}", quoted(d)), nil }},
	{"dollar quotes", func(sql, d string) (string, []parameter) { return strings.ReplaceAll(sql, "{doc}", "$q$"+d+"$q$"), nil }},
	{"text parameter", func(sql, d string) (string, []parameter) {
		return strings.ReplaceAll(sql, "{doc}", "$1"), []parameter{{value: []byte(d), oid: 25}}
	}},
	{"binary parameter", func(sql, d string) (string, []parameter) {
		return strings.ReplaceAll(sql, "{doc}", "$1"), []parameter{{value: []byte(d), oid: 1043, binary: true}}
	}},
}

// literals sends the documents that are put as records in SELECTs, too.
func (c *campaign) literals(ctx context.Context) {
	var s *session
	for n := uint64(0); ctx.Err() == nil; n++ {
		for (s == nil || s.IsClosed()) && ctx.Err() == nil {
			if addr := c.at.Load(); addr != nil {
				s, _ = connect(ctx, *addr)
			}
			if s == nil {
				pause(ctx, 100*time.Millisecond)
			}
		}
		if ctx.Err() != nil {
			break
		}
		d := document(c.Seed, n)
		form := forms[n%uint64(len(forms))]
		if form.name == "literal" && bytes.IndexByte(d, 0) >= 0 || strings.Contains(string(d), "$q$") || len(d) == 0 {
			continue
		}
		c.literal(ctx, s, d, form.name, form.make, fmt.Sprintf("record %d as a %s", n, form.name))
	}
	if s != nil {
		s.Close(context.WithoutCancel(ctx))
	}
}

func (c *campaign) literal(ctx context.Context, s *session, d []byte, name string, form func(sql, d string) (string, []parameter), where string) {
	r := read(d)
	sql, parameters := form(over, string(d))
	if !r.valid {
		sql, parameters = form(asks, string(d))
	}
	c.begins(-1, statement{sql: sql, began: time.Now()})
	a := s.ask(context.WithoutCancel(ctx), sql, parameters...)
	c.begins(-1, statement{})
	c.judgeIt(ctx, a, sql, where, parameters...)
	wrong := func(kind, what, want string) {
		kind = "SELECT over a document: " + kind
		alike := kind
		if a.err != nil {
			alike += what[:min(len(what), 40)] // refused for different reasons
		}
		c.find(finding{Kind: kind, Alike: alike, What: what, Want: want, Where: where, Record: string(d), Statement: sql, Whole: sql})
	}
	switch {
	case isGone(a.err):
	case !utf8.Valid(d) || bytes.IndexByte(d, 0) >= 0:
		if a.err == nil {
			wrong("bytes", "a document that is no UTF-8, or has NUL, was taken as text", "SQLSTATE 22021")
		}
	case !r.valid:
		if a.err == nil && !lenient(d) && (string(a.cells[0]) == "t" || string(a.cells[1]) == "t") {
			wrong("JSON", fmt.Sprintf("CAN_JSON_PARSE is %s and IS_VALID_JSON %s", a.cells[0], a.cells[1]), "f of what is no JSON")
		}
	case a.err != nil:
		if r.whole && !r.nul && r.depth < 500 && len(d) <= maxText && a.code() != "57014" && a.code() != "53200" { // in time, or with the memory that others leave
			wrong("refused", said(a.err), "an answer")
		}
	case len(a.cells) == 9:
		c.compare(a.cells, d, r, wrong)
	}
}

// lenient are documents that are JSON to some: white space alone, and a byte
// order mark in front.
func lenient(d []byte) bool {
	return len(bytes.TrimSpace(d)) == 0 || bytes.HasPrefix(d, []byte("\ufeff"))
}

// compare compares what a SELECT gives with what Go reads.
func (c *campaign) compare(cells [][]byte, d []byte, r reading, wrong func(kind, what, want string)) {
	c.add(func(r *Report) { r.Compared++ })
	if cells[0] == nil && string(bytes.TrimSpace(d)) != "null" {
		wrong("SUPER", "NULL", string(d))
	} else if diff := difference(cells[0], d); diff != "" && cells[0] != nil {
		wrong("SUPER", diff, "the document")
	}
	if !r.object {
		return
	}
	if string(cells[7]) != "t" || string(cells[8]) != "t" {
		wrong("JSON", "IS_VALID_JSON or CAN_JSON_PARSE says no", "t")
	}
	if n, ok := r.number("n"); ok {
		if got := string(cells[1]); badDecimal(got, cells[1] == nil, n) {
			wrong("decimal(38,10)", got, n.String())
		}
		for i, what := range map[int]string{2: "varchar of a SUPER number", 5: "JSON_EXTRACT_PATH_TEXT of a number"} {
			if got := string(cells[i]); len(n) < 400 && !sameNumber(got, n.String()) {
				wrong(what, got, n.String())
			}
		}
	}
	if t, ok := r.text("t"); ok {
		for i, what := range map[int]string{3: "varchar of a SUPER text", 6: "JSON_EXTRACT_PATH_TEXT of a text"} {
			if got := string(cells[i]); got != t && len(t) <= maxText {
				wrong(what, strconv.Quote(got), strconv.Quote(t))
			}
		}
		if got := string(cells[4]); got != cutText(t, 3) {
			wrong("varchar(3)", strconv.Quote(got), strconv.Quote(cutText(t, 3)))
		}
	}
}

// badDecimal says whether decimal(38,10) of a number is wrong: it is rounded, and
// NULL when it is too large.
func badDecimal(got string, null bool, n json.Number) bool {
	if len(n) > 60 || !exact(n.String()) {
		return false
	}
	want, fits := decimal(n.String(), 38, 10)
	if !fits {
		return !null
	}
	a, ok := new(big.Rat).SetString(got)
	b, _ := new(big.Rat).SetString(want)
	return !ok || a.Cmp(b) != 0
}
