package kinesis

import (
	"context"
	"slices"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// RegisterStreamConsumer and DeregisterStreamConsumer
//
// Behavior: make and remove a consumer of a stream. A consumer's ARN holds the
// second of its registration.
//
// Differs from AWS: the consumer is ACTIVE, or gone, when the call returns.
//
// Limits: 20 consumers a stream.

const maxConsumers = 20

type registerStreamConsumerOutput struct{ Consumer consumerSummary }

func (a *api) registerStreamConsumer(ctx context.Context, in shape.Object) (any, error) {
	s, stream, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	c := consumer{Name: in.Text("ConsumerName"), CreatedMillis: a.now().UnixMilli()}
	if c.Tags, err = addTags(resource{arn: a.consumerARN(stream, c), name: stream, consumer: &c}, nil, in.TextMap("Tags")); err != nil {
		return nil, err
	}
	err = a.change(ctx, s, func(_ *shardlog.Settings, kept *attributes) error {
		i, taken := findConsumer(kept.Consumers, c.Name)
		switch {
		case taken:
			return awsapi.Errorf(resourceInUse, "Consumer %s of stream %s under account %s already exists.", c.Name, stream, a.place.Account)
		case len(kept.Consumers) == maxConsumers:
			return awsapi.Errorf(limitExceeded, "Stream %s under account %s has %d consumers, the most that are allowed.", stream, a.place.Account, maxConsumers)
		}
		kept.Consumers = slices.Insert(kept.Consumers, i, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return registerStreamConsumerOutput{a.summarizeConsumer(stream, c)}, nil
}

func (a *api) deregisterStreamConsumer(ctx context.Context, in shape.Object) (any, error) {
	s, c, err := a.consumer(in)
	if err != nil {
		return nil, err
	}
	stream := s.Info().Name
	err = a.change(ctx, s, func(_ *shardlog.Settings, kept *attributes) error {
		i, ok := findConsumer(kept.Consumers, c.Name)
		if !ok || kept.Consumers[i].CreatedMillis != c.CreatedMillis {
			return a.noConsumer(stream, c.Name) // since it was found
		}
		kept.Consumers = slices.Delete(kept.Consumers, i, i+1)
		return nil
	})
	if err == nil {
		a.subscriptions.deregister(s.Info().ID, c)
		a.meter(s).ForgetConsumer(c.Name)
		if a.limits != nil {
			a.limits.Stream(stream).ForgetConsumer(c.Name)
		}
	}
	return nil, err
}

// DescribeStreamConsumer
//
// Behavior: describes a consumer, named by ConsumerARN or by StreamARN and
// ConsumerName.
//
// Differs from AWS: the status is always ACTIVE.
//
// Limits: none.

type consumerDescription struct {
	consumerSummary
	StreamARN string
}

type describeStreamConsumerOutput struct{ ConsumerDescription consumerDescription }

func (a *api) describeStreamConsumer(_ context.Context, in shape.Object) (any, error) {
	s, c, err := a.consumer(in)
	if err != nil {
		return nil, err
	}
	stream := s.Info().Name
	return describeStreamConsumerOutput{consumerDescription{a.summarizeConsumer(stream, c), a.arnOf(stream)}}, nil
}
