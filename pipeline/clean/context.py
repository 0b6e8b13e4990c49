"""What is around each unit: its neighbours, the prose near it, and its place in the article.

Units of several articles stand one after another in every array; nothing here looks from one article into
the next, so that it does not matter with which others an article is cleaned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.intp]

_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_NEAR_FEATURES = ("log_words", "lower_share", "stop_end", "furniture", "upper_share")
_SHAPE_FEATURES = ("begins_digit", "begins_upper", "colon_end", "stop_end", "date", "by")
_ALIKE_LOG_WORDS = 0.5
_END_GROUPS = ("in_follow", "in_subscribe", "in_related", "in_comments", "in_tags", "in_legal", "in_bio")
_FAR = 30
"""Units beyond which a distance is not told."""
_EXACT = np.float64(1 << 36)
"""Shares are summed up in parts of one so small: such sums are exact, whatever stands before."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Which units belong together: ``sizes`` of each article; of each unit its number ``at``, the first unit
    of its article and one past the last."""

    sizes: Ints
    starts: Ints
    at: Ints
    begin: Ints
    end: Ints

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """A value of each article for each of its units."""
        return np.repeat(values, self.sizes)

    def total(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The sum of each article's values."""
        totals: NDArray[np.float64] = np.add.reduceat(values, self.starts, dtype=np.float64)
        return totals


def make_parts(sizes: Sequence[int]) -> Parts:
    """The parts of articles with so many units each, none of them empty."""
    n_units = np.array(sizes, np.intp)
    ends = np.cumsum(n_units)
    starts = ends - n_units
    at = np.arange(ends[-1])
    return Parts(n_units, starts, at, np.repeat(starts, n_units), np.repeat(ends, n_units))


def context_features(base: dict[str, Floats], parts: Parts) -> dict[str, Floats]:
    """What is near each unit, how far the prose is, and how much of it lies before and after."""
    out = _near(base, parts)
    prose = prose_words(base)
    is_prose = prose > 0
    alike = _alike(base, parts)
    ends = _ends(base)
    sums = _sums(
        [
            prose,
            base["n_words"] < 6,
            alike,
            base["date"] + base["by"] + base["ago"],
            np.rint(base["repeats"] * _EXACT) / _EXACT,
            base["in_media"] > 0,
            ends,
            base["colon_end"],
        ]
    )
    for width in (2, 5, 12):
        inside = _window(sums[:2], parts, width) / (2 * width + 1)
        out[f"prose_{width}"], out[f"short_{width}"] = inside
    out |= _place(sums[0], prose, parts)
    out["since_prose"], out["until_prose"] = _since(is_prose, parts), _until(is_prose, parts)
    n_prose, n_words = parts.total(prose), parts.total(base["n_words"])
    out["prose_share"] = _spread(np.maximum(n_prose, 1.0) / np.maximum(n_words, 1.0), parts)
    out["log_units"] = _spread(np.log1p(parts.sizes), parts)
    out["furniture_share"] = _spread(parts.total(base["furniture"] > 1) / parts.sizes, parts)
    out |= _runs(sums[0], is_prose, parts)
    out["alike"] = alike
    out["alike_5"], out["repeats_5"], out["captions_5"] = _window(sums[[2, 4, 5]], parts, 5)
    (out["near_dates"],) = _window(sums[3:4], parts, 4)
    out["marks_before_3"] = _sum(sums[6], np.maximum(parts.at - 3, parts.begin), parts.at)
    out["marks_after_3"] = _sum(sums[6], parts.at + 1, np.minimum(parts.at + 4, parts.end))
    out["colon_before"] = _sum(sums[7], np.maximum(parts.at - 1, parts.begin), parts.at)
    out["colons_since"] = _since(base["colon_end"] > 0, parts)
    return out | _main_block(prose, sums[6], parts)


def prose_words(base: dict[str, Floats]) -> Floats:
    """Words of each unit that looks like prose; 0 for the others."""
    is_prose = (base["n_words"] >= 8) & (base["lower_share"] > 0.5) & (base["stop_end"] + base["n_stop"] > 0)
    return np.where(is_prose, base["n_words"], 0).astype(np.float32)


def _spread(values: NDArray[Any], parts: Parts) -> Floats:
    return parts.spread(values.astype(np.float32))


def _near(base: dict[str, Floats], parts: Parts) -> dict[str, Floats]:
    """What the three units above and below are like; -1 where there is none."""
    n, far = len(parts.at), _NEIGHBOURS[-1]
    padded = np.empty((len(_NEAR_FEATURES), n + 2 * far), np.float32)
    for row, name in enumerate(_NEAR_FEATURES):
        padded[row, far : far + n] = base[name]
    near = {}
    for by in _NEIGHBOURS:
        there = parts.at + by
        inside = (there >= parts.begin) & (there < parts.end)
        near[by] = np.where(inside, padded[:, far + by : far + by + n], np.float32(-1))
    return {f"{name}{by:+d}": near[by][row] for row, name in enumerate(_NEAR_FEATURES) for by in _NEIGHBOURS}


def _sums(rows: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
    """For each row, the sum of what stands before each place."""
    sums = np.zeros((len(rows), len(rows[0]) + 1))
    np.cumsum(np.array(rows, np.float64), axis=1, out=sums[:, 1:])
    return sums


def _sum(sums: NDArray[np.float64], first: Ints, last: Ints) -> Floats:
    """For each unit the sum from ``first`` to ``last - 1``."""
    return (sums[last] - sums[first]).astype(np.float32)


def _window(sums: NDArray[np.float64], parts: Parts, width: int) -> Floats:
    """For each row of ``_sums``, the sum over ``width`` places before and after each, itself included."""
    first, last = np.maximum(parts.at - width, parts.begin), np.minimum(parts.at + width + 1, parts.end)
    inside: Floats = (sums[:, last] - sums[:, first]).astype(np.float32)
    return inside


def _place(prose_sums: NDArray[np.float64], prose: Floats, parts: Parts) -> dict[str, Floats]:
    """Where each unit stands in its article, by units and by words of prose."""
    total = _spread(np.maximum(parts.total(prose), 1.0), parts)
    before = (prose_sums[:-1] - prose_sums[parts.begin]).astype(np.float32)
    order = (parts.at - parts.begin).astype(np.float32)
    last = (parts.end - 1 - parts.at).astype(np.float32)
    return {
        "prose_before": np.log1p(before),
        "prose_after": np.log1p(total - before - prose),
        "prose_before_share": before / total,
        "place": order / _spread(np.maximum(parts.sizes - 1, 1), parts),
        "n_before": np.log1p(order),
        "n_after": np.log1p(last),
    }


def _since(flags: NDArray[np.bool_], parts: Parts) -> Floats:
    """Units since the article's last flagged one, at most ``_FAR``."""
    last = np.maximum.accumulate(np.where(flags, parts.at, -1))
    since = np.where(last >= parts.begin, parts.at - last, _FAR)
    return np.minimum(since, _FAR).astype(np.float32)


def _until(flags: NDArray[np.bool_], parts: Parts) -> Floats:
    """Units up to the article's next flagged one, at most ``_FAR``."""
    n = len(parts.at)
    following = np.minimum.accumulate(np.where(flags, parts.at, n)[::-1])[::-1]
    until = np.where(following < parts.end, following - parts.at, _FAR)
    return np.minimum(until, _FAR).astype(np.float32)


def _runs(prose_sums: NDArray[np.float64], is_prose: NDArray[np.bool_], parts: Parts) -> dict[str, Floats]:
    """Runs of prose (positive) and of other lines (negative): their units, and their words of prose."""
    begins = parts.at == parts.begin
    begins[1:] |= is_prose[1:] != is_prose[:-1]
    first = np.flatnonzero(begins)
    bounds = np.append(first, len(is_prose))
    sizes = np.diff(bounds)
    words = np.log1p(np.diff(prose_sums[bounds]))
    run = np.minimum(sizes, _FAR).astype(np.float32)
    run[~is_prose[first]] *= -1
    return {
        "run": np.repeat(run, sizes),
        "run_words": np.repeat(words.astype(np.float32), sizes),
    }


def _alike(base: dict[str, Floats], parts: Parts) -> Floats:
    """Whether each unit has the shape of the one above: lists are so, prose is not."""
    shape = np.array([base[name] for name in _SHAPE_FEATURES])
    alike = np.zeros(shape.shape[1], np.float32)
    alike[1:] = (shape[:, 1:] == shape[:, :-1]).all(axis=0) & (
        np.abs(np.diff(base["log_words"])) < _ALIKE_LOG_WORDS
    )
    alike[parts.starts] = 0
    return alike


def _ends(base: dict[str, Floats]) -> Floats:
    """How many groups that mark an article's end each unit belongs to."""
    marks: Floats = (np.array([base[name] for name in _END_GROUPS]) >= 2).sum(axis=0).astype(np.float32)
    return marks


def _main_block(prose: Floats, marks: NDArray[np.float64], parts: Parts) -> dict[str, Floats]:
    """Where each unit stands to the run of units with most prose, at a cost of 12 words a unit.

    ``marks``: the number of marks of an article's end before each unit.
    """
    gain = np.concatenate([[0.0], np.cumsum(prose.astype(np.float64) - 12.0)])
    blocks = np.empty((2, len(parts.sizes)), np.intp)
    for number, (first, size) in enumerate(zip(parts.starts.tolist(), parts.sizes.tolist(), strict=True)):
        sums = gain[first : first + size + 1]
        length = int((sums[1:] - np.minimum.accumulate(sums[:-1])).argmax()) + 1
        blocks[:, number] = first + int(sums[:length].argmin()), first + length
    start, end = parts.spread(blocks[0]), parts.spread(blocks[1])
    at, middle = parts.at, (start + end - 2 * parts.begin) // 2 + parts.begin
    return {
        "from_start": np.clip(at - start, -_FAR, _FAR).astype(np.float32),
        "to_end": np.clip(end - 1 - at, -_FAR, _FAR).astype(np.float32),
        "in_main": ((at >= start) & (at < end)).astype(np.float32),
        "marks_since_start": np.clip(marks[:-1] - marks[start], 0, 9).astype(np.float32),
        "marks_since_middle": np.clip(marks[:-1] - marks[middle], 0, 9).astype(np.float32),
    }
