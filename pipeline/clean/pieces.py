"""Stretches of an article's lines, each with its kind: put together, cut where a thread begins, merged."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.clean.features import look_up
from pipeline.clean.furniture import Furniture
from pipeline.clean.kinds import Label, label_furniture
from pipeline.clean.lines import Page, Unit
from pipeline.clean.quoting import repeated_lines
from pipeline.clean.threads import Thread

_MERGED_KINDS = frozenset({"navigation", "footer", "related", "promo", "tags", "other"})


class Piece(NamedTuple):
    """Lines ``first`` to ``last - 1``, what they are, and the words of those that are kept."""

    first: int
    last: int
    label: Label
    kept: bool = False
    n_words: int = 0
    posted: dt.datetime | None = None


def with_thread(pieces: list[Piece], page: Page, thread: Thread, furniture: Furniture) -> list[Piece]:
    """The pieces with those of the thread's lines in place of what was there."""
    before = [_cut(p, page, 0, thread.first) for p in pieces if p.first < thread.first]
    after = [_cut(p, page, thread.last, len(page)) for p in pieces if p.last > thread.last]
    inner: list[Piece] = []
    repeated = repeated_lines(page, thread)
    at = thread.first
    for comment in thread.comments:
        spans = [(r, Label("other", "repeats an earlier comment")) for r in comment.repeats]
        spans.append((comment.signature, Label("byline", "signature of a comment")))
        for quotes, group in itertools.groupby(comment.lines, key=repeated.__contains__):
            lines = list(group)
            label = Label("comment", "signed comment", comment.author)
            quoting = Label("other", "comment repeats what stands above", comment.author)
            spans.append((range(lines[0], lines[-1] + 1), quoting if quotes else label))
        for span, label in sorted(spans, key=lambda pair: pair[0].start):
            inner += [_thread_notice(page, i, furniture) for i in range(at, span.start)]
            posted = comment.posted if label.author is not None else None
            inner.append(Piece(span.start, span.stop, label, posted=posted))
            at = span.stop
    inner += [_thread_notice(page, i, furniture) for i in range(at, thread.last)]
    return before + inner + after


def _cut(piece: Piece, page: Page, begin: int, end: int) -> Piece:
    """The piece's lines from ``begin`` to ``end - 1``."""
    first, last = max(piece.first, begin), min(piece.last, end)
    if (first, last) == (piece.first, piece.last):
        return piece
    n_words = sum(len(line.split()) for line in page.lines[first:last]) if piece.kept else 0
    return piece._replace(first=first, last=last, n_words=n_words)


def _thread_notice(page: Page, i: int, furniture: Furniture) -> Piece:
    unit = Unit(i, i + 1, page.lines[i])
    seen = look_up([unit], furniture)
    n_words = len(unit.text.split())
    return Piece(i, i + 1, label_furniture(unit, 0, seen, furniture, section="navigation", n_words=n_words))


def merged_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring pieces of furniture of one kind as one."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last and not (last.kept or piece.kept) and last.label.kind == piece.label.kind in _MERGED_KINDS:
            merged[-1] = last._replace(last=piece.last)
        else:
            merged.append(piece)
    return merged
