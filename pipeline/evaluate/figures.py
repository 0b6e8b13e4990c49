"""Precision, recall and F1, from counts that can be added up, and how sure they are."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Interval = tuple[float, float]
Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of ``n_predicted`` things are right and how many of ``n_gold`` were found.

    The two differ where the things are counted by kind on each side, as quoted claims are.
    """

    n_right: int
    n_predicted: int
    n_found: int
    n_gold: int

    @property
    def precision(self) -> float:
        """Share of the predicted that is right; 0 where nothing was predicted."""
        return self.n_right / self.n_predicted if self.n_predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found; 0 where there is none."""
        return self.n_found / self.n_gold if self.n_gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            self.n_right + other.n_right,
            self.n_predicted + other.n_predicted,
            self.n_found + other.n_found,
            self.n_gold + other.n_gold,
        )


NOTHING = Figure(0, 0, 0, 0)


def figure(n_right: int, n_predicted: int, n_gold: int) -> Figure:
    """A figure in which what is right on one side is found on the other."""
    return Figure(n_right, n_predicted, n_right, n_gold)


def add_up(figures: Iterable[Mapping[str, Figure]]) -> dict[str, Figure]:
    """The sums by name, names in the order in which they first come."""
    total: dict[str, Figure] = {}
    for each in figures:
        for name, value in each.items():
            total[name] = total.get(name, NOTHING) + value
    return total


def bootstrap(
    documents: Sequence[Document],
    measure: Callable[[Sequence[Document]], float],
    *,
    n_samples: int = 1000,
    seed: int = 0,
) -> Interval:
    """95 % interval of ``measure`` over resamples of whole documents."""
    if not documents:
        return 0.0, 0.0
    lot = random.Random(seed)
    values = sorted(measure([lot.choice(documents) for _ in documents]) for _ in range(n_samples))
    return values[int(0.025 * n_samples)], values[min(n_samples - 1, int(0.975 * n_samples))]


def mean(values: Iterable[float | None]) -> float:
    """Mean of those that are not ``None``; 0 where all are."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0
