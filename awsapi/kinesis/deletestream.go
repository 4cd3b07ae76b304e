package kinesis

import (
	"context"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// DeleteStream
//
// Behavior: removes a stream and its records; while it is DELETING, records can
// be put and got as before. Its consumers go too, but only with
// EnforceConsumerDeletion.
//
// Differs from AWS: none known.
//
// Limits: none.

func (a *api) deleteStream(ctx context.Context, in shape.Object) (any, error) {
	s, name, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	check := func(kept *attributes) error {
		switch status := a.status(kept); {
		case status == creating:
			return awsapi.Errorf(resourceInUse, "Attempt to change a resource which is still in use: Stream is being created: %s", name)
		case status == deleting:
			return a.notActive(name, status)
		}
		if n := len(kept.Consumers); n > 0 && !in.Bool("EnforceConsumerDeletion") {
			return awsapi.Errorf(resourceInUse, "Stream %s under account %s has %d registered consumers: deregister them, or set EnforceConsumerDeletion.", name, a.place.Account, n)
		}
		return nil
	}
	kept, err := attributesOf(s.Info())
	if err != nil {
		return nil, err
	}
	if err := check(&kept); err != nil {
		return nil, err
	}
	if a.statusDelay <= 0 {
		return nil, a.streamError(a.remove(ctx, s), name)
	}
	return nil, a.change(ctx, s, func(_ *shardlog.Settings, kept *attributes) error {
		if err := check(kept); err != nil {
			return err
		}
		kept.Phase = a.phase(deleting)
		return nil
	})
}
