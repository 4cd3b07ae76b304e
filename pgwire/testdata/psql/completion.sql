-- What psql asks when the tab key is pressed. An error would break the
-- transaction that the user is in.
CREATE TABLE plain (a int);
CREATE SCHEMA sales;
BEGIN;
SELECT c.relname, NULL::pg_catalog.text FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'S', 'v', 'm', 'f', 'p') AND (c.relname) LIKE 'pl%' AND pg_catalog.pg_table_is_visible(c.oid) AND c.relnamespace <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog')
UNION ALL
SELECT NULL::pg_catalog.text, n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname LIKE 'pl%' AND n.nspname NOT LIKE E'pg\\_%'
LIMIT 1000;
SELECT a.attname FROM pg_catalog.pg_attribute a, pg_catalog.pg_class c WHERE c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attname) LIKE '%' AND (c.relname) = 'plain' AND pg_catalog.pg_table_is_visible(c.oid) LIMIT 1000;
SELECT channel FROM pg_catalog.pg_listening_channels() AS channel WHERE (channel) LIKE '%' LIMIT 1000;
SELECT DISTINCT schemaname FROM pg_catalog.pg_tables ORDER BY 1;
SELECT pg_catalog.quote_ident(datname) FROM pg_catalog.pg_database WHERE substring(pg_catalog.quote_ident(datname),1,1) = 'd';
ROLLBACK;
