"""``docs/TABLES.md``: every table and column, from the record classes that define them.

``python -m pipeline.report.dictionary > docs/TABLES.md`` writes it anew; a test holds it to the classes.
"""

from __future__ import annotations

import dataclasses
import sys

import pyarrow as pa

from pipeline.schema import TABLES, arrow_schema

HEAD = """\
# The tables

<!-- Written from pipeline/schema.py by `python -m pipeline.report.dictionary > docs/TABLES.md`. -->

`make extract` writes one folder of Parquet files for each table. Any reader of Parquet reads them whole:
`pandas.read_parquet("outputs/claims")`, `duckdb.sql("from 'outputs/claims/*.parquet'")`,
`polars.read_parquet("outputs/claims")`; `pipeline.load("outputs")` gives all of them as pandas frames.

- Every `start` and `end` is a half-open range of Unicode code points in `documents.text`:
  `text[start:end]` equals the string stored beside it, always.
- What is absent is null, never an empty string. Only the columns marked "may be null" can be.
- Times are UTC.
- Columns may be added; none is dropped or given another meaning.
"""

TYPES = {
    pa.string(): "text",
    pa.int64(): "integer",
    pa.bool_(): "true or false",
    pa.float64(): "number",
    pa.timestamp("us", tz="UTC"): "time",
    pa.date32(): "date",
}


def tables_page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *(_table(name, record) for name, record in TABLES.items())])


def _table(name: str, record: type) -> str:
    said = (record.__doc__ or "").strip()
    lines = [f"## {name}", "", said, "", "| column | type | meaning |", "| --- | --- | --- |"]
    for each in dataclasses.fields(record):
        column = arrow_schema(record).field(each.name)
        absent = ", may be null" if column.nullable else ""
        lines.append(f"| `{each.name}` | {_type(column.type)}{absent} | {each.metadata['meaning']} |")
    return "\n".join([*lines, ""])


def _type(data_type: pa.DataType) -> str:
    if pa.types.is_list(data_type):
        return f"list of {_type(data_type.value_type)}"
    if pa.types.is_struct(data_type):
        return "{" + ", ".join(field.name for field in data_type) + "}"
    return TYPES[data_type]


if __name__ == "__main__":
    sys.stdout.write(tables_page())
