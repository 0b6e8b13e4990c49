"""Shares of a run: each made on its own, anywhere, and put together by the run over the whole corpus.

A share is an ordinary run over some of the inputs, into a folder below the outputs folder. The run that puts
them together is an ordinary one too: it finds most of the work done already. It learns from the whole corpus
what sites repeat, which a share cannot know, and cleans again where that makes a difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run.listing import Listing
from pipeline.run.tasks import Made, Outcome
from pipeline.schema import arrow_schema
from pipeline.tables.merge import PartSource
from pipeline.tables.place import private
from pipeline.tables.settings import Settings
from pipeline.tables.state import NO_PART, State, StateError, read_state
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
            numbers = set(state.articles["part"].to_pylist()) - lost - {NO_PART}
            yield from (_part(folder, state, number) for number in sorted(numbers))


def _part(folder: Path, state: State, number: int) -> Made:
    articles = state.articles.filter(pc.equal(state.articles["part"], number))
    n = articles.num_rows
    columns = {name: articles[name] for name in ("doc_id", "raw_digest", "repeated_digest", "clean_digest")}
    columns["status"] = pa.array(["made" if number >= 0 else "rejected"] * n, pa.string())
    columns |= dict.fromkeys(("n_words", "n_claims"), pa.array([0] * n, pa.int64()))
    rejects = state.rejects.filter(pc.is_valid(state.rejects["number"]))
    mine = pc.is_in(rejects["doc_id"], value_set=articles["doc_id"].combine_chunks())
    table = pa.table(columns, schema=arrow_schema(Outcome))
    return Made(PartSource(folder, number), table, rejects.filter(mine))
