"""Lines of an article, and the units they make: paragraphs that a scraper broke are joined again.

A line is a non-blank stretch between line feeds. Scrapers that write one line per text node break a
paragraph at every link; the pieces are told by how they begin and end, not by what they say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Unit:
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
    page = Page(text, [], [], [], [], [])
    offset = blank = 0
    for raw in text.split(separator):
        line = raw.strip()
        if line:
            indent = len(raw) - len(raw.lstrip())
            page.starts.append(offset + indent)
            page.ends.append(offset + indent + len(line))
            page.lines.append(line)
            page.gap.append(blank)
            page.indent.append(indent)
            blank = 0
        else:
            blank += 1
        offset += len(raw) + 1
    return page


def ends_sentence(line: str) -> bool:
    """Whether the line ends as a sentence does, closing quotation marks and brackets aside."""
    return line.rstrip(_CLOSERS)[-1:] in _ENDS_SET


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


def is_broken(page: Page) -> bool:
    """Whether the page's paragraphs were broken at links."""
    n = sum(
        1
        for i in range(1, len(page))
        if not page.gap[i] and _continues(page.lines[i]) and not ends_sentence(page.lines[i - 1])
    )
    return n > _BROKEN_SHARE * len(page)


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
    units: list[Unit] = []
    broken, width = is_broken(page), _width(page)
    first = 0
    while first < len(page):
        last = first + 1
        n_lower = _n_lower(page.lines[first])
        while last < len(page) and _joins(page, first, last, n_lower=n_lower, broken=broken, width=width):
            n_lower += _n_lower(page.lines[last])
            last += 1
        text = page.lines[first] if last == first + 1 else " ".join(page.lines[first:last])
        units.append(Unit(first, last, text))
        first = last
    return units


def _n_lower(line: str) -> int:
    """Words of the line that begin with a small letter."""
    return len(_SMALL.findall(line))


def _joins(page: Page, first: int, i: int, *, n_lower: int, broken: bool, width: int) -> bool:
    """Whether line ``i`` goes on with the unit that began at line ``first``."""
    if page.gap[i]:
        return False
    line, before = page.lines[i], page.lines[i - 1]
    if width:
        return len(before) >= width - 15 and not _LIST_MARK.match(line)
    if _LIST_MARK.match(line):
        return False
    furniture = load_furniture()
    if line == "by" or _BYLINE.match(line):
        return i - first > 1 and line == "by"
    if _continues(line):
        if ends_sentence(before):
            return not line[0].isalpha() and line[0] in ",.;:)%"
        return not furniture.line_mask(line) or _hangs(before)
    if ends_sentence(before):
        return False
    if _hangs(before):
        return (
            broken
            or i - first > 1
            or not before[-1].isalpha()
            or before in ("By", "BY")
            or not _credits(line)
        )
    # A sentence under way, broken at a link: what follows belongs to it even where it begins with a capital.
    return (
        broken
        and i - first > 1
        and n_lower >= _PROSE_WORDS
        and page.lines[first].lower() != "by"
        and not furniture.line_mask(line.lower())
        and not furniture.line_mask(before.lower())
        and any(c.isalnum() for c in before)
    )
