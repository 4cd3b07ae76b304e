// A DynamoDB for the Kinesis Client Library to keep its leases in: dynalite, in
// memory, on a free port of loopback. It prints its address, and ends when its
// standard input does, so that it never outlives the test.
import dynalite from 'dynalite'

// A client that is killed in the middle of a request ends that request only.
// dynalite throws it.
process.on('uncaughtException', (error) => {
  if (error.code !== 'ECONNRESET') throw error
})

const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, maxItemSizeKb: 400 })
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
process.stdin.on('end', () => process.exit(0)).resume()
