package firehose

import (
	"context"

	"leat/awsapi/shape"
)

// DeleteDeliveryStream
//
// Behavior: stops and removes a delivery stream; objects in the bucket stay.
//
// Differs from AWS: AllowForceDelete makes no difference.
//
// Limits: none.

func (a *api) delete(ctx context.Context, in shape.Object) (any, error) {
	name := in.Text("DeliveryStreamName")
	if err := a.delivery.Delete(ctx, name); err != nil {
		return nil, nameError(ctx, err, name)
	}
	return struct{}{}, nil
}
