package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/jackc/pgx/v5"

	"leat/cmd/leat/child"
	"leat/cmd/leat/client"
)

// viewOver is the query of every streaming view here.
const viewOver = `SELECT sequence_number, JSON_EXTRACT_PATH_TEXT(FROM_VARBYTE(kinesis_data, 'utf-8'), 'id')::bigint AS id,
  JSON_PARSE(kinesis_data) AS payload FROM streams.` + stream

// bucket is where the delivery streams put objects.
const bucket = "crash"

// A campaign is one under way.
type campaign struct {
	Config
	random  *rand.Rand
	server  *child.Server
	at      atomic.Pointer[target]
	acks    bell
	commits bell

	records     *records
	transfers   *transfers
	definitions *definitions
	reshards    *reshards
	seen        *archive

	report Report
}

// Run runs a campaign and says what it found; Report.Faults is empty when
// nothing was wrong. An error means that the campaign itself could not go on.
func Run(ctx context.Context, cfg Config) (_ *Report, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	c := &campaign{Config: cfg, random: rand.New(rand.NewPCG(cfg.Seed, 0)), definitions: newDefinitions(), seen: newArchive()}
	c.records = &records{acks: &c.acks}
	c.transfers = &transfers{random: rand.New(rand.NewPCG(cfg.Seed, 1)), commits: &c.commits}
	c.reshards = &reshards{random: rand.New(rand.NewPCG(cfg.Seed, 2))}
	c.report = Report{Seed: cfg.Seed, Moments: map[string]int{}}
	if c.server, err = child.Start(ctx, child.Config{Dir: cfg.Dir, MemoryBytes: cfg.MemoryBytes, Args: []string{"--small-buffers"}}); err != nil {
		return nil, err
	}
	defer func() {
		if len(c.report.Faults) > 0 || err != nil {
			c.server.Kill() // its folder is kept, to be looked at
			c.report.Kept = c.server.Data()
			return
		}
		err = errors.Join(err, c.server.Stop())
	}()
	if err := c.setUp(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	for c.report.Kills < cfg.Kills && ctx.Err() == nil && (cfg.Duration == 0 || time.Since(began) < cfg.Duration) {
		if err := c.round(ctx, min(cfg.CheckEvery, cfg.Kills-c.report.Kills)); err != nil {
			return nil, err
		}
		c.report.sum(c)
		fmt.Fprintf(cfg.Out, "%s\n", c.report.line())
		if len(c.report.Faults) > 0 {
			break
		}
	}
	return &c.report, ctx.Err()
}

// setUp makes the streams, views, delivery streams and tables.
func (c *campaign) setUp(ctx context.Context) error {
	c.answers()
	endpoint := client.Endpoint{URL: "http://" + c.server.AWS}
	if _, err := endpoint.Kinesis().CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(stream), ShardCount: aws.Int32(2)}); err != nil {
		return err
	}
	archive := client.Archive("archive", stream, bucket, 1, 1)
	archive.Prefix, archive.ErrorPrefix = "archive/", "archive-errors/"
	lake := client.Lake("lake", stream, bucket, 1, 1)
	lake.Prefix, lake.ErrorPrefix, lake.PartitionedByTheQuery = "lake/", "lake-errors/", false
	lake.Processors = nil
	for _, d := range []client.Delivery{archive, lake} {
		if _, err := endpoint.Firehose().CreateDeliveryStream(ctx, d.Request()); err != nil {
			return err
		}
	}
	conn, err := pgx.Connect(ctx, c.at.Load().sql)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, sql := range slices.Concat(setUpTransfers, []string{
		"CREATE EXTERNAL SCHEMA streams FROM KINESIS IAM_ROLE default",
		"CREATE MATERIALIZED VIEW live AUTO REFRESH YES AS " + viewOver,
	}) {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// answers lets the loads use the server, which answers.
func (c *campaign) answers() {
	c.at.Store(&target{
		kinesis: client.Endpoint{URL: "http://" + c.server.AWS}.Kinesis(),
		sql:     "postgres://admin@" + c.server.SQL + "/dev?sslmode=disable&connect_timeout=5",
	})
}

// round kills so many times under load, and then checks everything.
func (c *campaign) round(ctx context.Context, kills int) error {
	stop := everyone(ctx, &c.at, []load{c.records, c.records, c.transfers, c.transfers, c.definitions, c.reshards})
	defer stop()
	for range kills {
		m := moments[c.random.IntN(len(moments))]
		if m.starting {
			c.server.Kill()
			if err := c.server.Begin(); err != nil {
				return err
			}
		}
		m.await(ctx, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.at.Store(nil)
		c.server.Kill()
		c.report.Kills++
		c.report.Moments[m.name]++
		if err := c.restart(ctx); err != nil {
			return err
		}
	}
	stop()
	return c.check(ctx)
}

// restart starts the server and notes how long it takes.
func (c *campaign) restart(ctx context.Context) error {
	began := time.Now()
	if err := c.server.Begin(); err != nil {
		return err
	}
	if err := c.server.AwaitReady(ctx); err != nil {
		return fmt.Errorf("start after kill %d (%s): %w", c.report.Kills, c.server.Data(), err)
	}
	c.report.Starts = append(c.report.Starts, time.Since(began))
	c.answers()
	return nil
}
