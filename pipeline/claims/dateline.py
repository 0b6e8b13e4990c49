"""The day from which an article is told: that of its dateline where it has one, else of publication."""

from __future__ import annotations

import datetime as dt
import itertools
import re

from pipeline.claims.when import MONTH_DAY, said_date
from pipeline.schema import Article, Block, Reading

_OPENING = re.compile(
    rf"""^\(?(?P<place>[A-Z][^\d.!?:;"“”\n]{{1,50}}?)
    (?:,|\ \([A-Z][\w .-]{{1,25}}\),?|,?\ [—–-]+|(?=\ \())?\ \(?
    (?P<date>{MONTH_DAY})
    \)?[.,]?(?:\ ?[(/][^()\n]{{2,30}}[)/]|\ [A-Z]{{2,10}})?\s*(?:[—–:]|--?)""",
    re.VERBOSE,
)
"""What a paragraph opens with: "GRAZ, Austria, May 3, 2022 (Reuters) —", "BEIJING, Jan. 3 (Xinhua) --"."""

_IN_CAPITALS = re.compile(
    rf"""[A-Z][A-Z'’.\-/]{{2,}}(?:\ [A-Z][A-Z'’.\-/]+){{0,3}}
    (?:,\ [A-Z][\w'’.\ -]{{1,25}}?)?(?:,\ {MONTH_DAY}\.?)?
    (?:\ ?\([A-Z][\w\ .-]{{1,25}}\))?\ ?(?:[—–]|--|-(?=\ )|(?P<colon>:)(?=\ ))\ ?""",
    re.VERBOSE,
)
"""What the first paragraph opens with: "MOSUL, Iraq —", "BEIRUT (AP) - ", "LAHORE: "."""

_LABEL = re.compile(r"[A-Z][A-Z'’.\- ]+: ")
"""What a turn of a transcript opens with: "LEE: "."""

_DATE = re.compile(MONTH_DAY, re.VERBOSE)
_UPDATED = re.compile(r"\b(?:updat|modifi|revis|edit)", re.IGNORECASE)
_SMALL = frozenset("of de la el al upon on the and".split())
"""Words in small letters that names of places hold."""

_NO_YEAR_NEEDED = dt.datetime(1970, 1, 1)

FIRST_PARAGRAPHS = 3
"""Where a dateline may stand: a caption or a summary may come before it."""

MOST_DAYS = 7
"""How long before publication a dateline may be: sites take over a wire's story within days."""


def told_from(article: Article) -> dt.datetime | None:
    """The time that "yesterday" and "on Friday" are told from in the article's own prose.

    A dateline's day, where it lies up to a week before publication or nothing says when that was; without a
    year it needs the one of publication.
    """
    published = article.document.published
    day = _day_of_dateline(article, published)
    if day is None or (published is not None and not 0 < (published.date() - day).days <= MOST_DAYS):
        return published
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def dateline_chars(reading: Reading, block: Block) -> int:
    """Code points of the dateline that a segment opens with: one of the first of the prose, or an excerpt."""
    if block.kind not in ("body", "quote"):
        return 0
    first = list(itertools.islice((each for each in reading.blocks if each.kind == "body"), FIRST_PARAGRAPHS))
    if block.kind == "body" and block not in first:
        return 0
    match = _IN_CAPITALS.match(reading.text, block.start, block.start + block.n_chars)
    if match is None or (match["colon"] and _has_turns(reading, block)):
        return 0
    opens_sentence = not reading.text[match.end() : match.end() + 1].islower()
    may_go_on = block.kind == "quote" or block is first[0]
    return match.end() - match.start() if opens_sentence or may_go_on else 0


def _has_turns(reading: Reading, block: Block) -> bool:
    """Whether a paragraph after ``block`` opens as one does in which somebody speaks."""
    later = (each for each in reading.blocks if each.start > block.start and each.kind in ("body", "quote"))
    return any(_LABEL.match(reading.text, each.start) for each in later)


def _day_of_dateline(article: Article, published: dt.datetime | None) -> dt.date | None:
    opening = [each.text for each in article.segments if each.kind in ("body", "quote")][:2]
    lines = [each.text for each in article.segments if each.kind == "dateline" and published is None]
    for expression in (*map(_date_opening, opening), *map(_date_in, lines)):
        day = said_date(expression, published or _NO_YEAR_NEEDED) if expression else None
        if expression and day and (published is not None or str(day.year) in expression):
            return day
    return None


def _date_opening(paragraph: str) -> str | None:
    """The date after the place with which a paragraph opens; words of a place begin with a capital."""
    match = _OPENING.match(paragraph)
    if match is None:
        return None
    words = re.findall(r"[^\W\d_]+", match["place"])
    return match["date"] if all(word[0].isupper() or word in _SMALL for word in words) else None


def _date_in(line: str) -> str | None:
    """The first date of a line of its own, unless it tells of an update."""
    match = _DATE.search(line)
    return match.group() if match and not _UPDATED.search(line) else None
