"""What sites set into and below a story's prose: what players leave, appeals to readers, editors' initials.

``configs/lexicon/tails.toml`` holds the phrases.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.bylines import agency_at_end
from pipeline.clean.edges import item_kind
from pipeline.clean.lines import Unit, ends_sentence
from pipeline.config import CONFIGS

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

_FILLER_WORDS = 12
_APPEAL_WORDS = 90
_CREDIT_WORDS = 8
_SENTENCE_WORDS = 6
_LISTS = tomllib.loads((CONFIGS / "lexicon" / "tails.toml").read_text(encoding="utf-8"))
_FILLERS = tuple({phrase for each in _LISTS["fillers"] for phrase in (each, each.replace("'", "’"))})
_STARTS = tuple(_LISTS["starts"])
_HOLDS = tuple(_LISTS["holds"])
_INITIALS = re.compile(r"^(?:[a-z]{2,4}/)*[a-z]{2,4} ?\(")
_STRAIGHT = str.maketrans("’‘", "''")


def leave_out_fillers(lower: Sequence[str], n_words: Floats, keep: Flags) -> None:
    """Take out what players and advertisements leave behind: "Story continues below this ad"."""
    for i in keep.nonzero()[0].tolist():
        if n_words[i] <= _FILLER_WORDS and lower[i].startswith(_FILLERS):
            keep[i] = False


def leave_out_appeals(
    units: Sequence[Unit], lower: Sequence[str], n_words: Floats, keep: Flags, unlikely: Flags | None = None
) -> None:
    """Take out the last units that are appeals, notes on who helped, agencies with initials, marks alone.

    ``unlikely`` are units that look like no prose: short ones among the last go too. An extractor keeps tags
    and buttons that stand in the article's element.
    """
    for i in keep.nonzero()[0][::-1].tolist():
        text, words = units[i].text, int(n_words[i])
        is_short = unlikely is not None and unlikely[i] and not _is_said(text, words)
        if words > _APPEAL_WORDS or not (is_short or _is_below(text, lower[i], words)):
            return
        keep[i] = False


def _is_said(text: str, n_words: int) -> bool:
    """Whether a unit is a sentence or an item of a list."""
    return (n_words >= _SENTENCE_WORDS and ends_sentence(text)) or item_kind(text) is not None


def _is_below(text: str, lower: str, n_words: int) -> bool:
    if not any(map(str.isalnum, lower)):
        return True
    plain = lower.translate(_STRAIGHT).lstrip(" .…*_–—-")
    if plain.startswith(_STARTS) or any(phrase in plain for phrase in _HOLDS):
        return True
    return n_words <= _CREDIT_WORDS and _INITIALS.match(text) is not None and agency_at_end(text) is not None
