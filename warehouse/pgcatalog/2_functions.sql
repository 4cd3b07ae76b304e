-- PostgreSQL's functions about its catalogs. Statements reach them as
-- leat_pg.<name>.

CREATE OR REPLACE MACRO leat_pg.format_type(type, typmod) AS (
  SELECT CASE
    WHEN type = 1043 AND typmod > 4 THEN 'character varying(' || (typmod - 4) || ')'
    WHEN type = 1042 AND typmod > 4 THEN 'character(' || (typmod - 4) || ')'
    WHEN type = 6551 AND typmod > 4 THEN 'binary varying(' || (typmod - 4) || ')'
    WHEN type = 1700 AND typmod > 4 THEN 'numeric(' || ((typmod - 4) >> 16) || ',' || ((typmod - 4) & 65535) || ')'
    ELSE coalesce((SELECT t.display FROM leat.pg_types t WHERE t.oid = type), '???') END);

-- Compressions of columns by number, as pg_attribute has them.
CREATE OR REPLACE MACRO leat.encodings() AS
  ['none', 'raw', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16', 'mostly32', 'runlength', 'text255', 'text32k', 'zstd', 'az64', 'auto'];
CREATE OR REPLACE MACRO leat.encoding_number(encoding) AS coalesce(nullif(list_position(leat.encodings(), encoding), 0) - 1, 0)::INTEGER;
CREATE OR REPLACE MACRO leat_pg.format_encoding(number) AS coalesce(leat.encodings()[number + 1], 'none');

CREATE OR REPLACE MACRO leat_pg.pg_get_userbyid(id) AS
  coalesce((SELECT u.name FROM leat.pg_users u WHERE u.oid = id), 'unknown (OID=' || id || ')');

-- The search path is the connection's variable leat_search_path.
CREATE OR REPLACE MACRO leat.search_path() AS coalesce(getvariable('leat_search_path')::VARCHAR[], ['public']);
CREATE OR REPLACE MACRO leat_pg.pg_table_is_visible(id) AS
  (SELECT r.schema_name = 'pg_catalog' OR list_contains(leat.search_path(), r.schema_name)
   FROM leat.shown_relations r WHERE r.oid = id);

-- Names to numbers and back, for ::regclass and its like. A name may be
-- qualified; without a schema the search path decides. A name that means nothing
-- fails as package redshift's translations do: by a cast of the message.
CREATE OR REPLACE MACRO leat.find_relation(relation) AS
  (SELECT r.oid FROM leat.shown_relations r
   WHERE r.schema_name || '.' || r.name = replace(lower(relation), '"', '')
     OR (r.name = replace(lower(relation), '"', '') AND (r.schema_name = 'pg_catalog' OR list_contains(leat.search_path(), r.schema_name)))
   ORDER BY list_position(leat.search_path(), r.schema_name) NULLS LAST LIMIT 1);
CREATE OR REPLACE MACRO leat_pg.to_regclass(relation) AS
  (SELECT CASE WHEN f.oid IS NOT NULL OR relation IS NULL THEN f.oid
     ELSE CAST('{{42P01:relation "' || relation || '" does not exist}}' || f.none AS BIGINT) END
   FROM (SELECT coalesce(TRY_CAST(relation AS BIGINT), leat.find_relation(relation)) AS oid, '' AS none) f);
CREATE OR REPLACE MACRO leat_pg.regclass_name(id) AS
  coalesce((SELECT CASE WHEN r.schema_name = 'pg_catalog' OR list_contains(leat.search_path(), r.schema_name)
      THEN r.name ELSE r.schema_name || '.' || r.name END
    FROM leat.shown_relations r WHERE r.oid = id), CASE WHEN id = 0 THEN '-' ELSE id::VARCHAR END);
CREATE OR REPLACE MACRO leat_pg.to_regtype(type) AS
  (SELECT CASE WHEN f.oid IS NOT NULL OR type IS NULL THEN f.oid
     ELSE CAST('{{42704:type "' || type || '" does not exist}}' || f.none AS BIGINT) END
   FROM (SELECT coalesce(TRY_CAST(type AS BIGINT), CASE WHEN type = 'pg_catalog.trigger' THEN 2279 END,
     (SELECT min(t.oid) FROM leat.pg_types t WHERE t.typname = replace(lower(type), 'pg_catalog.', '') OR t.display = lower(type))) AS oid, '' AS none) f);
CREATE OR REPLACE MACRO leat_pg.regtype_name(id) AS leat_pg.format_type(id, NULL);
CREATE OR REPLACE MACRO leat_pg.to_regproc(func) AS
  (SELECT CASE WHEN f.oid IS NOT NULL OR func IS NULL THEN f.oid
     ELSE CAST('{{42883:function "' || func || '" does not exist}}' || f.none AS BIGINT) END
   FROM (SELECT TRY_CAST(func AS BIGINT) AS oid, '' AS none) f);
CREATE OR REPLACE MACRO leat_pg.regproc_name(id) AS CASE WHEN id = 0 THEN '-' ELSE id::VARCHAR END;
CREATE OR REPLACE MACRO leat_pg.to_regnamespace(schema) AS
  (SELECT CASE WHEN f.oid IS NOT NULL OR schema IS NULL THEN f.oid
     ELSE CAST('{{3F000:schema "' || schema || '" does not exist}}' || f.none AS BIGINT) END
   FROM (SELECT coalesce(TRY_CAST(schema AS BIGINT),
     (SELECT s.oid FROM leat.shown_schemas s WHERE s.name = replace(lower(schema), '"', ''))) AS oid, '' AS none) f);
CREATE OR REPLACE MACRO leat_pg.regnamespace_name(id) AS coalesce((SELECT s.name FROM leat.shown_schemas s WHERE s.oid = id), id::VARCHAR);
CREATE OR REPLACE MACRO leat_pg.to_regrole(role) AS
  (SELECT CASE WHEN f.oid IS NOT NULL OR role IS NULL THEN f.oid
     ELSE CAST('{{42704:role "' || role || '" does not exist}}' || f.none AS BIGINT) END
   FROM (SELECT coalesce(TRY_CAST(role AS BIGINT),
     (SELECT min(u.oid) FROM leat.pg_users u WHERE u.name = replace(lower(role), '"', ''))) AS oid, '' AS none) f);
CREATE OR REPLACE MACRO leat_pg.regrole_name(id) AS leat_pg.pg_get_userbyid(id);

CREATE OR REPLACE MACRO leat_pg.pg_get_viewdef(id) AS
  (SELECT r.definition FROM leat.shown_relations r WHERE r.oid = id::BIGINT);
CREATE OR REPLACE MACRO leat_pg.pg_get_expr(expr, relation) AS expr;
CREATE OR REPLACE MACRO leat_pg.pg_get_indexdef(id) AS NULL::VARCHAR;
CREATE OR REPLACE MACRO leat_pg.pg_get_constraintdef(id) AS NULL::VARCHAR;
CREATE OR REPLACE MACRO leat_pg.pg_get_function_result(id) AS NULL::VARCHAR;
CREATE OR REPLACE MACRO leat_pg.pg_get_function_arguments(id) AS NULL::VARCHAR;

CREATE OR REPLACE MACRO leat_pg.obj_description(id, catalog) AS
  (SELECT r.comment FROM leat.shown_relations r WHERE r.oid = id AND catalog IN ('', 'pg_class'));
CREATE OR REPLACE MACRO leat_pg.col_description(id, n) AS
  (SELECT c.comment FROM leat.shown_columns c WHERE c.relation_oid = id AND c.num = n);

CREATE OR REPLACE MACRO leat_pg.pg_size_pretty(n) AS CASE
  WHEN abs(n) < 10240 THEN n || ' bytes'
  WHEN abs(n) < 10485760 THEN round(n / 1024)::BIGINT || ' kB'
  WHEN abs(n) < 10737418240 THEN round(n / 1048576)::BIGINT || ' MB'
  ELSE round(n / 1073741824)::BIGINT || ' GB' END;
-- Tables share one file: what one of them takes is not known, what the
-- database takes is.
CREATE OR REPLACE MACRO leat_pg.pg_relation_size(id) AS NULL::BIGINT;
CREATE OR REPLACE MACRO leat_pg.pg_database_size() AS
  (SELECT sum(d.used_blocks * d.block_size)::BIGINT FROM pragma_database_size() d WHERE d.database_name = current_database());

-- One user owns everything.
CREATE OR REPLACE MACRO leat_pg.has_table_privilege(name, privilege) AS true;
CREATE OR REPLACE MACRO leat_pg.has_schema_privilege(name, privilege) AS true;

-- The session. Its number and settings are variables of the connection. Tools
-- look for the word Redshift in the version.
CREATE OR REPLACE MACRO leat_pg.version() AS 'PostgreSQL 8.0.2 on x86_64-unknown-linux-gnu, Leat, Redshift 1.0.0';
CREATE OR REPLACE MACRO leat_pg.pg_backend_pid() AS coalesce(getvariable('leat_backend_pid')::INTEGER, 0);
CREATE OR REPLACE MACRO leat_pg.current_setting(name) AS map_extract_value(getvariable('leat_settings')::MAP(VARCHAR, VARCHAR), lower(name));
CREATE OR REPLACE MACRO leat_pg.pg_last_query_id() AS coalesce(getvariable('leat_last_query_id')::BIGINT, -1);
CREATE OR REPLACE MACRO leat_pg.pg_last_copy_id() AS coalesce(getvariable('leat_last_copy_id')::BIGINT, -1);
CREATE OR REPLACE MACRO leat_pg.pg_last_copy_count() AS coalesce(getvariable('leat_last_copy_count')::BIGINT, 0);
CREATE OR REPLACE MACRO leat_pg.txid_current() AS txid_current()::BIGINT;
CREATE OR REPLACE MACRO leat_pg.pg_postmaster_start_time() AS '$started'::TIMESTAMPTZ;
