-- Redshift's system views of statements and of what there is.

CREATE OR REPLACE VIEW leat_sys.sys_query_history AS
SELECT 100 AS user_id, query_id, 'default' AS query_label, transaction_id, session_id, '$database' AS database_name, query_type, status,
  false AS result_cache_hit, start_time, end_time, execution_time AS elapsed_time, 0::BIGINT AS queue_time, execution_time,
  nullif(error_message, '') AS error_message, returned_rows, 0::BIGINT AS returned_bytes, query_text, 'Leat' AS redshift_version,
  NULL::VARCHAR AS usage_limit, 'primary' AS compute_type, 0::BIGINT AS compile_time, 0::BIGINT AS planning_time, 0::BIGINT AS lock_wait_time
FROM leat.query_history;

CREATE OR REPLACE VIEW leat_sys.stl_query AS
SELECT 100 AS userid, query_id AS query, 'default' AS label, transaction_id AS xid, session_id AS pid, '$database' AS database, query_text AS querytxt,
  start_time AS starttime, end_time AS endtime, CASE WHEN status = 'failed' THEN 1 ELSE 0 END AS aborted
FROM leat.query_history;

CREATE OR REPLACE VIEW leat_sys.svv_tables AS
SELECT '$database' AS table_catalog, schema_name AS table_schema, name AS table_name,
  CASE kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'BASE TABLE' END AS table_type, comment AS remarks
FROM leat.shown_relations;

CREATE OR REPLACE VIEW leat_sys.svv_columns AS
SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
  character_maximum_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, interval_type, interval_precision,
  character_set_catalog, character_set_schema, character_set_name, collation_catalog, collation_schema, collation_name, domain_name, NULL::VARCHAR AS remarks
FROM leat_info.columns;

CREATE OR REPLACE VIEW leat_sys.svv_schemas AS
SELECT '$database' AS database_name, s.name AS schema_name, 100 AS schema_owner,
  CASE WHEN e.id IS NULL THEN 'local' ELSE 'external' END AS schema_type, NULL::VARCHAR AS schema_acl, NULL::VARCHAR AS source_database, NULL::VARCHAR AS schema_option
FROM leat.shown_schemas s LEFT JOIN leat.external_schemas e ON e.name = s.name;
