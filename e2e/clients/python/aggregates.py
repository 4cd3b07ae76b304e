"""Prints aggregates as JSON lines, made by AWS's own aggregation library."""
import base64
import json
import random
import sys
import uuid

from aws_kinesis_agg.aggregator import RecordAggregator

aggregates, seed = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(seed)


def document(user):
    text = {"event_uuid": str(uuid.UUID(int=rng.getrandbits(128))), "user_id": user, "note": "ü" * rng.randrange(40)}
    return json.dumps(text, separators=(",", ":"), ensure_ascii=False)


for _ in range(aggregates):
    aggregator, users = RecordAggregator(), []
    for _ in range(rng.randrange(2, 40)):
        user = rng.randrange(1000)
        key, data = f"user-{user}", document(user)
        hash_key = str(rng.getrandbits(128)) if rng.random() < 0.5 else None
        aggregator.add_user_record(key, data, hash_key)
        users.append({"key": key, "data": data})
    key, hash_key, data = aggregator.clear_and_get().get_contents()
    print(json.dumps({"key": key, "hash_key": hash_key, "data": base64.b64encode(data).decode(), "users": users}))
