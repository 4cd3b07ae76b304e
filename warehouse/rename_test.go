package warehouse

import "testing"

func TestViewsOfEveryKindAreRenamed(t *testing.T) {
	f := newFixture(t)
	stream := newFakeStream("s")
	f.streams.set("events", stream)
	stream.put(`{"a":1}`, `{"a":`)
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default; CREATE TABLE t (a int); INSERT INTO t VALUES (7)")
	f.do("CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM t")
	f.do("CREATE MATERIALIZED VIEW s DISTKEY(2) SORTKEY(1, 2) AUTO REFRESH NO AS SELECT approximate_arrival_timestamp, JSON_PARSE(kinesis_data) AS payload FROM kds.events")
	f.do("REFRESH MATERIALIZED VIEW s")
	f.do(`ALTER TABLE v RENAME TO v2; ALTER TABLE "dev"."public"."m" RENAME TO m2; ALTER TABLE s RENAME TO s2`)
	f.do("BEGIN; ALTER VIEW v2 RENAME TO v3; ALTER MATERIALIZED VIEW s2 RENAME TO lost; ROLLBACK")
	f.do("ALTER VIEW v2 RENAME TO v3; ALTER MATERIALIZED VIEW m2 RENAME TO m3; ALTER VIEW v3 OWNER TO admin")
	check := func() {
		t.Helper()
		stream.put(`{"a":2}`)
		f.do("INSERT INTO t VALUES (8); REFRESH MATERIALIZED VIEW m3; REFRESH MATERIALIZED VIEW s2")
		for _, old := range []string{"v", "v2", "m", "m2", "s", "lost"} {
			if _, err := try(f.session, "SELECT * FROM "+old); stateOfError(err) != stateUndefined {
				t.Errorf("%s: %v", old, err)
			}
		}
	}
	check()
	f.reopen()
	check()
	for sql, want := range map[string]int64{
		"SELECT count(*) FROM v3": 3, "SELECT count(*) FROM m3": 3, "SELECT count(*) FROM s2": 3,
		"SELECT count(*) FROM leat_quarantine WHERE view_name = 's2'": 1, "SELECT count(*) FROM pg_views WHERE viewname = 'v3'": 1,
	} {
		if got := f.do(sql)[0][0]; got != want {
			t.Errorf("%s = %v, want %d", sql, got, want)
		}
	}
	if _, err := try(f.session, "ALTER TABLE t RENAME TO u"); stateOfError(err) != stateDependent {
		t.Errorf("what views are made from is renamed: %v", err)
	}
	if _, err := try(f.session, "ALTER TABLE v3 RENAME TO m3"); stateOfError(err) != stateDuplicate {
		t.Errorf("a taken name: %v", err)
	}
	f.do("DROP VIEW v3; DROP MATERIALIZED VIEW m3; DROP MATERIALIZED VIEW s2; ALTER TABLE t RENAME TO u; SELECT * FROM u")
}

func TestKeysAreNamedByTheirPlaceInTheQuery(t *testing.T) {
	f := newFixture(t)
	f.streams.set("events", newFakeStream("s"))
	f.do("CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default")
	f.do(`CREATE MATERIALIZED VIEW s DISTKEY(6) sortkey(1) AUTO REFRESH NO AS SELECT refresh_time, approximate_arrival_timestamp, partition_key, shard_id, sequence_number,
		json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), 'consumptionId')::varchar(36) AS consumption_id FROM kds.events`)
	if got := f.raw("SELECT options->>'DISTKEY', options->>'SORTKEY' FROM leat.views"); got[0] != "consumption_id" || got[1] != "refresh_time" {
		t.Errorf("the keys are %v", got)
	}
	f.do("CREATE TABLE c DISTKEY(1) COMPOUND SORTKEY(2, 1) AS SELECT 1 AS a, 2 AS b; CREATE MATERIALIZED VIEW m SORTKEY(1) AS SELECT a FROM c")
	for sql, state := range map[string]string{
		"CREATE TABLE d DISTKEY(3) AS SELECT 1 AS a, 2 AS b":                       "42P10",
		"CREATE MATERIALIZED VIEW n SORTKEY(2) AS SELECT a FROM c":                 "42P10",
		"CREATE TABLE d SORTKEY(nope) AS SELECT 1 AS a":                            "42703",
		"CREATE TABLE d DISTKEY(0) AS SELECT 1 AS a":                               "42601",
		"CREATE MATERIALIZED VIEW n DISTKEY(9) AS SELECT shard_id FROM kds.events": "42P10",
	} {
		if _, err := try(f.session, sql); stateOfError(err) != state {
			t.Errorf("%s: %v, want %s", sql, err, state)
		}
	}
}

func TestNamesMayBeginWithTheDatabase(t *testing.T) {
	f := newFixture(t)
	f.do(`CREATE SCHEMA s; CREATE TABLE dev.s.t (a int); INSERT INTO "dev"."s"."t" VALUES (1); CREATE VIEW dev.s.v AS SELECT dev.s.t.a FROM dev.s.t`)
	f.do("COMMENT ON TABLE dev.s.t IS 'x'; COMMENT ON COLUMN dev.s.t.a IS 'y'; COMMENT ON COLUMN s.t.a IS 'z'; ANALYZE dev.s.t; VACUUM dev.s.t; TRUNCATE dev.s.t; ALTER TABLE dev.s.t ADD COLUMN b int")
	for _, sql := range []string{"SELECT * FROM x.s.t", "DROP TABLE x.s.t", "COMMENT ON COLUMN x.s.t.a IS 'y'", "CREATE TABLE x.s.u (a int)", "ALTER TABLE x.s.t DROP COLUMN b",
		"CREATE MATERIALIZED VIEW x.s.m AS SELECT 1 a", "ANALYZE x.s.t", "GRANT SELECT ON x.s.t TO PUBLIC"} {
		if _, err := try(f.session, sql); stateOfError(err) != "0A000" {
			t.Errorf("%s: %v, want 0A000", sql, err)
		}
	}
	f.do("DROP TABLE dev.s.t CASCADE")
}
