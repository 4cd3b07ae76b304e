package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/dustin/go-humanize"
	"github.com/jackc/pgx/v5"

	"leat/cmd/leat/child"
	"leat/cmd/leat/client"
	"leat/cmd/leat/measure"
	"leat/duck"
	"leat/server"
	"leat/simulate"
)

// stream is the name of the stream that is measured.
const stream = "events"

// maxResident is the goal for the server's memory.
const maxResident = 1 << 30

// A run is one benchmark under way.
type run struct {
	Config
	*child.Server
	report  *Report
	events  *simulate.Events
	kinesis *kinesis.Client
	put     atomic.Uint64 // records acknowledged so far
}

// measureWith starts a server with a stream, lets f measure it, and stops it.
func measureWith(ctx context.Context, cfg Config, name, load string, f func(ctx context.Context, r *run) error) (*Report, error) {
	cfg = cfg.withDefaults()
	load = fmt.Sprintf("%s; events of about 315 bytes, %d a call, %d connections, %d shards", load, perCall, cfg.Connections, cfg.Shards)
	return withServer(ctx, cfg, name, load, func(ctx context.Context, r *run) error {
		if err := r.createStream(ctx, stream); err != nil {
			return err
		}
		if err := f(ctx, r); err != nil {
			return err
		}
		memory, err := r.Memory()
		r.report.atMost("resident memory, peak", float64(memory.Peak), bytesUnit, maxResident)
		return err
	})
}

// withServer starts a server on an empty folder, lets f measure it, and stops it.
func withServer(ctx context.Context, cfg Config, name, load string, f func(ctx context.Context, r *run) error) (_ *Report, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: 1, Types: cfg.Types, Days: cfg.Days})
	if err != nil {
		return nil, err
	}
	r := &run{Config: cfg, events: events, report: &Report{
		Name: name, Machine: measure.ThisMachine(), Leat: cfg.Version, DuckDB: duck.Version(), Begun: time.Now(), Load: load,
	}}
	if r.Server, err = child.Start(ctx, child.Config{Dir: cfg.Dir, MemoryBytes: cfg.MemoryBytes}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Server.Stop()) }()
	r.kinesis = client.Endpoint{URL: "http://" + r.AWS}.Kinesis()
	if err := f(ctx, r); err != nil {
		return nil, fmt.Errorf("bench %s: %w", name, err)
	}
	return r.report, nil
}

func (r *run) createStream(ctx context.Context, name string) error {
	_, err := r.kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(name), ShardCount: aws.Int32(int32(r.Shards))})
	if err != nil {
		return err
	}
	return kinesis.NewStreamExistsWaiter(r.kinesis).Wait(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String(name)}, child.ReadyTimeout)
}

// newLoad is a load on a stream with the configuration's connections.
func (r *run) newLoad(stream string) load {
	return load{addr: r.AWS, stream: stream, events: r.events, connections: r.Connections, counted: &r.put}
}

// backlog fills the stream with different events.
func (r *run) backlog(ctx context.Context, records uint64) (*loaded, error) {
	r.Progress(fmt.Sprintf("putting %s events", humanize.Comma(int64(records))))
	l := r.newLoad(stream)
	l.records, l.fresh = records, true
	return l.run(ctx)
}

// connectSQL opens a connection to the warehouse and makes the schema that holds
// the streams.
func (r *run) connectSQL(ctx context.Context) (*pgx.Conn, error) {
	conn, err := r.dialSQL(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "CREATE EXTERNAL SCHEMA IF NOT EXISTS streams FROM KINESIS IAM_ROLE default"); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

// dialSQL opens a connection to the warehouse.
func (r *run) dialSQL(ctx context.Context) (*pgx.Conn, error) {
	target := url.URL{Scheme: "postgres", Host: r.SQL, Path: "/" + server.Database, User: url.User(server.DefaultUser), RawQuery: "sslmode=disable"}
	return pgx.Connect(ctx, target.String())
}

// viewSQL makes a streaming view with the whole document as SUPER.
func viewSQL(name, stream string, autoRefresh string) string {
	return fmt.Sprintf(`CREATE MATERIALIZED VIEW %s AUTO REFRESH %s AS
SELECT approximate_arrival_timestamp, partition_key, shard_id, sequence_number, JSON_PARSE(kinesis_data) AS payload
FROM streams."%s"`, name, autoRefresh, stream)
}

// countRows is how many rows a view has.
func countRows(ctx context.Context, conn *pgx.Conn, view string) (uint64, error) {
	var n int64
	err := conn.QueryRow(ctx, "SELECT count(*) FROM "+view).Scan(&n)
	return uint64(n), err
}

// await calls done until it is true, every few milliseconds.
func await(ctx context.Context, what string, timeout time.Duration, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%s took longer than %s", what, timeout))
	defer cancel()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// drainTimeout bounds how long a backlog may take.
const drainTimeout = 10 * time.Minute
