"""Which predicted span or claim answers to which of the gold ones: letters in common, best pairs first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Letters = frozenset[int]
NO_LETTERS: Letters = frozenset()

Gold = TypeVar("Gold")
Predicted = TypeVar("Predicted")


def letters(text: str, spans: Iterable[Sequence[int]]) -> Letters:
    """Offsets of the letters and digits that ``spans`` cover: quotation marks and spaces do not count."""
    return frozenset(
        i for start, end in spans for i in range(start, min(end, len(text))) if text[i].isalnum()
    )


def overlap(ours: Letters, theirs: Letters) -> float:
    """Letters in common over letters in either, 0 to 1; nothing agrees with nothing."""
    if not ours and not theirs:
        return 1.0
    return len(ours & theirs) / len(ours | theirs)


def pair(
    gold: Sequence[Gold], predicted: Sequence[Predicted], score: Callable[[Gold, Predicted], float]
) -> list[tuple[int, int]]:
    """Indices of gold and predicted ones that belong together, one to one, the best positive score first."""
    scored = ((score(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted))
    ranked = sorted((each for each in scored if each[0] > 0), key=lambda each: (-each[0], each[1], each[2]))
    taken_gold: set[int] = set()
    taken_predicted: set[int] = set()
    pairs = []
    for _, i, j in ranked:
        if i not in taken_gold and j not in taken_predicted:
            taken_gold.add(i)
            taken_predicted.add(j)
            pairs.append((i, j))
    return pairs


def quoted_letters(text: str) -> frozenset[int]:
    """Offsets inside double quotation marks; a mark left open closes at the end of its paragraph."""
    inside: set[int] = set()
    start = 0
    for paragraph in text.split("\n"):
        opened: int | None = None
        for i, character in enumerate(paragraph):
            if character in "“„«" or (character == '"' and opened is None):
                opened = i
            elif character in '”»"':
                if opened is not None:
                    inside.update(range(start + opened, start + i))
                opened = None
        if opened is not None:
            inside.update(range(start + opened, start + len(paragraph)))
        start += len(paragraph) + 1
    return frozenset(inside)
