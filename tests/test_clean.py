"""Cleaning: every line in one segment, the article kept, the furniture named."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.clean.kinds import is_caption
from pipeline.clean.lines import split_lines
from pipeline.config import load_config
from pipeline.schema import Article, RawArticle, one_line

SHARED = Path(__file__).resolve().parents[2] / "shared"
CONFIG = load_config()


def article(text: str, **fields: str) -> Article:
    raw = RawArticle(doc_id="a", path="a.txt", sha256="0" * 64, format="txt", text=text, **fields)
    return clean(raw, config=CONFIG)


def kinds(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for segment in article(text).segments:
        found.setdefault(segment.kind, []).append(one_line(segment.text))
    return found


def check_invariants(text: str) -> None:
    made = article(text)
    covered = [0] * len(text)
    for segment in made.segments:
        assert text[segment.start : segment.end] == segment.text
        assert segment.text == segment.text.strip() != ""
        for i in range(segment.start, segment.end):
            covered[i] += 1
    assert all(n == 1 for n, char in zip(covered, text, strict=True) if not char.isspace())
    assert max(covered, default=0) <= 1
    page = split_lines(text)
    for start, end in zip(page.starts, page.ends, strict=True):
        assert sum(s.start <= start and end <= s.end for s in made.segments) == 1
    kept = [one_line(s.text) for s in made.segments if s.kept]
    assert made.document.body == "\n".join(kept)
    assert made.document.n_words == len(made.document.body.split())
    assert made.document.n_chars == len(text)
    assert ("no_body" in (made.document.warnings or ())) == (not made.document.body)


PARAGRAPH = (
    "The minister told reporters on Tuesday that the bridge would stay closed until engineers had finished "
    "their inspection of the northern pillar, which was damaged by the flood in March."
)
LINE = st.one_of(
    st.sampled_from(
        [
            "Home", "Share this", "By Jane Doe", "May 21, 2021 13:06", PARAGRAPH, "", "  ", "Comments",
            "bob on May 3, 2020 at 8:25 PM", "Related Posts:", "UPDATE: more",
            "© 2020 Example Media. All rights reserved",
            "and", ", said", "He agreed with that, and so did we.", "2 hours ago", "Reply", "ann says:",
        ]
    ),
    st.text(max_size=30),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, max_size=25), st.sampled_from(["\n", "\r\n", "\n\n", "\r"]))
def test_every_line_is_in_exactly_one_segment(lines: list[str], separator: str) -> None:
    check_invariants(separator.join(lines))


@pytest.mark.parametrize("text", ["", " \n\t\n ", "x", "\ufeff", "\x00", "a\x0bb\u2028c"])
def test_odd_texts(text: str) -> None:
    check_invariants(text)


def test_a_page_of_menus_has_no_body() -> None:
    menu = [
        "Home",
        "News",
        "World",
        "Sports",
        "Opinion",
        "Weather",
        "Contact us",
        "Privacy policy",
        "Log in",
        "Search",
    ]
    made = article("\n".join(menu * 5))
    assert made.document.body == ""
    assert made.document.warnings == ("no_body",)
    assert not any(segment.kept for segment in made.segments)


@pytest.mark.slow
def test_a_long_line_takes_linear_time() -> None:
    seconds = []
    for n_chars in (2_000_000, 20_000_000):
        text = ("word, and so on. " * (n_chars // 17))[:n_chars]
        start = time.process_time()
        article(text)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 25 * seconds[0] + 1, seconds


def test_portal_page() -> None:
    page = kinds(
        "\n".join(
            [
                "Home", "World", "Business", "Sport", "Subscribe now",
                "Bridge closed after flood, minister says",
                "By Jane Doe",
                "May 21, 2021 13:06",
                "The bridge in March (photo credit: JOHN ROE/EXAMPLE)",
                PARAGRAPH,
                '"We will not take any risk," she said, adding that traffic would use the old ferry.',
                "The closure has angered shopkeepers, who say they have lost half of their customers.",
                "Most Read", "Ten things to know about ferries", "Why the river rose so fast this year",
                "© 2021 Example Media Ltd. All rights reserved",
            ]
        )
    )  # fmt: skip
    assert page["title"] == ["Bridge closed after flood, minister says"]
    assert page["byline"] == ["By Jane Doe"]
    assert page["dateline"] == ["May 21, 2021 13:06"]
    assert page["caption"] == ["The bridge in March (photo credit: JOHN ROE/EXAMPLE)"]
    assert len(page["body"]) == 3
    assert page["related"] == [
        "Most Read Ten things to know about ferries Why the river rose so fast this year"
    ]
    assert page["footer"] == ["© 2021 Example Media Ltd. All rights reserved"]


SEEDS = sorted((SHARED / "seeds").glob("*.txt"))


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS, reason="needs ../shared")
@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_seeds_keep_the_invariants(path: Path) -> None:
    check_invariants(path.read_text(encoding="utf-8"))


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS, reason="needs ../shared")
def test_seed_blog_loses_nothing() -> None:
    made = article(SEEDS[0].read_text(encoding="utf-8"))
    left_out = [s.kind for s in made.segments if not s.kept]
    assert left_out == ["dateline", "title"]


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS, reason="needs ../shared")
def test_seed_post_has_twelve_comments() -> None:
    comments = [s for s in article(SEEDS[1].read_text(encoding="utf-8")).segments if s.kind == "comment"]
    assert [s.author for s in comments] == [
        "bnelson44", "bnelson44", "Guardian", "Theworldisnotenough", "Griz", "SoulGlo", "Opinionnation",
        "bnelson44", "The Monster", "Hening", "landlines", "Dudley Smith",
    ]  # fmt: skip
    assert all(s.posted for s in comments)


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS, reason="needs ../shared")
def test_seed_portal_keeps_the_article_alone() -> None:
    body = article(SEEDS[2].read_text(encoding="utf-8")).document.body.split("\n")
    assert body[0].startswith("Iran has hand picked")
    assert body[-1].endswith("the Iraqi government official said.")
    assert len(body) == 32
    assert not any("photo credit" in line or "Subscribe" in line for line in body)


@pytest.mark.shared
def test_clean_text_keeps_its_words() -> None:
    path = SHARED / "data" / "attribution" / "polnear-dev.jsonl"
    if not path.exists():
        pytest.skip("needs ../shared")
    kept = n_all = 0
    for line in path.read_text(encoding="utf-8").splitlines()[::4]:
        text = json.loads(line)["text"]
        made = article(text)
        kept += sum(len(s.text.split()) for s in made.segments if s.kept or s.kind in ("title", "subtitle"))
        n_all += len(text.split())
    assert kept / n_all > 0.99


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The Reuters/Ipsos poll showed the coalition ahead by two points.", False),
        ("The figures come from a poll by Reuters/Ipsos.", False),
        ("A man sells bread in the market of Homs. REUTERS/Nadia Karam", True),
        ("Smoke over the port. REUTERS/Nadia Karam/File Photo", True),
        ("Soldiers at the gate (Reuters/N. al-Karam)", True),
    ],
)
def test_a_credit_of_reuters_ends_its_line(line: str, expected: bool) -> None:
    assert is_caption(line) is expected
