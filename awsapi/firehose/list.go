package firehose

import (
	"context"

	"leat/awsapi/shape"
)

// ListDeliveryStreams
//
// Behavior: lists the delivery streams by name, those of DeliveryStreamType if
// it is given, after ExclusiveStartDeliveryStreamName.
//
// Differs from AWS: none known.
//
// Limits: 10 names a call when Limit is not given, 10,000 at most.

const listPage = 10

type listOutput struct {
	DeliveryStreamNames    []string
	HasMoreDeliveryStreams bool
}

func (a *api) list(_ context.Context, in shape.Object) (any, error) {
	after, kind := in.Text("ExclusiveStartDeliveryStreamName"), in.Text("DeliveryStreamType")
	limit := int(in.Int("Limit", listPage))
	out := listOutput{DeliveryStreamNames: []string{}}
	for _, name := range a.delivery.Names() {
		if name <= after {
			continue
		}
		if kind != "" {
			status, err := a.delivery.Status(name)
			if err != nil {
				continue // deleted since the names were listed
			}
			kept, err := readDescription(status)
			if err != nil {
				return nil, err
			}
			if kept.Type != kind {
				continue
			}
		}
		if len(out.DeliveryStreamNames) == limit {
			out.HasMoreDeliveryStreams = true
			break
		}
		out.DeliveryStreamNames = append(out.DeliveryStreamNames, name)
	}
	return out, nil
}
