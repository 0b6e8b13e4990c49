"""What an article says of itself: authors, agency, publisher, dates, tags, language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.clean.bylines import authors_of, dateline_of
from pipeline.clean.dates import Written, find_dates, not_future
from pipeline.clean.header import Head
from pipeline.clean.lines import Unit
from pipeline.schema import RawArticle

_UPDATED = re.compile(r"\b(?:updated?|modified|last (?:updated?|modified|edited)|revised)\b", re.I)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|&copy;|copyright)[\s:]*(?:©|\(c\)|copyright)?[\s,:]*(?:(?:19|"
    r"20)\d\d(?:\s*[-–—,/]\s*(?:(?:19|20)?\d\d|present))?)?[\s,.:|by]*"
    r"(?P<owner>[A-Z][^.|©•\n]{1,60}?)(?:,? (?:19|20)\d\d(?:\s*[-–]\s*\d+)?)?"
    r"(?=\s*(?:[.|©•,;]|[-–—] |all rights?\b|$|part of\b|registered\b|terms\b|privacy\b|a division\b|"
    r"powered\b|designed\b|inc\b))",
    re.I,
)
_COMPANY = re.compile(
    r",?\s*\b(?:inc|llc|ltd|limited|corp|corporation|plc|gmbh|s\.?a|pty|co|company|group plc)\b\.?.*$", re.I
)
_SUFFIX = re.compile(r"\s+(?:[-–—|»:•·]|::)\s+(?P<name>[^-–—|»:•·]{2,50})")
_LETTERS = re.compile(r"[^a-z0-9]+")
_TOP_LINES = 40
_MASTHEAD_CHARS = 50
_MIN_HOST_LETTERS = 6
_STOP_WORDS = frozenset("the of and to in a is that for was on with as it he by be are at from said".split())


@dataclass(frozen=True, slots=True)
class Credits:
    """Who wrote and published an article, and when."""

    authors: tuple[str, ...] | None
    agency: str | None
    published: dt.datetime | None
    published_text: str | None
    updated: dt.datetime | None


def find_credits(raw: RawArticle, units: Sequence[Unit], head: Head, prose: Sequence[int]) -> Credits:
    """Credits from the head, the first and last paragraphs, and what the input states."""
    authors: list[str] = []
    agency = None
    for i in head.bylines:
        byline = authors_of(units[i].text)
        if byline:
            authors += [name for name in byline.authors if name not in authors]
            agency = agency or byline.agency
    if raw.author:
        stated = authors_of(raw.author) or authors_of("by " + raw.author)
        if stated:
            authors = list(stated.authors) or authors
            agency = stated.agency or agency
    if prose and agency is None:
        dateline = dateline_of(units[prose[0]].text)
        agency = dateline[1] if dateline else None
    authors = [name for name in authors if agency is None or name.lower() != agency.lower()]
    published, text, updated = _times(raw, units, head)
    return Credits(tuple(authors) or None, agency, published, text, updated)


def _times(
    raw: RawArticle, units: Sequence[Unit], head: Head
) -> tuple[dt.datetime | None, str | None, dt.datetime | None]:
    published: tuple[Written, str] | None = None
    updated: dt.datetime | None = None
    for i in sorted((*head.bylines, *head.dates, *head.datelines)):
        text = units[i].text
        before = units[i - 1].text if i and len(units[i - 1].text) < 30 else ""
        for written in find_dates(text):
            said = before + " " + text[: written.start] if written.start < 12 else text[: written.start]
            if _UPDATED.search(said[-40:]) and not re.search(r"publish|posted|created", said[-25:], re.I):
                updated = updated or not_future(written.when)
            elif published is None and not_future(written.when):
                published = written, text[written.start : written.end]
    if raw.date_text:
        stated = find_dates(raw.date_text)
        if stated and not_future(stated[0].when):
            return stated[0].when, raw.date_text, updated
    if published is None:
        return None, None, updated
    return published[0].when, published[1], updated


def find_publisher(lines: Sequence[str], *, title: str | None, url: str | None) -> str | None:
    """Who publishes the page: its masthead, else who holds the copyright.

    The masthead is what the page's own title adds to the headline, or one of the first lines that the host
    of the address spells.
    """
    masthead = _title_suffix(lines[:3], title) or _spelt_by_host(lines[:_TOP_LINES], url)
    return masthead or _copyright_owner(lines)


def _title_suffix(lines: Sequence[str], title: str | None) -> str | None:
    for line in lines:
        if title and line.startswith(title) and (match := _SUFFIX.fullmatch(line[len(title) :])):
            return match["name"]
    return None


def _spelt_by_host(lines: Sequence[str], url: str | None) -> str | None:
    host = _LETTERS.sub("", (urlsplit(url).hostname or "").rpartition(".")[0]) if url else ""
    for line in lines:
        spelt = _LETTERS.sub("", line.lower()).removeprefix("the")
        if (
            len(spelt) >= _MIN_HOST_LETTERS
            and len(line) <= _MASTHEAD_CHARS
            and spelt in host.replace("the", "", 1)
        ):
            return line
    return None


def _copyright_owner(lines: Sequence[str]) -> str | None:
    """Who holds the copyright, by the last lines of the page."""
    for line in reversed(lines[-80:]):
        if len(line) > 400:
            continue
        match = _COPYRIGHT.search(line)
        if match:
            owner = _COMPANY.sub("", match["owner"]).strip(" ,.-–—|")
            if (
                owner
                and 1 < len(owner) <= 50
                and not owner.lower().startswith(("all rights", "and ", "the author", "holder"))
            ):
                return owner
    return None


def find_language(body: str, languages: Sequence[str]) -> str | None:
    """The ISO 639-1 code of the prose: English by its commonest words, else what py3langid finds."""
    words = body[:3000].lower().split()
    if not words:
        return None
    share = sum(word in _STOP_WORDS for word in words) / len(words)
    if share > 0.12 and "en" in languages:
        return "en"
    import py3langid

    code, _ = py3langid.classify(body[:3000])
    return str(code)
