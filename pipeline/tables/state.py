"""What an outputs folder knows of its own making: ``manifest.json`` and the state of each input.

The manifest is small and for people: versions, digests, tables and their files. The state of the inputs and
of their articles (a few hundred bytes an article) lies in Parquet files that it names by their digest.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.schema import arrow_schema
from pipeline.tables import parquet
from pipeline.tables.place import manifest_path, part_path, private
from pipeline.tables.settings import Settings

FORMAT = 2
"""Raised when files of an earlier version can no longer be read; such a folder is made anew."""

NO_PART = -1
"""Part of an article that was not extracted: the second one of its id, or one whose rows were lost."""

REJECTED_PART = -2
"""Part of an article that became a reject."""


@dataclass(frozen=True, slots=True)
class InputState:
    """One input file as it was when it was read."""

    path: str
    doc_id: str
    """Its path below the input folder, from which its articles have theirs."""
    size: int
    mtime_ns: int
    settled: bool
    """The time of change lies safely before the run: the same size and time mean the same bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class ArticleState:
    """One article of an input: what it was made from, and where its rows are."""

    doc_id: str
    path: str
    number: int
    """Its place among the articles of its input."""
    n_chars: int
    raw_digest: str
    """Of everything that was read of it."""
    site_key: str | None
    line_keys: tuple[int, ...]
    """Hashes of its lines, from which the corpus learns what a site repeats."""
    repeated_digest: str
    """Of those of its lines that were taken as repeated when it was cleaned."""
    clean_digest: str
    """Of the cleaned article."""
    part: int


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


STATES: dict[str, type] = {"inputs": InputState, "articles": ArticleState, "rejects": RejectState}


@dataclass(frozen=True, slots=True)
class State:
    """Everything a rerun has to know."""

    settings: Settings
    inputs: pa.Table
    articles: pa.Table
    rejects: pa.Table
    files: tuple[PartFile, ...]


class StateError(Exception):
    """The manifest or a state file cannot be used; the tables have to be made anew."""


def no_state(settings: Settings) -> State:
    """The state of an empty folder."""
    tables = {name: arrow_schema(record).empty_table() for name, record in STATES.items()}
    return State(settings, **tables, files=())


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
        tables = {
            name: _read_table(outputs, manifest["state"][name], record) for name, record in STATES.items()
        }
        files = tuple(PartFile(**each) for each in manifest["files"])
        return State(Settings(**manifest["settings"]), **tables, files=files)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise StateError(f"{path}: cannot be used: {error}") from error


def files_of(outputs: Path) -> list[Path]:
    """The files of the folder's state and of its tables, as the manifest names them."""
    manifest = json.loads(manifest_path(outputs).read_text(encoding="utf-8"))
    states = [outputs / each["file"] for each in manifest["state"].values()]
    return states + [part_path(outputs, each["table"], each["number"]) for each in manifest["files"]]


def _read_table(outputs: Path, named: dict[str, str], record: type) -> pa.Table:
    path = outputs / named["file"]
    if parquet.file_digest(path) != named["sha256"]:
        raise StateError(f"{path}: changed since it was written")
    table = parquet.read_part(path)
    if not table.schema.equals(arrow_schema(record)):
        raise StateError(f"{path}: written by another version")
    return table


def write_state(outputs: Path, state: State, counts: dict[str, Any], folder: Path) -> dict[Path, Path]:
    """Write manifest and state files into ``folder``; where each is to be moved.

    ``counts`` are figures for people to find in the manifest.
    """
    moves, named = {}, {}
    for name, record in STATES.items():
        aside = folder / f"state-{name}.parquet"
        parquet.write_part(aside, [getattr(state, name)], arrow_schema(record), rows_per_group=65_536)
        digest = parquet.file_digest(aside)
        target = private(outputs) / "state" / f"{name}-{digest[:16]}.parquet"
        moves[aside] = target
        named[name] = {"file": target.relative_to(outputs).as_posix(), "sha256": digest}
    manifest = {
        "format": FORMAT,
        "counts": counts,
        "settings": dataclasses.asdict(state.settings),
        "state": named,
        "files": [dataclasses.asdict(each) for each in state.files],
    }
    aside = folder / "manifest.json"
    with aside.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")
        file.flush()
        parquet.force(file.fileno())
    return moves | {aside: manifest_path(outputs)}
