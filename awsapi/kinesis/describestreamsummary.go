package kinesis

import (
	"context"

	"leat/awsapi/shape"
)

// DescribeStreamSummary
//
// Behavior: describes a stream without its shards.
//
// Differs from AWS: the status is always ACTIVE; StreamId and WarmThroughput
// are left out.
//
// Limits: none.

type describeStreamSummaryOutput struct {
	StreamDescriptionSummary streamDescriptionSummary
}

type streamDescriptionSummary struct {
	streamSummary
	RetentionPeriodHours int64
	EnhancedMonitoring   []enhancedMetrics
	EncryptionType       string
	OpenShardCount       int
	ConsumerCount        int
	MaxRecordSizeInKiB   int
}

func (a *api) describeStreamSummary(_ context.Context, in shape.Object) (any, error) {
	s, _, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	return describeStreamSummaryOutput{streamDescriptionSummary{
		streamSummary:        a.summarize(info),
		RetentionPeriodHours: hoursOf(info),
		EnhancedMonitoring:   noEnhancedMetrics,
		EncryptionType:       notEncrypted,
		OpenShardCount:       openShards(info),
		MaxRecordSizeInKiB:   info.MaxRecordBytes >> 10,
	}}, nil
}
