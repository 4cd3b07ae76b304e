package firehose

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/delivery"
)

// DescribeDeliveryStream
//
// Behavior: gives back what the delivery stream was created with, defaults
// filled in, its status and version.
//
// Differs from AWS: the status is never CREATING. There is always one
// destination, so Limit and ExclusiveStartDestinationId find it or nothing.
//
// Limits: none.

// destinationID is the name of a delivery stream's only destination.
const destinationID = "destinationId-000000000001"

// A description is what a delivery stream keeps of its request, for Describe.
type description struct {
	Type   string
	Source *sourceDescription `json:",omitempty"`
	S3     shape.Object
}

type sourceDescription struct {
	DirectPut shape.Object `json:"DirectPutSourceDescription,omitempty"`
	Kinesis   shape.Object `json:"KinesisStreamSourceDescription,omitempty"`
}

// describeDestination fills in what the request left out.
func describeDestination(definition delivery.Definition, s3 shape.Object) shape.Object {
	described := maps.Clone(s3)
	described["BufferingHints"] = shape.Object{
		"SizeInMBs":         definition.BufferBytes >> 20,
		"IntervalInSeconds": int64(definition.BufferAge.Seconds()),
	}
	for member, value := range map[string]any{
		"CompressionFormat":        uncompressed,
		"EncryptionConfiguration":  shape.Object{"NoEncryptionConfig": "NoEncryption"},
		"CloudWatchLoggingOptions": shape.Object{"Enabled": false},
		"ProcessingConfiguration":  shape.Object{"Enabled": false, "Processors": []any{}},
		"S3BackupMode":             "Disabled",
	} {
		if !described.Has(member) {
			described[member] = value
		}
	}
	return described
}

type describeOutput struct {
	DeliveryStreamDescription deliveryStreamDescription
}

type deliveryStreamDescription struct {
	DeliveryStreamName   string
	DeliveryStreamARN    string
	DeliveryStreamStatus string
	DeliveryStreamType   string
	VersionId            string
	CreateTimestamp      awsapi.Timestamp
	Source               *sourceDescription `json:",omitempty"`
	Destinations         []destinationDescription
	HasMoreDestinations  bool
	FailureDescription   *failureDescription `json:",omitempty"`
}

// A failureDescription says why a delivery stream does nothing.
type failureDescription struct {
	Type    string
	Details string
}

type destinationDescription struct {
	DestinationId                    string
	S3DestinationDescription         shape.Object
	ExtendedS3DestinationDescription shape.Object
}

func (a *api) describe(ctx context.Context, in shape.Object) (any, error) {
	name := in.Text("DeliveryStreamName")
	status, err := a.delivery.Status(name)
	if err != nil {
		return nil, nameError(ctx, err, name)
	}
	kept, err := readDescription(status)
	if err != nil && status.State != delivery.Failed {
		return nil, err
	}
	out := deliveryStreamDescription{
		DeliveryStreamName:   name,
		DeliveryStreamARN:    arnOf(ctx, name),
		DeliveryStreamStatus: status.State,
		DeliveryStreamType:   kept.Type,
		VersionId:            strconv.Itoa(status.Version),
		CreateTimestamp:      awsapi.Timestamp(status.Created),
		Source:               kept.Source,
		Destinations:         []destinationDescription{},
	}
	if status.State == delivery.Failed {
		out.DeliveryStreamStatus = "CREATING_FAILED"
		out.FailureDescription = &failureDescription{Type: "UNKNOWN_ERROR", Details: status.LastError}
	}
	if kept.Source != nil && kept.Source.Kinesis != nil {
		kept.Source.Kinesis["DeliveryStartTimestamp"] = awsapi.Timestamp(status.Created)
	}
	if in.Text("ExclusiveStartDestinationId") < destinationID {
		out.Destinations = append(out.Destinations, destinationDescription{
			DestinationId:                    destinationID,
			S3DestinationDescription:         plainS3(kept.S3),
			ExtendedS3DestinationDescription: kept.S3,
		})
	}
	return describeOutput{out}, nil
}

// readDescription reads what create kept.
func readDescription(status delivery.Status) (description, error) {
	var kept description
	if err := json.Unmarshal(status.Spec, &kept); err != nil {
		return kept, fmt.Errorf("read description of delivery stream %s: %w", status.Name, err)
	}
	return kept, nil
}

// plainS3 is the part of a description that AWS repeats under its older name.
func plainS3(s3 shape.Object) shape.Object {
	plain := shape.Object{}
	for _, member := range []string{"RoleARN", "BucketARN", "Prefix", "ErrorOutputPrefix", "BufferingHints",
		"CompressionFormat", "EncryptionConfiguration", "CloudWatchLoggingOptions"} {
		if s3.Has(member) {
			plain[member] = s3[member]
		}
	}
	return plain
}
