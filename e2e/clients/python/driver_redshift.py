"""redshift_connector, AWS's own."""
import os
from urllib.parse import urlsplit

import redshift_connector

import driver_round


class Driver:
    name = "redshift_connector"

    def __init__(self):
        url = urlsplit(os.environ["LEAT_SQL_URL"])
        self.conn = redshift_connector.connect(host=url.hostname, port=url.port, database="dev", user="admin", password="any", ssl=False)
        self.conn.autocommit = True
        redshift_connector.paramstyle = "qmark"

    def run(self, sql, args=()):
        cursor = self.conn.cursor()
        cursor.paramstyle = "qmark"
        cursor.execute(sql, list(args) if args else None)
        return cursor.fetchall() if cursor.description else []

    def many(self, sql, rows):
        cursor = self.conn.cursor()
        cursor.paramstyle = "qmark"
        cursor.executemany(sql, rows)

    def begin(self):
        self.run("BEGIN")

    def commit(self):
        self.run("COMMIT")

    def rollback(self):
        self.run("ROLLBACK")

    def varbyte(self, value):  # the driver decodes it as UTF-8
        return value.encode().hex()

    def state(self, error):
        return error.args[0]["C"]

    def position(self, error):
        return int(error.args[0]["P"]) if "P" in error.args[0] else None


driver = Driver()
driver_round.go(driver)
cursor = driver.conn.cursor()
driver_round.expect([row[0] for row in cursor.get_catalogs()], ["dev"], "catalogs")
tables = [row[2] for row in cursor.get_tables(schema_pattern="public", types=["TABLE"])]
driver_round.expect("round_redshift_connector" in tables, True, "tables")
columns = [row[3] for row in cursor.get_columns(schema_pattern="public", tablename_pattern="round_redshift_connector_many")]
driver_round.expect(columns, ["i", "s"], "columns")
