"""The tables of an outputs folder, as any reader may use them: ``OUTPUTS/<table>/part-NNNNN.parquet``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.schema import TABLES, arrow_schema
from pipeline.tables import parquet
from pipeline.tables.records import to_arrow, to_records

Record = TypeVar("Record")


class FolderError(Exception):
    """An outputs folder cannot be used; the message names it and the way out."""


def part_path(outputs: Path, name: str, number: int) -> Path:
    """Where part ``number`` of a table lies."""
    return outputs / name / f"part-{number:05}.parquet"


def parts(outputs: Path, name: str) -> list[Path]:
    """The part files of a table, in row order; empty where there is no such table yet."""
    return sorted((outputs / name).glob("part-*.parquet"))


def scan(outputs: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a table, a part at a time.

    Raises:
        FolderError: the table is not there.
    """
    files = parts(outputs, name)
    if not files:
        raise FolderError(f"{outputs}: no table {name!r}; run `newsclaims extract INPUT -o {outputs}` first")
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


def private(outputs: Path) -> Path:
    """The folder for what is no table, inside the outputs folder so that moves out of it are atomic."""
    folder = outputs / ".newsclaims"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_table(path: Path, name: str, pieces: Iterable[pa.Table]) -> int:
    """Write one part of table ``name`` at ``path``, which no reader lists; the number of rows."""
    rows_per_group = parquet.ROWS_PER_GROUP.get(name, parquet.DEFAULT_ROWS_PER_GROUP)
    return parquet.write_part(path, pieces, arrow_schema(TABLES[name]), rows_per_group=rows_per_group)


def write_all(outputs: Path, records: Mapping[str, Sequence[Any]]) -> None:
    """``write`` for several tables."""
    for name, rows in records.items():
        write(outputs, name, rows)
