"""Bylines and datelines: who wrote an article, and which agency it came from.

An author is a person or an agency: names of sites, desks, feeds and teams are left out.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.clean.dates import find_dates
from pipeline.config import read_lexicon

_BY = re.compile(
    r"^(?:(?:story|words|written|posted|published|reported|report|authored|article|review|analysis|"
    r"opinion|text|"
    r"reporting|submitted|compiled|filed|exclusive|special report|comment|"
    r"column)[:,]?\s+)?by[:\s]+(?P<names>.{2,160})$",
    re.I,
)
_POSTED_BY = re.compile(
    r"^(?:(?:posted|published|written|filed|updated|last updated|created)\b.{0,70}?|"
    r".{0,60}?\d.{0,24}?[\s|·•,–—-])\bby:?\s+"
    r"(?P<names>\S.{1,80})$",
    re.I,
)
_AUTHORS = re.compile(r"^(?:authors?|reporters?|journalists?|von|texte?):\s*(?P<names>.{2,160})$", re.I)
_AGENCY_IN = re.compile(r"^(?P<agency>[A-Z][\w ]{1,30}?) in (?P<place>[A-Z][\w .,-]{2,30})$")
_SPLIT_NAMES = re.compile(r"\s*(?:,|;|\band\b|&|\|)\s*", re.I)
_ASIDE = re.compile(r"\s*\([^)]{0,40}\)")
_PARTICLE = r"(?:de|van|von|der|den|bin|ibn|al|el|la|le|da|di|du|dos|del|ter|ten)"
_PART = r"(?:[A-Z][\w'’]*(?:-[A-Za-z][\w'’]*)*\.?|[Aa]l-[\w'’]+)"
_NAME = re.compile(rf"^{_PART}(?:[ ](?:{_PART}|{_PARTICLE})){{0,4}}$")
_ROLE = re.compile(
    r"\b(?:staff|writer|reporter|correspondent|editor|editorial|columnist|contributor|contributing|"
    r"bureau|desk|team|"
    r"senior|special to|producer|news service|associate|chief|photographer|published|updated|posted|min "
    r"read|"
    r"minute read|comments?|shares?|views?|read|translated|photos?|photographs?|illustrations?)\b",
    re.I,
)
_ROLE_AFTER = re.compile(
    r"^(?P<name>(?:[A-Z][\w'’.-]+ ){1,3}?[A-Z][\w'’.-]+)[, ]+(?:[A-Za-z]+ ){0,3}(?:reporter|"
    r"correspondent|editor|writer|columnist|"
    r"contributor|producer|staff writer|reporting)\b.*$"
)
_SITE_WORDS = re.compile(
    r"\b(?:news|times|post|herald|tribune|journal|daily|press|gazette|staff|bureau|desk|magazine|media|"
    r"network|online|"
    r"team|editors?|editorial|admin|administrator|webmaster|guest|contributors?|agency|agencies|wire|"
    r"reports?|"
    r"services?|tv|radio|blog|home|world|business|sports?|politics|culture|opinion|\w+\.(?:com|org|net|"
    r"co|news))\b"
    r"|@|\d|https?:",
    re.I,
)
_NAME_CUT = re.compile(
    r"\s+[|•·–—@]\s*|\s{2,}|\s@|\s-\s|(?:^|\s)(?:on|at|in|for|published|updated|posted|translated|"
    r"photographs?)(?:\s|$)",
    re.I,
)
_DATELINE = re.compile(
    r"^(?P<place>[A-Z][A-Z'’.\- ]{2,}(?:, ?[A-Z][\w'’. \-]{1,30})?(?:/[A-Z][A-Z' \-]+)?)"
    r"(?:, (?P<date>(?:Jan|Feb|March|Mar|April|Apr|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}))?"
    r"\s*(?:\((?P<agency>[A-Z][\w .\-]{1,30})\))?\s*(?:[—–]|--?)\s*"
)
_MONTH_AFTER = re.compile(r", (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_AGENCY_START = re.compile(r"^\((?P<agency>[A-Z][\w .\-]{1,30})\)\s*(?:[—–-]|--|\.-)\s*")


@dataclass(frozen=True, slots=True)
class Byline:
    """Who a byline credits; both may be empty where it credits a site or a desk."""

    authors: tuple[str, ...]
    agency: str | None


@functools.cache
def _agencies() -> frozenset[str]:
    return frozenset(
        name.replace("_", " ").lower()
        for row in read_lexicon("outlets")
        if row[0] == "agency"
        for name in row[1].split()
    )


def agency_of(text: str) -> str | None:
    """The wire service that ``text`` names and nothing else."""
    name = text.strip(" .()")
    return name if name.lower() in _agencies() else None


def parse_byline(text: str) -> Byline | None:
    """The names of a byline, ``None`` where the line is none."""
    if len(text) > 200 or (not text[0].isalnum() and text[0] not in "*_("):
        return None
    line = text.strip("*_ ")
    match = _BY.match(line) or _AUTHORS.match(line) or _POSTED_BY.match(line)
    if match:
        return _names(match["names"])
    place = _AGENCY_IN.match(line)
    if place and agency_of(place["agency"]):
        return Byline((), agency_of(place["agency"]))
    return Byline((), agency_of(line)) if agency_of(line) else None


def _names(text: str) -> Byline | None:
    dates = find_dates(text)
    if dates:
        text = text[: dates[0].start]
    text = _ASIDE.sub("", _NAME_CUT.split(text, maxsplit=1)[0])
    authors: list[str] = []
    agency = None
    for part in _SPLIT_NAMES.split(text):
        name = part.strip(" .,:;|-–—()*_")
        role = _ROLE_AFTER.match(name)
        name = role["name"] if role else name
        if not name:
            continue
        if agency_of(name) or _looks_like_agency(name):
            agency = agency or name
        elif is_person(name):
            authors.append(_recased(name))
    if authors or agency or len(text.split()) <= 6:
        return Byline(tuple(dict.fromkeys(authors)), agency)
    return None


def _looks_like_agency(name: str) -> bool:
    """One word in capitals is how agencies are credited; so is a name that ends in "Press" or "News "
    "Agency"."""
    if name.isupper() and name.isalpha() and len(name) >= 2:
        return True
    return re.search(r"\w (?:Press|News Agency|Newswire|Wire Service|News Service)$", name) is not None


def _recased(name: str) -> str:
    """A name in capitals only, in the usual case."""
    if not name.isupper():
        return name
    return " ".join(
        part if len(part) < 3 and part.endswith(".") else part.capitalize() for part in name.split()
    )


def is_person(name: str) -> bool:
    """Whether a byline's part can be a person's name."""
    if len(name) < 3 or _ROLE.search(name) or _SITE_WORDS.search(name):
        return False
    return _NAME.match(name) is not None


def name_beside_date(text: str) -> str | None:
    """The person named in a line that else holds a date: ``Jane Doe | 14 Jun 2018 | 3 comments``."""
    dates = find_dates(text)
    if not dates:
        return None
    rest = text[: dates[0].start] + " | " + text[dates[-1].end :]
    for part in re.split(r"\s*[|•·,–—/]\s*|\s-\s", _ASIDE.sub("", rest)):
        name = part.strip(" .:;")
        if len(name.split()) in (2, 3, 4) and is_person(name) and not re.search(r"day\b", name):
            return _recased(name)
    return None


def authors_of(text: str) -> Byline | None:
    """Who a line of the head credits: a byline, names beside a date, or a name alone."""
    found = parse_byline(text)
    if found:
        return found
    beside = name_beside_date(text)
    if beside:
        return Byline((beside,), None)
    parts = [part.strip() for part in _SPLIT_NAMES.split(_ASIDE.sub("", text))]
    people = [_recased(part) for part in parts if len(part.split()) >= 2 and is_person(part)]
    return Byline(tuple(people), None) if people and len(people) == len(parts) else None


def dateline_of(text: str) -> tuple[str, str | None] | None:
    """The place and the agency of a dateline that the paragraph opens with."""
    match = _DATELINE.match(text)
    if match and len(match["place"].split()) <= 6 and not match["place"].endswith(" I"):
        return _MONTH_AFTER.split(match["place"], maxsplit=1)[0].strip(" ,"), match["agency"]
    match = _AGENCY_START.match(text)
    if match and agency_of(match["agency"]):
        return "", agency_of(match["agency"])
    return None
