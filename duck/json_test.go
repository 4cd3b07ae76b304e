package duck_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"leat/duck"
)

// documents are JSON and what is nearly JSON.
var documents = []string{
	`{"a":1,"b":[true,null,"x"],"c":{"d":1.10,"e":{}}}`, `[9007199254740993,12345678901234567.89,1e2,-0,0.1,-1.5E+3,123456789012345678901234567890123456789012345678]`,
	`{"é\"\\":"\ud83d\ude00","\u0061":"\/\b\f\n\r\t","a":2}`, ` { "a" : [ ] , "b" : { } } `, `""`, `"\u0000"`, `null`, `-0.0`, `{"a":{"a":{"a":[[[1]]]}}}`,
	`{"a":1,}`, `[1,]`, `{"a":NaN}`, `[Infinity]`, `[-Infinity]`, `[inf]`, `[1] // c`, `{'a':1}`, `{a:1}`, `[01]`, `[+1]`, `[.5]`, `[1.]`, `[1e]`, `[1e+]`, "[\"a\nb\"]", `[1] 2`,
	"\ufeff[1]", `["\ud800"]`, `["\udc00\ud800"]`, "[\"\xff\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]", "\"\xf5\x80\x80\x80\"", ``, ` `, `{`, `[`, `"`, `{"a"`, `{"a":`, `{"a":1`, `[1 2]`, `{"a" 1}`, `{1:2}`, `[,1]`, `tru`, `truex`, `nul`, `-`, `"\x"`, `"\u12"`, `[]]`, `{}}`, `[}`, `{]`,
	strings.Repeat("[", 1000) + strings.Repeat("]", 1000), strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), strings.Repeat("[", 1001) + strings.Repeat("]", 1001),
	strings.Repeat("[", 100_000), strings.Repeat(`{"a":[`, 50_000), `{"a":"` + strings.Repeat("é", 70_000) + `"}`,
}

// FuzzJSON compares what the functions say of a document with the oracle:
// whether it is one, the value at every path, equality after parsing and in the
// one form, and that what comes out is UTF-8.
func FuzzJSON(f *testing.F) {
	for _, text := range documents {
		f.Add(text)
	}
	db, err := duck.Open(duck.Config{Threads: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	conn, err := db.Connect()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { conn.Close() })
	f.Fuzz(func(t *testing.T, text string) { checkDocument(t, conn, text) })
}

func checkDocument(t *testing.T, conn *duck.Conn, text string) {
	t.Helper()
	want, valid := oracleParse(text)
	if got := row(t, conn, "SELECT leat_json_is_bytes(?::blob, 'any')", []byte(text))[0]; got != valid {
		t.Fatalf("%q is JSON: %v, want %v", text, got, valid)
	}
	if !valid {
		if utf8.ValidString(text) { // as an older version may have stored it
			row(t, conn, "SELECT leat_json_gets($1, '$.a, $.a[0], $[0].a, $'), leat_json_key($1), leat_json_normal($1), leat_json_length($1), leat_json_elements($1), leat_json_keys($1), leat_json_values($1), leat_json_typeof($1), leat_json_serialize($1), leat_json_number($1)", text)
		}
		return
	}
	stored := row(t, conn, "SELECT CAST(leat_json_parse_bytes(?::blob) AS VARCHAR)", []byte(text))[0].(string)
	for _, form := range []string{"leat_json_parse_bytes($1::blob)", "leat_json_normal($2)"} {
		var got any
		if text := row(t, conn, "SELECT CAST("+form+" AS VARCHAR), $1::blob, $2", []byte(text), stored)[0]; text != nil {
			var ok bool
			if got, ok = oracleParse(text.(string)); !ok {
				t.Fatalf("%s makes %q", form, text)
			}
		}
		if smallExponents(want) && !oracleEqual(got, want) {
			t.Fatalf("%s makes another value of %q: %v", form, text, got)
		}
	}
	checkWalks(t, conn, stored, want)
}

// TestRandomDocumentsAreReadAsTheyAre does as FuzzJSON with documents from a
// grammar, of which every second one is damaged.
func TestRandomDocumentsAreReadAsTheyAre(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	random := rand.New(rand.NewPCG(3, 4))
	const damage = "{}[],:\"\\0.e-u \n\xff"
	for i := range 200 {
		text := randomDocument(random, 5)
		if i%2 == 1 && text != "" {
			at := random.IntN(len(text))
			switch random.IntN(3) {
			case 0:
				text = text[:at] + text[at+1:]
			case 1:
				text = text[:at] + damage[random.IntN(len(damage)):][:1] + text[at:]
			default:
				text = text[:at]
			}
		}
		checkDocument(t, conn, text)
	}
}

// randomDocument writes a value with blanks, escapes, repeated keys and numbers
// of all forms.
func randomDocument(random *rand.Rand, deep int) string {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	space := func() string { return pick("", "", "", " ", "\n\t", "  ") }
	text := func() string {
		return `"` + pick("a", "b", "long key of more than twelve bytes", `\u0061`, "é", `\ud83d\ude00`, `\"`, `\\`, "x ", "", `\u0000`, `\/`) + pick("", "", "c") + `"`
	}
	switch kind := random.IntN(8); {
	case kind < 2 && deep > 0:
		parts := make([]string, random.IntN(5))
		for i := range parts {
			parts[i] = space() + text() + space() + ":" + space() + randomDocument(random, deep-1) + space()
		}
		return "{" + strings.Join(parts, ",") + "}"
	case kind < 4 && deep > 0:
		parts := make([]string, random.IntN(5))
		for i := range parts {
			parts[i] = space() + randomDocument(random, deep-1) + space()
		}
		return "[" + strings.Join(parts, ",") + "]"
	case kind == 4:
		return pick("true", "false", "null")
	case kind == 5:
		return text()
	}
	return pick("", "-") + pick("0", "1", "10", "9007199254740993", "123456789012345678901234567890123456789") + pick("", "", ".0", ".10", ".000000000000000000001") + pick("", "", "", "e2", "E-3", "e+10")
}

// checkWalks takes all values out of a document, one by one and at once.
func checkWalks(t *testing.T, conn *duck.Conn, stored string, want any) {
	paths := oraclePaths(want, 20)
	texts := make([]string, len(paths))
	for i, steps := range paths {
		texts[i] = pathText(steps)
	}
	all := row(t, conn, "SELECT leat_json_gets($1, $2), leat_json_scalars($1, $2)", stored, strings.Join(texts, ", "))
	for i, steps := range paths {
		value, _ := oracleWalk(want, steps)
		one := row(t, conn, "SELECT CAST(leat_json_get($1, $2) AS VARCHAR), leat_json_scalar($1, $2)", stored, texts[i])
		got, ok := oracleParse(one[0].(string))
		if !ok || smallExponents(value) && !oracleEqual(got, value) {
			t.Fatalf("%q at %s is %v, want %v", stored, texts[i], one[0], value)
		}
		if listed := all[0].([]any)[i]; listed != one[0] {
			t.Fatalf("%q at %s is %v in a list of paths, and %v alone", stored, texts[i], listed, one[0])
		}
		var scalar any
		switch v := value.(type) {
		case json.Number:
			scalar = string(v)
		case bool:
			scalar = fmt.Sprint(v)
		case string:
			if !strings.Contains(v, "\x00") {
				scalar = v
			}
		}
		if one[1] != scalar || all[1].([]any)[i] != scalar {
			t.Fatalf("%q at %s is the text %v and %v, want %v", stored, texts[i], one[1], all[1].([]any)[i], scalar)
		}
	}
}

// TestNumbersComputeExactly compares arithmetic, order and casts of random
// numbers with math/big.
func TestNumbersComputeExactly(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	random := rand.New(rand.NewPCG(1, 2))
	number := func() string {
		whole, fraction := random.IntN(19), random.IntN(10)
		digits := make([]byte, 0, 32)
		if random.IntN(2) == 0 {
			digits = append(digits, '-')
		}
		digits = append(digits, byte('1'+random.IntN(9)))
		for range whole {
			digits = append(digits, byte('0'+random.IntN(10)))
		}
		if fraction > 0 {
			digits = append(digits, '.')
			for range fraction {
				digits = append(digits, byte('0'+random.IntN(10)))
			}
		}
		return string(digits)
	}
	for range 200 {
		a, b := number(), number()
		x, y := oracleNumber(json.Number(a)), oracleNumber(json.Number(b))
		got := row(t, conn, `SELECT CAST(leat_json_arithmetic('+', $1, $2) AS VARCHAR), CAST(leat_json_arithmetic('-', $1, $2) AS VARCHAR),
			leat_json_key($1) < leat_json_key($2), leat_json_compare($1, $2), CAST(leat_json_arithmetic('/', $1, $2) AS VARCHAR), CAST(leat_json_normal($1) AS VARCHAR)`, a, b)
		for i, want := range []*big.Rat{new(big.Rat).Add(x, y), new(big.Rat).Sub(x, y)} {
			if oracleNumber(json.Number(got[i].(string))).Cmp(want) != 0 {
				t.Fatalf("%s and %s: %v, want %s", a, b, got[i], want.FloatString(12))
			}
		}
		if want := x.Cmp(y); got[2] != (want < 0) || (got[3].(int32) < 0) != (want < 0) || (got[3].(int32) > 0) != (want > 0) {
			t.Fatalf("%s and %s: %v %v, want %d", a, b, got[2], got[3], want)
		}
		quotient := got[4].(string)
		_, fraction, _ := strings.Cut(quotient, ".")
		half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(fraction))), nil)))
		if off := new(big.Rat).Sub(oracleNumber(json.Number(quotient)), new(big.Rat).Quo(x, y)); off.Abs(off).Cmp(half) > 0 || len(fraction) < 4 {
			t.Fatalf("%s / %s is %s", a, b, quotient)
		}
		if oracleNumber(json.Number(got[5].(string))).Cmp(x) != 0 {
			t.Fatalf("%s in its one form is %v", a, got[5])
		}
	}
	for range 200 { // what fits into 38 digits is exact
		a, b := number(), number()
		a, b = strings.TrimRight(a[:min(len(a), 18)], "."), strings.TrimRight(b[:min(len(b), 18)], ".")
		got := row(t, conn, `SELECT CAST(leat_json_arithmetic('*', $1, $2) AS VARCHAR), CAST(leat_json_sum(v) AS VARCHAR) FROM (VALUES ($1), ($2), (NULL), ('"x"')) q(v)`, a, b)
		x, y := oracleNumber(json.Number(a)), oracleNumber(json.Number(b))
		if oracleNumber(json.Number(got[0].(string))).Cmp(new(big.Rat).Mul(x, y)) != 0 || oracleNumber(json.Number(got[1].(string))).Cmp(new(big.Rat).Add(x, y)) != 0 {
			t.Fatalf("%s, %s: product %v, sum %v", a, b, got[0], got[1])
		}
	}
}

// TestHostileDocumentsTakeLinearTime reads documents that make naive readers
// overflow their stack or take quadratic time.
func TestHostileDocumentsTakeLinearTime(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	var keys, same strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, `"k%d":%d,`, i, i)
		same.WriteString(`"a":1,`)
	}
	deep := strings.Repeat(`{"a":`, 999) + `[` + strings.Repeat("1,", 200_000) + `1]` + strings.Repeat("}", 999)
	for name, text := range map[string]string{
		"many keys": "{" + keys.String() + `"z":1}`, "one key": "{" + same.String() + `"a":2}`, "deep": deep, "open": strings.Repeat("[", 1_000_000), "digits": strings.Repeat("9", 1_000_000),
		"escapes": `"` + strings.Repeat(`\u00e9`, 200_000) + `"`, "quotes": strings.Repeat(`"`, 1_000_000), "stored": strings.Repeat(`{"a":[`, 300_000),
	} {
		started := time.Now()
		row(t, conn, "SELECT leat_json_is($1, 'any'), CAST(leat_json_try_parse($1) AS VARCHAR), leat_json_key($1), leat_json_normal($1), leat_json_gets($1, '$.a.a, $.z, $[7]'), leat_json_elements($1), leat_json_keys($1)", text)
		if took := time.Since(started); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func TestWalksTakeWholeColumnsAndMixedPaths(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	exec(t, conn, `CREATE TABLE d AS SELECT i, CASE WHEN i % 5 = 0 THEN NULL ELSE '{"i":' || i || ',"l":[' || i || ',null,{"s":"é\n"}]}' END AS j FROM range(50000) r(i)`)
	got := row(t, conn, `SELECT count(*) FILTER (WHERE j IS NULL), count(*) FILTER (WHERE l[1]::bigint = i AND l[2] IS NULL AND l[3] = 'é' || chr(10) AND l[4] IS NULL),
		count(*) FILTER (WHERE one = 'é' || chr(10)) FROM (SELECT i, j, leat_json_scalars(j, '$.i, $.l[1], $.l[2].s, $.l') AS l, leat_json_scalar(j, CASE WHEN i % 2 = 0 THEN '$.l[2].s' ELSE '$.none' END) AS one FROM d)`)
	if got[0] != int64(10_000) || got[1] != int64(40_000) || got[2] != int64(20_000) {
		t.Fatalf("rows: %v", got)
	}
}
