// The round of the SQL port's drivers, for those of JavaScript: what is asked and
// expected is in ../drivers/round.json. A driver is an object with:
//   name                    of its tables
//   run(sql, args)          runs a statement, with parameters written as ?; rows as arrays
//   state(error)            the SQLSTATE; position(error): or undefined
//   cancel()                cancels what runs; optional
//   lists, queues           takes arrays; keeps statements back while a cursor is open
//   shown(value, type)      a value as text; optional
//   walk(sql, size)         rows from a cursor in the server, by size; optional
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const round = JSON.parse(readFileSync(new URL('../drivers/round.json', import.meta.url)))

// numbered writes ? as $1, $2, ….
export function numbered (sql) {
  let n = 0
  return sql.replace(/\?/g, () => '$' + ++n)
}

function shown (value) {
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return value.toString('hex')
  if (value !== null && typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

async function fails (driver, sql, want, position) {
  await assert.rejects(driver.run(sql), error => {
    assert.equal(driver.state(error), want, `SQLSTATE of ${sql}: ${error.message}`)
    if (position && driver.position(error)) assert.equal(Number(driver.position(error)), position, `position in ${sql}`)
    return true
  })
}

async function types (driver, t) {
  const cases = round.types
  await driver.run(`CREATE TABLE ${t} (n integer, ${cases.map((c, i) => `c${i} ${c.type}`).join(', ')})`)
  const texts = cases.map(c => c.text.repeat(c.times ?? 1))
  for (const [n, args] of [[1, texts], [2, texts.map(() => null)]]) {
    await driver.run(`INSERT INTO ${t} VALUES (${n}, ${cases.map(c => c.put).join(', ')})`, args)
  }
  const [row, nulls] = await driver.run(`SELECT ${cases.map((c, i) => `c${i}`).join(', ')} FROM ${t} ORDER BY n`)
  cases.forEach((c, i) => assert.equal((driver.shown ?? shown)(row[i], c.type), texts[i], c.type))
  assert.deepEqual(nulls, texts.map(() => null))
}

async function natives (driver, t) {
  await driver.run(`CREATE TABLE ${t}_natives (a integer, b float8, c boolean, d varchar(20), e timestamptz)`)
  const values = [-7, 0.1, true, "ż😀'\\", new Date('2001-02-03T04:05:06.789Z')]
  await driver.run(`INSERT INTO ${t}_natives VALUES (?, ?, ?, ?, ?)`, values)
  const [row] = await driver.run(`SELECT a, b, c, d, COUNT(*) FROM ${t}_natives WHERE e = ? GROUP BY 1, 2, 3, 4`, [values[4]])
  assert.deepEqual(row.map(String), ['-7', '0.1', 'true', values[3], '1'])
}

async function errors (driver, t) {
  for (const c of round.errors) {
    await fails(driver, c.sql.replace('{t}', t), c.state, c.position)
    assert.equal(Number((await driver.run('SELECT 1'))[0][0]), 1)
  }
}

const count = async (driver, from) => Number((await driver.run(`SELECT COUNT(*) FROM ${from}`))[0][0])

async function transactions (driver, t) {
  t += '_tx'
  await driver.run(`CREATE TABLE ${t} (i integer)`)
  for (const end of ['COMMIT', 'ROLLBACK']) {
    await driver.run('BEGIN')
    await driver.run(`INSERT INTO ${t} VALUES (?)`, [1])
    await driver.run(end)
    assert.equal(await count(driver, t), 1, end)
  }
  await driver.run('BEGIN')
  await driver.run(`INSERT INTO ${t} VALUES (1)`)
  await fails(driver, 'SELECT nosuchcolumn', '42703')
  await fails(driver, 'SELECT 1', '25P02')
  await driver.run('ROLLBACK')
  assert.equal(await count(driver, t), 1, 'rows of a failed transaction')
}

async function prepared (driver, t) {
  t += '_ddl'
  await driver.run(`CREATE TABLE ${t} (i integer)`)
  for (let i = 0; i < 7; i++) {
    await driver.run(`INSERT INTO ${t} (i) VALUES (?)`, [i], 'insert')
    if (i === 2 || i === 5) await driver.run(`ALTER TABLE ${t} ADD COLUMN x${i} varchar(5) DEFAULT 'd'`)
    assert.equal(Number((await driver.run(`SELECT COUNT(*) FROM ${t} WHERE i <= ?`, [i], 'select'))[0][0]), i + 1)
  }
}

async function lists (driver, t) {
  t += '_many'
  await driver.run(`CREATE TABLE ${t} (i integer, s varchar(10))`)
  await Promise.all(Array.from({ length: 100 }, (_, i) => driver.run(`INSERT INTO ${t} VALUES (?, ?)`, [i, 'row ' + i])))
  assert.equal(await count(driver, t), 100)
  if (!driver.lists) return
  assert.equal((await driver.run(`SELECT i FROM ${t} WHERE i = ANY(?)`, [[1, 5, 1000]])).length, 2)
  assert.equal((await driver.run(`SELECT i FROM ${t} WHERE s = ANY(?)`, [['row 7', 'a "b", \\ {c}', null]])).length, 1)
}

async function cursors (driver, t) {
  if (!driver.walk) return
  await driver.run('BEGIN')
  let seen = 0
  for await (const row of driver.walk(`SELECT i FROM ${t}_many ORDER BY i`, 7)) {
    assert.equal(Number(row[0]), seen++)
    if (seen % 30 === 0 && !driver.queues) assert.equal(await count(driver, `${t}_many WHERE i < ${seen}`), seen, 'beside a cursor')
  }
  assert.equal(seen, 100)
  for await (const row of driver.walk(`SELECT i FROM ${t}_many ORDER BY i`, 7)) { // closed midway
    if (Number(row[0]) === 10) break
  }
  assert.equal(await count(driver, `${t}_many`), 100)
  await driver.run('COMMIT')
}

async function cancels (driver, t) {
  const big = t + '_big'
  await driver.run(`CREATE TABLE ${big} (i integer)`)
  await driver.run(`INSERT INTO ${big} VALUES (1)`)
  for (let i = 0; i < 11; i++) await driver.run(`INSERT INTO ${big} SELECT i + 1 FROM ${big}`)
  const slow = round.slow.replaceAll('{big}', big)
  await driver.run('SET statement_timeout TO 200')
  await fails(driver, slow, '57014')
  await driver.run('SET statement_timeout TO 0')
  assert.equal(await count(driver, big), 2048)
  if (!driver.cancel) return
  // One that comes before the statement is lost: it is sent until it meets it.
  const timer = setInterval(() => driver.cancel(), 50)
  try {
    await fails(driver, slow, '57014')
  } finally {
    clearInterval(timer)
  }
  assert.equal(await count(driver, big), 2048)
}

export async function go (driver) {
  for (const step of [types, natives, errors, transactions, prepared, lists, cursors, cancels]) {
    await step(driver, 'round_' + driver.name)
    console.log(driver.name, step.name)
  }
}
