package kinesis

import (
	"context"
	"errors"
	"time"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// SubscribeToShard
//
// Behavior: sends a consumer the records of a shard from a position on, over
// HTTP/2 or HTTP/1.1, the moment they are durable. A consumer that lags gets
// several records an event; one that has all gets an event without records
// every 5 seconds. ContinuationSequenceNumber is good for the next
// subscription, also when there were no records. The last event of a closed
// shard has ChildShards and no ContinuationSequenceNumber. A subscription ends
// after 5 minutes, and when the server stops. A second call for the same
// consumer and shard is refused with ResourceInUseException within 5 seconds of
// the first, and takes over after them: the first then ends with that
// exception. One whose consumer is deregistered or whose stream is deleted ends
// with ResourceNotFoundException.
//
// Differs from AWS: reading is paced only when limits are enforced. The first
// event comes at once, also without records.
//
// Limits: 5 minutes; 1,000 records and 256 KiB of data and keys an event, but
// always one record.

// subscriptionTime is how long a subscription lasts.
const subscriptionTime = 5 * time.Minute

func (a *api) subscribeToShard(ctx context.Context, in shape.Object) (awsapi.Push, error) {
	if err := refuseStreamID(in); err != nil {
		return nil, err
	}
	stream, _, _ := splitARN(in.Text("ConsumerARN"))
	number, err := a.shardID(stream, in.Text("ShardId"))
	if err != nil {
		return nil, err
	}
	s, c, err := a.consumerByARN(in.Text("ConsumerARN"))
	if err != nil {
		return nil, err
	}
	info := s.Info()
	shard, err := a.shard(info, number)
	if err != nil {
		return nil, err
	}
	start := in.Object("StartingPosition")
	next, err := a.seek(s, info, shard, position{operation: "SubscribeToShard", of: start, kind: start.Text("Type"), sequence: "SequenceNumber"})
	if err != nil {
		return nil, err
	}
	key := subscriptionKey{stream: info.ID, consumer: c.Name, registered: c.CreatedMillis, shard: shard.Number}
	counters := a.meter(s).Consumer(c.Name)
	refused := func() error {
		counters.RateExceeded.Add(1)
		return a.subscribed(info.Name, key)
	}
	if a.subscriptions.check(key, a.now()) != nil {
		return nil, refused()
	}
	if err := dryRun(in); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	mine, err := a.subscriptions.begin(key, a.now(), cancel)
	if err != nil {
		return nil, refused()
	}
	// It may have been deregistered while nothing was there yet to be ended.
	if _, _, err := a.consumerByARN(in.Text("ConsumerARN")); err != nil {
		a.subscriptions.end(mine)
		return nil, err
	}
	counters.Success.Add(1)
	return func(send func(awsapi.Event) error) error {
		defer a.subscriptions.end(mine)
		f := follower{api: a, stream: s, consumer: c.Name, shard: shard, next: next, counters: counters}
		err := f.follow(ctx, send)
		switch cause := context.Cause(ctx); {
		case errors.Is(cause, errTakenOver):
			return a.subscribed(info.Name, key)
		case errors.Is(cause, errDeregistered):
			return awsapi.Errorf(resourceNotFound, "Consumer %s not found.", in.Text("ConsumerARN"))
		}
		return err
	}, nil
}

// subscribed says that there is another subscription.
func (a *api) subscribed(stream string, key subscriptionKey) error {
	return awsapi.Errorf(resourceInUse, "Another active subscription exists for this consumer: %s:%s:%s:%s", a.place.Account, stream, shardName(key.shard), key.consumer)
}
