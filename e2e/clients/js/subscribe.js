// An enhanced fan-out consumer gets records pushed, as they come, and goes on
// where its last event left off.
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { Kinesis, ResourceInUseException, waitUntilStreamExists } from '@aws-sdk/client-kinesis'

const kinesis = new Kinesis()
const StreamName = 'js-fanout'
const ShardId = 'shardId-000000000000'
await kinesis.createStream({ StreamName, ShardCount: 1 })
await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60 }, { StreamName })
const { StreamDescriptionSummary: { StreamARN } } = await kinesis.describeStreamSummary({ StreamName })

async function register(ConsumerName) {
  const { Consumer: { ConsumerARN } } = await kinesis.registerStreamConsumer({ StreamARN, ConsumerName })
  while ((await kinesis.describeStreamConsumer({ ConsumerARN })).ConsumerDescription.ConsumerStatus !== 'ACTIVE') await setTimeout(50)
  return ConsumerARN
}

// subscribe tries again: Kinesis refuses a second subscription in the first five
// seconds of one.
async function subscribe(request) {
  for (;;) {
    try {
      return await kinesis.subscribeToShard(request)
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error
      await setTimeout(200)
    }
  }
}

// read subscribes and reads until it has as many records as it wants; thenPut is
// called when the subscription is there.
async function read(ConsumerARN, StartingPosition, wanted, thenPut = () => {}) {
  const { EventStream } = await subscribe({ ConsumerARN, ShardId, StartingPosition })
  await thenPut()
  const texts = []
  for await (const { SubscribeToShardEvent: event } of EventStream) {
    assert.equal(typeof event.MillisBehindLatest, 'number')
    texts.push(...event.Records.map((record) => Buffer.from(record.Data).toString()))
    if (texts.length >= wanted) return { texts, continuation: event.ContinuationSequenceNumber }
  }
  assert.fail('the subscription ended')
}

const put = (...texts) => async () => {
  for (const text of texts) await kinesis.putRecord({ StreamName, PartitionKey: 'k', Data: Buffer.from(text) })
}
const reader = await register('reader')
const first = await read(reader, { Type: 'LATEST' }, 3, put('a', 'b', 'c'))
assert.deepEqual(first.texts, ['a', 'b', 'c'])
await put('d', 'e')()
const next = await read(reader, { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: first.continuation }, 3, put('f'))
assert.deepEqual(next.texts, ['d', 'e', 'f'])
const all = await read(await register('other'), { Type: 'TRIM_HORIZON' }, 6)
assert.deepEqual(all.texts, ['a', 'b', 'c', 'd', 'e', 'f'])
await kinesis.deleteStream({ StreamName, EnforceConsumerDeletion: true })
process.exit(0) // connections that are still open do not keep the program
