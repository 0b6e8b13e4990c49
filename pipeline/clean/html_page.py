"""What the page's source tells beyond its text: the body as trafilatura finds it, and its metadata."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.alignment import TOKEN, aligned
from pipeline.clean.lines import Unit
from pipeline.clean.page_times import stated_times

MIN_BODY_WORDS = 20
"""Under this trafilatura has found a notice or a caption, and the text is read as any other."""
_MOST_TOKENS = 400_000_000
"""Tokens of the page times tokens of the body above which they are not aligned: some 50 MB of bits."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What trafilatura finds in a page. Nothing here has an offset: ``text`` is its own arrangement.

    ``date`` has the time of day where the source states it; ``modified`` is a later change.
    """

    text: str
    title: str | None
    author: str | None
    date: str | None
    sitename: str | None
    tags: tuple[str, ...]
    modified: dt.datetime | None = None


@functools.cache
def _extractor() -> Any:
    """trafilatura's function, quiet: it logs every page it finds empty. Loaded when the first page "
    "comes."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return trafilatura.bare_extraction


def extract_page(html: str, url: str | None) -> Extract | None:
    """The page's article, ``None`` where there is none.

    Precision mode: body F1 .971 on body-dev, the default .962, fast .967, without tables .963.
    """
    try:
        found = _extractor()(html, url=url, favor_precision=True, include_comments=False, with_metadata=True)
    except (ValueError, TypeError, AttributeError, RecursionError):  # what its parsers raise on broken pages
        return None
    if found is None or not found.text or len(found.text.split()) < MIN_BODY_WORDS:
        return None
    time, modified = stated_times(html, found.date)
    return Extract(
        found.text,
        found.title,
        found.author,
        time or found.date,
        found.sitename,
        tuple(found.tags or ()),
        modified,
    )


def units_of_body(units: Sequence[Unit], body: str) -> NDArray[np.bool_]:
    """The units of which more than half of the words stand in ``body``, in its order."""
    tokens: list[str] = []
    spans = []
    for unit in units:
        found = TOKEN.findall(unit.text)
        spans.append(range(len(tokens), len(tokens) + len(found)))
        tokens += found
    wanted = TOKEN.findall(body)
    if len(tokens) * len(wanted) > _MOST_TOKENS:
        lines = set(body.split("\n"))
        return np.array([unit.text in lines for unit in units], bool)
    hit = aligned(tokens, wanted)
    return np.array([2 * sum(i in hit for i in span) > len(span) for span in spans], bool)
