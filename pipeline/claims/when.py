"""When it was said: the time expression near the cue, and the date it means."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import dateparser
from spacy.tokens import Span

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day|\.)"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_PART = r"(?:morning|afternoon|evening|night)"
_NUMBER = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|a couple of)"
)
_UNIT = r"(?:second|minute|hour|day|week|weekend|fortnight|month|year|decade)"
_YEAR = r"(?:1[89]|20)\d\d"
MONTH_DAY = rf"""(?:
    (?:{_DAY},?\ )?{_MONTH}\ \d{{1,2}}(?:st|nd|rd|th)?(?:,?\ {_YEAR})?\b(?!\.\d)
    | (?:{_DAY},?\ )?(?:the\ )?\d{{1,2}}(?:st|nd|rd|th)?(?:\ of)?\ {_MONTH}(?:,?\ {_YEAR})?\b
    | {_YEAR}-\d\d-\d\d\b
    )"""
"""A day of a month, with or without its year, as a verbose pattern."""

TIME = re.compile(
    rf"""\b(?=[\dADFJMNOSTWadeflmnosty])(?:
    {MONTH_DAY}
    | (?:early\ |late\ |mid-?\ ?)?{_MONTH},?\ {_YEAR}\b
    | (?:the\ )?day\ before\ yesterday\b
    | (?:early\ |late\ |earlier\ |later\ )?(?:yesterday|today|tonight|tomorrow|overnight)(?:\ {_PART})?\b
    | (?:early\ |late\ |earlier\ |later\ )?(?:last|this|next|the\ (?:past|previous|following|same)|that)
        \ (?:{_DAY}|{_MONTH}|{_UNIT}|{_PART}|spring|summer|autumn|fall|winter)(?:'s)?(?:\ {_PART})?\b
    | {_NUMBER}\ {_UNIT}s?\ (?:ago|earlier|later|before)\b
    | (?:(?:early|late|earlier|later)\ (?:on\ )?)?{_DAY}(?:\ {_PART})?
    | (?<=[Ii]n\ ){_YEAR}\b
    | (?<=[Ii]n\ )(?:(?:early|late|mid)[\ -])?{_MONTH}
    )""",
    re.VERBOSE,
)
"""Time expressions as news writes them, without their preposition but for "late on Friday"."""

N_CHARS_AWAY = 60
"""How far from the cue a time expression may stand in its sentence: beyond it dates what happened, mostly."""

N_CHARS_OBJECT = 40
"""The longest content that may stand between cue and time: after a longer one it dates the content."""

_HAS_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b|\d-\d|ago")

CLAUSE = re.compile(
    r"\b(?:who|which|that|whose|when|where|after|before|because|while|whether|but|since|until)\b|[;:]"
)
"""Words between cue and time expression that put it into another clause."""


@dataclass(frozen=True, slots=True)
class When:
    """``text`` is the expression as written, ``date`` what it means, where that is one day."""

    text: str | None
    date: dt.date | None


NEVER = When(None, None)


def find_when(
    text: str,
    cue: Span | None,
    taken: Sequence[tuple[int, int]],
    reference: dt.datetime | None,
    within: Sequence[tuple[int, int]] = (),
) -> When:
    """The time at which a claim was made.

    ``text`` is that of the cue's Doc, which spaCy would join anew for every claim. ``taken`` are the
    ranges of content and source, where no time of saying stands; ``reference`` is when the text was
    published. ``within`` are the parts of the claim inside which this one stands: what comes after them
    tells when that one was made.
    """
    if cue is None:
        return NEVER
    start, end = sentence_bounds(text, cue)
    if TIME.search(text[start:end]) is None:
        return NEVER
    free = text[start:end]
    for a, b in taken:
        free = _hidden(free, a - start, b - start)
    for a, b in within:
        if a <= cue.start_char < b:
            free = _hidden(_hidden(free, 0, a - start), b - start, end - start)
    best: tuple[int, str] | None = None
    for match in TIME.finditer(free):
        distance = _distance(free, match, cue.start_char - start, cue.end_char - start)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, match.group())
    if best is None:
        return NEVER
    return When(best[1], said_date(best[1], reference) if reference is not None else None)


def _hidden(text: str, start: int, end: int) -> str:
    """``text`` with zeros in place of the characters from ``start`` to ``end``, as far as it reaches."""
    start, end = max(start, 0), min(end, len(text))
    return f"{text[:start]}{chr(0) * (end - start)}{text[end:]}" if start < end else text


def sentence_bounds(text: str, cue: Span) -> tuple[int, int]:
    """First and last offset of the sentence around the cue, within its line."""
    line_start = text.rfind("\n", 0, cue.start_char) + 1
    line_end = text.find("\n", cue.end_char)
    line_end = len(text) if line_end < 0 else line_end
    if not cue.doc.has_annotation("SENT_START"):
        return line_start, line_end
    sent = cue[0].sent
    last = sent if cue.end <= sent.end else cue[-1].sent
    return max(sent.start_char, line_start), min(last.end_char, line_end)


def _distance(free: str, match: re.Match[str], cue_start: int, cue_end: int) -> int | None:
    """Characters between cue and expression; ``None`` where it is not the cue's.

    After the cue no clause and no other words' content may come between; before it only the source and the
    start of the sentence may ("On Friday, the minister said").
    """
    start, end = match.span()
    if (start < cue_end and cue_start < end) or (cue_start <= start and end <= cue_end):
        return 0
    if start >= cue_end:
        between = free[cue_end:start]
        # A short object may stand between: "claimed responsibility in a statement on Thursday".
        hidden = between.count("\0") > N_CHARS_OBJECT or "\0" in between.strip(" ,\0")
        blocked = CLAUSE.search(between) or hidden
    else:
        between = free[end:cue_start]
        own = re.sub(r"[\0\s,]", "", between)
        lead = re.sub(r"(?i)\b(?:on|in|late|early|at)\b|[\s,\0]", "", free[:start])
        blocked = CLAUSE.search(free[:cue_start]) or len(own) > 25 or (bool(lead) and bool(own))
    return None if blocked or len(between) > N_CHARS_AWAY + between.count("\0") else len(between)


@functools.lru_cache(maxsize=65536)
def said_date(expression: str, reference: dt.datetime) -> dt.date | None:
    """The day an expression means to a reader at ``reference``; ``None`` where it means no one day.

    A bare weekday is the last one up to the day of publication: news of Friday says "on Friday".
    """
    words = re.sub(r"[.,]", "", expression.lower()).split()
    today = reference.date()
    if (
        re.search(r"\b(?:later|before|same|following|decade|several|few|couple)\b", " ".join(words[-3:]))
        or "earlier" in words[1:]
    ):
        return None
    near = _near_day(words, today)
    if near is not None:
        return near
    weekday = next((WEEKDAYS.index(day) for word in words for day in WEEKDAYS if _names_day(word, day)), None)
    if weekday is not None and not any(char.isdigit() for char in expression):
        return _weekday(words, weekday, today)
    if not any(char.isdigit() for char in expression) and "ago" not in words:
        return None
    if re.fullmatch(rf"(?:in )?{_YEAR}", expression) or not _HAS_DAY.search(expression):
        return None if "ago" not in words else _ago(words, reference)
    return _ago(words, reference) if "ago" in words else _absolute(expression, reference)


def _names_day(word: str, day: str) -> bool:
    """Whether ``word`` is the day's name or its abbreviation."""
    return word == day or (3 <= len(word) <= 5 and day.startswith(word))


def _near_day(words: Sequence[str], today: dt.date) -> dt.date | None:
    """Yesterday, today and tomorrow in their shapes."""
    text = " ".join(words)
    if "day before yesterday" in text:
        return today - dt.timedelta(2)
    if "yesterday" in words or "last night" in text or "last evening" in text:
        return today - dt.timedelta(1)
    if "tomorrow" in words:
        return today + dt.timedelta(1)
    this_part = re.search(r"\bthis (?:morning|afternoon|evening)", text)
    return today if {"today", "tonight"} & set(words) or this_part else None


def _weekday(words: Sequence[str], weekday: int, today: dt.date) -> dt.date:
    """The last such day up to today; before today with "last", after it with "next"."""
    back = (today.weekday() - weekday) % 7
    if "last" in words:
        return today - dt.timedelta(back or 7)
    if "next" in words:
        return today + dt.timedelta(7 - back)
    return today - dt.timedelta(back)


def _ago(words: Sequence[str], reference: dt.datetime) -> dt.date | None:
    """Hours, days and weeks ago; months and years mean no one day."""
    if any(word.startswith(("month", "year", "decade")) for word in words):
        return None
    return _parsed(" ".join(words), reference)


def _absolute(expression: str, reference: dt.datetime) -> dt.date | None:
    """A day and month, of the last year that lets them lie before tomorrow where no year is given."""
    found = _parsed(re.sub(rf"^{_DAY},? |\bthe | of\b", "", expression), reference)
    if found is None or re.search(_YEAR, expression):
        return found
    while found > reference.date() + dt.timedelta(1):
        try:
            found = found.replace(year=found.year - 1)
        except ValueError:  # 29 February
            found = found.replace(year=found.year - 4)
    return found


def _parsed(expression: str, reference: dt.datetime) -> dt.date | None:
    settings = {"RELATIVE_BASE": reference.replace(tzinfo=None), "PREFER_DATES_FROM": "past"}
    found = dateparser.parse(expression, languages=["en"], settings=settings)
    return found.date() if found is not None else None
