"""Times of comments that only the article's own date makes whole: "24 April 7:02 am", "05/06/2021 9:14"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.clean.dates import find_dates, find_yearless, not_future
from pipeline.clean.lines import Page
from pipeline.clean.threads import Comment, Thread

_FIGURES = re.compile(r"\b(?P<first>\d{1,2})[-/](?P<second>\d{1,2})[-/](?P<year>(?:20)?\d\d)\b")
_DAY = dt.timedelta(days=1)
"""A comment may be posted a day before the article, by the clock of another zone."""
_SOON = dt.timedelta(days=7)
"""The first reader to comment does so within days."""


def with_times(thread: Thread, page: Page, published: dt.datetime | None) -> Thread:
    """The thread with the times of its comments that the article's date settles.

    A comment is posted after the article, a year after it at most; all of a thread write their dates alike.
    """
    if published is None or all(comment.posted for comment in thread.comments):
        return thread
    lines = [page.lines[i] for comment in thread.comments for i in comment.signature]
    day_first = _is_day_first(lines, published)
    return replace(
        thread, comments=tuple(_with_time(comment, page, published, day_first) for comment in thread.comments)
    )


def _with_time(comment: Comment, page: Page, published: dt.datetime, day_first: bool | None) -> Comment:
    if comment.posted is not None:
        return comment
    for i in comment.signature:
        when = _figured(page.lines[i], day_first) or _dated_after(page.lines[i], published)
        if not_future(when):
            return replace(comment, posted=when)
    return comment


def _dated_after(line: str, published: dt.datetime) -> dt.datetime | None:
    """The first time after ``published`` that a day and month without a year may mean."""
    for year in (published.year - 1, published.year, published.year + 1):  # the year before: New Year's Eve
        written = find_yearless(line, year)
        if written and published - _DAY <= written.when < published + 366 * _DAY:
            return written.when
    return None


def _figured(line: str, day_first: bool | None) -> dt.datetime | None:
    match = _FIGURES.search(line)
    if match is None or day_first is None:
        return None
    day, month = (match["first"], match["second"]) if day_first else (match["second"], match["first"])
    written = f"{int(match['year']) % 100 + 2000}-{int(month):02}-{int(day):02}"
    dates = find_dates(line[: match.start()] + written + line[match.end() :])
    return dates[0].when if dates else None


def _is_day_first(lines: Sequence[str], published: dt.datetime) -> bool | None:
    """Which order of day and month a thread's dates in figures have, ``None`` where both may be."""
    dates = {
        order: [_figured(line, order) for line in lines if _FIGURES.search(line)] for order in (True, False)
    }
    since = {order: _since(found, published) for order, found in dates.items()}
    likely = [order for order, gap in since.items() if gap is not None]
    soon = [order for order in likely if (since[order] or _DAY) <= _SOON]
    for orders in (likely, soon):
        if len(orders) == 1:
            return orders[0]
    return None


def _since(dates: Sequence[dt.datetime | None], published: dt.datetime) -> dt.timedelta | None:
    """From the article to its first comment; ``None`` where a date is none, or before the article's."""
    known = [date for date in dates if date is not None]
    if not known or len(known) < len(dates) or min(known) < published - _DAY:
        return None
    return min(known) - published
