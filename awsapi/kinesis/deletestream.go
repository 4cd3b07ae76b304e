package kinesis

import (
	"context"

	"leat/awsapi/shape"
)

// DeleteStream
//
// Behavior: removes a stream and its records.
//
// Differs from AWS: the stream is gone when the call returns.
// EnforceConsumerDeletion makes no difference, as there are no consumers yet.
//
// Limits: none.

func (a *api) deleteStream(ctx context.Context, in shape.Object) (any, error) {
	_, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	if err := a.store.Delete(ctx, name); err != nil {
		return nil, a.streamError(err, name)
	}
	return nil, nil
}
