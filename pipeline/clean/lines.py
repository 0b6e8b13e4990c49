"""Lines of an article, and the units they make: paragraphs that a scraper broke are joined again.

A line is a non-blank stretch between line feeds. Scrapers that write one line per text node break a
paragraph at every link; the pieces are told by how they begin and end, not by what they say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.clean.bylines import parse_credit
from pipeline.clean.dates import has_date
from pipeline.clean.furniture import load_furniture

_HANGING = frozenset(
    "a an the of to in on at by for from with and or but nor as that than then is are was were be been "
    "being "
    "has have had will would can could may might should must about into over under after "
    "before "
    "between against during since until through across like including such his her its their our your "
    "my this "
    "these those which who whom whose when where while because if not also called via per both "
    "either".split()
)
"""Words no sentence, heading or menu entry ends with: the next line goes on."""

_CLOSERS = "\"'”’»)]}*›"
_ENDS = ".!?…:;"
_CONTINUES = re.compile(r"[,.;:!?)\]}%’…”]|['’](?:s|t|re|ve|ll|d|m)\b|[-–—] ")
_SMALL = re.compile(r"(?:^| )[“\"(]?[a-z]")
_LIST_MARK = re.compile(r"(?:[*+•·▪►»‣◦–-]|\(?\d{1,2}[.)])\s+\S")
_BYLINE = re.compile(r"(?:By|BY) |by [A-Z][\w.'’-]* ?(?:[A-Z]|$)")
_BROKEN_SHARE = 0.04
"""Share of lines that begin like the middle of a sentence above which a page counts as broken at links:
0.00-0.01 on `already_clean` and `inscriptis` pages of body-dev, 0.05-0.4 on `bs4_nl` pages with links."""
_CREDIT_CHARS = 100
_PROSE_WORDS = 6
"""Lower-case words of a unit above which it is a sentence under way."""


@dataclass(frozen=True, slots=True)
class Page:
    """The non-blank lines of a text, as parallel lists: where each stands, its words, and what is "
    "around it.

    ``gap[i]`` is the number of blank lines before line ``i``; ``indent[i]`` its leading white space in
    code points.
    """

    text: str
    starts: list[int]
    ends: list[int]
    lines: list[str]
    gap: list[int]
    indent: list[int]

    def __len__(self) -> int:
        return len(self.lines)


class Unit(NamedTuple):
    """Consecutive lines ``first`` to ``last - 1`` of a page that are one paragraph, heading or menu "
    "entry."""

    first: int
    last: int
    text: str


def split_lines(text: str) -> Page:
    """The non-blank lines of ``text``, without the white space at their ends.

    Lines are parted by line feeds; in a text without any, by carriage returns.
    """
    separator = "\r" if "\n" not in text and "\r" in text else "\n"
    starts: list[int] = []
    ends: list[int] = []
    lines: list[str] = []
    gaps: list[int] = []
    indents: list[int] = []
    offset = blank = 0
    for raw in text.split(separator):
        line = raw.strip()
        if line:
            indent = len(raw) - len(raw.lstrip()) if raw[0] != line[0] else 0
            starts.append(offset + indent)
            ends.append(offset + indent + len(line))
            lines.append(line)
            gaps.append(blank)
            indents.append(indent)
            blank = 0
        else:
            blank += 1
        offset += len(raw) + 1
    return Page(text, starts, ends, lines, gaps, indents)


def ends_sentence(line: str) -> bool:
    """Whether the line ends as a sentence does, closing quotation marks and brackets aside."""
    last = line[-1:]
    return last in _ENDS_SET or (last in _CLOSERS and line.rstrip(_CLOSERS)[-1:] in _ENDS_SET)


_ENDS_SET = frozenset(_ENDS)


def _credits(line: str) -> bool:
    """Whether the line is a date or a byline: a headline may end with any word ("as they come in")."""
    if len(line) > _CREDIT_CHARS:
        return False
    credit = None if has_date(line) else parse_credit(line)
    return credit.sure if credit is not None else has_date(line)


def _continues(line: str) -> bool:
    """Whether the line begins as only the middle of a sentence can."""
    return line[0].islower() or (not line[0].isalnum() and _CONTINUES.match(line) is not None)


def _hangs(line: str) -> bool:
    """Whether the line ends so that it must go on."""
    last = line.rsplit(None, 1)[-1]
    return last in _HANGING or line[-1] in ",(“[—–" or line in ("By", "BY")


def _is_broken(page: Page, continues: Sequence[bool], ends: Sequence[bool]) -> bool:
    """Whether the page's paragraphs were broken at links."""
    gap = page.gap
    n = sum(1 for i in range(1, len(gap)) if continues[i] and not gap[i] and not ends[i - 1])
    return n > _BROKEN_SHARE * len(gap)


def _width(page: Page) -> int:
    """The column at which the page is wrapped by hard line breaks, 0 where it is not.

    A wrapped page has most of its lines that do not end a paragraph within ten columns of the longest.
    """
    if len(page) < 8 or not any(page.gap[1:]):
        return 0
    inner = [len(page.lines[i]) for i in range(len(page) - 1) if not page.gap[i + 1]]
    if len(inner) < 6:
        return 0
    longest = max(inner)
    if not 45 <= longest <= 110:
        return 0
    return longest if sum(n >= longest - 15 for n in inner) > 0.7 * len(inner) else 0


def join_lines(page: Page) -> list[Unit]:
    """The page's units in order; every line is in exactly one."""
    lines = page.lines
    if all(page.gap[1:]):  # a blank line between any two
        return list(map(Unit._make, zip(range(len(lines)), range(1, len(lines) + 1), lines, strict=True)))
    continues = [_continues(line) for line in lines]
    ends = [ends_sentence(line) for line in lines]
    joining = _Joining(page, continues, ends, _is_broken(page, continues, ends), _width(page))
    units: list[Unit] = []
    first = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or page.gap[i] or not joining.joins(first, i):
            text = lines[first] if i == first + 1 else " ".join(lines[first:i])
            units.append(Unit(first, i, text))
            first = i
    return units


class _Joining:
    """Which lines of a page go on with the unit above them; asked in the order of the lines."""

    def __init__(
        self, page: Page, continues: Sequence[bool], ends: Sequence[bool], broken: bool, width: int
    ) -> None:
        self.page = page
        self.continues = continues
        self.ends = ends
        self.broken = broken
        self.width = width
        self._counted = (0, 0, 0)

    def joins(self, first: int, i: int) -> bool:
        """Whether line ``i``, with no blank line above it, goes on with the unit that began at ``first``."""
        line, before = self.page.lines[i], self.page.lines[i - 1]
        if self.width:
            return len(before) >= self.width - 15 and not _LIST_MARK.match(line)
        if not self.continues[i]:
            if self.ends[i - 1]:
                return False
            hangs = _hangs(before)
            if not (hangs or self.broken) or _LIST_MARK.match(line) or _BYLINE.match(line):
                return False
            return self._hung(first, i) if hangs else self._under_way(first, i)
        if _LIST_MARK.match(line):
            return False
        if line == "by" or _BYLINE.match(line):
            return i - first > 1 and line == "by"
        if self.ends[i - 1]:
            return not line[0].isalpha() and line[0] in ",.;:)%"
        return not load_furniture().line_mask(line) or _hangs(before)

    def _hung(self, first: int, i: int) -> bool:
        """Whether the line goes on with one that ends so that it must go on."""
        before = self.page.lines[i - 1]
        return (
            self.broken
            or i - first > 1
            or not before[-1].isalpha()
            or before in ("By", "BY")
            or not _credits(self.page.lines[i])
        )

    def _under_way(self, first: int, i: int) -> bool:
        """Whether a sentence is under way that was broken at a link.

        What follows belongs to it even where it begins with a capital.
        """
        page, mask = self.page, load_furniture().line_mask
        return (
            i - first > 1
            and self._n_lower(first, i) >= _PROSE_WORDS
            and page.lines[first].lower() != "by"
            and not mask(page.lines[i].lower())
            and not mask(page.lines[i - 1].lower())
            and any(c.isalnum() for c in page.lines[i - 1])
        )

    def _n_lower(self, first: int, end: int) -> int:
        """Words that begin with a small letter on lines ``first`` to ``end - 1``; each line is read once."""
        begun, at, n = self._counted
        if begun != first:
            at, n = first, 0
        n += sum(len(_SMALL.findall(line)) for line in self.page.lines[at:end])
        self._counted = first, end, n
        return n
