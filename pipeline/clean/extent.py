"""Where the article stands: one stretch of units, found by dynamic programming over their scores.

Around it, guards against losing an article: a page with next to no furniture is kept, what repeats the
whole article is cut off with all that follows, and the paragraph above the stretch is looked at again.
The figures below were set on body-dev with out-of-fold scores; ``make evaluate`` measures them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.features import Seen
from pipeline.clean.furniture import Furniture
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import Unit, ends_sentence

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

_HALF = 0.3
"""Probability at which a unit neither lengthens nor shortens the article: under a half, because a gap "
"inside
an article costs less than its second part (bs4_nl F1 .938 at .4, .943 at .3)."""
_DROP_BELOW = 0.1
"""Probability under which a unit inside the article is taken out; .05 to .2 score alike."""
_CLEAN_SHARE = 0.03
"""Share of marked units up to which a text counts as clean: every unit is then more likely prose than "
"not."""
_CLEAN_PROBABILITY = 0.55
_CAPTION_WORDS = 45
_TEASER_WORDS = 20
_HEADING_WORDS = 16
_BACK_UNITS = 6
_BACK_WORDS = 8
_BACK_PROBABILITY = 0.1
_REPEAT_SHARE = 0.6
_REPEAT_WORDS = 100


@dataclass(frozen=True, slots=True)
class Scores:
    """The units of a page with what tells prose from furniture."""

    units: Sequence[Unit]
    seen: Seen
    probability: Floats
    n_words: Floats
    repeats: Floats
    recurs: Flags


def keep_units(scores: Scores, furniture: Furniture) -> Flags:
    """Which units are the article's prose."""
    marked = _marked(scores, furniture) | scores.recurs
    probability = scores.probability
    if len(probability) > 2 and marked.mean() <= _CLEAN_SHARE:
        probability = np.where(scores.recurs, probability, np.maximum(probability, _CLEAN_PROBABILITY))
    else:  # a clean text that repeats itself is a list of like things, not a page with its article twice
        probability = _without_copy(scores, probability)
    start, end = find_extent(probability, scores.n_words)
    keep = _inside(scores, probability, start, end, furniture)
    _look_back(scores, probability, keep, marked)
    return keep


def find_extent(probability: Floats, n_words: Floats) -> tuple[int, int]:
    """First and one past the last unit of the stretch with the largest sum of words times (p - 0.3).

    An empty stretch where no unit has a larger probability.
    """
    gain = n_words * (probability - _HALF)
    sums = np.concatenate([[0.0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(sums[:-1])
    rise = sums[1:] - lowest
    if not len(rise) or rise.max() <= 0 or probability.max() < 0.5:
        return 0, 0
    end = int(np.argmax(rise)) + 1
    return int(np.argmin(sums[:end])), end


def _marked(scores: Scores, furniture: Furniture) -> Flags:
    """Units that are furniture by their words: whole phrases, or short lines that begin with one."""
    ends = sum(group.bit for group in furniture.groups if group.ends)
    lines = ends | sum(g.bit for g in furniture.groups if g.name in ("share", "navigation", "cookies"))
    seen = scores.seen
    flags = [
        bool(line & lines) or bool(start & ends and n <= _HEADING_WORDS - 2)
        for line, start, n in zip(seen.line_mask, seen.start_mask, scores.n_words.tolist(), strict=True)
    ]
    return np.array(flags, bool)


def _without_copy(scores: Scores, probability: Floats) -> Floats:
    """Probability 0 from where the page says its article again, as data for machines or a preview.

    What repeats menus or teasers that stand above the article is none: the article must have been said.
    """
    total = copied = 0.0
    since = -1
    for i in np.flatnonzero(scores.n_words >= _BACK_WORDS):
        n_words = float(scores.n_words[i])
        if scores.repeats[i] >= _REPEAT_SHARE:
            if total < _REPEAT_WORDS:
                continue
            since = int(i) if copied == 0 else since
            copied += n_words
            if copied >= max(_REPEAT_WORDS, total / 2):
                return np.where(np.arange(len(probability)) >= since, 0.0, probability)
        elif probability[i] > 0.5:
            total += n_words
            copied = 0.0 if n_words >= 2 * _BACK_WORDS else copied
    return probability


def _inside(scores: Scores, probability: Floats, start: int, end: int, furniture: Furniture) -> Flags:
    """The units from ``start`` to ``end - 1`` less captions, unlikely ones, and teasers under their "
    "heading."""
    keep = np.zeros(len(scores.units), bool)
    related = next(group.bit for group in furniture.groups if group.name == "related")
    under_heading = False
    line_mask, start_mask = scores.seen.line_mask, scores.seen.start_mask
    words = scores.n_words.astype(int).tolist()
    for i in range(start, end):
        text, n_words = scores.units[i].text, words[i]
        is_heading = line_mask[i] & related or (start_mask[i] & related and n_words <= _HEADING_WORDS)
        if is_heading and _is_teaser_heading(text, probability[i]):
            under_heading = True
        elif not (under_heading and n_words <= _TEASER_WORDS and not ends_sentence(text)):
            under_heading = False
            keep[i] = probability[i] >= _DROP_BELOW and not (
                n_words <= _CAPTION_WORDS and is_caption(text, n_words=n_words)
            )
    return keep


def _is_teaser_heading(text: str, probability: float) -> bool:
    """Whether a line that begins like the heading of teasers is one: a whole, likely sentence is not."""
    return not (text[-1] in '.!?”"' and probability > 0.9)


def _look_back(scores: Scores, probability: Floats, keep: Flags, marked: Flags) -> None:
    """Keep the paragraphs right above the stretch: a short article's opening scores low."""
    if not keep.any():
        return
    first = int(np.argmax(keep))
    for i in range(first - 1, max(first - 1 - _BACK_UNITS, -1), -1):
        if marked[i] or probability[i] < _BACK_PROBABILITY or scores.n_words[i] < _BACK_WORDS:
            return
        keep[i] = not is_caption(scores.units[i].text, n_words=int(scores.n_words[i]))
