\conninfo
select current_database(), current_schema(), current_user;
show server_version;
select version() like '%Redshift%' as redshift;
\x
select 1 as a, 'x' as b;
\x
\timing off
select 1/0;
select nothing from pg_class;
select * from nothing;
selec 1;
select 1; select 2;
begin; select 1; select 1/0; select 2; rollback;
set search_path to sales, public;
show search_path;
select current_schema();
set timezone to 'Europe/Berlin';
select timestamptz '2024-07-01 12:00:00+00';
reset timezone;
copy t from stdin;
\echo :ENCODING :SERVER_VERSION_NAME
select count(*) > 20 as many from pg_settings;
prepare p as select $1::int + 1;
\encoding
