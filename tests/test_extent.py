"""Where an article begins and ends, by units with made-up scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.clean.extent import Scores, keep_units
from pipeline.clean.features import look_up
from pipeline.clean.furniture import load_furniture
from pipeline.clean.lines import Unit
from pipeline.config import load_config

FURNITURE = load_furniture()
SETTINGS = load_config().clean
PROSE = "The ferry was late again on Monday because of the wind that had risen over the bay, the clerk said."
MENU = ["Home", "World", "Sport"]


def kept(texts: Sequence[str], probability: Sequence[float], repeats: Sequence[float] = ()) -> list[int]:
    """The numbers of the units that are kept."""
    units = [Unit(i, i + 1, text) for i, text in enumerate(texts)]
    n_words = np.array([len(text.split()) for text in texts], np.float32)
    shares = np.array(repeats or [0.0] * len(texts), np.float32)
    odds = np.array(probability, np.float32)
    scores = Scores(units, look_up(units, FURNITURE), odds, n_words, shares, np.zeros(len(units), bool))
    return [int(i) for i in np.flatnonzero(keep_units(scores, FURNITURE, SETTINGS))]


def test_a_second_copy_of_the_article_is_left_out() -> None:
    texts = [*MENU, *[PROSE] * 6, *[PROSE] * 6]
    copies = [0.0] * 9 + [1.0] * 6
    assert kept(texts, [0.0] * 3 + [0.9] * 12, copies) == list(range(3, 9))


def test_a_menu_printed_twice_is_no_copy_of_the_article() -> None:
    menu = ["Local News Local Sports Local Business Local Weather and Events around Town"] * 12
    texts = [*MENU, *menu, *[PROSE] * 6]
    assert kept(texts, [0.0] * 15 + [0.9] * 6, [0.0] * 4 + [1.0] * 11 + [0.0] * 6) == list(range(15, 21))


TAIL = ["Contact us", "Privacy policy", "Terms of use"]


@pytest.mark.parametrize(
    "line", ["Comments", "Tags: ferries, wind", "© 2017 Bay Press. All rights reserved."]
)
def test_what_closes_an_article_ends_it(line: str) -> None:
    texts = [*MENU, *[PROSE] * 6, line, *[PROSE] * 2, *TAIL]
    probability = [0.0] * 3 + [0.9] * 9 + [0.0] * 3
    assert kept(texts, probability) == list(range(3, 9))


@pytest.mark.parametrize("line", ["Comments on the wind came from the clerk.", "Monday", "© Kit Moss"])
def test_what_does_not_close_an_article(line: str) -> None:
    texts = [*MENU, *[PROSE] * 6, line, *[PROSE] * 2, *TAIL]
    probability = [0.0] * 3 + [0.9] * 9 + [0.0] * 3
    assert set(range(3, 9)) | {10, 11} <= set(kept(texts, probability))


def test_an_article_neither_begins_nor_ends_with_a_heading() -> None:
    texts = [*MENU, "Gull found in tower", *[PROSE] * 4, "What the clerk saw", PROSE, "Next story", *TAIL]
    probability = [0.0] * 3 + [0.4] + [0.9] * 4 + [0.4, 0.9, 0.4] + [0.0] * 3
    assert kept(texts, probability) == list(range(4, 10))


def test_a_caption_printed_twice_is_left_out() -> None:
    texts = [*MENU, *[PROSE] * 4, "The ferry at its quay on Monday morning.", PROSE, *TAIL]
    probability = [0.0] * 3 + [0.9] * 4 + [0.4, 0.9] + [0.0] * 3
    repeats = [0.0] * 7 + [1.0] + [0.0] * 4
    assert kept(texts, probability, repeats) == [3, 4, 5, 6, 8]


def test_a_list_that_the_article_announces_is_kept() -> None:
    dates = ["June 9 -- Harbour Hall, Dale", "June 10 -- Tide House, Bay", "July 2 -- The Shed, Cove"]
    texts = [*MENU, *[PROSE] * 4, "The dates of the tour:", *dates, *TAIL]
    probability = [0.0] * 3 + [0.9] * 4 + [0.0] * 7
    assert kept(texts, probability) == list(range(3, 11))
    texts[8] = "Weather"
    assert kept(texts, probability) == list(range(3, 7))


def test_questions_and_answers_go_on() -> None:
    texts = [*MENU, *[PROSE] * 4, f"A: {PROSE}", "Q: Your favourite bird?", "A: The gull", *TAIL]
    probability = [0.0] * 3 + [0.9] * 5 + [0.1, 0.1] + [0.0] * 3
    assert kept(texts, probability) == list(range(3, 10))


def test_a_long_thread_is_no_clean_text() -> None:
    names = [f"Reader number {n}" for n in range(400)]
    texts = [*MENU, *["Reply"] * 11, *[PROSE] * 6, *names]
    probability = [0.0] * 14 + [0.9] * 6 + [0.01] * 400
    assert kept(texts, probability) == list(range(14, 20))
    assert len(kept(texts[14:], probability[14:])) == 406


@pytest.mark.parametrize(
    "line",
    [
        "Copyright © 2019 Bay Media LLC. All rights reserved.",
        "Field & Furrow © 2015. All rights reserved. Powered by Inkwell",
        "All Rights Reserved. (c) 2013 The Bay Observer. Site by Kiln Studio.",
    ],
)
def test_the_copyright_of_a_short_text_is_no_prose(line: str) -> None:
    assert kept([PROSE, PROSE, line], [0.9, 0.9, 0.9]) == [0, 1]
    assert kept([PROSE, line, PROSE], [0.9, 0.9, 0.9]) == [0, 1, 2]


@pytest.mark.parametrize(
    "line",
    [
        "Your browser doesn’t support the video element.",
        "Story continues below this ad",
    ],
)
def test_what_players_and_advertisements_leave_behind_is_left_out(line: str) -> None:
    assert kept([*[PROSE] * 3, line, *[PROSE] * 3], [0.9] * 7) == [0, 1, 2, 4, 5, 6]


@pytest.mark.parametrize(
    "lines",
    [
        ["kl/tr (AFP, Reuters)"],
        ["——", "To report an error, write to desk@bay.example", "Stay in touch with us on all your devices."],
        ["… we have a small favour to ask. Fewer people pay for news, and we need you to keep it free."],
        ["Thanks for reading Bay Notes! This post is public so feel free to share it."],
        ["While you’re here: every Monday we tell what the ferries did. You can sign up here."],
        ["Additional reporting by Ann Roe"],
    ],
)
def test_appeals_and_credits_below_the_story_are_left_out(lines: list[str]) -> None:
    assert kept([*[PROSE] * 5, *lines], [0.9] * 5 + [0.7] * len(lines)) == list(range(5))


@pytest.mark.parametrize(
    "line", ["Thanks for reading the notice, the clerk told her, and shut the window of the booth.", "“No.”"]
)
def test_what_stands_inside_the_story_stays(line: str) -> None:
    assert kept([*[PROSE] * 3, line, PROSE], [0.9] * 5) == list(range(5))
