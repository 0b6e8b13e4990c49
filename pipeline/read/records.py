"""Files of records, one article each: JSON lines, CSV, Parquet. Streamed, never held whole."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.config import ReadConfig
from pipeline.read import stream
from pipeline.read.decode import CONTROL, MARKS, Decoded, decode, guess_encoding, is_utf8, refuse_binary
from pipeline.read.faults import Fault, ReadError
from pipeline.read.items import BYTES_PER_CHAR, Item, from_record
from pipeline.read.kinds import Input

LINE_BYTES_PER_CHAR = 12
"""The most one code point takes in a line of JSON: two escapes of six bytes each."""

DELIMITERS = ",;\t|"
ROWS_AT_ONCE = 64
"""Parquet rows decoded together: with articles of 10 kB less than 1 MB."""

_Text = Decoded | ReadError
Line = tuple[int, _Text]
"""A line's number, from 1, and its text or why it cannot be read."""


def read_jsonl(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    """One JSON object a line; blank lines are passed over."""
    for number, line in _text_lines(source, config):
        place = f"{source.doc_id}#{number}"
        if isinstance(line, ReadError):
            yield Fault(place, line.reason, line.detail)
        elif line.text.strip():
            yield _json_item(line, config, place)


def _json_item(line: Decoded, config: ReadConfig, place: str) -> Item | Fault:
    try:
        record = json.loads(line.text)
    except (ValueError, RecursionError) as error:
        return Fault(place, "bad_record", f"no JSON: {error}")
    if not isinstance(record, dict):
        return Fault(place, "bad_record", f"a JSON {type(record).__name__}; one object a line is needed")
    item = from_record(record, config.fields, place)
    if isinstance(item, Item) and line.warnings:
        return dataclasses.replace(item, warnings=line.warnings)
    return item


def read_csv(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    """Rows under a line of field names; the delimiter is the one under which the text field is found."""
    csv.field_size_limit(BYTES_PER_CHAR * config.max_chars)  # of the process; as it comes, 131,072
    lines = _CsvLines(_text_lines(source, config))
    header = next(lines, "")
    if not header:
        return
    delimiter, columns = _header(header, config)
    rows = csv.DictReader(lines, columns, restkey="", delimiter=delimiter)
    while not lines.at_end:
        place = f"{source.doc_id}#{lines.number + 1}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Fault(place, "bad_record", f"no CSV: {error}")
        except ReadError as error:
            if lines.at_end:
                raise
            yield Fault(place, error.reason, error.detail)
        else:
            if row is not None:
                yield from_record({name: value or None for name, value in row.items()}, config.fields, place)


def _header(header: str, config: ReadConfig) -> tuple[str, list[str]]:
    for delimiter in DELIMITERS:
        columns = next(csv.reader([header], delimiter=delimiter), [])
        if config.fields.text in columns:
            return delimiter, columns
    there = header.strip()[:200]
    raise ReadError("bad_record", f"no column {config.fields.text!r}; first line: {there!r}; see read.fields")


class _CsvLines:
    """Lines for ``csv``, which asks for more of them where a quotation mark is open.

    Not a generator, since it goes on after raising the ``ReadError`` of one line; ``at_end`` is set where
    it does not.
    """

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.number = 0
        self.at_end = False

    def __iter__(self) -> _CsvLines:
        return self

    def __next__(self) -> str:
        try:
            self.number, line = next(self._lines)
        except (StopIteration, ReadError, OSError):
            self.at_end = True
            raise
        if isinstance(line, ReadError):
            raise line
        return line.text


def read_parquet(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    """Rows of a Parquet file, only the columns that hold a configured field."""
    with tempfile.TemporaryFile() as unpacked:
        with stream.opened(source.path, config.max_bytes) as content:
            packed = stream.is_gzip(source.path)
            if packed:  # the footer has to be found before the rows
                shutil.copyfileobj(content, unpacked)
        try:
            yield from _rows(unpacked if packed else source.path.open("rb"), source, config)
        except (pa.ArrowException, OSError, ValueError) as error:
            detail = " ".join(str(error).split())[:300]
            raise ReadError("unreadable", f"broken Parquet: {detail}") from error


def _rows(data: BinaryIO, source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    names = set(config.fields.model_dump().values())
    names |= {name.partition(".")[0] for name in names}
    with data, pq.ParquetFile(data) as file:
        there = file.schema_arrow.names
        if not {config.fields.text, config.fields.text.partition(".")[0]} & set(there):
            detail = (
                f"no column {config.fields.text!r}; columns here: {', '.join(there[:12])}; see read.fields"
            )
            raise ReadError("bad_record", detail)
        number = 0
        columns = [name for name in there if name in names]
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield from_record(row, config.fields, f"{source.doc_id}#{number}")


def _text_lines(source: Input, config: ReadConfig) -> Iterator[Line]:
    """The lines of a file of text, in the encoding that its head shows."""
    max_bytes = LINE_BYTES_PER_CHAR * config.max_chars
    with stream.opened(source.path, config.max_bytes) as content:
        head = content.peek(stream.CHUNK)
        wide = next((encoding for mark, encoding in MARKS[1:] if head.startswith(mark)), None)
        if wide is not None:
            text = io.TextIOWrapper(content, wide, errors="replace", newline="\n")
            yield from enumerate((Decoded(line.removeprefix("\ufeff")) for line in text), 1)
            return
        refuse_binary(head, config.max_control_share)
        other = None if is_utf8(head) else guess_encoding(head)
        for number, line in enumerate(stream.lines(content, max_bytes), 1):
            if line is None:
                yield number, ReadError("too_long", f"a line of more than {max_bytes:,} bytes")
            else:
                yield number, _decoded(line, other, config.max_control_share)


def _decoded(line: bytes, other: str | None, max_control_share: float) -> _Text:
    if line.isascii() and line.translate(None, CONTROL) == line:
        return Decoded(line.decode("ascii"))  # most lines of most files
    try:
        return decode(line, max_control_share, declared=other)
    except ReadError as error:
        return error
