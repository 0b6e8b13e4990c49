"""Single Parquet files: written aside, checked, moved into place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = {"documents": 512, "segments": 8192}
"""Rows held in memory at once when a table is written or streamed, by width of its rows: a document's row
holds its text twice (about 10 kB), other rows are below 1 kB."""

DEFAULT_ROWS_PER_GROUP = 16_384

COMPRESSION = "zstd"
COMPRESSION_LEVEL = 3


def write_part(path: Path, pieces: Iterable[pa.Table], schema: pa.Schema, *, rows_per_group: int) -> int:
    """Write the pieces as one Parquet file and force it to disk; the number of rows.

    The file is complete or absent at ``path``: it is written under another name in the same folder first.
    No reader may look into that folder meanwhile (Polars lists hidden files too).
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    n_rows = 0
    try:
        with aside.open("wb") as file:
            with pq.ParquetWriter(
                file,
                schema,
                compression=COMPRESSION,
                compression_level=COMPRESSION_LEVEL,
                write_page_checksum=True,
            ) as writer:
                for piece in _regroup(pieces, schema, rows_per_group):
                    writer.write_table(piece, row_group_size=rows_per_group)
                    n_rows += piece.num_rows
            force(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return n_rows


def read_part(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """One whole file, its page checksums verified."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read(columns=None if columns is None else list(columns))


def read_between(path: Path, columns: Sequence[str], by: str, first: str, last: str) -> pa.Table:
    """The row groups of one file that may hold values of column ``by`` from ``first`` to ``last``."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        column = file.schema.names.index(by)
        groups = range(file.metadata.num_row_groups)
        wanted = [n for n in groups if _may_hold(file.metadata.row_group(n).column(column), first, last)]
        return file.read_row_groups(wanted, columns=list(columns))


def _may_hold(chunk: pq.ColumnChunkMetaData, first: str, last: str) -> bool:
    """By its least and greatest value, where the file tells; both orders are that of code points."""
    told = chunk.statistics
    return told is None or not told.has_min_max or (told.min <= last and told.max >= first)


def n_rows(path: Path) -> int:
    """Rows of a file, from its footer."""
    return int(pq.read_metadata(path).num_rows)


def force(handle: int) -> None:
    """Wait until what was written through the descriptor is on the disk."""
    os.fsync(handle)


def force_folder(folder: Path) -> None:
    """Make renames inside ``folder`` last through a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _regroup(pieces: Iterable[pa.Table], schema: pa.Schema, rows_per_group: int) -> Iterator[pa.Table]:
    """The same rows in tables of exactly ``rows_per_group``, so that a file does not show its history."""
    waiting: list[pa.Table] = []
    n_waiting = 0
    for piece in pieces:
        waiting.append(piece)
        n_waiting += piece.num_rows
        while n_waiting >= rows_per_group:
            table = pa.concat_tables(waiting)
            yield table.slice(0, rows_per_group).combine_chunks()
            waiting, n_waiting = [table.slice(rows_per_group)], n_waiting - rows_per_group
    rest = pa.concat_tables(waiting) if waiting else schema.empty_table()
    if rest.num_rows:
        yield rest.combine_chunks()
