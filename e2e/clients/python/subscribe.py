"""An enhanced fan-out consumer gets records pushed, as they come, and goes on
where its last event left off."""
import contextlib
import time

import boto3

k = boto3.client("kinesis")
k.create_stream(StreamName="boto-fanout", ShardCount=1)
k.get_waiter("stream_exists").wait(StreamName="boto-fanout")
arn = k.describe_stream_summary(StreamName="boto-fanout")["StreamDescriptionSummary"]["StreamARN"]


def register(name):
    consumer = k.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]
    while k.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
        time.sleep(0.05)
    return consumer


def put(*texts):
    for text in texts:
        k.put_record(StreamName="boto-fanout", PartitionKey="k", Data=text)


def read(consumer, wanted, then_put=(), **position):
    """Subscribes, puts records, and reads as many as wanted."""
    while True:
        try:
            answer = k.subscribe_to_shard(ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition=position)
            break
        except k.exceptions.ResourceInUseException:
            time.sleep(0.2)  # Kinesis refuses a second subscription in the first five seconds of one
    put(*then_put)
    records = []
    with contextlib.closing(answer["EventStream"]) as events:
        for event in events:
            records += [r["Data"] for r in event["SubscribeToShardEvent"]["Records"]]
            if len(records) >= wanted:
                return records, event["SubscribeToShardEvent"]["ContinuationSequenceNumber"]


reader = register("reader")
records, last = read(reader, 3, "abc", Type="LATEST")
assert records == [b"a", b"b", b"c"], records
put("d", "e")
records, _ = read(reader, 3, "f", Type="AFTER_SEQUENCE_NUMBER", SequenceNumber=last)
assert records == [b"d", b"e", b"f"], records
records, _ = read(register("other"), 6, Type="TRIM_HORIZON")
assert records == [b"a", b"b", b"c", b"d", b"e", b"f"], records
k.delete_stream(StreamName="boto-fanout", EnforceConsumerDeletion=True)
