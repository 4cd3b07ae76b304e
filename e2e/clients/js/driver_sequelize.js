// Sequelize over node-postgres: its own queries at connect, models, transactions.
import assert from 'node:assert/strict'
import { DataTypes, QueryTypes, Sequelize } from 'sequelize'
import { go } from './round.js'

const sequelize = new Sequelize(process.env.LEAT_SQL_URL, { dialect: 'postgres', logging: false, pool: { max: 1 } })
await sequelize.authenticate()

await go({
  name: 'sequelize',
  shown,
  async run (sql, args) {
    const select = sql.startsWith('SELECT')
    const options = select ? { type: QueryTypes.SELECT } : { raw: true }
    const result = await sequelize.query(sql, { ...options, replacements: args })
    return select ? result.map(row => Object.values(row)) : []
  },
  state: error => error.original.code,
  position: error => error.original.position
})

// Sequelize's classes as the server prints them.
function shown (value, type) {
  if (!(value instanceof Date)) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  const text = value.toISOString().replace('T', ' ').replace('Z', '')
  return { date: text.slice(0, 10), timestamp: text + '999', timestamptz: text.slice(0, -4) + '+00' }[type]
}

const Item = sequelize.define('Item', {
  id: { type: DataTypes.INTEGER, primaryKey: true }, name: DataTypes.STRING, price: DataTypes.DECIMAL(10, 2)
}, { tableName: 'sequelize_items', timestamps: false })
await sequelize.query('CREATE TABLE sequelize_items (id integer, name varchar(255), price decimal(10, 2))')
await Item.bulkCreate([{ id: 1, name: "ż'\\", price: '1.10' }, { id: 2, name: null, price: '2.20' }], { returning: false })
const found = await Item.findAll({ where: { id: [1, 2] }, order: ['id'], raw: true })
assert.deepEqual(found, [{ id: 1, name: "ż'\\", price: '1.10' }, { id: 2, name: null, price: '2.20' }])
await assert.rejects(sequelize.transaction(async transaction => {
  await Item.update({ name: 'x' }, { where: { id: 1 }, transaction, returning: false })
  throw new Error('as asked')
}), /as asked/)
assert.equal((await Item.findOne({ where: { id: 1 }, raw: true })).name, "ż'\\")
await sequelize.close()
