package kinesis

import (
	"context"
	"strings"
	"time"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// ListStreamConsumers
//
// Behavior: lists a stream's consumers by name, in pages of MaxResults that go
// on with NextToken.
//
// Differs from AWS: none known.
//
// Limits: 100 consumers a page; a NextToken is good for five minutes.

const (
	listConsumersPage  = 100
	listConsumersToken = "ListStreamConsumers"
)

type listStreamConsumersOutput struct {
	Consumers []consumerSummary
	NextToken string `json:",omitempty"`
}

func (a *api) listStreamConsumers(_ context.Context, in shape.Object) (any, error) {
	s, stream, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	kept, err := attributesOf(info)
	if err != nil {
		return nil, err
	}
	consumers := kept.Consumers
	if in.Has("NextToken") {
		if in.Has("StreamCreationTimestamp") {
			return nil, awsapi.Errorf(invalidArgument, "NextToken and StreamCreationTimestamp cannot be provided together.")
		}
		content, err := a.openNextToken(listConsumersToken, in.Text("NextToken"))
		if err != nil {
			return nil, err
		}
		id, after, _ := strings.Cut(string(content), " ")
		if id != info.ID {
			return nil, awsapi.Errorf(invalidArgument, "NextToken is not one of stream %s.", stream)
		}
		i, found := findConsumer(consumers, after)
		if found {
			i++
		}
		consumers = consumers[i:]
	} else if err := a.checkCreation(in, info); err != nil {
		return nil, err
	}
	page := consumers[:min(len(consumers), listConsumersPage, int(in.Int("MaxResults", listConsumersPage)))]
	out := listStreamConsumersOutput{Consumers: []consumerSummary{}}
	for _, c := range page {
		out.Consumers = append(out.Consumers, a.summarizeConsumer(stream, c))
	}
	if len(page) < len(consumers) {
		out.NextToken = a.tokens.Seal(listConsumersToken, []byte(info.ID+" "+page[len(page)-1].Name), a.now())
	}
	return out, nil
}

// checkCreation holds a StreamCreationTimestamp against the stream of the name.
func (a *api) checkCreation(in shape.Object, info shardlog.Info) error {
	if !in.Has("StreamCreationTimestamp") {
		return nil
	}
	wanted := in.Time("StreamCreationTimestamp")
	if wanted.Truncate(time.Second).Equal(info.Created.Truncate(time.Second)) {
		return nil
	}
	return awsapi.Errorf(resourceNotFound, "Stream %s under account %s created at %s not found.", info.Name, a.place.Account, wanted.UTC().Format(time.RFC3339))
}
