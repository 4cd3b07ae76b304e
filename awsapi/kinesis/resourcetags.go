package kinesis

import (
	"context"

	"leat/awsapi/shape"
)

// TagResource, UntagResource and ListTagsForResource
//
// Behavior: set, take away and list the tags of a stream or a consumer, which
// ResourceARN names.
//
// Differs from AWS: none known.
//
// Limits: 50 tags a stream or consumer.

func (a *api) tagResource(ctx context.Context, in shape.Object) (any, error) {
	r, err := a.resource(in)
	if err != nil {
		return nil, err
	}
	return a.tag(ctx, r, in)
}

func (a *api) untagResource(ctx context.Context, in shape.Object) (any, error) {
	r, err := a.resource(in)
	if err != nil {
		return nil, err
	}
	return a.untag(ctx, r, in)
}

type listTagsForResourceOutput struct{ Tags []tag }

func (a *api) listTagsForResource(_ context.Context, in shape.Object) (any, error) {
	r, err := a.resource(in)
	if err != nil {
		return nil, err
	}
	tags, _, err := a.labels(r)
	if err != nil {
		return nil, err
	}
	return listTagsForResourceOutput{sortedTags(tags)}, nil
}
