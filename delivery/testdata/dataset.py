"""Reads a delivery stream's folder as one data set, as docs/lake.md says.

Usage: dataset.py FOLDER. Prints the schema, then the rows as JSON.
"""

import decimal
import json
import sys

import pyarrow as pa
import pyarrow.dataset as ds


def widest(types):
    """The type that holds the values of all of a column's files."""
    if len(types) == 1:
        return types.pop()
    if all(pa.types.is_integer(t) or pa.types.is_decimal(t) for t in types):
        scale = max(t.scale if pa.types.is_decimal(t) else 0 for t in types)
        return pa.decimal256(76, scale)
    return pa.string()


def open_lake(folder):
    found = ds.dataset(folder, format="parquet", partitioning="hive")
    types = {field.name: {field.type} for field in found.schema if field.name in found.partitioning.schema.names}
    for file in found.get_fragments():
        for field in file.physical_schema:
            types.setdefault(field.name, set()).add(field.type)
    schema = pa.schema([(name, widest(all)) for name, all in types.items()])
    return ds.dataset(folder, format="parquet", partitioning="hive", schema=schema)


def plain(value):
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f")
    return value


if __name__ == "__main__":
    table = open_lake(sys.argv[1]).to_table()
    print(json.dumps({field.name: str(field.type) for field in table.schema}))
    for row in table.to_pylist():
        print(json.dumps({name: plain(value) for name, value in row.items() if value is not None}, ensure_ascii=False, sort_keys=True))
