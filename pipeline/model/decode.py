"""Scores to spans: label sequences that obey BIO, and the claims that they spell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.model.labels import CLAIM_LABELS, ROLES

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Ranges = tuple[tuple[int, int], ...]

FORBIDDEN = -1e4

ROUNDING = 1e-3
"""By how much a score must be higher to be so in spite of rounding."""

NO_REPAIR = 1e12
"""More than all the scores of a text together."""


PLACE = 32
"""Pieces that contents are looked up by together."""


@dataclass(frozen=True, slots=True)
class ClaimPieces:
    """One claim in pieces: half-open ranges; ``source`` and ``cue`` may be empty, ``content`` is not.

    ``features`` are what the confidence is computed from, in the order of ``FEATURES``.
    """

    anchor: int
    source: Ranges
    cue: Ranges
    content: Ranges
    features: tuple[float, ...]

    def within(self, spans: Ranges) -> ClaimPieces:
        """This claim without the pieces outside ``spans``."""

        def cut(parts: Ranges) -> Ranges:
            both = ((max(a, begin), min(b, end)) for begin, end in spans for a, b in parts)
            return tuple(sorted((a, b) for a, b in both if a < b))

        return replace(self, source=cut(self.source), cue=cut(self.cue), content=cut(self.content))


FEATURES = (
    "anchor", "content", "source", "content_worst", "source_worst", "has_source", "n_parts",
    "quoted", "length",
)  # fmt: skip
"""Log-odds of the anchor, mean and least log-probability of the chosen labels, counts, and of the content the
share inside quotation marks and the logarithm of its pieces."""


def bio_transitions(labels: Sequence[str]) -> Floats:
    """Of shape (labels + 1, labels): 0 where a label may follow another, the last row being the start."""
    out = np.zeros((len(labels) + 1, len(labels)), dtype=np.float32)
    for j, after in enumerate(labels):
        if after.startswith("I-"):
            allowed = {i for i, before in enumerate(labels) if before[1:] == after[1:]}
            for i in range(len(labels) + 1):
                if i not in allowed:
                    out[i, j] = FORBIDDEN
    return out


def viterbi(scores: Floats, transitions: Floats) -> Ints:
    """Best label sequences.

    Most pieces have their highest label in them whatever their neighbours have, and only the stretches
    between those are searched, all at once: over 8,900 words of news, entities included, in less than a
    fourth of the time that a step for every piece took.

    Args:
        scores: Of shape (sequences, pieces, labels).
        transitions: Of shape (labels + 1, labels), the last row for the start.

    Returns:
        Labels of shape (sequences, pieces).
    """
    labels: Ints = scores.argmax(-1)
    if not labels.size:
        return labels
    unsure = np.pad(~_sure(labels, scores, transitions), ((0, 0), (1, 1)))
    rows, begins = np.nonzero(unsure[:, 1:] & ~unsure[:, :-1])
    ends = np.nonzero(~unsure[:, 1:] & unsure[:, :-1])[1]
    if len(rows):
        _search(labels, scores, transitions, (rows, begins, ends))
    return labels


def _sure(labels: Ints, scores: Floats, transitions: Floats) -> npt.NDArray[np.bool_]:
    """Which of the highest ``labels`` the best sequences have for certain.

    A run of pieces with other labels costs what their labels are lower than the highest. It gains at most
    what transitions differ in, and what it saves of making forbidden steps in and after it good, each by the
    label that may follow everything in place of the one that may not. Where every run over a piece costs
    more, the piece is sure.
    """
    allowed = transitions > FORBIDDEN / 2
    spread = float(np.ptp(transitions[allowed]))
    best = np.partition(scores, -2, axis=-1)[..., -2:].astype(np.float64)
    before = np.pad(labels, ((0, 0), (1, 0)), constant_values=len(transitions) - 1)[:, :-1]
    row, at = np.nonzero(~allowed[before, labels])
    wrong = labels[row, at]
    opener, has_opener = _openers(allowed)
    gains = np.zeros(labels.shape)
    repair = scores[row, at, wrong] - scores[row, at, opener[wrong]]
    gains[row, at] = np.where(has_opener[wrong], repair, NO_REPAIR)
    saved = spread + gains
    saved[:, :-1] += gains[:, 1:]
    total = np.pad(np.cumsum(saved - (best[..., 1] - best[..., 0]), axis=1), ((0, 0), (1, 0)))
    most = np.maximum.accumulate(total[:, :0:-1], 1)[:, ::-1] - np.minimum.accumulate(total[:, :-1], 1)
    return np.asarray(most + 2 * spread < -ROUNDING)


def _openers(allowed: npt.NDArray[np.bool_]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """For each label one that may follow everything and be followed by the same, and whether there is one."""
    everything = np.logical_and.reduce(allowed)[:, None]
    covers = np.logical_and.reduce(allowed[:-1, None] | ~allowed[None, :-1], axis=-1) & everything
    return covers.argmax(0), np.asarray(covers.any(0))


def _search(labels: Ints, scores: Floats, transitions: Floats, stretches: tuple[Ints, Ints, Ints]) -> None:
    """Put the best labels into stretches of ``labels``, all at once, the labels around them being right.

    Args:
        stretches: Number of the sequence, first piece, and end of each.
    """
    rows, begins, ends = stretches
    n_pieces, sizes = labels.shape[1], ends - begins
    at = begins + np.arange(sizes.max())[:, None]
    steps = scores[rows, np.minimum(at, n_pieces - 1)].swapaxes(1, 2)  # [piece, label, stretch]
    inner = transitions[:-1]
    first = np.where(begins > 0, labels[rows, begins - 1], len(inner))
    after = np.where(ends < n_pieces, inner[:, labels[rows, np.minimum(ends, n_pieces - 1)]], 0)
    best = np.empty_like(steps)
    best[0] = transitions[first].T + steps[0]
    for t in range(1, len(steps)):
        best[t] = (best[t - 1][:, None] + inner[:, :, None]).max(0) + steps[t]
    chosen = np.empty_like(at)
    follows = np.zeros(len(rows), dtype=np.int64)
    for t in range(len(steps) - 1, -1, -1):
        chosen[t] = follows = (best[t] + np.where(t == sizes - 1, after, inner[:, follows])).argmax(0)
    inside = at < ends
    labels[np.broadcast_to(rows, at.shape)[inside], at[inside]] = chosen[inside]


def log_softmax(scores: Floats) -> Floats:
    """Log-probabilities over the last axis."""
    shifted = scores - scores.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), dtype=np.float32)


def find_spans(labels: Ints) -> list[tuple[int, int, int]]:
    """Ranges that begin with an odd label and go on with the next number, in order, each after its label."""
    sequence, spans = labels.tolist(), []
    for begin in np.flatnonzero(labels % 2).tolist():
        first, end = sequence[begin], begin + 1
        while end < len(sequence) and sequence[end] == first + 1:
            end += 1
        spans.append((first, begin, end))
    return spans


def find_anchors(scores: Floats, threshold: float) -> Ints:
    """Pieces whose anchor score (log-odds) passes ``threshold`` and is no lower than its neighbours'.

    Of two pieces apart both may begin cues: "he said, adding that".
    """
    above = np.flatnonzero(scores > threshold)
    keep = [i for i in above if scores[i] >= scores[max(0, i - 1) : i + 2].max()]
    return np.array(keep, dtype=np.int64)


def read_claim(
    anchor: int, anchor_score: float, labels: Ints, scores: Floats, shift: int
) -> ClaimPieces | None:
    """The claim that the labels around one anchor spell; None where they hold no content.

    Args:
        anchor: The anchor's piece, counted in the text.
        anchor_score: Its log-odds.
        labels: Label of each piece around it, of shape (pieces,).
        scores: Log-probabilities, of shape (pieces, labels).
        shift: What turns a place in ``labels`` into a piece of the text.
    """
    chosen = scores[np.arange(len(labels)), labels]
    spans: dict[str, list[tuple[int, int]]] = {role: [] for role in ROLES}
    for first, begin, end in find_spans(labels):
        spans[CLAIM_LABELS[first][2:]].append((begin, end))
    if not spans["content"]:
        return None
    at = anchor - shift
    source = _best(spans["source"], chosen)
    cue = [s for s in spans["cue"] if s[0] <= at < s[1]][:1] or [(at, at + 1)]
    content = merge(spans["content"], gap=0)

    def likelihood(parts: Sequence[tuple[int, int]]) -> tuple[float, float]:
        values = np.concatenate([chosen[a:b] for a, b in parts]) if parts else np.zeros(1, dtype=np.float32)
        return float(values.mean()), float(values.min())

    mean_content, worst_content = likelihood(content)
    mean_source, worst_source = likelihood(source)
    features = (
        anchor_score, mean_content, mean_source, worst_content, worst_source,
        float(bool(source)), float(len(content)),
    )  # fmt: skip

    def moved(parts: Sequence[tuple[int, int]]) -> Ranges:
        return tuple((a + shift, b + shift) for a, b in parts)

    return ClaimPieces(anchor, moved(source), moved(cue), moved(content), features)


def _best(spans: list[tuple[int, int]], chosen: Floats) -> list[tuple[int, int]]:
    """The likeliest of several spans, the longer one where they are alike."""
    if len(spans) < 2:
        return spans
    return [max(spans, key=lambda s: (round(float(chosen[s[0] : s[1]].mean()), 2), s[1] - s[0]))]


def merge(spans: Sequence[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """Spans in order, those at most ``gap`` apart made one."""
    out: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if out and begin - out[-1][1] <= gap:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return out


def drop_repeats(claims: list[ClaimPieces]) -> list[ClaimPieces]:
    """Without claims whose source is a likelier claim's and whose content is mostly that one's too."""
    kept: list[ClaimPieces] = []
    holders: dict[tuple[Ranges, int], list[Ranges]] = {}  # contents by source and where: linear time
    for claim in sorted(claims, key=lambda c: -c.features[0]):
        places = {
            (claim.source, i) for a, b in claim.content for i in range(a // PLACE, (b - 1) // PLACE + 1)
        }
        if not any(_mostly_one(claim.content, other) for at in places for other in holders.get(at, ())):
            kept.append(claim)
            for at in places:
                holders.setdefault(at, []).append(claim.content)
    return sorted(kept, key=lambda c: c.anchor)


def _mostly_one(content: Ranges, other: Ranges) -> bool:
    """Whether two contents share more than half of the pieces that either holds."""
    shared = sum(max(0, min(b, d) - max(a, c)) for a, b in content for c, d in other)
    return shared > 0.5 * (sum(b - a for a, b in (*content, *other)) - shared)
