package redshift_test

import "testing"

func TestTypesThatDoNotMeetAreNamed(t *testing.T) {
	s := newSession(t)
	for sql, want := range map[string]string{
		"SELECT 1 UNION SELECT getdate()":                                                        "error 42804 at 10: UNION types integer and timestamp without time zone cannot be matched",
		"SELECT current_date INTERSECT SELECT true":                                              "error 42804 at 21: INTERSECT types date and boolean cannot be matched",
		"SELECT json_parse('1') EXCEPT SELECT getdate()":                                         "error 42804 at 24: EXCEPT types super and timestamp without time zone cannot be matched",
		"SELECT CASE WHEN true THEN 1 ELSE current_date END":                                     "error 42804 at 8: types integer and date cannot be matched",
		"SELECT COALESCE(1, getdate())":                                                          "error 42804 at 8: types integer and timestamp without time zone cannot be matched",
		"SELECT GREATEST(interval '1 day', 5)":                                                   "error 42804 at 8: types interval and integer cannot be matched",
		"SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2.5) q ORDER BY 1":                        "2.5",
		"SELECT x FROM (SELECT current_date - current_date AS x UNION SELECT NULL) q ORDER BY 1": "NULL",
	} {
		if got := s.last(sql); got != want {
			t.Errorf("%s gives %q, want %q", sql, got, want)
		}
	}
}

func TestAFunctionThatDoesNotExistIsCalledSo(t *testing.T) {
	s := newSession(t)
	s.run("CREATE TABLE t (id int)")
	const hint = "hint: No function matches the given name and argument types. You may need to add explicit type casts."
	for _, sql := range []string{"SELECT cout(*) FROM t", "SELECT cuont(DISTINCT id) FROM t", "SELECT rnak() OVER (ORDER BY id) FROM t", "SELECT lisatgg(id, ',') WITHIN GROUP (ORDER BY id) FROM t"} {
		if got := s.run(sql); got[:11] != "error 42883" || s.last(sql) != hint {
			t.Errorf("%s gives %q", sql, got)
		}
	}
	if got := s.last("SELECT upper(DISTINCT 'a')"); got != "error 42809 at 8: upper is not an aggregate function" {
		t.Errorf("DISTINCT in a function that exists gives %q", got)
	}
}
