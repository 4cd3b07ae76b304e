-- What the catalogs are made from: schemas, relations and columns as Redshift
-- shows them. Everything after this file reads these views and never DuckDB's
-- own, so what is hidden here is hidden everywhere.

-- Types: how DuckDB's are announced, and their names. len is -1 when it varies.
CREATE OR REPLACE VIEW leat.pg_types AS SELECT * FROM (VALUES
  (16::BIGINT, 'bool', 'boolean', 1, 'B', 0, 1000),
  (17, 'bytea', 'bytea', -1, 'U', 0, 1001),
  (18, 'char', '"char"', 1, 'S', 0, 1002),
  (19, 'name', 'name', 128, 'S', 18, 1003),
  (20, 'int8', 'bigint', 8, 'N', 0, 1016),
  (21, 'int2', 'smallint', 2, 'N', 0, 1005),
  (22, 'int2vector', 'int2vector', -1, 'A', 21, 1006),
  (23, 'int4', 'integer', 4, 'N', 0, 1007),
  (24, 'regproc', 'regproc', 4, 'N', 0, 1008),
  (25, 'text', 'text', -1, 'S', 0, 1009),
  (26, 'oid', 'oid', 4, 'N', 0, 1028),
  (28, 'xid', 'xid', 4, 'U', 0, 1011),
  (30, 'oidvector', 'oidvector', -1, 'A', 26, 1013),
  (700, 'float4', 'real', 4, 'N', 0, 1021),
  (701, 'float8', 'double precision', 8, 'N', 0, 1022),
  (705, 'unknown', 'unknown', -1, 'X', 0, 0),
  (1000, '_bool', 'boolean[]', -1, 'A', 16, 0),
  (1002, '_char', '"char"[]', -1, 'A', 18, 0),
  (1003, '_name', 'name[]', -1, 'A', 19, 0),
  (1005, '_int2', 'smallint[]', -1, 'A', 21, 0),
  (1007, '_int4', 'integer[]', -1, 'A', 23, 0),
  (1009, '_text', 'text[]', -1, 'A', 25, 0),
  (1015, '_varchar', 'character varying[]', -1, 'A', 1043, 0),
  (1016, '_int8', 'bigint[]', -1, 'A', 20, 0),
  (1022, '_float8', 'double precision[]', -1, 'A', 701, 0),
  (1028, '_oid', 'oid[]', -1, 'A', 26, 0),
  (1033, 'aclitem', 'aclitem', 12, 'U', 0, 1034),
  (1034, '_aclitem', 'aclitem[]', -1, 'A', 1033, 0),
  (1042, 'bpchar', 'character', -1, 'S', 0, 1014),
  (1043, 'varchar', 'character varying', -1, 'S', 0, 1015),
  (1082, 'date', 'date', 4, 'D', 0, 1182),
  (1083, 'time', 'time without time zone', 8, 'D', 0, 1183),
  (1114, 'timestamp', 'timestamp without time zone', 8, 'D', 0, 1115),
  (1184, 'timestamptz', 'timestamp with time zone', 8, 'D', 0, 1185),
  (1186, 'interval', 'interval', 16, 'T', 0, 1187),
  (1266, 'timetz', 'time with time zone', 12, 'D', 0, 1270),
  (1700, 'numeric', 'numeric', -1, 'N', 0, 1231),
  (2205, 'regclass', 'regclass', 4, 'N', 0, 2210),
  (2206, 'regtype', 'regtype', 4, 'N', 0, 2211),
  (2950, 'uuid', 'uuid', 16, 'U', 0, 2951),
  (3000, 'geometry', 'geometry', -1, 'U', 0, 0),
  (4000, 'super', 'super', -1, 'U', 0, 0),
  (6551, 'varbyte', 'binary varying', -1, 'U', 0, 0)
) t(oid, typname, display, len, category, elem, arr);

-- The Redshift type that a column of a DuckDB type has when nobody says more.
CREATE OR REPLACE VIEW leat.duck_types AS SELECT * FROM (VALUES
  ('BOOLEAN', 16::BIGINT), ('TINYINT', 21), ('SMALLINT', 21), ('UTINYINT', 21), ('INTEGER', 23), ('USMALLINT', 23),
  ('BIGINT', 20), ('UINTEGER', 20), ('HUGEINT', 1700), ('UBIGINT', 1700), ('FLOAT', 700), ('DOUBLE', 701), ('DECIMAL', 1700),
  ('VARCHAR', 1043), ('JSON', 4000), ('BLOB', 6551), ('DATE', 1082), ('TIME', 1083),
  ('TIMESTAMP', 1114), ('TIMESTAMP WITH TIME ZONE', 1184), ('TIME WITH TIME ZONE', 1266), ('INTERVAL', 1186),
  ('UUID', 2950), ('VARCHAR[]', 1009), ('BIGINT[]', 1028), ('SMALLINT[]', 1005), ('INTEGER[]', 1007)
) t(duck, oid);

CREATE OR REPLACE VIEW leat.pg_users AS
SELECT 100::BIGINT AS oid, '$user' AS name
UNION ALL
SELECT 100 + row_number() OVER (ORDER BY u.name), u.name FROM leat.users u WHERE u.kind = 'user' AND u.name <> '$user';

-- Schemas: DuckDB's, external ones, and the three that every database has,
-- which keep PostgreSQL's numbers.
CREATE OR REPLACE VIEW leat.shown_schemas AS
SELECT s.oid, s.schema_name AS name
FROM duckdb_schemas() s
WHERE s.database_name = current_database() AND NOT s.internal
  AND s.schema_name NOT IN ('public', 'leat', 'leat_sys', 'leat_pg', 'leat_info')
UNION ALL
SELECT e.id, e.name FROM leat.external_schemas e
UNION ALL VALUES (11::BIGINT, 'pg_catalog'), (2200::BIGINT, 'public'), (11999::BIGINT, 'information_schema');

-- Where a relation is shown: system views live in schemas of their own.
CREATE OR REPLACE MACRO leat.shown_schema(duck_schema) AS CASE duck_schema
  WHEN 'leat_pg' THEN 'pg_catalog' WHEN 'leat_sys' THEN 'pg_catalog' WHEN 'leat_info' THEN 'information_schema' ELSE duck_schema END;

-- Relations; kind is pg_class.relkind. A materialized view is a table of DuckDB.
CREATE OR REPLACE VIEW leat.shown_relations AS
SELECT d.oid, s.oid AS schema_oid, s.name AS schema_name, d.name, CASE WHEN v.id IS NOT NULL THEN 'm' ELSE d.kind END AS kind,
  d.columns, d.rows, coalesce(v.query, w.definition) AS definition, d.comment,
  coalesce((SELECT u.oid FROM leat.pg_users u WHERE u.name = coalesce(v.owner, w.owner)), 100) AS owner
FROM (
  SELECT t.table_oid AS oid, t.schema_name AS duck_schema, t.table_name AS name, 'r' AS kind,
    t.column_count AS columns, t.estimated_size AS rows, t.comment
  FROM duckdb_tables() t WHERE t.database_name = current_database() AND t.schema_name <> 'leat'
  UNION ALL
  SELECT x.view_oid, x.schema_name, x.view_name, 'v', x.column_count, 0, x.comment
  FROM duckdb_views() x WHERE x.database_name = current_database() AND x.schema_name <> 'leat' AND NOT x.internal
) d
JOIN leat.shown_schemas s ON s.name = leat.shown_schema(d.duck_schema)
LEFT JOIN leat.views v ON v.schema_name = d.duck_schema AND v.name = d.name
LEFT JOIN leat.relations w ON w.schema_name = d.duck_schema AND w.name = d.name;

-- Columns, numbered from 1 in each relation. leat.columns knows Redshift's
-- type where DuckDB's does not tell.
CREATE OR REPLACE VIEW leat.shown_columns AS
SELECT r.oid AS relation_oid, c.column_index AS num, c.column_name AS name, coalesce(t.oid, d.oid, 1043) AS type_oid,
  CASE
    WHEN l.type IN ('varchar', 'char', 'varbyte') AND l.length > 0 THEN l.length + 4
    WHEN c.numeric_precision IS NOT NULL AND starts_with(c.data_type, 'DECIMAL') THEN ((c.numeric_precision << 16) | c.numeric_scale) + 4
    ELSE -1 END AS typmod,
  NOT c.is_nullable AS not_null, replace(c.column_default, '\', '\\') AS default_text, c.comment,
  coalesce(l.encoding, 'none') AS encoding, coalesce(l.distkey, false) AS distkey, coalesce(l.sortkey, 0) AS sortkey
FROM duckdb_columns() c
JOIN leat.shown_relations r ON r.oid = c.table_oid
LEFT JOIN leat.columns l ON l.schema_name = c.schema_name AND l.relation = c.table_name AND l.name = c.column_name
LEFT JOIN leat.pg_types t ON t.display = CASE l.type WHEN 'varchar' THEN 'character varying' WHEN 'char' THEN 'character'
  WHEN 'varbyte' THEN 'binary varying' WHEN 'timestamp' THEN 'timestamp without time zone' WHEN 'timestamptz' THEN 'timestamp with time zone'
  WHEN 'time' THEN 'time without time zone' WHEN 'timetz' THEN 'time with time zone' ELSE l.type END
LEFT JOIN leat.duck_types d ON d.duck = regexp_replace(c.data_type, '\([0-9, ]*\)', '')
WHERE c.database_name = current_database();
