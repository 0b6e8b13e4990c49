"""Headers and comment threads: what cleaning says of an article against gold pages."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.figures import NOTHING, Figure, figure
from pipeline.evaluate.matching import Letters, letters, overlap, pair
from pipeline.schema import Article, Segment

Row = Mapping[str, Any]
Figures = dict[str, Figure]

FIELDS = "title subtitle agency publisher site".split()
_SPACE_AND_MARKS = re.compile(r"[\W_]+")


def score_headers(rows: Sequence[Row], articles: Sequence[Article | None]) -> Figures:
    """Precision and recall of each field; ``None`` is an article that cleaning refused.

    A null is no prediction. Authors and tags count one by one. ``published`` and ``updated`` are right to the
    minute, ``published_day`` to the day. A dateline is found where a segment of that kind holds it.
    """
    figures: Figures = {}
    for row, article in zip(rows, articles, strict=True):
        for name, found in _fields(article).items():
            if name.removesuffix("_day") in row["expected"]:
                _add(figures, name, _field(name, row, found))
    return figures


def wrong_fields(row: Row, article: Article | None) -> dict[str, tuple[Any, Any]]:
    """The fields of one page that are not as expected, with ``(expected, found)``, to look at."""
    wrong = {}
    for name, found in _fields(article).items():
        key = name.removesuffix("_day")
        if key in row["expected"]:
            counts = _field(name, row, found)
            if counts.n_right < counts.n_predicted or counts.n_found < counts.n_gold:
                wrong[name] = (row["expected"][key], found)
    return wrong


def _fields(article: Article | None) -> dict[str, Any]:
    """What an article says, by the names of the figures."""
    if article is None:
        return dict.fromkeys(
            [*FIELDS, "authors", "tags", "published", "published_day", "updated", "dateline"]
        )
    document = article.document
    kinds: dict[str, list[str]] = {}
    for segment in article.segments:
        kinds.setdefault(segment.kind, []).append(segment.text)
    found: dict[str, Any] = {name: getattr(document, name) for name in FIELDS}
    found["authors"] = list(document.authors or ())
    found["tags"] = kinds.get("tags")
    found["published"] = document.published
    found["published_day"] = document.published
    found["updated"] = document.updated
    found["dateline"] = kinds.get("dateline")
    return found


def _field(name: str, row: Row, found: Any) -> Figure:
    key = name.removesuffix("_day")
    accepted = row.get("accept", {}).get(key) or [row["expected"][key]]
    expected = accepted[0]
    if key == "authors":
        return _set_figure({plain(each) for each in expected or ()}, {plain(each) for each in found or ()})
    if key in ("tags", "dateline"):
        return _held_figure(expected, found)
    if key in ("published", "updated"):
        return _time_figure(accepted, found, by_day=name != key)
    right = found is not None and plain(found) in [plain(each) for each in accepted if each is not None]
    if right and expected is None:
        return NOTHING
    return figure(
        int(right), int(found is not None and (right or None not in accepted[1:])), int(expected is not None)
    )


def _set_figure(gold: set[str], predicted: set[str]) -> Figure:
    return figure(len(gold & predicted), len(predicted), len(gold))


def _held_figure(expected: Any, segments: Sequence[str] | None) -> Figure:
    """Whether the segments of a kind hold the expected words; all segments are one prediction."""
    if expected is None:
        return figure(0, len(segments or ()), 0)
    wanted = [expected] if isinstance(expected, str) else list(expected)
    n_held = sum(any(plain(each) in plain(text) for text in segments or ()) for each in wanted)
    return Figure(int(n_held > 0), int(bool(segments)), n_held, len(wanted))


def _time_figure(accepted: Sequence[str | None], found: dt.datetime | None, *, by_day: bool) -> Figure:
    times = [dt.datetime.fromisoformat(each) for each in accepted if each is not None]
    if by_day:
        right = found is not None and found.date() in [each.date() for each in times]
    else:
        right = found is not None and found.replace(second=0, microsecond=0) in times
    return figure(int(right), int(found is not None), int(accepted[0] is not None))


def plain(text: str) -> str:
    """Letters and digits in lower case, single spaces between."""
    return _SPACE_AND_MARKS.sub(" ", text).strip().casefold()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as cleaning found it: neighbouring segments of one author and time are one."""

    spans: tuple[tuple[int, int], ...]
    author: str | None
    posted: dt.datetime | None


def find_comments(article: Article) -> list[Comment]:
    """The comments of an article in text order, with what they quote: furniture that has an author."""
    found = []
    for (is_comment, author, posted), group in itertools.groupby(
        article.segments, key=lambda segment: (_of_comment(segment), segment.author, segment.posted)
    ):
        if not is_comment:
            continue
        spans = [(segment.start, segment.end) for segment in group]
        runs = [[span] for span in spans] if author is None else [spans]
        found += [Comment(tuple(run), author, posted) for run in runs]
    return found


def _of_comment(segment: Segment) -> bool:
    return segment.kind == "comment" or (segment.kind == "other" and segment.author is not None)


def score_threads(rows: Sequence[Row], articles: Sequence[Article | None]) -> Figures:
    """Comments found (half their letters in common; ``comment.exact``: all), and what is said of them.

    ``author`` and ``posted`` count over the gold comments: one that is not found has neither. ``letters``
    compares comment text with other text, whoever wrote it.
    """
    figures: Figures = {}
    for row, article in zip(rows, articles, strict=True):
        for name, value in _thread_figures(row, find_comments(article) if article else []).items():
            _add(figures, name, value)
    return figures


def _thread_figures(row: Row, comments: Sequence[Comment]) -> Figures:
    text, gold = row["text"], row["comments"]
    theirs = [letters(text, [(each["start"], each["end"])]) for each in gold]
    ours = [letters(text, each.spans) for each in comments]
    pairs = pair(theirs, ours, lambda g, p: share if (share := overlap(g, p)) >= 0.5 else 0.0)
    exact = sum(theirs[i] == ours[j] for i, j in pairs)
    authors = sum(_same_author(gold[i]["author"], comments[j].author) for i, j in pairs)
    dated = [i for i, each in enumerate(gold) if each["posted"]]
    posted = sum(_same_time(gold[i]["posted"], comments[j].posted) for i, j in pairs if i in dated)
    inside = _union(theirs)
    taken = _union(ours)
    return {
        "comment": figure(len(pairs), len(ours), len(gold)),
        "comment.exact": figure(exact, len(ours), len(gold)),
        "author": figure(authors, sum(each.author is not None for each in comments), len(gold)),
        "posted": figure(posted, sum(each.posted is not None for each in comments), len(dated)),
        "letters": figure(len(inside & taken), len(taken), len(inside)),
    }


def _same_author(expected: str, found: str | None) -> bool:
    return found is not None and plain(expected) == plain(found)


def _same_time(expected: str, found: dt.datetime | None) -> bool:
    return found is not None and found.replace(tzinfo=None, second=0) == dt.datetime.fromisoformat(expected)


def _union(groups: Iterable[Letters]) -> Letters:
    return frozenset().union(*groups)


def _add(figures: Figures, name: str, more: Figure) -> None:
    figures[name] = figures.get(name, NOTHING) + more
