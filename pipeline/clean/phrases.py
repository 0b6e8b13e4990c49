"""Many phrases looked for in a text at once, in time that does not depend on their number.

Every run of four bytes of the text is looked up in a table of hashes, with numpy, and where a phrase may
begin so the next four too; what is left is compared byte by byte. The text is searched in Latin-1, one byte a
code point.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BITS = 17
"""Of a hash: a table is 128 KiB, and one run of the text in 500 meets a phrase by chance."""
_FACTOR = np.uint32(0x9E3779B1)
_WIDTH = 4
_CHUNK = 1 << 15
"""Bytes of text whose runs are held at once: twice as fast as a batch at once, whose arrays the system hands
out page by page each time."""

Runs = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Phrases ready to be looked for.

    ``begin`` has the hashes of their first run, ``short`` only those of phrases of less than two runs,
    ``long`` the hashes of the first two; ``phrases`` are the phrases by their first run.
    """

    begin: NDArray[np.bool_]
    short: NDArray[np.bool_]
    long: NDArray[np.bool_]
    phrases: Mapping[int, Sequence[tuple[bytes, int]]]

    def find(self, lower: str) -> list[tuple[int, int]]:
        """Where in a lower-cased text phrases begin, each with its mask; in no order."""
        text = lower.encode("latin-1", "replace")
        found = []
        for begin in range(0, len(text), _CHUNK):
            runs = _runs(text[begin : begin + _CHUNK + 2 * _WIDTH])
            hits = np.flatnonzero(self.begin.take(_hash(runs[:_CHUNK])))
            first, second = runs[hits], runs[hits + _WIDTH]
            likely = self.short[_hash(first)] | self.long[_hash(_both(first, second))]
            for at, run in zip((hits[likely] + begin).tolist(), first[likely].tolist(), strict=True):
                for phrase, mask in self.phrases.get(run, ()):
                    if text.startswith(phrase, at):
                        found.append((at, mask))
        return found


def _runs(text: bytes) -> Runs:
    """The run of bytes at every byte of ``text``, as a number; zeros follow its end."""
    n = len(text) + _WIDTH + -len(text) % _WIDTH
    padded = text.ljust(n + _WIDTH, b"\0")
    runs = np.empty(n, "<u4")
    for shift in range(_WIDTH):
        runs[shift::_WIDTH] = np.frombuffer(padded, runs.dtype, n // _WIDTH, shift)
    return runs


def _both(first: Runs, second: Runs) -> Runs:
    return first ^ (second * _FACTOR)


def _hash(runs: Runs) -> NDArray[np.unsignedinteger[Any]]:
    return (runs * _FACTOR) >> np.uint32(32 - _BITS)


def index_phrases(masks: Mapping[str, int]) -> PhraseIndex:
    """The index of lower-cased phrases of four code points or more of Latin-1, each with its mask.

    Raises:
        ValueError: a phrase is shorter, or holds other letters.
    """
    phrases = [(text.encode("latin-1"), mask) for text, mask in sorted(masks.items())]
    if short := [text for text, _ in phrases if len(text) < _WIDTH]:
        raise ValueError(f"phrases to be found anywhere need four letters: {short}")
    by_run: dict[int, list[tuple[bytes, int]]] = defaultdict(list)
    for phrase in phrases:
        by_run[int.from_bytes(phrase[0][:_WIDTH], "little")].append(phrase)
    long, short_ones = (
        _beginnings([text for text, _ in phrases if (len(text) >= 2 * _WIDTH) == is_long])
        for is_long in (True, False)
    )
    return PhraseIndex(
        begin=_table(np.concatenate([long[0], short_ones[0]])),
        short=_table(short_ones[0]),
        long=_table(_both(*long)),
        phrases=dict(by_run),
    )


def _beginnings(texts: Sequence[bytes]) -> NDArray[np.uint32]:
    """The first runs of some texts, and their second ones."""
    joined = b"".join(text[: 2 * _WIDTH].ljust(2 * _WIDTH, b"\0") for text in texts)
    return np.frombuffer(joined, "<u4").reshape(-1, 2).T


def _table(runs: Runs) -> NDArray[np.bool_]:
    table = np.zeros(1 << _BITS, bool)
    table[_hash(runs)] = True
    return table
