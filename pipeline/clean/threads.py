"""Comment threads: where one stands, and its comments with their authors and times.

A comment carries a signature: a short line that is a name and a time ("NAME on DATE at TIME", "2 hours
ago" under a name), or a name and a verb ("NAME says:"). In some threads it stands before the comment, in
others after it; a thread has one style.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.clean.furniture import Furniture
from pipeline.clean.lines import Page, ends_sentence
from pipeline.clean.signatures import (
    MAX_SIGNATURE_CHARS,
    Signature,
    dated_of,
    find_signatures,
    name_of,
    with_repliers,
    without_quoted,
)
from pipeline.clean.thread_lines import is_address, is_button, is_note, is_notice, is_removed

_BUTTON_WORDS = 7
_MIN_UNHEADED = 3
"""Signatures that make a thread without a heading; teasers with author and date have no prose between."""

_NAMED = re.compile(r"^(?P<name>@?[\w.'’-]+(?: [\w.'’-]+){0,2}): \S")
_REPLY_LINE = re.compile(r"\b(?:reply|like)\b", re.I)
_JOB = re.compile(r"^(?:works|worked|studied|studies|lives|.{2,40} (?:at|·)) \S.{0,60}$", re.I)
_HEADING = re.compile(
    r"^(?:(?:\d[\d,]* |no |view |show |all |read |load |reader |user |post(?:ed)? |your )*"
    r"(?:comments?|responses?|replies|thoughts|reader comments|discussion|talkbacks?|feedback)"
    r"(?: (?:so far|to|on|for|about|are closed|closed)\b.*)?[\s:]*(?:\(?[\d,]+\)?)?\.?"
    r"|\d[\d,]* (?:comments?|responses?|replies)\b.{0,40})$",
    re.I,
)
_HEADING_WORDS = "comment respons repl thought discuss talkback feedback".split()


@dataclass(frozen=True, slots=True)
class Comment:
    """A reader's comment: its own lines, and the lines before them that repeat what stands earlier."""

    author: str
    posted: dt.datetime | None
    signature: range
    repeats: tuple[range, ...]
    lines: range


@dataclass(frozen=True, slots=True)
class Thread:
    """Lines ``first`` to ``last - 1`` with a heading or notices, comments and what stands between them."""

    first: int
    last: int
    comments: tuple[Comment, ...]


def _unsigned_thread(page: Page, heading: int, furniture: Furniture) -> Thread | None:
    """A thread whose comments have a name but no time."""
    last = heading + 1
    named: list[Comment] = []
    while last < len(page) and (match := _NAMED.match(page.lines[last])):
        named.append(Comment(match["name"].lstrip("@"), None, range(last, last), (), range(last, last + 1)))
        last += 1
    if len(named) > 1:
        return Thread(heading, last, tuple(named))
    return _reply_blocks(page, heading, furniture)


def _reply_blocks(page: Page, heading: int, furniture: Furniture) -> Thread | None:
    """A thread of blocks that "Like · Reply" lines end: a name, perhaps a place of work, the comment."""
    comments: list[Comment] = []
    first = last = heading + 1
    for i in range(heading + 1, len(page)):
        if not (is_button(page.lines[i]) and _REPLY_LINE.search(page.lines[i])):
            continue
        first = _after_furniture(page, first, i, furniture)
        name = name_of(page.lines[first]) if i - first > 1 else None
        if name:
            own = first + 2 if i - first > 2 and _JOB.match(page.lines[first + 1]) else first + 1
            comments.append(Comment(name, None, range(first, own), (), range(own, i)))
            last = i
        first = i + 1
    return Thread(comments[0].signature.start, last, tuple(comments)) if comments else None


def _is_prose(line: str) -> bool:
    return len(line.split()) >= 4 or ends_sentence(line)


def _is_text(line: str) -> bool:
    """Whether a line below the heading is a comment: buttons have a few words and no end mark."""
    return ends_sentence(line) or len(line.split()) >= _BUTTON_WORDS


def _is_notice(line: str, furniture: Furniture) -> bool:
    lower = line.lower()
    if furniture.start_mask(lower) or furniture.line_mask(lower) or furniture.is_menu(lower):
        return True
    return is_notice(line) or bool(furniture.find_anywhere([lower])[0] & furniture.bits["comments"])


def _is_heading(line: str) -> bool:
    if len(line) >= 80:
        return False
    lower = line.lower()
    return any(word in lower for word in _HEADING_WORDS) and _HEADING.match(line) is not None


def find_thread(page: Page, start: int, furniture: Furniture) -> Thread | None:
    """The comment thread from line ``start`` on, if there is one."""
    short = [i for i in range(start, len(page)) if len(page.lines[i]) <= MAX_SIGNATURE_CHARS]
    headings = [i for i in short if _is_heading(page.lines[i])]
    signatures = without_quoted(find_signatures(page, start, short, furniture))
    signatures = with_repliers(page, signatures, start)
    if not signatures:
        return _unsigned_thread(page, headings[-1], furniture) if headings else None
    heading = max((i for i in headings if i < signatures[0].first), default=None)
    if heading is None and headings:
        signatures = [s for s in signatures if s.first > headings[0]]
        heading = headings[0] if signatures else None
        if not signatures:
            return None
    if heading is None and not _stands_alone(page, signatures):
        return None
    before = _comes_before(page, signatures, heading, furniture)
    if before:
        comments, last = _signed_above(page, signatures, furniture)
    else:
        first = heading + 1 if heading is not None else signatures[0].first - 1
        comments, last = _signed_below(page, signatures, max(first, start), furniture)
    comments = _addressed(comments)
    if not comments:
        return None
    first = (
        comments[0].signature.start
        if before
        else min([r.start for r in comments[0].repeats] + [comments[0].lines.start])
    )
    return Thread(first, last, tuple(comments))


def _stands_alone(page: Page, signatures: Sequence[Signature]) -> bool:
    """Whether the signatures make a thread though no heading announces one."""
    if all(s.says or s.signed for s in signatures):
        return len(signatures) > 1
    if len(signatures) < _MIN_UNHEADED:
        return False
    timed = sum(s.says or (s.posted is not None and s.posted.time() != dt.time()) for s in signatures)
    between = [page.lines[a.last : b.first] for a, b in itertools.pairwise(signatures)]
    prose = sum(any(ends_sentence(line) and len(line.split()) >= 4 for line in lines) for lines in between)
    return timed >= len(signatures) / 2 and prose >= max(1, 0.7 * len(between))


def _comes_before(
    page: Page, signatures: Sequence[Signature], heading: int | None, furniture: Furniture
) -> bool:
    """Whether the thread's signatures stand above their comments."""
    if any(s.says for s in signatures):
        return True
    if heading is not None:
        between = page.lines[heading + 1 : signatures[0].first]
        texts = (line for line in between if _is_text(line) and not is_button(line))
        return all(_is_notice(line, furniture) for line in texts)
    after = page.lines[signatures[-1].last : signatures[-1].last + 2]
    return any(ends_sentence(line) and _is_prose(line) for line in after)


def _signed_above(
    page: Page, signatures: Sequence[Signature], furniture: Furniture
) -> tuple[list[Comment], int]:
    """Comments that follow their signature, and the line after the last one."""
    comments: list[Comment] = []
    last = signatures[-1].last
    ends = [s.first for s in signatures[1:]] + [len(page)]
    for signature, end in zip(signatures, ends, strict=True):
        lines = _comment_lines(page, signature.last, end, furniture)
        posted = signature.posted
        dated = dated_of(page.lines[lines.stop - 1]) if len(lines) > 1 and not signature.timed else None
        if dated and not dated[0]:  # "NAME said...", the comment, its date
            lines, posted = range(lines.start, lines.stop - 1), dated[1]
        if len(lines):
            own = range(signature.first, signature.last)
            comments.append(Comment(signature.author, posted, own, (), _said(page, lines)))
            last = lines.stop
    return comments, last


def _said(page: Page, lines: range) -> range:
    """A comment's lines; none of them where they say that it was removed."""
    return lines[:0] if len(lines) == 1 and is_removed(page.lines[lines.start]) else lines


def _comment_lines(page: Page, first: int, end: int, furniture: Furniture) -> range:
    """A comment's own lines between its signature and ``end``: up to the first line of furniture."""
    while first < end and any(each(page.lines[first]) for each in (is_button, is_note, is_address)):
        first += 1
    last = first
    while last < end:
        line = page.lines[last]
        if is_button(line) or is_note(line):
            break
        lower = line.lower()
        if (
            furniture.line_mask(lower)
            or (furniture.start_mask(lower) and not ends_sentence(line))
            or _HEADING.match(line)
        ):
            break
        last += 1
    return range(first, last)


def _signed_below(
    page: Page, signatures: Sequence[Signature], first: int, furniture: Furniture
) -> tuple[list[Comment], int]:
    """Comments that stand above their signature, and the line after the last one.

    A signature seen before, with the same time, closes a quotation of that comment, not a new one.
    """
    comments: list[Comment] = []
    seen: set[tuple[str, dt.datetime | None]] = set()
    repeats: list[range] = []
    start = first
    for signature in signatures:
        key = (signature.author, signature.posted)
        if key in seen and signature.posted is not None:
            repeats.append(range(start, signature.last))
            start = signature.last
            continue
        seen.add(key)
        start = _after_furniture(page, start, signature.first, furniture)
        own = range(signature.first, signature.last)
        if start < signature.first:
            lines = _said(page, range(start, signature.first))
            comments.append(Comment(signature.author, signature.posted, own, tuple(repeats), lines))
        repeats = []
        start = signature.last
    return comments, signatures[-1].last


def _addressed(comments: list[Comment]) -> list[Comment]:
    """The comments, without the name of whom they answer after their author's: "NAME OTHER"."""
    authors = {comment.author for comment in comments}
    short = []
    for comment in comments:
        author, _, other = comment.author.partition(" ")
        short.append(replace(comment, author=author) if other in authors else comment)
    return short


def _after_furniture(page: Page, start: int, end: int, furniture: Furniture) -> int:
    """The line after the last line of furniture in ``start`` to ``end - 1``."""
    for i in range(end - 1, start - 1, -1):
        line = page.lines[i]
        if is_button(line) or furniture.line_mask(line.lower()):
            return i + 1
    return start
