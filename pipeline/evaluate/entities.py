"""Named entities against gold: exact, relaxed and boundary figures, with what a data set annotates in mind.

A label counts in a document only where its data set annotates it everywhere (``labels_known``), by hand
(``rule_labels`` are left out). A prediction that touches a name of unknown type (``mask``) does not count
unless it is right. Articles, possessives, quotation marks and brackets at the ends do not count. Where a set
knows only "place" (``coarse_places``), so do we.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.figures import NOTHING, Figure, Interval, add_up, bootstrap, figure

Row = Mapping[str, Any]
Mention = tuple[int, int, str]

GROUPS = (
    "PERSON", "NORP", "ORG", "GPE LOC FAC PLACE", "DATE TIME", "MONEY PERCENT QUANTITY CARDINAL ORDINAL",
    "PRODUCT WEAPON VEHICLE", "EVENT", "WORK_OF_ART LAW",
)  # fmt: skip
"""Labels that agree in the relaxed figure."""

GROUP_OF = {label: number for number, labels in enumerate(GROUPS) for label in labels.split()}
PLACES = frozenset({"GPE", "LOC", "FAC"})

_EDGE = " \t\n\r\u00a0\"'“”‘’()[]{}«»,;:"
_ARTICLE = re.compile(r"(?:the|an|a)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options:
    """``labels`` narrows what is scored; the others switch off one definition each."""

    labels: frozenset[str] | None = None
    with_rule_labels: bool = False
    raw_boundaries: bool = False
    coarse_places: bool = True


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """The counts of one document."""

    data_set: str
    figures: Mapping[str, Figure]
    labels: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class EntityScore:
    """``figures``: ``exact``, ``relaxed``, ``boundary``, of all; ``intervals``: 95 % of their F1."""

    n_documents: int
    n_missing: int
    figures: Mapping[str, Figure]
    labels: Mapping[str, Figure]
    data_sets: Mapping[str, Mapping[str, Figure]]
    intervals: Mapping[str, Interval]


def score_entities(
    gold_rows: Sequence[Row],
    predicted: Mapping[str, Sequence[Sequence[Any]]],
    *,
    options: Options = Options(),
    n_samples: int = 0,
) -> EntityScore:
    """Score ``predicted`` (``[start, end, label, …]`` by ``doc_id``) against rows of ``data/entities``.

    Raises:
        ValueError: a document that is not gold or is given twice, or a span outside its text.
    """
    ids = [row["doc_id"] for row in gold_rows]
    if len(set(ids)) != len(ids):
        raise ValueError("a gold document is given twice")
    if unknown := sorted(set(predicted) - set(ids)):
        raise ValueError(f"predicted documents that are not gold: {unknown[:3]}")
    documents = [score_document(row, predicted.get(row["doc_id"], ()), options) for row in gold_rows]
    by_set: dict[str, list[DocumentScore]] = {}
    for each in documents:
        by_set.setdefault(each.data_set, []).append(each)
    intervals = {
        name: bootstrap(documents, functools.partial(_f1, name), n_samples=n_samples)
        for name in ("exact", "relaxed")
        if n_samples
    }
    return EntityScore(
        n_documents=len(documents),
        n_missing=len(set(ids) - set(predicted)),
        figures=_total(documents),
        labels=dict(sorted(add_up(each.labels for each in documents).items())),
        data_sets={name: _total(each) for name, each in by_set.items()},
        intervals=intervals,
    )


def score_document(row: Row, predicted: Sequence[Sequence[Any]], options: Options) -> DocumentScore:
    """The counts of one gold row."""
    gold, ours = _prepare(row, predicted, options)
    right = gold & ours
    boundaries = {(start, end) for start, end, _ in gold} & {(start, end) for start, end, _ in ours}
    figures = {
        "exact": figure(len(right), len(ours), len(gold)),
        "relaxed": figure(_n_relaxed(gold, ours), len(ours), len(gold)),
        "boundary": figure(len(boundaries), len(ours), len(gold)),
    }
    labels = {
        label: figure(*(sum(each[2] == label for each in found) for found in (right, ours, gold)))
        for label in {each[2] for each in gold | ours}
    }
    return DocumentScore(row.get("set", ""), figures, labels)


def confidences(
    row: Row, predicted: Sequence[Sequence[Any]], options: Options = Options()
) -> list[tuple[float, bool]]:
    """Confidence of each ``[start, end, label, confidence]`` that counts, and whether gold has it."""
    gold, _ = _prepare(row, (), options)
    found = []
    for each in predicted:
        _, ours = _prepare(row, (each,), options)
        found += [(float(each[3]), mention in gold) for mention in ours]
    return found


def _prepare(
    row: Row, predicted: Sequence[Sequence[Any]], options: Options
) -> tuple[set[Mention], set[Mention]]:
    """Gold and predicted mentions that count, in comparable form."""
    labels = set(row["labels_known"])
    if not options.with_rule_labels:
        labels -= set(row.get("rule_labels", ()))
    if options.labels is not None:
        labels &= options.labels
    gold = _comparable(row, row["ents"], labels, options)
    ours = _comparable(row, predicted, labels, options)
    masks = row.get("mask", ())
    return gold, {
        each
        for each in ours
        if each in gold or not any(min(each[1], mask[1]) > max(each[0], mask[0]) for mask in masks)
    }


def _comparable(
    row: Row, mentions: Iterable[Sequence[Any]], labels: set[str], options: Options
) -> set[Mention]:
    text, found = row["text"], set()
    for start, end, label, *_ in mentions:
        if not 0 <= start < end <= len(text):
            raise ValueError(f"no span of {row['doc_id']}: {start}-{end}")
        if label not in labels:
            continue
        if not options.raw_boundaries:
            start, end = trim(text, start, end)
        if options.coarse_places and row.get("coarse_places") and label in PLACES:
            label = "PLACE"
        found.add((start, end, label))
    return found


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without marks at its ends, leading article or possessive; as it is if nothing would be left."""
    first, last = _without_edges(text, start, end)
    article = _ARTICLE.match(text, first, last)
    if article:
        first = article.end()
    if _POSSESSIVE.search(text[first:last]):
        last -= 2
    first, last = _without_edges(text, first, last)
    return (first, last) if first < last else (start, end)


def _without_edges(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _n_relaxed(gold: set[Mention], ours: set[Mention]) -> int:
    """Pairs of overlapping mentions with labels of one group, one to one, the largest overlap first."""
    candidates = sorted(
        (max(p[0], g[0]) - min(p[1], g[1]), p, g)
        for p in ours
        for g in gold
        if min(p[1], g[1]) > max(p[0], g[0]) and p[2] in GROUP_OF and GROUP_OF[p[2]] == GROUP_OF.get(g[2])
    )
    taken_gold: set[Mention] = set()
    taken_ours: set[Mention] = set()
    for _, p, g in candidates:
        if p not in taken_ours and g not in taken_gold:
            taken_ours.add(p)
            taken_gold.add(g)
    return len(taken_ours)


def _f1(name: str, documents: Iterable[DocumentScore]) -> float:
    return _total(documents)[name].f1


def _total(documents: Iterable[DocumentScore]) -> dict[str, Figure]:
    empty = dict.fromkeys(("exact", "relaxed", "boundary"), NOTHING)
    return empty | add_up(each.figures for each in documents)
