"""Characters that scraping damaged: what a reader sees in their place, and where that stood.

Soft hyphens, zero-width characters and marks of direction print nothing; character references and UTF-8 that
was read as Windows-1252 stand for one character. The text itself is never changed: names and claims are
looked for in what a reader sees, and every offset leads back to what is written.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_REFERENCE = r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d?);"
# Two to four characters that are a lead byte of UTF-8 and its continuation bytes, each read as Windows-1252.
_LEAD = {2: "\u00c2-\u00df", 3: "\u00e0-\u00ef", 4: "\u00f0-\u00f4"}
_NEXT = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MOJIBAKE = "|".join(rf"[{lead}][{_NEXT}]{{{n - 1}}}" for n, lead in _LEAD.items())
_DAMAGE = re.compile(rf"(?P<gone>[{_INVISIBLE}]+)|(?P<reference>{_REFERENCE})|(?P<mojibake>{_MOJIBAKE})")
_SUSPECT = re.compile(rf"[{_INVISIBLE}{_LEAD[2]}{_LEAD[3]}{_LEAD[4]}]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """From code point ``at`` of what is seen on, one code point stands for one from ``written`` on.

    ``wide``: what is skipped before ``written`` belongs to the character before ``at``.
    """

    at: int
    written: int
    wide: bool


def as_seen(text: str) -> tuple[str, tuple[Anchor, ...]]:
    """What a reader sees of ``text``, and where its offsets part from those of ``text``; none if nowhere."""
    if "&" not in text and (text.isascii() or not _SUSPECT.search(text)):
        return text, ()
    pieces: list[str] = []
    anchors: list[Anchor] = []
    end = n_seen = 0
    for match in _DAMAGE.finditer(text):
        shown = _shown(match)
        if shown is None:
            continue
        pieces += [text[end : match.start()], shown]
        n_seen += match.start() - end + len(shown)
        end = match.end()
        anchors.append(Anchor(n_seen, end, wide=bool(shown)))
    return ("".join([*pieces, text[end:]]), tuple(anchors)) if anchors else (text, ())


def _shown(match: re.Match[str]) -> str | None:
    """What stands for damaged characters: nothing, one character, or ``None`` where they are no damage."""
    if match["gone"]:
        return ""
    reference = match["reference"]
    shown = html.unescape(reference) if reference else _redecoded(match["mojibake"])
    if len(shown) != 1 or not (shown.isprintable() or shown == "\u00a0"):
        return "" if shown in ("\u00ad", "\u200b", "\ufeff") else None
    return " " if shown == "\u00a0" else shown


def _redecoded(written: str) -> str:
    """UTF-8 out of what was read as Windows-1252; ``written`` where it is none."""
    try:
        return b"".join(map(_byte, written)).decode("utf-8")
    except UnicodeError:
        return written


def _byte(char: str) -> bytes:
    """The byte that Windows-1252 reads as ``char``; it leaves five undefined, which stand for themselves."""
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")
