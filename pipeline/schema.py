"""The records that pass between stages, and the Arrow schema of every table.

One record class per table, frozen but for segments; a table's columns are the record's fields, in order,
and its Arrow schema is derived from their annotations, never from rows. Offsets are half-open ranges of
Unicode code points of ``Document.text``; absence is ``None``, never an empty string.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import functools
import itertools
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.characters import Anchor, as_seen

if TYPE_CHECKING:
    import pyarrow as pa  # a fifth of a second, which commands without tables do not need

SEGMENT_KINDS = (
    "title subtitle byline dateline caption heading body quote update comment "
    "tags related promo navigation footer other"
).split()
"""Kinds of segment, in the order of the contract."""

BODY_KINDS = frozenset({"heading", "body", "quote", "update"})
"""Kinds that may stand in ``Document.body`` (they do where ``Segment.kept``)."""

READ_KINDS = BODY_KINDS | {"title", "subtitle", "comment"}
"""Kinds in which entities and claims are looked for: the kept prose, the headline and the comments."""

ENTITY_LABELS = (
    "PERSON NORP ORG GPE LOC FAC EVENT PRODUCT WEAPON VEHICLE LAW WORK_OF_ART "
    "DATE TIME MONEY PERCENT QUANTITY CARDINAL ORDINAL"
).split()

FORMS = ("direct", "mixed", "indirect")

CUE_CLASSES = (
    "say report confirm deny accuse warn promise demand predict believe intend ask decline other"
).split()

SOURCE_KINDS = "person organization group document media author unknown".split()

REJECT_REASONS = (
    "empty not_text undecodable too_long bad_record duplicate_id unreadable not_english timeout internal"
).split()


def column(meaning: str) -> Any:
    """A record field that carries the sentence ``docs/TABLES.md`` prints for its column."""
    return field(metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open range of code points of ``Document.text``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as read: decoded, not yet cleaned. Not a table.

    ``text`` is what becomes ``Document.text``. ``html`` is the page's source where the input was HTML.
    ``site_key`` names the site for what the corpus teaches about it: from the URL's host, the record's
    site field or the folder; ``None`` where nothing tells (the page's own footer may, later).
    ``language`` is the prose's ISO 639-1 code, ``None`` where the text is too short to tell.
    """

    doc_id: str
    path: str
    sha256: str
    format: str
    text: str
    html: str | None = None
    url: str | None = None
    site: str | None = None
    title: str | None = None
    author: str | None = None
    date_text: str | None = None
    site_key: str | None = None
    language: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One article: what it is, where it came from and its whole text."""

    doc_id: str = column("Path relative to the input folder, or the record's own id; unique in the corpus.")
    path: str = column("The input file, as given; a record's file for JSON lines, CSV, Parquet and archives.")
    sha256: str = column("SHA-256 of the input's bytes, in hexadecimal.")
    format: str = column("`txt`, `md`, `html`, `jsonl`, `csv`, `parquet`, `warc` or `wet`.")
    url: str | None = column("Address of the page, where the input or the page says it.")
    site: str | None = column("Host or site name.")
    publisher: str | None = column(
        "Who publishes it: by metadata, what the page calls itself, its copyright."
    )
    title: str | None = column("Headline.")
    subtitle: str | None = column("Standfirst below the headline.")
    authors: tuple[str, ...] | None = column("People credited with the article.")
    agency: str | None = column("Wire service credited, such as `REUTERS`.")
    published: dt.datetime | None = column("Time of publication, UTC.")
    published_text: str | None = column("The same as written on the page.")
    updated: dt.datetime | None = column("Time of the last update, UTC.")
    language: str | None = column("ISO 639-1 code of the prose.")
    text: str = column("The decoded input, whole, boilerplate included; every offset counts in it.")
    body: str = column("The kept prose, paragraphs separated by one newline.")
    n_chars: int = column("Code points in `text`.")
    n_words: int = column("Words in `body`, separated by white space.")
    n_claims: int = column("Rows of `claims` for this article.")
    duplicate_of: str | None = column("`doc_id` of the earliest near-identical article.")
    warnings: tuple[str, ...] | None = column("What a reader should know, such as `no_body`.")


# Nothing changes one, but it is not frozen: there are as many as paragraphs, and a frozen one of ten fields
# takes four times as long to make.
@dataclass(slots=True, unsafe_hash=True)
class Segment:
    """One or more whole lines of an article, with what they are and why."""

    doc_id: str = column("The article.")
    segment_id: str = column("`doc_id#s` and the segment's number.")
    kind: str = column("What the lines are: " + " ".join(f"`{k}`" for k in SEGMENT_KINDS) + ".")
    kept: bool = column("Whether the segment is part of `documents.body`.")
    start: int = column("First code point, in `documents.text`.")
    end: int = column("One past the last code point.")
    text: str = column("`text[start:end]`.")
    author: str | None = column("Who wrote it, where it has an author of its own: a commenter, an outlet.")
    posted: dt.datetime | None = column("When a comment or update was posted, UTC.")
    reason: str = column("The rule or model score that decided.")


@dataclass(frozen=True, slots=True)
class Article:
    """A cleaned article: its row of ``documents`` and its segments in text order."""

    document: Document
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """One mention of a name, date or quantity."""

    mention_id: str = column("`doc_id#e` and the mention's number.")
    doc_id: str = column("The article.")
    segment_id: str = column("The segment it stands in.")
    start: int = column("First code point, in `documents.text`.")
    end: int = column("One past the last code point.")
    text: str = column("`text[start:end]`.")
    label: str = column(" ".join(f"`{k}`" for k in ENTITY_LABELS) + ".")
    name: str | None = column("The fullest form in this article; null for dates and numbers.")
    name_id: str | None = column("The name across articles: a row of `names`.")
    confidence: float = column("Calibrated probability that span and label are right, 0 to 1.")


@dataclass(frozen=True, slots=True)
class SourceMember:
    """One member of a coordinated source."""

    text: str
    start: int
    end: int
    kind: str | None
    head: str | None
    role: str | None
    nationality: tuple[str, ...] | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One attributed claim: who said what, by which words."""

    claim_id: str = column("Depends on content alone: a rerun gives the same one.")
    doc_id: str = column("The article.")
    segment_id: str = column("The segment the content starts in.")
    segment_kind: str = column("That segment's kind.")
    form: str = column("`direct` (all inside quotation marks), `mixed` or `indirect`.")
    content: str = column("The claim's words, parts joined by ` … `.")
    content_spans: tuple[Range, ...] = column("Where they stand in `documents.text`.")
    source: str | None = column("The source as written; null if none is given.")
    source_start: int | None = column("First code point of the source.")
    source_end: int | None = column("One past its last code point.")
    cue: str | None = column("The words that attribute, with auxiliaries and negation.")
    cue_start: int | None = column("First code point of the cue.")
    cue_end: int | None = column("One past its last code point.")
    cue_lemma: str | None = column("Lemma of the cue's head.")
    cue_class: str = column(" ".join(f"`{k}`" for k in CUE_CLASSES) + "; by the cue, not by the content.")
    negated: bool = column("The attributing itself is negated.")
    source_kind: str = column(" ".join(f"`{k}`" for k in SOURCE_KINDS) + ".")
    source_name: str | None = column("Who it is, resolved within the article; null where it never says.")
    source_name_id: str | None = column("The same across articles: a row of `names`.")
    antecedent: str | None = column("The mention that resolved the source; null if none was needed.")
    antecedent_start: int | None = column("First code point of the antecedent.")
    antecedent_end: int | None = column("One past its last code point.")
    anonymous: bool = column("The article never names the source; a missing source counts.")
    source_head: str | None = column("Head noun's lemma, lower case; null for a proper name or pronoun.")
    source_role: str | None = column("The role without nationality and number.")
    source_nationality: tuple[str, ...] | None = column("Demonyms and group adjectives as written.")
    source_affiliation: str | None = column("The body the source belongs to, as written.")
    source_count: int | None = column("How many they are, where a number or article says it.")
    source_members: tuple[SourceMember, ...] | None = column("A coordinated source taken apart.")
    addressee: str | None = column("To whom it was said.")
    said_when: str | None = column("The time expression, as written.")
    said_date: dt.date | None = column("The date it means, given `documents.published`.")
    parent_claim_id: str | None = column("The claim inside whose content this one stands.")
    supports_claim_id: str | None = column("The claim that this one confirms or denies.")
    reported_by: str | None = column("Who reports it here: commenter, quoted outlet, byline or publisher.")
    quotation_id: str | None = column("The same for the same quotation in other articles.")
    confidence: float = column("Calibrated probability that content and source are right, 0 to 1.")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of the corpus, over all articles."""

    name_id: str = column("Identifier, from the name and its label.")
    name: str = column("The form most articles use in full.")
    label: str = column("The entity label most of its mentions carry.")
    aliases: tuple[str, ...] = column("Every form seen, sorted.")
    n_documents: int = column("Articles that mention it.")
    n_mentions: int = column("Rows of `entities`.")
    n_claims: int = column("Rows of `claims` whose source it is.")
    first_seen: dt.datetime | None = column("Earliest publication time, UTC.")
    last_seen: dt.datetime | None = column("Latest publication time, UTC.")


@dataclass(frozen=True, slots=True)
class Reject:
    """One input that gave no document, and why."""

    path: str = column("The input file.")
    doc_id: str | None = column("The article's id, where it had one.")
    reason: str = column(" ".join(f"`{k}`" for k in REJECT_REASONS) + ".")
    detail: str | None = column("What exactly was wrong, for a person.")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What near-duplicates are found by (``corpus_wide.duplicates``). Not a table for readers."""

    doc_id: str
    hashes: bytes | None
    """``None`` for a body too short to be a duplicate."""


TABLES: dict[str, type] = {
    "documents": Document,
    "segments": Segment,
    "entities": Entity,
    "claims": Claim,
    "names": Name,
    "rejects": Reject,
}


@functools.cache
def _scalars() -> dict[type, pa.DataType]:
    import pyarrow as pa

    return {
        str: pa.string(),
        bytes: pa.binary(),
        int: pa.int64(),
        bool: pa.bool_(),
        float: pa.float64(),
        dt.datetime: pa.timestamp("us", tz="UTC"),
        dt.date: pa.date32(),
    }


def arrow_type(annotation: Any) -> tuple[pa.DataType, bool]:
    """The Arrow type of a field annotation, and whether the column may be null."""
    import pyarrow as pa

    if isinstance(annotation, types.UnionType):
        (inner,) = (a for a in typing.get_args(annotation) if a is not type(None))
        return arrow_type(inner)[0], True
    if typing.get_origin(annotation) is tuple:
        item, _ = arrow_type(typing.get_args(annotation)[0])
        return pa.list_(item), False
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return pa.struct(list(arrow_schema(annotation))), False
    return _scalars()[annotation], False


@functools.cache
def arrow_schema(record: type) -> pa.Schema:
    """The Arrow schema of a record class, fields in the order of the class."""
    import pyarrow as pa

    hints = typing.get_type_hints(record)
    columns = []
    for each in dataclasses.fields(record):
        data_type, nullable = arrow_type(hints[each.name])
        columns.append(pa.field(each.name, data_type, nullable=nullable))
    return pa.schema(columns)


@dataclass(frozen=True, slots=True)
class Block:
    """One segment in a ``Reading``: ``n_chars`` code points from ``start`` on, read from ``raw_start``."""

    segment_id: str
    kind: str
    start: int
    raw_start: int
    n_chars: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of an article for names and claims: segments of ``READ_KINDS``, one a line.

    ``text`` is what the spaCy ``Doc`` of the article holds. Line breaks inside a segment are replaced by
    spaces one for one, so that offsets map back to ``Document.text`` by a shift per block. Where characters
    are damaged (``characters``), ``text`` is what a reader sees; ``anchors`` then say where the shift changes
    inside a block.
    """

    text: str
    blocks: tuple[Block, ...]
    anchors: tuple[Anchor, ...] = ()
    _starts: list[int] = field(init=False, repr=False, compare=False)
    _raw_starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [block.start for block in self.blocks])
        object.__setattr__(self, "_raw_starts", [block.raw_start for block in self.blocks])

    def block_at(self, offset: int) -> Block:
        """The block that holds code point ``offset`` of ``text``; the newline after a block belongs to it."""
        return self.blocks[bisect.bisect_right(self._starts, offset) - 1]

    def raw(self, start: int, end: int) -> Range:
        """The range of ``Document.text`` that ``text[start:end]`` was read from."""
        stop = self._raw(end - 1) + 1
        if not self.anchors:  # most articles have none, and this is asked a few times a claim
            return Range(self._raw(start), stop)
        after = bisect.bisect_left(self.anchors, end, key=lambda anchor: anchor.at)
        for anchor in self.anchors[after : after + 1]:
            stop = anchor.written if anchor.at == end and anchor.wide else stop
        return Range(self._raw(start), stop)

    def _raw(self, offset: int) -> int:
        block = self.block_at(offset)
        if not self.anchors:
            return offset - block.start + block.raw_start
        anchor = self._anchor(offset)
        if anchor is not None and anchor.at > block.start:
            return offset - anchor.at + anchor.written
        begin = anchor.written if anchor is not None and anchor.at == block.start else block.raw_start
        return offset - block.start + max(begin, block.raw_start)

    def _anchor(self, offset: int) -> Anchor | None:
        """The last anchor up to code point ``offset`` of ``text``."""
        after = bisect.bisect_right(self.anchors, offset, key=lambda anchor: anchor.at)
        return self.anchors[after - 1] if after else None

    def _anchors_from(self, offset: int) -> Iterator[Anchor]:
        first = bisect.bisect_left(self.anchors, offset, key=lambda anchor: anchor.at)
        return itertools.islice(self.anchors, first, None)

    def position(self, raw: int) -> int | None:
        """Where code point ``raw`` of ``Document.text`` stands in ``text``; ``None`` if it is not read."""
        after = bisect.bisect_right(self._raw_starts, raw)
        if not after:
            return None
        block = self.blocks[after - 1]
        at, begin, end = block.start, block.raw_start, block.start + block.n_chars
        for anchor in self._anchors_from(at) if self.anchors else ():
            if anchor.at > end:
                break
            if anchor.written > raw:
                return min(raw - begin + at, anchor.at)
            at, begin = anchor.at, anchor.written
        return raw - begin + at if raw - begin + at <= end else None


LINE_BREAKS = str.maketrans(dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))


def one_line(text: str) -> str:
    """``text`` with every line-breaking character made a space, one for one."""
    # No line break is printable, and asking costs a twentieth of translating.
    return text if text.isprintable() else text.translate(LINE_BREAKS)


def read_article(article: Article) -> Reading:
    """The article's ``Reading``: kept segments, headline and comments, in text order."""
    blocks, lines, start = [], [], 0
    anchors: list[Anchor] = []
    for segment in article.segments:
        if segment.kept or segment.kind in READ_KINDS:
            seen, parted = as_seen(segment.text)
            if not seen.strip():
                continue
            blocks.append(Block(segment.segment_id, segment.kind, start, segment.start, len(seen)))
            anchors += [Anchor(start + a.at, segment.start + a.written, a.wide) for a in parted]
            lines.append(one_line(seen))
            start += len(seen) + 1
    return Reading("\n".join(lines), tuple(blocks), tuple(anchors))
