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

SURE = -0.001
"""Log-probability of O from which on nothing next to a piece makes it part of a span."""


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


FEATURES = ("anchor", "content", "source", "content_worst", "source_worst", "has_source", "n_parts")
"""Log-odds of the anchor, mean and least log-probability of the chosen labels, and counts."""


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

    Args:
        scores: Of shape (sequences, pieces, labels).
        transitions: Of shape (labels + 1, labels), the last row for the start.

    Returns:
        Labels of shape (sequences, pieces).
    """
    n, length, size = scores.shape
    out = np.zeros((n, length), dtype=np.int64)
    if not length or not n:
        return out
    back = np.zeros((length, n, size), dtype=np.int64)
    between = np.ascontiguousarray(transitions[:-1].T)  # [after, before]
    steps = np.ascontiguousarray(scores.swapaxes(0, 1))
    best = steps[0] + transitions[-1]
    for t in range(1, length):
        paths = best[:, None, :] + between
        paths.argmax(-1, out=back[t])
        best = paths.max(-1) + steps[t]
    rows = np.arange(n)
    out[:, -1] = best.argmax(-1)
    for t in range(length - 1, 0, -1):
        out[:, t - 1] = back[t, rows, out[:, t]]
    return out


def best_bio(scores: Floats, transitions: Floats) -> Ints:
    """Best labels of one sequence under transitions that only allow or forbid.

    Where each piece's best label follows the one before, that is the answer (nearly always: a Viterbi path
    over 304 pieces took a fifth of what the encoder takes); elsewhere the stretch between two pieces that
    are surely O is solved.

    Args:
        scores: Log-probabilities of shape (pieces, labels); label 0 is O.
        transitions: As ``bio_transitions`` gives them.
    """
    labels: Ints = scores.argmax(-1)
    before = np.concatenate([[len(transitions) - 1], labels[:-1]])
    wrong = np.flatnonzero(transitions[before, labels] < 0)
    if len(wrong):
        sure = np.concatenate([[-1], np.flatnonzero(scores[:, 0] > SURE), [len(labels)]])
        for at in np.unique(np.searchsorted(sure, wrong)):
            begin, end = sure[at - 1] + 1, sure[at]
            labels[begin:end] = viterbi(scores[None, begin:end], transitions)[0]
    return labels


def log_softmax(scores: Floats) -> Floats:
    """Log-probabilities over the last axis."""
    shifted = scores - scores.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), dtype=np.float32)


def find_spans(labels: Sequence[int], first: int) -> list[tuple[int, int]]:
    """Ranges that begin with label ``first`` and go on with the next number."""
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    for i, label in enumerate([*labels, 0]):
        if begin is not None and label != first + 1:
            spans.append((begin, i))
            begin = None
        if label == first:
            begin = i
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
    spans = {role: find_spans(labels.tolist(), CLAIM_LABELS.index(f"B-{role}")) for role in ROLES}
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
    holders: dict[tuple[Ranges, int], list[frozenset[int]]] = {}  # contents by source and piece: linear time
    for claim in sorted(claims, key=lambda c: -c.features[0]):
        content = frozenset(i for begin, end in claim.content for i in range(begin, end))
        likelier = {other for i in content for other in holders.get((claim.source, i), ())}
        if not any(len(content & other) > 0.5 * len(content | other) for other in likelier):
            kept.append(claim)
            for i in content:
                holders.setdefault((claim.source, i), []).append(content)
    return sorted(kept, key=lambda c: c.anchor)
