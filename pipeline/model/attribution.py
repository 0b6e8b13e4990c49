"""Scores of one text to its claims in pieces, and to those inside other claims' contents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.model.decode import (
    ClaimPieces,
    Floats,
    Ints,
    Ranges,
    drop_repeats,
    find_anchors,
    log_softmax,
    read_claim,
    viterbi,
)
from pipeline.model.labels import CLAIM_LABELS, REACH
from pipeline.model.pieces import Pieces
from pipeline.model.session import Encoded, Reach, Session

NEAR = 48
"""Pieces on each side of an anchor that are read first; ``REACH`` only on a side where a part of the claim
comes near the edge, or on both where no content is among them. With the weights of phase 4 dev claim F1 was
.742, as with 64, in three quarters of the time; .741 where all was read at once."""

EDGE = 8
"""Pieces from the edge of what was read within which a part of a claim may go on beyond."""

CONTENT = CLAIM_LABELS.index("B-content")
"""First of the two labels of content, the last ones."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A text's pieces and what the encoder says of them, with the session that can say more."""

    text: str
    pieces: Pieces
    encoded: Encoded
    session: Session


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
    before the best labels are chosen, unless the content is a quotation; negative values make spans longer.
    ``nested``: a piece inside a content begins the cue of a claim in it.
    """

    anchor: float
    outside: float
    nested: float
    min_confidence: float


def score_text(text: str, session: Session) -> Scores:
    """The encoder's scores of a text."""
    pieces = session.cut(text)
    return Scores(text, pieces, session.encode(pieces), session)


def find_claims(scores: Scores, thresholds: Thresholds, *, nested: bool) -> list[FoundClaim]:
    """The claims of a text in the order of their cues; those inside contents, if wanted, come last."""
    outer = decode(scores, thresholds.anchor, thresholds.outside)
    inner = list(_decode_nested(scores, outer, thresholds)) if nested else []
    found = [_in_characters(claim, scores) for claim in outer]
    found += [replace(_in_characters(claim, scores), parent=parent) for claim, parent in inner]
    return _confident(found, thresholds.min_confidence)


def decode(scores: Scores, threshold: float, outside: float) -> list[ClaimPieces]:
    """Claims whose cue begins with a piece that scores over ``threshold``, in pieces, in text order."""
    return drop_repeats(
        _read(scores, "anchor", find_anchors(scores.encoded.head("anchor")[:, 0], threshold), outside)
    )


def _decode_nested(
    scores: Scores, outer: Sequence[ClaimPieces], thresholds: Thresholds
) -> Iterator[tuple[ClaimPieces, int]]:
    """Claims inside the contents of ``outer``, cut to them, each with the number of the claim it is in."""
    inside = np.full(len(scores.pieces), -1, dtype=np.int64)
    for number, claim in sorted(enumerate(outer), key=lambda e: -_size(e[1].content)):
        for begin, end in claim.content:
            inside[begin:end] = number
    anchor_scores = np.where(inside >= 0, scores.encoded.head("nested_anchor")[:, 0], -np.inf)
    for claim in outer:
        for begin, end in claim.cue:
            anchor_scores[begin:end] = -np.inf
    anchors = find_anchors(anchor_scores, thresholds.nested)
    for claim in drop_repeats(_read(scores, "nested_anchor", anchors, thresholds.outside)):
        parent = int(inside[claim.anchor])
        cut = claim.within(outer[parent].content)
        if cut.source and cut.content:
            yield cut, parent


def _size(spans: Ranges) -> int:
    return sum(end - begin for begin, end in spans)


def _read(scores: Scores, head: str, anchors: Ints, outside: float) -> list[ClaimPieces]:
    """The claims that the claim head sees around anchors."""
    if not len(anchors):
        return []
    anchor_scores = scores.encoded.head(head)[:, 0]
    near = _label(scores, anchors, (NEAR, NEAR), outside)
    reaches = _reaches(near[0])
    out: dict[int, ClaimPieces] = {}
    for reach in set(reaches):
        numbers = [number for number, each in enumerate(reaches) if each == reach]
        if reach == (NEAR, NEAR):
            labels, values = (found[numbers] for found in near)
        else:
            labels, values = _label(scores, anchors[numbers], reach, outside)
        for number, chosen, likely in zip(numbers, labels, values, strict=True):
            anchor = int(anchors[number])
            claim = read_claim(anchor, float(anchor_scores[anchor]), chosen, likely, anchor - reach[0])
            if claim:
                features = claim.features + _content_features(claim, scores.pieces)
                out[number] = replace(claim, features=features)
    return [out[number] for number in sorted(out)]


def _reaches(labels: Ints) -> list[Reach]:
    """How far to read for each anchor, from what ``NEAR`` pieces on each side show of it."""
    part, nothing = labels > 0, (labels < CONTENT).all(1)
    sides = part[:, :EDGE].any(1) | nothing, part[:, -EDGE:].any(1) | nothing
    before, after = (np.where(side, REACH, NEAR).tolist() for side in sides)
    return list(zip(before, after, strict=True))


def _content_features(claim: ClaimPieces, pieces: Pieces) -> tuple[float, float]:
    """Share of the content inside quotation marks and the logarithm of its number of pieces."""
    quotes = np.concatenate([pieces.quotes[begin:end] for begin, end in claim.content])
    return float(_inside_marks(quotes).mean()), float(np.log(len(quotes)))


def _label(scores: Scores, anchors: Ints, reach: Reach, outside: float) -> tuple[Ints, Floats]:
    """Best labels of the pieces around each anchor, (anchors, pieces), and all log-probabilities."""
    found = scores.session.read_around(scores.encoded, anchors, reach)
    shifted = found.copy()
    shifted[..., 0] += outside
    labels = viterbi(shifted, scores.session.transitions)
    quoted = _mostly_quoted(labels, scores.pieces, anchors, reach)
    labels[quoted] = viterbi(found[quoted], scores.session.transitions)
    return labels, log_softmax(found)


def _mostly_quoted(labels: Ints, pieces: Pieces, anchors: Ints, reach: Reach) -> Ints:
    """Numbers of the anchors whose content stands mostly inside quotation marks.

    Where it ends is plain there: lengthening spans took dev's quoted claims from F1 .883 to .867.
    """
    at = np.clip(anchors[:, None] + np.arange(-reach[0], reach[1] + 1), 0, len(pieces) - 1)
    content = labels >= CONTENT
    return np.flatnonzero((content & _inside_marks(pieces.quotes[at])).sum(1) * 2 > content.sum(1))


def _inside_marks(quotes: Ints) -> npt.NDArray[np.bool_]:
    """Where a state of quotation is that of double marks or what they enclose."""
    return (quotes >= 1) & (quotes <= 4)


def _in_characters(claim: ClaimPieces, scores: Scores) -> FoundClaim:
    starts, ends = scores.pieces.starts, scores.pieces.ends

    def moved(spans: Ranges) -> Ranges:
        return tuple((int(starts[a]), int(ends[b - 1])) for a, b in spans)

    confidence = claim_confidence(claim.features, scores.session.meta.get("claim_confidence"))
    return FoundClaim(moved(claim.source), moved(claim.cue), moved(claim.content), confidence)


def claim_confidence(features: Sequence[float], weights: Sequence[float] | None) -> float:
    """Probability that content and source are right; ``weights``: one a feature, and a constant."""
    logit = features[0] if weights is None else float(np.dot(weights[:-1], features) + weights[-1])
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def _confident(claims: Sequence[FoundClaim], least: float) -> list[FoundClaim]:
    """Claims of at least this confidence, and of those inside others the ones whose parent is left."""
    numbers: dict[int, int] = {}
    out: list[FoundClaim] = []
    for number, claim in enumerate(claims):
        if claim.confidence < least or (claim.parent is not None and claim.parent not in numbers):
            continue
        numbers[number] = len(out)
        out.append(claim if claim.parent is None else replace(claim, parent=numbers[claim.parent]))
    return out
