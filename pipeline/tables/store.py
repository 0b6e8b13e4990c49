"""Replacing the tables of an outputs folder at once.

New files are written beside the tables, then a journal that lists the moves, then the moves are made. A run
killed before the journal is complete has changed nothing; one killed after it is finished by the next run.
A part file is replaced by one move, so a reader has it whole, from before or after; every article stays in
its part for as long as it lives, so that no reader meets it twice or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from pipeline.schema import TABLES
from pipeline.tables import parquet
from pipeline.tables.folder import RECORDS, write_table
from pipeline.tables.place import journal_path, part_path, parts, private, table_path
from pipeline.tables.state import PartFile, State, write_state


class Commit:
    """The next content of an outputs folder, until ``finish`` makes it the present one."""

    def __init__(self, outputs: Path) -> None:
        self.outputs = outputs
        self.folder = private(outputs) / "next"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.moves: dict[Path, Path] = {}
        self.files: list[PartFile] = []

    def write(self, name: str, number: int, pieces: Iterable[pa.Table]) -> None:
        """Replace part ``number`` of table ``name`` by the rows of ``pieces``."""
        target = part_path(self.outputs, name, number)
        aside = self.folder / f"{name}-{target.name}"
        rows = write_table(aside, name, pieces)
        stat = aside.stat()
        digest = parquet.file_digest(aside)
        self.files.append(PartFile(name, number, rows, stat.st_size, stat.st_mtime_ns, digest))
        self.moves[aside] = target

    def keep(self, file: PartFile) -> None:
        """Leave a part as it is."""
        self.files.append(file)

    def finish(self, state: State, n_inputs: int) -> None:
        """Make the files that were written or kept, and no others, the tables of the folder."""
        counts = {"inputs": n_inputs} | dict.fromkeys(TABLES, 0)
        for file in self.files:
            if file.table in TABLES:
                counts[file.table] += file.rows
        moves = self.moves | write_state(self.outputs, state, counts, self.folder)
        kept = {part_path(self.outputs, file.table, file.number) for file in self.files} | set(moves.values())
        present = [path for name in RECORDS for path in parts(self.outputs, name)]
        present += (private(self.outputs) / "state").glob("*")
        unlinks = [path for path in present if path not in kept]
        _write_journal(self.outputs, moves, unlinks)
        recover(self.outputs)


def _write_journal(outputs: Path, moves: Mapping[Path, Path], unlinks: Iterable[Path]) -> None:
    """Say what is to be done, relative to the folder so that it may be moved meanwhile."""

    def relative(path: Path) -> str:
        return path.relative_to(outputs).as_posix()

    plan = {
        "moves": [[relative(aside), relative(target)] for aside, target in moves.items()],
        "unlinks": [relative(path) for path in unlinks],
    }
    journal = journal_path(outputs)
    aside = journal.with_suffix(".part")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(plan, file)
        file.flush()
        parquet.force(file.fileno())
    aside.replace(journal)
    parquet.force_folder(journal.parent)


def recover(outputs: Path) -> bool:
    """Make the moves that the journal lists, if there is one; whether there was.

    May be interrupted and repeated at any point.
    """
    journal = journal_path(outputs)
    if not journal.exists():
        return False
    plan = json.loads(journal.read_text(encoding="utf-8"))
    for aside, target in plan["moves"]:
        _move(outputs / aside, outputs / target)
    for path in plan["unlinks"]:
        (outputs / path).unlink(missing_ok=True)
    for name in RECORDS:
        if table_path(outputs, name).is_dir():
            parquet.force_folder(table_path(outputs, name))
    parquet.force_folder(outputs)
    journal.unlink()
    return True


def _move(aside: Path, target: Path, tries: int = 50) -> None:
    """Move a file into place; on Windows a reader can hold the old one open for a moment."""
    if not aside.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(tries - 1):
        try:
            aside.replace(target)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.1)
        else:
            return
    aside.replace(target)


def damaged(outputs: Path, files: Iterable[PartFile]) -> list[PartFile]:
    """Those of the files that are gone or no longer hold what was written.

    A file of the recorded size and time of change is taken as whole (its page checksums are verified when
    it is read); any other is read and compared.
    """
    return [file for file in files if not _is_whole(part_path(outputs, file.table, file.number), file)]


def _is_whole(path: Path, file: PartFile) -> bool:
    try:
        stat = path.stat()
        if stat.st_size != file.size:
            return False
        return stat.st_mtime_ns == file.mtime_ns or parquet.file_digest(path) == file.sha256
    except OSError:
        return False
