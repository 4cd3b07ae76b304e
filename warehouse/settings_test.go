package warehouse

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"leat/redshift"
)

// settingsText is the manual's part about settings.
func settingsText() string {
	groups := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(knownParameters)) {
		known := knownParameters[name]
		shown := "`" + name + "`"
		switch {
		case known.kind == kindFixed:
			groups["fixed"] = append(groups["fixed"], shown)
		case known.idle:
			groups["idle"] = append(groups["idle"], shown)
		case known.only != nil && name != "client_min_messages" && !strings.HasSuffix(name, "_isolation"):
			groups["only"] = append(groups["only"], shown+" ("+strings.Join(known.only, ", ")+")")
		default:
			groups["honoured"] = append(groups["honoured"], shown)
		}
	}
	return "* Honoured: " + strings.Join(groups["honoured"], ", ") + ".\n" +
		"* With one value only, others are refused: " + strings.Join(groups["only"], ", ") + ".\n" +
		"* Kept and shown without effect, because they steer the speed or the upkeep of a cluster: " + strings.Join(groups["idle"], ", ") + ".\n" +
		"* Shown, and fixed: " + strings.Join(groups["fixed"], ", ") + ".\n"
}

func TestTheManualListsEverySetting(t *testing.T) {
	const file = "../docs/sql.md"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), "-rewrite -->\n")
	_, tail, ok2 := strings.Cut(rest, "<!-- end of settings -->")
	if !ok || !ok2 {
		t.Fatalf("%s has no marks around its settings", file)
	}
	want := head + "-rewrite -->\n" + settingsText() + "<!-- end of settings -->" + tail
	if want == string(data) {
		return
	}
	if !*rewrite {
		t.Fatalf("%s does not list the settings as they are; go test -run %s -rewrite", file, t.Name())
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWhatChangesResultsIsHonouredOrRefused(t *testing.T) {
	f := newFixture(t)
	for sql, state := range map[string]string{
		"SET datestyle TO 'German'":                                 "0A000",
		"SET datestyle TO 'SQL, DMY'":                               "0A000",
		"SET datestyle TO postgres":                                 "0A000",
		"SET datestyle TO 'nonsense'":                               "22023",
		"SET intervalstyle TO iso_8601":                             "0A000",
		"SET bytea_output TO 'escape'":                              "0A000",
		"SET json_parse_truncate_strings TO on":                     "0A000",
		"SET json_parse_dedup_attributes TO true":                   "0A000",
		"SET navigate_super_null_on_error TO off":                   "0A000",
		"SET error_on_nondeterministic_update TO on":                "0A000",
		"SET downcase_delimited_identifier TO off":                  "0A000",
		"SET default_transaction_isolation TO 'chaos'":              "0A000",
		"SET client_encoding TO latin1":                             "22023",
		"SET timezone TO 'Nowhere/Land'":                            "22023",
		"SET SESSION AUTHORIZATION nobody":                          "42704",
		"SET extra_float_digits TO many":                            "22023",
		"SET nope TO 1":                                             "42704",
		"SET server_version TO '9'":                                 "55P02",
		"ALTER USER admin SET search_path TO x":                     "0A000",
		"ALTER USER admin RENAME TO other":                          "0A000",
		"SELECT set_config('nope', 'x', false)":                     "42704",
		"SELECT set_config('intervalstyle', 'sql_standard', false)": "0A000",
	} {
		if _, err := try(f.session, sql); stateOfError(err) != state {
			t.Errorf("%s: %v, want %s", sql, err, state)
		}
	}
	for _, sql := range []string{
		"SET datestyle TO 'ISO'", "SET datestyle = ISO, DMY", "SET query_group TO 'x'", "SET wlm_query_slot_count TO 3", "SET enable_result_cache_for_session TO off",
		"SET mv_enable_aqmv_for_session TO false", "SET analyze_threshold_percent TO 10", "SET spectrum_query_maxerror TO 5", "SET intervalstyle TO postgres",
		"SET LOCAL statement_timeout TO 1000", "SET json_parse_truncate_strings TO off", "SHOW ALL", "RESET ALL", "SET readonly = 0",
	} {
		if _, err := try(f.session, sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestDateStyleDecidesWhichNumberIsTheDay(t *testing.T) {
	f := newFixture(t)
	for style, want := range map[string]string{"ISO, DMY": "2024-04-03", "MDY": "2024-03-04", "European": "2024-04-03", "US": "2024-03-04"} {
		f.do("SET datestyle TO '" + style + "'")
		if got := f.do("SELECT to_char('03/04/2024'::date, 'YYYY-MM-DD')")[0][0]; got != want {
			t.Errorf("with %s 03/04/2024 is %v, want %s", style, got, want)
		}
	}
	f.do("SET datestyle TO DMY; CREATE VIEW v AS SELECT to_char('01/02/2024'::date, 'MON') AS m; SET datestyle TO ISO")
	if got := f.do("SHOW datestyle")[0][0]; got != "ISO, DMY" {
		t.Errorf("a style keeps the order: %v", got)
	}
	f.do("RESET datestyle")
	if got := f.do("SELECT m FROM v")[0][0]; got != "FEB" {
		t.Errorf("a view keeps the order it was made with: %v", got)
	}
	f.do("BEGIN; SET LOCAL datestyle TO 'DMY'; COMMIT")
	if got := f.do("SHOW datestyle")[0][0]; got != "ISO, MDY" {
		t.Errorf("SET LOCAL outlives its transaction: %v", got)
	}
}

func TestReadOnlyTransactionsWriteNothing(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE TEMP TABLE tt (a int)")
	writes := []string{"INSERT INTO t VALUES (2)", "UPDATE t SET a = 2", "DELETE FROM t", "CREATE TABLE u (a int)", "CREATE TABLE u AS SELECT 1 a", "DROP TABLE t",
		"ALTER TABLE t ADD COLUMN b int", "CREATE VIEW v AS SELECT 1 a", "REFRESH MATERIALIZED VIEW m", "GRANT SELECT ON t TO PUBLIC", "CREATE SCHEMA s",
		"EXPLAIN ANALYZE DELETE FROM t", "COMMENT ON TABLE t IS 'x'", "CREATE USER x PASSWORD 'y'", "SELECT 1 a INTO u"}
	for _, begin := range []string{"BEGIN READ ONLY", "START TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY", "BEGIN; SET TRANSACTION READ ONLY",
		"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; BEGIN", "SET default_transaction_read_only TO on; BEGIN", "SET readonly = 1; BEGIN", "SET default_transaction_read_only TO on"} {
		for _, write := range writes {
			f.do(begin)
			if got := f.do("SELECT a FROM t"); len(got) != 1 {
				t.Fatalf("%s: %v", begin, got)
			}
			if _, err := try(f.session, write); stateOfError(err) != "25006" {
				t.Errorf("%s; %s: %v, want 25006", begin, write, err)
			}
			if f.session.TxStatus() != 'I' {
				f.do("ROLLBACK")
			}
			f.do("RESET default_transaction_read_only")
		}
	}
	f.do("BEGIN READ ONLY; INSERT INTO tt VALUES (1); ANALYZE t; COMMIT")
	f.do("SET default_transaction_read_only TO on; BEGIN READ WRITE; INSERT INTO t VALUES (2); COMMIT; RESET ALL; INSERT INTO t VALUES (3)")
	if got := f.do("SELECT count(*) FROM t")[0][0]; got != int64(3) {
		t.Errorf("%v rows, want 3", got)
	}
	f.do("BEGIN READ ONLY")
	if got := f.do("SHOW transaction_read_only")[0][0]; got != "on" {
		t.Errorf("transaction_read_only is %v", got)
	}
	if _, err := try(f.session, "SET TRANSACTION READ WRITE"); stateOfError(err) != "25001" {
		t.Errorf("a read-only block becomes one that writes: %v", err)
	}
	f.do("ROLLBACK")
	if got := f.do("SHOW transaction_read_only")[0][0]; got != "off" {
		t.Errorf("after the block transaction_read_only is %v", got)
	}
}

func TestWhatHasNoEffectIsSaid(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct{ sql, want string }{ // in this order
		{"CREATE USER u PASSWORD 'Secret123'", "not kept"},
		{"ALTER USER u PASSWORD 'Other123'", "not kept"},
		{"ALTER USER u PASSWORD DISABLE", "not kept"},
		{"CREATE USER w PASSWORD DISABLE CREATEDB", "without effect: CREATEDB"},
		{"BEGIN ISOLATION LEVEL SERIALIZABLE; ROLLBACK", "snapshot isolation"},
		{"SET TRANSACTION READ ONLY", "only be used in transaction blocks"},
	} {
		f.session.Notices()
		f.do(test.sql)
		text := ""
		for _, n := range f.session.Notices() {
			text += n.Severity + " " + n.Message + "\n"
		}
		if !strings.Contains(text, test.want) || !strings.Contains(text, "WARNING") {
			t.Errorf("%s says %q, want %q", test.sql, text, test.want)
		}
	}
	f.do("SET client_min_messages TO error; ALTER USER u PASSWORD 'Other123'")
	if n := f.session.Notices(); len(n) != 0 {
		t.Errorf("client_min_messages error lets %v through", n)
	}
}

func TestASessionActsAsTheUserItSays(t *testing.T) {
	f := newFixture(t)
	f.do("CREATE USER other PASSWORD DISABLE; CREATE SCHEMA other; CREATE TABLE other.mine (a int); SET SESSION AUTHORIZATION other")
	if got := f.do("SELECT current_user, (SELECT count(*) FROM mine)")[0]; got[0] != "other" || got[1] != int64(0) {
		t.Errorf("as other: %v", got)
	}
	f.do("SET SESSION AUTHORIZATION DEFAULT")
	if got := f.do("SELECT current_user")[0][0]; got != f.session.login {
		t.Errorf("by default: %v", got)
	}
	f.do("BEGIN; SET SESSION AUTHORIZATION 'other'; ROLLBACK")
	if got := f.do("SELECT current_user")[0][0]; got != f.session.login {
		t.Errorf("after the rollback: %v", got)
	}
	f.do("SET describe_field_name_in_uppercase TO on")
	statements, _ := redshift.Parse("SELECT 1 AS abc, 2 AS \"d\"")
	p, err := f.session.Prepare(t.Context(), statements[0], nil)
	if err != nil || p.Columns[0].Name != "ABC" || p.Columns[1].Name != "D" {
		t.Errorf("columns %v, %v", p.Columns, err)
	}
	if got := f.do("SELECT pg_catalog.set_config('search_path', 'other', false)")[0][0]; got != "other" || f.do("SELECT count(*) FROM mine")[0][0] != int64(0) {
		t.Errorf("set_config gives %v", got)
	}
}
