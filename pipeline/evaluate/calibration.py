"""How far the confidence of claims is from the share of them that is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.evaluate.claims import agreement, span_claim
from pipeline.evaluate.matching import pair, quoted_letters

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidence is from the share of right claims.

    ``error`` is the expected calibration error: the mean distance of the two over bins of equal width,
    weighted by claims. ``bins``: for each that holds claims ``(n_claims, mean confidence, share right)``.
    """

    error: float
    n_claims: int
    bins: tuple[tuple[int, float, float], ...]


def calibrate(
    gold_rows: Sequence[Row], predicted: Mapping[str, Sequence[Row]], *, n_bins: int = 10
) -> Calibration:
    """Compare the ``confidence`` of predicted claims with whether ``claim`` counts them as right."""
    pairs: list[tuple[float, bool]] = []
    for row in gold_rows:
        pairs += _confidences(row, predicted.get(row["doc_id"], ()))
    return calibration(pairs, n_bins=n_bins)


def _confidences(row: Row, claims: Iterable[Row]) -> list[tuple[float, bool]]:
    text = row["text"]
    inside = quoted_letters(text)
    gold = [each for each in (span_claim(text, claim, inside) for claim in row["claims"]) if each.content]
    ours = [each for each in (span_claim(text, claim, inside) for claim in claims) if each.content]
    right = {j for _, j in pair(gold, ours, agreement)}
    return [(each.confidence, j in right) for j, each in enumerate(ours) if each.confidence is not None]


def calibration(pairs: Sequence[tuple[float, bool]], *, n_bins: int = 10) -> Calibration:
    """Expected calibration error of ``(confidence, right)`` pairs."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for each in pairs:
        bins.setdefault(min(n_bins - 1, int(each[0] * n_bins)), []).append(each)
    rows = tuple(
        (len(held), sum(each[0] for each in held) / len(held), sum(each[1] for each in held) / len(held))
        for _, held in sorted(bins.items())
    )
    total = sum(n for n, _, _ in rows)
    error = sum(n * abs(confidence - share) for n, confidence, share in rows) / total if total else 0.0
    return Calibration(error, total, rows)
