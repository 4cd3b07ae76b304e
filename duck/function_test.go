package duck_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"leat/duck"
)

func TestTextIsCutAtACharactersEnd(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	for _, text := range []string{"", "a", "é", "ééé", "日本語テキスト", "a😀b", strings.Repeat("é😀x", 40)} {
		for n := -1; n <= len(text)+1; n++ {
			got := row(t, conn, "SELECT leat_cut(?, ?::bigint)", text, n)[0].(string)
			if !utf8.ValidString(got) || !strings.HasPrefix(text, got) || len(got) > max(n, 0) {
				t.Fatalf("leat_cut(%q, %d) = %q", text, n, got)
			}
			rest := text[len(got):]
			if _, size := utf8.DecodeRuneInString(rest); rest != "" && n >= len(got)+size {
				t.Fatalf("leat_cut(%q, %d) = %q: the next character fits as well", text, n, got)
			}
		}
	}
}

func TestFunctionsTakeNullsAndWholeColumns(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	exec(t, conn, "CREATE TABLE t AS SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE repeat('é', i % 50) END AS s, i % 7 AS n FROM range(10000) r(i)")
	got := row(t, conn, "SELECT count(*) FROM t WHERE leat_cut(s, n) IS DISTINCT FROM left(s, n // 2)")
	if got[0] != int64(0) {
		t.Fatalf("%d of 10000 rows differ", got[0])
	}
	if got := row(t, conn, "SELECT leat_cut(NULL, 3), leat_cut('abc', NULL)"); got[0] != nil || got[1] != nil {
		t.Fatalf("NULL arguments gave %v", got)
	}
}

func TestTextIsToldFromOtherBytes(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	samples := []string{"", "plain ascii, longer than a word", "é", "日本語", "😀", "a\x00b", "\xc3", "é\xc3", "\xa9", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "12345678\xc3", "1234567é", "12345678é12345678\xe2\x82"}
	for _, a := range samples {
		for _, b := range samples {
			text := a + b
			got := row(t, conn, "SELECT leat_is_utf8(?::BLOB)", []byte(text))
			if got[0] != utf8.ValidString(text) {
				t.Fatalf("%q: leat_is_utf8 says %v", text, got[0])
			}
		}
	}
}

func TestPaddingAndReplacingAreDuckDBsBelowTheLimit(t *testing.T) {
	_, conn := openMemory(t, duck.Config{})
	for _, pair := range [][2]string{
		{"leat_lpad(a, n, b)", "lpad(a, n::int, b)"}, {"leat_rpad(a, n, b)", "rpad(a, n::int, b)"}, {"leat_repeat(a, n)", "repeat(a, n)"},
		{"leat_replace(a, b, c)", "replace(a, b, c)"}, {"leat_concat(a, b)", "a || b"}, {"leat_hex(encode(a))", "lower(hex(encode(a)))"},
		{"leat_base64(encode(a))", "to_base64(encode(a))"}, {"leat_concat_bytes(encode(a), encode(b))", "encode(a) || encode(b)"},
		{"leat_sized(a, b)", "a"}, {"leat_listed(a)", "a"}, {"leat_fit(a, 100)", "a"}, {"leat_unbits(leat_bits(encode(a)))", "encode(a)"},
	} {
		got := row(t, conn, "SELECT count(*) FROM (SELECT unnest(['', 'a', 'é', 'aéa', '日本語ab', 'aa', 'xyz', repeat('aé', 30), NULL]) AS a), "+
			"(SELECT unnest(['a', 'é', 'éa', '日', 'aa', 'xyzw']) AS b), (SELECT unnest(['', 'ß', 'aa']) AS c), range(0, 40, 3) r(n) WHERE "+pair[0]+" IS DISTINCT FROM "+pair[1])
		if got[0] != int64(0) {
			t.Errorf("%s and %s differ for %d", pair[0], pair[1], got[0])
		}
	}
}
