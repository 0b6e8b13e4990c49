"""What a page calls itself where it speaks to its readers: "Subscribe to The Tide", "Advertise with Tide".

The company that holds the copyright is often another. One such line may name a section, a newsletter or an
author, so a name counts that several kinds of line give.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.clean.furniture import load_furniture
from pipeline.clean.people import agency_of, has_given_name, is_person

_NAME = r"(?P<name>(?:[Tt]he )?[A-Z][\w&'’.]*(?:[ -](?:[A-Z][\w&'’.]*|of|and|the|&)){0,5})"
_INVITATIONS = tuple(
    re.compile(rf"(?i:{words}) @?{_NAME}")
    for words in (
        "advertis(?:e|ing) (?:with|in|on|at)",
        "(?:subscribe|subscription) to|sign up for|support",
        "(?:back|continue|return|welcome) to",
        "(?:most )?(?:popular|read|viewed|trending) (?:on|in)",
        "(?:work|careers?|jobs?|employment) (?:for|at|with)|write for|join",
        "follow|like|connect with",
        "more (?:great |top |stories |news |articles )?from",
        "about|contact|inside",
        "get|download",
    )
)
_FIRST_WORDS = frozenset(
    "advertise advertising subscribe subscription sign support back continue return welcome most popular "
    "read viewed trending work career careers job jobs employment write join follow like connect more about "
    "contact inside get download".split()
)
"""Those that a line begins with which one of the patterns matches."""
_PART = re.compile(rf"{_NAME} (?i:home ?page|main menu|newsletters?|logo|archives?|store|staff)$")
_LAST_WORDS = frozenset("page homepage menu newsletter newsletters logo archive archives store staff".split())
_OWNED = re.compile(rf"{_NAME} ?(?:©|\([cC]\) ?\d)")
_BULLET = re.compile(r"^[*+•·o»›>–-]\s+")
_ARTICLE = re.compile(r"^[Tt]he ")
_MOST_CHARS = 90
_TOP_LINES = 60
_FOOT_LINES = 120
_MIN_KINDS = 2
_SMALL_WORDS = frozenset("of and the &".split())
_NO_NAMES = frozenset(
    "us our your my me this these a an all free daily weekly morning evening breaking news newsletter "
    "newsletters alerts email emails facebook twitter youtube instagram linkedin pinterest flipboard google "
    "apple spotify amazon itunes rss app apps print home homepage logo archives store staff top page site "
    "website account subscription menu content search premium plus digital".split()
)
"""Words that no site's name ends with, in small letters."""


def self_named(lines: Sequence[str]) -> str | None:
    """The name that at least two kinds of line give the page's site, a line of the name alone being one."""
    ends = [*lines[:_TOP_LINES], *lines[_TOP_LINES:][-_FOOT_LINES:]]
    kinds: dict[str, set[str]] = defaultdict(set)
    for line in [line for line in ends if len(line) <= _MOST_CHARS]:
        for kind, name in mentions(line):
            for beginning in beginnings(_ARTICLE.sub("", name)):
                kinds[beginning].add(kind)
    if not kinds:
        return None
    for name in kinds.keys() & {_ARTICLE.sub("", line) for line in ends if len(line) <= _MOST_CHARS}:
        kinds[name].add("alone")
    most = max(map(len, kinds.values()))
    name = max((name for name, found in kinds.items() if len(found) == most), key=lambda n: (len(n), n))
    if most < _MIN_KINDS or not _can_be_site(name):
        return None
    return f"The {name}" if any(f"{the} {name}" in line for line in ends for the in ("The", "the")) else name


def mentions(line: str) -> Iterator[tuple[str, str]]:
    """The kind of line and the name it may give, with its article."""
    if len(line) > _MOST_CHARS:
        return
    text = _BULLET.sub("", line)
    words = text.split()
    found: list[tuple[str, str]] = []
    if words[0].lower() in _FIRST_WORDS:
        matches = ((pattern.pattern, pattern.match(text)) for pattern in _INVITATIONS)
        found = [(kind, match["name"]) for kind, match in matches if match]
    if words[-1].lower() in _LAST_WORDS and (match := _PART.match(text)):
        found.append(("part", match["name"]))
    if ("©" in text or "(c)" in text) and (match := _OWNED.match(text)):
        found.append(("owned", match["name"]))
    for kind, name in found:
        yield kind, name.rstrip(".")


def beginnings(name: str) -> Iterator[str]:
    """``Tide Weekly Review Newsletter`` → ``Tide``, ``Tide Weekly Review``."""
    words = name.split()
    for n in range(1, len(words) + 1):
        if words[n - 1] not in _SMALL_WORDS and words[n - 1].lower() not in _NO_NAMES:
            yield " ".join(words[:n])


def _can_be_site(name: str) -> bool:
    lower, furniture = name.lower(), load_furniture()
    return (
        len(name) > 2
        and not furniture.line_mask(lower)
        and not furniture.is_menu(lower)
        and not agency_of(name)
        and not (is_person(name) and has_given_name(name))
    )
