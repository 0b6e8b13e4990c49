"""Gold page tops, comment threads and posts: their notation, and the scorer of metadata and comments."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pipeline.evaluate.figures import Figure, figure
from pipeline.evaluate.metadata import find_comments, plain, score_headers, score_threads, wrong_fields
from pipeline.evaluate.pages import raw_article, read_headers, read_posts, read_threads
from pipeline.evaluate.passages import PassageError, read_rows
from pipeline.evaluate.posts import score_posts
from pipeline.evaluate.stated import score_stated
from pipeline.run.pages import Extract
from pipeline.schema import Article, Document, Segment

GOLD = Path(__file__).resolve().parents[1] / "gold"

HEADERS = """## h900 portal | url=https://tide.example/a
title = Dam holds
authors = Ann Ek; Bo Lunt
published = 2020-01-08T09:30:00Z
publisher = The Tide|Tide
tags = dams; rivers
dateline = MIROV, Jan 8
updated = *
---
The Tide
Dam holds
By Ann Ek and Bo Lunt

## h901 bare
title = Nothing else
---
Nothing else
"""

THREAD = """## t900 shape
---
The dam held.

[[It did not.||reed|2020-01-08T10:00:00]]
reed at 10:00

[[> It did not.

It did.||Ann|2020-01-08T11:30:00|1]]
Ann at 11:30

[[Both wrong.||otter|]]
"""

Row = dict[str, Any]


@pytest.fixture
def headers(tmp_path: Path) -> list[Row]:
    (tmp_path / "dev.txt").write_text(HEADERS, encoding="utf-8")
    return read_headers(tmp_path / "dev.txt")


@pytest.fixture
def thread(tmp_path: Path) -> Row:
    (tmp_path / "dev.txt").write_text(THREAD, encoding="utf-8")
    return read_threads(tmp_path / "dev.txt")[0]


def article(row: Row, *segments: tuple[str, str, str | None, dt.datetime | None], **values: Any) -> Article:
    """An article over the row's text; a segment is ``(kind, text, author, posted)``."""
    fields: dict[str, Any] = dict.fromkeys(each.name for each in dataclasses.fields(Document))
    fields |= {"doc_id": row["id"], "text": row["text"], "body": "", "published": None} | values
    made, position = [], 0
    for number, (kind, text, author, posted) in enumerate(segments):
        start = row["text"].index(text, position)
        position = start + len(text)
        made.append(
            Segment(row["id"], f"s{number}", kind, False, start, position, text, author, posted, "typed in")
        )
    return Article(Document(**fields), tuple(made))


def test_headers_notation(headers: list[Row]) -> None:
    first, second = headers
    assert first["text"] == "The Tide\nDam holds\nBy Ann Ek and Bo Lunt"
    assert first["expected"] == {
        "title": "Dam holds",
        "subtitle": None,
        "authors": ["Ann Ek", "Bo Lunt"],
        "agency": None,
        "published": "2020-01-08T09:30:00Z",
        "publisher": "The Tide",
        "tags": ["dams", "rivers"],
        "dateline": "MIROV, Jan 8",
    }
    assert first["accept"] == {"publisher": ["The Tide", "Tide"]}
    assert second["expected"]["authors"] is None
    assert raw_article(first).url == "https://tide.example/a"
    assert raw_article(first).text == first["text"]


def test_threads_notation(thread: Row) -> None:
    texts = [thread["text"][each["start"] : each["end"]] for each in thread["comments"]]
    assert texts == ["It did not.", "> It did not.\n\nIt did.", "Both wrong."]
    assert [each["author"] for each in thread["comments"]] == ["reed", "Ann", "otter"]
    assert [each["posted"] for each in thread["comments"]][1:] == ["2020-01-08T11:30:00", None]
    assert [each["quoting"] for each in thread["comments"]] == [None, 0, None]
    assert "[[" not in thread["text"]


def test_a_block_without_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dev.txt").write_text("## h1 x\ntitle = y\n", encoding="utf-8")
    with pytest.raises(PassageError, match="h1"):
        read_headers(tmp_path / "dev.txt")


@pytest.mark.parametrize("half", ["dev", "test"])
def test_gold_rows_are_those_of_the_text_files(half: str) -> None:
    for name in (half, f"{half}-whole"):
        assert read_rows(GOLD / "headers" / f"{name}.jsonl") == read_headers(GOLD / "headers" / f"{name}.txt")
        assert read_rows(GOLD / "threads" / f"{name}.jsonl") == read_threads(GOLD / "threads" / f"{name}.txt")
    assert read_rows(GOLD / "posts" / f"{half}.jsonl") == read_posts(GOLD / "posts" / f"{half}.txt")


def test_gold_values_stand_in_their_pages() -> None:
    rows = [row for path in (GOLD / "headers").glob("*.jsonl") for row in read_rows(path)]
    assert len(rows) == len({row["id"] for row in rows}) == 144
    for row in rows:
        page = plain(row["text"])
        for name in ("title", "subtitle", "agency", "dateline"):
            values = row["accept"].get(name) or [row["expected"].get(name)]
            assert any(value is None or plain(value) in page for value in values), (row["id"], name)
        for name in ("authors", "tags"):
            assert all(plain(each) in page for each in row["expected"].get(name) or ()), row["id"]
        for name in ("published", "updated"):
            if row["expected"].get(name):
                assert dt.datetime.fromisoformat(row["expected"][name]).utcoffset() == dt.timedelta(0)


PUBLISHED = dt.datetime(2020, 1, 8, 9, 30, tzinfo=dt.UTC)


def test_header_fields_right(headers: list[Row]) -> None:
    row = headers[0] | {"text": "MIROV, Jan 8 - Tags: dams, rivers"}
    found = article(
        row,
        ("dateline", "MIROV, Jan 8", None, None),
        ("tags", "Tags: dams, rivers", None, None),
        title="Dam holds.",
        authors=("Bo Lunt", "Ann Ek"),
        publisher="Tide",
        published=PUBLISHED,
    )
    figures = score_headers([row], [found])
    for name in ("title", "publisher", "published", "published_day", "dateline"):
        assert figures[name] == figure(1, 1, 1), name
    assert figures["authors"] == figure(2, 2, 2)
    assert figures["tags"] == Figure(1, 1, 2, 2)
    assert "updated" not in figures
    assert "site" not in figures
    assert wrong_fields(row, found) == {}


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ({"title": "Dam"}, "title", figure(0, 1, 1)),
        ({"title": None}, "title", figure(0, 0, 1)),
        ({"subtitle": "By Ann"}, "subtitle", figure(0, 1, 0)),
        ({"authors": ("Ann Ek", "The Tide")}, "authors", figure(1, 2, 2)),
        ({"published": PUBLISHED.replace(hour=8)}, "published", figure(0, 1, 1)),
        ({"published": PUBLISHED.replace(hour=8)}, "published_day", figure(1, 1, 1)),
        ({"published": PUBLISHED.replace(second=59)}, "published", figure(1, 1, 1)),
        ({"agency": "REUTERS"}, "agency", figure(0, 1, 0)),
    ],
)
def test_header_fields_wrong(headers: list[Row], values: Row, name: str, expected: Figure) -> None:
    assert score_headers([headers[0]], [article(headers[0], **values)])[name] == expected


@pytest.mark.parametrize(("found", "expected"), [("AP", (0, 0, 0)), (None, (0, 0, 0)), ("UPI", (0, 1, 0))])
def test_what_may_be_null_is_not_asked_for(
    headers: list[Row], found: str | None, expected: tuple[int, int, int]
) -> None:
    row = headers[0] | {"accept": {"agency": [None, "AP"]}}
    assert score_headers([row], [article(row, agency=found)])["agency"] == figure(*expected)


def test_a_refused_article_finds_nothing(headers: list[Row]) -> None:
    figures = score_headers([headers[0]], [None])
    assert figures["title"] == figure(0, 0, 1)
    assert figures["authors"] == figure(0, 0, 2)
    assert set(wrong_fields(headers[0], None)) == {
        "title",
        "authors",
        "published",
        "published_day",
        "publisher",
        "tags",
        "dateline",
    }


TEN = dt.datetime(2020, 1, 8, 10, tzinfo=dt.UTC)


def test_threads_right(thread: Row) -> None:
    found = article(
        thread,
        ("comment", "It did not.", "reed", TEN),
        ("byline", "reed at 10:00", None, None),
        ("comment", "> It did not.", "Ann", TEN.replace(hour=11, minute=30)),
        ("comment", "It did.", "Ann", TEN.replace(hour=11, minute=30)),
        ("byline", "Ann at 11:30", None, None),
        ("comment", "Both wrong.", "otter", None),
    )
    assert len(find_comments(found)) == 3
    figures = score_threads([thread], [found])
    for name in ("comment", "comment.exact", "author"):
        assert figures[name] == figure(3, 3, 3), name
    assert figures["posted"] == figure(2, 2, 2)
    assert figures["letters"].f1 == 1.0


def test_threads_wrong(thread: Row) -> None:
    found = article(
        thread,
        ("comment", "The dam held.", None, None),  # not a comment
        ("comment", "It did not.\nreed at 10:00", "Ann", TEN),  # too long, another's name
        ("comment", "Both wrong.", None, TEN),
    )
    figures = score_threads([thread], [found])
    assert figures["comment"] == figure(1, 3, 3)
    assert figures["author"] == figure(0, 1, 3)
    assert figures["posted"] == figure(0, 2, 2)
    assert figures["letters"].precision < 1
    assert score_threads([thread], [None])["comment"] == figure(0, 0, 3)


def test_score_of_posts(tmp_path: Path) -> None:
    path = tmp_path / "posts.txt"
    path.write_text(
        "## p1 x\n---\nOwn.\n[[One.\nTwo.||quote|The Tide]]\n[[UPDATE (Jo): Three.||update|Jo]]\n",
        encoding="utf-8",
    )
    (row,) = read_posts(path)
    assert row["text"] == "Own.\nOne.\nTwo.\nUPDATE (Jo): Three."
    found = article(
        row,
        ("quote", "Own.\nOne.", "Tide", None),
        ("body", "Two.", None, None),
        ("update", "UPDATE (Jo): Three.", "Jo", None),
    )
    figures = score_posts([row], [found])
    assert figures["quote"] == figure(1, 2, 2)
    assert figures["outlet"] == figure(0, 2, 2)
    assert figures["update"] == figures["update_author"] == figure(1, 1, 1)
    assert score_posts([row], [None])["quote"] == figure(0, 0, 2)


def test_what_real_pages_state() -> None:
    text = "Dam holds at Mirov\nBy Ann Ek\nThe dam held.\nThe Tide Weekly"
    day = dt.datetime(2019, 5, 3, 23, tzinfo=dt.UTC)
    values = {"title": "Dam holds at Mirov", "authors": ("Ann Ek",), "publisher": "Brine Media"}
    found = article({"id": "a", "text": text}, **values, published=day).document
    stated = Extract("", "Dam holds at Mirov | Tide", "Ann Ek; Bo Lunt", "2019-05-04", "Tide Weekly", ())
    assert score_stated([(found, stated)]) == {
        "title": figure(0, 0, 0),  # the text does not hold it as stated
        "publisher": figure(0, 1, 1),
        "authors": figure(1, 1, 1),
        "published": figure(1, 1, 1),
    }
    named = dataclasses.replace(found, publisher="The Tide Weekly", published=None, title=None)
    plain = dataclasses.replace(stated, title="Dam holds at Mirov")
    assert score_stated([(named, plain)]) == {
        "title": figure(0, 0, 1),
        "publisher": figure(1, 1, 1),
        "authors": figure(1, 1, 1),
        "published": figure(0, 0, 1),
    }
