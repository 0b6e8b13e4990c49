"""Blog posts: which paragraphs are excerpts of another outlet.

A post speaks in the first person. An excerpt follows a paragraph that ends with a colon, or opens with an
editor's bracket or an ellipsis, and goes on as long as the voice stays that of a report.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from pipeline.clean.kinds import Label
from pipeline.config import read_lexicon

_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?")
_OWN_VOICE = re.compile(
    r"\b(?:I|I['’](?:m|ve|d|ll)|my|me|myself|we|our|us|you|your|let['’]s)\b|n['’]t\b|[!?]\W*$|^(?:yes|no|well|so|hmm|heh)\b",
    re.I,
)
_FIRST_PERSON = re.compile(r"\bI\b|\bI['’](?:m|ve|d|ll)\b|\b(?:my|our|we)\b", re.I)
_TIP = re.compile(r"\((?:hat )?tip to [^)]*\)|\(h/?t:? [^)]*\)|\(via [^)]*\)", re.I)
"""Who pointed to the outlet, not the outlet."""
_MIN_POST_SHARE = 0.1
_MIN_POST_UNITS = 2
"""Paragraphs in the first person, outside quotation marks, that make a post: news reports have none."""
_MIN_WORDS = 12
"""Words of the shortest paragraph that goes on with an excerpt."""


def own_words(text: str) -> str:
    """The text without what stands in quotation marks."""
    return _QUOTED.sub(" ", text)


def is_post(paragraphs: Sequence[str]) -> bool:
    """Whether the paragraphs are written in the first person."""
    first_person = _FIRST_PERSON.search
    n = sum(
        first_person(text) is not None and first_person(own_words(text)) is not None for text in paragraphs
    )
    return n >= _MIN_POST_UNITS and n >= _MIN_POST_SHARE * len(paragraphs)


def find_excerpts(paragraphs: Sequence[str], kinds: Sequence[str]) -> dict[int, Label]:
    """The paragraphs of a post that are excerpts, with the outlet where the lead-in names it."""
    if not is_post(paragraphs):
        return {}
    found: dict[int, Label] = {}
    open_label: Label | None = None
    for i, text in enumerate(paragraphs):
        if kinds[i] not in ("body", "heading"):
            open_label = None
        elif i and paragraphs[i - 1].rstrip().endswith(":") and i - 1 not in found:
            open_label = Label("quote", "after a colon in a post", outlet_in(paragraphs[i - 1]))
            found[i] = open_label
        elif text[0] == "[" or text.startswith(("...", "…")):
            found[i] = Label("quote", "opens with an editor's mark in a post", _outlet_before(paragraphs, i))
            open_label = None
        elif open_label and len(text.split()) >= _MIN_WORDS and not _OWN_VOICE.search(own_words(text)):
            found[i] = open_label
        else:
            open_label = None
    return found


def _outlet_before(paragraphs: Sequence[str], i: int) -> str | None:
    return outlet_in(paragraphs[i - 1]) if i else None


@functools.cache
def _outlets() -> re.Pattern[str]:
    names = {
        name.replace("_", " ")
        for row in read_lexicon("outlets")
        if row[0] in ("agency", "outlet")
        for name in row[1].split()
        if len(name) > 3 and not name.isupper()
    }
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\b")


def outlet_in(text: str) -> str | None:
    """The last outlet that a lead-in names."""
    names = _outlets().findall(_TIP.sub("", text))
    return names[-1] if names else None
