"""What every format reader gives: the article a file or record holds, before it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.config import Fields
from pipeline.read.faults import Fault

BYTES_PER_CHAR = 4
"""The most that one code point takes in any encoding read here (UTF-32)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One article as it lies in its input; fields as in ``RawArticle``."""

    doc_id: str
    text: str
    html: str | None = None
    url: str | None = None
    site: str | None = None
    title: str | None = None
    author: str | None = None
    date_text: str | None = None
    warnings: tuple[str, ...] = ()


def from_record(record: Mapping[str, Any], fields: Fields, place: str) -> Item | Fault:
    """The article in one record of JSON lines, CSV or Parquet.

    Args:
        record: field names to values; a configured name with dots may lead into records inside it.
        fields: what the fields are called.
        place: the file and line or row, the identifier of a record that has none.
    """
    doc_id = _plain(_value(record, fields.id)) or place
    text = _value(record, fields.text)
    if not isinstance(text, str):
        there = ", ".join(sorted(map(repr, record))[:12]) or "none"
        wrong = "is missing or null" if text is None else "is no text"
        detail = f"field {fields.text!r} {wrong}; fields here: {there}; see read.fields"
        return Fault(doc_id, "bad_record", detail)
    return Item(
        doc_id,
        text,
        url=_plain(_value(record, fields.url)),
        site=_plain(_value(record, fields.site)),
        title=_plain(_value(record, fields.title)),
        author=_plain(_value(record, fields.author)),
        date_text=_plain(_value(record, fields.date)),
    )


def _value(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    first, _, rest = name.partition(".")
    inner = record.get(first)
    return _value(inner, rest) if rest and isinstance(inner, Mapping) else None


def _plain(value: Any) -> str | None:
    """A field's value as text: numbers and dates written out, lists joined; else ``None``."""
    if isinstance(value, list | tuple):
        return ", ".join(each for each in map(_plain, value) if each) or None
    if value is None or isinstance(value, bool | dict | bytes) or value != value:  # NaN is not itself
        return None
    return str(value).strip() or None
