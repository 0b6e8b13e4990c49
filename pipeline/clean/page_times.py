"""The times that a page's source states for machines, to the minute: meta elements, JSON-LD, microdata."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from html import unescape

from pipeline.clean.dates import find_dates, not_future

_PUBLISHED = ("article:published_time", "datePublished", "parsely-pub-date", "publish-date")
_MODIFIED = ("article:modified_time", "dateModified")
_JSON_VALUE = re.compile(r"[\"']\s*:\s*[\"'](?P<value>[^\"'<>]{8,40})[\"']")
_ATTRIBUTE = re.compile(r"\b(?:content|datetime)\s*=\s*[\"']?(?P<value>[^\"'<>]{8,40})", re.I)
_MOST_TAG_CHARS = 400
_MOST_MENTIONS = 20
"""Places of one name that are looked at: pages state the times of every teaser too, after their own."""


def stated_times(html: str, day: str | None) -> tuple[str | None, dt.datetime | None]:
    """When the page says it was published, as written there, and when it was changed after that.

    ``day`` is the day of publication where that is known, in ISO form: times of other days are others'.
    """
    published = next(_with_time(html, _PUBLISHED, day), None)
    when = find_dates(published or day or "")
    changed = [find_dates(text)[0].when for text in _with_time(html, _MODIFIED, None)][:1]
    later = [each for each in changed if when and each - when[0].when >= dt.timedelta(minutes=1)]
    return published, not_future(later[0]) if later else None


def _with_time(html: str, names: Sequence[str], day: str | None) -> Iterator[str]:
    """The values of some names that tell a time of day."""
    for name in names:
        for value in _values(html, name):
            dates = find_dates(value)
            if len(dates) == 1 and dates[0].has_time and (day is None or value.startswith(day)):
                yield value


def _values(html: str, name: str) -> Iterator[str]:
    """What stands beside a name: behind a colon in JSON, or in the element that has it as an attribute."""
    at = html.find(name)
    for _ in range(_MOST_MENTIONS):
        if at < 0:
            return
        end = at + len(name)
        value = _JSON_VALUE.match(html, end)
        if value is None:
            begin = html.rfind("<", max(0, at - _MOST_TAG_CHARS), at)
            close = html.find(">", end, end + _MOST_TAG_CHARS)
            value = _ATTRIBUTE.search(html, begin, close) if begin >= 0 and close >= 0 else None
        if value:
            yield unescape(value["value"]).strip()
        at = html.find(name, end)
