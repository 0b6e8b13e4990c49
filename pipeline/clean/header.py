"""The head of an article: headline, standfirst, byline and date.

The lines above the prose are scored as headlines by their shape and by what stands around them; standfirst,
byline and date are looked for beside the headline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.clean.bylines import Byline, dateline_of, is_announced, parse_byline, parse_credit
from pipeline.clean.dates import has_date, is_clock
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import ends_sentence
from pipeline.clean.people import agency_of, has_given_name
from pipeline.clean.titles import BREADCRUMB, DATELINE, NOTICE, Lines, find_title, key

_LOOK_BACK = 60
"""Units above the prose among which the head is looked for: social buttons stand between on many pages."""
_HEAD_UNITS = 12
_CREDIT_UNITS = 4
"""Units below a headline among which its credits stand."""
_LONG_WORDS = 25
_SHORT_WORDS = 6
_CREDIT_WORDS = 16
_SUBTITLE_WORDS = range(4, 61)
_BARE_SUBTITLE_WORDS = range(6, 31)
"""Words of a standfirst that nothing but its place below the headline tells."""
_BELOW_WORDS = range(8, 61)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|published|updated|posted|last|date|on|first)", re.I)
_ROLE_LINE = re.compile(
    r"\b(?:correspondent|reporter|staff writer|columnist|bureau chief|political editor|business editor)\b"
    r"|^(?:translated|photographs?|photography|illustrations?|illustrated|edited) by "
    r"|^(?:[\w&-]+ ){1,3}editor$",
    re.I,
)
_CREDITED_PICTURE = re.compile(
    r"[.:)”\"] ?(?:Photo(?:graph)?|Picture|Image|Illustration|Credit)(?: by|:) [A-Z][^.]{2,60}\.?$"
    r"|[.:)”\"] ?[—–] ?[A-Z][\w'’.]*(?: [A-Z][\w'’.]*){0,2}$"
)
_AGENCY_LIKE = re.compile(r"(?:wire|press|news(?: agency)?)$", re.I)
_LIST_MARK = re.compile(r"^(?:[*+•·▪►»‣◦–>-]|\d{1,2}[.)])\s")


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
        named = [*self.bylines, *self.dates, *self.datelines]
        return max(named + [i for i in (self.title, self.subtitle) if i is not None], default=-1) + 1


@dataclass(slots=True)
class _Found:
    """What was found so far, by kind."""

    kinds: dict[str, list[int]] = field(
        default_factory=lambda: {"byline": [], "date": [], "dateline": [], "caption": []}
    )
    subtitle: int | None = None
    credited: bool = False

    def below(self, i: int) -> bool:
        """Whether a byline, a date or a picture stands below unit ``i``."""
        return any(j > i for kind in self.kinds.values() for j in kind)


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
    if n_words >= _LONG_WORDS or lines.opens_page_title(i):
        return n_words >= _LONG_WORDS
    if _CREDITED_PICTURE.search(text):
        return False
    return n_words >= _SHORT_WORDS and ends_sentence(text) and not is_caption(text)


def _credit_follows(lines: Lines, i: int) -> bool:
    for j in range(i + 1, min(i + 4, len(lines.units))):
        if lines.n_words[j] >= _LONG_WORDS:
            return False
        if lines.n_words[j] <= _CREDIT_WORDS and lines.is_credit(j):
            return True
    return False


def find_head(lines: Lines, first: int, *, given: str | None) -> Head:
    """The head above the prose, which begins at unit ``first``; ``given`` is the title the input states."""
    title = find_title(lines, range(max(0, first - _LOOK_BACK), first), given)
    low = title if title is not None else max(0, first - _HEAD_UNITS)
    found = _Found()
    above = [j for j in (low - 1, low - 2) if j >= 0 and title is not None]
    for i in [*above, *range(low, first)]:
        if i != title:
            _add(lines, i, title, found, is_above=i < low)
    if title is not None and not (found.kinds["byline"] or found.kinds["date"]):
        _add_from_above(lines, title, first, found)
    if found.subtitle is not None and not _may_be_subtitle(lines, found.subtitle, first, found):
        found.subtitle = None
    if found.subtitle is None and title is not None:
        found.subtitle = _standfirst_below(lines, title, first, found)
    kinds = found.kinds
    return Head(
        title,
        found.subtitle,
        tuple(kinds["byline"]),
        tuple(sorted(kinds["date"])),
        tuple(kinds["dateline"]),
        tuple(kinds["caption"]),
    )


def _standfirst_below(lines: Lines, title: int, first: int, found: _Found) -> int | None:
    """A standfirst below byline and date, where something else than prose follows: a picture, buttons.

    Or a line right above prose that opens with a place: news agencies' reports begin with it.
    """
    below = max([title, *found.kinds["byline"], *found.kinds["date"]]) + 1
    between = range(below + 1, first)
    if (
        title + 1 < below < first
        and below - title <= _CREDIT_UNITS
        and ends_sentence(lines[below])
        and between
        and all(lines.n_words[j] < _LONG_WORDS for j in between)
        and _can_be_standfirst(lines, below)
    ):
        return below
    last = first - 1
    opens = first < len(lines.units) and last > title and dateline_of(lines[first])
    if not (opens and opens[0]) or last in found.kinds["caption"] or not _can_be_standfirst(lines, last):
        return None
    return None if ":" in lines[last] else last  # several headlines


def _can_be_standfirst(lines: Lines, i: int) -> bool:
    return (
        lines.n_words[i] in _BELOW_WORDS
        and not _is_notice(lines, i)
        and not (lines.marked(i) or lines.seen.start_mask[i])
        and not (is_caption(lines[i]) or has_date(lines[i]))  # dates are in captions
    )


def _is_notice(lines: Lines, i: int) -> bool:
    text = lines[i]
    patterns = (NOTICE.match(text), _LIST_MARK.match(text), BREADCRUMB.search(text))
    return any(patterns) or bool(lines.seen.anywhere_mask[i])


def _add_from_above(lines: Lines, title: int, first: int, found: _Found) -> None:
    """Add the credits below the same headline further up: pictures may stand between the two."""
    subtitle = found.subtitle
    for above in range(title - 1, max(-1, first - _LOOK_BACK - 1), -1):
        if lines[above] == lines[title]:
            for i in range(above + 1, min(above + 1 + _CREDIT_UNITS, title)):
                _add(lines, i, above, found, is_above=False)
            break
    found.subtitle = subtitle


def _add(lines: Lines, i: int, title: int | None, found: _Found, *, is_above: bool) -> None:
    """Add unit ``i`` to what was found, if it is of the head.

    Above the headline stand menus and other stories: only dates and sure credits count there.
    """
    kind = _head_kind(lines, i, title)
    if kind == "subtitle":
        dated = any(title is not None and j > title for j in found.kinds["date"])
        if found.subtitle is None and not found.credited and not dated:
            found.subtitle = i
    elif kind is not None and (not is_above or kind in ("date", "byline")):
        if kind == "byline":
            credit = parse_byline(lines[i]) or parse_credit(lines[i])
            credited = credit is not None and bool(credit.authors or credit.agency)
            if credit is not None and not _belongs(lines, i, title, found, credit, is_above=is_above):
                return
            if is_above and not credited:
                return
            found.credited |= credited
        found.kinds[kind].append(i)


def _belongs(
    lines: Lines, i: int, title: int | None, found: _Found, credit: Byline, *, is_above: bool
) -> bool:
    """Whether a credit is the article's: one that nothing announces stands next to other lines of the head.

    Names further down are those of photographers, of people in a picture, of other stories' authors.
    """
    if is_announced(lines[i]):
        return True
    if not credit.sure and (is_above or found.credited):
        return False
    head = {title, found.subtitle, *found.kinds["byline"], *found.kinds["date"], *found.kinds["caption"]}
    if has_date(lines[i]):
        return True
    if i - 1 in head or is_above:
        return i - 1 not in found.kinds["caption"] or not found.credited
    return i + 1 < len(lines.units) and (lines.is_announced(i + 1) or _is_handle(lines[i + 1]))


def _head_kind(lines: Lines, i: int, title: int | None) -> str | None:
    text, n_words = lines[i], lines.n_words[i]
    if is_caption(text) or (n_words <= _LONG_WORDS and _CREDITED_PICTURE.search(text)):
        return "caption"
    if n_words <= _LONG_WORDS and parse_byline(text):
        return "byline"
    if n_words <= 10 and DATELINE.match(text) and not _WEEKDAY.match(text):
        return "byline" if _opens_with_agency(text) else "dateline"
    if n_words <= _CREDIT_WORDS and (has_date(text) or is_clock(text)):
        return "byline" if _is_credit(lines, i, title) else "date"
    if n_words <= 8 and _ROLE_LINE.search(text) and not ends_sentence(text):
        return "byline"
    if title is not None and n_words <= _CREDIT_WORDS and not lines.marked(i) and _is_credit(lines, i, title):
        return "byline"
    if title is not None and 0 < i - title <= 2 and n_words in _SUBTITLE_WORDS and not lines.marked(i):
        return "subtitle" if key(text) != key(lines[title]) else None
    return None


def _opens_with_agency(text: str) -> bool:
    """Whether a wire service stands before a date, where datelines have a place: "Reuters, May 3"."""
    name = text.partition(",")[0]
    return agency_of(name) is not None or _AGENCY_LIKE.search(name) is not None


def _is_credit(lines: Lines, i: int, title: int | None) -> bool:
    """Whether a line is a credit that nothing announces.

    Two capitalised words may be a section ("Car Reviews"): a name that is not surely one has a date, a job
    or a handle on the next lines, and none of its words is written small anywhere on the page.
    """
    credit = parse_credit(lines[i])
    if credit is None:
        return False
    unknown = [name for name in credit.authors if not has_given_name(name)]
    if any(f" {word.lower()} " in lines.text for name in unknown for word in name.split() if len(word) > 2):
        return False
    if credit.sure:
        return True
    around = [j for j in (i - 1, i + 1, i + 2) if (title or 0) < j < len(lines.units)]
    return any(
        lines.n_words[j] <= _CREDIT_WORDS and (has_date(lines[j]) or _is_handle(lines[j])) for j in around
    )


def _is_handle(text: str) -> bool:
    return (text[0] == "@" and " " not in text) or (len(text) < 40 and _ROLE_LINE.search(text) is not None)


def _may_be_subtitle(lines: Lines, i: int, first: int, found: _Found) -> bool:
    """A whole sentence right above the prose is prose; a standfirst has a byline, a date or a picture
    below it."""
    text = lines[i]
    if _is_notice(lines, i):
        return False
    if found.below(i):
        return True
    return not ends_sentence(text) and lines.n_words[i] in _BARE_SUBTITLE_WORDS and i + 1 <= first
