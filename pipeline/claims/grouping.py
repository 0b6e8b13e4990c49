"""The model's spans as claims: what belongs together, and what of it is source, cue and content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span, Token

from pipeline.claims.dateline import dateline_chars
from pipeline.claims.reporters import is_passive
from pipeline.claims.spans import content_parts, side_of
from pipeline.claims.when import WEEKDAYS
from pipeline.schema import Reading

BRACKETS = {"[": "]", "(": ")"}
ASKED = frozenset({"Asked", "Pressed", "Questioned"})


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of one claim; ``parts`` are the content's, as offsets into the reading's text.

    ``passive``: what the model took for the source, where it is the object of a passive cue.
    """

    key: str
    parts: tuple[tuple[int, int], ...]
    source: Span | None
    cue: Span | None
    passive: Span | None = None
    confidence: float = 1.0
    """Where the model tells none."""


def group_spans(doc: Doc, reading: Reading) -> list[Spans]:
    """The spans of each claim that has any content, in text order."""
    contents: dict[str, list[tuple[int, int]]] = {}
    for span in _group(doc, "content"):
        contents.setdefault(span.id_, []).append((span.start_char, span.end_char))
    sources = {span.id_: span for span in reversed(_group(doc, "source"))}
    cues = {span.id_: span for span in reversed(_group(doc, "cue"))}
    found = []
    for key, ranges in contents.items():
        source, cue = _without_loose_end(trimmed(sources.get(key))), trimmed(cues.get(key))
        parts = tuple(content_parts(reading, ranges))
        if cue is not None and (_is_of_name(cue) or _names_oneself(cue) or _in_dateline(cue, reading)):
            continue
        if cue is not None:
            side = side_of(reading, cue.start_char)
            parts = tuple(part for part in parts if side_of(reading, part[0]) == side)
            source = _without_dateline(_on_one_line(source, cue), reading)
            source = source if source is None or side_of(reading, source.start_char) == side else None
        if parts:
            passive = source if is_passive(cue, source) or _was_asked(cue, source) else None
            found.append(Spans(key, parts, None if passive else source, cue, passive))
    return sorted(_with_whole_sources(found), key=lambda spans: (spans.parts, spans.key))


def _is_of_name(cue: Span) -> bool:
    """Whether the only word of a cue belongs to a name: "Said" of "the minister, Said bin Hamad"."""
    doc, at = cue.doc, cue.start
    if len(cue) > 1 or not doc[at].is_title or doc[at].is_sent_start or at + 1 == len(doc):
        return False
    after = doc[at + 1]
    within = doc[at].ent_type_ == "PERSON" and after.ent_iob_ == "I"
    return within or (after.ent_iob_ == "B" and after.ent_type_ == "PERSON" and after.is_lower)


def _was_asked(cue: Span | None, source: Span | None) -> bool:
    """Whether who is taken for the source was asked ("Asked about the dam, the mayor") and did not ask
    ("Asked by Hale")."""
    if cue is None or source is None or cue[0].text not in ASKED:
        return False
    return source.start == 0 or source.doc[source.start - 1].lower_ != "by"


def _in_dateline(cue: Span, reading: Reading) -> bool:
    """Whether a cue is the colon after the place: "LAHORE: Traders"."""
    block = reading.block_at(cue.start_char)
    return cue.start_char < block.start + dateline_chars(reading, block)


def _names_oneself(cue: Span) -> bool:
    """Whether a cue only leads to somebody's name: "who identified himself as Aminu"."""
    after = [token.lower_ for token in cue.doc[cue.end : cue.end + 3]]
    itself = after[:1] in (["himself"], ["herself"], ["themselves"])
    return itself and "as" in after and cue[-1].lower_ in {"identified", "named"}


def _with_whole_sources(found: Sequence[Spans]) -> list[Spans]:
    """The claims with sources as long as others that begin there: "the minister, who was in" is in Rome."""
    longest: dict[int, Span] = {}
    for source in (spans.source for spans in found if spans.source is not None):
        known = longest.get(source.start)
        longest[source.start] = source if known is None or source.end > known.end else known
    return [
        replace(spans, source=longest[spans.source.start])
        if spans.source is not None and _may_be_longer(spans, longest[spans.source.start])
        else spans
        for spans in found
    ]


def _may_be_longer(spans: Spans, source: Span) -> bool:
    """Whether a longer source holds none of the claim's other words."""
    others = [*spans.parts, *([(spans.cue.start_char, spans.cue.end_char)] if spans.cue is not None else [])]
    return all(end <= source.start_char or begin >= source.end_char for begin, end in others)


def _group(doc: Doc, name: str) -> list[Span]:
    return list(doc.spans[name]) if name in doc.spans else []


def trimmed(span: Span | None) -> Span | None:
    """A span without white space and commas at its edges; ``None`` where nothing is left of it."""
    if span is None:
        return None
    doc, start, end = span.doc, span.start, span.end
    while start < end and _is_edge(doc[start]):
        start += 1
    while end > start and (_is_edge(doc[end - 1]) or _opens_clause(doc, start, end - 1)):
        end -= 1
    if start >= end:
        return None
    # "[Government spokesman Ali al-]Dabbagh": a bracket closed inside is opened inside.
    opened = doc[start - 1].text if start else ""
    if opened in BRACKETS and span.text.count(BRACKETS[opened]) > span.text.count(opened):
        start -= 1
    return span if (start, end) == (span.start, span.end) else doc[start:end]


def _without_loose_end(source: Span | None) -> Span | None:
    """A source without what goes on after it: the day it spoke on ("the army on Monday"), a preposition."""
    if source is None or len(source) < 2:
        return source
    if source[0].pos_ == "SCONJ" and source[0].lower_ == "that":
        return source[1:]
    if source[-1].pos_ == "ADP" and source[-2].pos_ in ("NOUN", "PROPN"):
        return source[:-1]
    if len(source) < 4 or source[-1].lower_ not in WEEKDAYS or source[-2].lower_ != "on":
        return source
    is_clause = any(token.text == "," or token.pos_ == "VERB" for token in source)
    return source if is_clause else source[:-2]


def _on_one_line(source: Span | None, cue: Span) -> Span | None:
    """Of a source that reaches over the end of a line, what stands on the line next to the cue."""
    if source is None or "\n" not in source.text:
        return source
    breaks = [token.i for token in source if "\n" in token.text]
    if not breaks:
        return source
    before = cue.start >= source.end
    return trimmed(
        source.doc[breaks[-1] + 1 : source.end] if before else source.doc[source.start : breaks[0]]
    )


def _without_dateline(source: Span | None, reading: Reading) -> Span | None:
    """A source without the place before the first paragraph: "LAHORE: Traders"."""
    if source is None:
        return None
    block = reading.block_at(source.start_char)
    end = block.start + dateline_chars(reading, block)
    if source.start_char >= end:
        return source
    first = next((token.i for token in source if token.idx >= end), source.end)
    return source.doc[first : source.end] if first < source.end else None


def _opens_clause(doc: Doc, start: int, i: int) -> bool:
    """Whether token ``i`` is what the model left to a source: "the hospital source, who"."""
    return i - 1 > start and doc[i].lower_ in ("who", "which") and doc[i - 1].text == ","


def _is_edge(token: Token) -> bool:
    return token.text in ",;" or token.is_space
