"""Puts records with boto3 over TLS while requests go wrong: a connection is
dropped after the work, and two requests fail. Prints how often boto3 tried
again, and which fault delayed an answer."""

import subprocess
import sys

import boto3
from botocore.config import Config

leat, admin, url, bundle = sys.argv[1:]
kinesis = boto3.client(
    "kinesis", endpoint_url=url, verify=bundle, region_name="us-east-1",
    aws_access_key_id="any", aws_secret_access_key="any",
    config=Config(retries={"max_attempts": 5, "mode": "standard"}))


def fault(*args):
    subprocess.run([leat, "faults", "set", *args, "--address", admin], check=True, stdout=subprocess.DEVNULL)


def retries(answer):
    return answer["ResponseMetadata"]["RetryAttempts"]


fault("lost", "--operation", "PutRecord", "--drop", "after", "--count", "1")
print("lost", retries(kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"lost")))
fault("failed", "--operation", "PutRecord", "--error", "InternalFailure", "--count", "2")
print("failed", retries(kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"failed")))
fault("late", "--operation", "DescribeStreamSummary", "--delay", "1ms")
answer = kinesis.describe_stream_summary(StreamName="orders")
print("late", answer["ResponseMetadata"]["HTTPHeaders"]["x-leat-fault"])
