"""The page of an article: its text with everything marked, then its claims row by row."""

from __future__ import annotations

import itertools
import urllib.parse
from collections import Counter
from collections.abc import Iterable

from pipeline.report import address
from pipeline.report.book import Book, outlet
from pipeline.report.cards import article_row, isolate
from pipeline.report.highlight import Text, find_marks
from pipeline.report.pages import Frame, count, day, esc, frame, web_link
from pipeline.report.rows import Whole
from pipeline.schema import BODY_KINDS, Document, Segment

ROOT = "../../"
SHOWN_KINDS = BODY_KINDS | {"title", "subtitle", "byline", "dateline", "caption", "comment"}
"""Kinds shown in place; the others are boilerplate and folded. A body segment that was not kept is too."""

HINT = (
    "Point at a marked claim, or choose its number, to see its row here. "
    "Choosing again goes outwards to the claim it stands in."
)

LABELLED_KINDS = frozenset({"title", "subtitle", "byline", "dateline", "caption", "update"})


def article_frame() -> Frame:
    """The frame of all article pages."""
    return frame("articles", depth=2, scripts=("article.js",))


def article_html(book: Book, whole: Whole, page: Frame) -> str:
    """The article's page."""
    head = book.heads[whole.number]
    text = Text(whole.document.text, find_marks(whole.claims, whole.entities))
    n_claims = len(whole.claims)
    rows = "".join(article_row(book, whole, ordinal, ROOT) for ordinal in range(1, n_claims + 1))
    main = (
        f'<article class="news">{_header(book, whole, text)}{_tools(whole)}'
        f'<div class="reading"><div id="text" class="text">{_text(text, _below(whole))}</div>'
        f'<aside id="panel" class="panel idle" aria-label="Selected claim">'
        f'<p class="hint">{HINT if rows else ""}</p></aside></div>'
        f'<section id="claims" class="rows" aria-labelledby="claims-title"><h2 id="claims-title">'
        f"{count(n_claims, 'claim')}</h2>"
        + (f'<ol class="claims">{rows}</ol>' if rows else "<p>No claim was found in this article.</p>")
        + "</section></article>"
    )
    return page.fill(head.title, main)


def _headline(whole: Whole, kind: str, text: str | None) -> Segment | None:
    """The segment that the article's title or subtitle was read from: shown in the page's head alone."""
    return next((each for each in whole.segments if each.kind == kind and each.text == text), None)


def _below(whole: Whole) -> list[Segment]:
    """The segments that the page's head does not show."""
    document = whole.document
    shown = (_headline(whole, "title", document.title), _headline(whole, "subtitle", document.subtitle))
    return [segment for segment in whole.segments if segment not in shown]


def _header(book: Book, whole: Whole, text: Text) -> str:
    document = whole.document
    when = day(document.published)
    publisher = outlet(document)
    filtered = f"{ROOT}articles.html#outlet={urllib.parse.quote(publisher, safe='')}"
    dated = f' · <time datetime="{when}">{when}</time>' if when else ""
    title = _head_line(text, _headline(whole, "title", document.title), "h1", book.heads[whole.number].title)
    subtitle = _headline(whole, "subtitle", document.subtitle)
    standfirst = _head_line(text, subtitle, 'p class="standfirst"', document.subtitle)
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in _facts(book, document))
    return (
        f'<header><p class="kicker"><a href="{filtered}">{esc(publisher)}</a>{dated}</p>{title}{standfirst}'
        f'<dl class="facts">{facts}</dl></header>'
    )


def _head_line(text: Text, segment: Segment | None, tag: str, words: str | None) -> str:
    """A line of the head: with its marks and anchor where it is a segment, else the words of the metadata."""
    if segment is not None:
        words_html = text.html(segment.start, segment.end)
        return f'<{tag} id="{_anchor(segment)}" dir="auto">{words_html}</{tag[:2].strip()}>'
    return f'<{tag} dir="auto">{esc(words)}</{tag[:2].strip()}>' if words else ""


def _facts(book: Book, document: Document) -> Iterable[tuple[str, str]]:
    if document.authors:
        yield "By", ", ".join(isolate(author) for author in document.authors)
    if document.agency:
        yield "Agency", isolate(document.agency)
    link = web_link(document.url)
    if link is not None:
        yield "Page", f'<a rel="noopener noreferrer nofollow external" href="{esc(link)}">{esc(link)}</a>'
    elif document.url:
        yield "Page", isolate(document.url)
    if document.updated:
        yield "Updated", day(document.updated)
    first = book.by_doc_id.get(document.duplicate_of) if document.duplicate_of is not None else None
    if first is not None:
        yield "Copy of", f'<a href="{ROOT}{book.heads[first].page}">{isolate(book.heads[first].title)}</a>'
    yield "Words", f"{document.n_words:,}".replace(",", "\u202f")
    yield "Row", f"<code>{esc(document.doc_id)}</code>"
    if document.warnings:
        yield "Warnings", ", ".join(esc(warning) for warning in document.warnings)


def _tools(whole: Whole) -> str:
    folded = sum(not _is_shown(segment) for segment in whole.segments)
    boxes = [("claims", "Claims", "checked"), ("names", "Names, dates and numbers", "")]
    if folded:
        boxes.append(("boilerplate", f"Left out ({folded})", ""))
    labels = "".join(
        f'<label><input type="checkbox" data-show="{key}" autocomplete="off" {checked}> {name}</label>'
        for key, name, checked in boxes
    )
    return (
        f'<div class="tools"><fieldset class="show"><legend>Show</legend>{labels}</fieldset>'
        '<p class="legend" aria-label="How claims are marked"><span class="s">source</span> '
        '<span class="q">cue</span> <span class="c">claim</span>'
        '<span class="n" aria-hidden="true">1</span></p></div>'
    )


def _is_shown(segment: Segment) -> bool:
    return segment.kind in SHOWN_KINDS and (segment.kept or segment.kind not in BODY_KINDS)


def _text(text: Text, segments: list[Segment]) -> str:
    blocks = []
    for shown, run in itertools.groupby(segments, key=_is_shown):
        each = list(run)
        blocks += [_block(text, segment) for segment in each] if shown else [_folded(text, each)]
    return "".join(blocks)


def _folded(text: Text, segments: list[Segment]) -> str:
    kinds = Counter(segment.kind for segment in segments)
    what = ", ".join(f"{kind} {n}" if n > 1 else kind for kind, n in kinds.most_common())
    lines = "".join(
        f'<p id="{_anchor(segment)}" dir="auto"><span class="kind" title="{esc(segment.reason)}">'
        f"{esc(segment.kind)}</span> {text.html(segment.start, segment.end)}</p>"
        for segment in segments
    )
    summary = f"{count(len(segments), 'part')} left out: {esc(what)}"
    return f'<details class="fold"><summary>{summary}</summary>{lines}</details>'


def _block(text: Text, segment: Segment) -> str:
    words = text.html(segment.start, segment.end)
    anchor = _anchor(segment)
    if segment.kind == "heading":
        return f'<h2 id="{anchor}" dir="auto">{words}</h2>'
    if segment.kind == "quote":
        whose = f"Quoted from {isolate(segment.author)}" if segment.author else "Quoted from elsewhere"
        return (
            f'<figure class="quote" id="{anchor}"><figcaption>{whose}</figcaption>'
            f'<blockquote dir="auto">{words}</blockquote></figure>'
        )
    if segment.kind == "comment":
        return _comment(segment, anchor, words)
    label = f'<span class="kind">{segment.kind}</span> ' if segment.kind in LABELLED_KINDS else ""
    return f'<p class="{segment.kind}" id="{anchor}" dir="auto">{label}{words}</p>'


def _comment(segment: Segment, anchor: str, words: str) -> str:
    who = isolate(segment.author) if segment.author else "a reader"
    when = ""
    if segment.posted is not None:
        when = f', <time datetime="{segment.posted.isoformat()}">{day(segment.posted)}</time>'
    return (
        f'<section class="comment" id="{anchor}" aria-label="Reader’s comment">'
        f'<p class="by">Comment by <b>{who}</b>{when}</p><p dir="auto">{words}</p></section>'
    )


def _anchor(segment: Segment) -> str:
    return address.row_anchor(segment.doc_id, segment.segment_id)
