"""The tables of an outputs folder, as any reader may use them: ``OUTPUTS/<table>/part-NNNNN.parquet``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.schema import TABLES, Sketch, arrow_schema
from pipeline.tables import parquet
from pipeline.tables.place import no_table, part_path, parts, private
from pipeline.tables.records import to_arrow, to_records

Record = TypeVar("Record")

RECORDS: dict[str, type] = {**TABLES, "sketches": Sketch}
"""The record of every table, those for readers and those for the next run (``place.INNER``)."""


def scan(outputs: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a table, a part at a time.

    Raises:
        FolderError: the table is not there.
    """
    files = parts(outputs, name)
    if not files:
        raise no_table(outputs, name)
    for path in files:
        yield parquet.read_part(path, columns)


def read(outputs: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A whole table.

    Raises:
        FolderError: the table is not there.
    """
    return pa.concat_tables(scan(outputs, name, columns))


def read_records(outputs: Path, name: str, record: type[Record]) -> list[Record]:
    """A whole table as records of ``record``, the class that ``schema.TABLES`` names for it."""
    return to_records(read(outputs, name), record)


def count(outputs: Path, name: str) -> int:
    """Rows of a table, from the footers alone; 0 where the table is not there."""
    return sum(parquet.n_rows(path) for path in parts(outputs, name))


def write(outputs: Path, name: str, records: Sequence[Any] | pa.Table) -> None:
    """Make ``records`` the whole content of one table, as the stage commands do."""
    table = records if isinstance(records, pa.Table) else to_arrow(records, TABLES[name])
    aside = private(outputs) / f"{name}.parquet"
    write_table(aside, name, [table])
    (outputs / name).mkdir(exist_ok=True)
    aside.replace(part_path(outputs, name, 0))
    for path in parts(outputs, name)[1:]:
        path.unlink()


def write_table(path: Path, name: str, pieces: Iterable[pa.Table]) -> int:
    """Write one part of table ``name`` at ``path``, which no reader lists; the number of rows."""
    rows_per_group = parquet.ROWS_PER_GROUP.get(name, parquet.DEFAULT_ROWS_PER_GROUP)
    return parquet.write_part(path, pieces, arrow_schema(RECORDS[name]), rows_per_group=rows_per_group)
