"""What the line scorer sees of a unit: its shape, its words, its place and its neighbours.

All counting runs over the units of many articles at once in numpy. What is around a unit is in ``context``.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.context import context_features, make_parts
from pipeline.clean.furniture import Furniture
from pipeline.clean.lines import Page, Unit

Floats = NDArray[np.floating[Any]]

_LETTER, _UPPER, _DIGIT, _SPACE, _STOP, _COMMA, _QUOTE, _MARK = (1 << n for n in range(8))
_WIDE, _COLON, _OPENER, _CLOSER, _SIGN = (1 << n for n in range(8, 13))
_N_CLASSED = 0x3001
"""One past the last code point that is white space."""

_FIGURE_DATE = re.compile(
    r"\d(?<!\w.)(?:\d?(?:(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|/\d{1,2}/\d{2,4}\b)|\d\d\d-\d\d-\d\d\b"
    r"|\d* (?:minute|min|hour|hr|day|week|month|year)s? ago\b)"
)
"""Dates that begin with a figure: a pattern that begins so is searched faster than one with a border."""
_DAY = re.compile(r" \d\d?\b")
_MONTH_BEFORE = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\Z")
_MONTH_CHARS = 13
"""Code points of the longest month that is looked for, and of the border before it."""
_DATE_CHARS = 200
"""Code points from which a text is no line with a date."""
_AGO_CHARS = 60
"""Code points from which a text with "ago" is a sentence."""
_BY = re.compile(r"by [a-z]|by$")
_CLOSERS = "\"'”’»)]}* "


@functools.cache
def _classes() -> NDArray[np.uint16]:
    """The class bits of every code point below ``_N_CLASSED``; those above count as letters."""
    table = np.zeros(_N_CLASSED + 1, np.uint16)
    table[:_N_CLASSED] = [_bits(chr(code)) for code in range(_N_CLASSED)]
    table[_N_CLASSED] = _LETTER | _WIDE
    return table


def _bits(char: str) -> int:
    classes = (
        (_LETTER, char.isalpha()),
        (_UPPER, char.isupper()),
        (_DIGIT, char.isdigit()),
        (_SPACE, char.isspace()),
        (_STOP, char in ".!?…"),
        (_COMMA, char in ",;:"),
        (_COLON, char == ":"),
        (_QUOTE, char in '"“”„«»'),
        (_OPENER, char in "\"“'‘"),
        (_CLOSER, char in _CLOSERS),
        (_MARK, char in "|•·›»/>*#@©+=_~<–—→"),
        (_SIGN, not char.isalnum()),
    )
    return sum(bit for bit, holds in classes if holds)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked up of each unit, for the features and for the rules after them."""

    lower: list[str]
    line_mask: list[int]
    start_mask: list[int]
    anywhere_mask: list[int]

    def part(self, at: slice) -> Seen:
        """That of some units."""
        return Seen(self.lower[at], self.line_mask[at], self.start_mask[at], self.anywhere_mask[at])


def look_up(units: Sequence[Unit], furniture: Furniture) -> Seen:
    """The furniture phrases of every unit."""
    lower = [unit.text.lower() for unit in units]
    line = [furniture.line_mask(text) if len(text) < 60 else 0 for text in lower]
    first_words = furniture.start_phrases
    start = [furniture.start_mask(t) if t.partition(" ")[0] in first_words else 0 for t in lower]
    return Seen(lower, line, start, furniture.find_anywhere(lower))


_CHUNK = 1 << 15
"""Code points from which the classes of more texts are counted apart: twice as fast as a batch at once, whose
arrays the system hands out page by page each time."""
_LANES = (_LETTER, _UPPER, _DIGIT, _STOP, _COMMA, _QUOTE, _MARK)
_LANE_BITS = 16
_PART = (1 << _LANE_BITS) - 1
"""Most code points whose counts fit a lane."""


@functools.cache
def _lanes() -> tuple[NDArray[np.uint64], ...]:
    """For every code point, numbers of four counters each: adding them up counts four classes at once."""
    classes = _classes()
    tables = []
    for first in range(0, len(_LANES), 4):
        table = np.zeros(len(classes), np.uint64)
        for lane, bit in enumerate(_LANES[first : first + 4]):
            table |= ((classes & bit) > 0).astype(np.uint64) << np.uint64(lane * _LANE_BITS)
        tables.append(table)
    return tuple(tables)


def _unpacked(values: NDArray[np.uint64], n_lanes: int) -> list[Floats]:
    lanes = values.view("<u2").reshape(len(values), 4)
    return [lanes[:, lane].astype(np.float32) for lane in range(n_lanes)]


def _count(chars: Chars) -> list[Floats]:
    """Of each text: its characters of every class of ``_LANES``, its words, those that begin small."""
    starts = chars.starts
    known = np.minimum(chars.codes, _N_CLASSED).astype(np.intp)
    bits = _classes().take(known)
    head = np.empty(len(bits), bool)
    space = (bits & _SPACE) > 0
    head[0] = True
    head[1:] = space[:-1]
    head &= ~space
    small = head & ((bits & (_LETTER | _UPPER)) == _LETTER)
    first, second = _lanes()
    values = second.take(known)
    values |= small.astype(np.uint64) << np.uint64(3 * _LANE_BITS)
    counts = _unpacked(np.add.reduceat(first.take(known), starts), 4)
    counts += _unpacked(np.add.reduceat(values, starts), 4)
    counts.insert(
        len(_LANES), np.add.reduceat(head.view(np.uint8), starts, dtype=np.int32).astype(np.float32)
    )
    return counts


def _count_long(chars: Chars) -> list[Floats]:
    """The same where a text may be longer than a lane counts: in parts."""
    parts = [np.arange(start, end + 1, _PART) for start, end in zip(chars.starts, chars.ends, strict=True)]
    firsts = np.cumsum([0] + [len(part) for part in parts[:-1]])
    counts = _count(Chars(chars.codes, np.concatenate(parts), chars.ends))
    return [np.add.reduceat(count.astype(np.float64), firsts).astype(np.float32) for count in counts]


@dataclass(frozen=True, slots=True)
class Chars:
    """The code points of some texts, a line feed after each, and where each text begins and ends."""

    codes: NDArray[np.uint32]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    @property
    def longest(self) -> int:
        """Code points of the longest text."""
        return int((self.ends - self.starts).max())

    def widest(self) -> NDArray[np.uint32]:
        """The largest code point of each text."""
        return np.maximum.reduceat(self.codes, self.starts)

    def chunks(self) -> Iterator[Chars]:
        """The same texts in their order, some at a time."""
        firsts = np.searchsorted(self.starts, np.arange(0, len(self.codes), _CHUNK))
        for first, last in itertools.pairwise(np.unique([*firsts, len(self.starts)]).tolist()):
            begin, end = self.starts[first], self.ends[last - 1] + 1
            yield Chars(self.codes[begin:end], self.starts[first:last] - begin, self.ends[first:last] - begin)


def read_chars(texts: Sequence[str]) -> Chars:
    """All texts as code points."""
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.cumsum(np.fromiter(map(len, texts), np.intp, len(texts)) + 1) - 1
    starts = np.zeros(len(texts), np.intp)
    starts[1:] = ends[:-1] + 1
    return Chars(codes, starts, ends)


def shape_features(chars: Chars) -> dict[str, Floats]:
    """Counts and shares of characters and words in each text."""
    counts = [_count(part) if part.longest < _PART else _count_long(part) for part in chars.chunks()]
    n_letters, n_upper, n_digit, n_stop, n_comma, n_quote, n_mark, n_heads, n_small = np.concatenate(
        counts, axis=1
    )
    n_words = np.maximum(n_heads, 1)
    n_chars = (chars.ends - chars.starts).astype(np.float32)
    some_chars = np.maximum(n_chars, 1)
    return {
        "n_words": n_words,
        "log_words": np.log1p(n_words),
        "n_letters": n_letters,
        "word_chars": n_chars / n_words,
        "lower_share": n_small / n_words,
        "upper_share": n_upper / np.maximum(n_letters, 1),
        "digit_share": n_digit / some_chars,
        "stop_rate": n_stop / n_words,
        "n_stop": n_stop,
        "comma_rate": n_comma / n_words,
        "n_quote": n_quote,
        "mark_share": n_mark / some_chars,
        "other_share": 1 - (n_letters + n_digit) / some_chars,
    }


def edge_features(chars: Chars, texts: Sequence[str]) -> dict[str, Floats]:
    """How each text begins and ends, closing quotation marks and brackets aside."""
    first = _bits_at(chars, chars.starts)
    for i in np.flatnonzero(first & _WIDE).tolist():
        first[i] = _bits(texts[i][0])
    last = _bits_at(chars, chars.ends - 1)
    for i in np.flatnonzero(last & _CLOSER).tolist():
        last[i] = _bits((texts[i].rstrip(_CLOSERS) or "-")[-1])

    def flags(bits: NDArray[np.uint16], wanted: int) -> Floats:
        return ((bits & wanted) > 0).astype(np.float32)

    return {
        "stop_end": flags(last, _STOP),
        "colon_end": flags(last, _COLON),
        "begins_upper": flags(first, _UPPER),
        "begins_quote": flags(first, _OPENER),
        "begins_digit": flags(first, _DIGIT),
        "begins_other": flags(first, _SIGN),
    }


def _bits_at(chars: Chars, places: NDArray[np.intp]) -> NDArray[np.uint16]:
    return _classes()[np.minimum(chars.codes[places], _N_CLASSED)]


def line_features(
    pages: Sequence[Page], units: Sequence[Sequence[Unit]], lower: Sequence[Sequence[str]]
) -> dict[str, Floats]:
    """The lines of each article's units, the blank ones around them, and how many units say the same."""
    gap_before: list[int] = []
    gap_after: list[int] = []
    n_lines: list[int] = []
    indent: list[int] = []
    n_same: list[int] = []
    for page, inner, texts in zip(pages, units, lower, strict=True):
        is_line = len(inner) == len(page)  # then units are lines
        gaps = page.gap if is_line else [page.gap[unit.first] for unit in inner]
        counts = Counter(texts) if len(set(texts)) < len(texts) else None
        gap_before += gaps
        gap_after += gaps[1:]
        gap_after.append(1)
        n_lines += [1] * len(page) if is_line else [unit.last - unit.first for unit in inner]
        indent += page.indent if is_line else [page.indent[unit.first] for unit in inner]
        n_same += [counts[text] for text in texts] if counts else [1] * len(texts)
    return {
        "gap_before": np.minimum(np.array(gap_before, np.float32), 3),
        "gap_after": np.minimum(np.array(gap_after, np.float32), 3),
        "n_lines": np.array(n_lines, np.float32),
        "indent": np.minimum(np.array(indent, np.float32), 40),
        "n_same": np.minimum(np.array(n_same, np.float32), 5),
    }


def word_features(lower: Sequence[str], has_figure: NDArray[np.bool_]) -> dict[str, Floats]:
    """Dates, bylines and links in each lower-cased text; only texts that ``has_figure`` may have a date."""
    date = np.zeros(len(lower), np.float32)
    short = [i for i in np.flatnonzero(has_figure).tolist() if len(lower[i]) < _DATE_CHARS]
    date[[short[n] for n in _dated([lower[i] for i in short])]] = 1
    by = np.array([t[:2] == "by" and _BY.match(t) is not None for t in lower], np.float32)
    ago = np.array([len(t) < _AGO_CHARS and " ago" in t for t in lower], np.float32)
    link = _holding(lower, ("@", "http", "www."))
    return {"date": date, "by": by, "ago": ago, "link": link.astype(np.float32)}


def _holding(texts: Sequence[str], parts: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts hold one of some strings, all looked for at once."""
    joined = "\n".join(texts)
    places: list[int] = []
    for part in parts:
        at = joined.find(part)
        while at >= 0:
            places.append(at)
            at = joined.find(part, at + 1)
    flags = np.zeros(len(texts), bool)
    flags[np.searchsorted(np.cumsum([len(text) + 1 for text in texts]), places, side="right")] = True
    return flags


def _dated(lower: Sequence[str]) -> list[int]:
    """The numbers of those lower-cased texts that hold a date, some several times."""
    joined = "\n".join(lower)
    places = [match.start() for match in _FIGURE_DATE.finditer(joined)]
    days = (match.start() for match in _DAY.finditer(joined))
    places += [at for at in days if _MONTH_BEFORE.search(joined, max(0, at - _MONTH_CHARS), at)]
    ends = np.cumsum([len(text) + 1 for text in lower])
    return [int(n) for n in np.searchsorted(ends, places, side="right")]


def repeated_share(lower: Sequence[str]) -> Floats:
    """The share of each unit that stands higher up in the article too, sentence by sentence.

    Pages repeat their article in data for machines, in previews and in quotations by commenters.
    """
    share = np.zeros(len(lower), np.float32)
    parts = [[part for part in text.split(". ") if len(part) >= _MIN_REPEAT_CHARS] for text in lower]
    said = [part.rstrip(".…") for inner in parts for part in inner]
    if len(set(said)) == len(said):  # as in most articles
        return share
    first: dict[str, int] = {}
    in_order = iter(said)
    for i, inner in enumerate(parts):
        n_repeated = sum([len(part) for part in inner if first.setdefault(next(in_order), i) < i])
        if n_repeated:
            share[i] = n_repeated / len(lower[i])
    return share


_MIN_REPEAT_CHARS = 30


def furniture_features(seen: Seen, furniture: Furniture) -> dict[str, Floats]:
    """One feature a group: 3 where the unit is such a phrase, 2 where it begins so, 1 where it holds one."""
    bits = np.array([group.bit for group in furniture.groups] + [-1], np.int64)[:, None]
    values = np.zeros((len(bits), len(seen.lower)), np.float32)
    for value, masks in ((1, seen.anywhere_mask), (2, seen.start_mask), (3, seen.line_mask)):
        if any(masks):
            values[(np.array(masks, np.int64) & bits) != 0] = value
    names = [f"in_{group.name}" for group in furniture.groups] + ["furniture"]
    return dict(zip(names, values, strict=True))


def unit_features(
    pages: Sequence[Page], units: Sequence[Sequence[Unit]], seen: Seen, furniture: Furniture
) -> tuple[list[str], Floats]:
    """The names of the features and a matrix with a row for every unit, article by article.

    ``units``: those of each page, of none no units; ``seen``: what was looked up of all.
    """
    texts = [unit.text for each in units for unit in each]
    parts = make_parts([len(each) for each in units])
    lower = [
        seen.lower[first : first + size]
        for first, size in zip(parts.starts.tolist(), parts.sizes.tolist(), strict=True)
    ]
    chars = read_chars(texts)
    base = shape_features(chars)
    base |= edge_features(chars, texts)
    base |= line_features(pages, units, lower)
    base |= word_features(seen.lower, (base["digit_share"] > 0) | (chars.widest() >= _N_CLASSED))
    base |= furniture_features(seen, furniture)
    base["repeats"] = np.concatenate([repeated_share(each) for each in lower])
    columns = base | context_features(base, parts)
    return list(columns), np.array(list(columns.values())).T
