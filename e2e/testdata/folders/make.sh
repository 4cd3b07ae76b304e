#!/usr/bin/env bash
# Makes first.tar.gz: the data folder of the first version that other people
# used, killed in the middle of a delivery. Later versions must open it and lose
# nothing; they cannot make it, so this is a record of how it came to be, to be
# run with the program of that version.
#
#   make.sh /path/to/old/leat
set -euo pipefail
leat=$1 here=$PWD dir=$(mktemp -d)
cd "$dir"
"$leat" serve --data data --aws-addr 127.0.0.1:24566 --sql-addr 127.0.0.1:25439 --http-addr 127.0.0.1:28080 >log 2>&1 &
server=$!
trap 'kill -9 $server 2>/dev/null || true' EXIT
until "$leat" sql --address 127.0.0.1:25439 -c 'SELECT 1' >/dev/null 2>&1; do sleep 0.1; done
export AWS_ENDPOINT_URL=http://127.0.0.1:24566 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_PAGER=

sql() { psql -v ON_ERROR_STOP=1 -q -X -h 127.0.0.1 -p 25439 -U admin dev; }

aws kinesis create-stream --stream-name events --shard-count 2
aws kinesis create-stream --stream-name empty --shard-count 1
aws kinesis add-tags-to-stream --stream-name events --tags team=core
aws kinesis register-stream-consumer --stream-arn arn:aws:kinesis:us-east-1:000000000000:stream/events --consumer-name app >/dev/null

sql <<'SQL'
CREATE EXTERNAL SCHEMA kinesis FROM KINESIS IAM_ROLE default;
CREATE MATERIALIZED VIEW live AUTO REFRESH YES AS
  SELECT sequence_number, JSON_PARSE(kinesis_data) AS payload FROM kinesis.events;
CREATE MATERIALIZED VIEW byhand AS
  SELECT JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'id')::int AS id,
         JSON_PARSE(kinesis_data).price::decimal(10,2) AS price, partition_key
  FROM kinesis.events WHERE JSON_PARSE(kinesis_data).kind::varchar = 'order';
CREATE MATERIALIZED VIEW backslash AUTO REFRESH YES AS
  SELECT JSON_PARSE(kinesis_data).path::varchar(40) AS path,
         SPLIT_PART(JSON_PARSE(kinesis_data).path::varchar(40), '\', 2) AS second
  FROM kinesis.events;
CREATE TABLE customers (id bigint IDENTITY(1, 1), name varchar(20) NOT NULL, balance numeric(18, 4), note varchar(20) DEFAULT 'C:\new', extra super);
INSERT INTO customers (name, balance, extra) VALUES ('Ada', 12345678901234.5678, JSON_PARSE('{"b": 2, "a": [1, 2.50, null]}')), ('Gerät', -0.0001, JSON_PARSE('"x"')), ('日本', NULL, NULL);
CREATE VIEW rich AS SELECT id, name, note LIKE '%:\\new' AS doubled FROM customers WHERE balance > 0;
CREATE SCHEMA old;
CREATE TABLE old.moments (d date, t timestamp, z timestamptz, i interval day to second);
INSERT INTO old.moments VALUES ('2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56+02', INTERVAL '1 day 2 hours');
SQL

records() { # from, to
  for ((i = $1; i < $2; i++)); do
    case $((i % 10)) in
    7) printf '{"id":%d,"kind":"order","price":%d.%02d,"path":"a\\\\b%d\\\\c"\n' "$i" "$i" $((i % 100)) "$i" ;; # cut off
    3) printf '{"id":%d,"kind":"visit","path":"x\\\\y"}\n' "$i" ;;
    *) printf '{"id":%d,"kind":"order","price":%d.%02d,"path":"a\\\\b%d\\\\c"}\n' "$i" "$i" $((i % 100)) "$i" ;;
    esac
  done
}
records 0 100 | "$leat" put events - --lines --endpoint "$AWS_ENDPOINT_URL"
shard=$(aws kinesis list-shards --stream-name events --query 'Shards[0].ShardId' --output text)
aws kinesis split-shard --stream-name events --shard-to-split "$shard" --new-starting-hash-key 1000000000000000000000000000000000000
records 100 200 | "$leat" put events - --lines --endpoint "$AWS_ENDPOINT_URL"
sql <<< 'REFRESH MATERIALIZED VIEW byhand;'

delivery() { # name, then the destination's members
  aws firehose create-delivery-stream --delivery-stream-name "$1" --delivery-stream-type KinesisStreamAsSource \
    --kinesis-stream-source-configuration KinesisStreamARN=arn:aws:kinesis:us-east-1:000000000000:stream/events,RoleARN=arn:aws:iam::000000000000:role/any \
    --extended-s3-destination-configuration "{\"BucketARN\":\"arn:aws:s3:::lake\",\"RoleARN\":\"arn:aws:iam::000000000000:role/any\",
      \"BufferingHints\":{\"SizeInMBs\":1,\"IntervalInSeconds\":1},\"Prefix\":\"$1/\",\"ErrorOutputPrefix\":\"$1-errors/\",$2}" >/dev/null
}
parquet='"DataFormatConversionConfiguration":{"Enabled":true,"OutputFormatConfiguration":{"Serializer":{"ParquetSerDe":{"Compression":"ZSTD"}}}}'
delivery archive '"CompressionFormat":"GZIP"'
delivery raw "$parquet"
delivery query "$parquet,\"ProcessingConfiguration\":{\"Enabled\":true,\"Processors\":[{\"Type\":\"SQL\",\"Parameters\":[{\"ParameterName\":\"Query\",\"ParameterValue\":\"SELECT id, price::decimal(10,2) AS price, SPLIT_PART(path, '\\\\\\\\', 2) AS second FROM records\"}]}]}"
aws firehose create-delivery-stream --delivery-stream-name direct --extended-s3-destination-configuration \
  '{"BucketARN":"arn:aws:s3:::lake","RoleARN":"arn:aws:iam::000000000000:role/any","Prefix":"direct/","BufferingHints":{"SizeInMBs":1,"IntervalInSeconds":300}}' >/dev/null
records 200 300 | "$leat" put events - --lines --endpoint "$AWS_ENDPOINT_URL"
until [ "$(find data/buckets/lake -name '*.parquet' | wc -l)" -ge 2 ]; do sleep 0.2; done
sleep 3

# From here on no object can be put: plans are saved and stay open.
mv data/buckets/lake lake && touch data/buckets/lake
records 300 400 | "$leat" put events - --lines --endpoint "$AWS_ENDPOINT_URL"
for i in 1 2 3; do aws firehose put-record --delivery-stream-name direct --record "{\"Data\":\"{\\\"direct\\\":$i}\"}" >/dev/null; done
sleep 4
kill -9 $server
rm data/buckets/lake && mv lake data/buckets/lake
tar -czf "$here/first.tar.gz" data
echo "made $here/first.tar.gz; the server's log is $dir/log"
