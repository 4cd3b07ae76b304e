package firehose

import (
	"strings"
	"time"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/delivery"
)

const (
	uncompressed = "UNCOMPRESSED"
	gzipped      = "GZIP"

	// defaultSeconds is how long records wait for a buffer to fill.
	defaultSeconds = 300
	// Default sizes of buffers, in MB, as on AWS.
	defaultMegabytes            = 5
	defaultMegabytesPartitioned = 64
	defaultMegabytesParquet     = 128
	// minMegabytesLarge is the least for converted and partitioned records.
	minMegabytesLarge = 64
)

// unsupported refuses a part of a request by name.
func unsupported(part string) error {
	return awsapi.Errorf(invalidArgument, "Leat does not support %s.", part)
}

// refuse refuses the first of some members that is there.
func refuse(in shape.Object, of string, members ...string) error {
	for _, member := range members {
		if in.Has(member) {
			return unsupported(strings.TrimPrefix(of+"."+member, "."))
		}
	}
	return nil
}

// define turns a request into a definition, and into what Describe will say
// of it.
func (a *api) define(in shape.Object) (delivery.Definition, description, error) {
	definition := delivery.Definition{Name: in.Text("DeliveryStreamName")}
	if err := checkDestinations(in); err != nil {
		return definition, description{}, err
	}
	if err := refuse(in, "", "MSKSourceConfiguration", "DatabaseSourceConfiguration", "DeliveryStreamEncryptionConfigurationInput", "Tags"); err != nil {
		return definition, description{}, err
	}
	described := description{Type: directPut}
	if in.Has("DeliveryStreamType") {
		described.Type = in.Text("DeliveryStreamType")
	}
	if err := a.defineSource(&definition, &described, in); err != nil {
		return definition, described, err
	}
	s3 := in.Object("ExtendedS3DestinationConfiguration")
	if err := a.defineDestination(&definition, s3); err != nil {
		return definition, described, err
	}
	described.S3 = describeDestination(definition, s3)
	return definition, described, nil
}

// otherDestinations are those that Leat does not have.
var otherDestinations = []string{"S3DestinationConfiguration", "RedshiftDestinationConfiguration", "ElasticsearchDestinationConfiguration",
	"AmazonopensearchserviceDestinationConfiguration", "SplunkDestinationConfiguration", "HttpEndpointDestinationConfiguration",
	"AmazonOpenSearchServerlessDestinationConfiguration", "SnowflakeDestinationConfiguration", "IcebergDestinationConfiguration"}

// checkDestinations wants one destination, and a known one.
func checkDestinations(in shape.Object) error {
	const known = "ExtendedS3DestinationConfiguration"
	given := 0
	for _, destination := range append([]string{known}, otherDestinations...) {
		if in.Has(destination) {
			given++
		}
	}
	switch given {
	case 0:
		return awsapi.Errorf(invalidArgument, "Exactly one destination configuration is supported for a Firehose: give %s.", known)
	case 1:
		return refuse(in, "", otherDestinations...)
	}
	return awsapi.Errorf(invalidArgument, "Exactly one destination configuration is supported for a Firehose")
}

// defineSource says where records come from.
func (a *api) defineSource(definition *delivery.Definition, described *description, in shape.Object) error {
	kinesis := in.Object("KinesisStreamSourceConfiguration")
	switch described.Type {
	case directPut:
		if kinesis != nil {
			return awsapi.Errorf(invalidArgument, "KinesisStreamSourceConfiguration must not be given for a delivery stream of type %s.", directPut)
		}
		if direct := in.Object("DirectPutSourceConfiguration"); direct != nil {
			described.Source = &sourceDescription{DirectPut: direct}
		}
		return nil
	case kinesisStreamAsSource:
		if in.Has("DirectPutSourceConfiguration") {
			return awsapi.Errorf(invalidArgument, "DirectPutSourceConfiguration must not be given for a delivery stream of type %s.", kinesisStreamAsSource)
		}
		if kinesis == nil {
			return awsapi.Errorf(invalidArgument, "KinesisStreamSourceConfiguration is required for a delivery stream of type %s.", kinesisStreamAsSource)
		}
		arn := kinesis.Text("KinesisStreamARN")
		// Streams have one name in all regions.
		_, resource, known := awsapi.ParseARN(arn, "kinesis")
		stream, ours := strings.CutPrefix(resource, "stream/")
		if !known || !ours {
			return awsapi.Errorf(invalidArgument, "%s is not the ARN of a stream.", arn)
		}
		definition.SourceStream = stream
		described.Source = &sourceDescription{Kinesis: kinesis}
		return nil
	}
	return unsupported("DeliveryStreamType " + described.Type)
}

// defineDestination says where records go, and in which form.
func (a *api) defineDestination(definition *delivery.Definition, s3 shape.Object) error {
	const at = "ExtendedS3DestinationConfiguration"
	if err := refuse(s3, at, "S3BackupConfiguration"); err != nil {
		return err
	}
	if err := refuse(s3.Object("EncryptionConfiguration"), at+".EncryptionConfiguration", "KMSEncryptionConfig"); err != nil {
		return err
	}
	if s3.Text("S3BackupMode") == "Enabled" {
		return unsupported(at + ".S3BackupMode Enabled")
	}
	_, definition.Bucket, _ = strings.Cut(s3.Text("BucketARN"), ":s3:::")
	definition.Prefix = s3.Text("Prefix")
	definition.ErrorPrefix = s3.Text("ErrorOutputPrefix")
	definition.Extension = s3.Text("FileExtension")
	definition.TimeZone = s3.Text("CustomTimeZone")
	if err := defineFormat(definition, s3); err != nil {
		return err
	}
	if err := defineProcessing(definition, s3.Object("ProcessingConfiguration")); err != nil {
		return err
	}
	if err := checkPartitioning(definition, s3.Object("DynamicPartitioningConfiguration")); err != nil {
		return err
	}
	return a.defineBuffer(definition, s3)
}

// defineBuffer says when a buffer is delivered.
func (a *api) defineBuffer(definition *delivery.Definition, s3 shape.Object) error {
	hints := s3.Object("BufferingHints")
	if hints.Has("SizeInMBs") != hints.Has("IntervalInSeconds") {
		return awsapi.Errorf(invalidArgument, "BufferingHints need both SizeInMBs and IntervalInSeconds, or neither.")
	}
	megabytes := int64(defaultMegabytes)
	why := "" // buffers are large
	switch {
	case definition.Format == "parquet":
		megabytes, why = defaultMegabytesParquet, "data format conversion"
	case s3.Object("DynamicPartitioningConfiguration").Bool("Enabled"):
		megabytes, why = defaultMegabytesPartitioned, "Dynamic Partitioning"
	}
	megabytes = hints.Int("SizeInMBs", megabytes)
	if why != "" && megabytes < minMegabytesLarge && !a.smallBuffers {
		return awsapi.Errorf(invalidArgument, "BufferingHints.SizeInMBs must be at least %d when %s is enabled.", minMegabytesLarge, why)
	}
	definition.BufferBytes = megabytes << 20
	definition.BufferAge = time.Duration(hints.Int("IntervalInSeconds", defaultSeconds)) * time.Second
	return nil
}

// partitionExpression begins an expression of a prefix that takes a column of
// the query's result.
const partitionExpression = "!{partitionKeyFromQuery:"

// checkPartitioning holds prefix, query and configuration together, as AWS
// does.
func checkPartitioning(definition *delivery.Definition, configuration shape.Object) error {
	partitioned := strings.Contains(definition.Prefix, partitionExpression)
	enabled := configuration.Bool("Enabled")
	switch {
	case strings.Contains(definition.Prefix, "!{") && definition.ErrorPrefix == "":
		return awsapi.Errorf(invalidArgument, "ErrorOutputPrefix cannot be null or empty when Prefix contains expressions")
	case partitioned && !enabled:
		return awsapi.Errorf(invalidArgument, "Prefix has %s…}, which needs DynamicPartitioningConfiguration with Enabled true.", partitionExpression)
	case enabled && !partitioned:
		return awsapi.Errorf(invalidArgument, "Dynamic partitioning is enabled, but Prefix has no %s…}: partition by a column of the SQL processor's query, or of the records.", partitionExpression)
	}
	return nil
}
