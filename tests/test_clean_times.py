"""Times of articles: what the page shows, what its source states."""

from __future__ import annotations

import pytest

from pipeline.clean.page_times import stated_times
from pipeline.config import load_config
from pipeline.read.page import read_page
from pipeline.run.pages import clean
from pipeline.schema import Document, RawArticle

CONFIG = load_config()
SAID = (
    "The dam at Mirov held on {}, an engineer said, and the villages below it stayed dry through the night."
)


def minute(value: object) -> str | None:
    return f"{value:%Y-%m-%dT%H:%M}" if value else None


@pytest.mark.parametrize(
    ("html", "day", "published", "modified"),
    [
        (
            '<meta property="article:published_time" content="2021-05-03T08:15:00+02:00">'
            '<meta content="2021-05-03T11:00:00+02:00" property="article:modified_time">',
            "2021-05-03",
            "2021-05-03T08:15:00+02:00",
            "2021-05-03T09:00",
        ),
        ('<script>{"datePublished": "2021-05-03T08:15:00Z"}</script>', None, "2021-05-03T08:15:00Z", None),
        (  # changed as it was published
            '{"datePublished":"2021-05-03T08:15:00Z","dateModified":"2021-05-03T08:15:20Z"}',
            "2021-05-03",
            "2021-05-03T08:15:00Z",
            None,
        ),
        (  # a teaser's time stands first
            '{"datePublished":"2021-05-01T10:00:00Z"}{"datePublished":"2021-05-03T08:15:00Z"}',
            "2021-05-03",
            "2021-05-03T08:15:00Z",
            None,
        ),
        (
            '<time itemprop="datePublished" datetime="2021-05-03 08:15">today</time>',
            "2021-05-03",
            "2021-05-03 08:15",
            None,
        ),
        ('<meta itemprop="datePublished" content="2021-05-03">', "2021-05-03", None, None),
        ("datePublished", None, None, None),
    ],
)
def test_times_that_a_source_states(
    html: str, day: str | None, published: str | None, modified: str | None
) -> None:
    found, changed = stated_times(html, day)
    assert (found, minute(changed)) == (published, modified)


def document_of(head: str, shown: str) -> Document:
    prose = "".join(f"<p>{SAID.format(day)}</p>" for day in "Monday Tuesday Friday Saturday".split())
    page = f"<html><head>{head}</head><body><h1>Dam above Mirov holds</h1><p>{shown}</p>{prose}</body></html>"
    raw = RawArticle("a", "a.html", "0" * 64, "html", read_page(page).text, html=page)
    return clean(raw, config=CONFIG).document


STATED = '<meta property="article:published_time" content="2021-05-03T08:15:30+00:00">'


@pytest.mark.parametrize(
    ("head", "shown", "published", "text"),
    [
        (STATED, "3 May 2021", "2021-05-03T08:15", "3 May 2021"),
        (STATED, "By Ann Roe", "2021-05-03T08:15", "2021-05-03T08:15:30+00:00"),
        (STATED.replace("T08:15:30+00:00", ""), "May 3, 2021 at 9:40 PM PHT", "2021-05-03T13:40", None),
    ],
)
def test_the_hour_is_told_by_source_or_page(head: str, shown: str, published: str, text: str | None) -> None:
    document = document_of(head, shown)
    assert (minute(document.published), document.published_text) == (published, text or shown)
