"""psycopg 3: parameters apart from the text, in text and in binary; prepared
statements; pipelines. Its server-side cursors are DECLARE, which this server
refuses by name."""
import os

import psycopg

import driver_round


class Driver:
    name = "psycopg3"

    def __init__(self):
        self.conn = psycopg.connect(os.environ["LEAT_SQL_URL"], autocommit=True, prepare_threshold=2)

    def run(self, sql, args=(), **how):
        with self.conn.cursor(**how) as cursor:
            cursor.execute(sql.replace("?", "%s") if args else sql, args or None)
            return cursor.fetchall() if cursor.description else []

    def many(self, sql, rows):  # in a pipeline
        with self.conn.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), rows)

    def begin(self):
        self.run("BEGIN")

    def commit(self):
        self.run("COMMIT")

    def rollback(self):
        self.run("ROLLBACK")

    def state(self, error):
        return error.sqlstate

    def position(self, error):
        return error.diag.statement_position and int(error.diag.statement_position)

    def cancel(self):
        self.conn.cancel()


driver = Driver()
driver_round.go(driver)
expect = driver_round.expect

# Lists, in both formats.
for mark in "%s", "%b", "%t":
    for value, values, want in (2, [1, 2], True), ("c", ["a", "b"], False), ("a,b\"\\", ["a,b\"\\", None], True), (1.5, [1.5], True):
        with driver.conn.cursor() as cursor:
            cursor.execute(f"SELECT {mark} = ANY({mark})", [value, values])
            expect(cursor.fetchone()[0], want, f"{value!r} = ANY({values!r}) as {mark}")

# An error in a pipeline ends what was sent with it; the connection goes on.
try:
    with driver.conn.pipeline():
        driver.conn.execute("INSERT INTO round_psycopg3_many VALUES (1000, 'x')")
        driver.conn.execute("SELECT nosuchcolumn")
        driver.conn.execute("INSERT INTO round_psycopg3_many VALUES (1001, 'x')")
except psycopg.errors.UndefinedColumn:
    pass
else:
    raise SystemExit("a pipeline with an error succeeded")
expect(driver.run("SELECT COUNT(*) FROM round_psycopg3_many WHERE i >= 1000")[0][0], 0, "rows of a pipeline that failed")

# Binary results, and bytes.
expect(driver.run("SELECT c1, c3, c12, c13, c14 FROM round_psycopg3 WHERE n = 1", binary=True)[0],
       driver.run("SELECT c1, c3, c12, c13, c14 FROM round_psycopg3 WHERE n = 1")[0], "binary results")
driver.run("CREATE TABLE round_psycopg3_bytes (v varbyte(10))")
driver.run("INSERT INTO round_psycopg3_bytes VALUES (?)", [b"\x00\xff\\'"])
expect(driver.run("SELECT TO_HEX(v) FROM round_psycopg3_bytes")[0][0], "00ff5c27", "bytes")
