-- Relations of pg_catalog that have no rows here.

CREATE OR REPLACE VIEW leat_pg.pg_index AS
SELECT NULL::BIGINT AS indexrelid, NULL::BIGINT AS indrelid, NULL::SMALLINT[] AS indkey, NULL::BIGINT[] AS indclass, NULL::SMALLINT AS indnatts,
  NULL::SMALLINT AS indnkeyatts, NULL::BOOLEAN AS indisunique, NULL::BOOLEAN AS indisprimary, NULL::BOOLEAN AS indisexclusion,
  NULL::BOOLEAN AS indimmediate, NULL::BOOLEAN AS indisclustered, NULL::BOOLEAN AS indisvalid, NULL::BOOLEAN AS indisready,
  NULL::BOOLEAN AS indislive, NULL::BOOLEAN AS indisreplident, NULL::VARCHAR AS indexprs, NULL::VARCHAR AS indpred, NULL::SMALLINT[] AS indoption WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_constraint AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS conname, NULL::BIGINT AS connamespace, NULL::VARCHAR AS contype, NULL::BOOLEAN AS condeferrable,
  NULL::BOOLEAN AS condeferred, NULL::BOOLEAN AS convalidated, NULL::BIGINT AS conrelid, NULL::BIGINT AS contypid, NULL::BIGINT AS conindid,
  NULL::BIGINT AS conparentid, NULL::BIGINT AS confrelid, NULL::VARCHAR AS confupdtype, NULL::VARCHAR AS confdeltype,
  NULL::VARCHAR AS confmatchtype, NULL::SMALLINT[] AS conkey, NULL::SMALLINT[] AS confkey, NULL::VARCHAR AS conbin, NULL::VARCHAR AS consrc,
  NULL::BIGINT AS tableoid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_proc AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS proname, NULL::BIGINT AS pronamespace, NULL::BIGINT AS proowner, NULL::BIGINT AS prolang,
  NULL::BOOLEAN AS proisagg, NULL::BOOLEAN AS proiswindow, NULL::BOOLEAN AS prosecdef, NULL::BOOLEAN AS proisstrict, NULL::BOOLEAN AS proretset,
  NULL::VARCHAR AS prokind, NULL::VARCHAR AS provolatile, NULL::VARCHAR AS proparallel, NULL::SMALLINT AS pronargs, NULL::BIGINT AS prorettype,
  NULL::BIGINT[] AS proargtypes, NULL::BIGINT[] AS proallargtypes, NULL::VARCHAR[] AS proargmodes, NULL::VARCHAR[] AS proargnames,
  NULL::VARCHAR AS prosrc, NULL::VARCHAR AS probin, NULL::VARCHAR[] AS proconfig, NULL::VARCHAR[] AS proacl, NULL::BIGINT AS tableoid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_aggregate AS
SELECT NULL::BIGINT AS aggfnoid, NULL::BIGINT AS aggtransfn, NULL::BIGINT AS aggfinalfn, NULL::BIGINT AS aggtranstype WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_inherits AS
SELECT NULL::BIGINT AS inhrelid, NULL::BIGINT AS inhparent, NULL::INTEGER AS inhseqno, NULL::BOOLEAN AS inhdetachpending WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_collation AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS collname, NULL::BIGINT AS collnamespace, NULL::BIGINT AS collowner, NULL::VARCHAR AS collprovider,
  NULL::BOOLEAN AS collisdeterministic, NULL::INTEGER AS collencoding, NULL::VARCHAR AS collcollate, NULL::VARCHAR AS collctype WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_policy AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS polname, NULL::BIGINT AS polrelid, NULL::VARCHAR AS polcmd, NULL::BOOLEAN AS polpermissive,
  NULL::BIGINT[] AS polroles, NULL::VARCHAR AS polqual, NULL::VARCHAR AS polwithcheck WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_rewrite AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS rulename, NULL::BIGINT AS ev_class, NULL::VARCHAR AS ev_type, NULL::VARCHAR AS ev_enabled,
  NULL::BOOLEAN AS is_instead, NULL::BIGINT AS tableoid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_rules AS
SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename, NULL::VARCHAR AS rulename, NULL::VARCHAR AS definition WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_trigger AS
SELECT NULL::BIGINT AS oid, NULL::BIGINT AS tgrelid, NULL::BIGINT AS tgparentid, NULL::VARCHAR AS tgname, NULL::BIGINT AS tgfoid,
  NULL::SMALLINT AS tgtype, NULL::VARCHAR AS tgenabled, NULL::BOOLEAN AS tgisinternal, NULL::BIGINT AS tgconstraint, NULL::BIGINT AS tableoid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_depend AS
SELECT NULL::BIGINT AS classid, NULL::BIGINT AS objid, NULL::INTEGER AS objsubid, NULL::BIGINT AS refclassid, NULL::BIGINT AS refobjid,
  NULL::INTEGER AS refobjsubid, NULL::VARCHAR AS deptype WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_enum AS
SELECT NULL::BIGINT AS oid, NULL::BIGINT AS enumtypid, NULL::DOUBLE AS enumsortorder, NULL::VARCHAR AS enumlabel WHERE false;
-- Views that are bound late: all are bound when they are made.
CREATE OR REPLACE VIEW leat_pg.pg_get_late_binding_view_cols AS
SELECT NULL::VARCHAR AS view_schema, NULL::VARCHAR AS view_name, NULL::VARCHAR AS col_name, NULL::VARCHAR AS col_type, NULL::INTEGER AS col_num WHERE false;
CREATE OR REPLACE VIEW leat_pg.svv_external_columns AS
SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename, NULL::VARCHAR AS columnname, NULL::VARCHAR AS external_type, NULL::INTEGER AS columnnum,
  NULL::INTEGER AS part_key, NULL::VARCHAR AS is_nullable WHERE false;
CREATE OR REPLACE VIEW leat_pg.svv_external_tables AS
SELECT NULL::VARCHAR AS schemaname, NULL::VARCHAR AS tablename, NULL::VARCHAR AS tabletype, NULL::VARCHAR AS location, NULL::VARCHAR AS input_format,
  NULL::VARCHAR AS output_format, NULL::VARCHAR AS serialization_lib, NULL::VARCHAR AS serde_parameters, NULL::INTEGER AS compressed, NULL::VARCHAR AS parameters WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_range AS SELECT NULL::BIGINT AS rngtypid, NULL::BIGINT AS rngsubtype WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_operator AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS oprname, NULL::BIGINT AS oprnamespace, NULL::VARCHAR AS oprkind, NULL::BIGINT AS oprleft,
  NULL::BIGINT AS oprright, NULL::BIGINT AS oprresult, NULL::BIGINT AS oprcode WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_opclass AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS opcname, NULL::BIGINT AS opcmethod, NULL::BIGINT AS opcnamespace, NULL::BIGINT AS opcowner, NULL::BIGINT AS tableoid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_opfamily AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS opfname, NULL::BIGINT AS opfmethod, NULL::BIGINT AS opfnamespace, NULL::BIGINT AS tableoid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_cast AS
SELECT NULL::BIGINT AS oid, NULL::BIGINT AS castsource, NULL::BIGINT AS casttarget, NULL::BIGINT AS castfunc, NULL::VARCHAR AS castcontext, NULL::VARCHAR AS castmethod WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_conversion AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS conname, NULL::BIGINT AS connamespace, NULL::INTEGER AS conforencoding, NULL::INTEGER AS contoencoding, NULL::BOOLEAN AS condefault WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_default_acl AS
SELECT NULL::BIGINT AS oid, NULL::BIGINT AS defaclrole, NULL::BIGINT AS defaclnamespace, NULL::VARCHAR AS defaclobjtype, NULL::VARCHAR[] AS defaclacl WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_db_role_setting AS
SELECT NULL::BIGINT AS setdatabase, NULL::BIGINT AS setrole, NULL::VARCHAR[] AS setconfig WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_extension AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS extname, NULL::BIGINT AS extowner, NULL::BIGINT AS extnamespace, NULL::BOOLEAN AS extrelocatable, NULL::VARCHAR AS extversion WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_foreign_data_wrapper AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS fdwname, NULL::BIGINT AS fdwowner, NULL::VARCHAR[] AS fdwacl, NULL::VARCHAR[] AS fdwoptions WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_foreign_server AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS srvname, NULL::BIGINT AS srvowner, NULL::BIGINT AS srvfdw, NULL::VARCHAR AS srvtype,
  NULL::VARCHAR AS srvversion, NULL::VARCHAR[] AS srvacl, NULL::VARCHAR[] AS srvoptions WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_foreign_table AS
SELECT NULL::BIGINT AS ftrelid, NULL::BIGINT AS ftserver, NULL::VARCHAR[] AS ftoptions WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_user_mapping AS
SELECT NULL::BIGINT AS oid, NULL::BIGINT AS umuser, NULL::BIGINT AS umserver, NULL::VARCHAR[] AS umoptions WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_publication AS
SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS pubname, NULL::BIGINT AS pubowner, NULL::BOOLEAN AS puballtables WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_publication_rel AS SELECT NULL::BIGINT AS oid, NULL::BIGINT AS prpubid, NULL::BIGINT AS prrelid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_subscription AS SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS subname, NULL::BIGINT AS subdbid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_event_trigger AS SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS evtname WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_statistic_ext AS SELECT NULL::BIGINT AS oid, NULL::BIGINT AS stxrelid, NULL::VARCHAR AS stxname WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_partitioned_table AS SELECT NULL::BIGINT AS partrelid, NULL::VARCHAR AS partstrat WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_sequence AS SELECT NULL::BIGINT AS seqrelid, NULL::BIGINT AS seqtypid WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_ts_config AS SELECT NULL::BIGINT AS oid, NULL::VARCHAR AS cfgname, NULL::BIGINT AS cfgnamespace WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_locks AS
SELECT NULL::VARCHAR AS locktype, NULL::BIGINT AS database, NULL::BIGINT AS relation, NULL::INTEGER AS pid, NULL::VARCHAR AS mode, NULL::BOOLEAN AS granted WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_prepared_statements AS SELECT NULL::VARCHAR AS name, NULL::VARCHAR AS statement WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_cursors AS SELECT NULL::VARCHAR AS name, NULL::VARCHAR AS statement WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_available_extensions AS SELECT NULL::VARCHAR AS name, NULL::VARCHAR AS default_version, NULL::VARCHAR AS installed_version WHERE false;
CREATE OR REPLACE VIEW leat_pg.pg_timezone_names AS SELECT name, abbrev, utc_offset, is_dst FROM pg_timezone_names();
CREATE OR REPLACE VIEW leat_pg.pg_get_keywords AS
SELECT k.keyword_name AS word, CASE k.keyword_category WHEN 'reserved' THEN 'R' WHEN 'column_name' THEN 'C' WHEN 'type_function' THEN 'T' ELSE 'U' END AS catcode,
  k.keyword_category AS catdesc
FROM duckdb_keywords() k;
