package e2e

import (
	"bufio"
	"context"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/jackc/pgx/v5"

	"leat/cmd/leat/client"
)

// kinesisClient is the Go SDK's.
func (p *process) kinesisClient() *kinesis.Client {
	p.clientOnce.Do(func() { p.client = client.Endpoint{URL: "http://" + p.AWS}.Kinesis() })
	return p.client
}

// identity makes the Go SDK's Kinesis client use a key of the server's; it comes
// before the client's first use.
func (p *process) identity(id, secret string) {
	p.clientOnce.Do(func() {
		p.client = client.Endpoint{URL: "http://" + p.AWS, AccessKeyID: id, SecretAccessKey: secret}.Kinesis()
	})
}

func (p *process) firehoseClient() *firehose.Client {
	return client.Endpoint{URL: "http://" + p.AWS}.Firehose()
}

// aws runs the AWS CLI.
func (p *process) aws(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	needs(t, "aws")
	return run(t, "", p.clientSettings(), "aws", args...)
}

// clientSettings are the environment of AWS's clients in any language: this
// server, and nothing of the machine's own settings.
func (p *process) clientSettings() []string {
	return []string{
		"AWS_ENDPOINT_URL=http://" + p.AWS, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any",
		"AWS_PAGER=", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
	}
}

// psql runs psql with statements on standard input; it prints rows alone, and
// goes on after errors.
func (p *process) psql(t *testing.T, sql string) (code int, stdout, stderr string) {
	t.Helper()
	needs(t, "psql")
	host, port, _ := net.SplitHostPort(p.SQL)
	return run(t, sql, nil, "psql", "-X", "-q", "-A", "-t", "-h", host, "-p", port, "-U", "admin", "dev")
}

// connect opens a connection with pgx.
func (p *process) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), "postgres://admin@"+p.SQL+"/dev?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// execute runs statements that must succeed.
func execute(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// number runs a query of one number.
func number(t *testing.T, conn *pgx.Conn, sql string) int64 {
	t.Helper()
	var n int64
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// createStream makes a stream and waits until it is active.
func (p *process) createStream(t *testing.T, name string, shards int32) {
	t.Helper()
	api := p.kinesisClient()
	_, err := api.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: sdk.String(name), ShardCount: sdk.Int32(shards)})
	if err != nil {
		t.Fatal(err)
	}
	p.awaitActive(t, name)
}

// splitShard splits a shard in two halves and waits until that is done.
func (p *process) splitShard(t *testing.T, stream string, shard int) {
	t.Helper()
	api := p.kinesisClient()
	all, err := api.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: &stream})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all.Shards, func(s types.Shard) bool { return *s.ShardId == shardName(shard) })
	first, last := new(big.Int), new(big.Int)
	first.SetString(*all.Shards[i].HashKeyRange.StartingHashKey, 10)
	last.SetString(*all.Shards[i].HashKeyRange.EndingHashKey, 10)
	middle := first.Add(first, last).Rsh(first, 1)
	_, err = api.SplitShard(t.Context(), &kinesis.SplitShardInput{StreamName: &stream, ShardToSplit: sdk.String(shardName(shard)), NewStartingHashKey: sdk.String(middle.String())})
	if err != nil {
		t.Fatal(err)
	}
	p.awaitActive(t, stream)
}

// mergeShards makes one shard of two and waits until that is done.
func (p *process) mergeShards(t *testing.T, stream string, left, right int) {
	t.Helper()
	_, err := p.kinesisClient().MergeShards(t.Context(), &kinesis.MergeShardsInput{StreamName: &stream, ShardToMerge: sdk.String(shardName(left)), AdjacentShardToMerge: sdk.String(shardName(right))})
	if err != nil {
		t.Fatal(err)
	}
	p.awaitActive(t, stream)
}

// awaitActive waits until a stream is active.
func (p *process) awaitActive(t *testing.T, stream string) {
	t.Helper()
	err := kinesis.NewStreamExistsWaiter(p.kinesisClient()).Wait(t.Context(), &kinesis.DescribeStreamInput{StreamName: &stream}, patience)
	if err != nil {
		t.Fatal(err)
	}
}

func shardName(n int) string { return fmt.Sprintf("shardId-%012d", n) }

// createDelivery makes a delivery stream.
func (p *process) createDelivery(t *testing.T, d client.Delivery) {
	t.Helper()
	if _, err := p.firehoseClient().CreateDeliveryStream(t.Context(), d.Request()); err != nil {
		t.Fatal(err)
	}
}

// readStream reads every record of a stream through the Kinesis API, shard by
// shard in order of their numbers, and checks that sequence numbers grow within
// each.
func (p *process) readStream(t *testing.T, stream string) [][]byte {
	t.Helper()
	all, err := p.tryReadStream(t, stream)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (p *process) tryReadStream(t *testing.T, stream string) ([][]byte, error) {
	t.Helper()
	api := p.kinesisClient()
	once := func(o *kinesis.Options) { o.Retryer = sdk.NopRetryer{} }
	var shards []types.Shard
	for in := (&kinesis.ListShardsInput{StreamName: sdk.String(stream)}); in != nil; {
		page, err := api.ListShards(t.Context(), in, once)
		if err != nil {
			return nil, err
		}
		shards = append(shards, page.Shards...)
		if in = nil; page.NextToken != nil {
			in = &kinesis.ListShardsInput{NextToken: page.NextToken}
		}
	}
	var all [][]byte
	for _, shard := range shards {
		start, err := api.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
			StreamName: sdk.String(stream), ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		}, once)
		if err != nil {
			return nil, err
		}
		last := ""
		for iterator := start.ShardIterator; iterator != nil; { // a closed shard has an end
			batch, err := api.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator}, once)
			if err != nil {
				return nil, err
			}
			for _, record := range batch.Records {
				if *record.SequenceNumber <= last {
					t.Fatalf("shard %s has sequence number %s after %s", *shard.ShardId, *record.SequenceNumber, last)
				}
				last = *record.SequenceNumber
				all = append(all, record.Data)
			}
			if iterator = batch.NextShardIterator; len(batch.Records) == 0 && *batch.MillisBehindLatest == 0 {
				break
			}
		}
	}
	return all, nil
}

// metrics reads the server's counters.
func (p *process) metrics() (map[string]float64, error) {
	response, err := http.Get("http://" + p.HTTP + "/metrics")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("/metrics: %s", response.Status)
	}
	values := map[string]float64{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		i := strings.LastIndexByte(lines.Text(), ' ')
		if i < 0 || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		value, err := strconv.ParseFloat(lines.Text()[i+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("/metrics: %q: %w", lines.Text(), err)
		}
		values[lines.Text()[:i]] = value
	}
	return values, lines.Err()
}

// awaitAllRead waits until all views and delivery streams have read and
// delivered everything that their streams hold.
func (p *process) awaitAllRead(t *testing.T) map[string]float64 {
	t.Helper()
	var values map[string]float64
	err := poll(func() (_ bool, err error) {
		if values, err = p.metrics(); err != nil {
			return false, err
		}
		for name, value := range values {
			if value != 0 && (strings.HasPrefix(name, "leat_view_pending_records") || strings.HasPrefix(name, "leat_delivery_pending_records")) {
				return false, nil
			}
		}
		return true, nil
	})
	if err != nil {
		t.Fatalf("wait until everything is read: %v\n%v", err, values)
	}
	return values
}
