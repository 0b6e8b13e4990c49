"""Who publishes a page: what its title adds to the headline, its masthead, its copyright line."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.clean.dates import has_date
from pipeline.clean.furniture import load_furniture
from pipeline.clean.imprints import call_sign, printed_in, squeezed
from pipeline.clean.invitations import beginnings, mentions, self_named
from pipeline.clean.people import agency_of, has_given_name, is_person
from pipeline.config import read_lexicon

_YEARS = r"(?:(?:19|20)\d\d(?:\s*[-–—,/]\s*(?:(?:19|20)?\d\d|[Pp]resent))?)"
_MARK = r"(?:©|\([cC]\)|&copy;|[Cc]opyright|COPYRIGHT)"
_MARKS = ("©", "(c)", "(C)", "opyright", "OPYRIGHT", "&copy;")
_RESERVED = ("ights reserved", "ights Reserved")
_SIGNS = ("©", "opyright", "OPYRIGHT", "eserved", "ublished by ", "perated by ", "ontent by ")
_BRACKET_SIGNS = ("(c)", "(C)")
"""One of these is in every line that names an owner, or "&copy;" is: brackets and "&" are found sooner."""
_COPYRIGHT = re.compile(
    rf"{_MARK}[\s:]*(?:{_MARK}[\s:]*)?(?:(?:[Bb]y|of)\s+)?,?\s*(?:{_YEARS}[\s,.:|]*)?(?:[Bb]y\s+)?[\s,|–-]*"
    rf"(?P<owner>[A-Z0-9][^.|©•\n;]*?(?:\.\w[^.|©•\n;]*?)*?)(?:,? {_YEARS})?"
    r"(?=\s*(?:\.(?:\s|$)|[|©•,;]|[-–—] |(?i:all rights?\b|$|part of\b|registered\b|terms\b|privacy\b|"
    r"a division\b|powered\b|designed\b|unless\b|or its\b|in england\b|may not\b|no part\b)))"
)
_OWNER_BEFORE = re.compile(
    rf"^(?P<owner>[A-Z0-9][\w &'’.-]{{1,48}}?)\s*(?:©|\([cC]\)|,? [Cc]opyright ©?)\s*{_YEARS}"
)
_ALL_RIGHTS = re.compile(
    rf"^(?P<owner>[A-Z0-9][\w &'’-]{{1,48}}?),? {_YEARS}[.,]? [Aa]ll [Rr]ights [Rr]eserved"
)
_PUBLISHED_BY = re.compile(
    r"\b(?:[Pp]ublished|[Oo]wned and operated|[Oo]perated) by (?P<owner>[A-Z][\w &'’-]{2,48}?)(?=[.,;|(]|$)"
)
_LICENSED = re.compile(r"\b[Cc]ontent (?:by|of|from) (?P<owner>[A-Z][\w &'’-]{2,48}?) is licen[sc]ed\b")
_PUBLISHERS = re.compile(r" (?:publishers|publishing|publications)(?: (?:company|co|group))?$", re.I)
_COMPANY = re.compile(
    r",?\s*\b(?:inc|llc|ltd|limited|corp|plc|gmbh|s\.?a|pty|pvt|pte|private|llp|srl|sal|group plc)\b\.?,?$",
    re.I,
)
_NOT_OWNERS = re.compile(
    r"^(?:all \w+|site|contents?|and |privacy|terms|contact|the authors?\b|holders?\b|policy|notices?|"
    r"copyright|reserved|rights?\b|th(?:is|ese)\b|your\b|our\b|no part\b|"
    r"infringement|law|protected|information|agency|statement|\d+$|licen[cs]e|respective)",
    re.I,
)
_SUFFIX = re.compile(r"\s+(?:[-–—|»:•·]|::)\s+")
_ABOUT = re.compile(r"^(?:about|subscribe to|welcome to|advertise with|contact|support|follow)\s+", re.I)
_IS_OWNED = re.compile(
    r"^(?P<name>(?:The )?[A-Z][\w&'’-]*(?: (?:[A-Z][\w&'’-]*|of|and|&)){0,4}) is (?:published|owned|operated|"
    r"part of|an? (?:\w+ ){0,2}(?:publication|member|division|charity|newspaper|magazine|website|imprint))\b"
)
_JOB = re.compile(
    r"\s+(?:(?:chief|senior|staff|political|business|sports?|features?|environment|"
    r"education|health) )*(?:writer|reporter|correspondent|editor|columnist|photographer|staff)s?$",
    re.I,
)
_LAST_LINES = 5
"""Lines at the foot of the page that tell whose paper it is: higher up it is news of a paper."""
_CREDITED_LINES = 4
"""Lines below the headline among which a byline may name the paper."""
_CREDIT_PARTS = re.compile(r"\s*[|·•—–/,(]\s*|\s+-\s+|\s+(?:for|in|at|on)\s+(?=[A-Z])")
_HOST_LIKE = re.compile(r"^https?:|^[\w-]+(?:\.[\w-]+)+$")
_LEADING_YEARS = re.compile(rf"^{_YEARS}\W*")
_FOOTER_HOST = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+(?:com|org|net|news|info|tv|co\.[a-z]{2}|[a-z]{2}))\b"
    r"(?![@\w-])",
    re.I,
)
_FOOTER_LINES = 10
_LETTERS = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[\w'’&.-]+")
_TOP_LINES = 40
_FOOT_LINES = 80
_MASTHEAD_CHARS = 50
_MASTHEAD_WORDS = 5
_MASTHEAD_LINES = 5
_NAMED_LINES = 3
_SMALL_WORDS = frozenset("of and the in on for & de del la le".split())
_NO_SUFFIX = frozenset(
    "News Times Today Online Press Media Video Radio TV Review Standard Magazine Television".split()
)
"""Words that end names of newspapers and of sections and notices alike: "Breaking News", "Book Review"."""
_MIN_HOST_LETTERS = 6
_MIN_TITLE_SHARE = 0.6
_MOST_LINE_CHARS = 400


def find_publisher(lines: Sequence[str], *, title: str | None, url: str | None) -> str | None:
    """Who publishes the page, by the surest sign there is: null rather than a guess.

    What the page's own title adds to the headline; a line that spells the host of the address; what the page
    calls itself in several ways; the paper that it says it was printed in; a station's call sign; who holds
    the copyright (a wire service holds that of its text only, an author is no publisher if there is a
    masthead); a masthead above a menu; whom readers are asked to follow; the paper that a byline names.
    """
    owner = _copyright_owner(lines)
    is_author = owner is not None and is_person(owner) and has_given_name(owner)
    return (
        _title_suffix(lines[:3], title)
        or _spelt_by_host([*lines[:_TOP_LINES], *lines[_TOP_LINES:][-_TOP_LINES:]], url)
        or self_named(lines)
        or printed_in(lines[:_MASTHEAD_LINES], lines[-_FOOT_LINES:])
        or call_sign(lines[:_TOP_LINES], lines)
        or (_as_printed(owner, lines) if owner and not is_author else None)
        or _masthead(lines, title)
        or owner
        or _title_prefix(lines[:3], title)
        or _in_print(lines)
        or _invited(lines)
        or _credited(lines, title)
    )


def footer_site(lines: Sequence[str]) -> str | None:
    """A key for the page's site from its footer: who holds the copyright, else the one address named there.

    It depends on the page alone, and is the same for all pages with the same footer.
    """
    owner = _copyright_owner(lines)
    if owner is not None:
        name = _LEADING_YEARS.sub("", owner).removeprefix("The ")
        return (name.lower().removeprefix("www.") if _HOST_LIKE.search(name) else squeezed(name)) or None
    foot = [line for line in lines[-_FOOTER_LINES:] if len(line) <= _MASTHEAD_CHARS]
    hosts = {match[1].lower() for line in foot for match in _FOOTER_HOST.finditer(line)}
    return hosts.pop() if len(hosts) == 1 else None


def host_of(url: str | None) -> str | None:
    """The host of an address without ``www.``, where reading gave no site."""
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


def stated_publisher(site_name: str | None) -> str | None:
    """What a page's metadata calls its site, unless that is an address or a motto."""
    if site_name is None or not _HOST_LIKE.search(site_name):
        name = (site_name or "").split(" | ")[0].strip()
        return name if name and len(name) <= _MASTHEAD_CHARS else None
    return None


def _title_suffix(lines: Sequence[str], title: str | None) -> str | None:
    """``Dam holds`` in ``Dam holds | World | The Tide``."""
    words = _words(title or "")
    for line in lines if len(words) > 2 else ():
        parts = _SUFFIX.split(line) if len(line) <= _MOST_LINE_CHARS else []
        if len(parts) < 2:
            continue
        name = parts[-1].strip()
        head = _words(line[: -len(name)])
        if (
            len(words & head) >= _MIN_TITLE_SHARE * len(words)
            and not (words - {"the"}) & _words(name)
            and _is_name(name)
        ):
            return name
    return None


def _title_prefix(lines: Sequence[str], title: str | None) -> str | None:
    """``The Tide`` in ``The Tide | Dam holds``: a newspaper's name, or a section would do."""
    for line in lines if title and len(title.split()) > 2 else ():
        name, found, rest = line.partition(title or "")
        parts = _SUFFIX.split(name + " ")
        if found and not rest and len(parts) == 2 and _can_be_masthead(parts[0]) and _is_paper(parts[0]):
            return parts[0]
    return None


def _as_printed(owner: str, lines: Sequence[str]) -> str:
    """The owner's name as a line near the top spells it: without "Publishers", in place of an address."""
    name = _LEADING_YEARS.sub("", owner) or owner
    if not _HOST_LIKE.search(name):
        short = _PUBLISHERS.sub("", name)
        return short if short in lines[:_TOP_LINES] and " " in short else name
    host = squeezed(name.lower().removeprefix("www.").split(".")[0])
    spelt = (line for line in (*lines[:_TOP_LINES], *lines[-_TOP_LINES:]) if len(line) <= _MASTHEAD_CHARS)
    same = (line for line in spelt if squeezed(line).removeprefix("the") == host)
    return next(same, name) if len(host) >= _MIN_HOST_LETTERS else name


def _in_print(lines: Sequence[str]) -> str | None:
    """The name below "Published in", as platforms of many publications print it.

    Within a line it may be the paper that the story was taken from.
    """
    if "Published in" not in lines:
        return None
    names = (below for line, below in itertools.pairwise(lines) if line == "Published in")
    return next((name for name in names if _can_be_masthead(name)), None)


def _invited(lines: Sequence[str]) -> str | None:
    """The newspaper that readers are asked to follow or that the foot of the page is about."""
    near = (*reversed(lines[-_TOP_LINES:]), *lines[:-_TOP_LINES][:_TOP_LINES])
    for i, line in [(i, line) for i, line in enumerate(near) if len(line) <= _MASTHEAD_CHARS * 3]:
        names = [name for _, mention in mentions(line) for name in beginnings(mention)][::-1]
        if i < _LAST_LINES and " is " in line and (owned := _IS_OWNED.match(line)):
            names.append(owned["name"])
        for name in names:
            if _is_own_paper(name) or _is_the_paper(name):
                return name.removeprefix("the ")
    return None


def _credited(lines: Sequence[str], title: str | None) -> str | None:
    """The newspaper whose staff wrote it: "By Jo Hart, Dale Gazette staff writer".

    Without the job it may be the paper that the story was taken from.
    """
    at = lines.index(title) + 1 if title in lines[:_TOP_LINES] else len(lines)
    for line in lines[at : at + _CREDITED_LINES]:
        if len(line) > _MASTHEAD_CHARS * 2 or line[-1] in ".!?":
            continue
        for part in _CREDIT_PARTS.split(line):
            job = _JOB.search(part)
            name = part[: job.start()].removeprefix("the ") if job else ""
            if name and _is_own_paper(name):
                return name
    return None


def _is_the_paper(name: str) -> bool:
    """``The Tannery Times``, but not ``Breaking News``."""
    words = name.split()
    return len(words) > 2 and words[0].lower() == "the" and words[-1] in _NO_SUFFIX and _can_be_masthead(name)


def _is_own_paper(name: str) -> bool:
    return _can_be_masthead(name) and _is_paper(name) and not agency_of(name.removeprefix("The "))


def _words(text: str) -> set[str]:
    return set(_LETTERS.sub(" ", text.lower()).split())


def _is_name(text: str) -> bool:
    """Whether a short text can be a publication's name: capitals, and not the name of a section."""
    words = _WORD.findall(text)
    lower = text.lower()
    return (
        0 < len(words) <= _MASTHEAD_WORDS
        and 1 < len(text) <= _MASTHEAD_CHARS
        and any(c.isupper() for c in text)
        and text[0].isalnum()
        and text[-1] not in ".!?…:;,"
        and not load_furniture().line_mask(lower)
        and not load_furniture().is_menu(lower)
    )


def _spelt_by_host(lines: Sequence[str], url: str | None) -> str | None:
    host = squeezed((urlsplit(url).hostname or "").rpartition(".")[0]) if url else ""
    for line in lines if host else ():
        if len(line) > _MASTHEAD_CHARS:
            continue
        name = _ABOUT.sub("", line)
        spelt = squeezed(name).removeprefix("the")
        if len(spelt) >= _MIN_HOST_LETTERS and spelt in host.replace("the", "", 1) and "." not in name:
            return name
    return None


def _copyright_owner(lines: Sequence[str]) -> str | None:
    """Who holds the copyright, by the last lines of the page."""
    foot = [line for line in lines[-_FOOT_LINES:] if len(line) <= _MOST_LINE_CHARS]
    joined = "\n".join(foot)
    if not (
        any(sign in joined for sign in _SIGNS)
        or ("(" in joined and any(sign in joined for sign in _BRACKET_SIGNS))
        or ("&" in joined and "&copy;" in joined)
    ):
        return None
    owners = map(copyright_owner, reversed(foot))
    return next((owner for owner in owners if owner is not None), None)


def copyright_owner(line: str) -> str | None:
    """The owner that a copyright line names, without its legal form; null for a wire service.

    >>> copyright_owner("Copyright © 2002-2020 Dale Newspapers Ltd. Registered in England")
    'Dale Newspapers'
    """
    if "licen" in line and (licence := _LICENSED.search(line)):
        return licence["owner"].removeprefix("the ")
    if any(mark in line for mark in _MARKS):
        found = [_COPYRIGHT.search(line), _OWNER_BEFORE.match(line)]
    elif any(mark in line for mark in _RESERVED):
        found = [_ALL_RIGHTS.match(line)]
    else:
        found = [_PUBLISHED_BY.search(line) if "by " in line and len(line) < 200 else None]
    owners = (_owner(line, match) for match in found if match is not None)
    return next((owner for owner in owners if owner is not None), None)


def copyright_agency(line: str) -> str | None:
    """The wire service that reserves its rights in a line, as it does below its text on other sites' pages.

    >>> copyright_agency("Copyright 2012 The Associated Press. All rights reserved.")
    'Associated Press'
    """
    if not any(mark in line for mark in _RESERVED):
        return None
    match = _COPYRIGHT.search(line)
    owner = _COMPANY.sub("", match["owner"]).strip(" ,.-–—|") if match else ""
    return agency_of(owner.removeprefix("The "))


def _owner(line: str, match: re.Match[str]) -> str | None:
    if re.search(r"\b(?:data|photos?|images?|text|video) $", line[: match.start()], re.I):
        return None
    owner = _without_menu(match["owner"].strip(" ,.-–—|"))
    owner = _COMPANY.sub("", _COMPANY.sub("", owner)).strip(" ,.-–—|")
    if not 1 < len(owner) <= _MASTHEAD_CHARS or _NOT_OWNERS.match(owner) or len(owner.split()) > 7:
        return None
    return None if agency_of(owner.removeprefix("The ")) or agency_of(owner) else owner


def _without_menu(owner: str) -> str:
    """``The Tide Legal notice Contact`` → ``The Tide``: the footer's menu may stand on the owner's line.

    A phrase of several words tells it: "Press" and "Company" end names of owners too.
    """
    words, furniture = owner.split(), load_furniture()
    legal = furniture.bits["legal"]
    for i in range(1, len(words) - 1):
        for j in range(i + 2, min(i + 4, len(words)) + 1):
            rest = words[j:]
            named = furniture.line_mask(" ".join(words[i:j]).lower()) & legal
            if named and all(furniture.line_mask(word.lower()) & legal for word in rest):
                return " ".join(words[:i])
    return owner


def _masthead(lines: Sequence[str], title: str | None) -> str | None:
    """A name above the headline that a menu, the name again or a newspaper's usual word tells.

    What stands right above the headline may be a section ("The long read"): it needs one of the last two.
    """
    at = lines.index(title) if title in lines[:_TOP_LINES] else 0
    if at and (name := _small_logo(lines)):
        return name
    for i, name in enumerate(lines[: min(_MASTHEAD_LINES, at)]):
        if not _can_be_masthead(name):
            continue
        others = [line for line in (*lines[i + 1 : _TOP_LINES], *lines[-_TOP_LINES:]) if line != name]
        if _is_paper(name) or _is_repeated(name, others):
            return name
        several = len(name.split()) > 1 or any(c.isupper() for c in name[1:])
        if several and not _names_section(name) and any(map(_is_menu, lines[i + 1 : min(at, i + 4)])):
            return name
    return None


def _small_logo(lines: Sequence[str]) -> str | None:
    """The one word in small letters that a page begins with, as the page writes it elsewhere: "Tide"."""
    word, name = lines[0], lines[0].capitalize()
    if not (word.isalpha() and word.islower() and len(word) > 3) or load_furniture().line_mask(word):
        return None
    named = sum(name in line and _is_repeated(name, [line[: _MOST_LINE_CHARS // 4 - 1]]) for line in lines)
    return name if named >= _NAMED_LINES else None


def _is_repeated(name: str, lines: Sequence[str]) -> bool:
    """Whether a short line holds the name: "Write" is not in "Written by"."""
    short = (line for line in lines if name in line and len(line) < _MOST_LINE_CHARS // 4)
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) for line in short)


def _names_section(name: str) -> bool:
    """Whether a name joins sections, as "Politics & Diplomacy" does: it is the menu's first line."""
    return re.search(r" (?:&|and) ", name) is not None and any(
        word.lower() in load_furniture().line for word in name.split()
    )


def _can_be_masthead(name: str) -> bool:
    words = _WORD.findall(name)
    capitals = all(word[0].isupper() or word[0].isdigit() or word in _SMALL_WORDS for word in words)
    is_author = len(words) > 1 and is_person(name) and has_given_name(name)
    return capitals and _is_name(name) and not is_author and not has_date(name)


def _is_menu(line: str) -> bool:
    furniture = load_furniture()
    return furniture.is_menu(line.lower()) or bool(furniture.line_mask(line.lower()))


@functools.cache
def _papers() -> tuple[frozenset[str], frozenset[str]]:
    """Known outlets, and the words with which names of newspapers end."""
    rows = read_lexicon("outlets")
    by_kind = {
        kind: frozenset(name.replace("_", " ") for row in rows if row[0] == kind for name in row[1].split())
        for kind in ("outlet", "suffix")
    }
    return by_kind["outlet"], by_kind["suffix"] - _NO_SUFFIX


def _is_paper(name: str) -> bool:
    """Whether a line is a known outlet, or ends as names of newspapers do: ``The Valley Sentinel``."""
    outlets, suffixes = _papers()
    words = name.split()
    return name in outlets or (len(words) > 1 and words[-1].title() in suffixes)
