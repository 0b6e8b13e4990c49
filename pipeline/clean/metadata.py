"""What an article says of itself: authors, agency, publisher, dates, tags, language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.bylines import agency_at_end, authors_of, dateline_of, parse_byline, reporting_credit
from pipeline.clean.dates import Written, find_dates, is_clock, not_future, settled_date
from pipeline.clean.header import Head
from pipeline.clean.lines import Unit
from pipeline.clean.people import has_given_name, is_person
from pipeline.clean.publisher import copyright_agency
from pipeline.schema import RawArticle

_UPDATED = re.compile(r"\b(?:updated?|modified|last (?:updated?|modified|edited)|revised)\b", re.I)
_DATELINE_CHARS = 70
_UNITS_BELOW = 8
"""Units below the prose among which a wire service reserves its rights."""
_PLACE_BEFORE = re.compile(r"^[A-Z][\w'’./-]*(?:,? [A-Z][\w'’./-]*){0,4},? ?\(?$")
_BEFORE_NAME = re.compile(r"^(?:[^:]{1,25}:\s*)?(?:by\s+)?", re.I)
"""What a site's rule for bylines may match before the name: "Pen: "."""
_DATED = re.compile(r"^(?:date|posted|(?:first )?published|created|dated)\b", re.I)
"""How a line below the story begins that tells when it was published."""
_DATED_CHARS = 90
_SIGNED = re.compile(r"^(?:posted|written|published) by:? .{2,60}$", re.I)
_PRESENTED = re.compile(
    r"^(?P<name>[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3})(?: ?\(@\w+\))? is (?:an?|the|our) "
    r"(?:[\w'’&-]+ ){0,6}?"
    r"(?i:writer|reporter|editor|correspondent|columnist|contributor|journalist|blogger|critic)\b"
)
_UNITS_PRESENTING = 40
"""Units below the prose among which its author is presented."""
_DASH_AFTER = re.compile(r"^\)?\.?\s*(?:\([^)]{2,25}\)\s*)?(?:[—–:/-]|--)")
_STOP_WORDS = frozenset("the of and to in a is that for was on with as it he by be are at from said".split())


@dataclass(frozen=True, slots=True)
class Credits:
    """Who wrote and published an article, and when."""

    authors: tuple[str, ...] | None
    agency: str | None
    published: dt.datetime | None
    published_text: str | None
    updated: dt.datetime | None


def find_credits(
    raw: RawArticle,
    units: Sequence[Unit],
    head: Head,
    prose: Sequence[int],
    *,
    modified: dt.datetime | None = None,
) -> Credits:
    """Credits from the head, the first and last paragraphs, and what the input states.

    ``modified`` is when the page's source says it was changed: what the page shows comes first.
    """
    authors: list[str] = []
    agency = None
    for i in head.bylines:
        byline = authors_of(units[i].text) or authors_of("by " + _BEFORE_NAME.sub("", units[i].text))
        if byline and authors and parse_byline(units[i].text) is None and not _are_known(byline.authors):
            byline = None  # a job below the name: "Local Democracy Reporter"
        if byline:
            authors += [name for name in byline.authors if name not in authors]
            agency = agency or byline.agency
    if raw.author:
        stated = authors_of(raw.author) or authors_of("by " + raw.author)
        if stated:
            authors = list(stated.authors) or authors
            agency = stated.agency or agency
    for i in prose[:2] if agency is None else ():
        dateline = dateline_of(units[i].text)
        agency = agency or (dateline[1] if dateline else None)
    if prose and agency is None:
        below = [unit.text for unit in units[prose[-1] + 1 : prose[-1] + 1 + _UNITS_BELOW]]
        agency = next(filter(None, map(copyright_agency, below)), None) or _credited_below(units, prose[-1])
    if prose and not authors:
        authors = _authors_below([unit.text for unit in units[prose[-1] :]])
    authors = [name for name in authors if agency is None or name.lower() != agency.lower()]
    published, text, updated = _times(raw, units, head, prose)
    return Credits(tuple(authors) or None, agency, published, text, updated or modified)


def _are_known(names: Sequence[str]) -> bool:
    return all(map(has_given_name, names))


def _credited_below(units: Sequence[Unit], last: int) -> str | None:
    """The wire service credited at the end of the last paragraph or right below it."""
    for i, unit in enumerate(units[last : last + 3]):
        marked = i == 0 or not unit.text[0].isupper()  # a caption below may end in "(AFP)"
        if marked and (agency := agency_at_end(unit.text)):
            return agency
        source = parse_byline(unit.text) if unit.text.lower().startswith(("source", "agenc")) else None
        if source and source.agency:
            return source.agency
    return None


def _authors_below(texts: Sequence[str]) -> list[str]:
    """Authors named below the story: by a wire service, or by a blog that signs its posts.

    Where several lines sign, they sign comments.
    """
    reporting = [byline for text in texts[:4] if (byline := reporting_credit(text))]
    signed = [text for text in texts if _SIGNED.match(text)]
    own = parse_byline(signed[0]) if len(signed) == 1 and signed[0] in texts[:4] else None
    authors = [name for byline in (*reporting, own) if byline for name in byline.authors]
    return authors or _presented(texts[:_UNITS_PRESENTING])


def _presented(texts: Sequence[str]) -> list[str]:
    """The one person that the lines below present: "Jo Hart is a staff writer at the Dale Gazette"."""
    found = {match["name"] for text in texts if " is " in text and (match := _PRESENTED.match(text))}
    names = [name for name in found if is_person(name)]
    return names if len(names) == 1 else []


def _times(
    raw: RawArticle, units: Sequence[Unit], head: Head, prose: Sequence[int]
) -> tuple[dt.datetime | None, str | None, dt.datetime | None]:
    published: tuple[Written, str] | None = None
    updated: dt.datetime | None = None
    opening = [i for i in prose[:2] if _opens_with_date(units[i].text)][:1]
    for i in (*sorted((*head.bylines, *head.dates, *head.datelines)), *opening):
        text = units[i].text
        if i + 1 < len(units) and is_clock(units[i + 1].text):
            text += "" if any(each.has_time for each in find_dates(text)) else " " + units[i + 1].text
        before = units[i - 1].text if i and len(units[i - 1].text) < 30 else ""
        for written in find_dates(text[:_DATELINE_CHARS] if i in opening else text):
            said = before + " " + text[: written.start] if written.start < 12 else text[: written.start]
            if _UPDATED.search(said[-40:]) and not re.search(r"publish|posted|created", said[-25:], re.I):
                updated = updated or not_future(written.when)
            elif not_future(written.when) and (published is None or _tells_more(written, published[0])):
                published = written, text[written.start : written.end]
    if raw.date_text:
        stated = find_dates(raw.date_text)
        if stated and not_future(stated[0].when):
            return *_as_shown(stated[0], raw.date_text, published), updated
    published = published or _dated_elsewhere(raw, units, head, prose)
    if published is None:
        return None, None, updated
    return published[0].when, published[1], updated


def _as_shown(
    stated: Written, stated_text: str, shown: tuple[Written, str] | None
) -> tuple[dt.datetime, str]:
    """When the input says an article was published, and how the page shows that day.

    The page may tell the hour where the input does not.
    """
    if shown is None or abs(shown[0].when - stated.when) >= dt.timedelta(days=1):
        return stated.when, stated_text
    return shown[0].when if shown[0].has_time and not stated.has_time else stated.when, shown[1]


def _dated_elsewhere(
    raw: RawArticle, units: Sequence[Unit], head: Head, prose: Sequence[int]
) -> tuple[Written, str] | None:
    """A date in figures in the head that the page settles, else the one date that stands below the story.

    Where several lines below say that they were posted, they are comments.
    """
    for i in head.dates:
        if (settled := settled_date(units[i].text, raw.text)) and not_future(settled.when):
            return settled, units[i].text[settled.start : settled.end]
    below = [unit.text for unit in units[prose[-1] + 1 :]] if prose else []
    said = [text for text in below if len(text) < _DATED_CHARS and _DATED.match(text)]
    if len(said) != 1 or said[0] not in below[:_UNITS_BELOW]:
        return None
    dates = find_dates(said[0])
    if len(dates) != 1 or not not_future(dates[0].when):
        return None
    return dates[0], said[0][dates[0].start : dates[0].end]


def _tells_more(written: Written, known: Written) -> bool:
    """Whether a date is the known one with its time of day."""
    return written.has_time and not known.has_time and written.when.date() == known.when.date()


def _opens_with_date(text: str) -> bool:
    """Whether a paragraph opens with a place and a date: "GRAZ, Austria, May 3, 2022 - "."""
    dates = find_dates(text[:_DATELINE_CHARS])
    if not dates:
        return False
    place, after = text[: dates[0].start], text[dates[0].end : dates[0].end + 30]
    return _PLACE_BEFORE.match(place) is not None and _DASH_AFTER.match(after) is not None


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
