"""Blog posts: excerpts of other outlets and updates, line by line, against gold posts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.evaluate.figures import NOTHING, Figure, figure
from pipeline.evaluate.metadata import plain
from pipeline.schema import Article

Row = Mapping[str, Any]
NAMES = {"quote": "outlet", "update": "update_author"}
"""What the author of a segment of each kind is called in the figures."""
_LINE = re.compile(r"\S[^\n]*")


def score_posts(rows: Sequence[Row], articles: Sequence[Article | None]) -> dict[str, Figure]:
    """Lines of each kind, and of those that the post names an outlet or author for, how many have it."""
    figures = dict.fromkeys([*NAMES, *NAMES.values()], NOTHING)
    for row, article in zip(rows, articles, strict=True):
        for kind, name in NAMES.items():
            gold = {at: mark["name"] for at, mark in _marked(row, kind)}
            found = _found(row["text"], article, kind)
            named = {at: value for at, value in gold.items() if value}
            ours = {at: value for at, value in found.items() if value and (at in named or at not in gold)}
            right = sum(plain(ours[at]) == plain(value) for at, value in named.items() if at in ours)
            figures[kind] += figure(len(gold.keys() & found.keys()), len(found), len(gold))
            figures[name] += figure(right, len(ours), len(named))
    return figures


def _marked(row: Row, kind: str) -> Iterator[tuple[int, Row]]:
    for mark in row["marks"]:
        if mark["kind"] == kind:
            for line in _LINE.finditer(row["text"], mark["start"], mark["end"]):
                yield line.start(), mark


def _found(text: str, article: Article | None, kind: str) -> dict[int, str | None]:
    """The author of each line of a kind, by the line's start."""
    segments = [s for s in article.segments if s.kind == kind] if article else []
    return {line.start(): s.author for s in segments for line in _LINE.finditer(text, s.start, s.end)}
