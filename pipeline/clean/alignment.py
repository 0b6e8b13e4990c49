"""Which words of one text stand in another, by their longest common subsequence.

Cleaning finds an extractor's body in a page's text by it; training and evaluation label lines by it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

TOKEN = re.compile(r"\w+")
MIN_RUN = 2
"""Aligned runs of fewer tokens are chance."""


def line_labels(raw: str, body: str) -> list[int]:
    """For every line of ``raw``, 1 where more than half of its tokens are aligned with ``body``.

    A line without tokens is 1 where the nearest lines with tokens on both sides are.
    """
    tokens: list[str] = []
    spans = []
    for line in raw.split("\n"):
        found = TOKEN.findall(line)
        spans.append(range(len(tokens), len(tokens) + len(found)))
        tokens += found
    hit = aligned(tokens, TOKEN.findall(body))
    labels = [2 * sum(i in hit for i in span) > len(span) if span else None for span in spans]
    before = _carried(labels)
    after = _carried(labels[::-1])[::-1]
    return [int(before[i] and after[i]) if label is None else int(label) for i, label in enumerate(labels)]


def _carried(labels: Sequence[bool | None]) -> list[bool]:
    """The last known label up to each place, false before the first."""
    carried, last = [], False
    for label in labels:
        last = last if label is None else label
        carried.append(last)
    return carried


def aligned(left: Sequence[str], right: Sequence[str]) -> set[int]:
    """Places of ``left`` that a longest common subsequence with ``right`` takes, runs of one aside.

    Of the subsequence that matches as late as possible and the one that matches as early as possible, the
    one in fewer runs.
    """
    late = _runs(_common(left, right))
    n, m = len(left) - 1, len(right) - 1
    early = _runs([(n - i, m - j) for i, j in reversed(_common(left[::-1], right[::-1]))])
    best = early if len(early) <= len(late) else late
    return {i for run in best if len(run) >= MIN_RUN for i, _ in run}


def _common(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common subsequence as pairs of places, one integer of bits a row (Crochemore et al. 2001)."""
    where: dict[str, int] = defaultdict(int)
    for j, token in enumerate(right):
        where[token] |= 1 << j
    full = (1 << len(right)) - 1
    row, rows = full, []
    for token in left:
        taken = row & where.get(token, 0)
        row = ((row + taken) | (row - taken)) & full
        rows.append(row)
    pairs, i, j = [], len(left) - 1, len(right) - 1
    while i >= 0 and j >= 0:
        if rows[i] >> j & 1:
            j -= 1
        elif left[i] == right[j]:
            pairs.append((i, j))
            i, j = i - 1, j - 1
        else:
            i -= 1
    return pairs[::-1]


def _runs(pairs: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Pairs in runs without a gap on either side."""
    runs: list[list[tuple[int, int]]] = []
    for pair in pairs:
        if runs and runs[-1][-1] == (pair[0] - 1, pair[1] - 1):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return runs
