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
