package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// A resource is what has tags and a policy: a stream or one of its consumers.
type resource struct {
	stream   *shardlog.Stream
	name     string // of the stream
	consumer string // its ARN, or empty
}

// resource finds what a request names by ResourceARN.
func (a *api) resource(in shape.Object) (resource, error) {
	if err := refuseStreamID(in); err != nil {
		return resource{}, err
	}
	arn := in.Text("ResourceARN")
	if _, _, ok := a.splitConsumerARN(arn); ok {
		s, found, err := a.consumerByARN(arn)
		if err != nil {
			return resource{}, err
		}
		return resource{stream: s, name: s.Info().Name, consumer: a.consumerARN(s.Info().Name, found)}, nil
	}
	name, err := a.nameOf(arn)
	if err != nil {
		return resource{}, err
	}
	s, err := a.find(name)
	return resource{stream: s, name: name}, err
}

// String names the resource in errors.
func (r resource) String() string {
	if r.consumer != "" {
		return "consumer " + r.consumer
	}
	return "stream " + r.name
}

// A labelled is the part of attributes that streams and consumers both have.
type labelled struct {
	tags   *map[string]string
	policy *string
}

// in finds the resource's part of its stream's attributes.
func (a *api) labelled(r resource, kept *attributes) (labelled, error) {
	if r.consumer == "" {
		return labelled{&kept.Tags, &kept.Policy}, nil
	}
	for i := range kept.Consumers {
		if c := &kept.Consumers[i]; a.consumerARN(r.name, *c) == r.consumer {
			return labelled{&c.Tags, &c.Policy}, nil
		}
	}
	return labelled{}, awsapi.Errorf(resourceNotFound, "Consumer %s not found.", r.consumer)
}

// labels reads a resource's tags and policy.
func (a *api) labels(r resource) (tags map[string]string, policy string, err error) {
	kept, err := attributesOf(r.stream.Info())
	if err != nil {
		return nil, "", err
	}
	part, err := a.labelled(r, &kept)
	if err != nil {
		return nil, "", err
	}
	return *part.tags, *part.policy, nil
}

// relabel changes a resource's tags or policy.
func (a *api) relabel(ctx context.Context, r resource, change func(labelled) error) error {
	return a.change(ctx, r.stream, func(_ *shardlog.Settings, kept *attributes) error {
		part, err := a.labelled(r, kept)
		if err != nil {
			return err
		}
		return change(part)
	})
}
