"""asyncpg: everything in binary. Types that it does not know it looks up in the
catalog; Redshift's own then need a codec, which is told here as a program would."""
import asyncio
import os
import threading

import asyncpg

import driver_round


class Driver:
    name = "asyncpg"

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.conn = self.wait(asyncpg.connect(os.environ["LEAT_SQL_URL"], server_settings={"application_name": "round", "jit": "off"}))
        for name in "super", "varbyte":
            self.wait(self.conn.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str, format="text"))
        self.task = None

    def wait(self, work, patience=120):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(patience)

    def run(self, sql, args=()):
        for i in range(len(args)):
            sql = sql.replace("?", f"${i + 1}", 1)

        async def fetch():
            self.task = asyncio.current_task()
            try:
                return [tuple(row) for row in await self.conn.fetch(sql, *args)]
            except asyncio.CancelledError:
                raise Cancelled
            finally:
                self.task = None

        return self.wait(fetch())

    def many(self, sql, rows):
        self.wait(self.conn.executemany(sql.replace("?", "$1", 1).replace("?", "$2", 1), rows))

    def begin(self):
        self.run("BEGIN")

    def commit(self):
        self.run("COMMIT")

    def rollback(self):
        self.run("ROLLBACK")

    def state(self, error):
        return error.sqlstate

    def position(self, error):
        return error.position and int(error.position)

    def cancel(self):
        if task := self.task:
            self.loop.call_soon_threadsafe(task.cancel)

    def walk(self, sql):
        async def cursor():
            return await self.conn.cursor(sql)

        cursor = self.wait(cursor())
        while rows := self.wait(cursor.fetch(7)):
            yield from rows


class Cancelled(Exception):
    """asyncpg has asked the server to cancel, and says no more."""
    sqlstate = "57014"


driver = Driver()
driver_round.go(driver)
driver_round.expect(driver.run("SELECT i FROM round_asyncpg_many WHERE i = ANY($1) ORDER BY i", [[5, 7, 1000]]), [(5,), (7,)], "a list as parameter")
driver_round.expect(driver.run("SELECT COUNT(*) FROM round_asyncpg_many WHERE s = ANY($1)", [["row 1", "row 3", None]]), [(2,)], "a list of texts as parameter")
driver.wait(driver.conn.close())
