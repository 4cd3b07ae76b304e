package warehouse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"leat/redshift"
)

// patterns are expressions of a view by Redshift's rule of literals.
const patterns = `regexp_substr(t, '\\d+'), t LIKE 'a\\_%', split_part(t, '\t', 2)`

// TestViewsKeepTheMeaningOfTheirLiterals makes views by both rules, shows their
// definitions, makes them again from what is shown, and opens them anew.
func TestViewsKeepTheMeaningOfTheirLiterals(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (t varchar); INSERT INTO t VALUES ('a_1\t22'), ('ab3\\\\t4')")
	f.do(`CREATE VIEW escaped AS SELECT ` + patterns + ` FROM t; CREATE MATERIALIZED VIEW mescaped AS SELECT ` + patterns + ` FROM t`)
	f.do("SET standard_conforming_strings TO on")
	standard := `regexp_substr(t, '\d+'), t LIKE 'a\_%', split_part(t, '` + "\t" + `', 2)`
	f.do(`CREATE VIEW standard AS SELECT ` + standard + ` FROM t`)
	f.do(`CREATE MATERIALIZED VIEW mstandard AS SELECT ` + standard + ` FROM t`)
	f.do("SET standard_conforming_strings TO off")
	want := [][]any{{"1", true, "22"}, {"3", false, ""}}
	check := func(name string) {
		t.Helper()
		if diff := cmp.Diff(want, f.do("SELECT * FROM "+name+" ORDER BY 1")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, name := range []string{"escaped", "mescaped", "standard", "mstandard"} {
		check(name)
		text := f.do("SELECT pg_get_viewdef('" + name + "'::regclass::oid)")[0][0].(string)
		f.do("CREATE VIEW again_" + name + " AS " + text)
		check("again_" + name)
	}
	f.reopen()
	f.do("REFRESH MATERIALIZED VIEW mescaped; REFRESH MATERIALIZED VIEW mstandard")
	check("mescaped")
	check("mstandard")
}

// TestViewsFromBeforeTheRuleKeepTheirMeaning takes the rule from what is saved,
// as it is missing in folders of earlier versions.
func TestViewsFromBeforeTheRuleKeepTheirMeaning(t *testing.T) {
	f := newFixture(t)
	stream := newFakeStream("s")
	f.streams.set("events", stream)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default; CREATE TABLE t (t varchar); INSERT INTO t VALUES ('x\\\\ty-12')")
	f.do("SET standard_conforming_strings TO on")
	f.do(`CREATE VIEW w AS SELECT split_part(t, '\t', 2) FROM t`)
	f.do(`CREATE MATERIALIZED VIEW m AS SELECT regexp_substr(t, '\d+') FROM t`)
	f.do(`CREATE MATERIALIZED VIEW s AS SELECT JSON_PARSE(kinesis_data).t::varchar ~ '^\d+\.\d+$' AS fits FROM kds.events`)
	f.raw(`UPDATE leat.views SET settings = json_merge_patch(settings, '{"Literals": null}'), query = replace(query, '\\', '\'), definition = replace(definition, '\\', '\')`)
	f.raw(`UPDATE leat.relations SET options = '{}', definition = replace(definition, '\\', '\') WHERE definition IS NOT NULL`)
	f.reopen()
	f.reopen() // once is enough
	stream.put(`{"t":"1.5"}`, `{"t":"1x5"}`, `{"t":"d.d"}`)
	f.do("REFRESH MATERIALIZED VIEW m; REFRESH MATERIALIZED VIEW s")
	for sql, want := range map[string]any{
		"SELECT * FROM w": "y-12", "SELECT * FROM m": "12", "SELECT count(*) FROM s WHERE fits": int64(1), "SELECT count(*) FROM s": int64(3),
		"SELECT pg_get_viewdef('m'::regclass::oid)": `SELECT regexp_substr(t, '\\d+') FROM t`,
		"SELECT pg_get_viewdef('w'::regclass::oid)": `SELECT split_part(t, '\\t', 2) FROM t`,
	} {
		if got := f.do(sql)[0][0]; got != want {
			t.Errorf("%s = %v, want %v", sql, got, want)
		}
	}
}

func TestDefaultsSurviveBeingShown(t *testing.T) {
	f := newFixture(t)
	f.do(`CREATE TABLE t (a int, path varchar DEFAULT 'c:\\new', tab varchar DEFAULT '\t', quote varchar DEFAULT 'it\'s')`)
	for i, column := range []string{"path", "tab", "quote"} {
		text := f.do("SELECT adsrc FROM pg_attrdef WHERE adnum = $1", int64(i+2))[0][0].(string)
		f.do("INSERT INTO t (a) VALUES (1)")
		if got := f.do("SELECT " + column + " = " + text + " FROM t LIMIT 1")[0][0]; got != true {
			t.Errorf("the default of %s is shown as %s, which is another value", column, text)
		}
	}
	for _, value := range []string{`a\b`, `it's`, "tab\there", `\\'`, `\n`} {
		literal := f.do("SELECT quote_literal($1)", value)[0][0].(string)
		if got := f.do("SELECT " + literal)[0][0]; got != value {
			t.Errorf("quote_literal(%q) = %s, which reads as %q", value, literal, got)
		}
	}
}

func TestASessionSaysHowItReadsLiterals(t *testing.T) {
	f := newFixture(t)
	if got := f.do("SHOW standard_conforming_strings")[0][0]; got != "off" || f.session.Parameter("standard_conforming_strings") != "off" {
		t.Errorf("standard_conforming_strings is %v", got)
	}
	f.do("BEGIN; SET LOCAL standard_conforming_strings TO on")
	if got := f.do(`SELECT len('\n')`)[0][0]; got != int32(2) {
		t.Errorf("with standard literals a backslash and an n are %v characters", got)
	}
	f.do("COMMIT")
	if got := f.do(`SELECT len('\n')`)[0][0]; got != int32(1) {
		t.Errorf("an escaped newline is %v characters", got)
	}
	if _, err := f.session.Parse("SELECT '\xff'"); stateOfError(err) != "22021" {
		t.Errorf("text that is not UTF-8: %v", err)
	}
	if _, err := redshift.Parse("SELECT 'a\x00b'"); stateOfError(err) != "22021" {
		t.Errorf("text with a zero byte: %v", err)
	}
}
