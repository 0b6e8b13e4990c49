"""Lines of a comment thread that no reader wrote: buttons and counts, notes, places where a comment stood.

``configs/lexicon/threads.toml`` holds the words.
"""

from __future__ import annotations

import re
import tomllib

from pipeline.config import CONFIGS

_NOTE_CHARS = 60
_NOTICE_CHARS = 200


def _read() -> dict[str, list[str]]:
    return tomllib.loads((CONFIGS / "lexicon" / "threads.toml").read_text(encoding="utf-8"))


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LISTS = _read()
_BUTTONS = re.compile(
    rf"^(?:[\W\d]*(?:{_any(_LISTS['buttons'])}|in reply to .{{1,40}}|"
    r"\d+ ?(?:[smhdwy]|mo|hrs?|mins?))\b[\W\d]*)+$|"
    r"^[\W\d]+$|^_{5,}$|"
    r"^(?:the )?comments? (?:below )?(?:have|has|are|is) (?:not )?(?:been )?(?:pre-?)?moderated\b.*$",
    re.I,
)
_NOTICES = tuple(_LISTS["notices"])
_ABOUT = re.compile(rf"^\W*(?:{_any(_LISTS['about'])})\b.{{0,{_NOTE_CHARS}}}$", re.I)
_ADDRESS = re.compile(rf"^\W*(?:{_any(_LISTS['address'])})\b.{{0,50}}$|^@[\w.-]+$", re.I)
_REMOVED = re.compile(
    rf"^\W*(?:(?:this|the) )?(?:{_any(_LISTS['things'])})(?: (?:has been|have been|was|is))? "
    rf"(?:{_any(_LISTS['gone'])})\b.*$|^[\[(]\s*(?:{_any(_LISTS['gone'])})\b[^\])]*[\])]$",
    re.I,
)


def is_button(line: str) -> bool:
    """Whether a line is nothing but buttons, counts and marks: "3 | Reply | Share", "Score: 31"."""
    return _BUTTONS.match(line) is not None


def is_note(line: str) -> bool:
    """Whether a line says something about a comment: "Liked by Ann Roe", "Last updated: 3 May 7:51 am"."""
    return _ABOUT.match(line) is not None


def is_address(line: str) -> bool:
    """Whether a line above a comment says whom it answers: "In reply to Ann Roe", "@ann"."""
    return _ADDRESS.match(line) is not None


def is_notice(line: str) -> bool:
    """Whether a line above the first comment is the site's own: "This discussion is closed to comments"."""
    return line.lower().startswith(_NOTICES)


def is_removed(line: str) -> bool:
    """Whether a line stands for a comment that is gone: "[deleted]", "Comment removed by its author"."""
    return len(line) <= _NOTICE_CHARS and _REMOVED.match(line) is not None
