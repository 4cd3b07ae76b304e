package warehouse

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"leat/duck"
	"leat/redshift"
)

func openCatalogForTest(t *testing.T, statements ...string) *duck.Conn {
	t.Helper()
	db, err := duck.Open(duck.Config{Path: filepath.Join(t.TempDir(), "w.duckdb")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	cfg := Config{User: "admin", Database: "dev"}.withDefaults()
	for _, list := range [][]string{ownTables, pgCatalogStatements(cfg), pgCatalogStatements(cfg), statements} {
		for _, statement := range list {
			if _, err := conn.Exec(context.Background(), statement); err != nil {
				t.Fatalf("%.100s: %v", statement, err)
			}
		}
	}
	return conn
}

// TestEveryCatalogRelationCanBeRead: none is only bound and fails when run.
func TestEveryCatalogRelationCanBeRead(t *testing.T) {
	conn := openCatalogForTest(t, "CREATE TABLE public.t (a INTEGER)")
	result, err := conn.Query(context.Background(),
		"SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE schema_name IN ('leat_pg', 'leat_info')")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for result.Next() {
		names = append(names, result.Values()[0].(string))
	}
	result.Close()
	if len(names) < 60 {
		t.Errorf("only %d relations", len(names))
	}
	for _, name := range names {
		result, err := conn.Query(context.Background(), "SELECT * FROM "+name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for result.Next() {
		}
		if err := result.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		result.Close()
	}
}

// TestEveryMacroOfTheTranslationsExists: package redshift says which it calls.
func TestEveryMacroOfTheTranslationsExists(t *testing.T) {
	conn := openCatalogForTest(t)
	for _, macro := range redshift.CatalogMacros {
		name, args, _ := strings.Cut(strings.TrimSuffix(macro, ")"), "(")
		count := 0
		if args != "" {
			count = strings.Count(args, ",") + 1
		}
		row, err := conn.Row(context.Background(),
			"SELECT count(*) FROM duckdb_functions() WHERE schema_name = 'leat_pg' AND function_name = $1 AND len(parameters) = $2", name, count)
		if err != nil || row[0] != int64(1) {
			t.Errorf("%s: %v, %v", macro, row, err)
		}
	}
}

func TestCatalogShowsRelationsAndTheirTypes(t *testing.T) {
	conn := openCatalogForTest(t,
		"SET VARIABLE leat_settings = MAP {'timezone': 'UTC'}",
		"CREATE SCHEMA sales",
		"CREATE TABLE sales.orders (id BIGINT NOT NULL, price DECIMAL(12,2) DEFAULT 0, note VARCHAR, doc JSON, raw BLOB, seen TIMESTAMP)",
		"CREATE VIEW public.v AS SELECT id, price FROM sales.orders",
		"INSERT INTO leat.relations VALUES ('public', 'v', 'SELECT id, price FROM sales.orders', NULL, now(), 'admin')",
		"INSERT INTO leat.columns VALUES ('sales', 'orders', 'note', 'varchar', 256, 0, 0, 'lzo', false, 0), ('sales', 'orders', 'raw', 'varbyte', 64, 0, 0, NULL, false, 0)",
		"CREATE TABLE public.mv (a INTEGER)",
		"INSERT INTO leat.views VALUES (1, 'public', 'mv', 'stream', 'CREATE …', 'SELECT 1 AS a', '{}', '{}', true, 'kds', 's', 'admin', now())",
		"INSERT INTO leat.external_schemas VALUES (2, 'kds', 'KINESIS', '{}', now())",
		"COMMENT ON TABLE sales.orders IS 'what was bought'")
	for _, c := range []struct{ query, want string }{
		{`SELECT string_agg(n.nspname || '.' || c.relname || ' ' || c.relkind, ', ' ORDER BY c.relname) FROM leat_pg.pg_class c
		  JOIN leat_pg.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')`,
			"[public.mv m, sales.orders r, public.v v]"},
		{`SELECT string_agg(attname || ' ' || leat_pg.format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END, ', ' ORDER BY attnum)
		  FROM leat_pg.pg_attribute WHERE attrelid = leat_pg.to_regclass('sales.orders')`,
			"[id bigint not null, price numeric(12,2), note character varying(256), doc super, raw binary varying(64), seen timestamp without time zone]"},
		{`SELECT count(*) FROM leat_info.tables WHERE table_name = 'quarantine'`, "[0]"},
		{`SELECT leat_pg.pg_table_is_visible(leat_pg.to_regclass('v')), leat_pg.pg_table_is_visible(leat_pg.to_regclass('sales.orders'))`, "[true false]"},
		{`SELECT leat_pg.regclass_name(leat_pg.to_regclass('v')), leat_pg.regclass_name(leat_pg.to_regclass('sales.orders'))`, "[v sales.orders]"},
		{`SELECT leat_pg.obj_description(leat_pg.to_regclass('sales.orders'), 'pg_class')`, "[what was bought]"},
		{`SELECT leat_pg.pg_get_viewdef(leat_pg.to_regclass('v'))`, "[SELECT id, price FROM sales.orders]"},
		{`SELECT leat_pg.pg_get_userbyid(100), leat_pg.pg_get_userbyid(7)`, "[admin unknown (OID=7)]"},
		{`SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM leat_pg.pg_namespace`, "[information_schema kds pg_catalog public sales]"},
		{`SELECT leat_pg.to_regclass('leat.quarantine')`, `relation "leat.quarantine" does not exist`},
		{`SELECT leat_pg.to_regtype('pg_catalog.int4'), leat_pg.regtype_name(leat_pg.to_regtype('character varying'))`, "[23 character varying]"},
		{`SELECT leat_pg.pg_backend_pid(), leat_pg.txid_current() > 0, leat_pg.pg_last_copy_id(), leat_pg.current_setting('TimeZone')`, "[0 true -1 UTC]"},
		{`SELECT leat_pg.pg_postmaster_start_time() <= now(), leat_pg.version() LIKE '%Redshift%'`, "[true true]"},
		{`SELECT leat_pg.pg_size_pretty(5), leat_pg.pg_size_pretty(123456789)`, "[5 bytes 118 MB]"},
		{`SELECT leat_pg.pg_database_size() >= 0`, "[true]"},
	} {
		row, err := conn.Row(context.Background(), c.query)
		got := fmt.Sprint(row)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s\n got %s, %v\nwant %s", c.query, got, err, c.want)
		}
	}
}

func BenchmarkCatalog(b *testing.B) {
	db, err := duck.Open(duck.Config{Path: filepath.Join(b.TempDir(), "w.duckdb")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Connect()
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	if err := conn.ExecAll(context.Background(), ownTables...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		conn.ExecAll(context.Background(), "BEGIN")
		if err := conn.ExecAll(context.Background(), pgCatalogStatements(Config{}.withDefaults())...); err != nil {
			b.Fatal(err)
		}
		conn.ExecAll(context.Background(), "COMMIT")
	}
}
