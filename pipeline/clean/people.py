"""Names of people and of wire services as bylines give them."""

from __future__ import annotations

import functools
import re

from pipeline.clean.furniture import load_furniture
from pipeline.config import read_lexicon

_PARTICLE = r"(?:de|van|von|der|den|bin|ibn|al|el|la|le|da|di|du|dos|del|ter|ten)"
_PART = r"(?:[A-Z][\w'’]*(?:-[A-Za-z][\w'’]*)*\.?|[Aa]l-[\w'’]+)"
_NAME = re.compile(rf"^{_PART}(?:[ ](?:{_PART}|{_PARTICLE})){{0,4}}$")
_ROLE = re.compile(
    r"\b(?:staff|writers?|reporters?|reporting|correspondents?|editors?|editorial|columnists?|contributors?|"
    r"contributing|bureau|desk|team|senior|special to|producer|news service|associate|chief|"
    r"photographers?|published|updated|posted|min read|minute read|comments?|shares?|views?|read|"
    r"translated|photos?|photographs?|illustrations?|guest|agencies|analyst|blogger|follow|critic)\b",
    re.I,
)
_ROLE_AFTER = re.compile(
    r"^(?P<name>(?:[A-Z][\w'’.-]+ ){1,3}?[A-Z][\w'’.-]+)[, ]+(?:[A-Za-z]+ ){0,3}(?i:reporter|correspondent|"
    r"editor|writer|columnist|contributor|producer|staff writer|reporting|critic|analyst)\b.*$"
)
_ORGANISATION = re.compile(
    r"\b(?:news|times|post|herald|tribune|journal|daily|press|gazette|staff|bureau|desk|magazine|media|"
    r"network|online|team|editors?|editorial|admin|administrator|webmaster|guest|contributors?|agency|"
    r"agencies|wire|reports?|services?|tv|radio|blog|home|world|business|sports?|politics|culture|opinion|"
    r"today|ledger|chronicle|courier|insider|sentinel|observer|echo|argus|\w+\.(?:com|org|net|co|news))\b"
    r"|@|\d|https?:",
    re.I,
)
_PAPER = re.compile(
    r"\b(?:News|Times|Post|Herald|Tribune|Journal|Daily|Press|Gazette|Magazine|Ledger|Chronicle|Courier|"
    r"Sentinel|Observer|Echo|Argus)\b"
)
_DEGREES = frozenset(
    "ms md ma ba bsc msc phd rdn rd rn mph mba jd jr sr esq qc kc mp obe mbe cbe dphil".split()
)
_PLACE_WORDS = frozenset("New North South East West Los Las Fort Port Mount Lake Upper Lower".split())
"""How names of places begin that look like a person's."""
_AGENCY_END = re.compile(r"\w (?:Press|News Agency|Newswire|Wire Service|News Service)$")


@functools.cache
def _agencies() -> frozenset[str]:
    return frozenset(
        name.replace("_", " ").lower()
        for row in read_lexicon("outlets")
        if row[0] == "agency"
        for name in row[1].split()
    )


@functools.cache
def _given_names() -> frozenset[str]:
    return frozenset(name.lower() for row in read_lexicon("given_names") for name in row[1].split())


def agency_of(text: str) -> str | None:
    """The wire service that ``text`` names and nothing else."""
    name = text.strip(" .()")
    return name if name.lower() in _agencies() else None


def looks_like_agency(name: str) -> bool:
    """One word in capitals is how agencies are credited; so is a name that ends in "Press" or "News
    Agency"."""
    if name.isupper() and name.isalpha() and len(name) >= 3 and name.lower() not in _DEGREES:
        return True
    return _AGENCY_END.search(name) is not None


def recased(name: str) -> str:
    """A name in capitals only, in the usual case; initials keep theirs."""
    if not name.isupper():
        return name
    return " ".join(
        part if len(part) < 3 or part.count(".") > 1 else "-".join(map(_recased_word, part.split("-")))
        for part in name.split()
    )


def _recased_word(word: str) -> str:
    """One word of a name: ``O'SHEA`` → ``O'Shea``, ``MCKENZIE`` → ``McKenzie``."""
    plain = word.capitalize()
    if len(word) > 3 and word[1] in "'’":
        return word[:2] + plain[2].upper() + plain[3:]
    return "Mc" + plain[2:].capitalize() if plain.startswith("Mc") and len(plain) > 4 else plain


def is_person(name: str) -> bool:
    """Whether a byline's part can be a person's name."""
    first = name.split()[0]
    if len(name) < 3 or name.lower().replace(".", "") in _DEGREES or first in _PLACE_WORDS or first == "The":
        return False
    if _ROLE.search(name) or _ORGANISATION.search(name):
        return False
    return _NAME.match(name) is not None


def has_given_name(name: str) -> bool:
    """Whether the first word is a known given name."""
    first = name.split()[0].lower().split("-")[0]
    return first in _given_names()


def is_organisation(text: str) -> bool:
    """Whether a part of a credit names a paper, a desk or a team."""
    return _ORGANISATION.search(text) is not None


def is_section(text: str) -> bool:
    """Whether a part of a credit is the name of a section, as pages print it in capitals."""
    return bool(load_furniture().line_mask(text.lower()))


def has_role(text: str) -> bool:
    """Whether a part of a credit holds a job: "Transport reporter"."""
    return _ROLE.search(text) is not None


def without_place(name: str) -> str:
    """``Jo Hart Belgrade BLN`` → ``Jo Hart``: a paper's letters and a place may follow."""
    words = name.split()
    if len(words) > 2 and words[-1].isupper() and len(words[-1]) > 2 and not name.isupper():
        words.pop()
    if len(words) > 2 and words[-1] in _places():
        words.pop()
    return " ".join(words)


@functools.cache
def _places() -> frozenset[str]:
    return frozenset(name for row in read_lexicon("places") for name in row[1].split())


def without_role(name: str) -> str:
    """``Bryn Howell Heritage reporter`` → ``Bryn Howell``; ``Dale County Herald reporter`` names a paper."""
    match = _ROLE_AFTER.match(name)
    if match is None or (_PAPER.search(name, match.end("name")) and not has_given_name(match["name"])):
        return name
    return match["name"]
