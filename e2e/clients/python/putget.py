"""Records go in one by one and in a batch, and come out of every kind of
iterator as they went in."""
import datetime

import boto3

k = boto3.client("kinesis")
k.create_stream(StreamName="boto", ShardCount=1, StreamModeDetails={"StreamMode": "PROVISIONED"})
k.get_waiter("stream_exists").wait(StreamName="boto")
shard = k.list_shards(StreamName="boto")["Shards"][0]["ShardId"]

data = bytes(range(256))
first = k.put_record(StreamName="boto", PartitionKey="schlüssel", Data=data)
assert first["ShardId"] == shard, first
batch = k.put_records(StreamName="boto", Records=[{"PartitionKey": f"k{i}", "Data": f"record {i}"} for i in range(500)])
assert batch["FailedRecordCount"] == 0 and len(batch["Records"]) == 500, batch["FailedRecordCount"]
numbers = [r["SequenceNumber"] for r in batch["Records"]]
assert numbers == sorted(set(numbers)) and first["SequenceNumber"] < numbers[0]


def read(limit=10_000, **start):
    iterator = k.get_shard_iterator(StreamName="boto", ShardId=shard, **start)["ShardIterator"]
    records = []
    while True:
        page = k.get_records(ShardIterator=iterator, Limit=limit)
        records += page["Records"]
        iterator = page["NextShardIterator"]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            return records


everything = read(limit=100, ShardIteratorType="TRIM_HORIZON")
assert len(everything) == 501
assert everything[0]["Data"] == data and everything[0]["PartitionKey"] == "schlüssel", everything[0]
age = datetime.datetime.now(datetime.timezone.utc) - everything[0]["ApproximateArrivalTimestamp"]
assert abs(age) < datetime.timedelta(minutes=1), age
assert everything[500]["Data"] == b"record 499"
assert len(read(ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[0])) == 500
assert len(read(ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[0])) == 499
assert len(read(ShardIteratorType="AT_TIMESTAMP", Timestamp=datetime.datetime(2020, 1, 1))) == 501
assert read(ShardIteratorType="LATEST") == []

k.delete_stream(StreamName="boto")
k.get_waiter("stream_not_exists").wait(StreamName="boto")
