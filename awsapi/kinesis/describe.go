package kinesis

import (
	"leat/awsapi"
	"leat/shardlog"
)

// What several operations say of streams and shards, as the model names it.

const (
	provisioned = "PROVISIONED"
	onDemand    = "ON_DEMAND"
)

type streamModeDetails struct{ StreamMode string }

func modeOf(info shardlog.Info) streamModeDetails {
	if info.OnDemand {
		return streamModeDetails{onDemand}
	}
	return streamModeDetails{provisioned}
}

type enhancedMetrics struct{ ShardLevelMetrics []string }

// A shownAttributes is what descriptions say of a stream's attributes.
type shownAttributes struct {
	EnhancedMonitoring []enhancedMetrics
	EncryptionType     string
	KeyId              string `json:",omitempty"`
}

func showAttributes(kept attributes) shownAttributes {
	shown := shownAttributes{
		EnhancedMonitoring: []enhancedMetrics{{ShardLevelMetrics: notNull(kept.Metrics)}},
		EncryptionType:     notEncrypted,
		KeyId:              kept.KeyID,
	}
	if kept.KeyID != "" {
		shown.EncryptionType = encryptedByKMS
	}
	return shown
}

type hashKeyRange struct{ StartingHashKey, EndingHashKey string }

type sequenceNumberRange struct {
	StartingSequenceNumber string
	EndingSequenceNumber   string `json:",omitempty"`
}

type shardDescription struct {
	ShardId               string
	ParentShardId         string `json:",omitempty"`
	AdjacentParentShardId string `json:",omitempty"`
	HashKeyRange          hashKeyRange
	SequenceNumberRange   sequenceNumberRange
}

func describeShard(shard shardlog.ShardInfo) shardDescription {
	description := shardDescription{
		ShardId:             shardName(shard.Number),
		HashKeyRange:        rangeOf(shard),
		SequenceNumberRange: sequenceNumberRange{StartingSequenceNumber: shard.Start.String()},
	}
	if shard.Parent >= 0 {
		description.ParentShardId = shardName(uint32(shard.Parent))
	}
	if shard.AdjacentParent >= 0 {
		description.AdjacentParentShardId = shardName(uint32(shard.AdjacentParent))
	}
	if shard.End != nil {
		description.SequenceNumberRange.EndingSequenceNumber = shard.End.String()
	}
	return description
}

func rangeOf(shard shardlog.ShardInfo) hashKeyRange {
	return hashKeyRange{StartingHashKey: formatHashKey(shard.First), EndingHashKey: formatHashKey(shard.Last)}
}

type streamSummary struct {
	StreamName              string
	StreamARN               string
	StreamStatus            string
	StreamModeDetails       streamModeDetails
	StreamCreationTimestamp awsapi.Timestamp
}

func (a *api) summarize(info shardlog.Info) streamSummary {
	return streamSummary{
		StreamName:              info.Name,
		StreamARN:               a.arnOf(info.Name),
		StreamStatus:            a.statusOf(info),
		StreamModeDetails:       modeOf(info),
		StreamCreationTimestamp: awsapi.Timestamp(info.Created),
	}
}

func hoursOf(info shardlog.Info) int64 { return int64(info.Retention.Hours()) }

func openShards(info shardlog.Info) int {
	n := 0
	for _, shard := range info.Shards {
		if shard.End == nil {
			n++
		}
	}
	return n
}
