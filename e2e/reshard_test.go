package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"leat/simulate"
)

// TestReshardingUnderLoadAndKillsLosesNoOrder splits, merges and evenly reshapes
// a stream all the time while records come, a view and two delivery streams
// read, and the server is killed again and again. Each record counts once
// everywhere, and each key's records are in the order in which they were sent,
// over all the shards the key was in.
func TestReshardingUnderLoadAndKillsLosesNoOrder(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	data := filepath.Join(t.TempDir(), "data")
	p := serve(t, data, "--small-buffers")
	makePipelines(t, p)
	events, err := simulate.NewEvents(simulate.EventsConfig{Seed: seed, Types: 10, Bad: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	producers := startProducers(t, events, p, func(index uint64) string { return fmt.Sprintf("%d-%d", index>>32, index%13) })
	changes := startResharding(t, producers, seed)
	for i := range kills() / 2 {
		if err := p.awaitReady(); err != nil {
			t.Fatalf("start after kill %d: %v", i, err)
		}
		producers.server.Store(p)
		changed, acknowledged := changes.made.Load(), producers.count()
		if err := poll(func() (bool, error) {
			return changes.made.Load() >= changed+5 && producers.count() > acknowledged, nil
		}); err != nil {
			t.Fatalf("wait for changes and records after kill %d: %v", i, err)
		}
		<-time.After(time.Duration(random.IntN(300)) * time.Millisecond)
		p.kill()
		p = beginServe(t, data)
	}
	if err := p.awaitReady(); err != nil {
		t.Fatal(err)
	}
	changes.stop()
	producers.stop()
	t.Logf("%d records sent, %d acknowledged, %d changes of the shards", len(producers.sent), producers.acknowledged, changes.made.Load())

	// A key's shards have ascending numbers, and documents are by shard.
	documents := checkPipelines(t, p, data, producers.sent)
	last := map[string]uint64{}
	for _, document := range documents {
		r := producers.sent[uuidOf(document)]
		if before, ok := last[r.key]; ok && r.index <= before {
			t.Fatalf("key %s: record %d comes after record %d", r.key, r.index, before)
		}
		last[r.key] = r.index
	}
}

// A resharder changes the shards of stream events until it is stopped.
type resharder struct {
	stop func()
	made atomic.Int64 // changes that were acknowledged
}

func startResharding(t *testing.T, producers *producers, seed uint64) *resharder {
	ctx, cancel := context.WithCancel(t.Context())
	r := &resharder{}
	random := rand.New(rand.NewPCG(seed, 2))
	var running sync.WaitGroup
	running.Go(func() {
		rhythm := time.NewTicker(10 * time.Millisecond)
		defer rhythm.Stop()
		for ctx.Err() == nil {
			if err := changeShards(ctx, producers.server.Load().kinesisClient(), random); err == nil {
				r.made.Add(1)
			} // or else the server is down
			select {
			case <-rhythm.C:
			case <-ctx.Done():
			}
		}
	})
	r.stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(r.stop)
	return r
}

// changeShards makes one random change; the stream keeps 1 to 12 open shards.
func changeShards(ctx context.Context, api *kinesis.Client, random *rand.Rand) error {
	once := func(o *kinesis.Options) { o.Retryer = sdk.NopRetryer{} }
	name := sdk.String("events")
	listed, err := api.ListShards(ctx, &kinesis.ListShardsInput{StreamName: name, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}}, once)
	if err != nil {
		return err
	}
	open := listed.Shards
	slices.SortFunc(open, func(a, b types.Shard) int {
		return number128(a.HashKeyRange.StartingHashKey).Cmp(number128(b.HashKeyRange.StartingHashKey))
	})
	i := random.IntN(len(open))
	switch kind := random.IntN(5); {
	case kind == 0:
		target := min(12, (len(open)+1)/2+random.IntN(2*len(open)-(len(open)+1)/2+1))
		_, err = api.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{StreamName: name, TargetShardCount: sdk.Int32(int32(target)), ScalingType: types.ScalingTypeUniformScaling}, once)
	case kind < 3 && len(open) < 12:
		middle := new(big.Int).Add(number128(open[i].HashKeyRange.StartingHashKey), number128(open[i].HashKeyRange.EndingHashKey))
		_, err = api.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: name, ShardToSplit: open[i].ShardId, NewStartingHashKey: sdk.String(middle.Rsh(middle, 1).String())}, once)
	case i > 0:
		_, err = api.MergeShards(ctx, &kinesis.MergeShardsInput{StreamName: name, ShardToMerge: open[i-1].ShardId, AdjacentShardToMerge: open[i].ShardId}, once)
	}
	return err
}

func number128(text *string) *big.Int {
	n, _ := new(big.Int).SetString(sdk.ToString(text), 10)
	return n
}

// TestReshardingByTheCLI uses a server whose streams take their time to change.
func TestReshardingByTheCLI(t *testing.T) {
	campaign(t)
	p := serve(t, filepath.Join(t.TempDir(), "data"), "--stream-status-delay", "500ms")
	do := func(out any, args ...string) {
		t.Helper()
		code, stdout, stderr := p.aws(t, append([]string{"kinesis"}, args...)...)
		if code != 0 {
			t.Fatalf("aws kinesis %v: %s", args, stderr)
		}
		if out != nil {
			if err := json.Unmarshal([]byte(stdout), out); err != nil {
				t.Fatalf("aws kinesis %v: %s: %v", args, stdout, err)
			}
		}
	}
	type summary struct {
		StreamDescriptionSummary struct {
			StreamStatus   string
			OpenShardCount int
		}
	}
	await := func(status string, open int) {
		t.Helper()
		var got summary
		if err := poll(func() (bool, error) {
			do(&got, "describe-stream-summary", "--stream-name", "events")
			return got.StreamDescriptionSummary.StreamStatus == status, nil
		}); err != nil || got.StreamDescriptionSummary.OpenShardCount != open {
			t.Fatalf("%+v, %v, want %s and %d shards", got, err, status, open)
		}
	}
	do(nil, "create-stream", "--stream-name", "events", "--shard-count", "2")
	await("ACTIVE", 2)
	do(nil, "split-shard", "--stream-name", "events", "--shard-to-split", "shardId-000000000000", "--new-starting-hash-key", "85070591730234615865843651857942052864")
	await("ACTIVE", 3)
	do(nil, "merge-shards", "--stream-name", "events", "--shard-to-merge", "shardId-000000000003", "--adjacent-shard-to-merge", "shardId-000000000001")
	await("ACTIVE", 2)
	var updated struct{ CurrentShardCount, TargetShardCount int }
	do(&updated, "update-shard-count", "--stream-name", "events", "--target-shard-count", "4", "--scaling-type", "UNIFORM_SCALING")
	if updated.CurrentShardCount != 2 || updated.TargetShardCount != 4 {
		t.Errorf("updated %+v", updated)
	}
	await("ACTIVE", 4)
	var listed struct {
		Shards []struct {
			ShardId             string
			SequenceNumberRange struct{ EndingSequenceNumber string }
		}
	}
	do(&listed, "list-shards", "--stream-name", "events")
	closed := 0
	for _, shard := range listed.Shards {
		if shard.SequenceNumberRange.EndingSequenceNumber != "" {
			closed++
		}
	}
	if len(listed.Shards)-closed != 4 || closed < 5 {
		t.Errorf("%d shards, %d of them closed", len(listed.Shards), closed)
	}
	do(nil, "delete-stream", "--stream-name", "events")
	if err := poll(func() (bool, error) {
		var streams struct{ StreamNames []string }
		do(&streams, "list-streams")
		return len(streams.StreamNames) == 0, nil
	}); err != nil {
		t.Errorf("the stream does not go: %v", err)
	}
	if code := p.stop(t); code != 0 {
		t.Errorf("leat serve ended with %d", code)
	}
}
