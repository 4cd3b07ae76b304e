package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"leat/redshift"
)

func TestDocumentsAndStatementsDependOnTheSeed(t *testing.T) {
	for n := range uint64(200) {
		if !bytes.Equal(document(7, n), document(7, n)) {
			t.Fatalf("document %d is another each time", n)
		}
		one, two := &grammar{dice: diceOf(7, n)}, &grammar{dice: diceOf(7, n)}
		if a, b := one.next([]string{seeds}), two.next([]string{seeds}); a != b {
			t.Fatalf("statement %d is another each time:\n%s\n%s", n, a, b)
		}
	}
	if bytes.Equal(document(7, 1), document(8, 1)) {
		t.Error("the seed changes nothing")
	}
}

func TestDocumentsAreOfEveryKind(t *testing.T) {
	seen := map[string]int{}
	for n := range uint64(2000) {
		d := document(1, n)
		r := read(d)
		for what, is := range map[string]bool{
			"valid": r.valid, "object": r.object, "no UTF-8": !utf8.Valid(d), "UTF-8 and no JSON": utf8.Valid(d) && !r.valid, "deep": r.depth > 50,
			"large": len(d) > 100_000, "empty": len(d) == 0, "half a pair": r.valid && !r.whole, "NUL": bytes.Contains(d, []byte(`\u0000`)), "member twice": r.times["t"] > 1,
		} {
			if is {
				seen[what]++
			}
		}
		if _, ok := r.number("n"); ok {
			seen["number"]++
		}
		if _, ok := r.text("t"); ok {
			seen["text"]++
		}
	}
	for _, what := range []string{"valid", "object", "no UTF-8", "UTF-8 and no JSON", "deep", "large", "empty", "half a pair", "NUL", "member twice", "number", "text"} {
		if seen[what] == 0 {
			t.Errorf("%s: %d documents of 2000", what, seen[what])
		}
	}
}

// TestStatementsAreMostlyUnderstood holds that the grammar is the dialect's: what
// nobody can parse tries the parser alone.
func TestStatementsAreMostlyUnderstood(t *testing.T) {
	parsed, all := 0, 1000
	var first error
	for n := range all {
		g := &grammar{dice: diceOf(3, uint64(n))}
		sql := g.query(1 + g.IntN(3))
		if _, err := redshift.Parse(sql); err == nil {
			parsed++
		} else if first == nil {
			first = err
		}
	}
	if parsed < all*7/10 {
		t.Errorf("%d of %d statements are parsed; %v", parsed, all, first)
	}
}

func TestDifferencesAreFound(t *testing.T) {
	for _, c := range []struct {
		got, want string
		same      bool
	}{
		{`{"a":1.10}`, ` {"a" : 1.1e0}`, true},
		{`{"a":9007199254740992}`, `{"a":9007199254740993}`, false},
		{`{"a":2}`, `{"a":1,"b":{},"a":2}`, false},
		{`{"b":{"c":0},"a":2}`, `{"a":[1],"b":{"c":1,"c":0},"a":2}`, true},
		{`["é"]`, `["\u00e9"]`, true},
		{`["e"]`, `["é"]`, false},
		{`[1,2]`, `[2,1]`, false},
		{`[1e400]`, `[1e401]`, true}, // beyond what is compared
		{`"\ud83d\ude00"`, `"😀"`, true},
		{`[1`, `[1]`, false},
	} {
		if diff := difference([]byte(c.got), []byte(c.want)); (diff == "") != c.same {
			t.Errorf("difference of %s and %s: %q", c.got, c.want, diff)
		}
	}
}

func TestDecimalsRoundAndOverflow(t *testing.T) {
	for _, c := range []struct {
		number, got string
		null, bad   bool
	}{
		{"1.00000000005", "1.0000000001", false, false},
		{"-1.00000000005", "-1.0000000001", false, false},
		{"9007199254740993", "9007199254740993.0000000000", false, false},
		{"9007199254740993", "9007199254740992.0000000000", false, true},
		{"9999999999999999999999999999", "9999999999999999999999999999.0000000000", false, false},
		{"10000000000000000000000000000", "", true, false},
		{"1e39", "1", false, false}, // beyond what is compared
		{"1", "", true, true},
	} {
		if bad := badDecimal(c.got, c.null, json.Number(c.number)); bad != c.bad {
			t.Errorf("decimal(38,10) of %s is %q: bad is %v", c.number, c.got, bad)
		}
	}
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{{"ééé", 3, "é"}, {"abc", 3, "abc"}, {"😀", 3, ""}, {"a€b", 3, "a"}, {"a€b", 4, "a€"}, {"", 1, ""}} {
		if got := cutText(c.text, c.n); got != c.want {
			t.Errorf("%q in %d bytes: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestStatementsAreMadeShorterWhileTheyFail(t *testing.T) {
	sql := "SELECT a, reverse('ééé'::varchar(3)), b FROM t WHERE x = 1 ORDER BY 1"
	got := minimize(t.Context(), sql, time.Minute, func(_ context.Context, sql string) bool {
		words := token.FindAllString(sql, -1)
		return slices.Contains(words, "SELECT") && slices.Contains(words, "reverse")
	})
	if got != "SELECT reverse" {
		t.Errorf("it is %q", got)
	}
}

func TestStatementsThatBlindTheWatchAreNotSent(t *testing.T) {
	for _, sql := range []string{"SET statement_timeout TO 0", "RESET ALL", "DROP TABLE v_live", "ALTER MATERIALIZED VIEW v_super AUTO REFRESH NO", "TRUNCATE fz_t", "DROP SCHEMA streams"} {
		if !unfit.MatchString(sql) {
			t.Errorf("%s is sent", sql)
		}
	}
	for _, sql := range strings.Split(seeds, "\n\n") {
		if unfit.MatchString(sql) {
			t.Errorf("%s is not sent", sql)
		}
	}
}
