"""What cleaning computes as arrays, against the same thing said plainly."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean import clean, clean_all
from pipeline.clean.features import read_chars, shape_features, word_features
from pipeline.clean.furniture import load_furniture
from pipeline.clean.phrases import index_phrases
from pipeline.clean.posts import is_post, with_own_words
from pipeline.clean.scorer import make_trees
from pipeline.config import load_config
from pipeline.run.stages import clean_all as clean_all_by
from pipeline.schema import Article, RawArticle, Reject
from tests.fakes import make_fakes

PHRASES = {"photo by": 1, "by the": 2, "/afp": 4, "© 20": 8, "sign up for our": 16, "sign up for": 32}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("photo by", [(0, 1)]),
        ("a photo by the sea", [(2, 1), (8, 2)]),
        ("telephoto by night", [(4, 1)]),
        ("“photo by ann”", [(1, 1)]),
        ("gustav/afp", [(6, 4)]),
        ("дом © 2020", [(4, 8)]),
        ("sign up for our letter", [(0, 16), (0, 32)]),
        ("photo b", []),
    ],
)
def test_phrases(text: str, expected: list[tuple[int, int]]) -> None:
    assert sorted(index_phrases(PHRASES).find(text)) == expected


def test_phrases_across_the_border_of_a_chunk() -> None:
    text = "x" * ((1 << 20) - 4) + " photo by ann"
    assert index_phrases(PHRASES).find(text) == [((1 << 20) - 3, 1)]


def test_short_phrases_are_refused() -> None:
    with pytest.raises(ValueError, match="ads"):
        index_phrases({"ads": 1})


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["share this", "the photo by ann", "all rights reserved", "nothing", "x"])))
def test_masks_of_lines_are_those_of_each_line(lines: list[str]) -> None:
    furniture = load_furniture()
    assert furniture.find_anywhere(lines) == [furniture.find_anywhere([line])[0] for line in lines]


@pytest.mark.parametrize(
    ("lower", "marked"),
    [("share this story now", True), ("the share this", False), ("subscribe", False), ("", False)],
)
def test_beginnings(lower: str, marked: bool) -> None:
    assert bool(load_furniture().start_mask(lower)) == marked


def test_counts_of_a_line_longer_than_a_counter() -> None:
    once, often = (shape_features(read_chars(["The end, he said.", "Ann 12 " * n])) for n in (1, 30_000))
    for name in ("n_words", "n_letters"):
        assert often[name].tolist() == [once[name][0], 30_000 * once[name][1]]
    assert np.allclose(often["lower_share"], once["lower_share"])


def _walked(arrays: dict[str, np.ndarray], row: np.ndarray) -> float:
    total = float(arrays["base"])
    for tree in range(len(arrays["left"])):
        node = 0
        while arrays["left"][tree, node] != node:
            goes_left = row[arrays["feature"][tree, node]] <= arrays["threshold"][tree, node]
            node = int(arrays["left" if goes_left else "right"][tree, node])
        total += float(arrays["value"][tree, node])
    return total


def test_a_forest_scores_as_walking_down_its_trees() -> None:
    arrays = {
        "names": np.array(["a", "b"]),
        "feature": np.array([[0, 1, 0, 0, 0], [1, 0, 0, 0, 0]], np.int16),
        "threshold": np.array([[0.5, 2.0, 0, 0, 0], [1.0, 0, 0, 0, 0]], np.float32),
        "left": np.array([[1, 3, 2, 3, 4], [1, 1, 2, 3, 4]], np.int16),
        "right": np.array([[2, 4, 2, 3, 4], [2, 1, 2, 3, 4]], np.int16),
        "value": np.array([[0, 0, 5.0, -1.0, 2.0], [0, 0.25, -0.5, 0, 0]], np.float32),
        "base": np.array(0.125),
    }
    rows = np.array([[a, b] for a in (0, 0.5, 1) for b in (0, 1, 2, 3)], np.float32)
    found = make_trees(arrays).log_odds(["b", "a"], rows[:, ::-1])
    assert found.tolist() == [_walked(arrays, row) for row in rows]


def test_a_tree_of_too_many_leaves_is_refused() -> None:
    n = 35
    left, right = np.arange(n)[None, :].copy(), np.arange(n)[None, :].copy()
    for node in range(0, n - 2, 2):
        left[0, node], right[0, node] = node + 1, node + 2
    arrays = {"names": np.array(["a"]), "left": left, "right": right, "base": np.array(0.0)}
    arrays |= {name: np.zeros((1, n), np.float32) for name in ("feature", "threshold", "value")}
    with pytest.raises(ValueError, match="leaves"):
        make_trees(arrays)


@pytest.mark.parametrize(
    ("line", "dated"),
    [
        ("may 3", True),
        ("posted sept. 12, 2014", True),
        ("september 12", True),
        ("maybe 3 of them", True),
        ("3rd march", True),
        ("21 mar", True),
        ("2014-05-21", True),
        ("5/21/14", True),
        ("3 days ago", True),
        ("dismay 3", False),
        ("may 345", False),
        ("121 mar", False),
        ("12014-05-21", False),
        ("3 days", False),
        ("x3 days ago", False),
        ("may", False),
        ("3", False),
        ("", False),
    ],
)
def test_dates_of_a_line(line: str, dated: bool) -> None:
    around = ["no date", line, "3", "march"]
    assert word_features(around, np.ones(4, bool))["date"].tolist() == [0, dated, 0, 0]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("I said so.", True),
        ("And so do we", True),
        ("(my own view)", True),
        ("WE know, our own", True),
        ("It's what i’ve seen", True),
        ("_I_ said", False),
        ("İ said, ı said", True),
        ("Sí, mi\u00edi", False),
        ("éour, 7my", False),
        ("«we»", True),
        ("—I—", True),
        ("The well, a tour, the army", False),
        ("Ahmad I", True),
        ("iOS and Wei", False),
        ("“I said so.”", False),
        ("", False),
    ],
)
def test_first_person_outside_quotations(text: str, own: bool) -> None:
    texts = [text, text]
    assert is_post(texts, with_own_words(texts)) == own
    assert is_post(texts, [True, True]) == own


def _raw(number: int, text: str) -> RawArticle:
    return RawArticle(f"a{number}", f"a{number}.txt", "0" * 64, "txt", text, language="en")


PROSE = "The council met again on Tuesday and put off the vote on the harbour until the autumn."
TEXTS = [
    "\n".join(
        ["Home", "News", "A vote is put off", "By Jane Doe", "May 21, 2014", *[PROSE] * n, "Share", "©"]
    )
    for n in (1, 2, 5)
] + ["", "\n\n", PROSE, "Home\nNews\nSport", f"{PROSE}\n\n{PROSE} {PROSE}\nComments\nAnn says:\n{PROSE}"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(TEXTS), max_size=6))
def test_articles_are_cleaned_together_as_alone(texts: list[str]) -> None:
    raws = [_raw(number, text) for number, text in enumerate(texts)]
    config = load_config()
    assert clean_all(raws, config=config) == [clean(raw, config=config) for raw in raws]


def test_where_articles_cannot_be_cleaned_together_only_the_bad_one_is_refused() -> None:
    def together(_raws: object, _repeated: object) -> list[Article | Reject]:
        raise RuntimeError("one of them")

    def alone(raw: RawArticle, _repeated: frozenset[int]) -> Article | Reject:
        if raw.text == "bad":
            raise RuntimeError("this one")
        return clean(raw, config=load_config())

    stages = dataclasses.replace(make_fakes(load_config()), clean=alone, clean_all=together)
    found = clean_all_by(stages, [_raw(0, PROSE), _raw(1, "bad")], [frozenset()] * 2)
    assert [getattr(each, "reason", None) for each in found] == [None, "internal"]
