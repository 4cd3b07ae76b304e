"""Lists come in pages, which the client's paginators follow."""
import boto3

k = boto3.client("kinesis")
names = [f"pages-{i}" for i in range(7)]
for name in names:
    k.create_stream(StreamName=name, ShardCount=3)


def collect(operation, field, size, **arguments):
    result = []
    for page in k.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **arguments):
        assert len(page[field]) <= size, page
        result += page[field]
    return result


assert [n for n in collect("list_streams", "StreamNames", 2) if n.startswith("pages-")] == names

shards = ["shardId-000000000000", "shardId-000000000001", "shardId-000000000002"]
described = []
for page in k.get_paginator("describe_stream").paginate(StreamName=names[0], PaginationConfig={"PageSize": 2}):
    described += [s["ShardId"] for s in page["StreamDescription"]["Shards"]]
assert described == shards, described

listed, token = [], {"StreamName": names[0]}
while token:  # by hand: the paginator repeats StreamName, which Kinesis refuses beside a token
    page = k.list_shards(MaxResults=2, **token)
    listed += [s["ShardId"] for s in page["Shards"]]
    token = {"NextToken": page["NextToken"]} if "NextToken" in page else None
assert listed == shards, listed

arn = k.describe_stream_summary(StreamName=names[0])["StreamDescriptionSummary"]["StreamARN"]
for name in "abc":
    k.register_stream_consumer(StreamARN=arn, ConsumerName=name)
assert [c["ConsumerName"] for c in collect("list_stream_consumers", "Consumers", 2, StreamARN=arn)] == ["a", "b", "c"]
for name in names:
    k.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
