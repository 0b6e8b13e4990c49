"""Claims inside contents, which no annotator marked, for the network to find in one reading.

PolNeAR marks one layer: what is attributed inside a quotation is left unmarked. Read as a text of its own,
a content is an ordinary text again, and the model that has learned from the outer layer finds its claims.
Those become what the nested anchors are trained on, so that nothing needs a second reading at run time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pipeline.config import load_config
from pipeline.model.attribution import decode, score_text
from pipeline.model.session import Session
from pipeline.train.data import Row

QUOTATION_MARKS = "\"“”„«»‘’'"
LEAST_WORDS = 5
"""Shorter contents hold no claim of their own."""

LEAST_LOG_ODDS = -1.5
"""Of anchors: less than any threshold in use."""


def add_nested(rows: Iterable[Row], session: Session) -> Iterator[Row]:
    """Each row with ``nested``: the claims that the model of ``session`` finds in its claims' contents.

    They have source, cue and content as the row's own claims, and ``chance``, the model's probability.
    """
    outside = load_config().model.outside_log_odds
    for row in rows:
        cues = [tuple(span) for claim in row["claims"] for span in claim["cue"]]
        spans = {_without_marks(row["text"], *span) for claim in row["claims"] for span in claim["content"]}
        found: dict[tuple[int, int], dict[str, Any]] = {}
        for begin, end in sorted(spans, key=lambda span: span[0] - span[1]):
            if len(row["text"][begin:end].split()) >= LEAST_WORDS:
                for claim in _read(row["text"][begin:end], begin, session, outside):
                    at = tuple(claim["cue"][0])
                    if not any(a < at[1] and at[0] < b for a, b in cues):
                        found[at] = claim  # of overlapping contents the smallest, read last, decides
        yield {**row, "nested": list(found.values())}


def _read(text: str, shift: int, session: Session, outside: float) -> Iterator[dict[str, Any]]:
    scores = score_text(text, session)
    starts, ends = scores.pieces.starts + shift, scores.pieces.ends + shift
    for claim in decode(scores, LEAST_LOG_ODDS, outside):
        if claim.source:
            spans = {
                role: [[int(starts[a]), int(ends[b - 1])] for a, b in getattr(claim, role)]
                for role in ("source", "cue", "content")
            }
            yield {**spans, "chance": float(1 / (1 + np.exp(-claim.features[0])))}


def _without_marks(text: str, begin: int, end: int) -> tuple[int, int]:
    """The range without quotation marks and spaces at its edges."""
    while begin < end and (text[begin] in QUOTATION_MARKS or text[begin].isspace()):
        begin += 1
    while end > begin and (text[end - 1] in QUOTATION_MARKS or text[end - 1].isspace()):
        end -= 1
    return begin, end
