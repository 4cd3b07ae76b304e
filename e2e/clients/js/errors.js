// Errors are exceptions of their own types, with the service's words.
import assert from 'node:assert/strict'
import {
  ExpiredIteratorException, InvalidArgumentException, Kinesis, ResourceInUseException, ResourceNotFoundException,
} from '@aws-sdk/client-kinesis'

const kinesis = new Kinesis()
const refused = (call, type, message) => assert.rejects(call, (error) => {
  assert.ok(error instanceof type, `${error}`)
  assert.equal(error.$fault, 'client')
  assert.ok(error.$metadata.requestId)
  assert.match(error.message, message)
  return true
})

await kinesis.createStream({ StreamName: 'js-errors', ShardCount: 1 })
await refused(kinesis.createStream({ StreamName: 'js-errors', ShardCount: 1 }), ResourceInUseException, /js-errors/)
await refused(kinesis.describeStreamSummary({ StreamName: 'nowhere' }), ResourceNotFoundException, /Stream nowhere under account 000000000000 not found/)
await refused(kinesis.getRecords({ ShardIterator: 'x' }), InvalidArgumentException, /./)
const { ShardIterator } = await kinesis.getShardIterator({ StreamName: 'js-errors', ShardId: 'shardId-000000000000', ShardIteratorType: 'LATEST' })
await kinesis.deleteStream({ StreamName: 'js-errors' })
await refused(kinesis.getRecords({ ShardIterator }), ResourceNotFoundException, /js-errors/)
await kinesis.createStream({ StreamName: 'js-errors', ShardCount: 1 })
await refused(kinesis.getRecords({ ShardIterator }), ExpiredIteratorException, /./)
await assert.rejects(kinesis.putRecord({ StreamName: 'js-errors', PartitionKey: '', Data: Buffer.from('x') }), { name: 'ValidationException' })
await kinesis.deleteStream({ StreamName: 'js-errors' })
