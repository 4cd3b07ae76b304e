-- Redshift's system views of streams, refreshes and materialized views, over
-- Leat's own tables. Columns that mean nothing here are there and constant.

CREATE OR REPLACE VIEW leat_sys.sys_stream_scan_errors AS
SELECT external_schema AS external_schema_name, stream AS stream_name, view_name AS mv_name,
  0::BIGINT AS transaction_id, 0::BIGINT AS query_id, 'A' AS stream_timestamp_type, arrival AS stream_timestamp,
  refresh_time AS record_time, shard_id AS partition_id,
  sequence_number || CASE subsequence_number WHEN 0 THEN '' ELSE ':' || subsequence_number END AS position, error_code, reason[:128] AS error_reason
FROM leat.quarantine;

CREATE OR REPLACE VIEW leat_sys.sys_stream_scan_states AS
SELECT external_schema_name, stream_name, mv_name, transaction_id, 0::BIGINT AS query_id, record_time, partition_id, latest_position,
  scanned_rows, skipped_rows, scanned_bytes, stream_record_time_min, stream_record_time_max
FROM leat.scan_states;

CREATE OR REPLACE VIEW leat_sys.sys_mv_refresh_history AS
SELECT 100 AS user_id, session_id, transaction_id, '$database' AS database_name, schema_name, mv_id, mv_name, refresh_type, status,
  start_time, end_time, duration
FROM leat.refresh_history;

CREATE OR REPLACE VIEW leat_sys.svl_mv_refresh_status AS
SELECT '$database' AS db_name, 100::BIGINT AS userid, schema_name, mv_name, transaction_id AS xid, start_time AS starttime, end_time AS endtime, status
FROM leat.refresh_history;

CREATE OR REPLACE VIEW leat_sys.stv_mv_info AS
SELECT '$database' AS db_name, v.schema_name AS schema, v.name, coalesce(s.read, 0)::BIGINT AS updated_upto_xid,
  CASE WHEN v.kind = 'stream' AND s.identity IS NOT NULL THEN 'f' ELSE 't' END AS is_stale, v.owner AS owner_user_name,
  CASE v.kind WHEN 'stream' THEN 1 ELSE 0 END AS state, v.auto_refresh::INTEGER AS autorefresh, 0 AS autorewrite
FROM leat.views v LEFT JOIN leat.view_state s ON s.view_id = v.id;

CREATE OR REPLACE VIEW leat_sys.stv_mv_deps AS
SELECT '$database' AS db_name, v.schema_name AS schema, v.name, v.external_schema AS ref_schema, v.stream AS ref_name, '$database' AS ref_database_name
FROM leat.views v WHERE v.kind = 'stream'
UNION ALL
SELECT '$database', d.schema_name, d.name, d.ref_schema, d.ref_name, '$database'
FROM leat.dependencies d WHERE d.kind = 'materialized view';

CREATE OR REPLACE VIEW leat_sys.svv_mv_info AS
SELECT db_name AS database_name, schema AS schema_name, 100 AS user_id, name, is_stale, state, autorewrite, autorefresh FROM leat_sys.stv_mv_info;

CREATE OR REPLACE VIEW leat_sys.svv_external_schemas AS
SELECT id AS esoid, 7::SMALLINT AS eskind, name AS schemaname, 100 AS esowner, '' AS databasename, clauses::VARCHAR AS esoptions
FROM leat.external_schemas;

-- Leat's own: rejected records, whole, and the ledger of every streaming view.
CREATE OR REPLACE VIEW leat_sys.leat_quarantine AS
SELECT schema_name, view_name, external_schema, stream, refresh_time, data, partition_key, shard_id, sequence_number, subsequence_number,
  arrival AS approximate_arrival_timestamp, column_name, expression, error_code, reason
FROM leat.quarantine;

CREATE OR REPLACE VIEW leat_sys.leat_view_ledger AS
SELECT v.schema_name, v.name AS view_name, v.external_schema, v.stream, v.auto_refresh, s.read::BIGINT AS records_read, s.rows::BIGINT AS rows_inserted,
  s.filtered::BIGINT AS records_filtered, s.quarantined::BIGINT AS records_quarantined, s.lost::BIGINT AS records_lost,
  s.position, s.refreshed AS last_refresh
FROM leat.views v JOIN leat.view_state s ON s.view_id = v.id;
