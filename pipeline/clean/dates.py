"""Dates and times as pages write them, to UTC.

Only complete dates count: day, month and year. A day and month in figures are read only where one order
is possible or the separator tells it; a time without zone is taken as UTC.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from dataclasses import dataclass

from pipeline.config import CONFIGS

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
        "sep sept september|oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b"
_ZONE = r"(?:\s*\(?(?P<zone>[A-Za-z]{1,8}(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d:?\d\d)\b\)?)?"
_HALF = r"(?P<half>[ap]\.?\s?m\b\.?)"
_CLOCK = (
    r"(?P<hour>[0-2]?\d)(?:[:.h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?"
    rf"\s?{_HALF}?|\s?{_HALF.replace('half', 'half2')}){_ZONE}"
)
_ZONE_AFTER = re.compile(r"\s*\(?(?P<zone>[A-Z]{2,5})\b\)?")
_TIME_AFTER = re.compile(r"[\s,|•·/–—-]*(?:at|@|T)?[\s,]*" + _CLOCK, re.I)
_TIME_BEFORE = re.compile(
    _CLOCK + r"[\s,|•·–—-]*(?:on|of)?[\s,]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s*)?$", re.I
)

_SHAPES = tuple(
    re.compile(shape, re.I)
    for shape in (
        rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"\b{_DAY}[-/]{_MONTH}[-/]{_YEAR}",
        r"\b(?P<year>(?:19|20)\d\d)[-/.](?P<month>[01]?\d)[-/.](?P<day>[0-3]?\d)(?!\d)",
        r"\b(?P<day>[0-3]?\d)\.(?P<month>[0-3]?\d)\.(?P<year>(?:19|20)\d\d)\b",
        r"\b(?P<first>[0-3]?\d)[/-](?P<second_figure>[0-3]?\d)[/-](?P<year>(?:19|20)\d\d)\b",
    )
)
_HAS_YEAR = re.compile(r"(?:19|20)\d\d")
"""A complete date has a year: looking for it first spares six searches of nearly every line."""
_YEARLESS = tuple(
    re.compile(shape, re.I) for shape in (rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}", rf"\b{_MONTH}\s+{_DAY}")
)
_MONTH_STEM = re.compile("|".join(sorted({name[:3] for name in _MONTHS})), re.I)
_YEAR_AFTER = re.compile(r",?\s*(?:19|20)\d\d\b")
_ANY_YEAR = 2000
"""Stands for the year that a date does not tell: a leap year, so that every day is one of it."""
_CLOCK_ALONE = re.compile(r"\W*" + _CLOCK + r"\W*$", re.I)
_AGO = re.compile(
    r"\b(?:\d+|an?|one|two|three) (?:second|sec|minute|min|hour|hr|day|week|month|year)s? ago\b", re.I
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date found in a text: its time in UTC, where it stands, and whether it tells the hour."""

    when: dt.datetime
    start: int
    end: int
    has_time: bool


@functools.cache
def _zones() -> dict[str, dict[str, float]]:
    return tomllib.loads((CONFIGS / "lexicon" / "timezones.toml").read_text(encoding="utf-8"))


def _offset_hours(zone: str, day: dt.date) -> float | None:
    """Hours east of UTC that a zone's written form means, ``None`` for a word that is no zone."""
    name = zone.lower().replace(" ", "")
    sign = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d\d)?", name)
    if sign:
        hours = int(sign[2]) + int(sign[3] or 0) / 60
        return hours if sign[1] == "+" else -hours
    zones = _zones()
    if name in zones["fixed"]:
        return zones["fixed"][name]
    if zone in zones["capitals"]:
        return zones["capitals"][zone]
    if name in zones["american"]:
        return zones["american"][name] + _is_american_summer(day)
    return None


def _is_american_summer(day: dt.date) -> bool:
    """North American daylight saving time: second Sunday of March to first Sunday of November."""
    return _sunday_by(dt.date(day.year, 3, 14)) <= day < _sunday_by(dt.date(day.year, 11, 7))


def _sunday_by(day: dt.date) -> dt.date:
    """The last Sunday up to ``day``."""
    return day - dt.timedelta((day.weekday() + 1) % 7)


def _day(match: re.Match[str]) -> dt.date | None:
    fields = match.groupdict()
    year = int(fields["year"])
    if "first" in fields:
        first, second = int(fields["first"]), int(fields["second_figure"])
        if first > 12 >= second:
            day, month = first, second
        elif second > 12 >= first or first == second:
            day, month = second, first
        else:
            return None
    else:
        month = _MONTHS.get(fields["month"].lower().rstrip(".")) or int(fields["month"])
        day = int(fields["day"])
        if month > 12 >= day:  # "11.14.2019"
            day, month = month, day
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> dt.time | None:
    half = (match["half"] or match["half2"] or "").lower()
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half and 12 < hour < 24:
        half = ""  # "15:24pm"
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if hour > 23:
        return None
    return dt.time(hour, minute, int(match["second"] or 0))


def find_dates(text: str) -> list[Written]:
    """Every complete date in ``text``, with its time of day where one stands beside it, in text order."""
    if not _HAS_YEAR.search(text):
        return []
    found: list[Written] = []
    taken: list[tuple[int, int]] = []
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            day = _day(match)
            if day is None or not 1990 <= day.year <= 2100:
                continue
            taken.append(match.span())
            found.append(_with_time(text, match, day))
    return sorted(found, key=lambda written: written.start)


def find_yearless(text: str, year: int = _ANY_YEAR) -> Written | None:
    """The first date without a year, as one of ``year``, with its time of day: "24th April 7:02 am"."""
    if not _MONTH_STEM.search(text):  # in a fraction of the patterns' time
        return None
    for shape in _YEARLESS:
        match = shape.search(text)
        if match is None or _YEAR_AFTER.match(text, match.end()):
            continue
        try:
            day = dt.date(year, _MONTHS[match["month"].lower().rstrip(".")], int(match["day"]))
        except ValueError:
            continue
        return _with_time(text, match, day)
    return None


def settled_date(text: str, page: str) -> Written | None:
    """A date in figures that may be read in two ways, where the line's weekday or the page settles which.

    The page does where it writes one of the two days out: "12 March" beside "12-03-2018".
    """
    match = _SHAPES[-1].search(text) if _HAS_YEAR.search(text) else None
    if match is None or _day(match) is not None:
        return None
    first, second = int(match["first"]), int(match["second_figure"])
    days = []
    for day, month in ((first, second), (second, first)):
        try:
            days.append(dt.date(int(match["year"]), month, day))
        except ValueError:
            return None
    weekdays = [day for day in days if f"{day:%A}" in text or re.search(rf"\b{day:%a}\b", text)]
    kept = weekdays or [day for day in days if _is_written_out(day, page)]
    return _with_time(text, match, kept[0]) if len(kept) == 1 else None


def _is_written_out(day: dt.date, page: str) -> bool:
    month = rf"{day:%b}(?:[a-z]*\b|\b\.?)"
    return re.search(rf"\b{day.day}(?:st|nd|rd|th)? (?:of )?{month}|\b{month} {day.day}\b", page) is not None


def _with_time(text: str, match: re.Match[str], day: dt.date) -> Written:
    start, end, clock = match.start(), match.end(), None
    after = _TIME_AFTER.match(text, end)
    if after and (clock := _clock(after)):
        end = after.end()
    else:
        after = _TIME_BEFORE.search(text, max(0, start - 40), start)
        if after and (clock := _clock(after)):
            start = after.start()
    when = dt.datetime.combine(day, clock or dt.time(), dt.UTC)
    if clock and after:
        zone = after if after["zone"] else _ZONE_AFTER.match(text, end)
        hours = _offset_hours(zone["zone"], day) if zone else None
        if zone and hours is not None:
            end = max(end, zone.end())
            when -= dt.timedelta(hours=hours)
        elif after["zone"] and after.end() == end:
            end = len(text[: after.start("zone")].rstrip(" ("))
    return Written(when, start, end, clock is not None)


def without_dates(text: str) -> tuple[str, int]:
    """The text with a bar in place of each date and each "2 hours ago", and how many there were."""
    parts, at = [], 0
    dates = find_dates(text)
    for written in dates:
        parts.append(text[at : written.start])
        at = written.end
    rest, n_ago = _AGO.subn(" | ", " | ".join([*parts, text[at:]]))
    return rest, len(dates) + n_ago


def is_clock(text: str) -> bool:
    """Whether ``text`` is a time of day and nothing else."""
    return len(text) < 30 and ":" in text and _CLOCK_ALONE.match(text) is not None


@functools.lru_cache(maxsize=4096)
def has_date(text: str) -> bool:
    """Whether ``text`` holds a complete date or a time like "2 hours ago"."""
    if (" ago" in text or " AGO" in text) and _AGO.search(text):
        return True
    return _HAS_YEAR.search(text) is not None and any(shape.search(text) for shape in _SHAPES)


def not_future(when: dt.datetime | None) -> dt.datetime | None:
    """``when``, unless it lies more than a day ahead of the clock: such a date was misread."""
    if when is None or when > dt.datetime.now(dt.UTC) + dt.timedelta(days=1):
        return None
    return when
