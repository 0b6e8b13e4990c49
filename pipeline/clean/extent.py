"""Where the article stands: one stretch of units, found by dynamic programming over their scores."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_DROP_BELOW = 0.2
"""Probability under which a unit inside the article is taken out: .1, .2 and .3 score alike on body-dev."""


def find_extent(probability: Floats, n_words: Floats) -> tuple[int, int]:
    """First and one past the last unit of the stretch with the largest sum of words times (p - 1/2).

    An empty stretch where no unit has a probability over one half.
    """
    gain = n_words * (probability - 0.5)
    sums = np.concatenate([[0.0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(sums[:-1])
    rise = sums[1:] - lowest
    if not len(rise) or rise.max() <= 0:
        return 0, 0
    end = int(np.argmax(rise)) + 1
    return int(np.argmin(sums[:end])), end


def keep_units(probability: Floats, n_words: Floats) -> NDArray[np.bool_]:
    """Which units are the article's prose."""
    start, end = find_extent(probability, n_words)
    at = np.arange(len(probability))
    kept: NDArray[np.bool_] = (at >= start) & (at < end) & (probability >= _DROP_BELOW)
    return kept
