"""The tables of an outputs folder, arranged by article: the one place of the report that reads them.

Articles come newest first, those without a date last: the order in which the report shows them, so that a
page can show its first rows before it has all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import tables
from pipeline.schema import Claim, Document, Entity, Name, Reject, Segment

Record = TypeVar("Record")

ARTICLES_PER_BATCH = 256
"""Articles held as records at once: about 40 MB with their segments, entities and claims."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything the tables say about one article; ``number`` is its row in ``documents``."""

    number: int
    document: Document
    segments: list[Segment]
    entities: list[Entity]
    claims: list[Claim]
    first_claim: int
    """The first claim's place among the claims of all articles, in article order."""


class ByArticle(Generic[Record]):
    """One table in article order, rows of an article in their own order."""

    def __init__(self, table: pa.Table, doc_ids: pa.ChunkedArray, record: type[Record]) -> None:
        numbers = pc.index_in(table["doc_id"], value_set=doc_ids.combine_chunks())
        number = numbers.fill_null(-1).to_numpy()
        order = np.argsort(number, kind="stable")
        order = order[number[order] >= 0]
        self._table = table.take(pa.array(order)).combine_chunks()
        self._starts = np.searchsorted(number[order], np.arange(len(doc_ids) + 1))
        self._record = record

    def start(self, article: int) -> int:
        """The article's first row."""
        return int(self._starts[article])

    def of(self, first: int, last: int) -> list[list[Record]]:
        """The rows of the articles ``first`` to ``last``, exclusive, one list an article."""
        start, end = self.start(first), self.start(last)
        records = tables.to_records(self._table.slice(start, end - start), self._record)
        cuts = [self.start(article) - start for article in range(first, last + 1)]
        return [records[a:b] for a, b in itertools.pairwise(cuts)]

    def take(self, rows: list[int]) -> list[Record]:
        """The rows of those numbers, in the order given."""
        return tables.to_records(self._table.take(pa.array(rows, pa.int64())), self._record)


def _newest_first(documents: pa.Table) -> pa.Table:
    """The articles by the day of publication; those of one day in table order."""
    days = pc.cast(documents["published"], pa.date32(), safe=False)
    number = days.cast(pa.int32()).fill_null(np.iinfo(np.int32).min).to_numpy().astype(np.int64)
    return documents.take(pa.array(np.argsort(-number, kind="stable")))


class Rows:
    """The tables as the report needs them: all in memory as Arrow, a batch of articles at a time as records.

    Raises:
        tables.FolderError: a table is not there.
    """

    def __init__(self, outputs: Path) -> None:
        self._documents = _newest_first(tables.read(outputs, "documents"))
        doc_ids = self._documents["doc_id"]
        self._segments = ByArticle(tables.read(outputs, "segments"), doc_ids, Segment)
        self._entities = ByArticle(tables.read(outputs, "entities"), doc_ids, Entity)
        self.claims = ByArticle(tables.read(outputs, "claims"), doc_ids, Claim)
        self.names = {name.name_id: name for name in tables.read_records(outputs, "names", Name)}
        self.rejects = tables.read_records(outputs, "rejects", Reject)
        self.n_articles: int = self._documents.num_rows

    def documents(self) -> Iterator[Document]:
        """Every article's row, newest first."""
        for first in range(0, self.n_articles, ARTICLES_PER_BATCH):
            yield from tables.to_records(self._documents.slice(first, ARTICLES_PER_BATCH), Document)

    def claims_by_article(self) -> Iterator[list[Claim]]:
        """Every article's claims, newest article first."""
        for first in range(0, self.n_articles, ARTICLES_PER_BATCH):
            yield from self.claims.of(first, min(first + ARTICLES_PER_BATCH, self.n_articles))

    def articles(self) -> Iterator[Whole]:
        """Every article with all its rows, newest first."""
        for first in range(0, self.n_articles, ARTICLES_PER_BATCH):
            last = min(first + ARTICLES_PER_BATCH, self.n_articles)
            documents = tables.to_records(self._documents.slice(first, last - first), Document)
            parts = zip(
                documents,
                self._segments.of(first, last),
                self._entities.of(first, last),
                self.claims.of(first, last),
                strict=True,
            )
            for number, (document, segments, entities, claims) in enumerate(parts, first):
                yield Whole(number, document, segments, entities, claims, self.claims.start(number))
