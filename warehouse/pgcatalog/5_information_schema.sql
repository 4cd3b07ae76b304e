-- The relations of schema information_schema.

CREATE OR REPLACE VIEW leat_info.information_schema_catalog_name AS SELECT '$database' AS catalog_name;
CREATE OR REPLACE VIEW leat_info.schemata AS
SELECT '$database' AS catalog_name, name AS schema_name, leat_pg.pg_get_userbyid(100) AS schema_owner, NULL::VARCHAR AS default_character_set_catalog,
  NULL::VARCHAR AS default_character_set_schema, NULL::VARCHAR AS default_character_set_name, NULL::VARCHAR AS sql_path
FROM leat.shown_schemas;
CREATE OR REPLACE VIEW leat_info.tables AS
SELECT '$database' AS table_catalog, schema_name AS table_schema, name AS table_name,
  CASE WHEN kind = 'v' THEN 'VIEW' ELSE 'BASE TABLE' END AS table_type,
  NULL::VARCHAR AS self_referencing_column_name, NULL::VARCHAR AS reference_generation,
  NULL::VARCHAR AS user_defined_type_catalog, NULL::VARCHAR AS user_defined_type_schema, NULL::VARCHAR AS user_defined_name,
  CASE WHEN kind = 'r' THEN 'YES' ELSE 'NO' END AS is_insertable_into, 'NO' AS is_typed, NULL::VARCHAR AS commit_action
FROM leat.shown_relations;
CREATE OR REPLACE VIEW leat_info.views AS
SELECT '$database' AS table_catalog, schema_name AS table_schema, name AS table_name, definition AS view_definition,
  'NONE' AS check_option, 'NO' AS is_updatable, 'NO' AS is_insertable_into
FROM leat.shown_relations WHERE kind = 'v';
CREATE OR REPLACE VIEW leat_info.columns AS
SELECT '$database' AS table_catalog, r.schema_name AS table_schema, r.name AS table_name, c.name AS column_name,
  c.num::INTEGER AS ordinal_position, c.default_text AS column_default, CASE WHEN c.not_null THEN 'NO' ELSE 'YES' END AS is_nullable,
  t.display AS data_type,
  CASE WHEN c.type_oid IN (1042, 1043, 6551) AND c.typmod > 4 THEN c.typmod - 4 END AS character_maximum_length,
  CASE WHEN c.type_oid IN (1042, 1043) AND c.typmod > 4 THEN c.typmod - 4 END AS character_octet_length,
  CASE c.type_oid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53
    WHEN 1700 THEN (c.typmod - 4) >> 16 END::INTEGER AS numeric_precision,
  CASE WHEN c.type_oid = 1700 THEN 10 WHEN c.type_oid IN (20, 21, 23, 700, 701) THEN 2 END AS numeric_precision_radix,
  CASE WHEN c.type_oid IN (20, 21, 23) THEN 0 WHEN c.type_oid = 1700 THEN (c.typmod - 4) & 65535 END::INTEGER AS numeric_scale,
  CASE WHEN c.type_oid IN (1083, 1114, 1184, 1266) THEN 6 WHEN c.type_oid = 1082 THEN 0 END AS datetime_precision,
  NULL::VARCHAR AS interval_type, NULL::VARCHAR AS interval_precision, NULL::VARCHAR AS character_set_catalog, NULL::VARCHAR AS character_set_schema,
  NULL::VARCHAR AS character_set_name, NULL::VARCHAR AS collation_catalog, NULL::VARCHAR AS collation_schema, NULL::VARCHAR AS collation_name,
  NULL::VARCHAR AS domain_catalog, NULL::VARCHAR AS domain_schema, NULL::VARCHAR AS domain_name, '$database' AS udt_catalog,
  'pg_catalog' AS udt_schema, t.typname AS udt_name, c.num::VARCHAR AS dtd_identifier, 'NO' AS is_self_referencing,
  'NO' AS is_identity, 'NEVER' AS is_generated, CASE WHEN r.kind = 'r' THEN 'YES' ELSE 'NO' END AS is_updatable
FROM leat.shown_columns c
JOIN leat.shown_relations r ON r.oid = c.relation_oid
LEFT JOIN leat.pg_types t ON t.oid = c.type_oid;
CREATE OR REPLACE VIEW leat_info.table_constraints AS
SELECT NULL::VARCHAR AS constraint_catalog, NULL::VARCHAR AS constraint_schema, NULL::VARCHAR AS constraint_name, NULL::VARCHAR AS table_catalog,
  NULL::VARCHAR AS table_schema, NULL::VARCHAR AS table_name, NULL::VARCHAR AS constraint_type, NULL::VARCHAR AS is_deferrable, NULL::VARCHAR AS initially_deferred WHERE false;
CREATE OR REPLACE VIEW leat_info.key_column_usage AS
SELECT NULL::VARCHAR AS constraint_catalog, NULL::VARCHAR AS constraint_schema, NULL::VARCHAR AS constraint_name, NULL::VARCHAR AS table_catalog,
  NULL::VARCHAR AS table_schema, NULL::VARCHAR AS table_name, NULL::VARCHAR AS column_name, NULL::INTEGER AS ordinal_position WHERE false;
CREATE OR REPLACE VIEW leat_info.constraint_column_usage AS
SELECT NULL::VARCHAR AS table_catalog, NULL::VARCHAR AS table_schema, NULL::VARCHAR AS table_name, NULL::VARCHAR AS column_name,
  NULL::VARCHAR AS constraint_catalog, NULL::VARCHAR AS constraint_schema, NULL::VARCHAR AS constraint_name WHERE false;
CREATE OR REPLACE VIEW leat_info.referential_constraints AS
SELECT NULL::VARCHAR AS constraint_catalog, NULL::VARCHAR AS constraint_schema, NULL::VARCHAR AS constraint_name,
  NULL::VARCHAR AS unique_constraint_schema, NULL::VARCHAR AS unique_constraint_name WHERE false;
CREATE OR REPLACE VIEW leat_info.routines AS
SELECT NULL::VARCHAR AS routine_catalog, NULL::VARCHAR AS routine_schema, NULL::VARCHAR AS routine_name, NULL::VARCHAR AS routine_type, NULL::VARCHAR AS data_type WHERE false;
CREATE OR REPLACE VIEW leat_info.sequences AS
SELECT NULL::VARCHAR AS sequence_catalog, NULL::VARCHAR AS sequence_schema, NULL::VARCHAR AS sequence_name WHERE false;
CREATE OR REPLACE VIEW leat_info.table_privileges AS
SELECT leat_pg.pg_get_userbyid(owner) AS grantor, leat_pg.pg_get_userbyid(owner) AS grantee, '$database' AS table_catalog, schema_name AS table_schema,
  name AS table_name, p.privilege AS privilege_type, 'YES' AS is_grantable, 'NO' AS with_hierarchy
FROM leat.shown_relations, (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) p(privilege)
WHERE kind = 'r' OR p.privilege = 'SELECT';
CREATE OR REPLACE VIEW leat_info.enabled_roles AS SELECT name AS role_name FROM leat.pg_users;
CREATE OR REPLACE VIEW leat_info.applicable_roles AS
SELECT NULL::VARCHAR AS grantee, NULL::VARCHAR AS role_name, NULL::VARCHAR AS is_grantable WHERE false;
