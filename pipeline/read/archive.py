"""WARC and WET archives: the pages they hold, one record at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import zlib
from collections.abc import Iterator
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from pipeline.config import ReadConfig
from pipeline.read import stream
from pipeline.read.decode import declared_charset, decode
from pipeline.read.faults import Fault, ReadError
from pipeline.read.items import BYTES_PER_CHAR, Item
from pipeline.read.kinds import Input
from pipeline.read.page import read_page

HTML_TYPES = ("text/html", "application/xhtml+xml")

BROKEN = (
    ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, OSError, ValueError, zlib.error,
    AttributeError, IndexError, KeyError, TypeError,
)  # fmt: skip
"""What warcio raises on an archive that is none, found by feeding it random bytes (tests/test_read.py)."""


def read_warc(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    """The HTML pages and the extracted texts of an archive; other records are no articles.

    A page is a ``response`` that the server called a success, or a ``resource``; a text is a
    ``conversion`` (WET). Its identifier is the record's. An article is given when the next record has been
    reached: bytes before that one mean that its own record is longer than it says, and the text cut.
    """
    with stream.opened(source.path, config.max_bytes) as content:
        archive = ArchiveIterator(content)
        held: Item | Fault | None = None
        broken: ReadError | None = None
        number = n_between = 0
        while True:
            try:
                with contextlib.redirect_stderr(io.StringIO()):  # where warcio prints the bytes between
                    record = next(archive, None)
            except ReadError as error:
                broken = error
            except BROKEN as error:
                broken = ReadError("unreadable", f"broken WARC after {number} records: {error}")
            if isinstance(held, Item) and archive.err_count > n_between:
                held = dataclasses.replace(held, warnings=(*held.warnings, "record_cut"))
            if held is not None:
                yield held
            if broken is not None:
                raise broken
            if record is None:
                return
            number, n_between = number + 1, archive.err_count
            held = _item(record, f"{source.doc_id}#{number}", config) if _is_article(record) else None


def _is_article(record: Any) -> bool:
    if record.rec_type == "conversion":
        return _content_type(record).startswith("text/plain")
    if record.rec_type == "response":
        return _content_type(record) in HTML_TYPES and record.http_headers.get_statuscode().startswith("2")
    return record.rec_type == "resource" and _content_type(record) in HTML_TYPES


def _content_type(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    value = headers.get_header("Content-Type") if headers else None
    return (value or "").partition(";")[0].strip().lower()


def _item(record: Any, place: str, config: ReadConfig) -> Item | Fault:
    doc_id = (record.rec_headers.get_header("WARC-Record-ID") or "").strip("<> ") or place
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ") or None
    limit = BYTES_PER_CHAR * config.max_chars
    try:
        data = stream.read_whole(record.content_stream(), limit)
        decoded = decode(data, config.max_control_share, declared=_declared(record, data))
    except ReadError as error:
        return Fault(doc_id, error.reason, error.detail)
    except BROKEN as error:
        return Fault(doc_id, "bad_record", f"record cannot be unpacked: {error}")
    if record.rec_type == "conversion":
        return Item(doc_id, decoded.text, url=url, warnings=decoded.warnings)
    page = read_page(decoded.text)
    return Item(doc_id, page.text, decoded.text, url or page.url, warnings=decoded.warnings)


def _declared(record: Any, data: bytes) -> str | None:
    headers = record.http_headers
    _, _, charset = ((headers and headers.get_header("Content-Type")) or "").lower().partition("charset=")
    return charset.partition(";")[0].strip("\"' ") or declared_charset(data)
