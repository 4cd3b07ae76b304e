package firehose

import "leat/awsapi/shape"

// The constraints of requests, as the service's model states them. Where Leat
// allows more, the line says so. Parts that are refused whole are structures
// without members.
var (
	name         = shape.String(1, 64, `[a-zA-Z0-9_.-]+`)
	roleARN      = shape.String(1, 512, `arn:.*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+`)
	prefix       = shape.String(0, 1024, `.*`)
	refused      = shape.Struct("Configuration")
	streamTypes  = shape.Enum(directPut, kinesisStreamAsSource, "MSKAsSource", "DatabaseAsSource")
	recordStruct = shape.Struct("Record", shape.Required("Data", shape.Bytes(maxRecordBytes)))
)

const (
	directPut             = "DirectPut"
	kinesisStreamAsSource = "KinesisStreamAsSource"

	maxRecords     = 500
	maxRecordBytes = 1_024_000
)

var createInput = shape.Struct("CreateDeliveryStreamInput",
	shape.Required("DeliveryStreamName", name),
	shape.Optional("DeliveryStreamType", streamTypes),
	shape.Optional("DirectPutSourceConfiguration", shape.Struct("DirectPutSourceConfiguration",
		shape.Required("ThroughputHintInMBs", shape.Int(1, 100)))),
	shape.Optional("KinesisStreamSourceConfiguration", shape.Struct("KinesisStreamSourceConfiguration",
		shape.Required("KinesisStreamARN", shape.String(1, 512, `arn:.*:kinesis:[a-zA-Z0-9\-]+:\d{12}:stream/[a-zA-Z0-9_.-]+`)),
		shape.Required("RoleARN", roleARN))),
	shape.Optional("DeliveryStreamEncryptionConfigurationInput", refused),
	shape.Optional("S3DestinationConfiguration", refused),
	shape.Optional("ExtendedS3DestinationConfiguration", extendedS3),
	shape.Optional("RedshiftDestinationConfiguration", refused),
	shape.Optional("ElasticsearchDestinationConfiguration", refused),
	shape.Optional("AmazonopensearchserviceDestinationConfiguration", refused),
	shape.Optional("SplunkDestinationConfiguration", refused),
	shape.Optional("HttpEndpointDestinationConfiguration", refused),
	shape.Optional("Tags", shape.ListOf(1, 50, shape.Struct("Tag",
		shape.Required("Key", shape.String(1, 128, "")),
		shape.Optional("Value", shape.String(0, 256, ""))))),
	shape.Optional("AmazonOpenSearchServerlessDestinationConfiguration", refused),
	shape.Optional("MSKSourceConfiguration", refused),
	shape.Optional("SnowflakeDestinationConfiguration", refused),
	shape.Optional("IcebergDestinationConfiguration", refused),
	shape.Optional("DatabaseSourceConfiguration", refused),
)

var extendedS3 = shape.Struct("ExtendedS3DestinationConfiguration",
	shape.Required("RoleARN", roleARN),
	shape.Required("BucketARN", shape.String(1, 2048, `arn:.*:s3:::[\w\.\-]{1,255}`)),
	shape.Optional("Prefix", prefix),
	shape.Optional("ErrorOutputPrefix", prefix),
	shape.Optional("BufferingHints", shape.Struct("BufferingHints",
		shape.Optional("SizeInMBs", shape.Int(1, 128)),
		shape.Optional("IntervalInSeconds", shape.Int(0, 900)))),
	shape.Optional("CompressionFormat", shape.Enum(uncompressed, gzipped, "ZIP", "Snappy", "HADOOP_SNAPPY")),
	shape.Optional("EncryptionConfiguration", shape.Struct("EncryptionConfiguration",
		shape.Optional("NoEncryptionConfig", shape.Enum("NoEncryption")),
		shape.Optional("KMSEncryptionConfig", refused))),
	shape.Optional("CloudWatchLoggingOptions", shape.Struct("CloudWatchLoggingOptions",
		shape.Optional("Enabled", shape.Bool()),
		shape.Optional("LogGroupName", shape.String(0, 512, `[\.\-_/#A-Za-z0-9]*`)),
		shape.Optional("LogStreamName", shape.String(0, 512, `[^:*]*`)))),
	shape.Optional("ProcessingConfiguration", processing),
	shape.Optional("S3BackupMode", shape.Enum("Disabled", "Enabled")),
	shape.Optional("S3BackupConfiguration", refused),
	shape.Optional("DataFormatConversionConfiguration", formatConversion),
	shape.Optional("DynamicPartitioningConfiguration", shape.Struct("DynamicPartitioningConfiguration",
		shape.Optional("Enabled", shape.Bool()),
		shape.Optional("RetryOptions", shape.Struct("RetryOptions",
			shape.Optional("DurationInSeconds", shape.Int(0, 7200)))))),
	shape.Optional("FileExtension", shape.String(0, 128, `^$|\.[0-9a-z!\-_.*'()]+`)),
	shape.Optional("CustomTimeZone", shape.String(0, 50, `^$|[a-zA-Z/_]+`)),
)

var processing = shape.Struct("ProcessingConfiguration",
	shape.Optional("Enabled", shape.Bool()),
	shape.Optional("Processors", shape.ListOf(0, shape.NoMax, shape.Struct("Processor",
		shape.Required("Type", shape.Enum("RecordDeAggregation", "Decompression", "CloudWatchLogProcessing",
			"Lambda", "MetadataExtraction", appendDelimiter, sqlProcessor, startFrom)), // the last two are Leat's own
		shape.Optional("Parameters", shape.ListOf(0, shape.NoMax, shape.Struct("ProcessorParameter",
			shape.Required("ParameterName", shape.Enum("LambdaArn", "NumberOfRetries", "MetadataExtractionQuery",
				"JsonParsingEngine", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds", "SubRecordType",
				delimiter, "CompressionFormat", "DataMessageExtraction", query, columns, position)), // the last three are Leat's own
			// AWS allows 5,120 characters on one line; a query may be longer.
			shape.Required("ParameterValue", shape.NotBlankText(1, maxQuery)))))))))

const maxQuery = 64 << 10

var formatConversion = shape.Struct("DataFormatConversionConfiguration",
	shape.Optional("Enabled", shape.Bool()),
	shape.Optional("SchemaConfiguration", refused),
	shape.Optional("InputFormatConfiguration", shape.Struct("InputFormatConfiguration",
		shape.Optional("Deserializer", shape.Struct("Deserializer",
			shape.Optional("OpenXJsonSerDe", shape.Struct("OpenXJsonSerDe",
				shape.Optional("ConvertDotsInJsonKeysToUnderscores", shape.Bool()),
				shape.Optional("CaseInsensitive", shape.Bool()),
				shape.Optional("ColumnToJsonKeyMappings", shape.MapOf(0, shape.NoMax,
					shape.String(1, 1024, `^\S+$`), shape.String(1, 1024, shape.NotBlank))))),
			shape.Optional("HiveJsonSerDe", shape.Struct("HiveJsonSerDe",
				shape.Optional("TimestampFormats", shape.ListOf(0, shape.NoMax, shape.String(1, 1024, shape.NotBlank))))))))),
	shape.Optional("OutputFormatConfiguration", shape.Struct("OutputFormatConfiguration",
		shape.Optional("Serializer", shape.Struct("Serializer",
			shape.Optional("ParquetSerDe", shape.Struct("ParquetSerDe",
				shape.Optional("BlockSizeBytes", shape.Int(64<<20, shape.NoMax)),
				shape.Optional("PageSizeBytes", shape.Int(64<<10, shape.NoMax)),
				shape.Optional("Compression", shape.Enum("UNCOMPRESSED", "GZIP", "SNAPPY", "ZSTD")), // ZSTD is Leat's own
				shape.Optional("EnableDictionaryCompression", shape.Bool()),
				shape.Optional("MaxPaddingBytes", shape.Int(0, shape.NoMax)),
				shape.Optional("WriterVersion", shape.Enum("V1", "V2")))),
			shape.Optional("OrcSerDe", refused))))),
)

var deleteInput = shape.Struct("DeleteDeliveryStreamInput",
	shape.Required("DeliveryStreamName", name),
	shape.Optional("AllowForceDelete", shape.Bool()),
)

var describeInput = shape.Struct("DescribeDeliveryStreamInput",
	shape.Required("DeliveryStreamName", name),
	shape.Optional("Limit", shape.Int(1, 10000)),
	shape.Optional("ExclusiveStartDestinationId", shape.String(1, 100, `[a-zA-Z0-9-]+`)),
)

var listInput = shape.Struct("ListDeliveryStreamsInput",
	shape.Optional("Limit", shape.Int(1, 10000)),
	shape.Optional("DeliveryStreamType", streamTypes),
	shape.Optional("ExclusiveStartDeliveryStreamName", name),
)

var putRecordInput = shape.Struct("PutRecordInput",
	shape.Required("DeliveryStreamName", name),
	shape.Required("Record", recordStruct),
)

var putRecordBatchInput = shape.Struct("PutRecordBatchInput",
	shape.Required("DeliveryStreamName", name),
	shape.Required("Records", shape.ListOf(1, maxRecords, recordStruct)),
)
