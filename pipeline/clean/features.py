"""What the line scorer sees of a unit: its shape, its words, its place and its neighbours.

All counting runs over the whole article at once in numpy; a unit costs well under a microsecond a feature.
"""

from __future__ import annotations

import functools
import re
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
    sizes = np.fromiter((len(text) + 1 for text in texts), np.intp, len(texts))
    starts = np.zeros(len(texts), np.intp)
    np.cumsum(sizes[:-1], out=starts[1:])
    return codes, starts


def shape_features(texts: Sequence[str]) -> dict[str, Floats]:
    """Counts and shares of characters and words in each text."""
    codes, starts = _codes(texts)
    bits = _classes()[np.minimum(codes, _N_CLASSED)]
    space = (bits & _SPACE) > 0
    head = np.empty(len(bits), bool)
    head[0] = True
    head[1:] = space[:-1]
    head &= ~space
    letter, upper = (bits & _LETTER) > 0, (bits & _UPPER) > 0

    def count(flags: NDArray[np.bool_]) -> Floats:
        return np.add.reduceat(flags.astype(np.int32), starts).astype(np.float32)

    n_words = np.maximum(count(head), 1)
    n_letters = count(letter)
    n_chars = np.diff(np.append(starts, len(bits))).astype(np.float32) - 1
    n_head_lower = count(head & letter & ~upper)
    n_upper = count(upper)
    n_stop = count((bits & _STOP) > 0)
    n_comma = count((bits & _COMMA) > 0)
    n_digit = count((bits & _DIGIT) > 0)
    return {
        "n_words": n_words,
        "log_words": np.log1p(n_words),
        "n_letters": n_letters,
        "word_chars": n_chars / n_words,
        "lower_share": n_head_lower / n_words,
        "upper_share": n_upper / np.maximum(n_letters, 1),
        "digit_share": n_digit / np.maximum(n_chars, 1),
        "stop_rate": n_stop / n_words,
        "n_stop": n_stop,
        "comma_rate": n_comma / n_words,
        "n_quote": count((bits & _QUOTE) > 0),
        "mark_share": count((bits & _MARK) > 0) / np.maximum(n_chars, 1),
        "other_share": 1 - (n_letters + n_digit) / np.maximum(n_chars, 1),
    }


_CLOSERS = "\"'”’»)]}* "


def edge_features(units: Sequence[Unit], page: Page, lower: Sequence[str]) -> dict[str, Floats]:
    """How each unit begins and ends, its lines, and the blank lines around it."""
    last_chars = [(text.rstrip(_CLOSERS) or "-")[-1] for text in lower]
    gap = np.array([page.gap[u.first] for u in units] + [1], np.float32)
    counts: dict[str, int] = {}
    for text in lower:
        counts[text] = counts.get(text, 0) + 1

    def flags(values: list[bool]) -> Floats:
        return np.array(values, np.float32)

    return {
        "stop_end": flags([c in ".!?…" for c in last_chars]),
        "colon_end": flags([c == ":" for c in last_chars]),
        "begins_upper": flags([u.text[0].isupper() for u in units]),
        "begins_quote": flags([u.text[0] in "\"“'‘" for u in units]),
        "begins_digit": flags([u.text[0].isdigit() for u in units]),
        "begins_other": flags([not u.text[0].isalnum() for u in units]),
        "gap_before": np.minimum(gap[:-1], 3),
        "gap_after": np.minimum(gap[1:], 3),
        "n_lines": np.array([u.last - u.first for u in units], np.float32),
        "indent": np.array([min(page.indent[u.first], 40) for u in units], np.float32),
        "n_same": np.array([min(counts[text], 5) for text in lower], np.float32),
        "date": flags([len(t) < 200 and bool(_has_digit(t)) and _DATE.search(t) is not None for t in lower]),
        "by": flags([t[:2] == "by" and _BY.match(t) is not None for t in lower]),
        "ago": flags([len(t) < 60 and " ago" in t for t in lower]),
        "link": flags(["http" in t or "www." in t or "@" in t for t in lower]),
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
    """One feature a group: 3 where the unit is such a phrase, 2 where it begins so, 1 where it holds "
    "one."""
    line, start, anywhere = (
        np.array(masks, np.int64) for masks in (seen.line_mask, seen.start_mask, seen.anywhere_mask)
    )
    features = {}
    for group in furniture.groups:
        value = np.where(
            line & group.bit, 3, np.where(start & group.bit, 2, np.where(anywhere & group.bit, 1, 0))
        )
        features[f"in_{group.name}"] = value.astype(np.float32)
    features["furniture"] = np.where(
        line > 0, 3, np.where(start > 0, 2, np.where(anywhere > 0, 1, 0))
    ).astype(np.float32)
    return features


def _shifted(values: Floats, by: int) -> Floats:
    out = np.full_like(values, -1)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def context_features(base: dict[str, Floats]) -> dict[str, Floats]:
    """What is near each unit, how far the prose is, and how much of it lies before and after."""
    out: dict[str, Floats] = {}
    n = len(base["n_words"])
    for name in _NEAR_FEATURES:
        for by in _NEIGHBOURS:
            out[f"{name}{by:+d}"] = _shifted(base[name], by) if n > abs(by) else np.full(n, -1, np.float32)
    prose = prose_words(base)
    for width in (2, 5, 12):
        out[f"prose_{width}"] = _window(prose, width) / (2 * width + 1)
        out[f"short_{width}"] = _window((base["n_words"] < 6).astype(np.float32), width) / (2 * width + 1)
    before = np.cumsum(prose) - prose
    total = max(float(prose.sum()), 1.0)
    out["prose_before"] = np.log1p(before)
    out["prose_after"] = np.log1p(total - before - prose)
    out["prose_before_share"] = before / total
    out["place"] = np.arange(n, dtype=np.float32) / max(n - 1, 1)
    out["n_before"] = np.log1p(np.arange(n, dtype=np.float32))
    out["n_after"] = np.log1p(np.arange(n, dtype=np.float32)[::-1])
    out["since_prose"], out["until_prose"] = _distance(prose > 0), _distance((prose > 0)[::-1])[::-1]
    out["prose_share"] = np.full(n, total / max(float(base["n_words"].sum()), 1.0), np.float32)
    out["log_units"] = np.full(n, np.log1p(n), np.float32)
    out["furniture_share"] = np.full(n, float((base["furniture"] > 1).mean()), np.float32)
    return out | _runs(prose, base) | _main_block(prose, base)


def prose_words(base: dict[str, Floats]) -> Floats:
    """Words of each unit that looks like prose; 0 for the others."""
    is_prose = (base["n_words"] >= 8) & (base["lower_share"] > 0.5) & (base["stop_end"] + base["n_stop"] > 0)
    return np.where(is_prose, base["n_words"], 0).astype(np.float32)


def _window(values: Floats, width: int) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    n = len(values)
    at = np.arange(n)
    inside: Floats = (sums[np.minimum(at + width + 1, n)] - sums[np.maximum(at - width, 0)]).astype(
        np.float32
    )
    return inside


def _distance(flags: NDArray[np.bool_]) -> Floats:
    """Units since the last flagged one, at most 30."""
    at = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, at, -30))
    return np.minimum(at - last, 30).astype(np.float32)


def _run_lengths(flags: NDArray[np.bool_]) -> Floats:
    """For each unit, the length of the run of equal flags it stands in."""
    edges = np.flatnonzero(np.diff(flags)) + 1
    bounds = np.concatenate([[0], edges, [len(flags)]])
    sizes = np.diff(bounds)
    return np.repeat(sizes, sizes).astype(np.float32)


def _runs(prose: Floats, base: dict[str, Floats]) -> dict[str, Floats]:
    """Runs of prose and of other lines, and how alike neighbours are in shape: lists are, prose is not."""
    n = len(prose)
    run = np.minimum(_run_lengths(prose > 0), 30)
    sums = np.concatenate([[0.0], np.cumsum(prose)])
    flags = prose > 0
    edges = np.flatnonzero(np.diff(flags)) + 1
    bounds = np.concatenate([[0], edges, [n]])
    words = np.repeat(sums[bounds[1:]] - sums[bounds[:-1]], np.diff(bounds))
    shape = np.stack(
        [
            base["begins_digit"],
            base["begins_upper"],
            base["colon_end"],
            base["stop_end"],
            base["date"],
            base["by"],
        ]
    )
    alike = np.zeros(n, np.float32)
    if n > 1:
        same = (np.abs(np.diff(shape, axis=1)).sum(axis=0) == 0) & (
            np.abs(np.diff(base["log_words"])) < _ALIKE_LOG_WORDS
        )
        alike[1:] = same
    near_dates = _window(base["date"] + base["by"] + base["ago"], 4)
    repeats = base["repeats"]
    return {
        "run": np.where(flags, run, -run).astype(np.float32),
        "run_words": np.log1p(words).astype(np.float32),
        "alike": alike,
        "alike_5": _window(alike, 5),
        "near_dates": near_dates,
        "repeats_5": _window(repeats, 5),
        "captions_5": _window((base["in_media"] > 0).astype(np.float32), 5),
        "marks_before_3": _lagged(_ends(base), 3),
        "marks_after_3": _lagged(_ends(base)[::-1], 3)[::-1],
        "colon_before": _lagged(base["colon_end"], 1),
        "colons_since": _distance(base["colon_end"] > 0),
    }


_ALIKE_LOG_WORDS = 0.5


def _ends(base: dict[str, Floats]) -> Floats:
    """How many groups that mark an article's end each unit belongs to."""
    marks = np.zeros(len(base["n_words"]), np.float32)
    for name in _END_GROUPS:
        marks += base[name] >= 2
    return marks


def _lagged(values: Floats, width: int) -> Floats:
    """The sum of the ``width`` values before each."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    inside: Floats = (sums[at] - sums[np.maximum(at - width, 0)]).astype(np.float32)
    return inside


_END_GROUPS = ("in_follow", "in_subscribe", "in_related", "in_comments", "in_tags", "in_legal", "in_bio")


def _main_block(prose: Floats, base: dict[str, Floats]) -> dict[str, Floats]:
    """Where each unit stands to the run of units with most prose, at a cost of 12 words a unit."""
    n = len(prose)
    gain = np.where(prose > 0, prose, 0) - 12.0
    sums = np.concatenate([[0.0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(sums[:-1])
    end = int(np.argmax(sums[1:] - lowest)) + 1
    start = int(np.argmin(sums[:end]))
    at = np.arange(n)
    sums_marks = np.concatenate([[0.0], np.cumsum(_ends(base))])
    middle = (start + end) // 2
    return {
        "from_start": np.clip(at - start, -30, 30).astype(np.float32),
        "to_end": np.clip(end - 1 - at, -30, 30).astype(np.float32),
        "in_main": ((at >= start) & (at < end)).astype(np.float32),
        "marks_since_start": np.minimum(np.maximum(sums_marks[at] - sums_marks[start], 0), 9).astype(
            np.float32
        ),
        "marks_since_middle": np.minimum(np.maximum(sums_marks[at] - sums_marks[middle], 0), 9).astype(
            np.float32
        ),
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
    return list(columns), np.stack(list(columns.values()), axis=1)
