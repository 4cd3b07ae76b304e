package client

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
)

// The account and region that a server speaks for.
const (
	account = "000000000000"
	region  = "us-east-1"
	role    = "arn:aws:iam::" + account + ":role/delivery"
)

// A Delivery says where a delivery stream takes records and where it puts them.
type Delivery struct {
	Name, Stream, Bucket  string
	Prefix, ErrorPrefix   string
	Megabytes, Seconds    int32 // when a buffer is full, and when it is old
	Processors            []types.Processor
	Format                *types.DataFormatConversionConfiguration // nil: as the records came
	Compression           types.CompressionFormat
	PartitionedByTheQuery bool
}

// Request is the call that makes the delivery stream.
func (d Delivery) Request() *firehose.CreateDeliveryStreamInput {
	destination := &types.ExtendedS3DestinationConfiguration{
		RoleARN: aws.String(role), BucketARN: aws.String("arn:aws:s3:::" + d.Bucket),
		Prefix: aws.String(d.Prefix), ErrorOutputPrefix: aws.String(d.ErrorPrefix),
		BufferingHints:                    &types.BufferingHints{SizeInMBs: aws.Int32(d.Megabytes), IntervalInSeconds: aws.Int32(d.Seconds)},
		CompressionFormat:                 d.Compression,
		DataFormatConversionConfiguration: d.Format,
	}
	if len(d.Processors) > 0 {
		destination.ProcessingConfiguration = &types.ProcessingConfiguration{Enabled: aws.Bool(true), Processors: d.Processors}
	}
	if d.PartitionedByTheQuery {
		destination.DynamicPartitioningConfiguration = &types.DynamicPartitioningConfiguration{Enabled: aws.Bool(true)}
	}
	return &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String(d.Name), DeliveryStreamType: types.DeliveryStreamTypeKinesisStreamAsSource,
		KinesisStreamSourceConfiguration: &types.KinesisStreamSourceConfiguration{
			KinesisStreamARN: aws.String("arn:aws:kinesis:" + region + ":" + account + ":stream/" + d.Stream), RoleARN: aws.String(role),
		},
		ExtendedS3DestinationConfiguration: destination,
	}
}

// Processor is one step of a delivery stream's processing.
func Processor(kind string, parameters ...string) types.Processor {
	p := types.Processor{Type: types.ProcessorType(kind)}
	for i := 0; i+1 < len(parameters); i += 2 {
		p.Parameters = append(p.Parameters, types.ProcessorParameter{
			ParameterName: types.ProcessorParameterName(parameters[i]), ParameterValue: aws.String(parameters[i+1]),
		})
	}
	return p
}

// enrich gives mixed events what a lake wants: when they were made as text, and
// the two parts of their name; and the day, to partition by.
const enrich = `SELECT records.*,
  TO_CHAR(TIMESTAMP 'epoch' + created_at * INTERVAL '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_datetime,
  SPLIT_PART(event_name, ':', 1) AS event_type,
  SPLIT_PART(event_name, ':', 2) AS event_subtype,
  TO_CHAR(TIMESTAMP 'epoch' + created_at * INTERVAL '1 second', 'YYYY-MM-DD') AS created_date
FROM records`

// Lake is a delivery stream from mixed events to enriched Parquet in
// partitions.
func Lake(name, stream, bucket string, megabytes, seconds int32) Delivery {
	return Delivery{
		Name: name, Stream: stream, Bucket: bucket, Megabytes: megabytes, Seconds: seconds,
		Prefix:                "event_type=!{partitionKeyFromQuery:event_type}/created_date=!{partitionKeyFromQuery:created_date}/",
		ErrorPrefix:           "!{firehose:error-output-type}/",
		Processors:            []types.Processor{Processor("SQL", "Query", enrich)},
		PartitionedByTheQuery: true,
		Format: &types.DataFormatConversionConfiguration{
			Enabled: aws.Bool(true),
			InputFormatConfiguration: &types.InputFormatConfiguration{
				Deserializer: &types.Deserializer{OpenXJsonSerDe: &types.OpenXJsonSerDe{}},
			},
			OutputFormatConfiguration: &types.OutputFormatConfiguration{
				Serializer: &types.Serializer{ParquetSerDe: &types.ParquetSerDe{Compression: "ZSTD"}},
			},
		},
	}
}

// Archive is a delivery stream that keeps records as they came, a line each,
// in gzip.
func Archive(name, stream, bucket string, megabytes, seconds int32) Delivery {
	return Delivery{
		Name: name, Stream: stream, Bucket: bucket, Megabytes: megabytes, Seconds: seconds,
		Prefix: "!{timestamp:yyyy/MM/dd/HH}/", ErrorPrefix: "!{firehose:error-output-type}/",
		Processors:  []types.Processor{Processor("AppendDelimiterToRecord", "Delimiter", `\n`)},
		Compression: types.CompressionFormatGzip,
	}
}
