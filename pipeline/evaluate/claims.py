"""Attributed claims against gold spans, and where they fail.

A claim is right where its content and its source each have at least half their letters in common with a gold
claim's; a source absent on both sides agrees. Only letters and digits count, so that a quotation mark more or
less is no mistake. Figures are summed over documents (micro averages).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.figures import NOTHING, Figure, Interval, add_up, bootstrap, figure
from pipeline.evaluate.matching import NO_LETTERS, Letters, letters, overlap, pair, quoted_letters
from pipeline.evaluate.patterns import PATTERNS, find_patterns

Row = Mapping[str, Any]
Figures = dict[str, Figure]

ROLES = ("source", "cue", "content")
HALF = 0.5
"""Least overlap of two spans that are taken for the same."""


@dataclass(frozen=True, slots=True)
class SpanClaim:
    """A claim as letters of its text; ``quoted``: at least half of the content stands in quotation marks."""

    source: Letters
    cue: Letters
    content: Letters
    quoted: bool
    patterns: frozenset[str]
    confidence: float | None

    def role(self, name: str) -> Letters:
        found: Letters = getattr(self, name)
        return found


@dataclass(frozen=True, slots=True)
class ClaimScore:
    """Figures by name over all documents, with 95 % intervals of the F1 where asked for."""

    figures: Mapping[str, Figure]
    intervals: Mapping[str, Interval]
    n_missing: int


def score_claims(
    gold_rows: Sequence[Row], predicted: Mapping[str, Sequence[Row]], *, n_samples: int = 0
) -> ClaimScore:
    """Score claims ``{source, cue, content: [[start, end], …]}``, by ``doc_id``, against gold rows.

    Figures: ``chars.ROLE`` letters that carry a role; ``span.ROLE`` and ``exact.ROLE`` one-to-one matches of
    the role; ``claim``, ``claim.exact``, ``claim.quoted``, ``claim.unquoted``; ``pattern.NAME`` of
    ``patterns.PATTERNS``; ``fault.content_too_long``, claims found by their cue, right where the content does
    not swallow what surrounds it; ``fault.wrong_speaker``, claims found by their content, right where the
    source is. A predicted document that is not gold is ignored, a gold one without prediction
    counts as empty.
    """
    documents = [document_figures(row, predicted.get(row["doc_id"], ())) for row in gold_rows]
    measures = [name for name in ("claim", "claim.exact", "claim.quoted", "claim.unquoted") if n_samples]
    return ClaimScore(
        figures=add_up(documents),
        intervals={name: bootstrap(documents, _f1_of(name), n_samples=n_samples) for name in measures},
        n_missing=sum(row["doc_id"] not in predicted for row in gold_rows),
    )


def by_group(
    gold_rows: Sequence[Row], predicted: Mapping[str, Sequence[Row]], group: Callable[[Row], str]
) -> dict[str, Figure]:
    """The ``claim`` figure of each group of documents, such as their publisher, by name."""
    found: dict[str, list[Row]] = {}
    for row in gold_rows:
        found.setdefault(group(row), []).append(row)
    return {name: score_claims(rows, predicted).figures["claim"] for name, rows in sorted(found.items())}


def publisher_of(row: Row) -> str:
    """The publisher of a PolNeAR article: the first part of its id."""
    return str(row["doc_id"]).partition("_")[0]


def _f1_of(name: str) -> Callable[[Sequence[Figures]], float]:
    return lambda documents: sum((each[name] for each in documents), NOTHING).f1


def document_figures(row: Row, claims: Iterable[Row]) -> Figures:
    """All figures of one gold row."""
    text = row["text"]
    inside = quoted_letters(text)
    gold = [each for each in (span_claim(text, claim, inside) for claim in row["claims"]) if each.content]
    ours = [each for each in (span_claim(text, claim, inside) for claim in claims) if each.content]
    figures: Figures = {}
    for role in ROLES:
        figures |= _role_figures(role, gold, ours)
    pairs = pair(gold, ours, agreement)
    exact = pair(gold, ours, lambda g, p: float(same_letters(g, p)))
    figures["claim"] = figure(len(pairs), len(ours), len(gold))
    figures["claim.exact"] = figure(len(exact), len(ours), len(gold))
    figures["claim.quoted"] = _kind_figure(gold, ours, pairs, lambda each: each.quoted)
    figures["claim.unquoted"] = _kind_figure(gold, ours, pairs, lambda each: not each.quoted)
    figures["fault.content_too_long"] = _by_cue(gold, ours)
    figures["fault.wrong_speaker"] = _by_content(gold, ours)
    for name in PATTERNS:
        figures[f"pattern.{name}"] = _kind_figure(gold, ours, pairs, functools.partial(_shows, name))
    return figures


def _shows(pattern: str, claim: SpanClaim) -> bool:
    return pattern in claim.patterns


def span_claim(text: str, claim: Row, inside: frozenset[int]) -> SpanClaim:
    """A claim of a row as letters, with the patterns that it shows."""
    content = letters(text, claim.get("content") or ())
    return SpanClaim(
        source=letters(text, claim.get("source") or ()),
        cue=letters(text, claim.get("cue") or ()),
        content=content,
        quoted=2 * len(content & inside) >= len(content),
        patterns=find_patterns(text, claim, inside),
        confidence=claim.get("confidence"),
    )


def _role_figures(role: str, gold: Sequence[SpanClaim], ours: Sequence[SpanClaim]) -> Figures:
    theirs = [each.role(role) for each in gold if each.role(role)]
    found = [each.role(role) for each in ours if each.role(role)]
    all_theirs, all_found = NO_LETTERS.union(*theirs), NO_LETTERS.union(*found)
    near = pair(theirs, found, lambda g, p: share if (share := overlap(g, p)) >= HALF else 0.0)
    same = pair(theirs, found, lambda g, p: float(g == p))
    return {
        f"chars.{role}": figure(len(all_theirs & all_found), len(all_found), len(all_theirs)),
        f"span.{role}": figure(len(near), len(found), len(theirs)),
        f"exact.{role}": figure(len(same), len(found), len(theirs)),
    }


def _by_cue(gold: Sequence[SpanClaim], ours: Sequence[SpanClaim]) -> Figure:
    pairs = pair(gold, ours, lambda g, p: overlap(g.cue, p.cue) if g.cue & p.cue else 0.0)
    n_right = sum(not _swallows(ours[j].content, gold[i].content) for i, j in pairs)
    return figure(n_right, len(pairs), len(pairs))


def _swallows(ours: Letters, gold: Letters) -> bool:
    """Whether a content holds all of gold and half as much again."""
    return gold <= ours and len(ours) > 1.5 * len(gold)


def _by_content(gold: Sequence[SpanClaim], ours: Sequence[SpanClaim]) -> Figure:
    pairs = pair(gold, ours, lambda g, p: s if (s := overlap(g.content, p.content)) >= HALF else 0.0)
    n_right = sum(overlap(gold[i].source, ours[j].source) >= HALF for i, j in pairs)
    return figure(n_right, len(pairs), len(pairs))


def agreement(gold: SpanClaim, ours: SpanClaim) -> float:
    """Overlap of contents plus overlap of sources, 0 where either is below half."""
    content = overlap(gold.content, ours.content)
    source = overlap(gold.source, ours.source)
    return content + source if content >= HALF and source >= HALF else 0.0


def same_letters(gold: SpanClaim, ours: SpanClaim) -> bool:
    """Content and source equal to the letter, and cues that overlap or are absent on both sides."""
    cues = bool(gold.cue & ours.cue) or (not gold.cue and not ours.cue)
    return gold.content == ours.content and gold.source == ours.source and cues


def _kind_figure(
    gold: Sequence[SpanClaim],
    ours: Sequence[SpanClaim],
    pairs: Sequence[tuple[int, int]],
    is_kind: Callable[[SpanClaim], bool],
) -> Figure:
    """Right ones among the predictions of a kind, found ones among the gold claims of that kind."""
    return Figure(
        n_right=sum(is_kind(ours[j]) for _, j in pairs),
        n_predicted=sum(map(is_kind, ours)),
        n_found=sum(is_kind(gold[i]) for i, _ in pairs),
        n_gold=sum(map(is_kind, gold)),
    )
