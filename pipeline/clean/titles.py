"""Which line above the prose is the headline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.clean.bylines import dateline_of, parse_byline, parse_credit
from pipeline.clean.dates import has_date
from pipeline.clean.features import Seen
from pipeline.clean.furniture import load_furniture
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import Unit, ends_sentence

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
DATELINE = re.compile(
    r"^(?!.*\b(?:Published|Posted|Updated)\b)[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,3}"
    rf"(?:, [A-Z][\w'’. -]{{2,30}})?,? (?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?\.?"
    r"(?:\s*[—–-])?$"
)
_TITLE_WORDS = range(2, 36)
_TITLED_WORDS = 4
"""Words of the shortest headline that is known by the page's title."""
_CREDIT_WORDS = 8
"""Words of the longest line that is taken apart as a credit without "by" or a date."""
_PAGE_TITLE = re.compile(r"\s+(?:[-–—|»:•·]|::)\s+")
_PAGE_TITLE_CHARS = 250
BREADCRUMB = re.compile(r"\s[|>»›/•·]\s|^[>»|•·]")
_LIST_MARK = re.compile(r"^(?:[*+•·▪►»‣◦–-]|o|\d{1,2}\.)\s")
SECTIONED = re.compile(
    r"^(?:opinion|analysis|editorial|perspective|review|exclusive|explainer|commentary) \| (?=(?:\S+ ){2}\S)",
    re.I,
)
"""The section that papers print before a headline: "Opinion | The dam must stay"."""
NOTICE = re.compile(
    r"^(?:this (?:live )?(?:blog|article|story|post|page|video|content|shop)\b|listen|read (?:more|aloud|in|"
    r"this)|click|watch|sign up|subscribe|follow|share|advertis|sponsored|premium|first published|"
    r"originally|please|note\b|editor[’']s note|image|video|you are|skip|we use|cookies|view|get |save|"
    r"welcome|add |download|play|comments?\b|translated|photo)",
    re.I,
)
"""How notices and buttons begin that may stand between headline and prose."""
_NO_HEADLINE = re.compile(r"\bthis (?:article|story|page|site)\b|\(opens in|[.!?] \([^()]*\)$", re.I)
"""What notices and buttons say, and how captions end: a sentence and who took the picture."""
_SECTION_SHARE = 0.4
_MENU_WORDS = 12
"""Capitalised words in a row, two of them sections, that make a menu."""
_MARKUP = re.compile(r"^#{1,6}\s+(?=\S)|^(?P<mark>\*\*|__)(?=\S.*(?P=mark)$)")
_MARKUP_END = re.compile(r"\s+#+$|(?:\*\*|__)$")
_UPDATED = re.compile(r"\s*[\[(]\s*(?:updated?|UPDATED?)\s*[\])]$|\s+[-–—|]\s*(?:updated?|UPDATED?)$", re.I)
_BARE_UPDATED = re.compile(r"(?<=[^\W\d_])[?!]? (?:Updated|UPDATED)$")
_DOCUMENT = re.compile(
    r"(?:^|[-–—|:»]\s+)(?:(?:press|news|media) (?:release|statement|note)|press|statement|speech)s?$",
    re.I,
)
"""How a line above the headline names the office and what it sends out: "Harbour Board - Press release"."""
_LOWER_WORD = re.compile(r"\b[a-z]{4,}\b")
_ITEM = re.compile(r"^(?:[*+•·▪►»‣◦–-]|\d{1,2}[.)]?)\s+")
_LISTED_WORDS = 4
_LISTED_SCORE = 0.3
_LISTED_CHARS = 160
_PARAGRAPH_WORDS = 25
_SMALL_RUN = re.compile(r" [a-z]{2,}(?: |$)")
"""What a headline has that is listed again below the prose: a menu is too, all in capitals."""
_TRAIL_WORDS = range(3, 8)
_TRAIL_SHARE = 0.6
_DATE_WORDS = 6
_HEADLINE_WORD = re.compile(r"[\w'’]+")
_SMALL_WORDS = frozenset("a an the of to in on at by for from with and or but nor as vs is are it".split())


@dataclass(frozen=True, slots=True)
class Lines:
    """The units of a page with what was looked up of them, as the functions here need them.

    ``text`` is the page's whole text.
    """

    units: Sequence[Unit]
    seen: Seen
    n_words: Sequence[int]
    text: str
    _can_be_title: dict[int, bool] = field(default_factory=dict)
    _marked: dict[int, bool] = field(default_factory=dict)

    def __getitem__(self, i: int) -> str:
        return self.units[i].text

    def marked(self, i: int) -> bool:
        """Whether the unit is, or short as it is begins with, a phrase of the furniture."""
        if i not in self._marked:
            mask = self.seen.line_mask[i] or (self.seen.start_mask[i] and self.n_words[i] < 8)
            is_menu = self.n_words[i] <= 12 and load_furniture().is_menu(self.seen.lower[i])
            self._marked[i] = (bool(mask) or is_menu) and not SECTIONED.match(self[i])
        return self._marked[i]

    def opens_page_title(self, i: int) -> bool:
        """Whether the page's first line, its title in the browser, begins with the whole unit."""
        return i > 0 and self.n_words[i] >= _TITLED_WORDS and self[0].startswith(self[i])

    def is_credit(self, i: int) -> bool:
        """Whether the unit is a byline or has a date beside few words."""
        return self.is_announced(i) or self.is_lone_credit(i)

    def is_announced(self, i: int) -> bool:
        """Whether the unit says "by" or has a date."""
        text = self[i]
        return len(text) < 120 and (parse_byline(text) is not None or has_date(text))

    def is_lone_credit(self, i: int) -> bool:
        """Whether the unit is a credit that nothing announces, sure by itself."""
        if self.n_words[i] > _CREDIT_WORDS or self.marked(i):
            return False
        credit = parse_credit(self[i])
        return credit is not None and credit.sure


def key(text: str) -> str:
    """Letters and figures in lower case, for comparison."""
    return " ".join(re.findall(r"\w+", text.lower()))


def title_text(text: str) -> str:
    """A headline without Markdown's marks, without "Opinion |" before it and "Updated" after it.

    A bare "Updated" is a mark only after a headline in small letters: "Lunch Rules Updated" keeps it.
    """
    text = SECTIONED.sub("", text)
    marked = _MARKUP.match(text)
    if marked:
        text = _MARKUP_END.sub("", text[marked.end() :])
    bare = _UPDATED.sub("", text)
    found = _BARE_UPDATED.search(bare)
    if found and len(_LOWER_WORD.findall(bare)) > 1:
        bare = bare[: found.start()] + found[0].partition(" ")[0]
    return bare or text


def find_title(lines: Lines, places: range, given: str | None) -> int | None:
    """The headline's unit among ``places``; ``given`` is the title that the input states."""
    if given:
        wanted = key(given)
        for i in reversed(places):
            found = key(lines[i])
            if found and (found == wanted or (len(found.split()) >= 3 and wanted.startswith(found))):
                return i
    candidates = [i for i in places if _can_be_title(lines, i)]
    if not any(map(lines.opens_page_title, places)):
        above = [i for i in range(places.start) if lines.opens_page_title(i) and _can_be_title(lines, i)]
        if above:
            return above[-1]
    if not candidates:
        return None
    keys = {i: key(lines[i]) for i in candidates}
    names = _page_titles(lines)
    listed = _listed(lines, {lines[i] for i in candidates}, places.stop)
    prose = next((i for i in places if lines.n_words[i] >= _PARAGRAPH_WORDS), places.stop)
    counts: dict[str, int] = {}
    for each in keys.values():
        counts[each] = counts.get(each, 0) + 1
    scores = {}
    for i in candidates:
        score = _title_score(lines, i, places.stop)
        if lines.n_words[i] >= 3:
            score += max(1.0 * (counts[keys[i]] > 1), _in_page_title(keys[i], i, names))
            score += 0.5 * lines.opens_page_title(i)
        if lines[i] in listed and i < prose and _SMALL_RUN.search(lines[i]):
            score += _LISTED_SCORE
        scores[i] = score - 1.0 * _holds_next(keys, i)
    return max(candidates, key=lambda i: (scores[i], i))


def _listed(lines: Lines, texts: set[str], start: int) -> set[str]:
    """Those of some texts that stand again among short lines from ``start`` on: "Most read", archives."""
    found = set()
    units = lines.units
    for i in range(start + 1, len(units) - 1):
        text = units[i].text
        if text not in texts:
            if text[0].isalpha():
                continue
            text = _ITEM.sub("", text)
        if text in texts and all(map(_is_short, units[i - 1 : i + 2])):
            found.add(text)
    return {text for text in found if len(text.split()) >= _LISTED_WORDS}


def _is_short(unit: Unit) -> bool:
    return len(unit.text) < _LISTED_CHARS and not ends_sentence(unit.text)


def _page_titles(lines: Lines) -> list[tuple[int, str]]:
    """The first lines where they can be the title of the page in the browser: number and key."""
    return [
        (i, key(lines[i]))
        for i in range(min(3, len(lines.units)))
        if len(lines[i]) < _PAGE_TITLE_CHARS
        and (_PAGE_TITLE.search(lines[i]) or (i == 0 and lines.n_words[i] >= 4))
    ]


def _in_page_title(found: str, i: int, names: Sequence[tuple[int, str]]) -> float:
    """1 where the page's own title begins with the line or is it, less where it has most of its words."""
    best = 0.0
    words = found.split()
    for j, name in names:
        if i == j:
            continue
        if name.startswith(found):
            return 1.0
        share = sum(word in name.split() for word in words) / len(words)
        best = max(best, share if share >= 0.6 and len(words) >= 4 else 0.0)
    return best


def _holds_next(keys: dict[int, str], i: int) -> bool:
    """Whether the line is a trail of sections that ends in the headline, which stands below again."""
    return any(
        keys[i] != keys[j] and keys[i].endswith(keys[j]) for j in (i + 1, i + 2) if len(keys.get(j, "")) > 20
    )


def _title_score(lines: Lines, i: int, stop: int) -> float:
    """How much a line looks like the headline; weights set on the dev half of ``gold/headers``."""
    text, n_words = lines[i], lines.n_words[i]
    score = -0.02 * (stop - i)
    score -= 1.0 * (BREADCRUMB.search(text) is not None and not SECTIONED.match(text))
    score -= 0.7 * (bool(lines.seen.anywhere_mask[i]) or (n_words <= 5 and NOTICE.match(text) is not None))
    score -= 0.7 * (lines.is_lone_credit(i) or _NO_HEADLINE.search(text) is not None)
    score -= (0.9 if n_words >= 8 else 0.5) * (text.endswith(".") and not text.endswith("..."))
    score += 0.3 * (n_words >= 4) + 0.2 * (5 <= n_words <= 20) + 0.1 * any(c.islower() for c in text)
    score += 0.1 * (re.search(r" [a-z]", text) is not None)
    score -= 0.6 * _is_menu(text, n_words)
    score -= 2.0 * _is_trail(lines, i)
    score += _has_credit(lines, i, stop)
    score -= 0.7 * (_DOCUMENT.search(text) is not None)
    score -= 0.2 * (i == 0 and _PAGE_TITLE.search(text) is not None)
    below = _next_candidate(lines, i, stop)
    if below is not None:
        # Two lines that can be: headline and standfirst, unless the upper one is a section's or site's name.
        is_name = n_words < 4 and lines.n_words[below] > 3 and not lines[below].endswith(".")
        score += -0.35 if is_name else 0.35
    if i and n_words >= 4 and lines.n_words[i - 1] >= 4 and _can_be_title(lines, i - 1):
        score -= 0.25
    return score


def _has_credit(lines: Lines, i: int, stop: int) -> float:
    """0.5 where a byline or date stands below the line, less for a bare name and past a menu.

    Where none does, a date right above counts: so blogs print it.
    """
    below = range(i + 1, min(i + 6, stop))
    announced = next((j for j in below if lines.is_announced(j)), None)
    if announced is not None:
        if announced > i + 1 and _heads_next(lines, announced, stop):
            return 0.1
        return 0.25 if _past_menu(lines, i, announced) else 0.5
    if any(lines.is_lone_credit(j) for j in below):
        return 0.35
    return 0.45 * (i > 0 and _heads_next(lines, i - 1, stop))


def _heads_next(lines: Lines, i: int, stop: int) -> bool:
    """Whether a line is a date above what looks like a headline: the last line before the prose, or with a
    byline right below it.

    A byline above the date makes it that of another headline, further up.
    """
    is_signed = i + 2 < stop and parse_byline(lines[i + 2]) is not None and not has_date(lines[i + 2])
    return (
        (i + 2 == stop or is_signed)
        and lines.n_words[i] <= _DATE_WORDS
        and not (i and (lines.is_announced(i - 1) or lines.is_lone_credit(i - 1)))
        and has_date(lines[i])
        and lines.n_words[i + 1] >= 4
        and (lines[i + 1][-1] == "?" or not ends_sentence(lines[i + 1]))
        and _can_be_title(lines, i + 1)
    )


def _past_menu(lines: Lines, i: int, credit: int) -> bool:
    """Whether a button stands between a line and a credit that has another headline right above it."""
    above = credit - 1
    return (
        above > i + 1
        and lines.n_words[above] >= 4
        and _can_be_title(lines, above)
        and not ends_sentence(lines[above])
        and any(lines.marked(j) for j in range(i + 1, above))
    )


def _next_candidate(lines: Lines, i: int, stop: int) -> int | None:
    """The line right below that can be a headline too, a line such as "Editorial" between aside."""
    if i + 1 < stop and _can_be_title(lines, i + 1):
        return i + 1
    if (
        i + 2 < stop
        and lines.n_words[i + 1] <= 3
        and parse_credit(lines[i + 1])
        and _can_be_title(lines, i + 2)
    ):
        return i + 2
    return None


def _is_menu(text: str, n_words: int) -> bool:
    """Whether the line is capitalised words in a row, many of them names of sections, or the first two."""
    words = [word for word in text.split() if word[0].isalnum()]
    if n_words < 3 or not all(word[0].isupper() or word in _SMALL_WORDS for word in words):
        return False
    small = not all(word[0].isupper() for word in words)
    is_section = [word.lower() in load_furniture().line for word in words]
    n_sections = sum(is_section)
    if n_sections > 2 and all(is_section[:2]):
        return True
    return not small and (
        n_sections >= _SECTION_SHARE * len(words) or (n_sections > 1 and n_words >= _MENU_WORDS)
    )


def _is_trail(lines: Lines, i: int) -> bool:
    """Whether the line is names of site and sections, most of which stand in the menu above it too."""
    words = lines[i].split()
    if not i or len(words) not in _TRAIL_WORDS or not all(word[0].isupper() for word in words):
        return False
    if words[-1].lower() not in load_furniture().line:
        return False
    above = [lines[j] for j in range(max(0, i - 3), i)]
    if any(lines[i] in each for each in above):
        return False
    named = {word for each in above for word in each.split()}
    return sum(word in named for word in words) >= _TRAIL_SHARE * len(words)


def _can_be_title(lines: Lines, i: int) -> bool:
    known = lines._can_be_title
    if i not in known:
        known[i] = _is_like_title(lines, i)
    return known[i]


def _is_like_title(lines: Lines, i: int) -> bool:
    text, n_words = lines[i], lines.n_words[i]
    return (
        n_words in _TITLE_WORDS
        and len(text) < 250
        and not lines.marked(i)
        and not _LIST_MARK.match(text)
        and not (lines.seen.anywhere_mask[i] and NOTICE.match(text))
        and sum(map(str.isalpha, text)) > 0.6 * len(text)
        and not is_caption(text)
        and parse_byline(text) is None
        and not (n_words < 16 and has_date(text))
        and not DATELINE.match(text)
    )


def opens_with_title(text: str, following: str | None, *, n_words: int, gap_after: int) -> bool:
    """Whether the first unit of a text without a head is its headline.

    It is a line without an end mark, or a line in title case, with prose after it.
    """
    if following is None or n_words not in range(2, 31) or len(following.split()) < 10:
        return False
    if text[0] in "\"“‘'(" and text[-1] in "\"”’'.!?":
        return False
    return _is_like_headline(text, n_words, gap_after) and not (
        dateline_of(text) or DATELINE.match(text) or parse_byline(text)
    )


def _is_like_headline(text: str, n_words: int, gap_after: int) -> bool:
    """Whether a line has no end mark or is in title case."""
    words = [w for w in _HEADLINE_WORD.findall(text) if w.lower() not in _SMALL_WORDS]
    capital = sum(w[0].isupper() or w[0].isdigit() for w in words) / max(len(words), 1)
    if not ends_sentence(text):
        if text[0] in "-–—*•" or text.isupper():
            return n_words >= 4 and text.isupper()
        return gap_after > 0 or (capital >= 0.8 and n_words >= 4)
    return capital >= 0.85 and len(words) >= 4 and not text.endswith((":", ";"))
