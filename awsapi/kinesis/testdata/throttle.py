"""Puts faster than a shard takes it, and backs off as programs with boto3 do."""
import boto3
from botocore.config import Config

k = boto3.client("kinesis", config=Config(retries={"mode": "standard", "max_attempts": 12}))

# PutRecord: boto3 itself repeats the call.
retries = 0
for i in range(5):
    out = k.put_record(StreamName="boto", Data=str(i).encode() + b"\0" * 500_000, PartitionKey="k")
    retries += out["ResponseMetadata"]["RetryAttempts"]
assert retries > 0, "PutRecord was never throttled"

# PutRecords: the program repeats the records that failed.
left = [{"Data": str(i).encode(), "PartitionKey": "k"} for i in range(5, 2005)]
refused = 0
for _ in range(100):
    if not left:
        break
    batch, left = left[:500], left[500:]
    out = k.put_records(StreamName="boto", Records=batch)
    failed = [record for record, answer in zip(batch, out["Records"]) if "ErrorCode" in answer]
    assert len(failed) == out["FailedRecordCount"], out
    for answer in out["Records"]:
        if "ErrorCode" in answer:
            assert answer["ErrorCode"] == "ProvisionedThroughputExceededException", answer
            assert answer["ErrorMessage"].startswith("Rate exceeded for shard shardId-000000000000 in stream boto under account "), answer
    refused += len(failed)
    left += failed
assert refused > 0 and not left, (refused, len(left))
