"""From a raw article to its ``Article``: scores, extent, thread, kinds, metadata, segments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.extent import keep_units
from pipeline.clean.features import Seen, look_up, unit_features
from pipeline.clean.furniture import Furniture, load_furniture
from pipeline.clean.header import Head, Lines, find_head, opens_with_title
from pipeline.clean.kinds import Label, is_caption, label_furniture, label_prose, section_after
from pipeline.clean.lines import Page, Unit, ends_sentence, join_lines, split_lines
from pipeline.clean.metadata import Credits, find_credits, find_language, find_publisher
from pipeline.clean.scorer import load_trees
from pipeline.clean.site_lines import SiteLines, recurring
from pipeline.clean.threads import Thread, find_thread
from pipeline.config import Config
from pipeline.schema import BODY_KINDS, Article, Document, RawArticle, Segment, one_line

_RECURRING_ODDS = 4.0
"""Subtracted from a unit's log-odds where all its lines recur on the site: a single other page covers
73-89 % of boilerplate lines at 0.1-0.9 % of the body."""
_MERGED_KINDS = frozenset({"navigation", "footer", "related", "promo", "tags", "other"})
_OPENING_WORDS = 6
"""Words of the shortest sentence that opens an article."""
_THREAD_AFTER_WORDS = 40
"""Words of prose before a comment thread may begin: what stands higher is the article's own byline."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines ``first`` to ``last - 1`` and what they are."""

    first: int
    last: int
    label: Label
    kept: bool = False
    posted: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A page with its units, what was looked up of them, and their probability of being prose."""

    page: Page
    units: list[Unit]
    seen: Seen
    n_words: NDArray[np.floating[Any]]
    probability: NDArray[np.floating[Any]]


def score_page(page: Page, *, known: SiteLines | None = None, site: str | None = None) -> Scored:
    """The page's units with their scores."""
    furniture = load_furniture()
    units = join_lines(page)
    seen = look_up(units, furniture)
    names, features = unit_features(page, units, seen, furniture)
    odds = load_trees().log_odds(features)
    known_lines = recurring(page.lines, known, site)
    if any(known_lines):
        recurs = np.array([all(known_lines[u.first : u.last]) for u in units])
        odds = odds - np.where(recurs, np.float32(_RECURRING_ODDS), np.float32(0))
    n_words = features[:, names.index("n_words")]
    return Scored(page, units, seen, n_words, 1 / (1 + np.exp(-odds)))


def clean(raw: RawArticle, *, config: Config, known: SiteLines | None = None) -> Article:
    """The article in ``raw``: its document and its segments.

    ``known`` is what the corpus taught of its sites (``learn``), this article's own page included.
    """
    page = split_lines(raw.text)
    if not len(page):
        return _article(raw, page, [], config, Credits(None, None, None, None, None))
    scored = score_page(page, known=known, site=raw.site_key)
    furniture = load_furniture()
    keep = keep_units(scored.probability, scored.n_words)
    thread = find_thread(page, _thread_start(scored, keep), furniture)
    if thread:
        outside = np.array([u.first < thread.first for u in scored.units])
        keep = keep_units(np.where(outside, scored.probability, 0), scored.n_words)
    prose = [int(i) for i in np.flatnonzero(keep)]
    first = prose[0] if prose else 0
    head = _head(scored, raw, first, prose)
    if head.title is not None:
        _keep_opening(scored, keep, head)
        prose = [int(i) for i in np.flatnonzero(keep)]
    if head.title is not None and keep[head.title]:
        keep[head.title] = False
        prose = [i for i in prose if i != head.title]
    pieces = _label(scored, keep, head, furniture)
    if thread:
        pieces = _with_thread(pieces, page, thread, furniture)
    found = find_credits(raw, scored.units, head, prose)
    return _article(raw, page, pieces, config, found)


def _thread_start(scored: Scored, keep: NDArray[np.bool_]) -> int:
    """The first line at which a comment thread may begin."""
    words = np.cumsum(np.where(keep, scored.n_words, 0))
    least = min(_THREAD_AFTER_WORDS, float(words[-1]) / 2)
    if not least:
        return len(scored.page)
    return scored.units[int(np.argmax(words >= least))].last


def _head(scored: Scored, raw: RawArticle, first: int, prose: Sequence[int]) -> Head:
    """The head above the prose, or the headline that a text without a head opens with."""
    units = scored.units
    lines = Lines(units, scored.seen, [int(n) for n in scored.n_words])
    head = find_head(lines, first, given=raw.title)
    if head.title is None and prose:
        following = units[first + 1].text if first + 1 < len(units) else None
        gap = scored.page.gap[units[first].last] if units[first].last < len(scored.page) else 0
        is_given = raw.title is not None and raw.title.strip() == units[first].text
        if is_given or opens_with_title(units[first].text, following, n_words=lines.n_words[first], gap_after=gap):
            return replace(find_head(lines, first + 1, given=units[first].text), title=first)
    return head


def _keep_opening(scored: Scored, keep: NDArray[np.bool_], head: Head) -> None:
    """Keep the prose between the head and the first kept unit: a short article's opening scores low."""
    taken = {*head.bylines, *head.dates, *head.datelines, *head.captions, head.title, head.subtitle}
    first = int(np.argmax(keep)) if keep.any() else len(scored.units)
    for i in range(first - 1, head.end - 1, -1):
        unit, n_words = scored.units[i], int(scored.n_words[i])
        if i in taken or is_caption(unit.text, n_words=n_words):
            continue
        if scored.seen.line_mask[i] or scored.seen.start_mask[i] or n_words < _OPENING_WORDS:
            return
        if not (ends_sentence(unit.text) or n_words >= 2 * _OPENING_WORDS):
            return
        keep[i] = True


def _label(scored: Scored, keep: NDArray[np.bool_], head: Head, furniture: Furniture) -> list[Piece]:
    """Every unit with its kind."""
    inside = np.flatnonzero(keep)
    start, end = (int(inside[0]), int(inside[-1])) if len(inside) else (len(scored.units), -1)
    special = _head_labels(head)
    pieces, section = [], "navigation"
    for i, unit in enumerate(scored.units):
        n_words = int(scored.n_words[i])
        kept = bool(keep[i])
        if kept:
            label = label_prose(unit, float(scored.probability[i]), n_words=n_words)
        elif i in special:
            label = special[i]
        else:
            place = "body" if start < i < end else section
            label = label_furniture(unit, i, scored.seen, furniture, section=place, n_words=n_words)
            if i > end >= 0:
                section = section_after(label, section, n_words=n_words)
        if i == end:
            section = "other"
        pieces.append(Piece(unit.first, unit.last, label, kept))
    return pieces


def _head_labels(head: Head) -> dict[int, Label]:
    labels: dict[int, Label] = {}
    if head.title is not None:
        labels[head.title] = Label("title", "headline above the prose")
    if head.subtitle is not None:
        labels[head.subtitle] = Label("subtitle", "standfirst below the headline")
    labels |= dict.fromkeys(head.bylines, Label("byline", "byline"))
    labels |= dict.fromkeys(head.dates, Label("dateline", "date in the head"))
    labels |= dict.fromkeys(head.datelines, Label("dateline", "place and date above the prose"))
    labels |= dict.fromkeys(head.captions, Label("caption", "caption or credit"))
    return labels


def _with_thread(pieces: list[Piece], page: Page, thread: Thread, furniture: Furniture) -> list[Piece]:
    """The pieces with those of the thread's lines in place of what was there."""
    before = [replace(p, last=min(p.last, thread.first)) for p in pieces if p.first < thread.first]
    after = [replace(p, first=max(p.first, thread.last)) for p in pieces if p.last > thread.last]
    inner: list[Piece] = []
    at = thread.first
    for comment in thread.comments:
        spans = [(r, Label("other", "repeats an earlier comment")) for r in comment.repeats]
        spans.append((comment.signature, Label("byline", "signature of a comment")))
        spans.append((comment.lines, Label("comment", "signed comment", comment.author)))
        for span, label in sorted(spans, key=lambda pair: pair[0].start):
            inner += [_thread_notice(page, i, furniture) for i in range(at, span.start)]
            posted = comment.posted if label.kind == "comment" else None
            inner.append(Piece(span.start, span.stop, label, False, posted))
            at = span.stop
    inner += [_thread_notice(page, i, furniture) for i in range(at, thread.last)]
    return before + inner + after


def _thread_notice(page: Page, i: int, furniture: Furniture) -> Piece:
    unit = Unit(i, i + 1, page.lines[i])
    seen = look_up([unit], furniture)
    n_words = len(unit.text.split())
    return Piece(i, i + 1, label_furniture(unit, 0, seen, furniture, section="navigation", n_words=n_words))


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring pieces of furniture of one kind as one."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if (
            last
            and not piece.kept
            and last.label.kind == piece.label.kind
            and piece.label.kind in _MERGED_KINDS
            and not last.kept
        ):
            merged[-1] = replace(last, last=piece.last)
        else:
            merged.append(piece)
    return merged


def _article(
    raw: RawArticle,
    page: Page,
    pieces: Sequence[Piece],
    config: Config,
    found: Credits,
) -> Article:
    segments = tuple(_segment(raw, page, piece, n) for n, piece in enumerate(_merged(pieces)))
    body = "\n".join(one_line(s.text) for s in segments if s.kept and s.kind in BODY_KINDS)
    warnings = [*raw.warnings]
    if not body:
        warnings.append("no_body")
    document = Document(
        doc_id=raw.doc_id,
        path=raw.path,
        sha256=raw.sha256,
        format=raw.format,
        url=raw.url,
        site=raw.site,
        publisher=find_publisher(page.lines),
        title=_first_text(segments, "title") or raw.title,
        subtitle=_first_text(segments, "subtitle"),
        authors=found.authors,
        agency=found.agency,
        published=found.published,
        published_text=found.published_text,
        updated=found.updated,
        language=find_language(body or raw.text, config.read.languages),
        text=raw.text,
        body=body,
        n_chars=len(raw.text),
        n_words=len(body.split()),
        n_claims=0,
        duplicate_of=None,
        warnings=tuple(warnings) or None,
    )
    return Article(document, segments)


def _first_text(segments: Sequence[Segment], kind: str) -> str | None:
    return next((one_line(s.text) for s in segments if s.kind == kind), None)


def _segment(raw: RawArticle, page: Page, piece: Piece, number: int) -> Segment:
    """The one place where a piece of a page becomes a ``Segment``."""
    start, end = page.starts[piece.first], page.ends[piece.last - 1]
    return Segment(
        doc_id=raw.doc_id,
        segment_id=f"{raw.doc_id}#s{number}",
        kind=piece.label.kind,
        kept=piece.kept,
        start=start,
        end=end,
        text=raw.text[start:end],
        author=piece.label.author,
        posted=piece.posted,
        reason=piece.label.reason,
    )
