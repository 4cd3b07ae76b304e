"""The round that every driver of the SQL port goes: types, errors, cancels,
cursors, transactions, prepared statements, batches. What is asked and expected is
in ../drivers/round.json, shared with the drivers of other languages.

A driver is an object with:
  name          of its tables
  run(sql, args=())  runs a statement with parameters written as ?; returns rows
  many(sql, rows)    runs a statement for each row
  begin(), commit(), rollback()
  state(error)       the SQLSTATE of an exception; position(error): or None
  cancel()           cancels what run does in another thread; or None
  varbyte(value)     hexadecimal, if the driver gives something else
  walk(sql)          rows one by one from a cursor in the server; or None
"""
import datetime
import decimal
import json
import os
import threading

ROUND = json.load(open(os.path.join(os.path.dirname(__file__), "..", "drivers", "round.json")))


def shown(value, binary):
    """A value as text, whatever class the driver gives it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, memoryview, bytearray)):
        value = bytes(value)
        return value.hex() if binary else value.decode()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S") + (f".{value.microsecond:06}" if value.microsecond else "")
        return text + ("+00" if value.tzinfo and not value.utcoffset() else "")
    if isinstance(value, datetime.time):
        text = value.isoformat()
        return text.removesuffix(":00") if value.tzinfo else text
    return str(value)


def expect(got, want, what):
    if got != want:
        raise SystemExit(f"{what}: got {str(got)[:300]!r}, want {str(want)[:300]!r}")


def fails(driver, sql, want, position=None):
    try:
        driver.run(sql)
    except Exception as error:  # of any driver
        expect(driver.state(error), want, f"SQLSTATE of {sql}: {error}")
        if position and driver.position(error) is not None:
            expect(driver.position(error), position, f"position in {sql}")
        return
    raise SystemExit(f"{sql} succeeded")


def types(driver, t):
    cases = ROUND["types"]
    columns = ", ".join(f"c{i} {case['type']}" for i, case in enumerate(cases))
    driver.run(f"CREATE TABLE {t} (n integer, {columns})")
    texts = [case["text"] * case.get("times", 1) for case in cases]
    driver.run(f"INSERT INTO {t} VALUES (1, {', '.join(case['put'] for case in cases)})", texts)
    driver.run(f"INSERT INTO {t} VALUES (2, {', '.join(case['put'] for case in cases)})", [None] * len(cases))
    row, nulls = driver.run(f"SELECT {', '.join(f'c{i}' for i in range(len(cases)))} FROM {t} ORDER BY n")
    for case, text, value in zip(cases, texts, row):
        if case.get("bytes") and hasattr(driver, "varbyte"):
            value = driver.varbyte(value)
        expect(shown(value, case.get("bytes")), text, case["type"])
    expect(list(nulls), [None] * len(cases), "NULLs")


def natives(driver, t):
    """Values of the language's own classes, there and back."""
    values = [2**40, -7, 0.1, True, "ż😀", decimal.Decimal("12345678901234567890.1234"), datetime.date(2024, 2, 29),
              datetime.datetime(2001, 2, 3, 4, 5, 6, 789000)]
    driver.run(f"CREATE TABLE {t}_natives (a bigint, b integer, c float8, d boolean, e varchar(20), f numeric(38,4), g date, h timestamp)")
    driver.run(f"INSERT INTO {t}_natives VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    expect(list(driver.run(f"SELECT * FROM {t}_natives")[0]), values, "native values")
    expect(driver.run(f"SELECT COUNT(*) FROM {t}_natives WHERE a = ? AND e = ?", [2**40, "ż😀"])[0][0], 1, "a comparison with parameters")


def errors(driver, t):
    for case in ROUND["errors"]:
        fails(driver, case["sql"].format(t=t), case["state"], case.get("position"))
        expect(driver.run("SELECT 1")[0][0], 1, "the connection after an error")


def transactions(driver, t):
    t += "_tx"
    driver.run(f"CREATE TABLE {t} (i integer)")
    for end, want in (driver.commit, 1), (driver.rollback, 1):
        driver.begin()
        driver.run(f"INSERT INTO {t} VALUES (1)")
        end()
        expect(driver.run(f"SELECT COUNT(*) FROM {t}")[0][0], want, "rows after the end of a transaction")
    driver.begin()
    driver.run(f"INSERT INTO {t} VALUES (1)")
    fails(driver, "SELECT nosuchcolumn", "42703")
    fails(driver, "SELECT 1", "25P02")
    driver.rollback()
    expect(driver.run(f"SELECT COUNT(*) FROM {t}")[0][0], 1, "rows of a failed transaction")


def prepared(driver, t):
    """The same statement before and after its table changes."""
    t += "_ddl"
    driver.run(f"CREATE TABLE {t} (i integer)")
    for i in range(7):
        driver.run(f"INSERT INTO {t} (i) VALUES (?)", [i])
        if i in (2, 5):
            driver.run(f"ALTER TABLE {t} ADD COLUMN x{i} varchar(5) DEFAULT 'd'")
        expect(driver.run(f"SELECT COUNT(*) FROM {t} WHERE i <= ?", [i])[0][0], i + 1, "rows while the table changes")


def batches(driver, t):
    t += "_many"
    driver.run(f"CREATE TABLE {t} (i integer, s varchar(10))")
    driver.many(f"INSERT INTO {t} VALUES (?, ?)", [(i, f"row {i}") for i in range(100)])
    count, total = driver.run(f"SELECT COUNT(*), SUM(i) FROM {t}")[0]
    expect((count, total), (100, 4950), "a batch's rows")


def cursors(driver, t):
    """Rows from the server a few at a time, with statements in between."""
    if not hasattr(driver, "walk"):
        return
    driver.begin()
    seen = 0
    for row in driver.walk(f"SELECT i FROM {t}_many ORDER BY i"):
        expect(row[0], seen, "a row of the cursor")
        seen += 1
        if seen % 30 == 0:
            expect(driver.run(f"SELECT COUNT(*) FROM {t}_many WHERE i < ?", [seen])[0][0], seen, "a statement beside a cursor")
    expect(seen, 100, "rows of the cursor")
    walk = iter(driver.walk(f"SELECT i FROM {t}_many ORDER BY i"))
    expect([next(walk)[0] for _ in range(3)], [0, 1, 2], "the first rows of a cursor")
    walk.close()
    driver.run(f"SELECT COUNT(*) FROM {t}_many")
    driver.commit()


def cancels(driver, t):
    big = f"{t}_big"
    driver.run(f"CREATE TABLE {big} (i integer)")
    driver.run(f"INSERT INTO {big} VALUES (1)")
    for _ in range(11):
        driver.run(f"INSERT INTO {big} SELECT i + 1 FROM {big}")
    slow = ROUND["slow"].format(big=big)
    driver.run("SET statement_timeout TO 200")
    fails(driver, slow, "57014")
    driver.run("SET statement_timeout TO 0")
    expect(driver.run("SELECT 1")[0][0], 1, "the connection after a timeout")
    if not hasattr(driver, "cancel"):
        return
    ended = threading.Event()

    def cancel():  # until it meets the statement: one that comes too early is lost
        while not ended.wait(0.05):
            driver.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        fails(driver, slow, "57014")
    finally:
        ended.set()
        thread.join()
    expect(driver.run("SELECT 1")[0][0], 1, "the connection after a cancel")


def go(driver):
    t = "round_" + driver.name
    for step in types, natives, errors, transactions, prepared, batches, cursors, cancels:
        step(driver, t)
        print(driver.name, step.__name__, flush=True)
