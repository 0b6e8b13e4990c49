"""What a run knows of every input and article while it is at work: SQLite tables in its work folder.

There may be millions of articles, and a rerun looks at all of them; nothing here grows in memory with them.
The file is of no use to a later run, so nothing of it is forced to disk: it is one transaction that never
ends, and what fits in the cache is never written at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.tables.merge import BundleSource, PartSource, Source
from pipeline.tables.spill import CACHE_KB, batches
from pipeline.tables.state import attach, make_indexes, make_tables

ROWS_AT_ONCE = 1024

TABLES = {
    # The inputs in the order of the walk. ``status``: new, changed or same; ``sha256`` as it is now, once the
    # input is read.
    "listing": "n INTEGER PRIMARY KEY, path TEXT, doc_id TEXT, size INTEGER, mtime_ns INTEGER, "
    "settled INTEGER, status TEXT, sha256 TEXT",
    # Every article that was read now or before, in any order. ``n``: its input. ``bundle`` and ``place``:
    # where its text waits; null where it was not read in this run.
    "found": "id INTEGER PRIMARY KEY, n INTEGER, number INTEGER, path TEXT, doc_id TEXT, n_chars INTEGER, "
    "raw_digest TEXT, site_key TEXT, line_keys BLOB, bundle TEXT, place INTEGER",
    # The same in the order of the inputs, without what a limit leaves out. ``is_first``: not a further
    # article with the id of an earlier one.
    "corpus": "row INTEGER PRIMARY KEY, n INTEGER, number INTEGER, path TEXT, doc_id TEXT, n_chars INTEGER, "
    "raw_digest TEXT, site_key TEXT, line_keys BLOB, bundle TEXT, place INTEGER, "
    "is_first INTEGER NOT NULL DEFAULT 1",
    # What each article's site repeats of its lines, and the digest of it where there is any.
    "repeated": "row INTEGER, key INTEGER, PRIMARY KEY (row, key)",
    "digests": "row INTEGER PRIMARY KEY, digest TEXT",
    # The first articles against what is known of them. ``part``: where its rows are; ``before``: digest of
    # the cleaned article that those were made from; ``moved``: they tell of another path. ``repeated``:
    # digest of the repeated lines. ``todo``: it has to be cleaned, and extracted where that gives another
    # text. ``elsewhere``: source of the rows that ``before`` speaks of, if not in ``part``. ``status``
    # (``Outcome``), ``repeated_made``, ``clean`` and ``source``: what became of it, once something has.
    "work": "row INTEGER PRIMARY KEY, part INTEGER, before TEXT, moved INTEGER, repeated TEXT, todo INTEGER, "
    "bundle TEXT, place INTEGER, n_chars INTEGER, elsewhere INTEGER, status TEXT, repeated_made TEXT, "
    "clean TEXT, source INTEGER",
    # Where every article's rows will be, and where they are now if made since; how many a part held before.
    "placed": "row INTEGER PRIMARY KEY, part INTEGER, source INTEGER",
    "counted": "part INTEGER PRIMARY KEY, n INTEGER",
    "sources": "id INTEGER PRIMARY KEY, path TEXT, number INTEGER",
    "rejects": "id INTEGER PRIMARY KEY, path TEXT, doc_id TEXT, reason TEXT, detail TEXT, number INTEGER",
}


class Ledger:
    """The tables of a run, and beside them those of the state it goes on from, as ``before``."""

    def __init__(self, path: Path, before: Path | None) -> None:
        path.unlink(missing_ok=True)
        self.db = sqlite3.connect(path.resolve().as_uri(), uri=True, isolation_level=None)
        for setting in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=FILE"):
            self.db.execute(f"PRAGMA {setting}")
        self.db.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        attach(self.db, "before", before)
        self.db.execute("BEGIN")
        for name, columns in TABLES.items():
            self.db.execute(f"CREATE TABLE main.{name} ({columns})")

    def do(self, query: str, *values: Any) -> None:
        """Change rows."""
        self.db.execute(query, values)

    def do_many(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """The same change with the values of every row."""
        self.db.executemany(query, rows)

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row; ``None`` where there is none."""
        row = self.db.execute(query, values).fetchone()
        return None if row is None else row[0]

    def rows(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows, fetched as they are asked for; the tables they come from may not change meanwhile."""
        return self.db.execute(query, values)

    def batches(self, query: str, *values: Any) -> Iterator[list[tuple[Any, ...]]]:
        """The same, some at a time."""
        return batches(self.db.execute(query, values), ROWS_AT_ONCE)

    def note_source(self, source: Source) -> int:
        """A number for a place where rows are."""
        part = source.number if isinstance(source, PartSource) else None
        path = source.outputs if isinstance(source, PartSource) else source.path
        query = "INSERT INTO sources (path, number) VALUES (?, ?)"
        return int(self.db.execute(query, (str(path), part)).lastrowid or 0)

    def source(self, number: int) -> Source:
        """The place with a number."""
        path, part = self.db.execute("SELECT path, number FROM sources WHERE id = ?", (number,)).fetchone()
        return BundleSource(Path(path)) if part is None else PartSource(Path(path), part)

    def save(self, path: Path, queries: Mapping[str, str]) -> None:
        """Write a state: the rows that each of its tables gets are what its query gives."""
        self.db.execute("COMMIT")
        self.db.execute("ATTACH ? AS after", (path.resolve().as_uri(),))
        for setting in ("journal_mode=OFF", "synchronous=OFF"):
            self.db.execute(f"PRAGMA after.{setting}")
        self.db.execute("BEGIN")
        make_tables(self.db, "after")
        for name, query in queries.items():
            self.db.execute(f"INSERT INTO after.{name} {query}")
        make_indexes(self.db, "after")
        self.db.execute("COMMIT")
        self.db.execute("DETACH after")
        self.db.execute("BEGIN")

    def close(self) -> None:
        """End; the file is of no further use."""
        self.db.close()
