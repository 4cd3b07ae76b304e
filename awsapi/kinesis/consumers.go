package kinesis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// A consumer is a reader registered with a stream, as it is kept.
type consumer struct {
	Name          string            `json:"name"`
	CreatedMillis int64             `json:"created_ms"`
	Tags          map[string]string `json:"tags,omitempty"`
	Policy        string            `json:"policy,omitempty"`
}

// consumerARN names a consumer: its stream, its name and the second of its
// registration.
func (a *api) consumerARN(stream string, c consumer) string {
	return fmt.Sprintf("%s/consumer/%s:%d", a.arnOf(stream), c.Name, c.CreatedMillis/1000)
}

// consumerByARN finds a consumer and its stream.
func (a *api) consumerByARN(arn string) (*shardlog.Stream, consumer, error) {
	stream, rest, ok := splitARN(arn)
	if !ok {
		return nil, consumer{}, awsapi.Errorf(resourceNotFound, "%s is not the ARN of a consumer.", arn)
	}
	s, err := a.find(stream)
	if err != nil {
		return nil, consumer{}, err
	}
	kept, err := attributesOf(s.Info())
	if err != nil {
		return nil, consumer{}, err
	}
	for _, c := range kept.Consumers {
		if rest == c.Name+":"+strconv.FormatInt(c.CreatedMillis/1000, 10) {
			return s, c, nil
		}
	}
	return nil, consumer{}, awsapi.Errorf(resourceNotFound, "Consumer %s not found.", arn)
}

// consumer finds the consumer that a request names, by ConsumerARN, by StreamARN
// and ConsumerName, or by all of them.
func (a *api) consumer(in shape.Object) (*shardlog.Stream, consumer, error) {
	if err := refuseStreamID(in); err != nil {
		return nil, consumer{}, err
	}
	if in.Has("ConsumerARN") {
		s, c, err := a.consumerByARN(in.Text("ConsumerARN"))
		switch {
		case err != nil:
			return nil, c, err
		case in.Has("StreamARN") && !names(in.Text("StreamARN"), s.Info().Name), in.Has("ConsumerName") && in.Text("ConsumerName") != c.Name:
			return nil, c, awsapi.Errorf(invalidArgument, "ConsumerARN %s names another consumer than StreamARN and ConsumerName.", in.Text("ConsumerARN"))
		}
		return s, c, nil
	}
	if !in.Has("StreamARN") || !in.Has("ConsumerName") {
		return nil, consumer{}, awsapi.Errorf(invalidArgument, "The request names no consumer: give ConsumerARN, or StreamARN and ConsumerName.")
	}
	s, stream, err := a.stream(in)
	if err != nil {
		return nil, consumer{}, err
	}
	kept, err := attributesOf(s.Info())
	if err != nil {
		return nil, consumer{}, err
	}
	if i, ok := findConsumer(kept.Consumers, in.Text("ConsumerName")); ok {
		return s, kept.Consumers[i], nil
	}
	return nil, consumer{}, a.noConsumer(stream, in.Text("ConsumerName"))
}

// names reports whether an ARN is that of a stream.
func names(arn, stream string) bool {
	named, err := nameOf(arn)
	return err == nil && named == stream
}

func (a *api) noConsumer(stream, name string) error {
	return awsapi.Errorf(resourceNotFound, "Consumer %s of stream %s under account %s not found.", name, stream, a.place.Account)
}

// findConsumer looks in a list that is sorted by name.
func findConsumer(consumers []consumer, name string) (int, bool) {
	return slices.BinarySearchFunc(consumers, name, func(c consumer, name string) int { return strings.Compare(c.Name, name) })
}

type consumerSummary struct {
	ConsumerName              string
	ConsumerARN               string
	ConsumerStatus            string
	ConsumerCreationTimestamp awsapi.Timestamp
}

func (a *api) summarizeConsumer(stream string, c consumer) consumerSummary {
	return consumerSummary{
		ConsumerName:              c.Name,
		ConsumerARN:               a.consumerARN(stream, c),
		ConsumerStatus:            active,
		ConsumerCreationTimestamp: awsapi.Timestamp(time.UnixMilli(c.CreatedMillis)),
	}
}
