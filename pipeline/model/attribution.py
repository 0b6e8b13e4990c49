"""Scores of one text to its claims in pieces, and to those inside other claims' contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.model.decode import (
    ClaimPieces,
    Floats,
    Ranges,
    bio_transitions,
    drop_repeats,
    find_anchors,
    log_softmax,
    read_claim,
    viterbi,
)
from pipeline.model.labels import CLAIM_LABELS, REACH
from pipeline.model.pieces import Pieces
from pipeline.model.session import Session, WindowScores

QUOTATION_MARKS = "\"“”„«»‘’'"
_TRANSITIONS = bio_transitions(CLAIM_LABELS)


@dataclass(frozen=True, slots=True)
class Scores:
    """A text's pieces and what the encoder says of them, with the session that can say more."""

    text: str
    pieces: Pieces
    windows: tuple[WindowScores, ...]
    session: Session

    def head(self, name: str) -> Floats:
        """Scores of one head for the whole text, of shape (pieces, outputs)."""
        return np.concatenate([w.head(name) for w in self.windows])


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """A claim in code points of its text; ``parent`` is the number of the claim it stands in."""

    source: Ranges
    cue: Ranges
    content: Ranges
    confidence: float
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When the decoder takes something for a claim; log-odds, measured on dev (``docs/MODEL.md``).

    ``anchor``: a piece begins a cue. ``outside``: added to the scores of belonging to no part of a claim
    before the best labels are chosen; negative values make spans longer. ``reread``: a
    piece inside a content looks enough like a cue for the content to be read again as a text of its own.
    ``nested``: it then begins one.
    """

    anchor: float
    outside: float
    reread: float
    nested: float
    min_confidence: float


def score_texts(texts: Sequence[str], session: Session, *, batch_pieces: int) -> list[Scores]:
    """The encoder's scores of several texts, read together."""
    pieces = [session.cut(text) for text in texts]
    windows = session.encode(pieces, batch_pieces=batch_pieces)
    return [Scores(t, p, tuple(w), session) for t, p, w in zip(texts, pieces, windows, strict=True)]


def find_claims(scores: Scores, thresholds: Thresholds) -> list[FoundClaim]:
    """The claims of a text in the order of their cues, without those inside contents."""
    return _in_characters(decode(scores, thresholds.anchor, thresholds.outside), scores, thresholds)


def decode(scores: Scores, threshold: float, outside: float) -> list[ClaimPieces]:
    """Claims whose cue begins with a piece that scores over ``threshold``, in pieces, in text order."""
    claims = []
    for window in scores.windows:
        anchor_scores = window.head("anchor")[:, 0]
        anchors = find_anchors(anchor_scores, threshold)
        if len(anchors):
            found = log_softmax(scores.session.read_around(window, anchors))
            shifted = found.copy()
            shifted[..., 0] += outside
            for i, labels in enumerate(viterbi(shifted, _TRANSITIONS)):
                at = int(anchors[i]) + window.begin
                claim = read_claim(at, float(anchor_scores[anchors[i]]), labels, found[i], at - REACH)
                if claim:
                    claims.append(claim)
    return drop_repeats(claims)


def _in_characters(
    claims: Sequence[ClaimPieces], scores: Scores, thresholds: Thresholds, *, shift: int = 0
) -> list[FoundClaim]:
    starts, ends = scores.pieces.starts, scores.pieces.ends
    calibration = scores.session.meta.get("claim_confidence")

    def moved(spans: Ranges) -> Ranges:
        return tuple((int(starts[a]) + shift, int(ends[b - 1]) + shift) for a, b in spans)

    out = []
    for claim in claims:
        confidence = claim_confidence(claim.features, calibration)
        if confidence >= thresholds.min_confidence:
            out.append(FoundClaim(moved(claim.source), moved(claim.cue), moved(claim.content), confidence))
    return out


def claim_confidence(features: Sequence[float], weights: Sequence[float] | None) -> float:
    """Probability that content and source are right; ``weights``: one a feature, and a constant."""
    logit = features[0] if weights is None else float(np.dot(weights[:-1], features) + weights[-1])
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def find_nested(
    scores: Scores, claims: Sequence[FoundClaim], thresholds: Thresholds, *, batch_pieces: int
) -> list[FoundClaim]:
    """Claims inside the contents of ``claims``, read as texts of their own without their quotation marks.

    The model is trained on articles in which attributions inside quotations are not marked; read by itself
    a content is an ordinary text again.
    """
    anchor_scores = scores.head("anchor")[:, 0]
    wanted: list[tuple[int, int, int]] = []
    for number, claim in enumerate(claims):
        for begin, end in claim.content:
            first, last = np.searchsorted(scores.pieces.starts, (begin, end))
            if last - first >= 6 and anchor_scores[first:last].max() > thresholds.reread:
                wanted.append((number, *_without_marks(scores.text, begin, end)))
    if not wanted:
        return []
    texts = [scores.text[begin:end] for _, begin, end in wanted]
    cues = {cue for claim in claims for cue in claim.cue}
    out = []
    for (number, begin, _), inner in zip(
        wanted, score_texts(texts, scores.session, batch_pieces=batch_pieces), strict=True
    ):
        found = _in_characters(
            decode(inner, thresholds.nested, thresholds.outside), inner, thresholds, shift=begin
        )
        out += [replace(c, parent=number) for c in found if c.source and not cues.intersection(c.cue)]
    return out


def _without_marks(text: str, begin: int, end: int) -> tuple[int, int]:
    """The range without quotation marks and spaces at its edges."""
    while begin < end and (text[begin] in QUOTATION_MARKS or text[begin].isspace()):
        begin += 1
    while end > begin and (text[end - 1] in QUOTATION_MARKS or text[end - 1].isspace()):
        end -= 1
    return begin, end
