"""The day from which an article is told, by its dateline and its time of publication."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.claims.dateline import told_from
from pipeline.claims.when import said_date
from tests.test_claims import ROLES, article_of, simple

FRIDAY = "2021-05-21"


def told(text: str, kind: str, published: str | None) -> str | None:
    when = dt.datetime.fromisoformat(published).replace(tzinfo=dt.UTC) if published else None
    found = told_from(article_of(text, (text, kind, None), published=when))
    return found.date().isoformat() if found else None


@pytest.mark.parametrize(
    ("text", "kind", "published", "expected"),
    [
        # nothing says when it was published
        ("GRAZ, Austria, May 3, 2021 (Reuters) — It rained.", "body", None, "2021-05-03"),
        ("BEIJING, Jan. 3, 2021 (Xinhua) -- It rained.", "body", None, "2021-01-03"),
        ("Graz, 3 May 2021 (Reuters) - It rained.", "body", None, "2021-05-03"),
        ("ADEN (AP), Monday, May 3, 2021: It rained.", "body", None, "2021-05-03"),
        ("GRAZ (May 3, 2021) — It rained.", "body", None, "2021-05-03"),
        ("Monday, 3rd of May 2021", "dateline", None, "2021-05-03"),
        ("2021-05-03", "dateline", None, "2021-05-03"),
        ("Updated May 3, 2021", "dateline", None, None),
        ("GRAZ, May 3 (Reuters) — It rained.", "body", None, None),  # of which year?
        ("GRAZ, May 3, 2021 was a wet day — it rained.", "body", None, None),
        ("Rain fell on Graz, May 3, 2021 — a wet day.", "body", None, None),
        ("It rained on May 3, 2021.", "body", None, None),
        ("It rained.", "body", None, None),
        # a dateline before publication
        ("GRAZ, May 18 (Reuters) — It rained.", "body", FRIDAY, "2021-05-18"),
        ("GRAZ, 18 May (Reuters) — It rained.", "body", FRIDAY, "2021-05-18"),
        ("GRAZ, May 21 (Reuters) — It rained.", "body", FRIDAY, FRIDAY),
        ("GRAZ, May 3 (Reuters) — It rained.", "body", FRIDAY, FRIDAY),  # too long ago to be told from
        ("GRAZ, May 25 (Reuters) — It rained.", "body", FRIDAY, FRIDAY),
        ("GRAZ, December 30 (Reuters) — It rained.", "body", "2021-01-02", "2020-12-30"),
        ("Monday, May 17, 2021", "dateline", FRIDAY, FRIDAY),
        ("It rained.", "body", FRIDAY, FRIDAY),
    ],
)
def test_told_from(text: str, kind: str, published: str | None, expected: str | None) -> None:
    assert told(text, kind, published) == expected


def test_a_bare_weekday_is_the_last_one_before_publication() -> None:
    """Every weekday against every day of publication: at most six days back, the same day included."""
    for n in range(7):
        published = dt.datetime(2021, 5, 17 + n, 8, tzinfo=dt.UTC)
        days = [said_date(day, published) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
                                                      "Saturday", "Sunday")]  # fmt: skip
        assert [day.weekday() for day in days if day] == list(range(7))
        assert all(day and 0 <= (published.date() - day).days <= 6 for day in days)


WEEKDAY = "GRAZ/p ,/u May/p 5/m ,/u 2021/m -/u [The/d mayor/n] [said/v] on/i Monday/p [it/r rained/v] ./u"


@pytest.mark.parametrize(
    ("published", "kind", "date"),
    [(None, "body", "2021-05-03"), (FRIDAY, "body", "2021-05-17"), ("2021-05-06", "body", "2021-05-03"),
     (None, "comment", None)],
)  # fmt: skip
def test_a_weekday_is_told_from_the_dateline(published: str | None, kind: str, date: str | None) -> None:
    when = dt.datetime.fromisoformat(published).replace(tzinfo=dt.UTC) if published else None
    (claim,) = simple(WEEKDAY, *ROLES, kind=kind, published=when)
    assert claim.said_when == "Monday"
    assert claim.said_date == (dt.date.fromisoformat(date) if date else None)
