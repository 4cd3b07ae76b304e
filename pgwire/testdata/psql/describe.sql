CREATE SCHEMA sales;
CREATE TABLE sales.orders (
  order_id bigint NOT NULL,
  customer varchar(256) DEFAULT 'unknown',
  code char(3),
  price numeric(12,2),
  ratio double precision,
  small smallint,
  weight real,
  paid boolean,
  doc super,
  raw varbyte(64),
  ordered date,
  created timestamp,
  seen timestamptz
) DISTKEY (order_id) SORTKEY (created);
CREATE TABLE plain (a int, b varchar);
CREATE VIEW cheap AS SELECT order_id, price FROM sales.orders WHERE price < 10;
CREATE EXTERNAL SCHEMA kds FROM KINESIS IAM_ROLE default;
CREATE MATERIALIZED VIEW events AUTO REFRESH NO AS
  SELECT approximate_arrival_timestamp, partition_key, JSON_PARSE(kinesis_data) AS payload FROM kds."clicks";
COMMENT ON TABLE plain IS 'nothing special';
\d
\d+
\dt
\dt sales.*
\dv
\dm
\dm+
\d sales.orders
\d+ plain
\d cheap
\d+ cheap
\d events
\d+ events
\dn
\dn+
\du
\df
\di
\ds
\l
\dp
\dT
\dx
\db
\dd
\ddp
\drds
\des
\dO
\d nothing
\d pg_class
\dS pg_u*
\d information_schema.tables
\sv cheap
