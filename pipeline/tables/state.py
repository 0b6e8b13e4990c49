"""What an outputs folder knows of its own making: ``manifest.json`` and the state of each input.

The manifest is small and for people: versions, digests, tables and their files. The state of the inputs and
of their articles (a few hundred bytes an article) is an SQLite file that it names by its digest: a run looks
up in it what it needs and holds none of it in memory.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.tables import parquet
from pipeline.tables.place import manifest_path, part_path, private
from pipeline.tables.settings import Settings

FORMAT = 3
"""Raised when files of an earlier version can no longer be read; such a folder is made anew."""

NO_PART = -1
"""Part of an article that was not extracted: the second one of its id, or one whose rows were lost."""

REJECTED_PART = -2
"""Part of an article that became a reject."""

COLUMNS = {
    # One input file as it was when it was read. ``doc_id``: its path below the input folder, from which its
    # articles have theirs. ``settled``: the time of change lies safely before the run, so that the same size
    # and time mean the same bytes.
    "inputs": "path TEXT, doc_id TEXT, size INTEGER, mtime_ns INTEGER, settled INTEGER, sha256 TEXT",
    # One article of an input: what it was made from, and where its rows are. ``number``: its place among the
    # articles of its input. ``raw_digest``: of everything that was read of it. ``line_keys``: hashes of its
    # lines (8 bytes each), from which the corpus learns what a site repeats. ``repeated_digest``: of those of
    # its lines that were taken as repeated when it was cleaned. ``clean_digest``: of the cleaned article.
    "articles": "doc_id TEXT, path TEXT, number INTEGER, n_chars INTEGER, raw_digest TEXT, site_key TEXT, "
    "line_keys BLOB, repeated_digest TEXT, clean_digest TEXT, part INTEGER",
    # A row of ``rejects``; ``number``: the article's place in its input, null where the input or one of its
    # records could not be read.
    "rejects": "path TEXT, doc_id TEXT, reason TEXT, detail TEXT, number INTEGER",
}
"""The tables of the state."""

INDEXES = (
    ("inputs", "path"),
    ("articles", "path"),
    ("articles", "doc_id"),
    ("rejects", "path"),
    ("rejects", "doc_id"),
)


@dataclass(frozen=True, slots=True)
class RejectState:
    """A row of ``rejects``, and whether it came from reading the input or from one article."""

    path: str
    doc_id: str | None
    reason: str
    detail: str | None
    number: int | None
    """The article's place in its input; null where the input or one of its records could not be read."""


@dataclass(frozen=True, slots=True)
class PartFile:
    """One file of a table."""

    table: str
    number: int
    rows: int
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class State:
    """Everything a rerun has to know."""

    settings: Settings
    path: Path | None
    """The SQLite file with the tables of ``COLUMNS``; ``None`` for empty ones."""
    files: tuple[PartFile, ...]


class StateError(Exception):
    """The manifest or the state beside it cannot be used; the tables have to be made anew."""


def no_state(settings: Settings) -> State:
    """The state of an empty folder."""
    return State(settings, None, ())


def read_state(outputs: Path) -> State | None:
    """The folder's state, or None where no run has ended there.

    Raises:
        StateError: there is one, but it cannot be used.
    """
    path = manifest_path(outputs)
    if not path.exists():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise StateError(f"{path}: written by another version")
        named = manifest["state"]["ledger"]
        ledger = outputs / named["file"]
        if parquet.file_digest(ledger) != named["sha256"]:
            raise StateError(f"{ledger}: changed since it was written")
        files = tuple(PartFile(**each) for each in manifest["files"])
        return State(Settings(**manifest["settings"]), ledger, files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(f"{path}: cannot be used: {error}") from error


def files_of(outputs: Path) -> list[Path]:
    """The files of the folder's state and of its tables, as the manifest names them."""
    manifest = json.loads(manifest_path(outputs).read_text(encoding="utf-8"))
    states = [outputs / each["file"] for each in manifest["state"].values()]
    return states + [part_path(outputs, each["table"], each["number"]) for each in manifest["files"]]


def attach(db: sqlite3.Connection, name: str, path: Path | None) -> None:
    """Make the tables of a state readable as ``name.inputs`` and so on; empty ones where there is no path."""
    if path is None:
        db.execute(f"ATTACH ':memory:' AS {name}")
        make_tables(db, name)
    else:
        db.execute(f"ATTACH ? AS {name}", (f"{path.resolve().as_uri()}?mode=ro&immutable=1",))


def make_tables(db: sqlite3.Connection, name: str) -> None:
    """Empty tables of a state in the attached database ``name``."""
    for table, columns in COLUMNS.items():
        db.execute(f"CREATE TABLE {name}.{table} ({columns})")


def make_indexes(db: sqlite3.Connection, name: str) -> None:
    """What rows are looked up by; made once the tables are full."""
    for table, column in INDEXES:
        db.execute(f"CREATE INDEX {name}.{table}_{column} ON {table} ({column})")


def write_state(outputs: Path, state: State, counts: dict[str, Any], folder: Path) -> dict[Path, Path]:
    """Write the manifest into ``folder``, beside the state's own file; where each is to be moved.

    ``counts`` are figures for people to find in the manifest.
    """
    if state.path is None:
        raise ValueError("a state without a file")
    with state.path.open("r+b") as ledger:
        parquet.force(ledger.fileno())
    digest = parquet.file_digest(state.path)
    target = private(outputs) / "state" / f"ledger-{digest[:16]}.sqlite"
    manifest = {
        "format": FORMAT,
        "counts": counts,
        "settings": dataclasses.asdict(state.settings),
        "state": {"ledger": {"file": target.relative_to(outputs).as_posix(), "sha256": digest}},
        "files": [dataclasses.asdict(each) for each in state.files],
    }
    aside = folder / "manifest.json"
    with aside.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")
        file.flush()
        parquet.force(file.fileno())
    return {state.path: target, aside: manifest_path(outputs)}
