"""Articles out of tables: those of an earlier stage, or made elsewhere, with which a later stage goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipeline.schema import SEGMENT_KINDS, Article, Document, Reject, Segment, arrow_schema, one_line
from pipeline.tables.place import FolderError
from pipeline.tables.records import to_records

BATCH_DOCUMENTS = 256
"""Articles whose segments are looked up together."""

NEEDED = ("doc_id", "text")


def holds_articles(folder: Path) -> bool:
    """Whether ``folder`` holds a ``documents`` table."""
    try:
        files = _files(folder, "documents")
        return bool(files) and set(NEEDED) <= set(_dataset(files).schema.names)
    except (OSError, pa.ArrowException):
        return False


def stored_articles(folder: Path) -> Iterator[Article | Reject]:
    """The articles of ``documents`` and ``segments``, in the order of ``documents``.

    Of ``documents`` only ``doc_id`` and ``text`` need be there; other columns are null where they are not.
    Without a ``segments`` table every line of ``text`` is prose. An article whose segments do not fit its
    text is a reject, since every offset would be wrong.

    Raises:
        FolderError: the tables cannot be read.
    """
    try:
        documents = _dataset(_files(folder, "documents"))
        segments = _segments(folder)
        for batch in documents.to_batches(batch_size=BATCH_DOCUMENTS):
            table = _completed(pa.Table.from_batches([batch]), Document)
            wanted = segments and _by_article(segments, table["doc_id"])
            for document in to_records(table, Document):
                yield _article(document, wanted, folder)
    except (OSError, pa.ArrowException) as error:
        raise FolderError(f"{folder}: its tables cannot be read: {error}") from error


def _files(folder: Path, name: str) -> list[Path]:
    return sorted((folder / name).glob("*.parquet"))


def _dataset(files: Iterable[Path]) -> ds.Dataset:
    return ds.dataset([str(path) for path in files], format="parquet")


def _segments(folder: Path) -> pa.Table | None:
    """All segments, sorted so that those of an article lie together."""
    files = _files(folder, "segments")
    if not files:
        return None
    table = _completed(_dataset(files).to_table(), Segment)
    order = pc.sort_indices(table, sort_keys=[("doc_id", "ascending"), ("start", "ascending")])
    return table.take(order)


def _by_article(segments: pa.Table, doc_ids: pa.ChunkedArray) -> dict[str, list[Segment]]:
    rows = segments.filter(pc.is_in(segments["doc_id"], value_set=doc_ids.combine_chunks()))
    found: dict[str, list[Segment]] = {doc_id: [] for doc_id in doc_ids.to_pylist()}
    for segment in to_records(rows, Segment):
        found[segment.doc_id].append(segment)
    return found


def _completed(table: pa.Table, record: type) -> pa.Table:
    """The table with the columns of ``record``: those it lacks are null, others are left out."""
    columns = []
    for each in arrow_schema(record):
        there = each.name in table.column_names
        columns.append(table[each.name].cast(each.type) if there else pa.nulls(table.num_rows, each.type))
    return pa.table(columns, names=arrow_schema(record).names)


def _article(document: Document, wanted: dict[str, list[Segment]] | None, folder: Path) -> Article | Reject:
    path, doc_id = document.path or str(folder), document.doc_id
    if doc_id is None or document.text is None:
        return Reject(path, doc_id, "bad_record", "a row of documents without doc_id or text")
    segments = _lines(document) if wanted is None else _numbered(wanted[doc_id], doc_id)
    for segment in segments:
        if segment.text != document.text[segment.start : segment.end] or segment.kind not in SEGMENT_KINDS:
            detail = (
                f"segment {segment.segment_id} does not fit documents.text; make segments anew with clean"
            )
            return Reject(path, doc_id, "bad_record", detail)
    body = "\n".join(one_line(each.text) for each in segments if each.kept)
    derived: dict[str, Any] = {
        "path": path,
        "sha256": document.sha256 or "",
        "format": document.format or "parquet",
        "body": body,
        "n_chars": len(document.text),
        "n_words": len(body.split()),
        "n_claims": 0,
    }
    return Article(dataclasses.replace(document, **derived), tuple(segments))


def _numbered(segments: list[Segment], doc_id: str) -> list[Segment]:
    """The same with an identifier each, in case they were made without."""
    return [
        each if each.segment_id else dataclasses.replace(each, segment_id=f"{doc_id}#s{number}")
        for number, each in enumerate(segments)
    ]


def _lines(document: Document) -> list[Segment]:
    """Every line of the text as prose."""
    segments: list[Segment] = []
    start = 0
    for line in document.text.split("\n"):
        text = line.strip()
        if text:
            first = start + line.index(text)
            number = f"{document.doc_id}#s{len(segments)}"
            segments.append(
                Segment(
                    doc_id=document.doc_id,
                    segment_id=number,
                    kind="body",
                    kept=True,
                    start=first,
                    end=first + len(text),
                    text=text,
                    author=None,
                    posted=None,
                    reason="given as prose",
                )
            )
        start += len(line) + 1
    return segments
