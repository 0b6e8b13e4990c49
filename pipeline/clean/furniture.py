"""The furniture lexicon: phrases that pages carry around an article, and where they stand in a text.

``configs/lexicon/furniture.toml`` holds the phrases; nothing here knows one.
"""

from __future__ import annotations

import bisect
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import CONFIGS

LEXICON = CONFIGS / "lexicon" / "furniture.toml"
_WORDS = re.compile(r"[\w'’-]+")
_MENU_WORDS = 12
_START_WORDS = 4
"""Most words of a `start` phrase that are compared; longer phrases are found as `anywhere`."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of phrases: its bit in a mask, the kind of its lines, whether it marks an article's end."""

    name: str
    bit: int
    kind: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Furniture:
    """The lexicon, ready for look-up. Masks have one bit per group, in the order of the file."""

    groups: tuple[Group, ...]
    line: dict[str, int]
    start: dict[str, int]
    anywhere: tuple[tuple[str, int, str | None], ...]
    """Phrases with a whole word of each, if it has one: a text without the word need not be searched."""

    def line_mask(self, lower: str) -> int:
        """Groups of which ``lower``, a lower-cased line, is a whole phrase."""
        return self.line.get(lower) or self.line.get(lower.strip(_EDGES), 0)

    def start_mask(self, lower: str) -> int:
        """Groups one of whose phrases the lower-cased line begins with."""
        mask = 0
        words = lower.split(" ", _START_WORDS)
        for n in range(1, min(_START_WORDS, len(words)) + 1):
            mask |= self.start.get(" ".join(words[:n]), 0)
        return mask

    def is_menu(self, lower: str) -> bool:
        """Whether a lower-cased line is nothing but short phrases of the furniture in a row."""
        words = _WORDS.findall(lower)
        return len(words) <= _MENU_WORDS and len(words) > 1 and all(word in self.line for word in words)

    def find_anywhere(self, lower_lines: list[str]) -> list[int]:
        """For each lower-cased line, the groups that have an `anywhere` phrase in it."""
        masks = [0] * len(lower_lines)
        text = "\n".join(lower_lines)
        starts = _starts(lower_lines)
        words = set(_WORDS.findall(text))
        for phrase, mask, word in self.anywhere:
            at = text.find(phrase) if word is None or word in words else -1
            while at >= 0:
                i = bisect.bisect_right(starts, at) - 1
                masks[i] |= mask
                at = text.find(phrase, starts[i + 1]) if i + 1 < len(starts) else -1
        return masks

    def first(self, mask: int) -> Group:
        """The first group in ``mask``, in the order of the file."""
        return self.groups[(mask & -mask).bit_length() - 1]


def _whole_word(phrase: str) -> str | None:
    """The word that a phrase of several begins with: a text without it need not be searched."""
    match = _FIRST_WORD.search(phrase)
    return match[0] if match else None


_FIRST_WORD = re.compile(r"^(?<![\w'’-])[\w'’-]+(?= )")
_EDGES = " \t\u00a0.,:;!?…|/\\<>»«›‹()[]{}*•·-–—→←↓↑▸►▼▲+=_~^#@&'\"“”‘’×✕0123456789"


def _starts(lines: list[str]) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return starts


@functools.cache
def load_furniture(path: Path = LEXICON) -> Furniture:
    """The lexicon at ``path``."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    groups: list[Group] = []
    line: dict[str, int] = {}
    start: dict[str, int] = {}
    anywhere: dict[str, int] = {}
    for number, (name, table) in enumerate(tables.items()):
        group = Group(name, 1 << number, table["kind"], table["ends"])
        groups.append(group)
        for phrase in table["line"]:
            line[phrase] = line.get(phrase, 0) | group.bit
        for phrase in table["start"]:
            target = start if phrase.count(" ") < _START_WORDS else anywhere
            target[phrase] = target.get(phrase, 0) | group.bit
        for phrase in table["anywhere"]:
            anywhere[phrase] = anywhere.get(phrase, 0) | group.bit
    return Furniture(
        tuple(groups),
        line,
        start,
        tuple((phrase, mask, _whole_word(phrase)) for phrase, mask in sorted(anywhere.items())),
    )
