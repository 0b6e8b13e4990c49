"""The work that is handed to a process: reading some inputs, or extracting some articles.

Each task knows how to be cut into the smallest ones, and what to say when even such a one cannot be done.
Texts travel by file (``tables.bundle``), so that what crosses between processes stays small.
"""

from __future__ import annotations

import sys
import uuid
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.read.kinds import Input
from pipeline.read.stream import copied, version
from pipeline.run.listing import FoundInput
from pipeline.run.stages import (
    Clock,
    Extracted,
    NotReadyError,
    Stages,
    clean_all,
    digest,
    extract_all,
    internal,
    keys_digest,
    raw_digest,
)
from pipeline.schema import Article, Claim, Document, Entity, RawArticle, Reject, Segment, Sketch
from pipeline.tables import to_arrow, to_records
from pipeline.tables.bundle import read_bundle, write_bundle
from pipeline.tables.merge import BundleSource, Source
from pipeline.tables.state import RejectState

BATCH_CHARS = 200_000
"""Code points of text that are read, annotated and written together: some seconds of work, some MB."""

BATCH_ARTICLES = 64

ROWS: dict[str, type] = {
    "documents": Document,
    "segments": Segment,
    "entities": Entity,
    "claims": Claim,
    "sketches": Sketch,
}
"""The tables that are made article by article."""


class Task(Protocol):
    """What an executor runs."""

    attempt: int

    @property
    def n_chars(self) -> int:
        """How much text, for the time it may take."""

    def prepare(self, stages: Stages) -> None:
        """Make ready what it needs; that takes none of its time.

        Raises:
            NotReadyError: the stages cannot work at all.
        """

    def run(self, stages: Stages) -> Any:
        """Do it; the report must be small and picklable."""

    def split(self) -> Sequence[Task]:
        """The same work in the smallest pieces, counted as a further attempt."""

    def give_up(self, reason: str, detail: str) -> Any:
        """The report for a smallest piece that cannot be done."""


class ReadArticle(NamedTuple):
    """One article of an input, and where its text waits."""

    n: int
    """Its input's number in the listing."""
    number: int
    """Its place among the articles of its input."""
    path: str
    doc_id: str
    n_chars: int
    raw_digest: str
    site_key: str | None
    line_keys: bytes
    bundle: str
    place: int


@dataclass(slots=True)
class Survey:
    """What was read of some inputs."""

    inputs: list[tuple[int, str, int]]
    """Size, digest of the content and number of each."""
    articles: list[ReadArticle]
    rejects: list[RejectState]


PARTLY_READ = -1
"""Size in the state of an input of which something is still to be read, so that the next run reads it."""


@dataclass(slots=True)
class ReadTask:
    """Read some inputs, keep their texts in bundles under ``folder``."""

    inputs: tuple[FoundInput, ...]
    folder: Path
    max_articles: int | None = None
    attempt: int = 0

    @property
    def n_chars(self) -> int:
        return sum(each.size for each in self.inputs)

    def prepare(self, stages: Stages) -> None:
        """Reading needs nothing."""

    def run(self, stages: Stages) -> Survey:
        reader = _Reader(self.folder, self.max_articles)
        for each in self.inputs:
            reader.read(each, stages)
        return reader.survey()

    def split(self) -> list[ReadTask]:
        return [replace(self, inputs=(each,), attempt=self.attempt + 1) for each in self.inputs]

    def give_up(self, reason: str, detail: str) -> Survey:
        reader = _Reader(self.folder, self.max_articles)
        for each in self.inputs:
            reader.note(each, "", each.size)
            reader.reject(each, None, reason, detail)
        return reader.survey()


class _Reader:
    """Reads inputs one after another and puts their texts by, in bundles."""

    def __init__(self, folder: Path, max_articles: int | None) -> None:
        self.folder, self.max_articles = folder, max_articles
        self.found = Survey([], [], [])
        self.waiting: list[RawArticle] = []
        self.bundle = uuid.uuid4().hex
        self.n_chars = 0

    def read(self, source: FoundInput, stages: Stages) -> None:
        """The input's articles, all of the version that its digest tells of, whoever writes to it."""
        path, found = source.source.path, self.found
        n_articles, n_rejects, was = len(found.articles), len(found.rejects), version(path)
        self._read(source, source.source, stages)
        if version(path) == was:
            return
        del found.inputs[-1], found.articles[n_articles:], found.rejects[n_rejects:]
        try:
            with copied(path) as copy:
                self._read(source, replace(source.source, path=copy), stages)
        except OSError as error:
            self.note(source, "", source.size)
            self.reject(source, source.source.doc_id, "unreadable", error.strerror or str(error))

    def _read(self, source: FoundInput, where: Input, stages: Stages) -> None:
        sha256, size = "", source.size
        for number, item in enumerate(stages.read(where)):
            if self.max_articles is not None and number >= self.max_articles:
                size = PARTLY_READ
                break
            if isinstance(item, Reject):
                self.reject(source, item.doc_id, item.reason, item.detail)
            else:
                sha256 = item.sha256
                self._add(source, number, item, stages)
        self.note(source, sha256, size)

    def note(self, found: FoundInput, sha256: str, size: int) -> None:
        self.found.inputs.append((size, sha256, found.number))

    def reject(self, source: FoundInput, doc_id: str | None, reason: str, detail: str | None) -> None:
        self.found.rejects.append(RejectState(source.path, doc_id, reason, detail, None))

    def survey(self) -> Survey:
        self._flush()
        return self.found

    def _add(self, source: FoundInput, number: int, raw: RawArticle, stages: Stages) -> None:
        size = len(raw.text) + len(raw.html or "")
        if self.waiting and (self.n_chars + size > BATCH_CHARS or len(self.waiting) == BATCH_ARTICLES):
            self._flush()
        keys = array("q", sorted(set(stages.line_keys(raw))))
        if sys.byteorder == "big":
            keys.byteswap()
        article = ReadArticle(
            n=source.number,
            number=number,
            path=source.path,
            doc_id=raw.doc_id,
            n_chars=len(raw.text),
            raw_digest=raw_digest(raw),
            site_key=raw.site_key,
            line_keys=keys.tobytes(),
            bundle=self.bundle,
            place=len(self.waiting),
        )
        self.found.articles.append(article)
        self.waiting.append(raw)
        self.n_chars += size

    def _flush(self) -> None:
        if self.waiting:
            write_bundle(self.folder / self.bundle, {"raw": to_arrow(self.waiting, RawArticle)})
        self.waiting, self.n_chars, self.bundle = [], 0, uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Wanted:
    """One article of a bundle that is to be extracted."""

    row: int
    doc_id: str
    path: str
    number: int
    n_chars: int
    raw_digest: str
    repeated: tuple[int, ...]
    before: str
    """Digest of the cleaned article whose rows there are already; empty for none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article."""

    doc_id: str
    raw_digest: str
    repeated_digest: str
    clean_digest: str
    status: str
    """``made``, ``same`` (as the rows there are already) or ``rejected``."""
    n_words: int


@dataclass(slots=True)
class Made:
    """What was made of some articles, and where the rows are."""

    source: Source
    outcomes: pa.Table
    rejects: pa.Table
    seconds: dict[str, float] = field(default_factory=dict)

    def only(self, which: Sequence[bool]) -> Made:
        """The same without the outcomes that are not wanted."""
        outcomes = self.outcomes.filter(pa.array(which, pa.bool_()))
        wanted = pc.is_in(self.rejects["doc_id"], value_set=outcomes["doc_id"].combine_chunks())
        return Made(self.source, outcomes, self.rejects.filter(wanted), self.seconds)


@dataclass(slots=True)
class ExtractTask:
    """Clean and extract articles of one raw bundle; rows go to a bundle under ``target``."""

    bundle: Path
    target: Path
    wanted: tuple[Wanted, ...]
    attempt: int = 0

    @property
    def n_chars(self) -> int:
        return sum(each.n_chars for each in self.wanted)

    def prepare(self, stages: Stages) -> None:
        try:
            stages.prepare()
        except Exception as error:
            raise NotReadyError(error) from error

    def run(self, stages: Stages) -> Made:
        clock = Clock()
        batch = _Batch(self.wanted)
        raws = to_records(clock.timed("load", read_bundle, self.bundle, "raw"), RawArticle)
        articles = list(batch.cleaned(raws, stages, clock))
        for found in batch.extracted(articles, stages, clock):
            batch.rows.append(found)
        return batch.save(self.target, clock)

    def split(self) -> list[ExtractTask]:
        return [replace(self, wanted=(each,), attempt=self.attempt + 1) for each in self.wanted]

    def give_up(self, reason: str, detail: str) -> Made:
        batch = _Batch(self.wanted)
        for each in self.wanted:
            batch.reject(each, reason, detail)
        return batch.save(self.target, Clock())


class _Batch:
    """Some articles on their way through the stages."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self.wanted = {each.doc_id: each for each in wanted}
        self.outcomes: dict[str, Outcome] = {}
        self.rejects: list[RejectState] = []
        self.rows: list[Extracted] = []
        self.raws: dict[str, RawArticle] = {}

    def settle(self, wanted: Wanted, status: str, clean_digest: str = "") -> None:
        self.outcomes[wanted.doc_id] = Outcome(
            doc_id=wanted.doc_id,
            raw_digest=wanted.raw_digest,
            repeated_digest=keys_digest(wanted.repeated),
            clean_digest=clean_digest,
            status=status,
            n_words=0,
        )

    def reject(self, wanted: Wanted, reason: str, detail: str | None) -> None:
        self.rejects.append(RejectState(wanted.path, wanted.doc_id, reason, detail, wanted.number))
        self.settle(wanted, "rejected")

    def cleaned(self, raws: Sequence[RawArticle], stages: Stages, clock: Clock) -> Iterator[Article]:
        """The articles that have to be extracted."""
        wanted_raws = [raws[wanted.row] for wanted in self.wanted.values()]
        repeated = [frozenset(wanted.repeated) for wanted in self.wanted.values()]
        articles = clock.timed("clean", clean_all, stages, wanted_raws, repeated)
        for wanted, raw, article in zip(self.wanted.values(), wanted_raws, articles, strict=True):
            self.raws[wanted.doc_id] = raw
            if isinstance(article, Reject):
                self.reject(wanted, article.reason, article.detail)
            elif (clean_digest := digest(article)) == wanted.before:
                self.settle(wanted, "same", clean_digest)
            else:
                self.settle(wanted, "made", clean_digest)
                yield article

    def extracted(self, articles: Sequence[Article], stages: Stages, clock: Clock) -> Iterator[Extracted]:
        """What is in the articles; one in which a stage fails becomes a reject."""
        try:
            yield from list(extract_all(stages, articles, clock))
        except Exception:
            for article in articles:
                yield from self._alone(article, stages, clock)

    def _alone(self, article: Article, stages: Stages, clock: Clock) -> list[Extracted]:
        try:
            return list(extract_all(stages, [article], clock))
        except Exception:
            reject = internal(self.raws[article.document.doc_id])
            self.reject(self.wanted[article.document.doc_id], reject.reason, reject.detail)
            return []

    def save(self, target: Path, clock: Clock) -> Made:
        for found in self.rows:
            document = found.article.document
            was = self.outcomes[document.doc_id]
            self.outcomes[document.doc_id] = replace(was, n_words=document.n_words)
        name = uuid.uuid4().hex
        tables = {
            "outcomes": to_arrow(list(self.outcomes.values()), Outcome),
            "rejects": to_arrow(self.rejects, RejectState),
            "documents": to_arrow([each.article.document for each in self.rows], Document),
            "segments": to_arrow([row for each in self.rows for row in each.article.segments], Segment),
            "entities": to_arrow([row for each in self.rows for row in each.entities], Entity),
            "claims": to_arrow([row for each in self.rows for row in each.claims], Claim),
            "sketches": to_arrow(
                [Sketch(each.article.document.doc_id, each.sketch) for each in self.rows], Sketch
            ),
        }
        write_bundle(target / name, tables)
        return Made(BundleSource(target / name), tables["outcomes"], tables["rejects"], dict(clock.seconds))


def load_made(path: Path) -> Made:
    """The report of a bundle that an earlier run left."""
    return Made(BundleSource(path), read_bundle(path, "outcomes"), read_bundle(path, "rejects"))
