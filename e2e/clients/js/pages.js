// Lists come in pages, which the client's paginators follow.
import assert from 'node:assert/strict'
import { Kinesis, paginateListStreamConsumers, paginateListStreams } from '@aws-sdk/client-kinesis'

const kinesis = new Kinesis()
const names = Array.from({ length: 7 }, (_, i) => `pages-${i}`)
await Promise.all(names.map((StreamName) => kinesis.createStream({ StreamName, ShardCount: 3 })))
const seen = []
for await (const page of paginateListStreams({ client: kinesis, pageSize: 2 }, {})) {
  assert.ok(page.StreamNames.length <= 2)
  seen.push(...page.StreamNames.filter((name) => name.startsWith('pages-')))
}
assert.deepEqual(seen, names)

const shards = []
for (let NextToken; ;) {
  const page = await kinesis.listShards(NextToken ? { NextToken, MaxResults: 2 } : { StreamName: 'pages-0', MaxResults: 2 })
  shards.push(...page.Shards.map((shard) => shard.ShardId))
  if (!(NextToken = page.NextToken)) break
}
assert.deepEqual(shards, ['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000002'])

const { StreamDescriptionSummary: summary } = await kinesis.describeStreamSummary({ StreamName: 'pages-0' })
const consumers = ['a', 'b', 'c']
for (const ConsumerName of consumers) {
  await kinesis.registerStreamConsumer({ StreamARN: summary.StreamARN, ConsumerName })
}
const registered = []
for await (const page of paginateListStreamConsumers({ client: kinesis, pageSize: 2 }, { StreamARN: summary.StreamARN })) {
  registered.push(...page.Consumers.map((consumer) => consumer.ConsumerName))
}
assert.deepEqual(registered, consumers)
await Promise.all(names.map((StreamName) => kinesis.deleteStream({ StreamName, EnforceConsumerDeletion: true })))
