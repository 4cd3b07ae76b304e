package kinesis

import "leat/awsapi"

// operations is the table of all that the API does. Their requests' shapes are
// the service's model's.
func (a *api) operations() []awsapi.Operation {
	operations := []awsapi.Operation{
		{Name: "AddTagsToStream", Handle: a.addTagsToStream},
		{Name: "CreateStream", Handle: a.createStream},
		{Name: "DecreaseStreamRetentionPeriod", Handle: a.decreaseRetention},
		{Name: "DeleteResourcePolicy", Handle: a.deleteResourcePolicy},
		{Name: "DeleteStream", Handle: a.deleteStream},
		{Name: "DeregisterStreamConsumer", Handle: a.deregisterStreamConsumer},
		{Name: "DescribeAccountSettings", Handle: a.describeAccountSettings},
		{Name: "DescribeLimits", Handle: a.describeLimits},
		{Name: "DescribeStream", Handle: a.describeStream},
		{Name: "DescribeStreamConsumer", Handle: a.describeStreamConsumer},
		{Name: "DescribeStreamSummary", Handle: a.describeStreamSummary},
		{Name: "DisableEnhancedMonitoring", Handle: a.disableEnhancedMonitoring},
		{Name: "EnableEnhancedMonitoring", Handle: a.enableEnhancedMonitoring},
		{Name: "GetRecords", Handle: a.getRecords},
		{Name: "GetResourcePolicy", Handle: a.getResourcePolicy},
		{Name: "GetShardIterator", Handle: a.getShardIterator},
		{Name: "IncreaseStreamRetentionPeriod", Handle: a.increaseRetention},
		{Name: "ListShards", Handle: a.listShards},
		{Name: "ListStreamConsumers", Handle: a.listStreamConsumers},
		{Name: "ListStreams", Handle: a.listStreams},
		{Name: "ListTagsForResource", Handle: a.listTagsForResource},
		{Name: "ListTagsForStream", Handle: a.listTagsForStream},
		{Name: "MergeShards", Handle: a.mergeShards},
		{Name: "PutRecord", Handle: a.putRecord, Hot: a.putRecordHot, HotCBOR: a.putRecordHotCBOR},
		{Name: "PutRecords", Handle: a.putRecords, Hot: a.putRecordsHot, HotCBOR: a.putRecordsHotCBOR},
		{Name: "PutResourcePolicy", Handle: a.putResourcePolicy},
		{Name: "RegisterStreamConsumer", Handle: a.registerStreamConsumer},
		{Name: "RemoveTagsFromStream", Handle: a.removeTagsFromStream},
		{Name: "SplitShard", Handle: a.splitShard},
		{Name: "StartStreamEncryption", Handle: a.startStreamEncryption},
		{Name: "StopStreamEncryption", Handle: a.stopStreamEncryption},
		{Name: "SubscribeToShard", Stream: a.subscribeToShard, StreamFor: subscriptionTime},
		{Name: "TagResource", Handle: a.tagResource},
		{Name: "UntagResource", Handle: a.untagResource},
		{Name: "UpdateAccountSettings", Handle: a.updateAccountSettings},
		{Name: "UpdateMaxRecordSize", Handle: a.updateMaxRecordSize},
		{Name: "UpdateShardCount", Handle: a.updateShardCount},
		{Name: "UpdateStreamMode", Handle: a.updateStreamMode},
		{Name: "UpdateStreamRecordDistributionStrategy", Handle: a.updateDistribution},
		{Name: "UpdateStreamWarmThroughput", Handle: a.updateStreamWarmThroughput},
	}
	for i := range operations {
		operations[i].Input = inputs[operations[i].Name]
		if a.limits != nil {
			operations[i] = a.enforce(operations[i])
		}
	}
	return operations
}
