"""psycopg2: parameters written into the text. Its named cursors are DECLARE,
which this server refuses by name."""
import os
import re

import psycopg2

import driver_round


class Driver:
    name = "psycopg2"

    def __init__(self):
        self.conn = psycopg2.connect(os.environ["LEAT_SQL_URL"])
        self.conn.autocommit = True

    def run(self, sql, args=()):
        with self.conn.cursor() as cursor:
            cursor.execute(sql.replace("?", "%s") if args else sql, args or None)
            return cursor.fetchall() if cursor.description else []

    def many(self, sql, rows):
        with self.conn.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), rows)

    def begin(self):
        self.run("BEGIN")

    def commit(self):
        self.run("COMMIT")

    def rollback(self):
        self.run("ROLLBACK")

    def state(self, error):
        return error.pgcode

    def position(self, error):
        return error.diag.statement_position and int(error.diag.statement_position)

    def cancel(self):
        self.conn.cancel()


driver = Driver()
driver_round.go(driver)

# Bytes come as a literal of its own form: '\x…'::bytea.
driver.run("CREATE TABLE round_psycopg2_bytes (v varbyte(10))")
driver.run("INSERT INTO round_psycopg2_bytes VALUES (?)", [psycopg2.Binary(b"\x00\xff\\'")])
driver_round.expect(driver.run("SELECT TO_HEX(v) FROM round_psycopg2_bytes")[0][0], "00ff5c27", "bytes")
driver_round.expect(driver.run("SELECT 2 = ANY(?)", [[1, 2]])[0][0], True, "a list as parameter")
driver_round.expect(driver.run("SELECT 'c' = ANY(?)", [["a", "b"]])[0][0], False, "a list of texts as parameter")
