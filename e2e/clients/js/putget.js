// Records go in one by one and in a batch, and come out of every kind of
// iterator as they went in. The client speaks HTTP/2, as it does by default.
import assert from 'node:assert/strict'
import { Kinesis, waitUntilStreamExists } from '@aws-sdk/client-kinesis'

const kinesis = new Kinesis()
await kinesis.createStream({ StreamName: 'js', ShardCount: 1, Tags: { team: 'core' } })
await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60 }, { StreamName: 'js' })
const { Shards } = await kinesis.listShards({ StreamName: 'js' })
const ShardId = Shards[0].ShardId

const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
const first = await kinesis.putRecord({ StreamName: 'js', PartitionKey: 'schlüssel', Data: bytes })
assert.equal(first.ShardId, ShardId)
const between = new Date()
const batch = await kinesis.putRecords({
  StreamName: 'js',
  Records: Array.from({ length: 500 }, (_, i) => ({ PartitionKey: `k${i}`, Data: Buffer.from(`record ${i}`) })),
})
assert.equal(batch.FailedRecordCount, 0)
assert.equal(batch.Records.length, 500)
assert.ok(batch.Records.every((r, i, all) => i === 0 || r.SequenceNumber > all[i - 1].SequenceNumber))

async function read(start, limit) {
  let { ShardIterator } = await kinesis.getShardIterator({ StreamName: 'js', ShardId, ...start })
  const records = []
  for (;;) {
    const page = await kinesis.getRecords({ ShardIterator, Limit: limit })
    records.push(...page.Records)
    ShardIterator = page.NextShardIterator
    if (page.Records.length === 0 && page.MillisBehindLatest === 0) return records
  }
}

const all = await read({ ShardIteratorType: 'TRIM_HORIZON' }, 100)
assert.equal(all.length, 501)
assert.deepEqual(all[0].Data, bytes)
assert.equal(all[0].PartitionKey, 'schlüssel')
assert.equal(all[0].SequenceNumber, first.SequenceNumber)
assert.ok(Math.abs(all[0].ApproximateArrivalTimestamp - between) < 60_000, all[0].ApproximateArrivalTimestamp)
assert.equal(Buffer.from(all[500].Data).toString(), 'record 499')
const StartingSequenceNumber = batch.Records[0].SequenceNumber
assert.equal((await read({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber })).length, 500)
assert.equal((await read({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber })).length, 499)
assert.equal((await read({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(0) })).length, 501)
assert.equal((await read({ ShardIteratorType: 'LATEST' })).length, 0)
await kinesis.deleteStream({ StreamName: 'js' })
