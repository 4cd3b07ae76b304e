// postgres.js: it describes every statement, sends several before the first answer,
// and cancels.
import postgres from 'postgres'
import { go, numbered } from './round.js'

const text = { to: 0, from: [20, 21, 23, 700, 701, 1700, 1082, 1114, 1184, 4000, 6551], parse: x => x }
const sql = postgres(process.env.LEAT_SQL_URL, { max: 1, types: { text }, onnotice () {}, fetch_types: false })
let running

const driver = {
  name: 'postgres_js',
  queues: true,
  async run (statement, args) {
    const query = sql.unsafe(numbered(statement), args?.map(v => v ?? null) ?? [], { prepare: args !== undefined })
    running = query
    return await query.values()
  },
  state: error => error.code,
  position: error => error.position,
  cancel () { running.cancel() },
  async * walk (statement, size) {
    for await (const rows of sql.unsafe(statement).cursor(size)) yield * rows.map(row => Object.values(row))
  }
}
await go(driver)
await sql.end()
