package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"leat/cmd/leat/client"
	"leat/server"
)

// sqlClient is the demo's own connection to the warehouse.
type sqlClient = pgx.Conn

// The names of what the demo makes.
const (
	eventsStream    = "events"
	ordersStream    = "order_stream"
	customersStream = "customer_stream"

	eventsView    = "events_live"
	ordersView    = "orders_live"
	customersView = "customers_live"

	eventsLake    = "events-lake"
	ordersArchive = "orders-archive"
	bucket        = "demo-lake"
	// lakeSeconds is how long a batch waits: short, for whoever watches wants to
	// see objects. A lake that is to be queried for long takes minutes.
	lakeSeconds  = 3
	errorsFolder = "errors/" // in the bucket, then a folder for each stream, as beside it
)

// views are the statements that make the streaming views, in the order they
// are made.
var views = []struct{ name, stream, sql string }{
	{eventsView, eventsStream, `
SELECT approximate_arrival_timestamp AS arrived,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'event_name')::varchar(64) AS event_name,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'created_at')::bigint AS created_at,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'user_id')::bigint AS user_id,
       JSON_PARSE(kinesis_data) AS payload
FROM streams."events"`},
	{ordersView, ordersStream, `
SELECT approximate_arrival_timestamp AS arrived,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'consignmentid')::bigint AS consignmentid,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'timestamp')::timestamp AS ordered,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'userid')::integer AS userid,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'delivery_state')::varchar(8) AS delivery_state,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'origin_state')::varchar(8) AS origin_state,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'days_to_deliver')::integer AS days_to_deliver,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'delivery_distance')::float AS delivery_distance,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'revenue')::decimal(12,2) AS revenue,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'cost')::decimal(12,2) AS cost,
       JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'delay_probability')::varchar(8) AS delay_probability
FROM streams."order_stream"`},
	{customersView, customersStream, `
SELECT approximate_arrival_timestamp AS arrived, JSON_PARSE(FROM_VARBYTE(kinesis_data, 'utf-8')) AS payload
FROM streams."customer_stream"
WHERE IS_UTF8(kinesis_data) AND IS_VALID_JSON(FROM_VARBYTE(kinesis_data, 'utf-8'))`},
}

// setUp makes what is not there yet: streams, delivery streams, which read from
// the moment they are made, and views.
func (d *demo) setUp(ctx context.Context) (*sqlClient, error) {
	for name, shards := range map[string]int32{eventsStream: 4, ordersStream: 1, customersStream: 1} {
		if err := createStream(ctx, d.endpoint.Kinesis(), name, shards); err != nil {
			return nil, err
		}
	}
	for _, delivery := range []client.Delivery{
		client.Lake(eventsLake, eventsStream, bucket, 64, lakeSeconds),
		client.Archive(ordersArchive, ordersStream, bucket, 5, lakeSeconds),
	} {
		folder := delivery.Stream + "/"
		delivery.Prefix, delivery.ErrorPrefix = folder+delivery.Prefix, errorsFolder+folder+delivery.ErrorPrefix
		_, err := d.endpoint.Firehose().CreateDeliveryStream(ctx, delivery.Request())
		var exists *firehosetypes.ResourceInUseException
		if err != nil && !errors.As(err, &exists) {
			return nil, err
		}
	}
	return d.connectSQL(ctx)
}

func createStream(ctx context.Context, api *kinesis.Client, name string, shards int32) error {
	_, err := api.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(name), ShardCount: aws.Int32(shards)})
	var exists *types.ResourceInUseException
	if err != nil && !errors.As(err, &exists) {
		return err
	}
	return kinesis.NewStreamExistsWaiter(api).Wait(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(name)}, 30*time.Second)
}

// alreadyExists is the SQLSTATE for a relation whose name is taken.
const alreadyExists = "42P07"

func (d *demo) connectSQL(ctx context.Context) (*sqlClient, error) {
	user := url.UserPassword(d.sqlUser(), d.Server.Password)
	target := url.URL{Scheme: "postgres", Host: d.server.Addrs().SQL, Path: "/" + server.Database, User: user, RawQuery: "sslmode=disable"}
	sql, err := pgx.Connect(ctx, target.String())
	if err != nil {
		return nil, err
	}
	if err := makeViews(ctx, sql); err != nil {
		return nil, errors.Join(err, sql.Close(ctx))
	}
	return sql, nil
}

func makeViews(ctx context.Context, sql *sqlClient) error {
	if _, err := sql.Exec(ctx, "CREATE EXTERNAL SCHEMA IF NOT EXISTS streams FROM KINESIS IAM_ROLE default"); err != nil {
		return err
	}
	for _, view := range views {
		_, err := sql.Exec(ctx, "CREATE MATERIALIZED VIEW "+view.name+" AUTO REFRESH YES AS"+view.sql)
		var told *pgconn.PgError
		if err != nil && !(errors.As(err, &told) && told.Code == alreadyExists) {
			return fmt.Errorf("view %s: %w", view.name, err)
		}
	}
	return nil
}

func (d *demo) sqlUser() string {
	if d.Server.User == "" {
		return server.DefaultUser
	}
	return d.Server.User
}
