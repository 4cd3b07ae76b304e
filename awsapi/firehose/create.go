package firehose

import (
	"context"
	"encoding/json"

	"leat"
	"leat/awsapi"
	"leat/awsapi/shape"
)

// CreateDeliveryStream
//
// Behavior: makes a delivery stream that takes records from its callers
// (DirectPut) or from a Kinesis stream, from LATEST on, and puts them as
// objects into a bucket: as JSON as it came, plain or gzip, or as Parquet;
// transformed by a SELECT; in partitions by columns of its result.
//
// Differs from AWS: the delivery stream is ACTIVE when the call returns. The
// only destination is ExtendedS3DestinationConfiguration. Processors are
// AppendDelimiterToRecord and Leat's own SQL, whose parameter Query is a SELECT
// over "records" and Columns, when given, declares the records' fields; and
// Leat's own StartFrom, whose parameter Position is LATEST or TRIM_HORIZON, to
// begin with the oldest record of the stream. Parquet
// needs no SchemaConfiguration and may be ZSTD. With --small-buffers buffers
// may be smaller than 64 MB with Parquet or partitions. RoleARN, CloudWatchLoggingOptions and retry
// durations are kept and described, but have no effect: errors go to Leat's log.
// Everything else is refused by name.
//
// Limits: those of the model; a query of 64 KiB.

type createOutput struct{ DeliveryStreamARN string }

func (a *api) create(ctx context.Context, in shape.Object) (any, error) {
	definition, description, err := a.define(in)
	if err != nil {
		return nil, err
	}
	if definition.Spec, err = json.Marshal(description); err != nil {
		return nil, err
	}
	err = a.delivery.Create(ctx, definition)
	if leat.CodeOf(err) == leat.NotFound {
		// What is missing is something the request names, not the delivery stream.
		return nil, awsapi.Errorf(invalidArgument, "%s", err)
	}
	if err != nil {
		return nil, nameError(ctx, err, definition.Name)
	}
	return createOutput{arnOf(ctx, definition.Name)}, nil
}
