package redshift_test

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// last is what the last line of a statement's output says: its row, or its error.
func (s *session) last(sql string) string {
	lines := strings.Split(strings.TrimSuffix(s.run(sql), "\n"), "\n")
	return lines[len(lines)-1]
}

func TestTextIsCutAtACharactersEnd(t *testing.T) {
	s := newSession(t)
	s.exec("CREATE TABLE public.c (t VARCHAR, j JSON, b BLOB)")
	s.exec(`INSERT INTO public.c VALUES ('ééé', '{"t": "日本語"}', encode('😀😀'))`)
	s.run("CREATE TABLE public.d (t varchar(20), c char(4))")
	s.run("CREATE TABLE c (t varchar, j super, b varbyte)")
	for sql, want := range map[string]string{
		"SELECT REVERSE('ééé'::varchar(3))":                                                      "é",
		"SELECT UPPER(x) FROM (SELECT ('éé' || 'é')::varchar(3) x) y":                            "É",
		"SELECT RTRIM('ééé'::char(3))":                                                           "é",
		"SELECT LPAD('ééé'::varchar(3), 3, 'ß')":                                                 "ßßé",
		"SELECT LEN(t::varchar(5)) FROM c":                                                       "2",
		"SELECT j.t::varchar(4) FROM c":                                                          "日",
		"SELECT j.t::char(2) || '|' FROM c":                                                      "|",
		"SELECT b::varchar(7) FROM c":                                                            "😀",
		"SELECT CAST(FROM_VARBYTE(b, 'utf8') AS varchar(3)) || '.' FROM c":                       ".",
		"SELECT NULLIF(t::varchar(1), '') FROM c":                                                "NULL",
		"SELECT LISTAGG(t::varchar(3), 'ß') FROM (SELECT t FROM c UNION ALL SELECT t FROM c) x":  "éßé",
		"SELECT STRPOS(REPLACE(t::varchar(5), 'é', 'ü'), 'ü') FROM c":                            "1",
		"SELECT TRANSLATE(t::varchar(3), 'é', '日') FROM c":                                       "日",
		"SELECT SPLIT_PART(t::varchar(3), 'é', 2) || '.' FROM c":                                 ".",
		"SELECT INITCAP(t::varchar(3)) FROM c":                                                   "É",
		"SELECT IS_UTF8(FROM_HEX('c3')), IS_UTF8(FROM_HEX('eda080')), IS_UTF8(FROM_HEX('c3a9'))": "false | false | true",
		"SELECT CAN_JSON_PARSE(FROM_HEX('22c3')), CAN_JSON_PARSE(FROM_HEX('22eda08022'))":        "false | false",
		`SELECT CAN_JSON_PARSE($$"\ud800"$$), IS_VALID_JSON($${"a":"\udc00\ud800"}$$)`:           "false | false",
	} {
		if got := s.last(sql); got != want {
			t.Errorf("%s gives %q, want %q", sql, got, want)
		}
	}
}

func TestBytesThatAreNoTextAreRefused(t *testing.T) {
	s := newSession(t)
	for sql, state := range map[string]string{
		"SELECT FROM_HEX('c3')::varchar":                    "duckdb: Conversion error",
		"SELECT FROM_VARBYTE(FROM_HEX('eda080'), 'utf-8')":  "duckdb: Conversion error",
		"SELECT FROM_HEX('f4908080') || '' || 'x'::varchar": "f490808078", // stays bytes
		"SELECT CHR(55296)":                                 "duckdb: Invalid Input error",
		"SELECT REGEXP_SUBSTR('é', $$\\\\C$$)":              "error 2201B",
		"SELECT REGEXP_REPLACE('é', $$(\\\\C)$$, 'x')":      "error 2201B",
		"SELECT REGEXP_COUNT('é', $$[a-z]|\\\\C$$)":         "error 2201B",
		"SELECT 1 AS \"a\xc3\"":                             "error 22021",
		"SELECT 1 AS a\xff":                                 "error 22021",
		"SELECT 'a\xed\xa0\x80'":                            "error 22021",
		"SELECT 1 -- \xfe":                                  "error 22021",
		"SELECT 'a\x00b'":                                   "error 22021",
	} {
		sql = strings.ReplaceAll(sql, `\\C`, `\C`)
		if got := s.last(sql); !strings.HasPrefix(got, state) {
			t.Errorf("%q gives %q, want %q", sql, got, state)
		}
	}
	s.run("CREATE TABLE p (x varchar)")
	s.exec(`INSERT INTO public.p VALUES ('a|\C')`)
	if got := s.last("SELECT REGEXP_SUBSTR('é', x) FROM p"); got != `raised 2201B: invalid regular expression: \C, a single byte, is not supported` {
		t.Errorf("a pattern from a column gives %q", got)
	}
}

func TestFromVarbyteWritesEveryFormat(t *testing.T) {
	s := newSession(t)
	for sql, want := range map[string]string{
		"SELECT FROM_VARBYTE(FROM_HEX('4dff'), 'binary')":                        "0100110111111111",
		"SELECT FROM_VARBYTE('ab'::varbyte, 'HEX')":                              "6162",
		"SELECT FROM_VARBYTE('ab'::varbyte, 'base64')":                           "YWI=",
		"SELECT FROM_VARBYTE('aé'::varbyte, 'utf_8')":                            "aé",
		"SELECT TO_VARBYTE('0100110111111111', 'binary')":                        "4dff",
		"SELECT FROM_VARBYTE(TO_VARBYTE('YWI=', 'Base64'), 'UTF-8')":             "ab",
		"SELECT FROM_VARBYTE(''::varbyte, 'binary') || '.'":                      ".",
		"SELECT TO_VARBYTE('0102', 'binary')":                                    `raised 22P02: invalid input for format "binary": it takes eight digits, 0 or 1, for each byte`,
		"SELECT QUOTE_LITERAL('it''s'), QUOTE_IDENT('a\"b'), QUOTE_IDENT('x_1')": `'it''s' | "a""b" | x_1`,
	} {
		if got := s.last(sql); got != want {
			t.Errorf("%s gives %q, want %q", sql, got, want)
		}
	}
}

func TestNoFunctionMakesMoreThanATextHolds(t *testing.T) {
	s := newSession(t)
	s.run("CREATE TABLE n (n bigint, x varchar)")
	s.exec("INSERT INTO public.n VALUES (2000000000, 'é')")
	const long, listed = "raised 22001: value too long for type character varying(65535)", "raised 22001: Result size exceeds LISTAGG limit: it would have more than 65535 bytes"
	for sql, want := range map[string]string{
		"SELECT REPEAT('x', 2000000000)":                                           long,
		"SELECT REPEAT(x, n) FROM n":                                               long,
		"SELECT REPLICATE(x, 32768) FROM n":                                        long,
		"SELECT LEN(REPEAT(x, 32767)) FROM n":                                      "32767",
		"SELECT REPLACE(REPEAT('a', 65535), 'a', REPEAT('b', 65535))":              long,
		"SELECT LPAD('a', n, 'x') FROM n":                                          long,
		"SELECT LEN(RPAD('a', 65535))":                                             "65535",
		"SELECT RPAD('a', 65534, 'é')":                                             long,
		"SELECT LPAD(x, 2147483648) FROM n":                                        long,
		"SELECT REPEAT(x, 20000) || REPEAT(x, 20000) FROM n":                       long,
		"SELECT CONCAT(REPEAT(x, 20000), REPEAT(x, 20000)) FROM n":                 long,
		"SELECT REGEXP_REPLACE(REPEAT('a', 65535), 'a', 'bb')":                     long,
		"SELECT REGEXP_REPLACE(REPEAT('a', 65535), 'a', REPEAT('b', 65535))":       long,
		"SELECT REGEXP_REPLACE(REPEAT('a', 65535), '(a+)', REPEAT('\\\\1', 9000))": long,
		"SELECT LEN(REGEXP_REPLACE(REPEAT('a', 65535), 'a+', 'bb'))":               "2",
		"SELECT QUOTE_LITERAL(REPEAT('''', 40000))":                                long,
		"SELECT TO_HEX(REPEAT('a', 40000)::varbyte)":                               long,
		"SELECT LISTAGG(REPEAT('x', 65535)) FROM (SELECT 1 UNION ALL SELECT 2) q":  listed,
		"SELECT LEN(LISTAGG(REPEAT('x', 65534))) FROM (SELECT 1) q":                "65534",
		"SELECT LEN(REPEAT('x', 65535)::varbyte || REPEAT('x', 65535)::varbyte)":   "131070",
	} {
		if got := s.last(sql); got != want {
			if len(got) > 200 {
				got = got[:200]
			}
			t.Errorf("%s gives %q, want %q", sql, got, want)
		}
	}
	if got := s.last("SELECT '" + strings.Repeat("x", 2<<20) + "'"); got != "error 22001 at 8: value too long for type character varying(65535)" {
		t.Errorf("a constant of 2 MiB: %.200s", got)
	}
}

// Text that is longer already, as a large record's is, may still be worked on.
func TestLargeTextsOfRecordsAreNotLost(t *testing.T) {
	s := newSession(t)
	s.run("CREATE TABLE r (d varbyte)")
	s.exec("INSERT INTO public.r SELECT encode('{\"a\": \"' || repeat('é', 200000) || '\"}')")
	for sql, want := range map[string]string{
		"SELECT LEN(FROM_VARBYTE(d, 'utf-8')) FROM r":                              "200009",
		"SELECT LEN('<' || FROM_VARBYTE(d, 'utf-8') || '>') FROM r":                "200011",
		"SELECT LEN(REPLACE(FROM_VARBYTE(d, 'utf-8'), 'é', 'ü')) FROM r":           "200009",
		"SELECT LEN(JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(d, 'utf-8'), 'a')) FROM r": "200000",
		"SELECT LEN(REGEXP_REPLACE(FROM_VARBYTE(d, 'utf-8'), 'é', 'xyz')) FROM r":  "600009",
		"SELECT LEN(FROM_VARBYTE(d, 'hex')) FROM r":                                "800018",
		"SELECT REPEAT(FROM_VARBYTE(d, 'utf-8'), 50) FROM r":                       "raised 22001: value too long: the result would have more than 16777216 bytes",
		"SELECT OCTET_LENGTH(FROM_VARBYTE(d, 'utf-8')::varchar(65534)) FROM r":     "65533",
	} {
		if got := s.last(sql); got != want {
			t.Errorf("%s gives %.200q, want %q", sql, got, want)
		}
	}
}

// valid fails when a value that a client would get holds text that is none.
func valid(t *testing.T, sql string, v any) {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			t.Fatalf("%s\ngives %q, which is no UTF-8", sql, v)
		}
	case []any:
		for _, x := range v {
			valid(t, sql, x)
		}
	}
}
