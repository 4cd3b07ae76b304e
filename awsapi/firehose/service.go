package firehose

import (
	"context"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/delivery"
)

// Config configures the service.
type Config struct {
	Delivery *delivery.Service
	// SmallBuffers lets delivery streams that convert formats or partition have
	// buffers of less than 64 MB, which AWS refuses.
	SmallBuffers bool
	// Refuse, when there is one, is asked before the records of a PutRecordBatch
	// are taken: those that it calls refuse for, by their index, are answered
	// with that ErrorCode and ErrorMessage instead.
	Refuse func(ctx context.Context, records int, refuse func(record int, code, message string))
}

// api is what the operations share.
type api struct {
	delivery *delivery.Service
	// smallBuffers is Config.SmallBuffers.
	smallBuffers bool
	refuse       func(ctx context.Context, records int, refuse func(record int, code, message string))
}

// Service returns the API as a table of operations.
func Service(cfg Config) awsapi.Service {
	a := &api{delivery: cfg.Delivery, smallBuffers: cfg.SmallBuffers, refuse: cfg.Refuse}
	return awsapi.Service{
		Name:     "firehose",
		StreamOf: func(in shape.Object) string { return in.Text("DeliveryStreamName") },
		Target:   "Firehose_20150804",
		Operations: []awsapi.Operation{
			{Name: "CreateDeliveryStream", Input: createInput, Handle: a.create},
			{Name: "DeleteDeliveryStream", Input: deleteInput, Handle: a.delete},
			{Name: "DescribeDeliveryStream", Input: describeInput, Handle: a.describe},
			{Name: "ListDeliveryStreams", Input: listInput, Handle: a.list},
			{Name: "PutRecord", Input: putRecordInput, Handle: a.putRecord, Hot: a.putRecordHot},
			{Name: "PutRecordBatch", Input: putRecordBatchInput, Handle: a.putRecordBatch, Hot: a.putRecordBatchHot},
		},
		Unsupported: []string{
			"ListTagsForDeliveryStream", "StartDeliveryStreamEncryption", "StopDeliveryStreamEncryption",
			"TagDeliveryStream", "UntagDeliveryStream", "UpdateDestination",
		},
		Exceptions: map[leat.Code]string{
			leat.InvalidArgument: invalidArgument,
			leat.NotFound:        resourceNotFound,
			leat.AlreadyExists:   resourceInUse,
			leat.InUse:           resourceInUse,
			leat.LimitExceeded:   "LimitExceededException",
			leat.Unsupported:     invalidArgument,
		},
	}
}

// The service's exceptions.
const (
	invalidArgument  = "InvalidArgumentException"
	resourceNotFound = "ResourceNotFoundException"
	resourceInUse    = "ResourceInUseException"
)

func arnOf(ctx context.Context, name string) string {
	return awsapi.PlaceOf(ctx).ARN("firehose", "deliverystream/"+name)
}

// nameError says of a missing or taken delivery stream what AWS says.
func nameError(ctx context.Context, err error, name string) error {
	switch leat.CodeOf(err) {
	case leat.NotFound:
		return awsapi.Errorf(resourceNotFound, "Firehose %s under account %s not found.", name, awsapi.PlaceOf(ctx).Account)
	case leat.AlreadyExists:
		return awsapi.Errorf(resourceInUse, "Firehose %s under account %s already exists", name, awsapi.PlaceOf(ctx).Account)
	}
	return err
}
