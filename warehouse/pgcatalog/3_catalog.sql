-- The relations of schema pg_catalog: PostgreSQL's columns, as old and as new as
-- clients ask for. What Leat does not have (triggers, rules, casts …) is there and
-- empty.

CREATE OR REPLACE VIEW leat_pg.pg_namespace AS
SELECT oid, name AS nspname, 100::BIGINT AS nspowner, NULL::VARCHAR[] AS nspacl,
  leat.find_relation('pg_catalog.pg_namespace') AS tableoid
FROM leat.shown_schemas;

CREATE OR REPLACE VIEW leat_pg.pg_class AS
SELECT r.oid, r.name AS relname, r.schema_oid AS relnamespace, 0::BIGINT AS reltype, 0::BIGINT AS reloftype, r.owner AS relowner,
  0::BIGINT AS relam, r.oid AS relfilenode, 0::BIGINT AS reltablespace, 0 AS relpages, r.rows::DOUBLE AS reltuples, 0 AS relallvisible,
  0::BIGINT AS reltoastrelid, 0::BIGINT AS reltoastidxid, false AS relhasindex, false AS relisshared, 'p' AS relpersistence,
  r.kind AS relkind, r.columns::SMALLINT AS relnatts, 0::SMALLINT AS relchecks, 0::SMALLINT AS reltriggers, 0::SMALLINT AS relukeys,
  0::SMALLINT AS relfkeys, 0::SMALLINT AS relrefs, false AS relhasoids, false AS relhaspkey, false AS relhasrules,
  false AS relhastriggers, false AS relhassubclass, false AS relrowsecurity, false AS relforcerowsecurity, true AS relispopulated,
  'd' AS relreplident, false AS relispartition, NULL::VARCHAR AS relpartbound, 0::BIGINT AS relrewrite, NULL::BIGINT AS relfrozenxid,
  NULL::VARCHAR[] AS relacl, NULL::VARCHAR[] AS reloptions, leat.find_relation('pg_catalog.pg_class') AS tableoid,
  CASE WHEN r.kind NOT IN ('r', 'm') THEN 0 WHEN EXISTS (FROM leat.columns k WHERE k.schema_name = r.schema_name AND k.relation = r.name AND k.distkey) THEN 1
    ELSE 9 END::SMALLINT AS reldiststyle
FROM leat.shown_relations r;

CREATE OR REPLACE VIEW leat_pg.pg_attribute AS
SELECT c.relation_oid AS attrelid, c.name AS attname, c.type_oid AS atttypid, -1 AS attstattarget, t.len::SMALLINT AS attlen,
  c.num::SMALLINT AS attnum, 0 AS attndims, -1 AS attcacheoff, c.typmod AS atttypmod, t.len BETWEEN 1 AND 8 AS attbyval,
  CASE WHEN t.len > 0 THEN 'p' ELSE 'x' END AS attstorage, 'i' AS attalign, c.not_null AS attnotnull,
  c.default_text IS NOT NULL AS atthasdef, false AS atthasmissing, '' AS attidentity, '' AS attgenerated, false AS attisdropped,
  true AS attislocal, 0 AS attinhcount, 0::BIGINT AS attcollation, '' AS attcompression, NULL::VARCHAR[] AS attacl,
  NULL::VARCHAR[] AS attoptions, NULL::VARCHAR[] AS attfdwoptions, NULL::VARCHAR AS attmissingval,
  leat.encoding_number(c.encoding) AS attencodingtype, c.distkey AS attisdistkey, c.sortkey AS attsortkeyord
FROM leat.shown_columns c LEFT JOIN leat.pg_types t ON t.oid = c.type_oid;

CREATE OR REPLACE VIEW leat_pg.pg_attrdef AS
SELECT c.relation_oid * 1000 + c.num AS oid, c.relation_oid AS adrelid, c.num::SMALLINT AS adnum, c.default_text AS adbin, c.default_text AS adsrc
FROM leat.shown_columns c WHERE c.default_text IS NOT NULL;

CREATE OR REPLACE VIEW leat_pg.pg_type AS
SELECT oid, typname, 11::BIGINT AS typnamespace, 1::BIGINT AS typowner, len::SMALLINT AS typlen, len BETWEEN 1 AND 8 AS typbyval,
  'b' AS typtype, category AS typcategory, false AS typispreferred, true AS typisdefined, ',' AS typdelim, 0::BIGINT AS typrelid,
  elem AS typelem, arr AS typarray, CASE WHEN category = 'A' THEN 'array_in' ELSE typname || 'in' END AS typinput,
  typname || 'out' AS typoutput, typname || 'recv' AS typreceive, typname || 'send' AS typsend, '-' AS typmodin, '-' AS typmodout,
  '-' AS typanalyze, 'i' AS typalign, 'p' AS typstorage, false AS typnotnull, 0::BIGINT AS typbasetype, -1 AS typtypmod, 0 AS typndims,
  0::BIGINT AS typcollation, NULL::VARCHAR AS typdefaultbin, NULL::VARCHAR AS typdefault, NULL::VARCHAR[] AS typacl,
  leat.find_relation('pg_catalog.pg_type') AS tableoid
FROM leat.pg_types;

CREATE OR REPLACE VIEW leat_pg.pg_description AS
SELECT r.oid AS objoid, leat.find_relation('pg_catalog.pg_class') AS classoid, 0 AS objsubid, r.comment AS description
FROM leat.shown_relations r WHERE r.comment IS NOT NULL
UNION ALL
SELECT c.relation_oid, leat.find_relation('pg_catalog.pg_class'), c.num, c.comment
FROM leat.shown_columns c WHERE c.comment IS NOT NULL;
CREATE OR REPLACE VIEW leat_pg.pg_shdescription AS
SELECT NULL::BIGINT AS objoid, NULL::BIGINT AS classoid, NULL::VARCHAR AS description WHERE false;

CREATE OR REPLACE VIEW leat_pg.pg_user AS
SELECT name AS usename, oid::INTEGER AS usesysid, true AS usecreatedb, true AS usesuper, false AS usecatupd, '********' AS passwd,
  NULL::TIMESTAMP AS valuntil, NULL::VARCHAR[] AS useconfig
FROM leat.pg_users;
CREATE OR REPLACE VIEW leat_pg.pg_user_info AS
SELECT *, NULL::VARCHAR AS useconnlimit, NULL::VARCHAR AS syslogaccess FROM leat_pg.pg_user;
CREATE OR REPLACE VIEW leat_pg.pg_shadow AS SELECT * FROM leat_pg.pg_user;
CREATE OR REPLACE VIEW leat_pg.pg_roles AS
SELECT name AS rolname, true AS rolsuper, true AS rolinherit, true AS rolcreaterole, true AS rolcreatedb, true AS rolcatupdate,
  true AS rolcanlogin, false AS rolreplication, false AS rolbypassrls, -1 AS rolconnlimit, '********' AS rolpassword,
  NULL::TIMESTAMP AS rolvaliduntil, NULL::VARCHAR[] AS rolconfig, oid
FROM leat.pg_users;
CREATE OR REPLACE VIEW leat_pg.pg_authid AS SELECT * FROM leat_pg.pg_roles;
CREATE OR REPLACE VIEW leat_pg.pg_group AS SELECT NULL::VARCHAR AS groname, NULL::INTEGER AS grosysid, NULL::INTEGER[] AS grolist WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_auth_members AS
SELECT NULL::BIGINT AS roleid, NULL::BIGINT AS member, NULL::BIGINT AS grantor, NULL::BOOLEAN AS admin_option WHERE false;

CREATE OR REPLACE VIEW leat_pg.pg_database AS
SELECT 16384::BIGINT AS oid, '$database' AS datname, 100::BIGINT AS datdba, 6 AS encoding, 'c' AS datlocprovider, 'C' AS datcollate,
  'C' AS datctype, NULL::VARCHAR AS daticulocale, NULL::VARCHAR AS datcollversion, false AS datistemplate, true AS datallowconn,
  -1 AS datconnlimit, 0::BIGINT AS datlastsysoid, 0::BIGINT AS datvacuumxid, 0::BIGINT AS datfrozenxid, 1663::BIGINT AS dattablespace,
  NULL::VARCHAR AS datpath, NULL::VARCHAR[] AS datconfig, NULL::VARCHAR[] AS datacl;
CREATE OR REPLACE VIEW leat_pg.pg_tablespace AS
SELECT 1663::BIGINT AS oid, 'pg_default' AS spcname, 100::BIGINT AS spcowner, '' AS spclocation, NULL::VARCHAR[] AS spcacl, NULL::VARCHAR[] AS spcoptions;

CREATE OR REPLACE VIEW leat_pg.pg_am AS
SELECT 2::BIGINT AS oid, 'heap' AS amname, '-' AS amhandler, 't' AS amtype;
CREATE OR REPLACE VIEW leat_pg.pg_language AS
SELECT * FROM (VALUES
  (12::BIGINT, 'internal', 10::BIGINT, false, false, 0::BIGINT), (14, 'sql', 10, false, true, 0), (100, 'plpgsql', 10, true, true, 101)
) l(oid, lanname, lanowner, lanispl, lanpltrusted, lanplcallfoid)
CROSS JOIN (SELECT 0::BIGINT AS lanvalidator, NULL::VARCHAR[] AS lanacl, leat.find_relation('pg_catalog.pg_language') AS tableoid) rest;

CREATE OR REPLACE VIEW leat_pg.pg_tables AS
SELECT schema_name AS schemaname, name AS tablename, leat_pg.pg_get_userbyid(owner) AS tableowner, NULL::VARCHAR AS tablespace,
  false AS hasindexes, false AS hasrules, false AS hastriggers, false AS rowsecurity
FROM leat.shown_relations WHERE kind = 'r';
CREATE OR REPLACE VIEW leat_pg.pg_views AS
SELECT schema_name AS schemaname, name AS viewname, leat_pg.pg_get_userbyid(owner) AS viewowner, definition
FROM leat.shown_relations WHERE kind = 'v';
CREATE OR REPLACE VIEW leat_pg.pg_matviews AS
SELECT schema_name AS schemaname, name AS matviewname, leat_pg.pg_get_userbyid(owner) AS matviewowner, NULL::VARCHAR AS tablespace,
  false AS hasindexes, true AS ispopulated, definition
FROM leat.shown_relations WHERE kind = 'm';
CREATE OR REPLACE VIEW leat_pg.pg_indexes AS
SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename, NULL::VARCHAR AS indexname, NULL::VARCHAR AS tablespace, NULL::VARCHAR AS indexdef WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_sequences AS
SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS sequencename, NULL::VARCHAR AS sequenceowner, NULL::BIGINT AS start_value, NULL::BIGINT AS last_value WHERE false;
-- Redshift's own: the columns of the tables on the search path.
CREATE OR REPLACE VIEW leat_pg.pg_table_def AS
SELECT r.schema_name AS schemaname, r.name AS tablename, c.name AS "column", leat_pg.format_type(c.type_oid, c.typmod) AS "type",
  c.encoding, c.distkey, c.sortkey, c.not_null AS "notnull"
FROM leat.shown_columns c JOIN leat.shown_relations r ON r.oid = c.relation_oid
WHERE r.kind IN ('r', 'm') AND list_contains(leat.search_path(), r.schema_name)
ORDER BY r.schema_name, r.name, c.num;
CREATE OR REPLACE VIEW leat_pg.pg_stat_activity AS
SELECT NULL::BIGINT AS datid, NULL::VARCHAR AS datname, NULL::INTEGER AS procpid, NULL::INTEGER AS pid, NULL::BIGINT AS usesysid,
  NULL::VARCHAR AS usename, NULL::VARCHAR AS current_query, NULL::VARCHAR AS query, NULL::TIMESTAMP AS query_start WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_settings AS
SELECT e.key AS name, e.value AS setting, NULL::VARCHAR AS unit, 'Client' AS category, NULL::VARCHAR AS short_desc, NULL::VARCHAR AS extra_desc,
  'user' AS context, 'string' AS vartype, 'session' AS source, NULL::VARCHAR AS min_val, NULL::VARCHAR AS max_val, NULL::VARCHAR[] AS enumvals,
  e.value AS boot_val, e.value AS reset_val, NULL::VARCHAR AS sourcefile, NULL::INTEGER AS sourceline, false AS pending_restart
FROM (SELECT unnest(map_entries(getvariable('leat_settings')::MAP(VARCHAR, VARCHAR))) AS e) list;
