"""What an input is, and what kinds of files there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

from pipeline.schema import Reject

SUFFIXES = {
    ".txt": "txt",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "wet",
}
"""File name ending, after ``.gz`` is taken off, to format."""

OUTPUTS_MARK = ".newsclaims"
"""Folder inside every folder of tables (``tables.place.private``)."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    ``shown`` is the path as the user would write it and ``doc_id`` the path below its input folder with
    ``/`` between its parts; both are encodable text whatever the file is called. ``format`` is ``None``
    for a file that was named on the command line and whose ending tells nothing: its content will.
    ``n_bytes`` and ``modified_ns`` are as the walk saw them, so that a rerun may skip hashing.
    """

    path: Path
    shown: str
    doc_id: str
    format: str | None
    n_bytes: int
    modified_ns: int


def format_of(name: str) -> str | None:
    """The format that a file name announces."""
    _, dot, ending = name.lower().removesuffix(".gz").rpartition(".")
    return SUFFIXES.get(dot + ending)


def of_no_kind(shown: str, doc_id: str) -> Reject:
    """The reject for a file whose name announces none of the formats."""
    suffix = PurePath(shown).suffix
    detail = f"ending {suffix!r} is no input kind; kinds are {' '.join(SUFFIXES)}, each also .gz"
    return Reject(shown, doc_id, "not_text", detail)
