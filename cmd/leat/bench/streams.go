package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"golang.org/x/sync/errgroup"

	"leat/cmd/leat/client"
	"leat/cmd/leat/measure"
)

// What a server with many streams should need.
const (
	maxStart        = 5 * time.Second
	maxIdleResident = 300 << 20
)

// Streams measures what many streams cost: to make, to start with after a stop
// and after a crash, to have while nothing happens, and to ask about. Every
// stream has taken records, two a shard.
func Streams(ctx context.Context, cfg Config) (*Report, error) {
	if cfg.Shards == 0 {
		cfg.Shards = 10
	}
	cfg = cfg.withDefaults()
	load := fmt.Sprintf("%d streams of %d shards, each with %d records; idle for %s", cfg.Streams, cfg.Shards, 2*cfg.Shards, cfg.Duration)
	return withServer(ctx, cfg, "streams", load, func(ctx context.Context, r *run) error {
		r.Progress("making streams")
		if err := r.makeStreams(ctx); err != nil {
			return err
		}
		began := time.Now()
		if err := r.Terminate(); err != nil {
			return err
		}
		r.report.add("stopped in", time.Since(began).Seconds(), seconds)
		if err := r.startedAgain(ctx, "after a stop"); err != nil {
			return err
		}
		// Put once more, so that every stream has a tail that is not closed in good
		// order.
		if err := r.eachStream(ctx, r.putInto); err != nil {
			return err
		}
		if err := r.idle(ctx, "all in use"); err != nil {
			return err
		}
		r.Kill()
		if err := r.startedAgain(ctx, "after kill -9"); err != nil {
			return err
		}
		return r.askAround(ctx)
	})
}

func streamName(i int) string { return fmt.Sprintf("stream-%05d", i) }

// makeStreams makes all streams through the API and puts records into each.
func (r *run) makeStreams(ctx context.Context) error {
	began := time.Now()
	var slowest measure.Latencies
	times := make(chan time.Duration, r.Streams)
	err := r.eachStream(ctx, func(ctx context.Context, i int) error {
		began := time.Now()
		_, err := r.kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{
			StreamName: aws.String(streamName(i)), ShardCount: aws.Int32(int32(r.Shards)),
		})
		times <- time.Since(began)
		return err
	})
	if err != nil {
		return err
	}
	took := time.Since(began)
	close(times)
	for d := range times {
		slowest.Add(d, 1)
	}
	r.report.add("streams made", float64(r.Streams)/took.Seconds(), perSecond)
	r.report.latency("CreateStream", &slowest)
	return r.eachStream(ctx, r.putInto)
}

// eachStream does something with all streams, as many at once as there are
// connections.
func (r *run) eachStream(ctx context.Context, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.Connections)
	for i := range r.Streams {
		group.Go(func() error { return do(ctx, i) })
	}
	return group.Wait()
}

// putInto puts two records a shard into a stream.
func (r *run) putInto(ctx context.Context, i int) error {
	sender := client.NewSender(r.kinesis, streamName(i))
	for n := range uint64(2 * r.Shards) {
		event, _ := r.events.Append(nil, n)
		if err := sender.Add(ctx, string(r.events.AppendKey(nil, n)), event); err != nil {
			return err
		}
	}
	return sender.Flush(ctx)
}

// startedAgain starts the server and reports how long it takes until it answers,
// and what it needs while it idles.
func (r *run) startedAgain(ctx context.Context, when string) error {
	r.Progress("starting " + when)
	began := time.Now()
	if err := r.Restart(ctx); err != nil {
		return err
	}
	r.kinesis = client.Endpoint{URL: "http://" + r.AWS}.Kinesis()
	if _, err := r.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String(streamName(r.Streams - 1))}); err != nil {
		return err
	}
	r.report.atMost("start "+when, time.Since(began).Seconds(), seconds, maxStart.Seconds())
	return r.idle(ctx, when)
}

// idle reports what the server needs while nothing happens.
func (r *run) idle(ctx context.Context, when string) error {
	r.Progress("idling, " + when)
	before, err := measure.CPUOf(r.PID())
	if err != nil {
		return err
	}
	select {
	case <-time.After(r.Duration):
	case <-ctx.Done():
		return ctx.Err()
	}
	after, err := measure.CPUOf(r.PID())
	if err != nil {
		return err
	}
	memory, err := r.Memory()
	if err != nil {
		return err
	}
	handles, err := measure.HandlesOf(r.PID())
	if err != nil {
		return err
	}
	values, err := r.Metrics(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	size, err := pageSize(ctx, "http://"+r.HTTP+"/metrics")
	if err != nil {
		return err
	}
	page := time.Since(began)
	r.report.atMost("idle, "+when+": resident memory", float64(memory.Resident), bytesUnit, maxIdleResident)
	r.report.add("idle, "+when+": of that, own", float64(memory.Allocated), bytesUnit)
	r.report.add("idle, "+when+": processor time", inMilliseconds(after-before)/r.Duration.Seconds(), milliseconds+perSecond)
	r.report.add("idle, "+when+": files, sockets", float64(handles), "")
	r.report.add("idle, "+when+": goroutines", values["go_goroutines"], "")
	r.report.add("idle, "+when+": /metrics", inMilliseconds(page), milliseconds)
	r.report.add("idle, "+when+": /metrics", float64(size), bytesUnit)
	return nil
}

// askAround measures how long the answers about all streams and shards take.
func (r *run) askAround(ctx context.Context) error {
	r.Progress("asking")
	const times = 20
	largest := aws.Int32(10_000)
	name := func(i int) *string { return aws.String(streamName(i % r.Streams)) }
	for _, question := range []struct {
		name string
		ask  func(i int) error
	}{
		{"ListStreams, all", func(int) error {
			out, err := r.kinesis.ListStreams(ctx, &kinesis.ListStreamsInput{Limit: largest})
			if err == nil && len(out.StreamNames) != r.Streams {
				err = fmt.Errorf("%d streams are listed of %d", len(out.StreamNames), r.Streams)
			}
			return err
		}},
		{"DescribeStreamSummary", func(i int) error {
			_, err := r.kinesis.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: name(i)})
			return err
		}},
		{"DescribeStream, all shards", func(i int) error {
			out, err := r.kinesis.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: name(i), Limit: largest})
			if err == nil && len(out.StreamDescription.Shards) != r.Shards {
				err = fmt.Errorf("%d shards are described of %d", len(out.StreamDescription.Shards), r.Shards)
			}
			return err
		}},
		{"ListShards, page of 1,000", func(i int) error {
			_, err := r.kinesis.ListShards(ctx, &kinesis.ListShardsInput{StreamName: name(i), MaxResults: aws.Int32(1000)})
			return err
		}},
	} {
		var answers measure.Latencies
		for i := range times {
			began := time.Now()
			if err := question.ask(i * 37); err != nil {
				return fmt.Errorf("%s: %w", question.name, err)
			}
			answers.Add(time.Since(began), 1)
		}
		r.report.add(question.name+" p50", inMilliseconds(answers.Quantile(0.5)), milliseconds)
	}
	return nil
}

// pageSize reads a page.
func pageSize(ctx context.Context, url string) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return io.Copy(io.Discard, response.Body)
}
