"""Errors are exceptions of their own types, with the service's words."""
import boto3
from botocore.exceptions import ClientError

k = boto3.client("kinesis")


def refused(exception, words, call, **arguments):
    try:
        call(**arguments)
    except exception as error:
        assert words in error.response["Error"]["Message"], error
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400, error.response
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call} was not refused with {exception}")


k.create_stream(StreamName="boto-errors", ShardCount=1)
refused(k.exceptions.ResourceInUseException, "boto-errors", k.create_stream, StreamName="boto-errors", ShardCount=1)
refused(k.exceptions.ResourceNotFoundException, "Stream nowhere under account 000000000000 not found",
        k.describe_stream_summary, StreamName="nowhere")
refused(k.exceptions.InvalidArgumentException, "", k.get_records, ShardIterator="x")
where = {"StreamName": "boto-errors", "ShardId": "shardId-000000000000", "ShardIteratorType": "LATEST"}
iterator = k.get_shard_iterator(**where)["ShardIterator"]
k.delete_stream(StreamName="boto-errors")
refused(k.exceptions.ResourceNotFoundException, "boto-errors", k.get_records, ShardIterator=iterator)
k.create_stream(StreamName="boto-errors", ShardCount=1)
refused(k.exceptions.ExpiredIteratorException, "", k.get_records, ShardIterator=iterator)
code = refused(ClientError, "partitionKey", k.put_record, StreamName="boto-errors", PartitionKey="x" * 257, Data=b"x")
assert code == "ValidationException", code
k.delete_stream(StreamName="boto-errors")
