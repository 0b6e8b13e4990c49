"""From the model's spans to rows of ``claims``: who said what, as one article's own words tell it.

What only the article as a whole can tell (names behind pronouns, links between claims) is left null for
resolution.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span

from pipeline.claims import refusals, turns
from pipeline.claims.cues import read_cue
from pipeline.claims.dateline import told_from
from pipeline.claims.describe import Description, Member, describe_source
from pipeline.claims.grouping import Spans, group_spans, trimmed
from pipeline.claims.kinds import AUTHOR_PRONOUNS
from pipeline.claims.lexicon import Lexicon, load_lexicon
from pipeline.claims.reporters import find_addressee, find_reporter, passive_addressee
from pipeline.claims.spans import content_form, content_text
from pipeline.claims.when import find_when
from pipeline.schema import Article, Claim, Range, Reading, Segment, SourceMember

__all__ = ["Lexicon", "find_claims", "load_lexicon"]


NAMING = frozenset("call describe label brand dub term deem denounce dismiss condemn".split())
"""Cues that say what something is called."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every claim of an article is read against."""

    doc: Doc
    reading: Reading
    article: Article
    segments: Mapping[str, Segment]
    lexicon: Lexicon
    told_from: dt.datetime | None
    """The time that "yesterday" is told from, but in comments and updates."""


def find_claims(
    doc: Doc, reading: Reading, article: Article, lexicon: Lexicon, *, least: float = 0.0
) -> list[Claim]:
    """The attributed claims of an article, by where their content starts.

    Args:
        doc: the annotated ``reading.text``, with ``spans["source"|"cue"|"content"]`` linked by ``span.id_``
            and the content group's ``attrs`` ``confidence`` and ``parent`` by the same keys.
        reading: what was read of the article, to get back to offsets of ``Document.text``.
        article: the article itself.
        lexicon: from ``load_lexicon``.
        least: the least confidence of claims that words alone tell (``refusals``).
    """
    segments = {segment.segment_id: segment for segment in article.segments}
    context = Context(doc, reading, article, segments, lexicon, told_from(article))
    attrs = doc.spans["content"].attrs if "content" in doc.spans else {}
    grouped = _with_turns(context, group_spans(doc, reading))
    if least <= refusals.CONFIDENCE:
        grouped = sorted([*grouped, *_refused(context, grouped)], key=lambda each: each.parts)
    ids = {spans.key: claim_id(context, spans) for spans in grouped}
    parts = {spans.key: spans.parts for spans in grouped}
    claims: dict[str, Claim] = {}
    for spans in grouped:
        if ids[spans.key] in claims:
            continue  # the same spans found twice
        outer = (attrs.get("parent") or {}).get(spans.key, "")
        parent = ids.get(outer)
        claims[ids[spans.key]] = _claim(
            context,
            spans,
            ids[spans.key],
            parent=parent if parent != ids[spans.key] else None,
            within=parts.get(outer, ()),
            confidence=float((attrs.get("confidence") or {}).get(spans.key, spans.confidence)),
        )
    return list(claims.values())


def _with_turns(context: Context, found: Sequence[Spans]) -> list[Spans]:
    """The claims, in an interview with its turns, each to the end of its paragraph."""
    at_colon = {turn.cue.start_char: turn for turn in turns.find_turns(context.doc, context.reading)}
    if not at_colon:
        return list(found)
    out = []
    for spans in found:
        turn = at_colon.pop(spans.cue.start_char, None) if spans.cue is not None else None
        whole = turn is not None and all(part[0] >= turn.content[0] for part in spans.parts)
        out.append(replace(spans, source=turn.source, parts=(turn.content,)) if turn and whole else spans)
    for n, turn in enumerate(at_colon.values()):
        out.append(Spans(f"turn {n}", (turn.content,), turn.source, turn.cue, None, turns.CONFIDENCE))
    return sorted(out, key=lambda spans: (spans.parts, spans.key))


def _refused(context: Context, found: Sequence[Spans]) -> Iterator[Spans]:
    """Refusals that the model has not found; none inside another claim's words.

    Things do not respond either ("the brakes did not respond"): for that verb the source must be known as
    somebody.
    """
    doc, text = context.doc, context.reading.text
    taken = bytearray(len(text))
    for spans in found:
        cues = [(cue.start_char, cue.end_char) for cue in (spans.cue,) if cue is not None]
        for start, end in (*spans.parts, *cues):
            taken[start:end] = b"\1" * (end - start)
    for number, (source, cue, content) in enumerate(refusals.find_refusals(doc, text)):
        part = content.start_char, content.end_char
        if any(taken[cue.start_char : cue.end_char]) or any(taken[slice(*part)]):
            continue
        known = describe_source(source, context.lexicon, by_author=False).kind != "unknown"
        if known or not content.text.startswith("respond"):
            yield Spans(f"refusal {number}", (part,), trimmed(source), cue, None, refusals.CONFIDENCE)


def claim_id(context: Context, spans: Spans) -> str:
    """A digest of the article's id and of where each role stands in its text."""
    raw = [context.reading.raw(*part) for part in spans.parts]
    roles = [
        [[each.start, each.end] for each in raw],
        *([list(_bounds(context, span))] if span is not None else [] for span in (spans.source, spans.cue)),
    ]
    key = json.dumps([context.article.document.doc_id, *roles])
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _bounds(context: Context, span: Span) -> tuple[int, int]:
    found = context.reading.raw(span.start_char, span.end_char)
    return found.start, found.end


def _claim(
    context: Context,
    spans: Spans,
    identity: str,
    *,
    parent: str | None,
    within: tuple[tuple[int, int], ...],
    confidence: float,
) -> Claim:
    text = context.article.document.text
    block = context.reading.block_at(spans.parts[0][0])
    segment = context.segments[block.segment_id]
    ranges = tuple(context.reading.raw(*part) for part in spans.parts)
    described = describe_source(spans.source, context.lexicon, by_author=_by_author(context, spans, parent))
    cue = read_cue(spans.cue, spans.source, context.lexicon)
    if spans.cue is not None and spans.passive is not None:
        addressee = passive_addressee(spans.cue, spans.passive)
    else:
        addressee = find_addressee(context.doc, spans.cue, spans.source, spans.parts)
    when = find_when(
        context.reading.text, spans.cue, _taken(spans), segment.posted or context.told_from, within
    )
    content = content_text(text, ranges)
    source_start, source_end = _maybe_bounds(context, spans.source)
    cue_start, cue_end = _maybe_bounds(context, spans.cue)
    return Claim(
        claim_id=identity,
        doc_id=context.article.document.doc_id,
        segment_id=segment.segment_id,
        segment_kind=segment.kind,
        form=content_form(context.reading, spans.parts, within, naming=cue.lemma in NAMING),
        content=content,
        content_spans=ranges,
        source=text[source_start:source_end] if source_start is not None else None,
        source_start=source_start,
        source_end=source_end,
        cue=text[cue_start:cue_end] if cue_start is not None else None,
        cue_start=cue_start,
        cue_end=cue_end,
        cue_lemma=cue.lemma,
        cue_class=refusals.class_of(cue.cue_class, content),
        negated=cue.negated,
        source_kind=described.kind,
        source_name=None,
        source_name_id=None,
        antecedent=None,
        antecedent_start=None,
        antecedent_end=None,
        anonymous=described.anonymous,
        source_head=described.head,
        source_role=described.role,
        source_nationality=described.nationality,
        source_affiliation=described.affiliation,
        source_count=described.count,
        source_members=_members(context, described),
        addressee=addressee.text if addressee is not None else None,
        said_when=when.text,
        said_date=when.date,
        parent_claim_id=parent,
        supports_claim_id=None,
        reported_by=find_reporter(context.article, segment, addressee, context.lexicon),
        quotation_id=None,
        confidence=confidence,
    )


def _by_author(context: Context, spans: Spans, parent: str | None) -> bool:
    """Whether "I" is the writer: the claim stands inside nobody else's."""
    if parent is not None or spans.source is None:
        return False
    if not any(token.lower_ in AUTHOR_PRONOUNS for token in spans.source):
        return False  # nothing in it that asks
    around = [(spans.source.start_char, spans.source.end_char)]
    return content_form(context.reading, around) != "direct"


def _taken(spans: Spans) -> list[tuple[int, int]]:
    source = [(spans.source.start_char, spans.source.end_char)] if spans.source is not None else []
    return [*spans.parts, *source]


def _maybe_bounds(context: Context, span: Span | None) -> tuple[int, int] | tuple[None, None]:
    return _bounds(context, span) if span is not None else (None, None)


def _members(context: Context, described: Description) -> tuple[SourceMember, ...] | None:
    return tuple(_source_member(context, member) for member in described.members) or None


def _source_member(context: Context, member: Member) -> SourceMember:
    where: Range = context.reading.raw(member.start, member.end)
    return SourceMember(
        text=context.article.document.text[where.start : where.end],
        start=where.start,
        end=where.end,
        kind=member.kind,
        head=member.head,
        role=member.role,
        nationality=member.nationality,
        count=member.count,
    )
