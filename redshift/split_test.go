package redshift

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStatementsAreCutAtTheirSemicolons(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
		rest string
	}{
		{"", nil, ""},
		{"SELECT 1", nil, "SELECT 1"},
		{"SELECT 1;", []string{"SELECT 1;"}, ""},
		{"SELECT 1; SELECT 2;\n", []string{"SELECT 1;", " SELECT 2;"}, "\n"},
		{";; SELECT 1;;", []string{" SELECT 1;"}, ""},
		{"SELECT ';'; x", []string{"SELECT ';';"}, " x"},
		{"SELECT 'it''s; one", nil, "SELECT 'it''s; one"},
		{`SELECT ";" FROM "a;b`, nil, `SELECT ";" FROM "a;b`},
		{"SELECT 1 -- a; b\n;", []string{"SELECT 1 -- a; b\n;"}, ""},
		{"SELECT /* ; /* ; */ ; */ 1;", []string{"SELECT /* ; /* ; */ ; */ 1;"}, ""},
		{"SELECT 1 /* ;", nil, "SELECT 1 /* ;"},
		{"CREATE x AS $$ a; b; $$ c; d", []string{"CREATE x AS $$ a; b; $$ c;"}, " d"},
		{"CREATE x AS $q$ a; $$ b;", nil, "CREATE x AS $q$ a; $$ b;"},
		{`SELECT E'a\'; b'; c`, []string{`SELECT E'a\'; b';`}, " c"},
		{"SELECT 1 § 2; SELECT 3;", []string{"SELECT 1 § 2;", " SELECT 3;"}, ""},
		{"SELECT $ 1;", []string{"SELECT $ 1;"}, ""},
	} {
		statements, rest := Split(test.text)
		if diff := cmp.Diff(test.want, statements); diff != "" || rest != test.rest {
			t.Errorf("Split(%q): rest %q, want %q; statements %s", test.text, rest, test.rest, diff)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("SELECT ';' -- x\n; $$;$$ E'\\';' /* ; */ \x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		statements, rest := Split(text)
		joined := strings.Join(statements, "") + rest
		if strings.ReplaceAll(joined, ";", "") == "" && strings.ReplaceAll(text, ";", "") != "" && len(joined) > len(text) {
			t.Fatalf("Split(%q) = %q, %q", text, statements, rest)
		}
		if !strings.HasSuffix(text, rest) {
			t.Fatalf("the rest %q is not the end of %q", rest, text)
		}
		for _, s := range statements {
			if !strings.HasSuffix(s, ";") || !strings.Contains(text, s) {
				t.Fatalf("Split(%q) has %q", text, s)
			}
		}
	})
}
