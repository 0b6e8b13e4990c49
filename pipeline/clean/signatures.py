"""Signatures of comments: the short lines that say who wrote one and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.clean.dates import find_dates, find_yearless
from pipeline.clean.furniture import Furniture
from pipeline.clean.lines import Page, ends_sentence
from pipeline.clean.thread_lines import is_button

MAX_SIGNATURE_CHARS = 110
_MAX_NAME_CHARS = 40
_MAX_NAME_WORDS = 5
_AGO = re.compile(r"\b(?:\d+|an?|one) (?:second|sec|minute|min|hour|hr|day|week|month|year|yr)s? ago\b", re.I)
_DIGIT = re.compile(r"\d")
_FIGURES = re.compile(
    r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:20)?\d\d,? (?:at )?\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\b\.?)?"
)
"""A date and time in figures that may be read in two ways: it signs a comment, and tells no day."""
_NUMBER = re.compile(r"^#\d{1,4}\b[.):]?\s*|^\d{1,4}[.)]\s+")
_MEMBER = re.compile(
    r"^(?:(?:senior|junior|registered|new|full|forum|super|distinguished) )?"
    r"(?:member|user|poster|moderator)$|"
    r"^(?:join(?:ed)?(?: date)?|location|posts?|registered|reputation|from)\s*:",
    re.I,
)
"""What bulletin boards say of a member beside the post: below the name, or below the name and the time."""
_MEMBER_LINES = 6
_BADGES = frozenset("OP MOD Mod Moderator Author AUTHOR Staff Admin".split())
"""What stands between a commenter's name and the time."""
_REPLIER_WORDS = 3
_MARK_BEFORE = re.compile(r"[,|•·–—(-]\s*(?:(?:on|at)\s)?$")
_ASIDE = re.compile(
    r"\((?:author|staff|mod(?:erator)?|editor|op|verified|guest|member|subscriber|admin)[^)]*\)", re.I
)
_BRACKETED = re.compile(r"\s*\([^()]*\)$")
_SAYS = re.compile(
    r"^(?P<name>\S.{0,60}?) (?:says|said|wrote|writes|commented|replied)(?P<when>\b.{0,50}?)\s*(?::|"
    r"\.\.\.|…)$",
    re.I,
)
_SIGNED = re.compile(
    r"^(?:#?\d+[.)]? )?(?:commented|comment|posted|written|submitted|reply|left) (?:by\b|by:|from\b)", re.I
)
_FILLER = re.compile(
    r"\b(?:on|at|says|said|wrote|writes|posted|by|comment(?:ed)?|from|reply|replied|permalink|link|edited|"
    r"updated|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|[|•·—–:,;\[\]#…]|\.\.\.|\s-\s|"
    r"^-|-$|\b(?:score|rating|karma|points?|votes?|likes?)\b:? ?-?\d*|#?(?<![\w-])\d{1,4}[.)]?(?= |$)",
    re.I,
)
_NO_NAME = re.compile(
    r"^(?:(?:first |last |originally )?(?:published|updated|modified|posted|created|added|premium|live|"
    r"video|"
    r"photo|story|article|date|time|share|source|correction|advertisement|comments?|read|by|am|pm)\b.*|"
    r".*\b(?:[ap]m [a-z]{1,4}))$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote a comment and when: lines ``first`` to ``last - 1``.

    ``says``: the line announces what follows ("NAME says:"); ``signed``: it says that it signs ("Posted by");
    ``timed``: it gives a time, if only "2 hours ago".
    """

    first: int
    last: int
    author: str
    posted: dt.datetime | None
    says: bool
    signed: bool = False
    timed: bool = True


def name_of(text: str) -> str | None:
    """``text`` as a commenter's name, ``None`` where it cannot be one."""
    name = " ".join(_ASIDE.sub("", _NUMBER.sub("", text)).split()).strip(" -–—|,:;•·><»«›‹*#()")
    if not name or len(name) > _MAX_NAME_CHARS or len(name.split()) > _MAX_NAME_WORDS:
        return None
    if name.count("(") > name.count(")"):
        name += ")"
    bare = _BRACKETED.sub("", name)
    if (
        not any(c.isalpha() for c in bare)
        or _NO_NAME.match(name)
        or (ends_sentence(bare) and not re.search(r"\b\w\.$", bare))
    ):
        return None
    return name


def _placeless(text: str) -> str:
    """``Jo, Truro, United Kingdom, `` → ``Jo``: some papers print where a reader lives."""
    name, *places = (part.strip() for part in text.strip(" ,").split(","))
    return name if places and all(part[:1].isupper() and not _DIGIT.search(part) for part in places) else text


def dated_of(line: str) -> tuple[str, dt.datetime | None] | None:
    """What is left of a line beside its date or "2 hours ago", and the date; ``None`` without one."""
    dates = find_dates(line)
    if dates:
        rest = line[: dates[0].start] + " | " + line[dates[0].end :]
        when = dates[0].when
    else:
        ago = _AGO.search(line) or _FIGURES.search(line)
        if not ago:
            return _yearless_of(line)
        before, when = _placeless(line[: ago.start()]), None
        known = any(c.isalpha() for c in _FILLER.sub(" ", before))
        rest = before if known and "|" in line[ago.end() :] else before + " | " + line[ago.end() :]
    return " ".join(_FILLER.sub(" ", rest).split()), when


def _yearless_of(line: str) -> tuple[str, None] | None:
    """The same for a day and month without a year: alone on the line, or a name before it and a time of day.

    "Market on 3 May from 9 am" would be a signature otherwise: a mark must stand between.
    """
    found = find_yearless(line)
    if found is None:
        return None
    before, after = line[: found.start], line[found.end :]
    rest = " ".join(_FILLER.sub(" ", before + " | " + after).split())
    if rest and not (found.has_time and _MARK_BEFORE.search(before) and not _FILLER.sub(" ", after).strip()):
        return None
    return rest, None


def find_signatures(page: Page, start: int, short: Sequence[int], furniture: Furniture) -> list[Signature]:
    """The signatures from line ``start`` on, of whose lines ``short`` are short enough to be one.

    A name and its time may stand on two lines.
    """
    found: list[Signature] = []
    end = start
    for i in short:
        signature = _signature(page, i, start, furniture) if i >= end else None
        if signature:
            found.append(signature)
            end = signature.last
    return found


def _signature(page: Page, i: int, start: int, furniture: Furniture) -> Signature | None:
    line = page.lines[i]
    if line[0] in "—–":
        return None
    says = _SAYS.match(line) if line[-1] == ":" or line.endswith(("...", "…")) else None
    if says and (name := name_of(_FILLER.sub(" ", says["name"]))):
        if (dated := dated_of(says["name"])) and (inner := name_of(dated[0])):
            return Signature(i, i + 1, inner, dated[1], says=True)
        if says["when"].strip():
            dated = dated_of(says["when"])
            return Signature(i, i + 1, name, dated[1], says=True) if dated and not dated[0] else None
        after = dated_of(page.lines[i + 1]) if i + 1 < len(page) and len(page.lines[i + 1]) < 60 else None
        if after and not after[0]:
            return Signature(i, i + 2, name, after[1], says=True)
        return Signature(i, i + 1, name, None, says=True, timed=False)
    if not _DIGIT.search(line) and " ago" not in line:
        return None
    dated = dated_of(line)
    if dated is None:
        return None
    rest, when = dated
    if rest:
        name = name_of(rest)
        signed = _SIGNED.match(line) is not None
        return Signature(i, i + 1, name, when, says=False, signed=signed) if name else None
    first = i - 2 if i - 1 > start and page.lines[i - 1] in _BADGES else i - 1
    before = page.lines[first] if i > start else ""
    name = name_of(before) if before and not furniture.line_mask(before.lower()) else None
    last = _after_member(page, i + 1)
    if name is None and i + 1 < len(page) and (below := _after_member(page, i + 2)) > i + 2:
        name, last = name_of(page.lines[i + 1]), below
    return Signature(min(first, i), last, name, when, says=False) if name else None


def _after_member(page: Page, i: int) -> int:
    """The line after what a board says of a member, from line ``i`` on; ``i`` where it says nothing there."""
    last = i
    while last < min(len(page), i + _MEMBER_LINES) and _MEMBER.match(page.lines[last]):
        last += 1
    return last


def with_repliers(page: Page, signatures: list[Signature], start: int) -> list[Signature]:
    """The signatures, those read as "PARENT, time" under the replier's name taken as the replier's.

    Whom a reply answers stands between its author's name and its time, or on the line of the time.
    """
    seen: set[str] = set()
    out: list[Signature] = []
    for signature in signatures:
        i = signature.first - 1
        line = page.lines[i] if i >= max(start, out[-1].last if out else start) else ""
        if (
            signature.author in seen
            and not (signature.says or signature.signed)
            and line
            and not ends_sentence(line)
            and not is_button(line)
            and len(line.split()) <= _REPLIER_WORDS
            and (i == start or is_button(page.lines[i - 1]))
            and (name := name_of(line))
        ):
            signature = replace(signature, first=i, author=name)
        seen.add(signature.author)
        out.append(signature)
    return out


def without_quoted(signatures: list[Signature]) -> list[Signature]:
    """The signatures without those of quotations inside comments: "NAME wrote:" without a time.

    Where most of the thread's give times, one without quotes; so does one right below another, and one of
    a name that signed with a time before.
    """
    gives_times = 2 * sum(signature.timed for signature in signatures) > len(signatures)
    earlier: set[str] = set()
    kept: list[Signature] = []
    for signature in signatures:
        below = bool(kept) and kept[-1].last == signature.first
        if signature.timed or not (gives_times or below or signature.author in earlier):
            kept.append(signature)
        if signature.timed:
            earlier.add(signature.author)
    return kept
