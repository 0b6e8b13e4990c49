"""The date an expression means, and which expression tells when a claim was made."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.claims.when import find_when, said_date
from tests.typed import typed_doc

PUBLISHED = dt.datetime(2021, 5, 21, 13, 6, tzinfo=dt.UTC)  # a Friday


@pytest.mark.parametrize(
    ("expression", "date"),
    [
        ("Friday", "2021-05-21"),
        ("Thursday", "2021-05-20"),
        ("Saturday", "2021-05-15"),
        ("late on Thursday", "2021-05-20"),
        ("Sunday night", "2021-05-16"),
        ("last Friday", "2021-05-14"),
        ("last Wednesday", "2021-05-19"),
        ("next Monday", "2021-05-24"),
        ("Tues.", "2021-05-18"),
        ("yesterday", "2021-05-20"),
        ("late yesterday", "2021-05-20"),
        ("last night", "2021-05-20"),
        ("today", "2021-05-21"),
        ("this morning", "2021-05-21"),
        ("tomorrow", "2021-05-22"),
        ("two days ago", "2021-05-19"),
        ("a week ago", "2021-05-14"),
        ("May 3", "2021-05-03"),
        ("June 3", "2020-06-03"),
        ("Feb. 29", "2020-02-29"),
        ("3 May 2019", "2019-05-03"),
        ("the 3rd of May", "2021-05-03"),
        ("Monday, the 3rd of May 2021", "2021-05-03"),
        ("Monday, May 3", "2021-05-03"),
        ("2020-01-09", "2020-01-09"),
        ("January 9, 2020", "2020-01-09"),
        # No one day.
        ("last week", None),
        ("last month", None),
        ("April", None),
        ("2019", None),
        ("March 2019", None),
        ("a year ago", None),
        ("two days later", None),
        ("a day earlier", None),
        ("that day", None),
    ],
)
def test_date(expression: str, date: str | None) -> None:
    assert said_date(expression, PUBLISHED) == (dt.date.fromisoformat(date) if date else None)


# The first bracket is the cue, the others are source and content.
CASES = [
    ("[He/r] <said/v> on/i Friday/p [it/r rained/v] ./u", "Friday", "2021-05-21"),
    ("[He/r] <said/v> [it/r rained/v on/i Friday/p] ./u", None, None),
    ("On/i Monday/p ,/u [the/d minister/n] <said/v> [it/r rained/v] ./u", "Monday", "2021-05-17"),
    ("[It/r rained/v] ,/u [he/r] <said/v> late/b on/i Thursday/p ./u", "late on Thursday", "2021-05-20"),
    ("[He/r] <said/v> in/i April/p after/i the/d attack/n [that/s it/r rained/v]", "April", None),
    ("[He/r] <told/v> reporters/n yesterday/n [it/r rained/v]", "yesterday", "2021-05-20"),
    ("[The/d man/n shot/v on/i Friday/p] <said/v> [it/r rained/v]", None, None),
    ("[He/r] <said/v Tuesday/p> [it/r rained/v]", "Tuesday", "2021-05-18"),
    ("[He/r] ,/u who/r won/v on/i Monday/p ,/u <said/v> [it/r rained/v]", None, None),
    ("[He/r] <said/v> [no/q] ,/u after/i a/d raid/n that/r began/v on/i Monday/p", None, None),
    ("[He/r] last/j week/n <said/v> [no/q]", "last week", None),
]


@pytest.mark.parametrize(("text", "expression", "date"), CASES)
def test_when(text: str, expression: str | None, date: str | None) -> None:
    plain = text.replace("<", "[").replace(">", "]")
    doc, spans = typed_doc(plain)
    order = [mark for mark in text if mark in "[<"]
    cue = spans[order.index("<")]
    taken = [(span.start_char, span.end_char) for span in spans if span is not cue]
    found = find_when(doc.text, cue, taken, PUBLISHED)
    assert (found.text, found.date) == (expression, dt.date.fromisoformat(date) if date else None)


def test_unknown_publication_gives_no_date() -> None:
    doc, spans = typed_doc("He/r [said/v] on/i Friday/p it/r rained/v")
    found = find_when(doc.text, spans[0], [], None)
    assert (found.text, found.date) == ("Friday", None)
