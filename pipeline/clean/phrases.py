"""Many phrases looked for in a text at once, in time that does not depend on their number.

Every run of eight bytes of the text (four for short phrases) is looked up in a table of hashes, with numpy;
what is left is compared byte by byte. The text is searched in Latin-1, one byte a code point.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BITS = 17
"""Of a hash: the table is 128 KiB, and one run of the text in 500 meets a phrase by chance."""
_FACTOR = 0x9E3779B97F4A7C15
_CHUNK = 1 << 20
"""Bytes of text whose runs are held at once."""


@dataclass(frozen=True, slots=True)
class _Runs:
    """Phrases by a run of ``width`` bytes at their beginning."""

    width: int
    table: NDArray[np.bool_]
    phrases: Mapping[int, Sequence[tuple[bytes, int]]]

    def find(self, text: bytes) -> list[tuple[int, int]]:
        """Where phrases begin, each with its mask."""
        found = []
        for begin in range(0, len(text), _CHUNK):
            runs = _runs(text[begin : begin + _CHUNK + self.width - 1], self.width)
            hits = np.flatnonzero(self.table[_hash(runs)])
            for at, run in zip((hits + begin).tolist(), runs[hits].tolist(), strict=True):
                for phrase, mask in self.phrases.get(run, ()):
                    if text.startswith(phrase, at):
                        found.append((at, mask))
        return found


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Phrases ready to be looked for."""

    long: _Runs
    short: _Runs

    def find(self, lower: str) -> list[tuple[int, int]]:
        """Where in a lower-cased text phrases begin, each with its mask; in no order."""
        text = lower.encode("latin-1", "replace")
        return self.long.find(text) + self.short.find(text)


def _runs(text: bytes, width: int) -> NDArray[np.unsignedinteger[Any]]:
    """The run of ``width`` bytes at every byte of ``text``, as a number; zeros follow its end."""
    n = len(text) + -len(text) % width
    padded = text.ljust(n + width, b"\0")
    runs = np.empty(n, f"<u{width}")
    for shift in range(width):
        runs[shift::width] = np.frombuffer(padded, runs.dtype, n // width, shift)
    return runs


def _hash(runs: NDArray[np.unsignedinteger[Any]]) -> NDArray[np.unsignedinteger[Any]]:
    bits = 8 * runs.dtype.itemsize
    factor = runs.dtype.type(_FACTOR >> (64 - bits) | 1)
    hashed: NDArray[np.unsignedinteger[Any]] = (runs * factor) >> runs.dtype.type(bits - _BITS)
    return hashed


def index_phrases(masks: Mapping[str, int]) -> PhraseIndex:
    """The index of lower-cased phrases of four code points or more of Latin-1, each with its mask.

    Raises:
        ValueError: a phrase is shorter, or holds other letters.
    """
    phrases = [(text.encode("latin-1"), mask) for text, mask in sorted(masks.items())]
    if short := [text for text, _ in phrases if len(text) < 4]:
        raise ValueError(f"phrases to be found anywhere need four letters: {short}")
    return PhraseIndex(
        _index([each for each in phrases if len(each[0]) >= 8], 8),
        _index([each for each in phrases if len(each[0]) < 8], 4),
    )


def _index(phrases: Sequence[tuple[bytes, int]], width: int) -> _Runs:
    by_run: dict[int, list[tuple[bytes, int]]] = defaultdict(list)
    for phrase in phrases:
        by_run[int.from_bytes(phrase[0][:width], "little")].append(phrase)
    table = np.zeros(1 << _BITS, bool)
    table[_hash(np.array(list(by_run), f"<u{width}"))] = True
    return _Runs(width, table, dict(by_run))
