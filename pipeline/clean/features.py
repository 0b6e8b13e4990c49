"""What the line scorer sees of a unit: its shape, its words, its place and its neighbours.

All counting runs over the whole article at once in numpy; a unit costs well under a microsecond a feature.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.furniture import Furniture
from pipeline.clean.lines import Page, Unit

Floats = NDArray[np.floating[Any]]

_LETTER, _UPPER, _DIGIT, _SPACE, _STOP, _COMMA, _QUOTE, _MARK, _WIDE = (1 << n for n in range(9))
_N_CLASSED = 0x3000

_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    r"|\b\d+ (?:minute|min|hour|hr|day|week|month|year)s? ago\b"
)
_has_digit = re.compile(r"\d").search
_BY = re.compile(r"by [a-z]|by$")
_NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
_NEAR_FEATURES = ("log_words", "lower_share", "stop_end", "furniture", "upper_share")


@functools.cache
def _classes() -> NDArray[np.uint16]:
    """The class bits of every code point below ``_N_CLASSED``; those above count as letters."""
    table = np.zeros(_N_CLASSED + 1, np.uint16)
    for code in range(_N_CLASSED):
        char = chr(code)
        bits = 0
        if char.isalpha():
            bits |= _LETTER
        if char.isupper():
            bits |= _UPPER
        if char.isdigit():
            bits |= _DIGIT
        if char.isspace():
            bits |= _SPACE
        if char in ".!?…":
            bits |= _STOP
        if char in ",;:":
            bits |= _COMMA
        if char in '"“”„«»':
            bits |= _QUOTE
        if char in "|•·›»/>*#@©+=_~<–—→":
            bits |= _MARK
        table[code] = bits
    table[_N_CLASSED] = _LETTER | _WIDE
    return table


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked up of each unit, for the features and for the rules after them."""

    lower: list[str]
    line_mask: list[int]
    start_mask: list[int]
    anywhere_mask: list[int]


def look_up(units: Sequence[Unit], furniture: Furniture) -> Seen:
    """The furniture phrases of every unit."""
    lower = [unit.text.lower() for unit in units]
    line = [furniture.line_mask(text) if len(text) < 60 else 0 for text in lower]
    start = [furniture.start_mask(text) for text in lower]
    return Seen(lower, line, start, furniture.find_anywhere(lower))


def _codes(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """All texts as code points with a line feed after each, and where each begins."""
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    sizes = np.fromiter(map(len, texts), np.intp, len(texts)) + 1
    starts = np.zeros(len(texts), np.intp)
    np.cumsum(sizes[:-1], out=starts[1:])
    return codes, starts


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


def _count(codes: NDArray[np.uint32], starts: NDArray[np.intp]) -> list[Floats]:
    """Of each text: its characters of every class of ``_LANES``, its words, those that begin small."""
    known = np.minimum(codes, _N_CLASSED).astype(np.intp)
    bits = _classes()[known]
    head = np.empty(len(bits), bool)
    space = (bits & _SPACE) > 0
    head[0] = True
    head[1:] = space[:-1]
    head &= ~space
    small = head & ((bits & (_LETTER | _UPPER)) == _LETTER)
    first, second = _lanes()
    values = second[known]
    values |= small.astype(np.uint64) << np.uint64(3 * _LANE_BITS)
    counts = _unpacked(np.add.reduceat(first[known], starts), 4)
    counts += _unpacked(np.add.reduceat(values, starts), 4)
    counts.insert(
        len(_LANES), np.add.reduceat(head.view(np.uint8), starts, dtype=np.int32).astype(np.float32)
    )
    return counts


def _count_long(codes: NDArray[np.uint32], starts: NDArray[np.intp]) -> list[Floats]:
    """The same where a text may be longer than a lane counts: in parts."""
    ends = np.append(starts[1:], len(codes))
    parts = [np.arange(start, end, _PART) for start, end in zip(starts, ends, strict=True)]
    firsts = np.cumsum([0] + [len(part) for part in parts[:-1]])
    counts = _count(codes, np.concatenate(parts))
    return [np.add.reduceat(count.astype(np.float64), firsts).astype(np.float32) for count in counts]


def shape_features(texts: Sequence[str]) -> dict[str, Floats]:
    """Counts and shares of characters and words in each text."""
    codes, starts = _codes(texts)
    sizes = np.diff(np.append(starts, len(codes)))
    count = _count if sizes.max() <= _PART else _count_long
    n_letters, n_upper, n_digit, n_stop, n_comma, n_quote, n_mark, n_heads, n_small = count(codes, starts)
    n_words = np.maximum(n_heads, 1)
    n_chars = sizes.astype(np.float32) - 1
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


_CLOSERS = "\"'”’»)]}* "


def edge_features(units: Sequence[Unit], page: Page, lower: Sequence[str]) -> dict[str, Floats]:
    """How each unit begins and ends, its lines, and the blank lines around it."""
    last = [text[-1] if text[-1] not in _CLOSERS else (text.rstrip(_CLOSERS) or "-")[-1] for text in lower]
    first = [unit.text[0] for unit in units]
    page_gap, page_indent = page.gap, page.indent
    gap = np.array([page_gap[u.first] for u in units] + [1], np.float32)
    counts = Counter(lower)

    def flags(values: list[bool]) -> Floats:
        return np.array(values, np.float32)

    return {
        "stop_end": flags([c in ".!?…" for c in last]),
        "colon_end": flags([c == ":" for c in last]),
        "begins_upper": flags([c.isupper() for c in first]),
        "begins_quote": flags([c in "\"“'‘" for c in first]),
        "begins_digit": flags([c.isdigit() for c in first]),
        "begins_other": flags([not c.isalnum() for c in first]),
        "gap_before": np.minimum(gap[:-1], 3),
        "gap_after": np.minimum(gap[1:], 3),
        "n_lines": np.array([u.last - u.first for u in units], np.float32),
        "indent": np.minimum(np.array([page_indent[u.first] for u in units], np.float32), 40),
        "n_same": np.minimum(np.array([counts[text] for text in lower], np.float32), 5),
        "date": flags([len(t) < 200 and bool(_has_digit(t)) and _DATE.search(t) is not None for t in lower]),
        "by": flags([t[:2] == "by" and _BY.match(t) is not None for t in lower]),
        "ago": flags([len(t) < 60 and " ago" in t for t in lower]),
        "link": flags(["@" in t or "http" in t or "www." in t for t in lower]),
    }


def repeat_features(lower: Sequence[str]) -> dict[str, Floats]:
    """The share of each unit that stands higher up in the article too, sentence by sentence.

    Pages repeat their article in data for machines, in previews and in quotations by commenters.
    """
    seen: set[str] = set()
    share = np.zeros(len(lower), np.float32)
    for i, text in enumerate(lower):
        if len(text) < _MIN_REPEAT_CHARS:
            continue
        sentences = [part for part in text.split(". ") if len(part) >= _MIN_REPEAT_CHARS]
        repeated = sum(len(part) for part in sentences if part.rstrip(".…") in seen)
        share[i] = repeated / len(text)
        seen.update(part.rstrip(".…") for part in sentences)
    return {"repeats": share}


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


def context_features(base: dict[str, Floats]) -> dict[str, Floats]:
    """What is near each unit, how far the prose is, and how much of it lies before and after."""
    out = _near(base)
    n = len(base["n_words"])
    prose = prose_words(base)
    is_prose = prose > 0
    alike = _alike(base)
    sums = _sums(
        [
            prose,
            base["n_words"] < 6,
            alike,
            base["date"] + base["by"] + base["ago"],
            base["repeats"],
            base["in_media"] > 0,
        ]
    )
    for width in (2, 5, 12):
        inside = _window(sums[:2], width) / (2 * width + 1)
        out[f"prose_{width}"], out[f"short_{width}"] = inside
    total = max(float(prose.sum()), 1.0)
    before = sums[0, :-1].astype(np.float32)
    order = np.arange(n, dtype=np.float32)
    log_order = np.log1p(order)
    out["prose_before"] = np.log1p(before)
    out["prose_after"] = np.log1p(total - before - prose)
    out["prose_before_share"] = before / total
    out["place"] = order / max(n - 1, 1)
    out["n_before"] = log_order
    out["n_after"] = log_order[::-1]
    out["since_prose"], out["until_prose"] = _distance(is_prose), _distance(is_prose[::-1])[::-1]
    out["prose_share"] = np.full(n, total / max(float(base["n_words"].sum()), 1.0), np.float32)
    out["log_units"] = np.full(n, np.log1p(n), np.float32)
    out["furniture_share"] = np.full(n, float((base["furniture"] > 1).mean()), np.float32)
    ends = _ends(base)
    out |= _runs(sums[0], is_prose)
    out["alike"] = alike
    out["alike_5"], out["repeats_5"], out["captions_5"] = _window(sums[[2, 4, 5]], 5)
    (out["near_dates"],) = _window(sums[3:4], 4)
    out["marks_before_3"] = _lagged(ends, 3)
    out["marks_after_3"] = _lagged(ends[::-1], 3)[::-1]
    out["colon_before"] = _lagged(base["colon_end"], 1)
    out["colons_since"] = _distance(base["colon_end"] > 0)
    return out | _main_block(prose, ends)


def _near(base: dict[str, Floats]) -> dict[str, Floats]:
    """What the three units above and below are like; -1 where there is none."""
    n, far = len(base["n_words"]), _NEIGHBOURS[-1]
    padded = np.full((len(_NEAR_FEATURES), n + 2 * far), -1, np.float32)
    for row, name in enumerate(_NEAR_FEATURES):
        padded[row, far : far + n] = base[name]
    return {
        f"{name}{by:+d}": padded[row, far + by : far + by + n]
        for row, name in enumerate(_NEAR_FEATURES)
        for by in _NEIGHBOURS
    }


def prose_words(base: dict[str, Floats]) -> Floats:
    """Words of each unit that looks like prose; 0 for the others."""
    is_prose = (base["n_words"] >= 8) & (base["lower_share"] > 0.5) & (base["stop_end"] + base["n_stop"] > 0)
    return np.where(is_prose, base["n_words"], 0).astype(np.float32)


def _sums(rows: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
    """For each row, the sum of what stands before each place."""
    sums = np.zeros((len(rows), len(rows[0]) + 1))
    np.cumsum(np.array(rows, np.float64), axis=1, out=sums[:, 1:])
    return sums


def _window(sums: NDArray[np.float64], width: int) -> Floats:
    """For each row of ``_sums``, the sum over ``width`` places before and after each, itself included."""
    n = sums.shape[1] - 1
    at = np.arange(n)
    inside: Floats = (sums[:, np.minimum(at + width + 1, n)] - sums[:, np.maximum(at - width, 0)]).astype(
        np.float32
    )
    return inside


def _distance(flags: NDArray[np.bool_]) -> Floats:
    """Units since the last flagged one, at most 30."""
    at = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, at, -30))
    return np.minimum(at - last, 30).astype(np.float32)


def _runs(prose_sums: NDArray[np.float64], is_prose: NDArray[np.bool_]) -> dict[str, Floats]:
    """Runs of prose (positive) and of other lines (negative): their units, and their words of prose."""
    edges = np.flatnonzero(is_prose[1:] != is_prose[:-1]) + 1
    bounds = np.concatenate([[0], edges, [len(is_prose)]])
    sizes = np.diff(bounds)
    words = np.log1p(np.diff(prose_sums[bounds]))
    run = np.minimum(sizes, 30).astype(np.float32)
    run[0 if not is_prose[0] else 1 :: 2] *= -1
    return {
        "run": np.repeat(run, sizes),
        "run_words": np.repeat(words.astype(np.float32), sizes),
    }


def _alike(base: dict[str, Floats]) -> Floats:
    """Whether each unit has the shape of the one above: lists are so, prose is not."""
    shape = np.array([base[name] for name in _SHAPE_FEATURES])
    alike = np.zeros(shape.shape[1], np.float32)
    alike[1:] = (shape[:, 1:] == shape[:, :-1]).all(axis=0) & (
        np.abs(np.diff(base["log_words"])) < _ALIKE_LOG_WORDS
    )
    return alike


_SHAPE_FEATURES = ("begins_digit", "begins_upper", "colon_end", "stop_end", "date", "by")
_ALIKE_LOG_WORDS = 0.5


def _ends(base: dict[str, Floats]) -> Floats:
    """How many groups that mark an article's end each unit belongs to."""
    marks: Floats = (np.array([base[name] for name in _END_GROUPS]) >= 2).sum(axis=0).astype(np.float32)
    return marks


def _lagged(values: Floats, width: int) -> Floats:
    """The sum of the ``width`` values before each."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    at = np.arange(len(values))
    inside: Floats = (sums[at] - sums[np.maximum(at - width, 0)]).astype(np.float32)
    return inside


_END_GROUPS = ("in_follow", "in_subscribe", "in_related", "in_comments", "in_tags", "in_legal", "in_bio")


def _main_block(prose: Floats, ends: Floats) -> dict[str, Floats]:
    """Where each unit stands to the run of units with most prose, at a cost of 12 words a unit."""
    n = len(prose)
    sums, marks = _sums([prose - 12.0, ends])
    end = int(np.argmax(sums[1:] - np.minimum.accumulate(sums[:-1]))) + 1
    start = int(np.argmin(sums[:end]))
    at = np.arange(n)
    since = marks[:-1] - marks[[[start], [(start + end) // 2]]]
    since_start, since_middle = np.clip(since, 0, 9).astype(np.float32)
    return {
        "from_start": np.clip(at - start, -30, 30).astype(np.float32),
        "to_end": np.clip(end - 1 - at, -30, 30).astype(np.float32),
        "in_main": ((at >= start) & (at < end)).astype(np.float32),
        "marks_since_start": since_start,
        "marks_since_middle": since_middle,
    }


def unit_features(
    page: Page, units: Sequence[Unit], seen: Seen, furniture: Furniture
) -> tuple[list[str], Floats]:
    """The names of the features and a matrix with a row for every unit."""
    base = shape_features([unit.text for unit in units])
    base |= edge_features(units, page, seen.lower)
    base |= furniture_features(seen, furniture)
    base |= repeat_features(seen.lower)
    columns = base | context_features(base)
    return list(columns), np.array(list(columns.values())).T
