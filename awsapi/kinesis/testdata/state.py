"""Uses the operations that keep state, as a program with boto3 would."""
import boto3
from botocore.exceptions import ClientError

k = boto3.client("kinesis")


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"{call} was not refused with {code}")


k.create_stream(StreamName="boto", ShardCount=2, Tags={"team": "core"})
k.get_waiter("stream_exists").wait(StreamName="boto")
arn = k.describe_stream_summary(StreamName="boto")["StreamDescriptionSummary"]["StreamARN"]

k.add_tags_to_stream(StreamARN=arn, Tags={"cost": "ü"})
k.tag_resource(ResourceARN=arn, Tags={"more": ""})
k.remove_tags_from_stream(StreamName="boto", TagKeys=["team"])
assert k.list_tags_for_stream(StreamName="boto")["Tags"] == [{"Key": "cost", "Value": "ü"}, {"Key": "more", "Value": ""}]
k.untag_resource(ResourceARN=arn, TagKeys=["more"])
assert k.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "cost", "Value": "ü"}]

k.put_resource_policy(ResourceARN=arn, Policy='{"Version":"2012-10-17"}')
assert k.get_resource_policy(ResourceARN=arn)["Policy"] == '{"Version":"2012-10-17"}'
k.delete_resource_policy(ResourceARN=arn)
assert k.get_resource_policy(ResourceARN=arn)["Policy"] == "{}"
refused("ResourceNotFoundException", k.delete_resource_policy, ResourceARN=arn)

k.start_stream_encryption(StreamName="boto", EncryptionType="KMS", KeyId="alias/aws/kinesis")
assert k.put_record(StreamName="boto", Data=b"\x00\xff", PartitionKey="k")["EncryptionType"] == "KMS"
k.stop_stream_encryption(StreamName="boto", EncryptionType="KMS", KeyId="alias/aws/kinesis")

metrics = k.enable_enhanced_monitoring(StreamName="boto", ShardLevelMetrics=["IncomingBytes"])
assert metrics["CurrentShardLevelMetrics"] == [] and metrics["DesiredShardLevelMetrics"] == ["IncomingBytes"], metrics
assert k.disable_enhanced_monitoring(StreamARN=arn, ShardLevelMetrics=["ALL"])["DesiredShardLevelMetrics"] == []

k.update_max_record_size(StreamARN=arn, MaxRecordSizeInKiB=2048)
assert k.describe_account_settings()["MinimumThroughputBillingCommitment"]["Status"] == "DISABLED"
refused("InvalidArgumentException", k.update_stream_warm_throughput, StreamName="boto", WarmThroughputMiBps=10)
settings = k.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
assert settings["MinimumThroughputBillingCommitment"]["StartedAt"].year > 2000, settings
k.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
assert k.update_stream_warm_throughput(StreamName="boto", WarmThroughputMiBps=10)["WarmThroughput"]["TargetMiBps"] == 10
assert k.describe_limits()["OnDemandStreamCount"] == 1

consumer = k.register_stream_consumer(StreamARN=arn, ConsumerName="c", Tags={"a": "b"})["Consumer"]
assert consumer["ConsumerStatus"] == "ACTIVE", consumer
assert k.list_tags_for_resource(ResourceARN=consumer["ConsumerARN"])["Tags"] == [{"Key": "a", "Value": "b"}]
assert k.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])["ConsumerDescription"]["StreamARN"] == arn
assert [c["ConsumerName"] for c in k.list_stream_consumers(StreamARN=arn)["Consumers"]] == ["c"]
refused("ResourceInUseException", k.delete_stream, StreamName="boto")
k.deregister_stream_consumer(StreamARN=arn, ConsumerName="c")

summary = k.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]
assert summary["MaxRecordSizeInKiB"] == 2048 and summary["WarmThroughput"]["CurrentMiBps"] == 10, summary
assert summary["ConsumerCount"] == 0 and summary["EncryptionType"] == "NONE", summary
k.delete_stream(StreamName="boto")
