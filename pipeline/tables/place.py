"""Where everything lies in an outputs folder, and what is said of one that cannot be used.

Imports nothing of weight: a run that finds nothing new needs no more of the tables than this.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path


class FolderError(Exception):
    """An outputs folder cannot be used; the message names it and the way out."""


def no_table(outputs: Path, name: str) -> FolderError:
    """That there is nothing to read, and how to get it."""
    if not outputs.is_dir():
        return FolderError(f"{outputs}: no such folder; give the outputs of `newsclaims extract`")
    target = shlex.quote(str(outputs))
    return FolderError(f"{outputs}: no table {name!r}; run `newsclaims extract INPUT -o {target}` first")


INNER = frozenset({"sketches"})
"""Tables that no reader needs: they lie where the state lies."""


def _named(outputs: Path) -> Path:
    """The folder itself, if Arrow and SQLite can open what lies in it."""
    name = os.fsencode(outputs)
    try:
        name.decode()
    except UnicodeDecodeError as error:
        shown = name.decode("utf-8", "backslashreplace")
        why = "a name that is no UTF-8 is none that Parquet files can lie under; give another folder"
        raise FolderError(f"{shown}: {why}") from error
    return outputs


def private(outputs: Path) -> Path:
    """The folder for what is no table, inside the outputs folder so that moves out of it are atomic.

    Raises:
        FolderError: Arrow and SQLite could not open what lies in it.
    """
    folder = _named(outputs) / ".newsclaims"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def table_path(outputs: Path, name: str) -> Path:
    """The folder of a table."""
    return (_named(outputs) / ".newsclaims" if name in INNER else _named(outputs)) / name


def part_path(outputs: Path, name: str, number: int) -> Path:
    """Where part ``number`` of a table lies."""
    return table_path(outputs, name) / f"part-{number:05}.parquet"


def parts(outputs: Path, name: str) -> list[Path]:
    """The part files of a table, in row order; empty where there is no such table yet."""
    return sorted(table_path(outputs, name).glob("part-*.parquet"))


def share_path(outputs: Path, index: int, total: int) -> Path:
    """The outputs folder of one share of a run."""
    return outputs / ".newsclaims" / "shards" / f"{index}-of-{total}"


def manifest_path(outputs: Path) -> Path:
    """The file that says what the folder was made from; there once a run has ended."""
    return outputs / "manifest.json"


def journal_path(outputs: Path) -> Path:
    """The moves of a commit, while they are made."""
    return outputs / ".newsclaims" / "commit.json"


def owner_path(outputs: Path) -> Path:
    """Who is at work in the folder, or was when it was killed."""
    return outputs / ".newsclaims" / "owner.json"
