"""How the stretch of an article's prose begins and ends: what closes it, headings and repetitions, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.features import Seen
from pipeline.clean.furniture import Furniture
from pipeline.clean.lines import Unit, ends_sentence
from pipeline.config import CleanConfig

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

_MARK_WORDS = 14
"""Words of the longest line of tags: a sentence may begin so."""
_IMPRINT_WORDS = 30
_COPYRIGHT_MARKS = ("©", "(c)", "copyright", "all rights reserved")
_RELEASE_ENDS = frozenset({"ends", "enditem", "notes to editors", "note to editors", "notes for editors"})
"""Lines that a press release ends with."""
_NOTE_CHARS = 60
_RELEASE_MARKS = " -–—#*:./"
_CONTACTS = (
    "to contact the reporter", "to contact the author", "to contact the editor", "contact the reporter",
    "contact the author", "contact the writer", "email the reporter", "email the author", "email the writer",
)  # fmt: skip
"""How the lines below a story begin that say where its author is reached."""
_CREDITED = re.compile(
    r"\bcontributed (?:to this (?:report|story|article)|reporting)|\breported from [a-z]"
    r"|\b(?:writers?|reporters?|correspondents?) .*\bcontributed\.?$"
    r"|^\d+ (?:thoughts?|comments?|responses?|replies) (?:on|to) |^filed under\b|^[←→«»] ?\w"
)
"""Other lines below a story: who helped, and in blogs what leads to comments and other posts."""
_CREDITED_FIRST = frozenset("0123456789f←→«»")
_CREDITED_WORDS = ("contributed", "reported from")
"""What such a line begins with, or holds: looked for first, in a tenth of the pattern's time."""
_MIN_ITEMS = 3
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_ITEM = re.compile(
    rf"(?P<bullet>[*•·▪–-]\s)|(?P<number>\(?\d{{1,3}}[.):]\s?)|(?P<month>{_MONTH}[a-z]{{0,6}}\.? \d)"
    rf"|(?P<day>\d{{1,2}}(?:st|nd|rd|th)? {_MONTH})|(?P<turn>[QA]:\s)",
    re.I,
)
"""How the items of a list begin; an item goes on with the list where it begins as the one above."""


def ends_at(seen: Seen, n_words: Floats, keep: Flags, furniture: Furniture, settings: CleanConfig) -> int:
    """The first unit that closes the article, with enough of it above; else the number of units.

    The heading of the comments, a line of tags or the site's copyright. Such a line stands inside the
    stretch on 13 of the 140 marked pages; prose of the article follows it on three at most.
    """
    bits = furniture.bits
    whole, start = bits["comments"] | bits["tags"], bits["tags"]
    first, last = int(keep.argmax()), int(keep.nonzero()[0][-1])
    n_kept = np.cumsum(np.where(keep, n_words, 0))
    least = max(settings.end_words, settings.end_share * float(n_kept[-1]))
    for i in range(first + 1, last + 1):
        begins = seen.start_mask[i]
        if not (begins or seen.line_mask[i]) or n_kept[i - 1] < least:
            continue
        owned = begins & seen.anywhere_mask[i] & bits["legal"]
        if seen.line_mask[i] & whole or (begins & start and n_words[i] <= _MARK_WORDS) or owned:
            return i if not keep[i + 1 :].all() else len(keep)
    return len(keep)


def leave_out_notes(seen: Seen, n_words: Floats, keep: Flags) -> None:
    """Take out what stands below a press release: "ENDS", "Notes to editors"."""
    inside = keep.nonzero()[0].tolist()
    lower = seen.lower
    ends = [
        i
        for i in inside[1:]
        if len(lower[i]) < _NOTE_CHARS and lower[i].strip(_RELEASE_MARKS) in _RELEASE_ENDS
    ]
    if not ends:
        return
    n_kept = np.cumsum(np.where(keep, n_words, 0))
    for i in ends:
        if 2 * n_kept[i - 1] > n_kept[-1]:
            keep[i:] = False
            return


def leave_out_imprint(seen: Seen, n_words: Floats, keep: Flags, furniture: Furniture) -> None:
    """Take out lines of copyright and contact that a short text ends with: nothing else tells them."""
    legal = furniture.bits["legal"]
    for i in keep.nonzero()[0][::-1]:
        if n_words[i] > _IMPRINT_WORDS:
            return
        text = seen.lower[i]
        owned = seen.anywhere_mask[i] & legal and any(mark in text for mark in _COPYRIGHT_MARKS)
        if not (owned or text.startswith(_CONTACTS) or _is_credited(text)):
            return
        keep[i] = False


def _is_credited(lower: str) -> bool:
    may_be = lower[0] in _CREDITED_FIRST or any(word in lower for word in _CREDITED_WORDS)
    return may_be and _CREDITED.search(lower) is not None


def leave_out_repeats(probability: Floats, repeats: Floats, keep: Flags, settings: CleanConfig) -> None:
    """Take out unlikely units that say again what stands above: teasers and captions are printed twice."""
    keep &= ~((repeats >= settings.repeat_share) & (probability < settings.repeat_probability))


def trim_headings(
    units: Sequence[Unit], probability: Floats, n_words: Floats, keep: Flags, settings: CleanConfig
) -> None:
    """Take out short lines without an end mark at both ends: an article begins and ends with a sentence."""
    places = keep.nonzero()[0]
    for order, most_words, below in (
        (places, settings.opening_words, settings.opening_probability),
        (places[::-1], settings.closing_words, settings.closing_probability),
    ):
        for i in order:
            if n_words[i] > most_words or probability[i] >= below or ends_sentence(units[i].text):
                break
            keep[i] = False


def keep_turns(units: Sequence[Unit], keep: Flags, marked: Flags) -> None:
    """Keep the questions and answers that go on from the last kept unit."""
    kept = keep.nonzero()[0]
    last = int(kept[-1]) if len(kept) else -1
    if last >= 0 and item_kind(units[last].text) == "turn":
        keep[last + 1 : _list_end(units, last + 1, "turn", marked)] = True


def keep_announced_list(units: Sequence[Unit], keep: Flags, marked: Flags, end: int) -> None:
    """Keep a list of like items below a line with a colon that ends the stretch or follows it."""
    for head in (end - 1, end):
        if not 0 <= head < len(units) - _MIN_ITEMS or marked[head] or units[head].text[-1] != ":":
            continue
        kind = item_kind(units[head + 1].text)
        stop = _list_end(units, head + 1, kind, marked)
        if stop - head > _MIN_ITEMS:
            keep[head:stop] = True
            return


def item_kind(text: str) -> str | None:
    """The kind of list that a unit looks like an item of."""
    match = _ITEM.match(text)
    return match.lastgroup if match else None


def _list_end(units: Sequence[Unit], first: int, kind: str | None, marked: Flags) -> int:
    """One past the last of the items of one kind from ``first`` on."""
    end = first
    while kind and end < len(units) and not marked[end] and item_kind(units[end].text) == kind:
        end += 1
    return end
