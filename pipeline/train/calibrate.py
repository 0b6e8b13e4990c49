"""Scores of the exported model to probabilities: logistic regressions on dev data."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from pipeline.config import load_config
from pipeline.evaluate.calibration import calibration
from pipeline.evaluate.claims import agreement, span_claim
from pipeline.evaluate.matching import pair, quoted_letters
from pipeline.model.attribution import decode, score_text
from pipeline.model.components import entity_spans
from pipeline.model.decode import FEATURES
from pipeline.model.session import Session
from pipeline.train.data import Row, read_rows

ANCHOR_FROM = -1.0
"""Claims from this log-odds on are calibrated on: more than any threshold in use lets through."""


class CalibrationError(Exception):
    """Nothing can be learned from what the model gets right."""


def calibrate(folder: Path, data: Path, *, without: Set[str] = frozenset()) -> dict[str, Any]:
    """Weights of the confidences for ``model.json``, with their expected calibration errors, cross-validated.

    Args:
        folder: An exported model.
        data: The data folder; what it lacks is left uncalibrated.
        without: Sources that are not to be learned from here either.

    Raises:
        CalibrationError: the model finds no claim, or none that is right.
    """
    session, out = Session(folder), dict[str, Any]()
    claims = data / "attribution" / "polnear-dev.jsonl"
    if claims.is_file() and "polnear" not in without:
        x, y = _claims(read_rows(claims), session)
        if y.all() or not y.any():
            raise CalibrationError(f"{y.sum()} of {len(y)} claims on dev are right: the model is not trained")
        fitted = LogisticRegression(max_iter=1000).fit(x, y)
        out["claim_confidence"] = [*map(float, fitted.coef_[0]), float(fitted.intercept_[0])]
        out["claim_calibration_error"] = _error(x, y)
    found = sorted((data / "entities").glob("*-dev.jsonl"))
    sets = [path for path in found if path.name.removesuffix("-dev.jsonl") not in without]
    if sets:
        x, y = _entities([row for path in sets for row in read_rows(path)], session)
        fitted = LogisticRegression(max_iter=1000).fit(x, y)
        out["entity_confidence"] = [float(fitted.coef_[0][0]), float(fitted.intercept_[0])]
        out["entity_calibration_error"] = _error(x, y)
    return out


def _error(x: npt.NDArray[np.float64], y: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error of five folds, each predicted from the others."""
    found = cross_val_predict(LogisticRegression(max_iter=1000), x, y, cv=5, method="predict_proba")[:, 1]
    return round(calibration(list(zip(found.tolist(), y.tolist(), strict=True))).error, 4)


def _claims(rows: list[Row], session: Session) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Features of each claim found, of shape (claims, ``FEATURES``), and whether it is right."""
    features, right = [], []
    outside = load_config().model.outside_log_odds
    for row in rows:
        scores = score_text(row["text"], session)
        starts, ends = scores.pieces.starts, scores.pieces.ends
        inside = quoted_letters(row["text"])
        claims = decode(scores, ANCHOR_FROM, outside)
        spans = [
            {
                r: [[int(starts[a]), int(ends[b - 1])] for a, b in getattr(c, r)]
                for r in ("source", "cue", "content")
            }
            for c in claims
        ]
        ours = [span_claim(row["text"], claim, inside) for claim in spans]
        gold = [span_claim(row["text"], claim, inside) for claim in row["claims"]]
        hits = {j for _, j in pair([g for g in gold if g.content], ours, agreement)}
        features += [claim.features for claim in claims]
        right += [j in hits for j in range(len(claims))]
    return np.array(features).reshape(-1, len(FEATURES)), np.array(right)


def _entities(rows: list[Row], session: Session) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Log-odds of each entity found, of shape (entities, 1), and whether its span and label are gold's."""
    features, right = [], []
    for row in rows:
        known = set(row["labels_known"]) - set(row.get("rule_labels") or ())
        places = ("GPE", "LOC", "FAC") if row.get("coarse_places") else ()
        masked = [(begin, end) for begin, end, *_ in row.get("mask") or ()]
        gold = {(b, e, "PLACE" if label in places else label) for b, e, label in row["ents"]}
        scores = score_text(row["text"], session)
        for begin, end, label, log_odds in entity_spans(scores):
            if label in known and not any(begin < e and b < end for b, e in masked):
                features.append([log_odds])
                right.append((begin, end, "PLACE" if label in places else label) in gold)
    return np.array(features), np.array(right)
