"""The head of an article: headline, standfirst, byline and date, and what they say.

The lines above the prose are read upwards from it: the headline is the nearest line that can be one, or
the one that the page's own title repeats.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.dates import find_dates, has_date
from pipeline.clean.features import Seen
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import Unit, ends_sentence
from pipeline.config import read_lexicon

_LOOK_BACK = 60
"""Units above the prose among which the head is looked for: social buttons stand between on many pages."""
_TITLE_WORDS = range(3, 36)
_PAGE_TITLE = re.compile(r"\s+(?:[-–—|»:•·]|::)\s+")
_BY = re.compile(
    r"^(?:(?:story|words|written|posted|published|reported|report|authored|article|review|analysis|"
    r"opinion|text|reporting)\s+)?"
    r"by[:\s]+(?P<names>.{2,120})$",
    re.I,
)
_POSTED_BY = re.compile(r"^(?:posted|published|written|filed)\b.{0,60}?\bby\s+(?P<names>\S.{1,60})$", re.I)
_AGENCY_IN = re.compile(r"^(?P<agency>[A-Z][\w ]{1,30}?) in (?P<place>[A-Z][\w .,-]{2,30})$")
_SPLIT_NAMES = re.compile(r"\s*(?:,|;|\band\b|&|\|)\s*", re.I)
_NAME = re.compile(
    r"^(?:[A-Z][\w.'’-]*|de|van|von|der|den|bin|ibn|al|el|la|le|da|di|du|of)(?:[ \-](?:[A-Z][\w.'’-]*|"
    r"de|van|von|der|den|bin|ibn|al-[\w']+|al|el|la|le|da|di|du|[A-Z]\.)){0,4}$"
)
_ROLE = re.compile(
    r"\b(?:staff|writer|reporter|correspondent|editor|editorial|columnist|contributor|contributing|"
    r"bureau|desk|team|"
    r"senior|special to|producer|news service|associate|chief|photographer|published|updated|posted|min "
    r"read|minute read)\b",
    re.I,
)
_SITE_WORDS = re.compile(
    r"\b(?:news|times|post|herald|tribune|journal|daily|press|gazette|staff|bureau|desk|magazine|media|"
    r"network|online|"
    r"team|editors?|editorial|admin|administrator|webmaster|guest|contributors?|agency|agencies|wire|"
    r"reports?|services?|"
    r"tv|radio|blog|\w+\.(?:com|org|net|co|news))\b|@|\d|https?:",
    re.I,
)
_DATELINE = re.compile(
    r"^(?P<place>[A-Z][A-Z'’.\- ]{2,}(?:, ?[A-Z][\w'’. \-]{1,30})?(?:/[A-Z][A-Z' \-]+)?)"
    r"(?:, (?P<date>(?:Jan|Feb|March|Mar|April|Apr|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}))?"
    r"\s*(?:\((?P<agency>[A-Z][\w .\-]{1,30})\))?\s*(?:[—–]|--?)\s+"
)
_AGENCY_START = re.compile(r"^\((?P<agency>[A-Z][\w .\-]{1,30})\)\s*(?:[—–-]|--)\s+")


@dataclass(frozen=True, slots=True)
class Byline:
    """Who a byline credits."""

    authors: tuple[str, ...]
    agency: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Units of the head by their number, and the byline's names."""

    title: int | None
    subtitle: int | None
    bylines: tuple[int, ...]
    dates: tuple[int, ...]
    captions: tuple[int, ...]


@functools.cache
def _agencies() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in read_lexicon("outlets"):
        if row[0] == "agency":
            for name in row[1].split():
                plain = name.replace("_", " ")
                names[plain.lower()] = plain
    return names


def agency_of(text: str) -> str | None:
    """The wire service that ``text`` names and nothing else."""
    name = _agencies().get(text.strip(" .()").lower())
    return text.strip(" .()") if name else None


def parse_byline(text: str) -> Byline | None:
    """The names of a byline, ``None`` where the line is none.

    An author is a person or an agency: names of sites, desks and teams are left out.
    """
    match = _BY.match(text) or _POSTED_BY.match(text)
    if match:
        return _names(match["names"])
    place = _AGENCY_IN.match(text)
    if place and agency_of(place["agency"]):
        return Byline((), agency_of(place["agency"]))
    return Byline((), agency_of(text)) if agency_of(text) else None


def _names(text: str) -> Byline | None:
    dates = find_dates(text)
    if dates:
        text = text[: dates[0].start]
    text = re.split(
        r"\s+[|•·–—@]\s*|\s{2,}|\s@|\s-\s|(?:^|\s)(?:on|at|in|for|published|updated|posted)\s",
        text,
        maxsplit=1,
    )[0]
    authors, agency = [], None
    for part in _SPLIT_NAMES.split(text):
        name = part.strip(" .,:;|-–—()")
        if not name:
            continue
        if agency_of(name):
            agency = agency_of(name)
        elif is_person(name):
            authors.append(_recased(name))
    return Byline(tuple(dict.fromkeys(authors)), agency) if authors or agency or text.isupper() else None


def _recased(name: str) -> str:
    """A name in capitals only, in the usual case."""
    return (
        " ".join(p if len(p) < 3 and p.endswith(".") else p.capitalize() for p in name.split())
        if name.isupper()
        else name
    )


def is_person(name: str) -> bool:
    """Whether a byline's part can be a person's name."""
    if len(name) < 3 or _ROLE.search(name) or _SITE_WORDS.search(name):
        return False
    return _NAME.match(name) is not None


def dateline_of(text: str) -> tuple[str, str | None] | None:
    """The place and the agency of a dateline that the paragraph opens with."""
    match = _DATELINE.match(text)
    if match and len(match["place"].split()) <= 6:
        return match["place"].strip(" ,"), agency_of(match["agency"] or "")
    match = _AGENCY_START.match(text)
    if match and agency_of(match["agency"]):
        return "", agency_of(match["agency"])
    return None


def find_head(
    units: Sequence[Unit], seen: Seen, n_words: Sequence[float], first: int, *, given: str | None
) -> Head:
    """The head above the prose, which begins at unit ``first``; ``given`` is the title the input states."""
    top = max(0, first - _LOOK_BACK)
    title = _find_title(units, seen, n_words, range(top, first), given)
    low = title if title is not None else max(0, first - 12)
    bylines, dates, captions = [], [], []
    subtitle = None
    for i in range(low, first):
        text = units[i].text
        if i == title:
            continue
        if is_caption(text, n_words=int(n_words[i])):
            captions.append(i)
        elif n_words[i] <= 20 and parse_byline(text):
            bylines.append(i)
        elif n_words[i] <= 14 and has_date(text):
            dates.append(i)
        elif (
            title is not None
            and subtitle is None
            and i > title
            and _is_subtitle(units, seen, n_words, i, title)
        ):
            subtitle = i
    return Head(title, subtitle, tuple(bylines), tuple(dates), tuple(captions))


def _is_subtitle(units: Sequence[Unit], seen: Seen, n_words: Sequence[float], i: int, title: int) -> bool:
    text = units[i].text
    return (
        i - title <= 4
        and 6 <= n_words[i] <= 60
        and not seen.start_mask[i]
        and not seen.line_mask[i]
        and text != units[title].text
        and any(c.islower() for c in text)
    )


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _find_title(
    units: Sequence[Unit], seen: Seen, n_words: Sequence[float], places: range, given: str | None
) -> int | None:
    candidates = [i for i in places if _can_be_title(units[i].text, seen, int(n_words[i]), i)]
    if given:
        wanted = _key(given)
        for i in reversed(places):
            key = _key(units[i].text)
            if key and (key == wanted or (len(key.split()) >= 3 and wanted.startswith(key))):
                return i
    if not candidates:
        return None
    named = _page_titles(units)
    best, best_score = None, 0.0
    for i in candidates:
        score = 1.0 - 0.015 * (places.stop - i)
        key = _key(units[i].text)
        if (
            any(key in name for name in named if name != key)
            or sum(key == _key(units[j].text) for j in candidates) > 1
        ):
            score += 1.0
        if ends_sentence(units[i].text) and units[i].text[-1] == ".":
            score -= 0.6
        score += 0.3 * _near_byline(units, i, places.stop)
        if n_words[i] < 5:
            score -= 0.3
        if score >= best_score:
            best, best_score = i, score
    return best


def _page_titles(units: Sequence[Unit]) -> list[str]:
    """The page's title, where the first lines hold it with the site's name after a dash or bar."""
    return [_key(u.text) for u in units[:3] if 3 <= len(u.text.split()) <= 40 and _PAGE_TITLE.search(u.text)]


def _near_byline(units: Sequence[Unit], i: int, stop: int) -> bool:
    return any(
        parse_byline(units[j].text) is not None or (len(units[j].text) < 80 and has_date(units[j].text))
        for j in range(i + 1, min(i + 4, stop))
    )


def _can_be_title(text: str, seen: Seen, n_words: int, i: int) -> bool:
    return (
        n_words in _TITLE_WORDS
        and not seen.line_mask[i]
        and not (seen.start_mask[i] and n_words < 8)
        and len(text) < 250
        and not is_caption(text, n_words=n_words)
        and parse_byline(text) is None
        and not (n_words < 12 and has_date(text))
        and sum(c.isalpha() for c in text) > 0.6 * len(text)
    )


_SMALL_WORDS = frozenset("a an the of to in on at by for from with and or but nor as vs is are it".split())


def opens_with_title(text: str, following: str | None, *, n_words: int, gap_after: int) -> bool:
    """Whether the first unit of a text without a head is its headline.

    It is a line without an end mark, or a line in title case, with prose after it.
    """
    if following is None or n_words not in range(3, 31) or len(following.split()) < 12:
        return False
    if text[0] in "\"“‘'(" and text[-1] in "\"”’'.!?":
        return False
    if dateline_of(text) or parse_byline(text):
        return False
    words = [w for w in re.findall(r"[\w'’]+", text) if w.lower() not in _SMALL_WORDS]
    capital = sum(w[0].isupper() or w[0].isdigit() for w in words) / max(len(words), 1)
    if not ends_sentence(text):
        return (
            (gap_after > 0 or capital >= 0.8) and text[0] not in "-–—*•" and (n_words >= 5 or capital >= 0.99)
        )
    return capital >= 0.85 and len(words) >= 4 and not text.endswith((":", ";"))
