package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// DeleteStream
//
// Behavior: removes a stream and its records.
// Its consumers go too, but only with EnforceConsumerDeletion.
//
// Differs from AWS: the stream is gone when the call returns.
//
// Limits: none.

func (a *api) deleteStream(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	kept, err := attributesOf(s.Info())
	if err != nil {
		return nil, err
	}
	if n := len(kept.Consumers); n > 0 && !in.Bool("EnforceConsumerDeletion") {
		return nil, awsapi.Errorf(resourceInUse, "Stream %s under account %s has %d registered consumers: deregister them, or set EnforceConsumerDeletion.", name, a.account, n)
	}
	if err := a.store.Delete(ctx, name); err != nil {
		return nil, a.streamError(err, name)
	}
	a.meters.Forget(s)
	if a.limits != nil {
		a.limits.Forget(name)
	}
	return nil, nil
}
