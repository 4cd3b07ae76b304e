package kinesis

import (
	"context"
	"sort"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// ListStreams
//
// Behavior: lists the streams by name, in pages that go on after
// ExclusiveStartStreamName or with NextToken.
//
// Differs from AWS: none known.
//
// Limits: 100 streams a page when Limit is not given, 10,000 at most; a
// NextToken is good for five minutes.

const (
	listStreamsPage  = 100
	listStreamsToken = "ListStreams"
)

type listStreamsOutput struct {
	StreamNames     []string
	HasMoreStreams  bool
	NextToken       string `json:",omitempty"`
	StreamSummaries []streamSummary
}

func (a *api) listStreams(_ context.Context, in shape.Object) (any, error) {
	after := in.Text("ExclusiveStartStreamName")
	if in.Has("NextToken") {
		if after != "" {
			return nil, awsapi.Errorf(invalidArgument, "NextToken and ExclusiveStartStreamName cannot be provided together.")
		}
		content, err := a.openNextToken(listStreamsToken, in.Text("NextToken"))
		if err != nil {
			return nil, err
		}
		after = string(content)
	}
	names := a.store.Names()
	names = names[sort.Search(len(names), func(i int) bool { return names[i] > after }):]
	limit := int(in.Int("Limit", listStreamsPage))
	out := listStreamsOutput{StreamNames: []string{}, StreamSummaries: []streamSummary{}}
	for _, name := range names {
		if len(out.StreamNames) == limit {
			out.HasMoreStreams = true
			out.NextToken = a.tokens.Seal(listStreamsToken, []byte(out.StreamNames[limit-1]), a.now())
			break
		}
		s, err := a.find(name)
		if err != nil {
			continue // deleted since the names were listed
		}
		out.StreamNames = append(out.StreamNames, name)
		out.StreamSummaries = append(out.StreamSummaries, a.summarize(s.Info()))
	}
	return out, nil
}
