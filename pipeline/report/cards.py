"""One claim as HTML: the row on its article's page, the item on its source's page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from pipeline.report.book import Book
from pipeline.report.pages import count, day, esc
from pipeline.report.rows import Whole
from pipeline.schema import Claim

ANSWER_WORDS = {"confirm": "Confirmed by", "deny": "Denied by"}
SUPPORT_WORDS = {"confirm": "Confirms", "deny": "Denies"}
SAME_QUOTATION_LINKS = 5
"""Links to the same quotation elsewhere; a syndicated story can stand in hundreds of articles."""


def isolate(text: str) -> str:
    """Text of unknown direction, kept from turning its surroundings."""
    return f'<bdi dir="auto">{esc(text)}</bdi>'


def badges(claim: Claim) -> str:
    """The claim's class, form and whatever is unusual about it, in words."""
    marks = [("class", claim.cue_class), ("form", claim.form)]
    if claim.anonymous:
        marks.insert(0, ("anon", "anonymous"))
    if claim.negated:
        marks.append(("neg", "negated"))
    if claim.segment_kind != "body":
        marks.append(("kind", claim.segment_kind))
    return "".join(f'<span class="badge {kind}">{esc(word)}</span>' for kind, word in marks)


def speaker_links(book: Book, row: int, root: str) -> str:
    """The sources of a claim, linked to their pages."""
    links = []
    for number in book.speakers[row]:
        source = book.sources[number]
        links.append(f'<a href="{root}{source.page}">{isolate(source.speaker.label)}</a>')
    return ", ".join(links)


def answer_items(book: Book, row: int, root: str, link: Callable[[int], str]) -> list[tuple[str, str]]:
    """Who confirms or denies the claim: pairs of heading and linked HTML."""
    items = []
    for other in book.answers.get(row, ()):
        words = ANSWER_WORDS.get(book.claims[other].cue_class, "Answered by")
        items.append((words, f"{speaker_links(book, other, root)} · {link(other)}"))
    return items


def article_row(book: Book, whole: Whole, ordinal: int, root: str) -> str:
    """The claim of that number (from 1) as it stands below its article."""
    claim = whole.claims[ordinal - 1]
    row = whole.first_claim + ordinal - 1
    facts = _facts(book, whole, claim, row, root)
    shown = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    anchor = book.claims[row].anchor
    return (
        f'<li class="claim" id="row-{ordinal}" value="{ordinal}">'
        f'<p class="said"><b>{speaker_links(book, row, root)}</b> {_cue(claim)} {badges(claim)}</p>'
        f'<blockquote class="words" dir="auto">{esc(claim.content)}</blockquote>'
        f"<dl>{shown}</dl>"
        f'<p class="go"><a href="#{anchor}">Show in the text</a> '
        f"<code>{esc(claim.claim_id)}</code></p></li>"
    )


def source_item(book: Book, claim: Claim, row: int, root: str) -> str:
    """The claim as it stands on its source's page."""
    ref = book.claims[row]
    head = book.heads[ref.article]
    to_article = f"{root}{book.claim_address(row)}"
    answers = answer_items(book, row, root, lambda other: _elsewhere(book, other, root))
    shown = "".join(f'<li class="{_mood(words)}"><b>{words}</b> {who}</li>' for words, who in answers)
    supported = _supported(book, row, root)
    if supported:
        shown = f"<li><b>{supported[0]}</b> {supported[1]}</li>{shown}"
    written = f"{isolate(claim.source)} " if claim.source else ""
    return (
        f'<li class="claim"><p class="said">{written}{_cue(claim)} {badges(claim)}</p>'
        f'<blockquote class="words" dir="auto"><a href="{to_article}">{esc(claim.content)}</a></blockquote>'
        + (f'<ul class="answers">{shown}</ul>' if shown else "")
        + f'<p class="where">{esc(head.outlet)}{_dated(day(head.day))} · {isolate(head.title)}</p></li>'
    )


def _dated(when: str) -> str:
    return f' · <time datetime="{when}">{when}</time>' if when else ""


def _mood(words: str) -> str:
    return {"Confirmed by": "yes", "Denied by": "no"}.get(words, "other")


def _cue(claim: Claim) -> str:
    return f'<em class="cue">{esc(claim.cue)}</em>' if claim.cue else ""


def _elsewhere(book: Book, row: int, root: str) -> str:
    ref = book.claims[row]
    head = book.heads[ref.article]
    when = f", {day(head.day)}" if head.day else ""
    return f'<a href="{root}{book.claim_address(row)}">{esc(head.outlet)}{when}</a>'


def _here(whole: Whole, book: Book, root: str, row: int) -> str:
    """A link to another claim: by number where it stands in the same article."""
    ref = book.claims[row]
    if ref.article != whole.number:
        return _elsewhere(book, row, root)
    return f'<a href="#row-{ref.ordinal}">claim {ref.ordinal}</a>'


def _supported(book: Book, row: int, root: str) -> tuple[str, str] | None:
    ref = book.claims[row]
    other = book.by_claim_id.get(ref.supports) if ref.supports is not None else None
    if other is None:
        return None
    words = SUPPORT_WORDS.get(ref.cue_class, "Answers")
    return words, f"what {speaker_links(book, other, root)} said · {_elsewhere(book, other, root)}"


def _facts(book: Book, whole: Whole, claim: Claim, row: int, root: str) -> Iterable[tuple[str, str]]:
    """Names and values of what the row says beyond source, cue and content, absent ones left out."""
    here = partial(_here, whole, book, root)
    if claim.source is not None:
        yield "As written", isolate(claim.source)
    if claim.antecedent is not None:
        yield "Refers to", f'<a href="#a{claim.antecedent_start}">{isolate(claim.antecedent)}</a>'
    described = {
        "Kind of source": claim.source_kind,
        "Role": claim.source_role,
        "Nationality": ", ".join(claim.source_nationality or ()),
        "Affiliation": claim.source_affiliation,
        "How many": None if claim.source_count is None else str(claim.source_count),
        "To": claim.addressee,
        "When": claim.said_when,
        "Reported by": claim.reported_by,
    }
    for name, value in described.items():
        if value:
            yield name, isolate(value)
    if claim.said_date is not None:
        yield "Date meant", day(claim.said_date)
    for name, other_id in (("Inside", claim.parent_claim_id), ("Answers", claim.supports_claim_id)):
        other = book.by_claim_id.get(other_id) if other_id is not None else None
        if other is not None:
            words = SUPPORT_WORDS.get(claim.cue_class, name) if name == "Answers" else name
            yield words, here(other)
    inner = [each for each, other in enumerate(whole.claims, 1) if other.parent_claim_id == claim.claim_id]
    if inner:
        yield "Contains", ", ".join(f'<a href="#row-{each}">claim {each}</a>' for each in inner)
    yield from answer_items(book, row, root, here)
    yield from _quoted_elsewhere(book, row, root)
    yield "Confidence", f"{claim.confidence:.0%}"


def _quoted_elsewhere(book: Book, row: int, root: str) -> Iterable[tuple[str, str]]:
    quotation = book.claims[row].quotation_id
    others = [each for each in book.same_quotation.get(quotation or "", ()) if each != row]
    if others:
        links = ", ".join(_elsewhere(book, each, root) for each in others[:SAME_QUOTATION_LINKS])
        more = len(others) - SAME_QUOTATION_LINKS
        yield "Also quoted in", links + (f" and {count(more, 'other article')}" if more > 0 else "")
