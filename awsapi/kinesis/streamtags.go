package kinesis

import (
	"context"
	"sort"

	"leat/awsapi/shape"
)

// AddTagsToStream and RemoveTagsFromStream
//
// Behavior: set tags of a stream, over those of the same keys, and take tags
// away. Keys that are not there are passed over.
//
// Differs from AWS: none known.
//
// Limits: 50 tags a stream; keys of 1 to 128 characters, values of up to 256.

func (a *api) addTagsToStream(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	return a.tag(ctx, resource{stream: s, name: name}, in)
}

func (a *api) removeTagsFromStream(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	return a.untag(ctx, resource{stream: s, name: name}, in)
}

// ListTagsForStream
//
// Behavior: lists a stream's tags by key, in pages: Limit tags after
// ExclusiveStartTagKey.
//
// Differs from AWS: none known.
//
// Limits: 50 tags a page.

const listTagsPage = 50

type listTagsForStreamOutput struct {
	Tags        []tag
	HasMoreTags bool
}

func (a *api) listTagsForStream(_ context.Context, in shape.Object) (any, error) {
	s, _, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	kept, err := attributesOf(s.Info())
	if err != nil {
		return nil, err
	}
	tags, after := sortedTags(kept.Tags), in.Text("ExclusiveStartTagKey")
	tags = tags[sort.Search(len(tags), func(i int) bool { return tags[i].Key > after }):]
	page := tags[:min(len(tags), int(in.Int("Limit", listTagsPage)))]
	return listTagsForStreamOutput{Tags: page, HasMoreTags: len(page) < len(tags)}, nil
}
