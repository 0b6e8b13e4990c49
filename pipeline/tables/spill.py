"""What is too much for memory, for as long as it is worked on: temporary files that nobody else sees."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

CACHE_KB = 4096
"""Of a database's pages in memory, and at most as much again for a sort."""

ROWS_AT_ONCE = 1 << 17
"""Rows looked at together, where there are not more than ``MAX_FILES`` times as many."""

MAX_FILES = 256

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd constant (the golden ratio's 64 bits) that spreads a number over the bits of another."""

Rows = NDArray[np.void]


def scratch() -> sqlite3.Connection:
    """An empty database in a temporary file, which is gone when it is closed."""
    db = sqlite3.connect("", isolation_level=None)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", f"cache_size=-{CACHE_KB}"):
        db.execute(f"PRAGMA {setting}")
    db.execute("BEGIN")  # never ended: what fits in the cache is never written
    return db


def batches(cursor: sqlite3.Cursor, n: int = 1024) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a cursor, some at a time."""
    while rows := cursor.fetchmany(n):
        yield rows


def parted(pieces: Iterable[Rows], by: str, n_rows: float) -> Iterator[Rows]:
    """The same rows in other pieces: equal ones together, of a size that does not grow with ``n_rows``.

    Args:
        pieces: rows of one type, in any order.
        by: the column, of unsigned integers of 64 bits, by which rows are equal.
        n_rows: about how many rows there are.
    """
    n_files = int(min(MAX_FILES, n_rows // ROWS_AT_ONCE + 1))
    if n_files == 1:
        if held := list(pieces):
            yield np.concatenate(held)
        return
    with contextlib.ExitStack() as stack:
        files: list[IO[Any]] = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(n_files)]
        for rows in pieces:
            number = (rows[by] * MIX >> np.uint64(32)) % np.uint64(n_files)
            for each in np.unique(number).tolist():
                files[each].write(rows[number == each].tobytes())
            dtype = rows.dtype
        for file in files:
            if file.tell():
                file.seek(0)
                yield np.frombuffer(file.read(), dtype=dtype)
