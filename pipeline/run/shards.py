"""Shares of a run: each made on its own, anywhere, and put together by the run over the whole corpus.

A share is an ordinary run over some of the inputs, into a folder below the outputs folder. The run that puts
them together is an ordinary one too: it finds most of the work done already. It learns from the whole corpus
what sites repeat, which a share cannot know, and cleans again where that makes a difference.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import operator
import sqlite3
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.run.listing import Listing
from pipeline.run.tasks import Made, Outcome
from pipeline.tables import to_arrow
from pipeline.tables.merge import PartSource
from pipeline.tables.place import private
from pipeline.tables.settings import Settings
from pipeline.tables.state import NO_PART, REJECTED_PART, RejectState, StateError, attach, read_state
from pipeline.tables.store import damaged

FOLDER = "shards"


@dataclass(frozen=True, slots=True)
class Share:
    """The ``index``-th of ``total`` shares of the inputs, counted from 1."""

    index: int
    total: int

    def of(self, listing: Listing) -> Listing:
        """The inputs of the share, by a digest of their path: it does not matter what else there is."""
        return listing.only(self._has)

    def _has(self, path: str) -> bool:
        number = int.from_bytes(hashlib.blake2b(path.encode(), digest_size=8).digest(), "big")
        return number % self.total == self.index - 1


def remember_inputs(folder: Path, inputs: Sequence[Path]) -> None:
    """Note beside a share what it is a share of, for ``merge``."""
    (private(folder) / "inputs.json").write_text(json.dumps([str(path) for path in inputs]), encoding="utf-8")


def remembered_inputs(outputs: Path) -> list[Path]:
    """What the shares of ``outputs`` are shares of; empty where there are none."""
    paths: set[str] = set()
    for note in (private(outputs) / FOLDER).glob("*/.newsclaims/inputs.json"):
        paths.update(json.loads(note.read_text(encoding="utf-8")))
    return [Path(path) for path in sorted(paths)]


def made(outputs: Path, settings: Settings) -> Iterator[Made]:
    """What the shares have made with the same settings, part by part."""
    for folder in sorted((private(outputs) / FOLDER).glob("*-of-*")):
        try:
            state = read_state(folder)
        except StateError:
            continue
        if state is not None and not settings.changes(state.settings):
            lost = {file.number for file in damaged(folder, state.files)}
            with contextlib.closing(sqlite3.connect(":memory:", uri=True)) as db:
                attach(db, "share", state.path)
                yield from _parts(folder, db, lost)


def _parts(folder: Path, db: sqlite3.Connection, lost: Container[int]) -> Iterator[Made]:
    """What the parts of a share hold, but for those lost; its articles are gone through once for all."""
    query = (
        "SELECT doc_id, raw_digest, repeated_digest, clean_digest, "
        "CASE part WHEN ? THEN 'rejected' ELSE 'made' END, 0, part "
        "FROM share.articles WHERE part <> ? ORDER BY part, rowid"
    )
    articles = db.execute(query, (REJECTED_PART, NO_PART))
    for number, rows in itertools.groupby(articles, operator.itemgetter(-1)):
        if number in lost:
            continue
        outcomes = to_arrow([Outcome(*each[:-1]) for each in rows], Outcome)
        rejects = to_arrow(_rejects(db) if number == REJECTED_PART else [], RejectState)
        yield Made(PartSource(folder, number), outcomes, rejects)


def _rejects(db: sqlite3.Connection) -> list[RejectState]:
    """Those of the articles that no stage would have."""
    query = (
        "SELECT path, doc_id, reason, detail, number FROM share.rejects WHERE number IS NOT NULL "
        "AND reason <> 'duplicate_id' AND doc_id IN (SELECT doc_id FROM share.articles WHERE part = ?)"
    )
    return [RejectState(*each) for each in db.execute(query, (REJECTED_PART,))]
