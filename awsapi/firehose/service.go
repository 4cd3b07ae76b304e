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
	Region   string // default us-east-1
	Account  string // default 000000000000
	// Refuse, when there is one, is asked before the records of a PutRecordBatch
	// are taken: those that it calls refuse for, by their index, are answered
	// with that ErrorCode and ErrorMessage instead.
	Refuse func(ctx context.Context, records int, refuse func(record int, code, message string))
}

// api is what the operations share.
type api struct {
	delivery *delivery.Service
	region   string
	account  string
	refuse   func(ctx context.Context, records int, refuse func(record int, code, message string))
}

// Service returns the API as a table of operations.
func Service(cfg Config) awsapi.Service {
	a := &api{delivery: cfg.Delivery, region: cfg.Region, account: cfg.Account, refuse: cfg.Refuse}
	if a.region == "" {
		a.region = "us-east-1"
	}
	if a.account == "" {
		a.account = "000000000000"
	}
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

func (a *api) arnOf(name string) string {
	return "arn:aws:firehose:" + a.region + ":" + a.account + ":deliverystream/" + name
}

// nameError says of a missing or taken delivery stream what AWS says.
func (a *api) nameError(err error, name string) error {
	switch leat.CodeOf(err) {
	case leat.NotFound:
		return awsapi.Errorf(resourceNotFound, "Firehose %s under account %s not found.", name, a.account)
	case leat.AlreadyExists:
		return awsapi.Errorf(resourceInUse, "Firehose %s under account %s already exists", name, a.account)
	}
	return err
}
