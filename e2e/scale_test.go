package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/measure"
)

// TestIdleStreamsCostNothing makes many streams, puts a record into each, and
// looks what the server needs for them after a stop and after kill -9: times are
// for leat bench streams, counts are for this test.
func TestIdleStreamsCostNothing(t *testing.T) {
	for _, c := range []struct{ streams, shards int }{{1000, 10}, {1, 10_000}} {
		t.Run(fmt.Sprintf("%d×%d", c.streams, c.shards), func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			p := serve(t, data)
			before := p.needs(t)
			makeStreams(t, p, c.streams, c.shards)
			checkStreams(t, p, c.streams, c.shards)
			if code := p.stop(t); code != 0 {
				t.Fatalf("leat serve ended with %d", code)
			}
			for _, when := range []string{"after a stop", "after kill -9"} {
				p = serve(t, data)
				checkStreams(t, p, c.streams, c.shards)
				after := p.needs(t)
				// Connections of this test's clients, the runtime's own, and so on.
				const some = 40
				if after.goroutines > before.goroutines+some || after.handles > before.handles+some {
					t.Errorf("%s: %+v, want about what an empty server needs, %+v", when, after, before)
				}
				if after.resident > 300<<20 {
					t.Errorf("%s: %d MiB of memory", when, after.resident>>20)
				}
				putOne(t, p, c.streams)
				p.kill()
			}
		})
	}
}

// A need is what a process takes of the machine.
type need struct {
	goroutines, handles int
	resident            int64 // bytes
}

func (p *process) needs(t *testing.T) need {
	t.Helper()
	handles, err := measure.HandlesOf(p.command.Process.Pid)
	if err != nil {
		skip(t, err.Error()) // not on this system
	}
	memory, err := measure.MemoryOf(p.command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	values, err := p.metrics()
	if err != nil {
		t.Fatal(err)
	}
	return need{goroutines: int(values["go_goroutines"]), handles: handles, resident: memory.Resident}
}

func scaleName(i int) *string { return sdk.String(fmt.Sprintf("s%04d", i)) }

// makeStreams makes streams with a record each.
func makeStreams(t *testing.T, p *process, streams, shards int) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for i := range streams {
		group.Go(func() error {
			_, err := p.kinesisClient().CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: scaleName(i), ShardCount: sdk.Int32(int32(shards))})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	putOne(t, p, streams)
}

// putOne puts a record into each stream, so that it is not closed in good order.
func putOne(t *testing.T, p *process, streams int) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for i := range streams {
		group.Go(func() error {
			_, err := p.kinesisClient().PutRecord(ctx, &kinesis.PutRecordInput{StreamName: scaleName(i), PartitionKey: sdk.String("k"), Data: []byte("x")})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

// checkStreams checks that all streams are listed, in pages, and that one of
// them has its shards and its record.
func checkStreams(t *testing.T, p *process, streams, shards int) {
	t.Helper()
	ctx := t.Context()
	n := 0
	pages := kinesis.NewListStreamsPaginator(p.kinesisClient(), &kinesis.ListStreamsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range page.StreamNames {
			if name != *scaleName(n) {
				t.Fatalf("stream %d is called %s", n, name)
			}
			n++
		}
	}
	if n != streams {
		t.Fatalf("%d streams are listed of %d", n, streams)
	}
	name := scaleName(streams / 2)
	listed, err := listShards(ctx, p.kinesisClient(), name)
	if err != nil || len(listed) != shards {
		t.Fatalf("%d shards are listed of %d, %v", len(listed), shards, err)
	}
	put, err := p.kinesisClient().PutRecord(ctx, &kinesis.PutRecordInput{StreamName: name, PartitionKey: sdk.String("k"), Data: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	iterator, err := p.kinesisClient().GetShardIterator(ctx, &kinesis.GetShardIteratorInput{StreamName: name, ShardId: put.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.kinesisClient().GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator.ShardIterator})
	if err != nil || len(got.Records) < 2 || *got.Records[len(got.Records)-1].SequenceNumber != *put.SequenceNumber {
		t.Fatalf("%d records of at least 2, %v", len(got.Records), err)
	}
}

// listShards lists a stream's shards in pages of a thousand.
func listShards(ctx context.Context, client *kinesis.Client, name *string) (all []types.Shard, err error) {
	in := &kinesis.ListShardsInput{StreamName: name, MaxResults: sdk.Int32(1000)}
	for {
		page, err := client.ListShards(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Shards...)
		if page.NextToken == nil {
			return all, nil
		}
		in = &kinesis.ListShardsInput{NextToken: page.NextToken, MaxResults: in.MaxResults}
	}
}
