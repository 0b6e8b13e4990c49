"""The head of an article: headline, standfirst, byline and date.

The lines above the prose are scored as headlines by their shape and by what stands around them; standfirst,
byline and date are looked for below the headline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.bylines import authors_of, dateline_of, name_beside_date, parse_byline
from pipeline.clean.dates import has_date
from pipeline.clean.features import Seen
from pipeline.clean.furniture import load_furniture
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import Unit, ends_sentence

_LOOK_BACK = 60
"""Units above the prose among which the head is looked for: social buttons stand between on many pages."""
_HEAD_UNITS = 12
_LONG_WORDS = 25
_SHORT_WORDS = 6
_CREDIT_WORDS = 16
_TITLE_WORDS = range(2, 36)
_PAGE_TITLE = re.compile(r"\s+(?:[-–—|»:•·]|::)\s+")
_BREADCRUMB = re.compile(r"\s[|>»›/•·]\s|^[>»|•·]")
_DATELINE = re.compile(
    r"^[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,3}(?:, [A-Z][\w'’. -]{2,30})?,? (?:(?:Jan|Feb|Mar|Apr|May|"
    r"June?|July?|Aug|Sept?|Oct|"
    r"Nov|Dec)[a-z]*\.? \d{1,2}|\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec)[a-z]*\.?)(?:,? \d{4})?\.?(?: [—–-])?$"
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|published|updated|posted|last|date|on|first)", re.I)
_ROLE_LINE = re.compile(
    r"\b(?:correspondent|reporter|staff writer|columnist|bureau chief|political editor|business editor)\b"
    r"|^(?:translated|photographs?|photography|illustrations?|illustrated|edited) by ",
    re.I,
)
_SMALL_WORDS = frozenset("a an the of to in on at by for from with and or but nor as vs is are it".split())


@dataclass(frozen=True, slots=True)
class Head:
    """Units of the head by their number."""

    title: int | None
    subtitle: int | None = None
    bylines: tuple[int, ...] = ()
    dates: tuple[int, ...] = ()
    datelines: tuple[int, ...] = ()
    captions: tuple[int, ...] = ()

    @property
    def units(self) -> frozenset[int]:
        """Every unit of the head."""
        named = (*self.bylines, *self.dates, *self.datelines, *self.captions)
        return frozenset((*named, *(i for i in (self.title, self.subtitle) if i is not None)))

    @property
    def end(self) -> int:
        """One past the last unit of headline, byline and date; 0 without any."""
        named = (*self.bylines, *self.dates, *self.datelines)
        return (
            max(
                [
                    *named,
                    -1 if self.title is None else self.title,
                    -1 if self.subtitle is None else self.subtitle,
                ]
            )
            + 1
        )


@dataclass(frozen=True, slots=True)
class Lines:
    """The units of a page with what was looked up of them, as the functions here need them."""

    units: Sequence[Unit]
    seen: Seen
    n_words: Sequence[int]

    def __getitem__(self, i: int) -> str:
        return self.units[i].text

    def marked(self, i: int) -> bool:
        """Whether the unit is, or short as it is begins with, a phrase of the furniture."""
        mask = self.seen.line_mask[i] or (self.seen.start_mask[i] and self.n_words[i] < 8)
        return bool(mask) or (self.n_words[i] <= 12 and load_furniture().is_menu(self.seen.lower[i]))


def find_opening(lines: Lines, first: int) -> int:
    """The article's first paragraph, from its first unit ``first`` on: what stands above is its head.

    A sentence with a byline or a date right below it is a standfirst.
    """
    for i in range(first, min(first + _HEAD_UNITS, len(lines.units))):
        if _is_paragraph(lines, i) and not _credit_follows(lines, i):
            return i
    return first


def _is_paragraph(lines: Lines, i: int) -> bool:
    text, n_words = lines[i], lines.n_words[i]
    if n_words >= _LONG_WORDS:
        return True
    return n_words >= _SHORT_WORDS and ends_sentence(text) and not is_caption(text, n_words=n_words)


def _credit_follows(lines: Lines, i: int) -> bool:
    for j in range(i + 1, min(i + 4, len(lines.units))):
        if lines.n_words[j] >= _LONG_WORDS:
            return False
        if lines.n_words[j] <= _CREDIT_WORDS and _is_credit(lines, j):
            return True
    return False


def find_head(lines: Lines, first: int, *, given: str | None) -> Head:
    """The head above the prose, which begins at unit ``first``; ``given`` is the title the input states."""
    title = _find_title(lines, range(max(0, first - _LOOK_BACK), first), given)
    low = title if title is not None else max(0, first - 12)
    found: dict[str, list[int]] = {"byline": [], "date": [], "dateline": [], "caption": []}
    subtitle = None
    for i in [j for j in (low - 1, low - 2) if j >= 0 and title is not None] + list(range(low, first)):
        kind = None if i == title else _head_kind(lines, i, title)
        if kind == "subtitle":
            credited = found["byline"] or any(title is not None and j > title for j in found["date"])
            subtitle = i if subtitle is None and not credited else subtitle
        elif kind is not None and (i >= low or kind == "date"):
            found[kind].append(i)
    if title is not None and not any(authors_of(lines[i]) for i in found["byline"]):
        found["byline"] += [i for i in range(title + 1, first) if _is_lone_name(lines, i, title)][:1]
        subtitle = None if subtitle in found["byline"] else subtitle
    if subtitle is not None and not _may_be_subtitle(lines, subtitle, first, found):
        subtitle = None
    return Head(
        title,
        subtitle,
        tuple(found["byline"]),
        tuple(sorted(found["date"])),
        tuple(found["dateline"]),
        tuple(found["caption"]),
    )


def _head_kind(lines: Lines, i: int, title: int | None) -> str | None:
    text, n_words = lines[i], lines.n_words[i]
    if is_caption(text, n_words=n_words):
        return "caption"
    if n_words <= 25 and parse_byline(text):
        return "byline"
    if n_words <= 10 and _DATELINE.match(text) and not _WEEKDAY.match(text):
        return "dateline"
    if n_words <= 16 and has_date(text):
        return "byline" if name_beside_date(text) else "date"
    if n_words <= 8 and _ROLE_LINE.search(text) and not ends_sentence(text):
        return "byline"
    if title is not None and 0 < i - title <= 2 and 4 <= n_words <= 60 and not lines.marked(i):
        return "subtitle" if _key(text) != _key(lines[title]) else None
    return None


def _is_lone_name(lines: Lines, i: int, title: int) -> bool:
    """Whether a short line is its author's name: it stands beside a date, below the headline."""
    if lines.n_words[i] > 8 or lines.marked(i) or not authors_of(lines[i]):
        return False
    around = [j for j in (i - 1, i + 1, i + 2) if title < j < len(lines.units)]
    return any(lines.n_words[j] <= 16 and has_date(lines[j]) for j in around)


def _may_be_subtitle(lines: Lines, i: int, first: int, found: dict[str, list[int]]) -> bool:
    """A whole sentence right above the prose is prose; a standfirst has a byline, a date or a picture "
    "below it."""
    if any(j > i for kind in found.values() for j in kind):
        return True
    return not ends_sentence(lines[i]) and i + 1 <= first


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _find_title(lines: Lines, places: range, given: str | None) -> int | None:
    if given:
        wanted = _key(given)
        for i in reversed(places):
            key = _key(lines[i])
            if key and (key == wanted or (len(key.split()) >= 3 and wanted.startswith(key))):
                return i
    candidates = [i for i in places if _can_be_title(lines, i)]
    if not candidates:
        return None
    keys = {i: _key(lines[i]) for i in candidates}
    named = [_key(u.text) for u in lines.units[:3] if _PAGE_TITLE.search(u.text) and len(u.text) < 250]
    counts: dict[str, int] = {}
    for key in keys.values():
        counts[key] = counts.get(key, 0) + 1
    scores = {}
    for i in candidates:
        repeated = counts[keys[i]] > 1 or any(keys[i] != name and name.startswith(keys[i]) for name in named)
        scores[i] = _title_score(lines, i, places.stop) + 1.0 * (repeated and lines.n_words[i] >= 3)
    return max(candidates, key=lambda i: (scores[i], i))


def _title_score(lines: Lines, i: int, stop: int) -> float:
    """How much a line looks like the headline; weights set on the dev half of ``gold/headers``."""
    text, n_words = lines[i], lines.n_words[i]
    score = -0.02 * (stop - i)
    score -= 1.0 * (_BREADCRUMB.search(text) is not None)
    score -= (0.9 if n_words >= 8 else 0.5) * (text.endswith(".") and not text.endswith("..."))
    score += 0.3 * (n_words >= 4) + 0.2 * (5 <= n_words <= 20) + 0.1 * any(c.islower() for c in text)
    score += 0.1 * (re.search(r" [a-z]", text) is not None)
    after = range(i + 1, min(i + 5, stop))
    score += 0.5 * any(_is_credit(lines, j) for j in after)
    if i + 1 < stop and _can_be_title(lines, i + 1):
        # Two lines that can be: headline and standfirst, unless the upper one is a section's or site's name.
        is_name = n_words < 4 and lines.n_words[i + 1] > 3 and not lines[i + 1].endswith(".")
        score += -0.35 if is_name else 0.35
    if i and n_words >= 4 and lines.n_words[i - 1] >= 4 and _can_be_title(lines, i - 1):
        score -= 0.25
    return score


def _is_credit(lines: Lines, i: int) -> bool:
    text = lines[i]
    return len(text) < 120 and (parse_byline(text) is not None or has_date(text))


def _can_be_title(lines: Lines, i: int) -> bool:
    text, n_words = lines[i], lines.n_words[i]
    return (
        n_words in _TITLE_WORDS
        and len(text) < 250
        and not lines.marked(i)
        and sum(c.isalpha() for c in text) > 0.6 * len(text)
        and not is_caption(text, n_words=n_words)
        and parse_byline(text) is None
        and not (n_words < 16 and has_date(text))
        and not _DATELINE.match(text)
    )


def opens_with_title(text: str, following: str | None, *, n_words: int, gap_after: int) -> bool:
    """Whether the first unit of a text without a head is its headline.

    It is a line without an end mark, or a line in title case, with prose after it.
    """
    if following is None or n_words not in range(2, 31) or len(following.split()) < 10:
        return False
    if text[0] in "\"“‘'(" and text[-1] in "\"”’'.!?":
        return False
    if dateline_of(text) or _DATELINE.match(text) or parse_byline(text):
        return False
    words = [w for w in re.findall(r"[\w'’]+", text) if w.lower() not in _SMALL_WORDS]
    capital = sum(w[0].isupper() or w[0].isdigit() for w in words) / max(len(words), 1)
    if not ends_sentence(text):
        if text[0] in "-–—*•" or text.isupper():
            return n_words >= 4 and text.isupper()
        return gap_after > 0 or (capital >= 0.8 and n_words >= 4)
    return capital >= 0.85 and len(words) >= 4 and not text.endswith((":", ";"))
