"""From a raw article to its ``Article``: scores, extent, thread, kinds, metadata, segments."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.characters import as_seen
from pipeline.clean.bylines import is_announced, parse_credit
from pipeline.clean.channels import find_channel
from pipeline.clean.comment_times import with_times
from pipeline.clean.edges import leave_out_notes
from pipeline.clean.furniture import Furniture, load_furniture
from pipeline.clean.header import Head, find_head, find_opening
from pipeline.clean.html_page import Extract, extract_page, units_of_body
from pipeline.clean.imprints import squeezed
from pipeline.clean.kinds import Label, is_caption, label_furniture, label_prose, section_after
from pipeline.clean.lines import Page, Unit, ends_sentence, split_lines
from pipeline.clean.metadata import Credits, find_credits, find_language
from pipeline.clean.pieces import Piece, merged_pieces, with_thread
from pipeline.clean.posts import find_excerpts, with_own_words
from pipeline.clean.publisher import find_publisher, host_of, stated_publisher
from pipeline.clean.scored import Scored, score_pages
from pipeline.clean.scorer import Trees
from pipeline.clean.site_lines import SiteLines
from pipeline.clean.sites import rules_for
from pipeline.clean.tags import find_tags
from pipeline.clean.tails import leave_out_appeals, leave_out_fillers
from pipeline.clean.threads import Thread, find_thread
from pipeline.clean.titles import Lines, opens_with_title, title_text
from pipeline.config import CleanConfig, Config
from pipeline.schema import BODY_KINDS, Article, Document, RawArticle, Segment, one_line

_OPENING_WORDS = 6
"""Words of the shortest sentence that opens an article."""
_OPENING_PROBABILITY = 0.05
"""Probability from which an opening needs no end mark."""
_SIGNATURE_WORDS = 12
_CAPTION_WORDS = 60
_CAPTION_CHARS = 20
_SURE = 0.9
_UNLIKELY = 0.2
"""Probability below which a unit that an extractor kept at the end may be a tag or a button."""
_MOST_TAG_UNITS = 2
"""Last units of the prose that may turn out to be tags."""
_NO_PROSE_LINES = 3
"""Where nothing is kept, lines before a comment thread may begin."""
_THREAD_AFTER_WORDS = 40
"""Words of prose before a comment thread may begin: what stands higher is the article's own byline."""


def clean(
    raw: RawArticle, *, config: Config, known: SiteLines | None = None, trees: Trees | None = None
) -> Article:
    """The article in ``raw``: its document and its segments.

    ``known`` is what the corpus taught of its sites (``learn``), this article's own page included;
    ``trees`` takes the place of the shipped line scorer, for evaluation.
    """
    (article,) = clean_all([raw], config=config, known=[known], trees=trees)
    return article


def clean_all(
    raws: Sequence[RawArticle],
    *,
    config: Config,
    known: Sequence[SiteLines | None] | None = None,
    trees: Trees | None = None,
) -> list[Article]:
    """The articles in ``raws``, each as ``clean`` finds it; ``known`` has a value for each.

    Together dense articles of 450 words take less than half of the time: arrays are made once for all, and
    each step goes over all articles before the next, which keeps its code and tables in the fast caches.
    """
    pages = [split_lines(raw.text) for raw in raws]
    full = [i for i, page in enumerate(pages) if len(page)]
    furniture, settings = load_furniture(), config.clean
    taught = [None if known is None else known[i] for i in full]
    scored = [
        each if lines is None else each.with_known(lines, raws[i].site_key, settings)
        for i, each, lines in zip(
            full, score_pages([pages[i] for i in full], trees=trees), taught, strict=True
        )
    ]
    kept = [each.keep(furniture, settings) for each in scored]
    found = [_find(raws[i], each, keep, settings) for i, each, keep in zip(full, scored, kept, strict=True)]
    labelled = [_label(each.scored, each.keep, each.head, each.ruled, furniture) for each in found]
    named = _with_excerpts(labelled, [each.scored.units for each in found])
    articles = {i: _named(pieces, each, config) for i, each, pieces in zip(full, found, named, strict=True)}
    return [
        articles.get(i) or _article(raw, page, [], config, Credits(None, None, None, None, None))
        for i, (raw, page) in enumerate(zip(raws, pages, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class _Found:
    """What of a page is prose, what stands above and below it, and what a site's rules name.

    ``prose`` are the units kept at first, whose credits count: naming takes captions and tags out of
    ``keep``.
    """

    raw: RawArticle
    scored: Scored
    keep: NDArray[np.bool_]
    prose: list[int]
    head: Head
    thread: Thread | None
    ruled: dict[int, Label]
    site_name: str | None
    modified: dt.datetime | None


def _find(raw: RawArticle, scored: Scored, keep: NDArray[np.bool_], settings: CleanConfig) -> _Found:
    furniture = load_furniture()
    thread = find_thread(scored.page, _thread_start(scored, keep), furniture)
    if thread:
        keep = scored.keep(furniture, settings, before_line=thread.first)
    extract = extract_page(raw.html, raw.url) if raw.html is not None else None
    if extract is not None:
        raw, keep = _from_html(raw, extract, scored, keep, settings)
    site_name, modified = (extract.sitename, extract.modified) if extract is not None else (None, None)
    rules = rules_for(raw.site_key, raw.site)
    ruled = rules.apply(scored.units, keep) if rules else {}
    head = _with_ruled(_with_signature(_head(scored, raw, keep), scored, keep), ruled)
    return _Found(raw, scored, keep, keep.nonzero()[0].tolist(), head, thread, ruled, site_name, modified)


def _named(pieces: list[Piece], found: _Found, config: Config) -> Article:
    """The article of a page whose units are labelled: with its credits and its comments."""
    page, head = found.scored.page, found.head
    said = find_credits(found.raw, found.scored.units, head, found.prose, modified=found.modified)
    if found.thread:
        thread = with_times(found.thread, page, said.published)
        pieces = with_thread(pieces, page, thread, load_furniture())
    return _article(found.raw, page, pieces, config, said, site_name=found.site_name)


def _from_html(
    raw: RawArticle, extract: Extract, scored: Scored, keep: NDArray[np.bool_], settings: CleanConfig
) -> tuple[RawArticle, NDArray[np.bool_]]:
    """The article as its source states it, and what of it is prose, unless its body is not on the page."""
    found = units_of_body(scored.units, extract.text)
    if scored.n_words[found].sum() < settings.html_share * len(extract.text.split()):
        return raw, keep
    stated = replace(
        raw,
        title=raw.title or extract.title,
        author=raw.author or extract.author,
        date_text=raw.date_text or extract.date,
        site=raw.site or extract.sitename,
    )
    lower, unlikely = scored.seen.lower, scored.probability < _UNLIKELY
    leave_out_notes(scored.seen, scored.n_words, found)
    leave_out_fillers(lower, scored.n_words, found)
    leave_out_appeals(scored.units, lower, scored.n_words, found, unlikely)
    return stated, found


def _thread_start(scored: Scored, keep: NDArray[np.bool_]) -> int:
    """The first line at which a comment thread may begin."""
    total = sum(itertools.compress(scored.words, keep))
    least = min(_THREAD_AFTER_WORDS, total / 2)
    if not least:
        return min(_NO_PROSE_LINES, len(scored.page))
    sums = itertools.accumulate(n * kept for n, kept in zip(scored.words, keep.tolist(), strict=True))
    return next(unit.last for unit, n in zip(scored.units, sums, strict=True) if n >= least)


def _head(scored: Scored, raw: RawArticle, keep: NDArray[np.bool_]) -> Head:
    """The head above the prose, or the headline that a text without a head opens with.

    Lines of the head are taken out of ``keep``, and prose between the head and the first kept unit put in.
    """
    units = scored.units
    lines = Lines(units, scored.seen, scored.words, scored.page.text)
    first = int(keep.argmax())
    is_empty = not keep[first]
    opening = 0 if is_empty else find_opening(lines, first)
    head = find_head(lines, opening, given=raw.title)
    if head.title is None and not is_empty and opening == first:
        following = units[first + 1].text if first + 1 < len(units) else None
        gap = scored.page.gap[units[first].last] if units[first].last < len(scored.page) else 0
        is_given = raw.title is not None and raw.title.strip() == units[first].text
        if is_given or opens_with_title(
            units[first].text, following, n_words=lines.n_words[first], gap_after=gap
        ):
            head = replace(find_head(lines, first + 1, given=units[first].text), title=first)
    for i in range(first, max(opening, first + 1)):
        if i in head.units or (
            head.title is not None and i < opening and (lines.marked(i) or _is_above(lines, i, head.title))
        ):
            keep[i] = False
    if head.title is not None:
        _keep_opening(scored, keep, head)
    return head


def _is_above(lines: Lines, i: int, title: int) -> bool:
    """Whether a unit is a short line above the headline: a paper's name, "For immediate release"."""
    return i < title and lines.n_words[i] <= _OPENING_WORDS and not ends_sentence(lines[i])


def _with_signature(head: Head, scored: Scored, keep: NDArray[np.bool_]) -> Head:
    """The head with the byline that the prose ends with, taken out of ``keep``: "Posted by Jo at 11:20"."""
    inside = keep.nonzero()[0].tolist()
    if len(inside) < 2 or scored.words[inside[-1]] > _SIGNATURE_WORDS:
        return head
    text, before = (scored.units[i].text for i in (inside[-1], inside[-2]))
    credit = parse_credit(text) if ends_sentence(before) else None
    is_name = credit is not None and credit.sure and bool(credit.authors)
    if ends_sentence(text) or not (is_announced(text) or is_name):
        return head
    keep[inside[-1]] = False
    return replace(head, bylines=(*head.bylines, inside[-1]))


def _with_ruled(head: Head, ruled: dict[int, Label]) -> Head:
    """The head with the bylines and dates that a site's rules name, in place of those that were found."""
    if not ruled:
        return head
    bylines = tuple(sorted(i for i, label in ruled.items() if label.kind == "byline"))
    dates = tuple(sorted(i for i, label in ruled.items() if label.kind == "dateline"))
    return replace(head, bylines=bylines or head.bylines, dates=dates or head.dates)


def _keep_opening(scored: Scored, keep: NDArray[np.bool_], head: Head) -> None:
    """Keep the prose between the head and the first kept unit: a short article's opening scores low."""
    taken = head.units
    first = int(keep.argmax())
    first = first if keep[first] else len(scored.units)
    for i in range(first - 1, head.end - 1, -1):
        unit, n_words = scored.units[i], scored.words[i]
        if i in taken or is_caption(unit.text):
            continue
        if scored.seen.line_mask[i] or scored.seen.start_mask[i] or n_words < _OPENING_WORDS:
            return
        if not (ends_sentence(unit.text) or scored.probability[i] >= _OPENING_PROBABILITY):
            return
        keep[i] = True


def _with_excerpts(pages: Sequence[list[Piece]], units: Sequence[Sequence[Unit]]) -> list[list[Piece]]:
    """The pieces of every page, one for each of its units, with a post's excerpts of other outlets named."""
    places = [[i for i, piece in enumerate(pieces) if piece.kept] for pieces in pages]
    texts = [[inner[i].text for i in kept] for inner, kept in zip(units, places, strict=True)]
    may_be_own = iter(with_own_words(list(itertools.chain.from_iterable(texts))))
    for pieces, kept, paragraphs in zip(pages, places, texts, strict=True):
        kinds = [pieces[i].label.kind for i in kept]
        found = find_excerpts(paragraphs, kinds, list(itertools.islice(may_be_own, len(kept))))
        for n, label in found.items():
            pieces[kept[n]] = pieces[kept[n]]._replace(label=label)
    return list(pages)


def _label(
    scored: Scored, keep: NDArray[np.bool_], head: Head, ruled: dict[int, Label], furniture: Furniture
) -> list[Piece]:
    """Every unit with its kind; ``ruled`` are those that a site's rules name."""
    inside = keep.nonzero()[0].tolist()
    start, end = (inside[0], inside[-1]) if inside else (len(scored.units), -1)
    channel = find_channel(scored.units, scored.page.text)
    if channel:
        keep[list(channel)] = False
    special = _captions(scored, keep) | _head_labels(head) | channel | ruled
    tags = find_tags(scored.units, set(inside[:-_MOST_TAG_UNITS]) | set(special))
    keep[list(tags)] = False
    special = tags | special
    pieces, section = [], "navigation"
    words, probability = scored.words, scored.probability.tolist()
    for i, (unit, kept) in enumerate(zip(scored.units, keep.tolist(), strict=True)):
        n_words = words[i]
        if kept and i in ruled:
            label = ruled[i]
        elif kept:
            label = label_prose(unit, probability[i], n_words=n_words)
        elif i in special:
            label = special[i]
        else:
            place = "body" if start < i < end else section
            label = label_furniture(unit, i, scored.seen, furniture, section=place, n_words=n_words)
            if i > end >= 0:
                section = section_after(label, section, n_words=n_words)
        if i == end:
            section = "other"
        pieces.append(Piece(unit.first, unit.last, label, kept, n_words if kept else 0))
    return pieces


def _captions(scored: Scored, keep: NDArray[np.bool_]) -> dict[int, Label]:
    """Units beside a caption that are one too: its text without the credit, or the line its credit ends."""
    labels: dict[int, Label] = {}
    units, n_words = scored.units, scored.words
    found = [i for i, unit in enumerate(units) if is_caption(unit.text)]
    for i in found:
        for j in (i - 1, i + 1):
            if not 0 <= j < len(units) or j in found or n_words[j] > _CAPTION_WORDS:
                continue
            again = len(units[j].text) > _CAPTION_CHARS and units[i].text.startswith(units[j].text)
            credited = j < i and units[i].text[0] == "(" and not ends_sentence(units[j].text)
            if again or (credited and not (keep[j] and scored.probability[j] > _SURE)):
                labels[j] = Label("caption", "beside a caption or credit")
                keep[j] = False
    return labels


def _head_labels(head: Head) -> dict[int, Label]:
    labels: dict[int, Label] = {}
    if head.title is not None:
        labels[head.title] = _TITLE
    if head.subtitle is not None:
        labels[head.subtitle] = _SUBTITLE
    labels |= dict.fromkeys(head.bylines, _BYLINE)
    labels |= dict.fromkeys(head.dates, _DATE)
    labels |= dict.fromkeys(head.datelines, _DATELINE)
    labels |= dict.fromkeys(head.captions, _CAPTION)
    return labels


_TITLE = Label("title", "headline above the prose")
_SUBTITLE = Label("subtitle", "standfirst below the headline")
_BYLINE = Label("byline", "byline")
_DATE = Label("dateline", "date in the head")
_DATELINE = Label("dateline", "place and date above the prose")
_CAPTION = Label("caption", "caption or credit")


def _article(
    raw: RawArticle,
    page: Page,
    pieces: Sequence[Piece],
    config: Config,
    found: Credits,
    *,
    site_name: str | None = None,
) -> Article:
    merged = merged_pieces(pieces)
    segments = _segments(raw, page, merged)
    prose = [one_line(s.text) for s in segments if s.kept and s.kind in BODY_KINDS]
    body = "\n".join(prose)
    title = _first_text(segments, "title")
    title = title_text(title) if title else raw.title
    publisher = stated_publisher(site_name) or find_publisher(page.lines, title=title, url=raw.url)
    warnings = [*raw.warnings]
    if not body:
        warnings.append("no_body")
    document = Document(
        doc_id=raw.doc_id,
        path=raw.path,
        sha256=raw.sha256,
        format=raw.format,
        url=raw.url,
        site=raw.site or host_of(raw.url),
        publisher=publisher,
        title=title,
        subtitle=_first_text(segments, "subtitle"),
        authors=tuple(name for name in found.authors or () if name not in (publisher, raw.site)) or None,
        agency=None if found.agency and squeezed(found.agency) == squeezed(publisher or "") else found.agency,
        published=found.published,
        published_text=found.published_text,
        updated=found.updated,
        language=raw.language or find_language(body or raw.text, config.read.languages),
        text=raw.text,
        body=body,
        n_chars=len(raw.text),
        n_words=sum([piece.n_words for piece in merged if piece.label.kind in BODY_KINDS]),
        n_claims=0,
        duplicate_of=None,
        warnings=tuple(warnings) or None,
    )
    return Article(document, segments)


def _first_text(segments: Sequence[Segment], kind: str) -> str | None:
    return next((as_seen(one_line(s.text))[0] for s in segments if s.kind == kind), None)


def _segments(raw: RawArticle, page: Page, pieces: Sequence[Piece]) -> tuple[Segment, ...]:
    """The one place where pieces of a page become ``Segment``s, by position: names take twice as long."""
    doc_id, found = raw.doc_id, []
    for number, (first, last, label, kept, _, posted) in enumerate(pieces):
        start, end = page.starts[first], page.ends[last - 1]
        text = page.lines[first] if last == first + 1 else raw.text[start:end]
        segment_id = f"{doc_id}#s{number}"
        found.append(
            Segment(
                doc_id, segment_id, label.kind, kept, start, end, text, label.author, posted, label.reason
            )
        )
    return tuple(found)
