package fuzz

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"leat/cmd/leat/client"
)

// bucket is where the delivery streams put objects.
const bucket = "fuzz"

// text is a member of a record as JSON_EXTRACT_PATH_TEXT gives it.
func member(path string) string {
	return "JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), " + path + ")"
}

// views are the streaming views, by name: of each record's key, and
// what else. Those of text fail for many records, which are quarantined then.
var views = map[string]string{
	"v_live":  "sequence_number",
	"v_super": "JSON_PARSE(kinesis_data) AS payload",
	"v_cast": `JSON_PARSE(kinesis_data).n::decimal(38,10) AS n38, JSON_PARSE(kinesis_data).n::bigint AS nbig, JSON_PARSE(kinesis_data).n::varchar(400) AS ntext,
  JSON_PARSE(kinesis_data).t::varchar(65535) AS t, JSON_PARSE(kinesis_data).t::varchar(3) AS t3, JSON_PARSE(kinesis_data).t::char(5) AS c5, JSON_PARSE(kinesis_data).d::timestamp AS d,
  JSON_PARSE(kinesis_data).i::int AS i, JSON_PARSE(kinesis_data).p.n::decimal(38,10) AS pn`,
	"v_text": member("'t'") + "::varchar(3) AS t3, REVERSE(" + member("'t'") + "::varchar(7)) AS r7, UPPER(" + member("'t'") + "::varchar(5)) AS u5, LPAD(" + member("'t'") + ", 12, " + member("'t'") +
		") AS l12, SUBSTRING(" + member("'t'") + ", 2, 3) AS s3, RTRIM(" + member("'t'") + "::char(3)) AS c3, INITCAP(LOWER(" + member("'p', 't'") + "::varchar(9))) AS i9, REPEAT('é', " + member("'k'") + "::int) AS many",
	"v_path": member("'n'") + " AS n, " + member("'t'") + " AS t, " + member("'i'") + "::int AS i, " + member("'d'") + "::timestamp AS d",
}

// query is what a delivery stream makes of records.
const query = `SELECT records."_n" AS "_n", records.n AS n, records.t AS t, records.t::varchar(3) AS t3, REVERSE(records.t::varchar(5)) AS r5, UPPER(records.t::char(3)) AS u3, records.n::varchar(50) AS ntext FROM records`

// setUp makes the stream, views, delivery streams and tables.
func (c *campaign) setUp(ctx context.Context) error {
	c.put.moved(c.server)
	endpoint := client.Endpoint{URL: "http://" + c.server.AWS}
	if _, err := endpoint.Kinesis().CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(stream), ShardCount: aws.Int32(2)}); err != nil {
		return err
	}
	lake := client.Lake("lake", stream, bucket, 1, 1)
	lake.Prefix, lake.ErrorPrefix, lake.PartitionedByTheQuery, lake.Processors = "lake/", "lake-errors/", false, nil
	queried := client.Lake("queried", stream, bucket, 1, 1)
	queried.Prefix, queried.ErrorPrefix, queried.PartitionedByTheQuery = "queried/", "queried-errors/", false
	queried.Processors = []types.Processor{client.Processor("SQL", "Query", query)}
	archive := client.Archive("archive", stream, bucket, 1, 1)
	archive.Prefix, archive.ErrorPrefix = "archive/", "archive-errors/"
	for _, d := range []client.Delivery{lake, queried, archive} {
		if _, err := endpoint.Firehose().CreateDeliveryStream(ctx, d.Request()); err != nil {
			return fmt.Errorf("make delivery stream %s: %w", d.Name, err)
		}
	}
	s, err := connect(ctx, c.server.SQL)
	if err != nil {
		return err
	}
	defer s.Close(context.WithoutCancel(ctx))
	statements := append([]string{"SET statement_timeout TO 0", "CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default"}, setUpTables...)
	for name, list := range views {
		statements = append(statements, "CREATE MATERIALIZED VIEW "+name+" AUTO REFRESH YES AS SELECT partition_key, "+list+" FROM streams."+stream)
	}
	for _, sql := range statements {
		if a := s.ask(ctx, sql); a.err != nil {
			return fmt.Errorf("%s: %w", sql, a.err)
		}
	}
	c.answers()
	return nil
}
