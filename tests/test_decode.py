"""From scores to labels and from labels to claims."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pipeline.model.decode import (
    FORBIDDEN,
    ClaimPieces,
    Floats,
    Ranges,
    bio_transitions,
    drop_repeats,
    find_anchors,
    find_spans,
    merge,
    read_claim,
    viterbi,
)
from pipeline.model.labels import CLAIM_LABELS

NO_FEATURES = (0.0,) * 7


def score_of(labels: tuple[int, ...], scores: Floats, transitions: Floats) -> float:
    steps = sum(float(transitions[a, b]) for a, b in itertools.pairwise(labels))
    return float(transitions[-1, labels[0]]) + steps + sum(float(scores[t, x]) for t, x in enumerate(labels))


@pytest.mark.parametrize("seed", range(5))
def test_viterbi_finds_the_best_of_all_sequences(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.normal(size=(2, 5, 3)).astype(np.float32)
    transitions = random.normal(size=(4, 3)).astype(np.float32)
    for row, labels in zip(scores, viterbi(scores, transitions), strict=True):
        best = max(itertools.product(range(3), repeat=5), key=lambda s: score_of(s, row, transitions))
        assert tuple(labels.tolist()) == best


@pytest.mark.parametrize("seed", range(20))
def test_stretches_give_what_a_step_for_every_piece_gives(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.normal(scale=2, size=(4, 60, 7)).astype(np.float32)
    scores[..., 0] += 12 * (random.random((4, 60)) < 0.5)
    scores[0] *= 20  # all but forbidden steps is sure
    scores[1] *= 0.1  # nothing is
    transitions = bio_transitions(CLAIM_LABELS)
    transitions[transitions == 0] = random.normal(scale=0.1, size=(transitions == 0).sum())
    assert viterbi(scores, transitions).tolist() == [step_by_step(row, transitions) for row in scores]


def step_by_step(scores: Floats, transitions: Floats) -> list[int]:
    best, back = scores[0] + transitions[-1], []
    for row in scores[1:]:
        paths = best[:, None] + transitions[:-1]
        back.append(paths.argmax(0))
        best = paths.max(0) + row
    labels = [int(best.argmax())]
    for row in reversed(back):
        labels.append(int(row[labels[-1]]))
    return labels[::-1]


@pytest.mark.parametrize("shape", [(0, 5, 3), (2, 0, 3)])
def test_nothing_to_label(shape: tuple[int, int, int]) -> None:
    assert viterbi(np.zeros(shape, dtype=np.float32), np.zeros((4, 3), dtype=np.float32)).shape == shape[:2]


def test_spans_go_on_with_the_next_label() -> None:
    assert find_spans(np.array([1, 2, 2, 1, 4, 3, 4, 0, 5])) == [(1, 0, 3), (1, 3, 4), (3, 5, 7), (5, 8, 9)]


def test_an_inside_label_needs_its_beginning() -> None:
    transitions = bio_transitions(("O", "B-x", "I-x", "B-y", "I-y"))
    assert transitions[1, 2] == transitions[2, 2] == 0
    assert transitions[0, 2] == transitions[3, 2] == transitions[5, 2] == FORBIDDEN


def test_anchors_are_peaks() -> None:
    scores = np.array([0.5, 2.0, 1.9, -1.0, -1.0, 0.6, -3.0, 0.5], dtype=np.float32)
    assert find_anchors(scores, 0.4).tolist() == [1, 5, 7]


@pytest.mark.parametrize(
    ("spelled", "wanted"),
    [
        ("SsOCctTt", {"source": ((10, 12),), "cue": ((13, 15),), "content": ((16, 18),)}),
        ("TtOCOTtt", {"source": (), "cue": ((13, 14),), "content": ((10, 12), (15, 18))}),
        ("OOOCOOOO", None),
        ("OOOOOOTt", {"source": (), "cue": ((13, 14),), "content": ((16, 18),)}),
        ("TTOCOOOO", {"source": (), "cue": ((13, 14),), "content": ((10, 12),)}),
    ],
)
def test_labels_to_a_claim(spelled: str, wanted: dict[str, Ranges] | None) -> None:
    """Letters are labels, capitals beginnings: Source, Cue, conTent; the anchor is the fourth."""
    names = {"O": 0, "S": 1, "s": 2, "C": 3, "c": 4, "T": 5, "t": 6}
    labels = np.array([names[letter] for letter in spelled.replace("ct", "cO")])
    claim = read_claim(13, 1.0, labels, np.zeros((len(labels), 7), dtype=np.float32), 10)
    if wanted is None:
        assert claim is None
    else:
        assert claim is not None
        assert {"source": claim.source, "cue": claim.cue, "content": claim.content} == wanted


def test_the_same_claim_twice_is_one() -> None:
    surer = ClaimPieces(4, ((0, 2),), ((4, 5),), ((6, 20),), (2.0, *NO_FEATURES[1:]))
    again = ClaimPieces(5, ((0, 2),), ((5, 6),), ((7, 20),), (1.0, *NO_FEATURES[1:]))
    other = ClaimPieces(30, ((28, 29),), ((30, 31),), ((32, 40),), (0.5, *NO_FEATURES[1:]))
    assert drop_repeats([again, other, surer]) == [surer, other]


def test_a_claim_is_cut_to_the_content_it_stands_in() -> None:
    claim = ClaimPieces(12, ((8, 11),), ((12, 13),), ((13, 30), (40, 50)), NO_FEATURES)
    cut = claim.within(((10, 20), (38, 45)))
    assert (cut.source, cut.cue, cut.content) == (((10, 11),), ((12, 13),), ((13, 20), (40, 45)))


def test_parts_that_touch_are_one() -> None:
    assert merge([(5, 8), (0, 2), (8, 9)], gap=0) == [(0, 2), (5, 9)]
