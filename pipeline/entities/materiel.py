"""Weapons and vehicles by word list, the longest match first."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from spacy.tokens import Doc

from pipeline.config import read_lexicon
from pipeline.entities.measures import Found

_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])([-/])(?=[^\W\d_])")


def find_materiel(doc: Doc, words: Sequence[str]) -> list[Found]:
    """Weapons and vehicles of ``doc`` in text order, without overlap; ``words`` are its lower-case tokens."""
    found, done, phrases = [], 0, _phrases()
    for at, word in enumerate(words):
        if at < done or word not in phrases:
            continue
        size, label = _longest(words, at)
        if size and _is_common(doc, at, size):
            found.append(Found(doc[at].idx, doc[at + size - 1].idx + len(doc[at + size - 1]), label))
        done = at + size
    return found


def _longest(words: Sequence[str], at: int) -> tuple[int, str]:
    """How many words from ``at`` on make the longest phrase of the list, and its label."""
    for size in range(min(_phrases()[words[at]], len(words) - at), 0, -1):
        label = _labels().get(_singular(" ".join(words[at : at + size])))
        if label:
            return size, label
    return 0, ""


def _is_common(doc: Doc, at: int, size: int) -> bool:
    """Whether the words are used as a noun: not a verb ("to gun down"), nor part of a longer proper name."""
    last = doc[at + size - 1]
    if last.pos_ not in {"NOUN", "PROPN", ""}:
        return False
    if not last.is_lower:
        return size > 1 or not last.is_title
    return True


def _singular(phrase: str) -> str:
    labels = _labels()
    if phrase in labels or not phrase.endswith("s"):
        return phrase
    return phrase[:-1]


@functools.cache
def _labels() -> dict[str, str]:
    rows = read_lexicon("materiel")
    return {" ".join(_split(phrase)): label for label, phrases in rows for phrase in phrases.split(";")}


@functools.cache
def _phrases() -> dict[str, int]:
    """First word (with its plural) → the number of words of the longest phrase that starts with it."""
    longest: dict[str, int] = {}
    for phrase in _labels():
        first = phrase.split()[0]
        for form in (first, first + "s"):
            longest[form] = max(longest.get(form, 0), len(phrase.split()))
    return longest


def _split(phrase: str) -> list[str]:
    """The phrase in lower case, cut as the tokenizer cuts: "rocket-propelled" is three tokens, "f-16" one."""
    return _BETWEEN_LETTERS.sub(r" \1 ", phrase.casefold()).split()
