// node-postgres, with pg-cursor.
import pg from 'pg'
import Cursor from 'pg-cursor'
import { go, numbered } from './round.js'

// Every value as the text that came.
const types = { getTypeParser: oid => oid === 16 ? text => text === 't' : text => text }
const config = { connectionString: process.env.LEAT_SQL_URL, types }
const client = new pg.Client(config)
await client.connect()

const driver = {
  name: 'pg',
  lists: true,
  queues: true, // statements behind an open cursor
  async run (sql, args, name) {
    const result = await client.query({ text: args ? numbered(sql) : sql, values: args, rowMode: 'array', name })
    return result.rows
  },
  state: error => error.code,
  position: error => error.position,
  async * walk (sql, size) {
    const cursor = client.query(new Cursor(sql, [], { rowMode: 'array', types }))
    try {
      for (let rows = await cursor.read(size); rows.length > 0; rows = await cursor.read(size)) yield * rows
    } finally {
      await cursor.close()
    }
  }
}
await go(driver)
const bytes = await client.query('SELECT TO_HEX($1::varbyte)', [Buffer.from([0, 255, 92, 39])])
if (bytes.rows[0].to_hex !== '00ff5c27') throw new Error(`bytes came as ${JSON.stringify(bytes.rows)}`)
await client.end()
