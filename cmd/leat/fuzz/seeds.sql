SELECT REVERSE('ééé'::varchar(3)), UPPER('😀'::varchar(2)), RTRIM('é é'::char(2))

SELECT x.id, s.n::decimal(38,0), s.t::varchar(3) FROM fz_t x WHERE s.n IS NOT NULL ORDER BY s.t

SELECT json_parse('{"a":[1,{"b":9007199254740993}]}').a[1].b::bigint, json_extract_path_text('{"n":1.10}', 'n')

SELECT id, row_number() OVER (PARTITION BY c ORDER BY id), lag(t, 1) OVER (ORDER BY id) FROM fz_t QUALIFY row_number() OVER (ORDER BY id) = 1

SELECT e, at FROM fz_t x, x.s AS e AT at

SELECT attr, val FROM fz_t x, UNPIVOT x.s AS val AT attr

WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT sum(n) FROM r

SELECT listagg(DISTINCT t, ', ') WITHIN GROUP (ORDER BY t) FROM fz_t GROUP BY id % 3 HAVING count(*) > 1

SELECT a.id FROM fz_t a JOIN fz_t b USING (id) LEFT JOIN fz_t c ON c.id = b.id AND c.t LIKE 'a\\_%' ESCAPE '\\'

SELECT DISTINCT ON (c) c, t FROM fz_t ORDER BY c, id DESC LIMIT 10

SELECT to_char(d, 'YYYY-MM-DD HH24:MI:SS'), extract(epoch FROM d), datediff(week, d, '2024-01-01'), dateadd(month, 1, d), d + interval '1 day' FROM fz_t

SELECT * FROM pg_catalog.pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid

SELECT * FROM svv_columns WHERE table_name = 'fz_t'

SELECT * FROM leat_view_ledger, sys_mv_refresh_history LIMIT 5

SELECT view_name, column_name, reason, from_varbyte(data, 'utf8') FROM leat_quarantine ORDER BY refresh_time DESC LIMIT 20

SELECT sequence_number, kinesis_data, from_varbyte(kinesis_data, 'utf-8'), json_parse(kinesis_data) FROM streams.events LIMIT 5

SELECT partition_key, payload.t::varchar(3), reverse(payload.t::varchar(5)) FROM v_super LIMIT 20

SELECT t3, r7, u5, l12 FROM v_text ORDER BY t3 LIMIT 20

SELECT approximate count(distinct t), median(n), percentile_cont(0.9) WITHIN GROUP (ORDER BY f) FROM fz_t

SELECT CASE random() WHEN 1 THEN 'a' ELSE 'b' END, decode(id, 1, 'x', NULL, 'y'), nvl2(t, 1, 2), greatest(b, n, f) FROM fz_t

SELECT 'x' SIMILAR TO '(x|y)%', 'abc' ~ '^a.c$', regexp_replace(t, '[éa]', '#'), regexp_substr(t, '.', 2, 1), split_part(t, 'é', 2) FROM fz_t

INSERT INTO fz_0 (a, b, c) VALUES (1, 'ééé', '😀'), (2, NULL, DEFAULT)

CREATE TABLE IF NOT EXISTS fz_2 (a int IDENTITY(1,1), b varchar(3) DEFAULT 'é', c char(2) NOT NULL, e super) DISTKEY(b) SORTKEY(a)

SELECT (SELECT max(t) FROM fz_t y WHERE y.id = x.id), x.id IN (SELECT id FROM fz_t), EXISTS (SELECT 1) FROM fz_t x WHERE (id, t) NOT IN (SELECT id, t FROM fz_t)

SELECT convert_timezone('Europe/Berlin', d), d AT TIME ZONE 'UTC', date_trunc('week', d), last_day(d), months_between(d, getdate()) FROM fz_t

SELECT 5/2, 1.0/3, -7 % 3, 2^10, 7 & 3, ~5, 1 << 3, |/ 25.0, 99999999999999999999999999999999999999 * 10, 1234567890123456789.01 / 3

SET enable_case_sensitive_identifier TO true

SET search_path TO public, pg_catalog

SHOW ALL

EXPLAIN SELECT * FROM fz_t
