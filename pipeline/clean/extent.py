"""Where the article stands: one stretch of units, found by dynamic programming over their scores.

Around it, guards against losing an article: a page with next to no furniture is kept, what repeats the
whole article is cut off with all that follows, and the paragraph above the stretch is looked at again;
``edges`` then looks at how the stretch begins and ends. The thresholds are ``[clean]`` of the
configuration, set on body-dev with out-of-fold scores; ``make evaluate`` measures them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.edges import (
    ends_at,
    keep_announced_list,
    keep_turns,
    leave_out_imprint,
    leave_out_notes,
    leave_out_repeats,
    trim_headings,
)
from pipeline.clean.features import Seen
from pipeline.clean.furniture import Furniture
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import Unit, ends_sentence
from pipeline.clean.tails import leave_out_appeals, leave_out_fillers
from pipeline.config import CleanConfig

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

_CAPTION_WORDS = 45
_TEASER_WORDS = 20
_HEADING_WORDS = 16
_SENTENCE_WORDS = 8
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Scores:
    """The units of a page with what tells prose from furniture."""

    units: Sequence[Unit]
    seen: Seen
    probability: Floats
    n_words: Floats
    repeats: Floats
    recurs: Flags

    def upto(self, n: int) -> Scores:
        """The first ``n`` units."""
        at = slice(n)
        return Scores(
            self.units[at],
            self.seen.part(at),
            self.probability[at],
            self.n_words[at],
            self.repeats[at],
            self.recurs[at],
        )


def keep_units(scores: Scores, furniture: Furniture, settings: CleanConfig) -> Flags:
    """Which units are the article's prose."""
    marked = _marked(scores, furniture) | scores.recurs
    probability = scores.probability
    clean = _is_clean(probability, marked, settings)
    if clean:
        floor = np.maximum(probability, settings.clean_probability)
        probability = np.where(scores.recurs, probability, floor)
    else:  # a clean text that repeats itself is a list of like things, not a page with its article twice
        probability = _without_copy(scores, probability, settings)
    start, end = find_extent(probability, scores.n_words, settings.break_even)
    keep = _inside(scores, probability, start, end, furniture, settings)
    _look_back(scores, probability, keep, marked, settings)
    leave_out_notes(scores.seen, scores.n_words, keep)
    leave_out_imprint(scores.seen, scores.n_words, keep, furniture)
    leave_out_fillers(scores.seen.lower, scores.n_words, keep)
    leave_out_appeals(scores.units, scores.seen.lower, scores.n_words, keep)
    if not np.count_nonzero(keep):
        return keep
    if not clean:
        stop = ends_at(scores.seen, scores.n_words, keep, furniture, settings)
        keep[stop:] = False
        leave_out_repeats(scores.probability, scores.repeats, keep, settings)
        trim_headings(scores.units, scores.probability, scores.n_words, keep, settings)
        if stop < len(keep):
            return keep
    if not np.count_nonzero(keep):
        return keep
    keep_turns(scores.units, keep, marked)
    keep_announced_list(scores.units, keep, marked, end)
    return keep


def _is_clean(probability: Floats, marked: Flags, settings: CleanConfig) -> bool:
    """Whether the text holds next to no furniture: every unit is then more likely prose than not.

    Where most units look like a menu's, many marks are furniture even if they are a small share: a long
    thread, a page in another language.
    """
    n, n_marked = len(probability), int(np.count_nonzero(marked))
    if n <= 2 or n_marked / n > settings.clean_share:
        return False
    n_low = int(np.count_nonzero(probability < settings.drop_below))
    return n_low / n <= settings.clean_menu_share or n_marked <= settings.clean_marks


def find_extent(probability: Floats, n_words: Floats, break_even: float) -> tuple[int, int]:
    """First and one past the last unit of the stretch with the largest sum of words times (p - break-even).

    An empty stretch where no unit has a larger probability.
    """
    if probability.min() > break_even:
        return (0, len(probability)) if probability.max() >= _SURE else (0, 0)
    start = end = lowest_at = 0
    best = total = lowest = 0.0
    for i, gain in enumerate((n_words * (probability - break_even)).tolist()):
        if total < lowest:
            lowest, lowest_at = total, i
        total += gain
        if total - lowest > best:
            best, start, end = total - lowest, lowest_at, i + 1
    return (start, end) if end and probability.max() >= _SURE else (0, 0)


def _marked(scores: Scores, furniture: Furniture) -> Flags:
    """Units that are furniture by their words: whole phrases, or short lines that begin with one."""
    ends, bits = furniture.ends, furniture.bits
    lines = ends | bits["share"] | bits["navigation"] | bits["cookies"]
    seen = scores.seen
    if not (any(seen.line_mask) or any(seen.start_mask)):
        return np.zeros(len(scores.units), bool)
    flags = [
        bool(line & lines) or bool(start & ends and n <= _HEADING_WORDS - 2)
        for line, start, n in zip(seen.line_mask, seen.start_mask, scores.n_words.tolist(), strict=True)
    ]
    return np.array(flags, bool)


def _without_copy(scores: Scores, probability: Floats, settings: CleanConfig) -> Floats:
    """Probability 0 from where the page says its article again, as data for machines or a preview.

    What repeats menus or teasers that stand above the article is none: the article must have been said.
    """
    total = copied = 0.0
    since = -1
    columns = scores.n_words.tolist(), scores.repeats.tolist(), probability.tolist()
    for i, (n_words, repeated, likely) in enumerate(zip(*columns, strict=True)):
        if n_words < _SENTENCE_WORDS:
            continue
        if repeated >= settings.repeat_share:
            if total < settings.copy_words:
                continue
            since = i if copied == 0 else since
            copied += n_words
            if copied >= max(settings.copy_words, total / 2):
                return np.where(np.arange(len(probability)) >= since, 0.0, probability)
        elif likely > _SURE:
            total += n_words
            copied = 0.0 if n_words >= 2 * _SENTENCE_WORDS else copied
    return probability


def _inside(
    scores: Scores, probability: Floats, start: int, end: int, furniture: Furniture, settings: CleanConfig
) -> Flags:
    """The units from ``start`` to ``end - 1`` less captions, unlikely ones, and teasers under their
    heading."""
    keep = np.zeros(len(scores.units), bool)
    related, least = furniture.bits["related"], settings.drop_below
    under_heading = False
    units, line, begin = scores.units, scores.seen.line_mask, scores.seen.start_mask
    words, likely = scores.n_words.tolist(), probability.tolist()
    for i in range(start, end):
        text, n_words = units[i].text, words[i]
        is_heading = line[i] & related or (begin[i] & related and n_words <= _HEADING_WORDS)
        if is_heading and _is_teaser_heading(text, likely[i]):
            under_heading = True
        elif not (under_heading and n_words <= _TEASER_WORDS and not ends_sentence(text)):
            under_heading = False
            if likely[i] >= least and not (n_words <= _CAPTION_WORDS and is_caption(text)):
                keep[i] = True
    return keep


def _is_teaser_heading(text: str, probability: float) -> bool:
    """Whether a line that begins like the heading of teasers is one: a whole, likely sentence is not."""
    return not (text[-1] in '.!?”"' and probability > 0.9)


def _look_back(
    scores: Scores, probability: Floats, keep: Flags, marked: Flags, settings: CleanConfig
) -> None:
    """Keep the paragraphs right above the stretch: a short article's opening scores low."""
    first = int(keep.argmax())
    if not keep[first]:
        return
    for i in range(first - 1, max(first - 1 - settings.back_units, -1), -1):
        if marked[i] or probability[i] < settings.drop_below or scores.n_words[i] < _SENTENCE_WORDS:
            return
        keep[i] = not is_caption(scores.units[i].text)
