"""Bylines and datelines: who wrote an article, and which agency it came from.

An author is a person or an agency: names of sites, desks, feeds and teams are left out. A credit is either
announced ("By Jane Doe", "Source: Reuters") or stands alone, as names with a job, a place, a paper or a date
beside them; the second kind is read by taking the line apart and accounting for every part.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.clean.dates import find_dates, without_dates
from pipeline.clean.people import (
    agency_of,
    has_given_name,
    has_role,
    is_organisation,
    is_person,
    is_section,
    looks_like_agency,
    recased,
    without_place,
    without_role,
)

_BY = re.compile(
    r"^(?:(?:story|words|written|posted|published|reported|report|authored|article|review|analysis|"
    r"opinion|text|reporting|submitted|compiled|filed|exclusive|special report|comment|commentary|column|"
    r"(?:a )?guest (?:post|blog|column|essay)|essay|interview|produced|contributed)[:,]?\s+)?"
    r"by[:\s]+(?P<names>.{2,160})$",
    re.I,
)
_POSTED_BY = re.compile(
    r"^(?:(?:posted|published|written|filed|updated|last updated|created)\b.{0,70}?|"
    r".{0,60}?\d.{0,24}?[\s|·•,–—-])\bby:?\s+"
    r"(?P<names>\S.{1,80})$",
    re.I,
)
_AUTHORS = re.compile(
    r"^(?:authors?|reporters?|journalists?|von|texte?|byline):\s*(?P<names>.{2,160})$", re.I
)
_SOURCE = re.compile(
    r"^(?i:source|via|agency|credit)s?:\s*(?P<name>[A-Z][\w .’'-]{1,40}?)\s*(?:[|,·•–—(-].*)?$"
)
_REPORTING = re.compile(r"^[(\[]?(?:Reporting|Writing|Written) by (?P<names>[^;.)\]]{3,120})[;.)\]]")
"""How wire services credit below the story; "Additional reporting" is not its author's."""
_AND = re.compile(r"\s+(?:and|&)\s+")
_SPLIT_NAMES = re.compile(r"\s*(?:,|;|\band\b|&|\|)\s*", re.I)
_ASIDE = re.compile(r"\s*\([^)]{0,40}\)")
_BETWEEN = re.compile(
    r"(?:\s*\([^)]{0,40}\)|\s+in\s+[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})(?=\s*(?:,|;|and\b|&)\s*[A-Z])"
)
"""What stands between two names: "Jo Hart (now) and Max Lund", "Jo Hart in Aden and Max Lund in Oslo"."""
_NAME_CUT = re.compile(
    r"\s+[|•·–—@]\s*|\s{2,}|\s@|\s-\s|(?:^|\s)(?:on|at|in|for|of|published|updated|posted|translated|"
    r"photographs?)(?:\s|$)",
    re.I,
)
_NOISE = re.compile(
    r"@\w+|\S+@\S+\.\w+|\(?\+?\d[\d ()-]{6,}\d|\b\d+ ?min(?:ute)?s?(?: read)?\b|"
    r"\b\d+ (?:comments?|shares?|views?|replies)\b|\([^)]{0,60}\)|\bfollow\b",
    re.I,
)
_SAID = re.compile(r"(?<=\w)[\s,]+(?:last )?(?:published|updated|posted)(?: (?:on|at))?:?\s*(?=\||$)", re.I)
"""What stands between a name and a date: "Jo Hart Published March 7"."""
_DATE_THEN = re.compile(r"^ ?\| {1,2}[A-Z]")
_EVIDENCE = re.compile(r"@|\bmin(?:ute)?s? read\b|\bfollow\b", re.I)
_PARTS = re.compile(r"\s*[|•·–—/,;]\s*|\s+-\s+|\s+(?:and|with)\s+|\s*&\s*|\s{2,}", re.I)
_IN_PLACE = re.compile(
    r"^(?P<name>[A-Z].{2,50}?),? (?:in|for|at|of|reports from) (?P<rest>[A-Z][\w .’'-]{1,40})$"
)
_SMALL_TALK = re.compile(
    r"^(?:(?:last )?(?:updated?|published|posted|modified|written|created|on|at|edited|editor)\b.{0,20}|"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|[\d:. ]*(?:[ap]\.?m\.?)?|now|"
    r"earlier)\.?:?$",
    re.I,
)
_PLACE = re.compile(r"^[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,2}$")
_STAFF = re.compile(
    r"^(?:[\w.’'&-]+ ){0,3}(?:staff(?: (?:writers?|reporters?|reports?))?|bureau|(?:news )?desk|agencies|"
    r"wire (?:services?|reports?)|editorial(?: board)?|news service|newsroom|reporters|correspondents|"
    r"web desk|team)$",
    re.I,
)
_AGENCY_IN = re.compile(r"^[A-Z][\w ]{2,40} in [A-Z][\w .’'-]{1,40}$")
_MOST_CREDIT_CHARS = 140
_LAST_CHARS = 60
_BULLET = re.compile(r"^[*+•·]\s+(?=\S)")
_DATELINE = re.compile(
    r"^(?P<place>[A-Z][A-Z'’.\- ]{2,}(?:, ?[A-Z][\w'’. \-]{1,30})?(?:/[A-Z][A-Z' \-]+)?)"
    r"(?:, (?P<date>(?:Jan|Feb|March|Mar|April|Apr|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}))?"
    r"\s*(?:\((?P<agency>[A-Z][\w .\-]{1,30})\))?\s*(?:[—–]|--?)\s*"
)
_MONTH_AFTER = re.compile(r", (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_AGENCY_START = re.compile(r"^\(?(?P<agency>[A-Z][\w .\-]{1,30})\)?\s*(?:[—–-]|--|\.-)\s+")
_DASH = re.compile(r"[—–-]")
_AGENCY_DASH_CHARS = 60
_AGENCY_IN_DATELINE = re.compile(
    r"^.{3,70}?(?:\((?P<agency>[A-Z][\w .’'-]{1,30})\)|/(?P<slashed>[A-Z][\w .’'-]{1,30})/)"
    r"\s*\.?\s*(?:[—–:.-]|--|(?<=\.) ?(?=[A-Z]))"
)
"""A dateline whose place is not in capitals ("Brussels, 9 December (Reuters) -"), "(EFE).-", "/TASS/."."""
_AGENCY_LAST = re.compile(
    r"(?:(?:^|[.!?”\"’)])\s*[-–—=]{0,2}\s*|^(?:[a-z]{2,4}/)*[a-z]{2,4}\s*)[(\[/]?"
    r"(?:(?i:with )(?i:inputs? from |agency inputs from |reporting by )?)?"
    r"(?P<agency>[A-Z][\w .’'-]{1,30}?|dpa)(?:\s*[,/]\s*[\w .’'-]{2,30})*[)\]/]?\.?$"
)
"""How papers credit the wire at the end: "… Sunday. — AFP", "(With inputs from PTI)", "jal/rt (AFP, dpa)"."""
_MARK_BEFORE = re.compile(r"[.!?”\"’)]")


@dataclass(frozen=True, slots=True)
class Byline:
    """Who a byline credits; both may be empty where it credits a site or a desk.

    ``sure``: the line says so itself, by a word such as "by", a job, a date, an agency or a known given name.
    """

    authors: tuple[str, ...]
    agency: str | None
    sure: bool = True


def is_announced(text: str) -> bool:
    """Whether a line says that it credits: "By Jane Doe", "Source: Reuters"."""
    line = text.strip("*_ ")
    patterns = (_BY, _AUTHORS, _POSTED_BY, _SOURCE)
    return len(text) <= 200 and any(pattern.match(line) for pattern in patterns)


@functools.lru_cache(maxsize=4096)
def parse_byline(text: str) -> Byline | None:
    """The names of an announced byline, ``None`` where the line is none."""
    if len(text) > 200 or (not text[0].isalnum() and text[0] not in "*_("):
        return None
    line = text.strip("*_ ")
    match = _BY.match(line) or _AUTHORS.match(line) or _POSTED_BY.match(line)
    if match:
        return _names(match["names"])
    source = _SOURCE.match(line)
    if source and agency_of(source["name"]):
        return Byline((), agency_of(source["name"]))
    return Byline((), agency_of(line)) if agency_of(line) else None


def _names(text: str) -> Byline | None:
    dates = find_dates(text)
    if dates:
        text = text[: dates[0].start]
    text = _BETWEEN.sub("", _AND.sub(" and ", text))
    cut = _NAME_CUT.split(_NOISE.sub(" | ", text), maxsplit=1)
    authors: list[str] = []
    agency = None
    parts = _SPLIT_NAMES.split(_ASIDE.sub("", cut[0]))
    for part in parts if len(cut) < 2 else [*parts, *_SPLIT_NAMES.split(cut[1])]:
        name = without_role(part.strip(" .,:;|-–—()*_"))
        if not name:
            continue
        credited = agency_within(name)
        if credited or (part in parts and looks_like_agency(name)):
            agency = agency or credited or name
        elif part in parts and is_person(name) and not _belongs_to_agency(name):
            authors.append(recased(name))
    if authors or agency or len(text.split()) <= 6:
        return Byline(tuple(dict.fromkeys(_without_places(authors))), agency)
    return None


def _without_places(names: list[str]) -> list[str]:
    """The names less single words among fuller ones, which are places: "Jo Hart, Gusau and Max Lund"."""
    full = [name for name in names if " " in name]
    return [name for name in names if name in full or has_given_name(name)] if full else names


def agency_within(text: str) -> str | None:
    """The wire service that ``text`` names, or that a job in it belongs to: "AP National Writer"."""
    words = text.split()
    starts = [text, *(" ".join(words[:n]) for n in (2, 1) if n < len(words) and has_role(text))]
    name = next((name for start in starts if (name := agency_of(start))), None)
    return name.upper() if name is not None and len(name) < 5 else name


def _belongs_to_agency(name: str) -> bool:
    """``AP National`` begins with an agency in capitals: no person does."""
    first = name.split()[0]
    return first.isupper() and agency_of(first) is not None


@functools.lru_cache(maxsize=4096)
def parse_credit(text: str) -> Byline | None:
    """The credit of a line that announces none, where every part of it is accounted for.

    A part is a person, an agency, a job, a paper, a place beside one of these, a date or a button.
    """
    text = _BULLET.sub("", text)
    if len(text) > _MOST_CREDIT_CHARS or not (text[0].isupper() or text[0].isdigit()):
        return None
    if _STAFF.match(text.split(" - ")[0].rstrip(" ,.|")):
        return Byline((), None)
    rest, n_dates = without_dates(text)
    evidence = n_dates > 0 or _EVIDENCE.search(text) is not None
    authors: list[str] = []
    agency = None
    organisation = job = False
    for part in _parts(_SAID.sub(" | ", _NOISE.sub(" | ", rest))):
        name = without_role(part)
        credited = agency_within(part)
        if credited:
            agency, evidence = agency or credited, True
        elif (
            len(name.split()) >= 2
            and is_person(name)
            and not _belongs_to_agency(name)
            and (not job or has_given_name(name))
        ):
            evidence, job = evidence or name != part, job or name != part
            authors.append(recased(without_place(name) if evidence else name))
        elif (tail := _with_paper(part)) is not None:
            authors, agency = [*authors, recased(tail[0])], agency or tail[1]
        elif len(part) > 4 and looks_like_agency(part) and _is_placed(rest, n_dates) and not is_section(part):
            agency, evidence = agency or part, True
        elif has_role(part) and len(part.split()) <= 5:
            evidence = job = True
        elif is_organisation(part) and len(part.split()) <= 5:
            organisation = True
        elif not ((authors or agency or job) and _PLACE.match(part)):
            return None
    known = [name for name in authors if has_given_name(name)]
    if authors and not known and not job and _DATE_THEN.match(rest):
        return None  # "12 October 2020 Humanitarian Aid"
    if agency and len(known) < len(authors):
        authors = known  # "Reuters, New Delhi"
    if not authors and not agency and not (organisation and evidence):
        return None
    return Byline(tuple(dict.fromkeys(authors)), agency, evidence or bool(known))


def _is_placed(text: str, n_dates: int) -> bool:
    """Whether a date or a place stands with a name: "INTERWIRE, Dec 4, 2018", "Meridian Press in Aden"."""
    return n_dates > 0 or _AGENCY_IN.match(text) is not None


def _with_paper(part: str) -> tuple[str, str | None] | None:
    """The person, and the paper if it is an agency, of "Tom Davies Associated Press"."""
    words = part.split()
    for n in (2, 3):
        name, paper = " ".join(words[:n]), " ".join(words[n:])
        if paper and has_given_name(name) and is_person(name) and len(words) <= n + 4:
            agency = agency_of(paper)
            if agency or (is_organisation(paper) and all(word[0].isupper() for word in paper.split())):
                return name, agency
    return None


def _parts(text: str) -> list[str]:
    """The parts of a credit, "NAME in PLACE" and "NAME for PAPER" without their tails."""
    found = []
    for part in _PARTS.split(text):
        name = part.strip(" .:;,|*_()-–—#").removeprefix("and ")
        tail = _IN_PLACE.match(name)
        name = tail["name"] if tail else name
        if name and not _SMALL_TALK.match(name):
            found.append(name)
    return found


def authors_of(text: str) -> Byline | None:
    """Who a line credits: an announced byline, or names and agencies alone."""
    return parse_byline(text) or parse_credit(text)


def reporting_credit(text: str) -> Byline | None:
    """The authors in a wire service's line below: "(Reporting by Jane Doe in Aden; Editing by …)"."""
    match = _REPORTING.match(text)
    byline = _names(_BETWEEN.sub("", match["names"]).replace(" in ", " | ", 1)) if match else None
    if byline is None:
        return None
    return Byline(tuple(name for name in byline.authors if " " in name), byline.agency)  # else a place


def agency_at_end(text: str) -> str | None:
    """The wire service that a paragraph's last words credit, or that a line below it is.

    >>> agency_at_end("The road was reopened on Sunday. — AFP")
    'AFP'
    """
    start = max(0, len(text) - _LAST_CHARS)
    if start and not _MARK_BEFORE.search(text, start, len(text) - 1):
        return None
    match = _AGENCY_LAST.search(text, start)
    if match and match.start() == 0 and text[0].isupper():
        return None  # a link or a tag
    return agency_of(match["agency"]) if match else None


def dateline_of(text: str) -> tuple[str, str | None] | None:
    """The place and the agency of a dateline that the paragraph opens with."""
    match = _DATELINE.match(text)
    if match and len(match["place"].split()) <= 6 and not match["place"].endswith(" I"):
        return _MONTH_AFTER.split(match["place"], maxsplit=1)[0].strip(" ,"), match["agency"]
    match = _AGENCY_IN_DATELINE.match(text) if "(" in text[:80] or "/" in text[:80] else None
    if match and agency_of(match["agency"] or match["slashed"]):
        return "", agency_of(match["agency"] or match["slashed"])
    match = _AGENCY_START.match(text) if _DASH.search(text, 0, _AGENCY_DASH_CHARS) else None
    if match and agency_of(match["agency"]):
        return "", agency_of(match["agency"])
    return None
