"""Where a claim's words stand, and whether they stand inside quotation marks."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence

from pipeline.claims.dateline import dateline_chars
from pipeline.schema import Range, Reading

OPENING = "“„«‟"
CLOSING = "”»"
MARKS = OPENING + CLOSING + '"'
_INSIDE = r"(?:(?!\s[‘']\w).)*?"
SINGLE = re.compile(
    rf"(?<![\w’'])[‘'](?=[\w\[(“\"])(?:{_INSIDE}[.,?!;…][’'](?!\w)|{_INSIDE}(?<=[\w\])])[’'](?!\w))"
)
"""A stretch between single quotation marks. One after a comma or full stop closes it before one after a
letter does, which may be a plural's genitive ("the soldiers' wives"); none reaches over another opening."""

PAIRED = re.compile(r"''|``")

AS_SAYING = re.compile(r"\bas (?:saying|telling \w+)$")
"""How a content ends that only says whom a medium quoted."""

ISLANDS = frozenset({"title", "subtitle", "heading", "comment"})
"""Kinds of segments that no claim reaches into from outside."""

EDGES = " \t\n\r\u00a0,;:–—-"
"""What is no part of a claim where it stands at its edge; quotation marks and full stops are."""

WORD = re.compile(r"\w[\w’'-]*")
MAX_SCARE_WORDS = 2
"""Quoted stretches up to this long may be scare quotes ("the “diplomats”"); longer ones are quotation."""

SO_CALLED = re.compile(r"\bso-called\s*$", re.IGNORECASE)
BEFORE_SCARE = re.compile(
    r"\b(?:the|a|an|this|that|these|those|his|her|its|their|our|my|your|any|no|some)\s*$", re.IGNORECASE
)
"""What stands before a scare quote: it takes the writer's own article ("their “green energy”")."""

BEFORE_PREDICATE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|am|as|like|than|’s|'s|’re|'re|became|become|remains?|seems?|felt"
    r"|looked|too|very|not)\s*$",
    re.IGNORECASE,
)
"""What stands before a single quoted word that is what was said: "the drills were “defensive”"."""


def content_parts(reading: Reading, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of a content as they go into the table, in text order; offsets into ``reading.text``.

    White space and commas at their edges are left out, quotation marks that open or close a part belong to
    it, parts that touch are one, a part never leaves its segment and holds no dateline. Whom a medium "quoted
    as saying" a quotation is no part of it.
    """
    found: list[tuple[int, int]] = []
    for start, end in itertools.chain.from_iterable(_by_block(reading, *part) for part in sorted(parts)):
        start, end = trimmed(reading.text, start, end)
        if start >= end:
            continue
        if found and _touch(reading, found[-1][1], start):
            end = max(end, found[-1][1])
            start = found.pop()[0]
        found.append((start, end))
    return [part for part in found if len(found) == 1 or not AS_SAYING.search(reading.text[slice(*part)])]


def side_of(reading: Reading, at: int) -> str:
    """What a claim there stays in: its segment, where that stands by itself, else the article's prose."""
    block = reading.block_at(at)
    return block.segment_id if block.kind in ISLANDS else ""


def _by_block(reading: Reading, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A part cut at the ends of segments."""
    while start < end:
        block = reading.block_at(start)
        stop = min(end, block.start + block.n_chars)
        if start == block.start:
            start += dateline_chars(reading, block)
        if start < stop:
            yield start, stop
        start = max(stop, start) + 1


def _touch(reading: Reading, last_end: int, start: int) -> bool:
    """Whether nothing but blanks and commas lies between two parts of one segment."""
    between = reading.text[last_end:start]
    return last_end >= start or not ("\n" in between or between.strip(EDGES))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """``start`` and ``end`` moved to the claim's first and last character that counts."""
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    if start >= end:
        return start, end
    # An opening mark just before the part and a closing one just after it (a comma or full stop between).
    if start > 0 and text[start - 1] in OPENING + '"' and _opens(text, start - 1):
        start -= 1
    if end < len(text) and text[end] in CLOSING + '"' and not _opens(text, end):
        end += 1
    elif (
        end + 1 < len(text) and text[end] in ",." and text[end + 1] in CLOSING + '"' and text[start] in MARKS
    ):
        end += 2
    return start, end


def content_text(text: str, ranges: Sequence[Range]) -> str:
    """The claim's words, parts joined by `` … ``."""
    return " … ".join(text[each.start : each.end] for each in ranges)


def content_form(
    reading: Reading,
    parts: Sequence[tuple[int, int]],
    within: Sequence[tuple[int, int]] = (),
    *,
    naming: bool = False,
) -> str:
    """``direct``, ``mixed`` or ``indirect``, by the quotation marks as they stand in the paragraph.

    ``within`` are the parts of the claim inside which this one stands: marks around them are not its own.
    ``naming``: the cue says what something is called, so that the words at the end are what was said ("called
    the remark “regrettable”").
    """
    inside: list[bool] = []
    scares: list[bool] = []
    lines = [_line(reading, start, within) for start, _ in parts]
    if not any(quoted_offsets(line) for _, line in lines):
        return "indirect"
    for (start, end), (line_start, line) in sorted(zip(parts, lines, strict=True)):
        quoted = quoted_offsets(line)
        for is_quoted, run in itertools.groupby(
            WORD.finditer(line, start - line_start, end - line_start), key=lambda word: word.start() in quoted
        ):
            words = list(run)
            before = line[start - line_start : words[0].start()].rstrip(MARKS + "‘'")
            so_called = is_quoted and SO_CALLED.search(before) is not None
            inside += [is_quoted and not so_called] * len(words)
            if is_quoted:
                named = naming and words[-1].end() + 1 >= end - line_start and not BEFORE_SCARE.search(before)
                scares.append(so_called or (_is_scare(before, len(words)) and not named))
    if not any(inside):
        return "indirect"
    if all(inside):
        return "direct"
    # A scare quote that is most of what was said is none ("a “witch hunt”").
    return "mixed" if not all(scares) or sum(inside) * 2 >= len(inside) else "indirect"


def _is_scare(before: str, n_words: int) -> bool:
    """Whether a quoted stretch only holds its words at arm's length, by what stands before it."""
    if n_words == 1:
        return BEFORE_PREDICATE.search(before) is None or BEFORE_SCARE.search(before) is not None
    return n_words <= MAX_SCARE_WORDS and BEFORE_SCARE.search(before) is not None


def _line(reading: Reading, start: int, within: Sequence[tuple[int, int]]) -> tuple[int, str]:
    """The text whose quotation marks count for a part, and its start: the segment, or the outer claim."""
    for a, b in within:
        if a <= start < b:
            while a < start and reading.text[a] in MARKS + "‘'":
                a += 1
            return a, reading.text[a:b].rstrip(MARKS + "’',.")
    block = reading.block_at(start)
    return block.start, reading.text[block.start : block.start + block.n_chars]


@functools.lru_cache(maxsize=256)
def quoted_offsets(line: str) -> frozenset[int]:
    """Offsets inside quotation marks of one paragraph.

    A mark left open closes at the paragraph's end, as where a quotation goes on in the next one; a closing
    mark that nothing opened quotes all that stands before it in the paragraph, if no other mark does.
    """
    line = PAIRED.sub(_one_mark, line)
    inside: set[int] = set()
    opened: int | None = None
    for i, char in enumerate(line):
        if char not in MARKS:
            continue
        if opened is None:
            if _opens(line, i):
                opened = i
            elif not inside and char in CLOSING:
                inside.update(range(i))
        elif char in CLOSING or (char not in OPENING and not _opens(line, i)) or _closes_low(line, opened, i):
            inside.update(range(opened, i + 1))
            opened = None
        elif char == '"':
            # A second opening mark: the first was never closed, as far as can be told.
            opened = i
    if opened is not None:
        inside.update(range(opened, len(line)))
    if not inside:
        for match in SINGLE.finditer(line):
            inside.update(range(*match.span()))
    return frozenset(inside)


def _one_mark(match: re.Match[str]) -> str:
    """A mark of two characters as a straight one and a blank, of the same length."""
    follows = match.string[match.end() : match.end() + 1]
    return ' "' if follows.strip() and follows not in ",.;:?!)" else '" '


def _opens(text: str, i: int) -> bool:
    """Whether the mark at ``i`` opens: by its shape, a straight one by the characters around it."""
    if text[i] in OPENING:
        return True
    if text[i] in CLOSING:
        return False
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    if not before.strip():
        return bool(after.strip())
    return before in "([{-–—/‘'" and (after.isalnum() or after in "[(…‘'$")


def _closes_low(line: str, opened: int, i: int) -> bool:
    """„…“: the mark that opens in English closes a quotation that a low one opened."""
    return line[opened] == "„" and line[i] == "“"
