"""The pages of sources: everything each said, under which names, and who confirmed or denied it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from pipeline.report import address
from pipeline.report.book import Book, Source, last_word
from pipeline.report.cards import isolate, source_item
from pipeline.report.pages import count, day, esc, frame
from pipeline.report.rows import Rows

CLAIMS_PER_PAGE = 300
"""Claims on one page of a source, about 300 kB; a source with more has several pages."""

SPELLINGS_SHOWN = 12
RELATED_SHOWN = 12
ROOT = "../../"


def source_pages(book: Book, rows: Rows) -> Iterator[tuple[str, str]]:
    """The path and HTML of every page of sources."""
    own = frame("sources", depth=2)
    for source in book.sources:
        if "#" not in source.page:
            for part, start in enumerate(range(0, len(source.rows), CLAIMS_PER_PAGE)):
                path = address.source_page(source.speaker.key, part)
                yield path, own.fill(source.speaker.label, _own_page(book, rows, source, part, start))
    for numbers in book.shared_pages:
        sources = [book.sources[number] for number in numbers]
        first, last = sources[0].speaker.label, sources[-1].speaker.label
        title = f"Sources quoted once or twice: {first} to {last}"
        items = iter(_items(book, rows, [row for source in sources for row in source.rows]))
        body = "".join(
            _shared(rows, source, "".join(itertools.islice(items, len(source.rows)))) for source in sources
        )
        lead = f'<p class="lead">{isolate(first)} to {isolate(last)}</p>'
        main = f"<h1>Sources quoted once or twice</h1>{lead}{body}"
        yield sources[0].page.partition("#")[0], own.fill(title, f'<div class="source">{main}</div>')


def _own_page(book: Book, rows: Rows, source: Source, part: int, start: int) -> str:
    shown = source.rows[start : start + CLAIMS_PER_PAGE]
    items = "".join(_items(book, rows, shown))
    turn = _turn(source, part)
    return (
        f'<article class="source"><header><p class="kicker">{_sort_of(source)}</p>'
        f'<h1 dir="auto">{esc(source.speaker.label)}</h1>{_summary(book, rows, source)}</header>'
        f'<h2>What they said</h2>{turn}<ol class="claims" start="{start + 1}">{items}</ol>{turn}</article>'
    )


def _shared(rows: Rows, source: Source, items: str) -> str:
    anchor = source.page.partition("#")[2]
    return (
        f'<section class="few" id="{anchor}" aria-labelledby="{anchor}-title">'
        f'<h2 id="{anchor}-title" dir="auto">{esc(source.speaker.label)}</h2>'
        f'<p class="kicker">{_sort_of(source)}</p>{_facts(_aliases(rows, source))}'
        f'<ol class="claims">{items}</ol></section>'
    )


def _items(book: Book, rows: Rows, shown: Sequence[int]) -> list[str]:
    claims = rows.claims.take(list(shown))
    return [source_item(book, claim, row, ROOT) for claim, row in zip(claims, shown, strict=True)]


def _sort_of(source: Source) -> str:
    kind = source.kinds.most_common(1)[0][0]
    if source.speaker.key == "none":
        return "Claims without a source"
    return f"{'Named' if source.speaker.named else 'Anonymous'} source · {esc(kind)}"


def _summary(book: Book, rows: Rows, source: Source) -> str:
    facts = [
        ("Claims", str(len(source.rows))),
        ("Articles", str(len(source.articles))),
        ("Confirmed by others", str(source.answers["confirm"])),
        ("Denied by others", str(source.answers["deny"])),
    ]
    if source.first is not None:
        until = f" to {day(source.last)}" if source.last != source.first else ""
        facts.append(("Published", day(source.first) + until))
    related = _related(book, source)
    if related:
        links = ", ".join(
            f'<a href="{ROOT}{each.page}">{isolate(each.speaker.label)}</a>' for each in related
        )
        facts.append(("See also", links))
    facts += _aliases(rows, source)
    written = [f"{form} ({n})" if n > 1 else form for form, n in source.spellings.most_common()]
    if written:
        facts.append(("As written", _listed(written)))
    return _facts(facts)


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    """Terms and their HTML as a list, or nothing."""
    shown = "".join(f"<div><dt>{term}</dt><dd>{value}</dd></div>" for term, value in facts)
    return f'<dl class="facts">{shown}</dl>' if shown else ""


def _related(book: Book, source: Source) -> list[Source]:
    """Other descriptions with the same last word, most quoted first: "diplomat" for "Western diplomat"."""
    alike = book.by_last_word.get(last_word(source.speaker), ())
    others = [book.sources[number] for number in alike if book.sources[number] is not source]
    return sorted(others, key=lambda each: -len(each.rows))[:RELATED_SHOWN]


def _aliases(rows: Rows, source: Source) -> list[tuple[str, str]]:
    """What else the corpus calls a named source."""
    name = rows.names.get(source.speaker.name_id) if source.speaker.name_id is not None else None
    others = [alias for alias in name.aliases if alias != name.name] if name is not None else []
    return [("Also called", _listed(others))] if others else []


def _listed(forms: Sequence[str]) -> str:
    shown = ", ".join(isolate(form) for form in forms[:SPELLINGS_SHOWN])
    more = len(forms) - SPELLINGS_SHOWN
    return shown + (f" and {count(more, 'other form')}" if more > 0 else "")


def _turn(source: Source, part: int) -> str:
    """Links to the other pages of a source that has several."""
    n_parts = -(-len(source.rows) // CLAIMS_PER_PAGE)
    if n_parts < 2:
        return ""
    links = []
    for each in range(n_parts):
        if each == part:
            links.append(f'<li><a aria-current="page">{each + 1}</a></li>')
        else:
            links.append(
                f'<li><a href="{ROOT}{address.source_page(source.speaker.key, each)}">{each + 1}</a></li>'
            )
    return f'<nav class="turn" aria-label="Pages of this source"><ol>{"".join(links)}</ol></nav>'
