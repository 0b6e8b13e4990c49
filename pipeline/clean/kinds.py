"""What kind of segment each unit is: rules over its words, its place and the section it stands in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.clean.features import Seen
from pipeline.clean.furniture import Furniture
from pipeline.clean.lines import Unit, ends_sentence

_CAPTION = re.compile(
    r"\((?:photo(?: credit)?|image|pic(?:ture)?|credit|source|courtesy|file photo|"
    r"illustrative)\b[^)]*\)\W*$"
    r"|^(?:photo|photos|photograph|image|picture|credit|illustration|file photo)(?:s|graphy)?(?: (?:by|"
    r"credit|courtesy))?\s*:"
    r"|^(?:photo|photos|photograph|image|illustration) (?:by|courtesy)\b"
    r"|\b(?:getty images|afp/getty|\(ap photo[^)]*\)|ap photo/|/reuters\)?\W*$|"
    r"reuters/(?!ipsos)[^\s/]+(?:[ /][^\s/]+){0,4}\W*$|"
    r"shutterstock|/afp\)?\W*$|/getty)",
    re.I,
)
"""A credit of Reuters ends its line; "Reuters/Ipsos" is no photographer but a poll."""
_CAPTION_STARTS = ("photo", "image", "picture", "credit", "illustration", "file photo")
_CAPTION_SIGNS = ("(", "/", "getty", "shutterstock")
"""A caption that the pattern finds begins with one of the former or holds one of the latter: looking for them
first is five times as fast."""
_HOUR = r"\d{1,2}(?:[:.]\d\d)? ?(?:[AaPp]\.?[Mm]\.?)?(?: [A-Z]{2,4})?"
_UPDATE = re.compile(
    rf"^(?:(?:BREAKING )?UPDATED?(?:\s*(?:{_HOUR}|#?\d+|[IVX]+))?\s*(?:\([^)]{{1,40}}\))?\s*[:\-–—]|"
    rf"Update(?:d)?(?:\s*(?:{_HOUR}|#?\d+|[IVX]+))?\s*(?:\([^)]{{1,40}}\))?\s*[:–—]"
    r"|(?:More|Also|Addendum|Postscript|P\.?S)\s*(?:\([^)]{1,40}\))\s*:|(?:ADDENDUM|POSTSCRIPT|UPDATE)\s*:)"
)
_UPDATE_INITIALS = "BUMAP"
_UPDATE_AUTHOR = re.compile(r"^[^:(]{1,20}\(([^)]{2,40})\)\s*[:\-–—]")
_MARKDOWN_HEADING = re.compile(r"#{1,6} \w")
_HEADING_WORDS = 14
_CAPTION_WORDS = 80
_CAPTION_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Label:
    """The kind of a unit and the rule that said so."""

    kind: str
    reason: str
    author: str | None = None


def label_prose(unit: Unit, probability: float, *, n_words: int) -> Label:
    """The kind of a unit that is kept."""
    if unit.text[0] in _UPDATE_INITIALS and _UPDATE.match(unit.text):
        author = _UPDATE_AUTHOR.match(unit.text)
        name = author[1].strip() if author and not author[1].strip()[0].isdigit() else None
        return Label("update", "begins with an update mark", name)
    if n_words <= _HEADING_WORDS and _is_heading(unit.text):
        return _HEADING_LABEL
    return _PROSE_LABELS[int(probability * 100 + 0.5)]


_PROSE_LABELS = [Label("body", f"score {hundredth / 100:.2f}") for hundredth in range(101)]
_HEADING_LABEL = Label("heading", "short line without an end mark")


def _is_heading(text: str) -> bool:
    if text[0] == "#":
        return _MARKDOWN_HEADING.match(text) is not None
    return (
        text[0].isalnum() and not text[0].islower() and not ends_sentence(text) and text[-1] not in ',-–—"”'
    )


def is_caption(text: str) -> bool:
    """Whether a line is a picture's caption or credit."""
    return len(text) <= _CAPTION_CHARS and _is_caption(text)


@functools.lru_cache(maxsize=8192)
def _is_caption(text: str) -> bool:
    lower = text.lower()
    if lower.startswith(_CAPTION_STARTS) or any(sign in lower for sign in _CAPTION_SIGNS):
        return len(text.split()) <= _CAPTION_WORDS and _CAPTION.search(text) is not None
    return False


def label_furniture(
    unit: Unit, i: int, seen: Seen, furniture: Furniture, *, section: str, n_words: int
) -> Label:
    """The kind of a unit that is no prose of the article; ``section`` is what a line without a mark gets."""
    if is_caption(unit.text):
        return _CAPTION_LABEL
    mask, how = seen.line_mask[i], "is"
    if not mask:
        mask, how = seen.start_mask[i], "begins with"
    if not mask and n_words <= _CAPTION_WORDS:
        mask, how = seen.anywhere_mask[i], "holds"
    if mask:
        group = furniture.first(mask)
        return _label(group.kind, f"{how} a phrase of {group.name}")
    if n_words <= 4 and section == "body":
        return _SHORT_LABEL
    return _label("other" if section == "body" else section, f"in a section of {section}")


_CAPTION_LABEL = Label("caption", "caption or credit")
_SHORT_LABEL = Label("navigation", "short line outside the prose")


@functools.cache
def _label(kind: str, reason: str) -> Label:
    """There are some dozen labels of furniture, and thousands of lines."""
    return Label(kind, reason)


def section_after(label: Label, section: str, *, n_words: int) -> str:
    """The section that the lines after a unit stand in, past the article's end."""
    if (
        n_words <= 6
        and label.reason.startswith(("is ", "begins"))
        and label.kind in ("related", "tags", "footer")
    ):
        return label.kind if label.kind != "tags" else "navigation"
    return section
