package kinesis

import "leat/awsapi/shape"

// The constraints of requests, as the service's model states them.
var (
	streamName     = shape.String(1, 128, `[a-zA-Z0-9_.-]+`)
	streamARN      = shape.String(1, 2048, `arn:aws.*:kinesis:.*:\d{12}:stream/\S+`)
	streamID       = shape.String(1, 24, `[a-z0-9]{20}-[a-z0-9]{3}`)
	shardID        = shape.String(1, 128, `[a-zA-Z0-9_.-]+`)
	nextToken      = shape.String(1, 1048576, "")
	hashKey        = shape.String(0, shape.NoMax, `0|([1-9]\d{0,38})`)
	sequenceNumber = shape.String(0, shape.NoMax, `0|([1-9]\d{0,128})`)
	partitionKey   = shape.String(1, maxKeyLength, "")
	data           = shape.Bytes(maxDataBytes)
)

// Limits of the model that the hot path knows too.
const (
	maxRecords   = 500
	maxKeyLength = 256
	maxDataBytes = 10 << 20
)

// ofStream are the members of every request that names a stream.
func ofStream(members ...shape.Member) []shape.Member {
	return append(members,
		shape.Optional("StreamName", streamName),
		shape.Optional("StreamARN", streamARN),
		shape.Optional("StreamId", streamID),
	)
}

var createStreamInput = shape.Struct("CreateStreamInput",
	shape.Required("StreamName", streamName),
	shape.Optional("ShardCount", shape.Int(1, shape.NoMax)),
	shape.Optional("StreamModeDetails", shape.Struct("StreamModeDetails",
		shape.Required("StreamMode", shape.Enum(provisioned, onDemand)))),
	shape.Optional("Tags", shape.MapOf(1, 200, shape.String(1, 128, ""), shape.String(0, 256, ""))),
	shape.Optional("WarmThroughputMiBps", shape.Int(0, shape.NoMax)),
	shape.Optional("MaxRecordSizeInKiB", shape.Int(1024, 10240)),
)

var deleteStreamInput = shape.Struct("DeleteStreamInput", ofStream(
	shape.Optional("EnforceConsumerDeletion", shape.Bool()))...)

var describeStreamInput = shape.Struct("DescribeStreamInput", ofStream(
	shape.Optional("Limit", shape.Int(1, 10000)),
	shape.Optional("ExclusiveStartShardId", shardID))...)

var describeStreamSummaryInput = shape.Struct("DescribeStreamSummaryInput", ofStream()...)

var listStreamsInput = shape.Struct("ListStreamsInput",
	shape.Optional("Limit", shape.Int(1, 10000)),
	shape.Optional("ExclusiveStartStreamName", streamName),
	shape.Optional("NextToken", nextToken),
)

var listShardsInput = shape.Struct("ListShardsInput", ofStream(
	shape.Optional("NextToken", nextToken),
	shape.Optional("ExclusiveStartShardId", shardID),
	shape.Optional("MaxResults", shape.Int(1, 10000)),
	shape.Optional("StreamCreationTimestamp", shape.Time()),
	shape.Optional("ShardFilter", shape.Struct("ShardFilter",
		shape.Required("Type", shape.Enum(afterShardID, atTrimHorizon, fromTrimHorizon, atLatest, atTimestamp, fromTimestamp)),
		shape.Optional("ShardId", shardID),
		shape.Optional("Timestamp", shape.Time()))))...)

var retentionInput = shape.Struct("StreamRetentionPeriodInput", ofStream(
	shape.Required("RetentionPeriodHours", shape.Int(-1<<31, 1<<31-1)))...)

var putRecordInput = shape.Struct("PutRecordInput", ofStream(
	shape.Required("Data", data),
	shape.Required("PartitionKey", partitionKey),
	shape.Optional("ExplicitHashKey", hashKey),
	shape.Optional("SequenceNumberForOrdering", sequenceNumber))...)

var putRecordsInput = shape.Struct("PutRecordsInput", ofStream(
	shape.Required("Records", shape.ListOf(1, maxRecords, shape.Struct("PutRecordsRequestEntry",
		shape.Required("Data", data),
		shape.Optional("ExplicitHashKey", hashKey),
		shape.Required("PartitionKey", partitionKey)))))...)

var getShardIteratorInput = shape.Struct("GetShardIteratorInput", ofStream(
	shape.Required("ShardId", shardID),
	shape.Required("ShardIteratorType", shape.Enum(atSequenceNumber, afterSequenceNumber, trimHorizon, latest, atTimestamp)),
	shape.Optional("StartingSequenceNumber", sequenceNumber),
	shape.Optional("Timestamp", shape.Time()))...)

var getRecordsInput = shape.Struct("GetRecordsInput",
	shape.Required("ShardIterator", shape.String(1, 512, "")),
	shape.Optional("Limit", shape.Int(1, 10000)),
	shape.Optional("StreamARN", streamARN),
	shape.Optional("StreamId", streamID),
)
