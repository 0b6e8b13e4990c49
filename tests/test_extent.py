"""Where an article begins and ends, by units with made-up scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.clean.extent import Scores, keep_units
from pipeline.clean.features import look_up
from pipeline.clean.furniture import load_furniture
from pipeline.clean.lines import Unit

FURNITURE = load_furniture()
PROSE = "The ferry was late again on Monday because of the wind that had risen over the bay, the clerk said."
MENU = ["Home", "World", "Sport"]


def kept(texts: Sequence[str], probability: Sequence[float], repeats: Sequence[float] = ()) -> list[int]:
    """The numbers of the units that are kept."""
    units = [Unit(i, i + 1, text) for i, text in enumerate(texts)]
    n_words = np.array([len(text.split()) for text in texts], np.float32)
    shares = np.array(repeats or [0.0] * len(texts), np.float32)
    odds = np.array(probability, np.float32)
    scores = Scores(units, look_up(units, FURNITURE), odds, n_words, shares, np.zeros(len(units), bool))
    return [int(i) for i in np.flatnonzero(keep_units(scores, FURNITURE))]


def test_a_second_copy_of_the_article_is_left_out() -> None:
    texts = [*MENU, *[PROSE] * 6, *[PROSE] * 6]
    copies = [0.0] * 9 + [1.0] * 6
    assert kept(texts, [0.0] * 3 + [0.9] * 12, copies) == list(range(3, 9))


def test_a_menu_printed_twice_is_no_copy_of_the_article() -> None:
    menu = ["Local News Local Sports Local Business Local Weather and Events around Town"] * 12
    texts = [*MENU, *menu, *[PROSE] * 6]
    assert kept(texts, [0.0] * 15 + [0.9] * 6, [0.0] * 4 + [1.0] * 11 + [0.0] * 6) == list(range(15, 21))
