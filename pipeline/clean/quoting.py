"""Lines of comments that repeat what stands above: the article, or an earlier comment."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.clean.lines import Page
from pipeline.clean.threads import Thread

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+")
_NO_WORD = re.compile(r"[\W_]+")
_MIN_WORDS = 5
"""Words of the shortest line that is taken for a repetition: "I agree." is said by many."""


def repeated_lines(page: Page, thread: Thread) -> frozenset[int]:
    """Lines inside comments all of whose sentences stand above the comment.

    A line that announces them ("ann wrote:") stays the comment's. Linear in the length of the page.
    """
    above = set(_sentences(page.lines[: thread.first]))
    found = []
    for comment in thread.comments:
        lines = [page.lines[i] for i in comment.lines]
        for i, line in zip(comment.lines, lines, strict=True):
            if len(line.split()) >= _MIN_WORDS and all(each in above for each in _sentences([line])):
                found.append(i)
        above.update(_sentences(lines))
    return frozenset(found)


def _sentences(lines: Iterable[str]) -> list[str]:
    """Sentences of some lines, letters and figures alone."""
    parts = (
        _NO_WORD.sub(" ", part).strip().casefold() for line in lines for part in _SENTENCE_END.split(line)
    )
    return [part for part in parts if part]
