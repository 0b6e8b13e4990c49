"""A messenger's channel saved as text: headers of posts, counts of views, buttons and comments are no prose.

A post's header is a name and, in brackets, a day in figures and a time: "Quay Notes, [03.05.21 07:41]".
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence

from pipeline.clean.dates import is_clock
from pipeline.clean.kinds import Label
from pipeline.clean.lines import Unit
from pipeline.clean.signatures import dated_of, name_of
from pipeline.config import CONFIGS

_HEADER = re.compile(
    r"^\S.{0,60}, \[\d{1,2}[./]\d{1,2}[./](?:20)?\d\d,? \d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?\]:?$"
)
_COUNTS = re.compile(r"^(?=\D*\d)(?:[^\w\s\"'“”‘’()\[\]–—*#-]+\s*\d[\d.,  ]*[KkMm]?\s*)+$")
"""Marks with a number each, as views and reactions are counted: "👁 3.1K"."""
_COMMENTS = re.compile(r"^comments? \(\d+\)$", re.I)
_FOLLOWED = re.compile(r"^\d[\d.,  ]*[km]? (?:subscribers|members|followers|views)$")
_DAY_CHARS = 30
_LEAST_HEADERS = 2
_EDGES = " []().…:"
_HEADER_LABEL = Label("byline", "header of a post in a channel")
_AROUND_LABEL = Label("other", "around a post in a channel")
_DAY_LABEL = Label("dateline", "day of posts in a channel")
_SIGNATURE_LABEL = Label("byline", "signature of a comment")


@functools.cache
def _lists() -> tuple[frozenset[str], tuple[str, ...]]:
    lists = tomllib.loads((CONFIGS / "lexicon" / "channels.toml").read_text(encoding="utf-8"))
    return frozenset(lists["lines"]), tuple(lists["starts"])


def find_channel(units: Sequence[Unit], text: str) -> dict[int, Label]:
    """What stands around the posts of a channel, by number; empty where the page's ``text`` is none."""
    if text.count(", [") < _LEAST_HEADERS:
        return {}
    ending = (i for i, unit in enumerate(units) if unit.text.endswith(("]", "]:")))
    headers = [i for i in ending if _HEADER.match(units[i].text)]
    if len(headers) < _LEAST_HEADERS:
        return {}
    labels = dict.fromkeys(headers, _HEADER_LABEL)
    lines, starts = _lists()
    for i, unit in enumerate(units):
        plain = unit.text.lower().strip(_EDGES)
        if plain in lines or plain.startswith(starts) or _COUNTS.match(unit.text) or _FOLLOWED.match(plain):
            labels[i] = _AROUND_LABEL
        elif len(plain) <= _DAY_CHARS and (rest := dated_of(plain)) and not rest[0]:
            labels[i] = _DAY_LABEL
    heading = next((i for i in range(headers[-1], len(units)) if _COMMENTS.match(units[i].text)), None)
    return labels if heading is None else labels | _comments(units, heading)


def _comments(units: Sequence[Unit], heading: int) -> dict[int, Label]:
    """The comments below their heading: a name, what was said, and a time of day for each."""
    labels = {heading: Label("navigation", "heading of comments")}
    first = heading + 1
    for i in range(heading + 1, len(units)):
        if not is_clock(units[i].text):
            continue
        author = name_of(units[first].text.partition(" replied to ")[0])
        if author and i - first > 1:
            labels |= dict.fromkeys([first, i], _SIGNATURE_LABEL)
            labels |= dict.fromkeys(range(first + 1, i), Label("comment", "comment in a channel", author))
        first = i + 1
    return labels
