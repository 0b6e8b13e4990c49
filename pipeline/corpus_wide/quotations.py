"""The same quotation in several articles, also where it is cut differently."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.corpus_wide.link import Union

RUN_WORDS = 4
MIN_WORDS = 6
"""Shorter quotations ("no comment", "we will win") recur by chance."""

MIN_SHARED = 0.7
"""Share of the shorter quotation's runs of words that stand in the longer one. One word changed in ten loses
four runs of seven to ten; a cut loses none."""

N_KEYS = 8
"""Runs, those of the least hashes, by which quotations are looked up."""

MAX_BUCKET = 200
"""Quotations compared per run, the first by article; a run in more of them is a set phrase."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_QUOTED = re.compile(r"[“\"«„]([^”\"»“]*)(?:[”\"»]|$)")


@dataclass(frozen=True, slots=True)
class Quote:
    """A claim with quoted words."""

    doc_id: str
    claim_id: str
    content: str


@dataclass(frozen=True, slots=True)
class _Read:
    key: tuple[str, str]
    words: str
    runs: frozenset[int]


def find_quotations(quotes: Iterable[Quote]) -> dict[tuple[str, str], str]:
    """(``doc_id``, ``claim_id``) → an id shared by all claims that quote the same words, in at least two
    articles.

    The id is made from the fullest version of the words, so that it does not depend on the order of articles.
    """
    read = sorted((each for quote in quotes if (each := _read(quote))), key=lambda each: each.key)
    union = Union()
    buckets: dict[int, list[_Read]] = defaultdict(list)
    for each in read:
        for run in sorted(each.runs)[:N_KEYS]:
            for other in buckets[run]:
                if union.find(each.key) != union.find(other.key) and _is_same(each, other):
                    union.join(each.key, other.key)
        for run in each.runs:
            if len(buckets[run]) < MAX_BUCKET:
                buckets[run].append(each)
    return _identified(read, union)


def quoted_words(content: str) -> list[str]:
    """The words inside quotation marks, in lower case; all words where there is no mark."""
    inside = " ".join(_QUOTED.findall(content)) or content
    return [word.replace("’", "'") for word in _WORD.findall(inside.casefold())]


def _read(quote: Quote) -> _Read | None:
    words = quoted_words(quote.content)
    if len(words) < MIN_WORDS:
        return None
    runs = {" ".join(words[n : n + RUN_WORDS]) for n in range(len(words) - RUN_WORDS + 1)}
    return _Read(
        (quote.doc_id, quote.claim_id), " ".join(words), frozenset(zlib.crc32(run.encode()) for run in runs)
    )


def _is_same(one: _Read, other: _Read) -> bool:
    return len(one.runs & other.runs) >= MIN_SHARED * min(len(one.runs), len(other.runs))


def _identified(read: list[_Read], union: Union) -> dict[tuple[str, str], str]:
    groups: dict[tuple[str, ...], list[_Read]] = defaultdict(list)
    for each in read:
        groups[union.find(each.key)].append(each)
    found: dict[tuple[str, str], str] = {}
    for group in groups.values():
        if len({each.key[0] for each in group}) > 1:
            fullest = max(group, key=lambda each: (len(each.words), each.words)).words
            identity = "q" + hashlib.blake2b(fullest.encode(), digest_size=8).hexdigest()
            found |= {each.key: identity for each in group}
    return found
