"""The learned line scorer: for each unit, the probability that it is the article's prose.

Gradient-boosted trees, trained by ``newsclaims train`` on flattened pages (see ``pipeline/train/lines.py``)
and shipped as arrays; evaluated here with numpy alone, all trees and units of an article at once.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
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

    Node arrays have one row a tree. A node without ``feature`` (-1) is a leaf; both its children are itself.
    """

    names: tuple[str, ...]
    feature: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    base: float
    depth: int

    def log_odds(self, names: Sequence[str], features: Floats) -> Floats:
        """The log-odds of every row of ``features``, whose columns are called ``names``.

        Raises:
            ValueError: the forest was trained with a feature that is no more.
        """
        if tuple(names) != self.names:
            missing = [name for name in self.names if name not in names]
            if missing:
                raise ValueError(f"line scorer: trained with features {missing}; run `{_RETRAIN}`")
            features = features[:, [names.index(name) for name in self.names]]
        n_trees, n_nodes = self.feature.shape
        offset = (np.arange(n_trees, dtype=np.int32) * n_nodes)[:, None]
        feature, threshold = self.feature.ravel(), self.threshold.ravel()
        left, right = (self.left + offset).ravel(), (self.right + offset).ravel()
        n_rows, n_features = features.shape
        flat = features.ravel()
        row = np.arange(n_rows, dtype=np.int32) * n_features
        node = np.broadcast_to(offset, (n_trees, n_rows)).copy()
        for _ in range(self.depth):
            goes_left = flat[row + feature[node]] <= threshold[node]
            node = np.where(goes_left, left[node], right[node])
        total: Floats = self.value.ravel()[node].sum(axis=0) + np.float32(self.base)
        return total


@functools.cache
def load_trees(path: Path = MODEL, prefix: str = "") -> Trees:
    """The shipped forest, or the one whose arrays' names begin with ``prefix`` in another file."""
    with np.load(path, allow_pickle=False) as arrays:
        return Trees(
            tuple(str(name) for name in arrays[prefix + "names"]),
            arrays[prefix + "feature"],
            arrays[prefix + "threshold"],
            arrays[prefix + "left"],
            arrays[prefix + "right"],
            arrays[prefix + "value"],
            float(arrays[prefix + "base"]),
            int(arrays[prefix + "depth"]),
        )
