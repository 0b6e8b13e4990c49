"""Questions to the tables, answered a batch at a time: no table is loaded whole."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.schema import TABLES, arrow_schema
from pipeline.tables.place import no_table, parts

BATCH_ROWS = 1024

TEXT_COLUMNS = {
    "documents": ("title", "body"),
    "segments": ("text",),
    "entities": ("text", "name"),
    "claims": ("content",),
    "names": ("name",),
    "rejects": ("path", "detail"),
}
"""Where ``Query.grep`` looks."""

RELATED_COLUMNS = ("claim_id", "supports_claim_id", "source", "cue_class", "content")

SOURCE_COLUMNS = ("source", "source_name", "antecedent")
"""Where ``Query.source`` looks: as written, who it is, and what "he" or "one" stands for."""


@dataclass(frozen=True, slots=True)
class Query:
    """What rows are asked for; every condition that is given must hold. Text is compared without case."""

    source: str | None = None
    doc: str | None = None
    grep: str | None = None
    anonymous: bool = False
    classes: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def is_for_claims(self) -> bool:
        """Whether it asks for what only claims have."""
        return bool(self.source or self.anonymous or self.classes)


def find_rows(outputs: Path, name: str, query: Query) -> Iterator[dict[str, Any]]:
    """The rows of a table that answer the query, as dictionaries, in the order of the table.

    Raises:
        FolderError: the table is not there.
    """
    dataset = open_table(outputs, name)
    where = _all(_conditions(outputs, name, query))
    for batch in dataset.to_batches(filter=where, batch_size=BATCH_ROWS):
        yield from batch.to_pylist()


def open_table(outputs: Path, name: str) -> ds.Dataset:
    """A table as a dataset, whose rows are read when they are asked for.

    Raises:
        FolderError: the table is not there.
    """
    files = [str(path) for path in parts(outputs, name)]
    if not files:
        raise no_table(outputs, name)
    return ds.dataset(files, schema=arrow_schema(TABLES[name]), format="parquet")


def find_documents(
    outputs: Path, doc_ids: Iterable[str], columns: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Some columns of some documents, by ``doc_id``; empty where there is no such table."""
    if not parts(outputs, "documents"):
        return {}
    where = pc.field("doc_id").isin(pa.array(sorted(set(doc_ids)), pa.string()))
    table = open_table(outputs, "documents").to_table(columns=["doc_id", *columns], filter=where)
    return {row["doc_id"]: row for row in table.to_pylist()}


def find_related(outputs: Path, claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The claims that confirm or deny one of ``claims``, and those that one of them confirms or denies."""
    ids = pa.array([claim["claim_id"] for claim in claims], pa.string())
    supported = [claim["supports_claim_id"] for claim in claims if claim["supports_claim_id"]]
    by_others = pc.field("supports_claim_id").isin(ids)
    where = by_others | pc.field("claim_id").isin(pa.array(supported, pa.string()))
    table = open_table(outputs, "claims").to_table(columns=list(RELATED_COLUMNS), filter=where)
    return list(table.to_pylist())


def similar_ids(outputs: Path, doc_id: str, limit: int = 5) -> list[str]:
    """Documents with an id that holds ``doc_id``."""
    where = pc.match_substring(pc.field("doc_id"), doc_id, ignore_case=True)
    found = open_table(outputs, "documents").head(limit, columns=["doc_id"], filter=where)
    return [str(each) for each in found["doc_id"].to_pylist()]


def _conditions(outputs: Path, name: str, query: Query) -> Iterator[Any]:
    if query.doc is not None:
        yield pc.field("doc_id") == query.doc
    if query.grep is not None:
        yield _any(_holds(column, query.grep) for column in TEXT_COLUMNS[name])
    if query.source is not None:
        held = [_holds(column, query.source) for column in SOURCE_COLUMNS]
        yield _any([*held, pc.field("source_name_id").isin(_named(outputs, query.source))])
    if query.anonymous:
        yield pc.field("anonymous")
    if query.classes:
        yield pc.field("cue_class").isin(list(query.classes))
    if query.since is not None or query.until is not None:
        if name == "documents":
            yield _published(query)
        else:
            yield pc.field("doc_id").isin(_ids_published(outputs, query))


def _holds(column: str, text: str) -> Any:
    return pc.match_substring(pc.field(column), text, ignore_case=True)


def _named(outputs: Path, name: str) -> pa.Array:
    """The names that have ``name`` as one of their forms."""
    wanted = name.casefold()
    if not parts(outputs, "names"):
        return pa.array([], pa.string())
    batches = open_table(outputs, "names").to_batches(columns=["name_id", "aliases"])
    rows = (row for batch in batches for row in batch.to_pylist())
    found = [row["name_id"] for row in rows if wanted in (each.casefold() for each in row["aliases"])]
    return pa.array(found, pa.string())


def _published(query: Query) -> Any:
    moment = functools.partial(dt.datetime.combine, time=dt.time(), tzinfo=dt.UTC)
    bounds = []
    if query.since is not None:
        bounds.append(pc.field("published") >= pa.scalar(moment(query.since)))
    if query.until is not None:
        bounds.append(pc.field("published") < pa.scalar(moment(query.until) + dt.timedelta(days=1)))
    return _all(bounds)


def _ids_published(outputs: Path, query: Query) -> pa.Array:
    table = open_table(outputs, "documents").to_table(columns=["doc_id"], filter=_published(query))
    return table["doc_id"].combine_chunks()


def _all(conditions: Iterable[Any]) -> Any:
    """All of them, or ``None`` where there are none."""
    found = list(conditions)
    return functools.reduce(operator.and_, found) if found else None


def _any(conditions: Iterable[Any]) -> Any:
    return functools.reduce(operator.or_, conditions)
