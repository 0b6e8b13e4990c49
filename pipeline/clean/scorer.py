"""The learned line scorer: for each unit, the probability that it is the article's prose.

Gradient-boosted trees, trained by ``newsclaims train`` on flattened pages (see ``pipeline/train/lines.py``)
and shipped as arrays; evaluated here with numpy alone, all trees and units of an article at once.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_RETRAIN = "python -m pipeline.train.lines"
MODEL = Path(__file__).with_name("lines.npz")


@dataclass(frozen=True, slots=True)
class Trees:
    """A forest of regression trees whose outputs add up to a log-odds.

    ``feature``, ``threshold`` and ``lost`` have a column for each tree, with its inner nodes in some order. A
    tree's leaves are numbered from left to right; ``lost`` has a bit for each that a row cannot reach once it
    went to the right at the node: what is left after all nodes of the tree, lowest bit first, is the row's
    leaf (QuickScorer, Lucchese et al., SIGIR 2015). Nodes that a tree lacks lose none.
    """

    names: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: Floats
    lost: NDArray[np.uint16]
    value: Floats
    base: float

    def log_odds(self, names: Sequence[str], features: Floats) -> Floats:
        """The log-odds of every row of ``features``, whose columns are called ``names``.

        Raises:
            ValueError: the forest was trained with a feature that is no more.
        """
        place = {name: i for i, name in enumerate(names)}
        missing = [name for name in self.names if name not in place]
        if missing:
            raise ValueError(f"line scorer: trained with features {missing}; run `{_RETRAIN}`")
        columns = np.array([place[name] for name in self.names])[self.feature]
        n_rows = len(features)
        if n_rows == 1:  # numpy adds up a single column in another order than several
            features = np.concatenate([features, features])
        odds = np.empty(len(features), np.float32)
        for at in range(0, n_rows, _ROWS):
            first = min(at, len(features) - 2)
            odds[first : at + _ROWS] = self._log_odds(features[first : at + _ROWS].T, columns)
        return odds[:n_rows]

    def _log_odds(self, features: Floats, columns: NDArray[np.intp]) -> Floats:
        """The log-odds of every column of ``features``; ``columns``: the row that each node looks at."""
        lost = np.zeros((self.feature.shape[1], features.shape[1]), np.uint16)
        for column, threshold, bits in zip(columns, self.threshold, self.lost, strict=True):
            lost |= (features.take(column, axis=0) > threshold[:, None]) * bits[:, None]
        leaf = _lowest_bit().take(~lost) + np.arange(0, self.value.size, self.value.shape[1])[:, None]
        total: Floats = self.value.take(leaf).sum(axis=0) + np.float32(self.base)
        return total


_ALL = 0xFFFF
_ROWS = 512
"""Rows at once: more do not fit the processor's cache."""


@functools.cache
def _lowest_bit() -> NDArray[np.intp]:
    """The number of the lowest bit of every number of 16 bits."""
    numbers = np.arange(_ALL + 1)
    lowest: NDArray[np.intp] = np.log2(np.maximum(numbers & -numbers, 1)).astype(np.intp)
    return lowest


def make_trees(arrays: Mapping[str, NDArray[Any]]) -> Trees:
    """The forest of trained arrays: nodes with their children, both itself at a leaf.

    Raises:
        ValueError: a tree has more leaves than there are bits.
    """
    left, right = arrays["left"], arrays["right"]
    n_trees = len(left)
    n_inner = max(left.shape[1] // 2, 1)
    feature, threshold = np.zeros((n_inner, n_trees), np.intp), np.zeros((n_inner, n_trees), np.float32)
    lost = np.zeros((n_inner, n_trees), np.uint16)
    value = np.zeros((n_trees, 16), np.float32)
    for tree in range(n_trees):
        leaves: list[int] = []
        nodes: list[tuple[int, int, int]] = []
        _walk(left[tree], right[tree], 0, leaves, nodes)
        if len(leaves) > value.shape[1]:
            raise ValueError(f"line scorer: a tree of {len(leaves)} leaves; at most {value.shape[1]}")
        value[tree, : len(leaves)] = arrays["value"][tree, leaves]
        for place, (node, first, last) in enumerate(nodes):
            feature[place, tree] = arrays["feature"][tree, node]
            threshold[place, tree] = arrays["threshold"][tree, node]
            lost[place, tree] = (1 << last) - (1 << first)
    names = tuple(str(name) for name in arrays["names"])
    return Trees(names, feature, threshold, lost, value, float(arrays["base"]))


def _walk(
    left: NDArray[Any], right: NDArray[Any], node: int, leaves: list[int], nodes: list[tuple[int, int, int]]
) -> None:
    """Collect a subtree's leaves from left to right, and its nodes with the leaves to their left."""
    if left[node] == node:
        leaves.append(node)
        return
    first = len(leaves)
    _walk(left, right, int(left[node]), leaves, nodes)
    nodes.append((node, first, len(leaves)))
    _walk(left, right, int(right[node]), leaves, nodes)


@functools.cache
def load_trees(path: Path = MODEL, prefix: str = "") -> Trees:
    """The shipped forest, or the one whose arrays' names begin with ``prefix`` in another file."""
    names = ("names", "feature", "threshold", "left", "right", "value", "base")
    with np.load(path, allow_pickle=False) as arrays:
        return make_trees({name: arrays[prefix + name] for name in names})
