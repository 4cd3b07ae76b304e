package kinesis

import (
	"context"

	"leat/awsapi/shape"
)

// DescribeStreamSummary
//
// Behavior: describes a stream without its shards.
//
// Differs from AWS: StreamId is left out.
//
// Limits: none.

type describeStreamSummaryOutput struct {
	StreamDescriptionSummary streamDescriptionSummary
}

type streamDescriptionSummary struct {
	streamSummary
	RetentionPeriodHours int64
	shownAttributes
	OpenShardCount             int
	ConsumerCount              int
	WarmThroughput             *warmThroughput `json:",omitempty"`
	MaxRecordSizeInKiB         int
	RecordDistributionStrategy string
	QueueCount                 int
	ChannelCount               int
}

func (a *api) describeStreamSummary(_ context.Context, in shape.Object) (any, error) {
	s, _, err := a.stream(in)
	if err != nil {
		return nil, err
	}
	info := s.Info()
	kept, err := attributesOf(info)
	if err != nil {
		return nil, err
	}
	summary := streamDescriptionSummary{
		streamSummary:        a.summarize(info),
		RetentionPeriodHours: hoursOf(info),
		shownAttributes:      showAttributes(kept),
		OpenShardCount:       openShards(info),
		ConsumerCount:        len(kept.Consumers),
		MaxRecordSizeInKiB:   info.MaxRecordBytes >> 10,

		RecordDistributionStrategy: distributionOf(kept),
	}
	if a.status(&kept) == creating {
		summary.OpenShardCount = 0
	}
	if kept.WarmMiBps != nil {
		summary.WarmThroughput = &warmThroughput{*kept.WarmMiBps, *kept.WarmMiBps}
	}
	return describeStreamSummaryOutput{summary}, nil
}
