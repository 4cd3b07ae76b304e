"""SQLAlchemy with sqlalchemy-redshift, over redshift_connector and psycopg2: what it
asks the catalog, and statements of its own making."""
import datetime
import os
from urllib.parse import urlsplit

import sqlalchemy as sa

from driver_round import expect

url = urlsplit(os.environ["LEAT_SQL_URL"])
for driver, arguments in ("redshift_connector", {"ssl": False}), ("psycopg2", {"sslmode": "prefer"}):
    engine = sa.create_engine(f"redshift+{driver}://admin:any@{url.hostname}:{url.port}/dev", connect_args=arguments)
    name = f"sqlalchemy_{driver}"
    metadata = sa.MetaData()
    table = sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("name", sa.String(40)),
                     sa.Column("price", sa.Numeric(12, 2)), sa.Column("day", sa.Date))
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": i, "name": f"ż'\\ {i}", "price": i, "day": datetime.date(2024, 2, 29)} for i in range(3)])
        connection.execute(sa.text(f"CREATE VIEW {name}_view AS SELECT id FROM {name}"))
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_([1, 2])).order_by(table.c.id)).all()
        expect(rows, [(1, "ż'\\ 1"), (2, "ż'\\ 2")], "rows")
        try:
            connection.execute(sa.text("SELECT nosuchcolumn"))
        except sa.exc.ProgrammingError:
            connection.rollback()
        expect(connection.execute(sa.text("SELECT 1")).scalar(), 1, "the connection after an error")
        inspector = sa.inspect(connection)
        expect("public" in inspector.get_schema_names(), True, "schemas")
        expect(name in inspector.get_table_names(), True, "tables")
        expect(f"{name}_view" in inspector.get_view_names(), True, "views")
        expect((inspector.has_table(name), inspector.has_table("nosuchtable")), (True, False), "has_table")
        expect([(c["name"], str(c["type"])) for c in inspector.get_columns(name)],
               [("id", "INTEGER"), ("name", "VARCHAR(40)"), ("price", "NUMERIC(12, 2)"), ("day", "DATE")], "columns")
        expect(inspector.get_foreign_keys(name), [], "foreign keys")
        inspector.get_pk_constraint(name)
        expect("SELECT" in inspector.get_view_definition(f"{name}_view").upper(), True, "the view's definition")
    reflected = sa.Table(name, sa.MetaData(), autoload_with=engine)
    expect(list(reflected.columns.keys()), ["id", "name", "price", "day"], "a reflected table")
    engine.dispose()
    print(driver, flush=True)
