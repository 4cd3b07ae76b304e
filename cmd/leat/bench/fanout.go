package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"golang.org/x/sync/errgroup"

	"leat"
	"leat/cmd/leat/measure"
)

const (
	// maxFanoutLatency is the goal for 99 of 100 records.
	maxFanoutLatency = 20 * time.Millisecond
	// maxFanoutTime is less than a subscription lasts, and its consumers need some
	// of that to subscribe and to get the last records.
	maxFanoutTime = 4 * time.Minute
	// arrivalTimeout bounds how long the last records may take.
	arrivalTimeout = 30 * time.Second
)

// Fanout measures how soon after its acknowledgement a record reaches the
// consumers that subscribed to its shard. Every consumer must get every record
// once, in its shard's order.
func Fanout(ctx context.Context, cfg Config) (*Report, error) {
	cfg = cfg.withDefaults()
	if cfg.Duration > maxFanoutTime {
		return nil, fmt.Errorf("duration: %s is more than the %s that are left of a subscription's time", cfg.Duration, maxFanoutTime)
	}
	load := fmt.Sprintf("%.0f events of about 315 bytes a second for %s, %d a call, %d connections; %d shards, %d consumers",
		cfg.FanoutRate, cfg.Duration, cfg.CallRecords, cfg.Connections, cfg.Shards, cfg.Consumers)
	return withServer(ctx, cfg, "fanout", load, func(ctx context.Context, r *run) error {
		if err := r.createStream(ctx, stream); err != nil {
			return err
		}
		return r.fanout(ctx)
	})
}

func (r *run) fanout(ctx context.Context) error {
	r.Progress("subscribing")
	protocol := new(http.Protocols)
	protocol.SetUnencryptedHTTP2(true) // as the SDKs for Java and JavaScript do
	transport := &http.Transport{Protocols: protocol}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}

	ctx, cancel := context.WithCancel(ctx)
	reading, readingCtx := errgroup.WithContext(ctx)
	defer func() { cancel(); reading.Wait() }() // for the ways out that are errors
	var ready sync.WaitGroup
	var arrived atomic.Uint64
	subscriptions := make([]*subscription, 0, r.Consumers*r.Shards)
	for consumer := range r.Consumers {
		arn, err := r.register(ctx, fmt.Sprintf("consumer-%d", consumer))
		if err != nil {
			return err
		}
		for shard := range r.Shards {
			s := &subscription{url: "http://" + r.AWS, consumer: consumer, arn: arn, shard: uint32(shard), client: client, arrived: &arrived}
			subscriptions = append(subscriptions, s)
			ready.Add(1)
			reading.Go(func() error { return s.read(readingCtx, sync.OnceFunc(ready.Done)) })
		}
	}
	if err := wait(readingCtx, &ready); err != nil {
		return errors.Join(err, reading.Wait())
	}

	r.Progress("putting and receiving")
	acks := acknowledgements{at: make([]atomic.Int64, uint64(r.FanoutRate*r.Duration.Seconds())+uint64(r.CallRecords)+2)}
	l := r.newLoad(stream)
	l.rate, l.perCall, l.acknowledged = r.FanoutRate, uint64(r.CallRecords), acks.add
	l.records = uint64(r.FanoutRate * r.Duration.Seconds())
	before, err := measure.CPUOf(r.PID())
	if err != nil {
		return err
	}
	done, err := l.run(readingCtx)
	if err != nil {
		return errors.Join(err, reading.Wait())
	}
	after, err := measure.CPUOf(r.PID())
	if err != nil {
		return err
	}
	err = await(readingCtx, "the last record's way to its consumers", arrivalTimeout, func() (bool, error) {
		return arrived.Load() >= done.records*uint64(r.Consumers), nil
	})
	cancel()
	if err := errors.Join(err, reading.Wait()); err != nil {
		return err
	}
	latencies, events, err := acks.hold(subscriptions, r.Consumers, done.records)
	if err != nil {
		return err
	}
	memory, err := r.Memory()
	if err != nil {
		return err
	}
	r.report.add("records acknowledged", done.rate(), perSecond)
	r.report.add("records received", float64(latencies.Count())/done.took.Seconds(), perSecond)
	r.report.add("events received", float64(events)/done.took.Seconds(), perSecond)
	r.report.latency("call", &done.latencies)
	r.report.add("acknowledged to received p50", inMilliseconds(latencies.Quantile(0.5)), milliseconds)
	r.report.atMost("acknowledged to received p99", inMilliseconds(latencies.Quantile(0.99)), milliseconds, inMilliseconds(maxFanoutLatency))
	r.report.add("acknowledged to received, longest", inMilliseconds(latencies.Max()), milliseconds)
	r.report.add("server's processor time", inMilliseconds(after-before)/done.took.Seconds(), milliseconds+perSecond)
	r.report.atMost("resident memory, peak", float64(memory.Peak), bytesUnit, maxResident)
	return nil
}

// register makes a consumer and returns its ARN.
func (r *run) register(ctx context.Context, name string) (string, error) {
	out, err := r.kinesis.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{
		StreamARN: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/" + stream), ConsumerName: aws.String(name),
	})
	if err != nil {
		return "", err
	}
	return *out.Consumer.ConsumerARN, nil
}

// wait waits for a group, but not longer than ctx lasts.
func wait(ctx context.Context, group *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// acknowledgements are when records were acknowledged, by ordinal.
type acknowledgements struct {
	at []atomic.Int64 // in nanoseconds since processStart; 0: not
}

// processStart is a moment that times are counted from, on the monotonic clock.
var processStart = time.Now()

func (a *acknowledgements) add(sequence leat.Sequence, at time.Time) {
	if sequence.Ordinal < uint64(len(a.at)) {
		a.at[sequence.Ordinal].Store(int64(at.Sub(processStart)))
	}
}

// hold holds what was received against what was acknowledged: all of it, by each
// consumer, once and in order.
func (a *acknowledgements) hold(subscriptions []*subscription, consumers int, records uint64) (latencies measure.Latencies, events uint64, err error) {
	counts := make([]uint64, consumers)
	for _, s := range subscriptions {
		events += s.events
		last := uint64(0)
		for _, arrival := range s.arrivals {
			if arrival.ordinal <= last {
				return latencies, 0, fmt.Errorf("consumer %d got record %d of shard %d after record %d", s.consumer, arrival.ordinal, s.shard, last)
			}
			last = arrival.ordinal
			if last >= uint64(len(a.at)) || a.at[last].Load() == 0 {
				return latencies, 0, fmt.Errorf("consumer %d got record %d of shard %d, which was not acknowledged", s.consumer, last, s.shard)
			}
			counts[s.consumer]++
			// The producer may look at its answer later than the consumer at the event.
			latencies.Add(arrival.at-time.Duration(a.at[last].Load()), 1)
		}
	}
	for consumer, count := range counts {
		if count != records {
			return latencies, 0, fmt.Errorf("consumer %d got %d records of %d", consumer, count, records)
		}
	}
	return latencies, events, nil
}
