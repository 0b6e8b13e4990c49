"""The furniture lexicon: phrases that pages carry around an article, and where they stand in a text.

``configs/lexicon/furniture.toml`` holds the phrases; nothing here knows one.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.clean.phrases import PhraseIndex, index_phrases
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
    anywhere: PhraseIndex
    start_phrases: dict[str, tuple[str, ...]]
    """The phrases of ``start`` by their first word."""
    bits: dict[str, int]
    """The bit of each group, by its name."""
    ends: int
    """The groups that mark an article's end."""

    def line_mask(self, lower: str) -> int:
        """Groups of which ``lower``, a lower-cased line, is a whole phrase."""
        return self.line.get(lower) or self.line.get(lower.strip(_EDGES), 0)

    def start_mask(self, lower: str) -> int:
        """Groups one of whose phrases the lower-cased line begins with."""
        phrases = self.start_phrases.get(lower.partition(" ")[0])
        if phrases is None or not lower.startswith(phrases):
            return 0
        mask = 0
        for phrase in phrases:
            if lower.startswith(phrase) and lower[len(phrase) :][:1] in ("", " "):
                mask |= self.start[phrase]
        return mask

    def is_menu(self, lower: str) -> bool:
        """Whether a lower-cased line is nothing but short phrases of the furniture in a row."""
        first = _WORDS.search(lower)
        if first is None or first[0] not in self.line:
            return False
        words = _WORDS.findall(lower)
        return 1 < len(words) <= _MENU_WORDS and all(word in self.line for word in words)

    def find_anywhere(self, lower_lines: Sequence[str]) -> list[int]:
        """For each lower-cased line, the groups that have an `anywhere` phrase in it."""
        masks = [0] * len(lower_lines)
        places = self.anywhere.find("\n".join(lower_lines))
        if places:
            starts = list(itertools.accumulate((len(line) + 1 for line in lower_lines), initial=0))
            for at, mask in places:
                masks[bisect.bisect_right(starts, at) - 1] |= mask
        return masks

    def first(self, mask: int) -> Group:
        """The first group in ``mask``, in the order of the file."""
        return self.groups[(mask & -mask).bit_length() - 1]


_EDGES = " \t\u00a0.,:;!?…|/\\<>»«›‹()[]{}*•·-–—→←↓↑▸►▼▲+=_~^#@&'\"“”‘’×✕0123456789"


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
    by_word: dict[str, list[str]] = {}
    for phrase in start:
        by_word.setdefault(phrase.partition(" ")[0], []).append(phrase)
    start_phrases = {word: tuple(phrases) for word, phrases in by_word.items()}
    bits = {group.name: group.bit for group in groups}
    ends = sum(group.bit for group in groups if group.ends)
    return Furniture(tuple(groups), line, start, index_phrases(anywhere), start_phrases, bits, ends)
