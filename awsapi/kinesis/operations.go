package kinesis

import "leat/awsapi"

// operations is the table of all that the API does. Their requests' shapes are
// the service's model's.
func (c *core) operations() []awsapi.Operation {
	operations := []awsapi.Operation{
		{Name: "AddTagsToStream", Handle: c.handle((*api).addTagsToStream)},
		{Name: "CreateStream", Handle: c.handle((*api).createStream)},
		{Name: "DecreaseStreamRetentionPeriod", Handle: c.handle((*api).decreaseRetention)},
		{Name: "DeleteResourcePolicy", Handle: c.handle((*api).deleteResourcePolicy)},
		{Name: "DeleteStream", Handle: c.handle((*api).deleteStream)},
		{Name: "DeregisterStreamConsumer", Handle: c.handle((*api).deregisterStreamConsumer)},
		{Name: "DescribeAccountSettings", Handle: c.handle((*api).describeAccountSettings)},
		{Name: "DescribeLimits", Handle: c.handle((*api).describeLimits)},
		{Name: "DescribeStream", Handle: c.handle((*api).describeStream)},
		{Name: "DescribeStreamConsumer", Handle: c.handle((*api).describeStreamConsumer)},
		{Name: "DescribeStreamSummary", Handle: c.handle((*api).describeStreamSummary)},
		{Name: "DisableEnhancedMonitoring", Handle: c.handle((*api).disableEnhancedMonitoring)},
		{Name: "EnableEnhancedMonitoring", Handle: c.handle((*api).enableEnhancedMonitoring)},
		{Name: "GetRecords", Handle: c.handle((*api).getRecords)},
		{Name: "GetResourcePolicy", Handle: c.handle((*api).getResourcePolicy)},
		{Name: "GetShardIterator", Handle: c.handle((*api).getShardIterator)},
		{Name: "IncreaseStreamRetentionPeriod", Handle: c.handle((*api).increaseRetention)},
		{Name: "ListShards", Handle: c.handle((*api).listShards)},
		{Name: "ListStreamConsumers", Handle: c.handle((*api).listStreamConsumers)},
		{Name: "ListStreams", Handle: c.handle((*api).listStreams)},
		{Name: "ListTagsForResource", Handle: c.handle((*api).listTagsForResource)},
		{Name: "ListTagsForStream", Handle: c.handle((*api).listTagsForStream)},
		{Name: "MergeShards", Handle: c.handle((*api).mergeShards)},
		{Name: "PutRecord", Handle: c.handle((*api).putRecord), Hot: c.hotly((*api).putRecordHot), HotCBOR: c.hotly((*api).putRecordHotCBOR)},
		{Name: "PutRecords", Handle: c.handle((*api).putRecords), Hot: c.hotly((*api).putRecordsHot), HotCBOR: c.hotly((*api).putRecordsHotCBOR)},
		{Name: "PutResourcePolicy", Handle: c.handle((*api).putResourcePolicy)},
		{Name: "RegisterStreamConsumer", Handle: c.handle((*api).registerStreamConsumer)},
		{Name: "RemoveTagsFromStream", Handle: c.handle((*api).removeTagsFromStream)},
		{Name: "SplitShard", Handle: c.handle((*api).splitShard)},
		{Name: "StartStreamEncryption", Handle: c.handle((*api).startStreamEncryption)},
		{Name: "StopStreamEncryption", Handle: c.handle((*api).stopStreamEncryption)},
		{Name: "SubscribeToShard", Stream: c.push((*api).subscribeToShard), StreamFor: subscriptionTime},
		{Name: "TagResource", Handle: c.handle((*api).tagResource)},
		{Name: "UntagResource", Handle: c.handle((*api).untagResource)},
		{Name: "UpdateAccountSettings", Handle: c.handle((*api).updateAccountSettings)},
		{Name: "UpdateMaxRecordSize", Handle: c.handle((*api).updateMaxRecordSize)},
		{Name: "UpdateShardCount", Handle: c.handle((*api).updateShardCount)},
		{Name: "UpdateStreamMode", Handle: c.handle((*api).updateStreamMode)},
		{Name: "UpdateStreamRecordDistributionStrategy", Handle: c.handle((*api).updateDistribution)},
		{Name: "UpdateStreamWarmThroughput", Handle: c.handle((*api).updateStreamWarmThroughput)},
	}
	for i := range operations {
		operations[i].Input = inputs[operations[i].Name]
		if c.limits != nil {
			operations[i] = c.enforce(operations[i])
		}
	}
	return operations
}
