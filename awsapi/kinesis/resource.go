package kinesis

import (
	"context"
	"strings"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// A resource is what has tags and a policy: a stream or one of its consumers.
type resource struct {
	arn      string // as the request has it
	stream   *shardlog.Stream
	name     string    // of the stream
	consumer *consumer // nil: the stream itself
}

// resource finds what a request names by ResourceARN.
func (a *api) resource(in shape.Object) (resource, error) {
	if err := refuseStreamID(in); err != nil {
		return resource{}, err
	}
	arn := in.Text("ResourceARN")
	name, rest, ok := splitARN(arn)
	if !ok {
		return resource{}, awsapi.Errorf(resourceNotFound, "%s is neither the ARN of a stream nor of a consumer.", arn)
	}
	s, err := a.find(name)
	if isMissing(err) {
		streamARN, _, _ := strings.Cut(arn, "/consumer/")
		err = awsapi.Errorf(resourceNotFound, "Stream %s under account %s not found.", streamARN, a.place.Account)
	}
	if err != nil || rest == "" {
		return resource{arn: arn, stream: s, name: name}, err
	}
	s, found, err := a.consumerByARN(arn)
	return resource{arn: arn, stream: s, name: name, consumer: &found}, err
}

// String names the resource in errors.
func (r resource) String() string {
	if r.consumer != nil {
		return "consumer " + r.arn
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
	if r.consumer == nil {
		return labelled{&kept.Tags, &kept.Policy}, nil
	}
	if i, ok := findConsumer(kept.Consumers, r.consumer.Name); ok && kept.Consumers[i].CreatedMillis == r.consumer.CreatedMillis {
		return labelled{&kept.Consumers[i].Tags, &kept.Consumers[i].Policy}, nil
	}
	return labelled{}, awsapi.Errorf(resourceNotFound, "Consumer %s not found.", r.arn)
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
