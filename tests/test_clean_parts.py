"""The parts of cleaning, each by a table of texts and what it must make of them."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import random
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pipeline.clean.alignment import line_labels
from pipeline.clean.bylines import agency_at_end, authors_of, dateline_of, parse_byline, reporting_credit
from pipeline.clean.comment_times import with_times
from pipeline.clean.dates import find_dates, settled_date
from pipeline.clean.extent import find_extent
from pipeline.clean.features import look_up
from pipeline.clean.furniture import load_furniture
from pipeline.clean.header import Head, find_head, find_opening
from pipeline.clean.invitations import self_named
from pipeline.clean.kinds import label_prose
from pipeline.clean.lines import Unit, join_lines, split_lines
from pipeline.clean.posts import find_excerpts, outlet_in, with_own_words
from pipeline.clean.publisher import copyright_agency, copyright_owner, find_publisher
from pipeline.clean.site_lines import SiteLines, fingerprint, learn, merge_all, recurring, with_site
from pipeline.clean.sites import SiteRules, load_sites
from pipeline.clean.threads import find_thread
from pipeline.clean.titles import Lines, title_text
from pipeline.config import ConfigError, load_config
from pipeline.evaluate.body import score_body, summarise
from pipeline.read.page import read_page
from pipeline.run.pages import clean
from pipeline.schema import RawArticle

SHARED = Path(__file__).resolve().parents[2] / "shared"
SCORER = SHARED / "eval" / "body_scorer.py"
CONFIG = load_config()


def raw(text: str, **fields: Any) -> RawArticle:
    return RawArticle(doc_id="a", path="a.txt", sha256="0" * 64, format="txt", text=text, **fields)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("The firm,\nAcme\n, said so.", ["The firm, Acme , said so."]),
        ("It happened less than a week after\nthe vote.", ["It happened less than a week after the vote."]),
        ("Home\nNews\nSport", ["Home", "News", "Sport"]),
        ("He left.\nshe stayed.", ["He left.", "she stayed."]),
        ("WHAT NOW\nThe town waits.", ["WHAT NOW", "The town waits."]),
        ("Bridge closed, minister says\nBy Jane Doe", ["Bridge closed, minister says", "By Jane Doe"]),
        ("Rent day\nby Ifeoma Dike", ["Rent day", "by Ifeoma Dike"]),
        ("One end of\n\nthe other", ["One end of", "the other"]),
    ],
)
def test_broken_lines_are_joined(text: str, units: list[str]) -> None:
    assert [unit.text for unit in join_lines(split_lines(text))] == units


def test_wrapped_paragraphs_are_joined() -> None:
    paragraph = (
        "The ferry was late again on Monday, and nobody who stood on\n"
        "the quay could say when it had last been on time, not even\nthe"
    )
    text = f"{paragraph} man in the booth.\n\n{paragraph} harbour master.\n\n{paragraph} captain's wife.\n"
    assert len(join_lines(split_lines(text))) == 3


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("MAY 21, 2021 13:06", "2021-05-21T13:06"),
        ("November 19, 2019, 07:47 PM EST", "2019-11-20T00:47"),
        ("posted at 8:11 pm on November 18, 2007 by Someone", "2007-11-18T20:11"),
        ("Wed 7 Aug 2019 06.00 BST", "2019-08-07T05:00"),
        ("11:12, 30 AUG 2017 BST", "2017-08-30T10:12"),
        ("2021-05-21T13:06:00+03:00", "2021-05-21T10:06"),
        ("November 18, 2019, 04:05 pm PT", "2019-11-19T00:05"),
        ("July 18, 2019, 04:05 pm PT", "2019-07-18T23:05"),
        ("Thursday, January 09, 2020", "2020-01-09T00:00"),
        ("3 May 2021 9:30 PM PHT", "2021-05-03T13:30"),
        ("3 May 2021 08:00 EAT", "2021-05-03T05:00"),
        ("On 3 May 2021 at 8:00 eat and drink", "2021-05-03T08:00"),
        ("3 May 2021 06:00 NPT", "2021-05-03T00:15"),
        ("21.05.2021", "2021-05-21T00:00"),
        ("11/19/2019", "2019-11-19T00:00"),
        ("05/06/2019", None),
        ("May 2019", None),
        ("31 June 2019", None),
        ("in room 1905 at 8:30", None),
    ],
)
def test_dates(text: str, when: str | None) -> None:
    found = find_dates(text)
    assert [written.when.strftime("%Y-%m-%dT%H:%M") for written in found] == ([when] if when else [])


@pytest.mark.parametrize(
    ("text", "authors", "agency"),
    [
        ("By Jane Doe", ("Jane Doe",), None),
        ("BY S. J. PERRIN", ("S. J. Perrin",), None),
        ("By REUTERS", (), "REUTERS"),
        ("Reuters in Baghdad", (), "Reuters"),
        ("posted at 8:11 pm on November 18, 2007 by Allahpundit", ("Allahpundit",), None),
        ("Authors: Dr Oksana Bilyk, Henrik Aas", ("Dr Oksana Bilyk", "Henrik Aas"), None),
        ("By Bryn Howell Heritage reporter", ("Bryn Howell",), None),
        ("By YUSUF KARIM, Meridian Press", ("Yusuf Karim",), "Meridian Press"),
        ("By Jane Doe and Ali Hassan al-Majid | May 1, 2020", ("Jane Doe", "Ali Hassan al-Majid"), None),
        ("By Staff Reporter", (), None),
        ("Keiran Dow | Tuesday 21 July 2015 16:08 BST | 14 comments", ("Keiran Dow",), None),
        ("Guest post by Ioana Petrescu", ("Ioana Petrescu",), None),
        ("Omar Haddad Economics correspondent", ("Omar Haddad",), None),
        ("Paul Nagy and Kate Moore, Courier Valley Ledger", ("Paul Nagy", "Kate Moore"), None),
        ("Tom Davies Associated Press", ("Tom Davies",), "Associated Press"),
        ("Robert Lasky, AP National Writer", ("Robert Lasky",), "AP"),
        ("Leila Farrokh in Sorn City and Reuters", ("Leila Farrokh",), "Reuters"),
        ("Agence France-Presse in Huila", (), "Agence France-Presse"),
        ("Reuters, New Delhi, May 12 2016, 11:06am IST", (), "Reuters"),
        ("Source: Xinhua | 2018-12-20", (), "Xinhua"),
        ("Staff and agencies", (), None),
        ("By Priya Menon (now) and Jack Tull (earlier)", ("Priya Menon", "Jack Tull"), None),
        ("By Jane Doe in Aden and John Roe in New York", ("Jane Doe", "John Roe"), None),
        ("By Tom Ellery, Ridge County Herald staff writer", ("Tom Ellery",), None),
        ("By Tom Ellery, Kesra and Ifeoma Dike", ("Tom Ellery", "Ifeoma Dike"), None),
        ("By Colin and Tom Ellery", ("Colin", "Tom Ellery"), None),
        ("Ifeoma Dike Kyiv WVN June 3, 2024 16:25", ("Ifeoma Dike",), None),
    ],
)
def test_bylines(text: str, authors: tuple[str, ...], agency: str | None) -> None:
    found = authors_of(text)
    assert found is not None
    assert (found.authors, found.agency) == (authors, agency)


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("(Reporting by Jane Doe in Aden; Editing by Max Lund)", ("Jane Doe",)),
        ("(Reporting by Reuters bureaus in Aden and Amman; Editing by Max Lund)", ()),
    ],
)
def test_reporting_credits(text: str, authors: tuple[str, ...]) -> None:
    found = reporting_credit(text)
    assert found is not None
    assert found.authors == authors


@pytest.mark.parametrize(
    "text",
    ["The mayor stood by the river.", "Home", "By the time they came, it was too late for all of them."],
)
def test_no_byline(text: str) -> None:
    found = parse_byline(text)
    assert found is None or not found.authors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WASHINGTON (AP) — The vote", ("WASHINGTON", "AP")),
        ("BAGHDAD, May 21 (Reuters) - The army", ("BAGHDAD", "Reuters")),
        ("(Reuters) - The army", ("", "Reuters")),
        ("The army said on Monday - again - that", None),
    ],
)
def test_datelines(text: str, expected: tuple[str, str | None] | None) -> None:
    assert dateline_of(text) == expected


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("© 2021 Northern Tide Ltd. All rights reserved.", "Northern Tide"),
        ("Copyright © 2002-2020 Dale Newspapers Ltd. Registered in England No. 1234567.", "Dale Newspapers"),
        ("All Rights Reserved. (c) 2013 The Adria Observer. Site by Kiln Studio.", "The Adria Observer"),
        ("Field & Furrow © 2015. All rights reserved.", "Field & Furrow"),
        ("All contents © 2019 The Slow Group LLC. All rights reserved.", "The Slow Group"),
        ("Copyright 2012 The Associated Press. All rights reserved.", None),
        ("Sports data © NUMBERS 2018", None),
        ("Copyright Policy", None),
        ("All rights reserved", None),
    ],
)
def test_copyright_lines(line: str, owner: str | None) -> None:
    assert copyright_owner(line) == owner


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Pumps to merge", "Pumps to merge"),
        ("## Pumps to merge ##", "Pumps to merge"),
        ("**Pumps to merge**", "Pumps to merge"),
        ("#MeToo reaches the harbour", "#MeToo reaches the harbour"),
        ("Trawlers told to stay in harbour Updated", "Trawlers told to stay in harbour"),
        ("Will trawlers stay in harbour? UPDATED", "Will trawlers stay in harbour?"),
        ("Trawlers told to stay in harbour [updated]", "Trawlers told to stay in harbour"),
        ("Trawlers Stay – Updated", "Trawlers Stay"),
        ("School Lunch Rules Updated", "School Lunch Rules Updated"),
        ("Rules on school lunches updated", "Rules on school lunches updated"),
    ],
)
def test_headlines_without_marks(text: str, title: str) -> None:
    assert title_text(text) == title


def test_a_trail_of_sections_is_no_headline() -> None:
    trail = "The Tide Herald - Coast News World Business Sport\nTide Herald Coast Malta News\n"
    head = "Ring rebuilt around small crews, officials say\n\nBy NORA EKSTRAND\nMARCH 3, 2025 11:42\n\n"
    prose = "A ring broken up by the police last year has rebuilt itself, two officials said on Monday.\n" * 3
    article = clean(raw(trail + head + prose), config=CONFIG)
    assert article.document.title == "Ring rebuilt around small crews, officials say"


def thread_of(text: str) -> list[tuple[str, str]]:
    page = split_lines(text)
    thread = find_thread(page, 0, load_furniture())
    comments = thread.comments if thread else ()
    return [(c.author, " ".join(page.lines[i] for i in c.lines)) for c in comments]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        (
            "Comments\nIt rained.\nann on May 3, 2020 at 8:25 PM\nIt rained.\nann on May 3, 2020 at 8:25 PM\n"
            "It did not.\nbob on May 3, 2020 at 9:25 PM",
            [("ann", "It rained."), ("bob", "It did not.")],
        ),
        (
            "2 Comments\nann says:\nMay 3, 2020 at 8:25 pm\nIt rained.\nReply\nbob says:\nNo.\nReply",
            [("ann", "It rained."), ("bob", "No.")],
        ),
        (
            "3 Comments\nSort by Best\nann • 2 hours ago\nIt rained.\n3 • Reply\n"
            "bob ann • an hour ago\nNo.\nReply",
            [("ann", "It rained."), ("bob", "No.")],
        ),
        (
            "Comments\nAnn Roe\nIt rained.\nLike · Reply · 5 · 3y\n"
            "Bob Poe\nNo, it did not.\nLike · Reply · 3y",
            [("Ann Roe", "It rained."), ("Bob Poe", "No, it did not.")],
        ),
        (  # a comment quotes someone who has no comment of his own in the thread
            "Comments\nann wrote on April 22, 2013 at 18:40:\nIt rained.\n\n"
            "bob wrote on April 23, 2013 at 07:05:\nThe Mayor wrote:\n“It will stop.”\nIt never did.",
            [("ann", "It rained."), ("bob", "The Mayor wrote: “It will stop.” It never did.")],
        ),
        (  # names below their comments: the line that quotes does not turn the thread round
            "Comments\nIt rained in the spring.\nann on April 22, 2013 at 6:40 PM\n\nann wrote:\nIt rained.\n"
            "It stopped in May.\nbob on April 23, 2013 at 7:05 AM",
            [("ann", "It rained in the spring."), ("bob", "ann wrote: It rained. It stopped in May.")],
        ),
        (
            "3 comments\n\nann says:\nIt rained.\n\nbob says:\nann wrote:\nIt rained.\nFor a week.\n\n"
            "cy says:\nFor two.",
            [("ann", "It rained."), ("bob", "ann wrote: It rained. For a week."), ("cy", "For two.")],
        ),
        (  # Disqus as text
            "2 Comments Tide Login\nRecommend Share Sort by Best\n\nJoin the discussion…\n\nAvatar\n"
            "ann • 2 hours ago\nIt rained.\n3 • Reply • Share ›\n\nAvatar\nbob ann • an hour ago\n"
            "ann wrote:\nIt rained.\nFor a week.\n• Reply • Share ›\n\nLoad more comments\nPowered by Disqus",
            [("ann", "It rained."), ("bob", "ann wrote: It rained. For a week.")],
        ),
        (  # WordPress as text
            "2 Responses to “The bridge”\n\n1. ann says:\nApril 22, 2013 at 6:40 pm\nIt rained.\nReply\n\n"
            "2. bob says:\nApril 23, 2013 at 7:05 am\n@ann wrote:\nIt rained.\nFor a week.\nReply\n\n"
            "Leave a Reply\nYour email address will not be published.",
            [("ann", "It rained."), ("bob", "@ann wrote: It rained. For a week.")],
        ),
        (  # a reply names its parent on the line of its time; counts stand above the comments
            "Comments (3)\nThis discussion is now closed to new comments\nOrder by Newest | Show 50\nann\n"
            "3 May 2021 18:01\n12\nIt rained.\nReply Share Report\nbob\nann 3 May 2021 18:14\n3\nNo.\nReply\n"
            "cy\n3 May 2021 19:00\n0\nThis comment was removed by a moderator.\nReply",
            [("ann", "It rained."), ("bob", "No."), ("cy", "")],
        ),
        (  # a removed comment is nobody's; the comment above it keeps its own time
            "2 comments:\nann (Ret.) said...\nIt rained.\nMay 3, 2021 at 6:02 AM\nMaj. Bob (ret.) said...\n"
            "This comment has been removed by the author.\nMay 3, 2021 at 7:15 AM\nPost a Comment",
            [("ann (Ret.)", "It rained."), ("Maj. Bob (ret.)", "")],
        ),
        (  # days without a year, and what stands at the end of a comment
            "2 comments\nann\n3rd May 6:14 am\nIt rained.\nLast updated: 3rd May 6:20 am\nScore: 12\nReply\n"
            "bob\n3rd May 7:02 am\nNo.\nScore: -4\nReply",
            [("ann", "It rained."), ("bob", "No.")],
        ),
        (  # newsletters
            "Comments\nRestacks\nAnn Roe\nMay 2\nLiked by Bob Poe\nIt rained.\nLIKE (14)\nREPLY\n"
            "1 reply by Bob Poe\ncy\nMay 3\nNo.\nLIKE (6)\nREPLY\n20 more comments...",
            [("Ann Roe", "It rained."), ("cy", "No.")],
        ),
        (  # days in comments are no signatures
            "2 comments\nann says:\nMeeting on 3 May at 7 pm\nsharp.\nReply\nbob says:\nNo.\nReply",
            [("ann", "Meeting on 3 May at 7 pm sharp."), ("bob", "No.")],
        ),
        ("Comments\nNo comments yet. Be the first to comment.", []),
        ("Most read\nTen things to know\nJane Doe\n2 hours ago\nWhy it rains\nBob Poe\n3 hours ago", []),
    ],
)  # fmt: skip
def test_threads(text: str, comments: list[tuple[str, str]]) -> None:
    assert thread_of(text) == comments


@pytest.mark.parametrize(
    ("times", "published", "posted"),
    [
        (["4th May 7:02 am"], "2021-05-03", ["2021-05-04T07:02"]),
        (["1 Jan, 0:15"], "2020-12-31", ["2021-01-01T00:15"]),
        (["May 4"], "2021-05-03", ["2021-05-04T00:00"]),
        (["May 4"], None, [None]),
        (["05/06/2021 at 9:14 pm", "06/06/21 1:00"], "2021-06-05", ["2021-06-05T21:14", "2021-06-06T01:00"]),
        (["05/06/2021 9:14", "05/14/2021 9:14"], "2021-05-06", ["2021-05-06T09:14", "2021-05-14T09:14"]),
        (["05/06/2021 9:14", "05/06/2021 9:20"], "2021-01-01", [None, None]),  # months later by either order
        (["05/06/2021 9:14"], "2021-07-01", [None]),
    ],
)  # fmt: skip
def test_the_date_of_the_article_settles_those_of_comments(
    times: list[str], published: str | None, posted: list[str | None]
) -> None:
    said = (f"ann{i}\n{time}\nIt rained.\nReply" for i, time in enumerate(times))
    page = split_lines("Comments\n" + "\n".join(said))
    thread = find_thread(page, 0, load_furniture())
    assert thread is not None
    day = dt.datetime.fromisoformat(published).replace(tzinfo=dt.UTC) if published else None
    found = [comment.posted for comment in with_times(thread, page, day).comments]
    assert [f"{when:%Y-%m-%dT%H:%M}" if when else None for when in found] == posted


def test_what_a_comment_repeats_is_not_said_twice() -> None:
    prose = "The council met on Monday to choose a mayor, and chose to meet again on Tuesday, the clerk said."
    text = (
        f"{prose}\n{prose[:-1]} again.\n\nComments\n\nann wrote on May 3, 2020 at 8:25 PM:\n"
        "Nobody asked us about the mayor.\n\nbob wrote on May 3, 2020 at 9:25 PM:\n"
        "> Nobody asked us about the mayor.\nSomebody did ask me, twice.\n\n"
        f"cy wrote on May 3, 2020 at 9:55 PM:\n{prose}\nThat is a lie."
    )
    segments = clean(raw(text), config=CONFIG).segments
    comments = [(s.author, s.text) for s in segments if s.kind == "comment"]
    assert ("bob", "Somebody did ask me, twice.") in comments
    assert ("cy", "That is a lie.") in comments
    repeated = [(s.author, s.text) for s in segments if s.reason == "comment repeats what stands above"]
    assert repeated == [("bob", "> Nobody asked us about the mayor."), ("cy", prose)]


def test_excerpts_of_a_post() -> None:
    paragraphs = [
        "I had been wondering about that when I read this in the Washington Post:",
        "The ministry has bought forty ferries that float in forty harbours, say three who counted them.",
        "A spokesman for the ministry declined to say how many of them were able to leave.",
        "I can count, too. We should all count!",
        "[The minister] said that the count would be repeated.",
    ]
    found = find_excerpts(paragraphs, ["body"] * 5, with_own_words(paragraphs))
    assert {i: label.author for i, label in found.items()} == {
        1: "Washington Post",
        2: "Washington Post",
        4: None,
    }


def test_the_outlet_is_in_the_last_sentence_of_a_lead_in() -> None:
    assert outlet_in("The Guardian says it was hit. The navy denies it. A reader writes:") is None
    assert outlet_in("The Guardian has an overview. It should be a warning to all:") == "The Guardian"
    assert outlet_in("It was hit. This from the BBC's man in Tyre:") == "BBC"


@pytest.mark.parametrize("mark", ["UPDATE:", "UPDATE 4 PM:", "UPDATE II:", "Update, ", "UPDATES ARE"])
def test_updates(mark: str) -> None:
    label = label_prose(Unit(0, 1, f"{mark} The navy now admits it."), 0.9, n_words=6)
    assert (label.kind == "update") is (mark[-1] == ":")


def test_outlets_that_lines_announce_make_excerpts() -> None:
    report = "Forty ferries had been bought, and forty harbours, in the course of one single year."
    paragraphs = [
        "Let us line them up.",
        "The Guardian:",
        report,
        "The New York Times, that morning:",
        report,
    ]
    found = find_excerpts(paragraphs, ["body"] * 5, with_own_words(paragraphs))
    assert {i: label.author for i, label in found.items()} == {2: "The Guardian", 4: "The New York Times"}


def test_a_report_has_no_excerpts() -> None:
    paragraphs = [
        "The minister listed them:",
        "Forty ferries had been bought, and forty harbours, in the course of one single year.",
        '"I counted," she said.',
    ]
    assert find_excerpts(paragraphs, ["body"] * 3, with_own_words(paragraphs)) == {}


def test_who_gave_the_tip_is_not_the_outlet() -> None:
    assert outlet_in("This is grim (tip to Instapundit):") is None
    assert outlet_in("Reuters reports:") == "Reuters"


@pytest.mark.parametrize("rules", load_sites().values(), ids=load_sites())
def test_site_rules_by_their_examples(rules: SiteRules) -> None:
    assert rules.example
    for example in rules.example:
        body = clean(raw(example.text, site_key=rules.site), config=CONFIG).document.body
        assert body == example.body.strip()


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('site = "x"\nstart = ["("]', "start"),
        ('site = "x"\nstop = []', "stop"),
        ('site = "x"\n[[line]]\npattern = "a"\nkind = "menu"', "no such kind"),
        ('site = "x"\ndrop = ["[a"]', "drop"),
        ('site = "x"\ncomment = "^by"', "comment"),
        ("site = ", "not valid TOML"),
    ],
)
def test_bad_site_rules_name_the_fault(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "x.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_sites(tmp_path)


def test_site_rules_name_byline_date_comment_and_what_to_drop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.toml").write_text(
        'site = "x.example"\nbyline = ["^Pen: "]\ndate = ["^Set: "]\ndrop = ["^WIN A"]\ncomment = ["^>> "]\n',
        encoding="utf-8",
    )
    rules = load_sites(tmp_path)
    monkeypatch.setattr("pipeline.clean.sites.load_sites", lambda: rules)
    prose = "The council met on Monday to choose a mayor, and chose to meet again on Tuesday, the clerk said."
    text = (
        f"Council meets\nPen: by Ann Roe\nSet: 3 May 2020\n{prose}\nWIN A holiday for two.\n{prose}\n>> Ha."
    )
    article = clean(raw(text, site_key="x.example"), config=CONFIG)
    assert [(s.kind, s.text) for s in article.segments if s.reason.startswith("rule of x.example")] == [
        ("byline", "Pen: by Ann Roe"),
        ("dateline", "Set: 3 May 2020"),
        ("other", "WIN A holiday for two."),
        ("comment", ">> Ha."),
    ]
    assert article.document.body.endswith(f"{prose}\n{prose}")
    assert article.document.authors == ("Ann Roe",)
    assert article.document.published is not None


def test_what_a_site_repeats_is_learned_in_any_order() -> None:
    pages = [
        raw(f"Our menu of the day\nStory number {n} is this one.\nAll rights", site_key="s") for n in range(4)
    ]
    parts = [learn(page) for page in pages]
    known = merge_all(parts)
    assert known == merge_all(parts[::-1]) == parts[0].merge(parts[1]).merge(parts[2].merge(parts[3]))
    assert known.pages == {"s": 4}
    assert recurring(["Our menu of the day", "Story number 2 is this one."], known, "s") == [True, False]
    assert recurring(["Our menu of the day"], known, "another") == [False]
    assert known.digest("s") != parts[0].digest("s")
    assert learn(raw("Our menu of the day")) == SiteLines()


def test_fingerprints_stay_the_same() -> None:
    assert fingerprint("Our  MENU of the day") == fingerprint("our menu of the day") == 7546659471467744779


def test_a_line_that_recurs_is_dropped() -> None:
    prose = "The council met on Monday to choose a mayor, and chose to meet again on Tuesday, the clerk said."
    notice = "Readers of this paper know that it has been printed on the same press since the flood of 1911."
    pages = [raw(f"{prose} ({n})\n{prose} It was {n}.\n{notice}", site_key="s") for n in range(3)]
    known = merge_all(map(learn, pages))
    assert notice in clean(pages[0], config=CONFIG).document.body
    assert notice not in clean(pages[0], config=CONFIG, known=known).document.body


def test_the_stretch_with_most_prose_is_found() -> None:
    probability = np.array([0.0, 0.9, 0.1, 0.9, 0.0, 0.0, 0.8])
    n_words = np.array([9, 40, 5, 40, 60, 60, 30])
    assert find_extent(probability, n_words, 0.3) == (1, 4)
    assert find_extent(probability * 0, n_words, 0.3) == (0, 0)


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("By Tom Ellery, Ridge County Herald staff writer", "Ridge County Herald"),
        ("Tom Ellery | Transport reporter | The Ridge Herald", None),
        ("All content by Ridge News Agency is licensed under CC BY 4.0.", "Ridge News Agency"),
        ("By Tom Ellery, Associated Press", None),
        ("By Tom Ellery in Ridge", None),
        ("Follow The Quarry Post on Twitter", "The Quarry Post"),
        ("Sign up for the Lakeside Ledger newsletter", "Lakeside Ledger"),
        ("About The Tannery Times | Contact us", "The Tannery Times"),
        ("Subscribe to Breaking News", None),
        ("Follow Kit Moss on Twitter", None),
        ("The Moorland Observer is a registered charity, no. 10432.", "The Moorland Observer"),
        ("Moorland Voice 2019. All rights reserved.", "Moorland Voice"),
        ("Copyright of Sallow Gazette, 2018", "Sallow Gazette"),
    ],
)
def test_publishers_without_a_masthead(line: str, publisher: str | None) -> None:
    title, prose = "Swan stops the mill", "The swan would stay until the spring, the mayor said on Monday."
    assert find_publisher([title, line, prose], title=title, url=None) == publisher


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Copyright 2012 The Associated Press. All rights reserved.", "Associated Press"),
        ("© 2019 Reuters. All Rights Reserved.", "Reuters"),
        ("Photo © Reuters", None),
        ("© 2012 Lagoon Daily. All rights reserved.", None),
    ],
)
def test_agencies_that_reserve_their_rights(line: str, agency: str | None) -> None:
    assert copyright_agency(line) == agency


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Reuters, January 20, 2017", "Reuters"),
        ("INTERWIRE, January 20, 2017", "INTERWIRE"),
        ("TIRANA, Dec 4", None),
    ],
)
def test_an_agency_before_a_date_is_no_place(line: str, agency: str | None) -> None:
    prose = "The swan would stay until the spring, the mayor said on Monday, whatever it cost the mill."
    text = "\n".join(["Home | World | Sport", "Swan stops the mill for a week", line, *[prose] * 3])
    assert clean(raw(text), config=CONFIG).document.agency == agency


def test_publisher_before_the_headline_in_the_page_title() -> None:
    lines = ["The Fen Chronicle | Swan stops the mill", "Swan stops the mill"]
    assert find_publisher(lines, title=lines[1], url=None) == "The Fen Chronicle"
    lines[0] = "Long read | Swan stops the mill"
    assert find_publisher(lines, title=lines[1], url=None) is None


def their_scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("body_scorer", SCORER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.shared
@pytest.mark.skipif(not SCORER.exists(), reason="needs ../shared")
def test_the_scorer_gives_the_figures_of_theirs() -> None:
    theirs = their_scorer()
    lot = random.Random(0)
    words = "the a ferry was late again said so Kit 1911 naïve don't".split()
    golds = [" ".join(lot.choices(words, k=lot.randrange(1, 60))) for _ in range(40)]
    bodies = [" ".join(lot.choices(gold.split() or words, k=lot.randrange(0, 60))) for gold in golds]
    rows = [
        {"doc_id": str(i), "flavour": "f", "raw": g, "body": g, "line_labels": [1]}
        for i, g in enumerate(golds)
    ]
    found = [{"doc_id": str(i), "flavour": "f", "body": body} for i, body in enumerate(bodies)]
    _, by, _ = theirs.score(rows, found)
    expected = theirs.summarise_body(by["f"])
    figure = summarise([score_body(gold, body) for gold, body in zip(golds, bodies, strict=True)])
    ours = (figure.f1, figure.precision, figure.recall, figure.doc_f1)
    assert ours == pytest.approx((expected["F1"], expected["P"], expected["R"], expected["docF1"]))


@pytest.mark.shared
@pytest.mark.skipif(not SCORER.exists(), reason="needs ../shared")
def test_line_labels_are_those_of_their_gold() -> None:
    path = SHARED / "data" / "pages" / "body-dev.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:40:13]]
    for row in rows:
        assert line_labels(row["raw"], row["body"]) == row["line_labels"]


REPORT = (
    "Auditors have traced the 2.3 million that went missing from the flood fund in 2008 to a dormant account "
    "of the road department, the treasurer announced."
)


@pytest.mark.parametrize(
    ("lead_in", "text", "outlet"),
    [
        ("From the Ridgeway Review:", REPORT, "Ridgeway Review"),
        ("According to the Daily Courier:", REPORT, "Daily Courier"),
        ("It is all over town. The Valley Tribune has the story today.", REPORT, "Valley Tribune"),
        ("They have the numbers.", "> " + REPORT, None),
        ("Then there is this:", REPORT, None),
        ("This is how the Island Times puts it:", f'"{REPORT}"', "Island Times"),
        ("Is the road to be closed again (tip to Kit)?", REPORT, None),
        ("Is it closed? (Hat tip: The Ferryman.)", f"{REPORT} He spoke to the Island Times.", "Island Times"),
        (
            "What are they waiting for?",
            f"{REPORT[:-1]}, they have told Delta Monitor.",
            "Delta Monitor",
        ),
        ("Then there is this:", f"{REPORT[:-1]}, two clerks told the Delta Monitor.", "Delta Monitor"),
    ],
)
def test_excerpts_of_outlets(lead_in: str, text: str, outlet: str | None) -> None:
    paragraphs = ["I said so in May.", lead_in, text, "My guess was right. I was lucky."]
    found = find_excerpts(paragraphs, ["body"] * 4, with_own_words(paragraphs))
    assert {i: (label.kind, label.author) for i, label in found.items()} == {2: ("quote", outlet)}


@pytest.mark.parametrize(
    ("lead_in", "text"),
    [
        (
            "It comes down to this:",
            "I would rather walk to work in the rain than wait for number nine again.",
        ),
        ("I read the Valley Tribune today.", REPORT),
        ("What are they waiting for?", REPORT),
        ("It is closed. (Hat tip: The Ferryman.) That is no road for a bus.", REPORT),
        ("It is all over town. The Valley Tribune has the story today.", "Let's see, shall we, how it ends!"),
    ],
)
def test_own_words_are_no_excerpt(lead_in: str, text: str) -> None:
    paragraphs = ["I said so in May.", lead_in, text, "My guess was right. I was lucky."]
    assert find_excerpts(paragraphs, ["body"] * 4, with_own_words(paragraphs)) == {}


@pytest.mark.parametrize(
    ("foot", "key"),
    [
        ("Copyright © 2024 Example News Ltd. All rights reserved", "examplenews"),
        ("© 2024 Example News", "examplenews"),
        ("© The Example News 2023", "examplenews"),
        ("© 2024 example-news.com", "example-news.com"),
        ("www.example-news.com", "example-news.com"),
        ("Write to desk@example-news.com", None),
        ("a-news.com b-news.com", None),
        ("The dam holds.", None),
    ],
)
def test_site_from_the_footer(foot: str, key: str | None) -> None:
    page = raw(f"Dam holds\n\nThe dam will hold, officials said on Monday.\n\n{foot}")
    assert with_site(page).site_key == key
    assert with_site(replace(page, site_key="tide")).site_key == "tide"


FOOTER = "Copyright © 2024 Example News Ltd. All rights reserved"


def test_lines_of_a_site_that_only_its_footer_names() -> None:
    notice = (
        "The crew of this page meets its readers on the first Monday of every month in the old customs house."
    )
    pages = [
        with_site(raw(f"{title}\n\n{report(place)}\n\n{notice}\n\n{FOOTER}"))
        for title, place in (("Dam holds", "dam"), ("Pier falls", "pier"))
    ]
    known = merge_all([learn(each) for each in pages])
    alone, taught = (clean(pages[0], config=CONFIG, known=each).document.body for each in (None, known))
    assert notice in alone
    assert notice not in taught
    assert taught.startswith(report("dam").replace("\n\n", "\n"))


def test_a_second_copy_does_not_empty_an_article() -> None:
    page = with_site(raw(f"Dam holds\n\n{report('dam')}\n\n{FOOTER}"))
    known = merge_all([learn(page), learn(page)])
    body = clean(page, config=CONFIG, known=known).document.body
    assert body.startswith(report("dam").replace("\n\n", "\n"))


def report(place: str) -> str:
    return "\n\n".join(
        f"Officials said on Monday that {place} number {n} would hold, though the water is {n} metres up."
        for n in range(1, 9)
    )


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("The road was reopened on Sunday. — AFP", "AFP"),
        ("(With inputs from PTI)", "PTI"),
        ("jal/rt (AFP, dpa)", "AFP"),
        ("Reuters", None),
        ("He told Reuters.", None),
    ],
)
def test_agency_at_the_end(text: str, agency: str | None) -> None:
    assert agency_at_end(text) == agency


@pytest.mark.parametrize(
    ("text", "page", "day"),
    [
        ("12-03-2018", "On 12 March the minister", 12),
        ("03/12/2018", "On March 12, 2018, the minister", 12),
        ("Tuesday 04/12/2018", "", 4),
        ("12-03-2018", "nothing", None),
        ("12-03-2018", "12 March, and 3 December", None),
        ("13-03-2018", "13 March", None),  # can be read in one way only
    ],
)
def test_dates_that_the_page_settles(text: str, page: str, day: int | None) -> None:
    found = settled_date(text, page)
    assert (found.when.day if found else None) == day


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["Subscribe to The Tide Weekly", "Advertise with The Tide", "© 2019 Brine Media, Inc."], "The Tide"),
        (["* Follow Fenwatch", "Fenwatch", "Copyright Brine Media"], "Fenwatch"),
        (["Back to Quay Review", "Quay Review newsletters"], "Quay Review"),
        (["Fenwatch © 2019 Brine Media", "Fenwatch"], "Fenwatch"),
        (["Subscribe to The Tide", "The dam held."], None),
        (["About us", "Follow us", "Contact us", "Subscribe to Newsletter", "Follow Newsletter"], None),
        (["More from Sarah Ek", "Follow Sarah Ek", "About Sarah Ek"], None),
        (["Follow Sports", "More from Sports", "Sports"], None),
        ([], None),
    ],
)
def test_what_a_page_calls_itself(lines: list[str], name: str | None) -> None:
    assert self_named(lines) == name


PROSE = [f"The dam at Mirov held on {day}, an engineer said, and the villages stayed dry." for day in "abcd"]


def head_of(*lines: str) -> tuple[Head, list[str]]:
    """The head above ``PROSE``, and all lines; each is a unit."""
    page = split_lines("\n\n".join([*lines, *PROSE]))
    units = join_lines(page)
    words = [len(unit.text.split()) for unit in units]
    found = Lines(units, look_up(units, load_furniture()), words, page.text)
    first = find_opening(found, page.lines.index(PROSE[0]) - 1)
    return find_head(found, first, given=None), page.lines


def test_credits_below_the_same_headline_further_up() -> None:
    pictures = ["Image 1 of 3", "Photo: Ann Lunt, AP", "1", "/", "3", "Back to Gallery"]
    title = "Dam above Mirov holds through the night"
    head, lines = head_of(title, "By Sarah Ek", "May 3, 2019", *pictures, title, *pictures[2:])
    assert [lines[i] for i in (*head.bylines, *head.dates)] == ["By Sarah Ek", "May 3, 2019"]
    assert head.title == lines.index(title, 1)


def test_the_page_title_tells_the_headline() -> None:
    title = "Will the dam above Mirov hold this time?"
    menu = ["Power Your Day Today", "A Morning Walk With Our Editors"]
    right_above, lines = head_of(f"{title} - The Tide", *menu * 2, title)
    assert right_above.title == lines.index(title)
    far_above, lines = head_of(f"{title} - The Tide", title, *menu * 40)
    assert far_above.title == lines.index(title)


def test_a_date_above_a_question_makes_it_the_headline() -> None:
    title = "Who shut the Mirov dam?"
    head, lines = head_of("The Mirov Journal", "Home", "Tuesday, 9 August 2016", title)
    assert head.title == lines.index(title)


def test_the_section_before_a_headline_is_no_part_of_it() -> None:
    text = "\n\n".join(["Opinion | The dam above Mirov must stay", "By the Editorial Board", *PROSE])
    assert clean(raw(text), config=load_config()).document.title == "The dam above Mirov must stay"


def test_a_press_release_ends_at_its_end() -> None:
    above = ["PRESS RELEASE", "FOR IMMEDIATE RELEASE", "12 September 2018", "Dam above Mirov holds through"]
    below = ["ENDS", "Notes to editors", "The Mirov Dam Board was founded in 1904 and has a staff of four."]
    article = clean(raw("\n\n".join([*above, *PROSE, *below])), config=load_config())
    assert article.document.body.splitlines() == PROSE


def test_a_badge_between_name_and_time_is_no_name() -> None:
    text = "\n".join(
        ["bob", "OP", "3 years ago", "It held.", "Reply", "ann", "3 years ago", "It did not.", "Reply"]
    )
    assert thread_of("\n\n".join([*PROSE * 3, "2 Comments"]) + "\n" + text) == [
        ("bob", "It held."),
        ("ann", "It did not."),
    ]


def test_a_job_below_the_name_is_of_the_byline() -> None:
    head, lines = head_of("Dam above Mirov holds through the night", "Rosa Lind", "Health editor")
    assert lines.index("Health editor") in head.bylines


@pytest.mark.parametrize(
    "last",
    [
        "posted by Colin at 11:20 PM",
        "To contact the reporter on this story: Dana Wills in Mirov at dwills@example.net",
        "DAVID PACE",
        "Meridian Press writers Tom Odula and Joe Mwihia contributed.",
        "6 thoughts on “Dam above Mirov holds”",
        "Wills reported from Mirov. Ann Odeh in Kesra contributed to this report.",
    ],
)
def test_who_wrote_it_is_no_prose(last: str) -> None:
    article = clean(raw("\n\n".join(["Dam above Mirov holds", *PROSE, last])), config=load_config())
    assert article.document.body.endswith("dry.")


@pytest.mark.parametrize(
    "other", ["Follow the topics within this article", "The dam at Mirov on Friday. (mirov.example)"]
)
def test_notices_and_captions_are_no_headlines(other: str) -> None:
    title = "Dam above Mirov holds through the night"
    head, lines = head_of(title, "UPDATED: May 3, 2019", other)
    assert head.title == lines.index(title)


def test_the_author_presented_below() -> None:
    def authors(*below: str) -> tuple[str, ...] | None:
        text = "\n\n".join(["Dam holds", *PROSE, *below])
        raw = RawArticle("x", "x.txt", "0" * 64, "txt", text, language="en")
        return clean(raw, config=load_config()).document.authors

    below = ["Related stories", "Sarah Ek is a staff writer at the Tide."]
    assert authors(*below) == ("Sarah Ek",)
    assert authors(*below, "Mary Lunt is the political editor of the Tide.") is None


ARCHIVE = ["Recent posts", "Bins again", "The dam above Mirov is still shut", "Friday music", "Blogroll"]


MOTTO = ["QUAY NOTES", "Rivers, rents and bad ideas from the valley", "« Bins again | Main | Friday music »"]
MENU = ["Mirov Gazette", "News Sport What's On Jobs Homes Cars Place an Ad Public Notices", "8th June"]


@pytest.mark.parametrize(
    ("above", "title", "below"),
    [
        (MOTTO, "Who keeps the keys of the Mirov dam", ["by Ann Roe"]),  # its byline stands below
        (MENU, "Dam could be 'shut for a decade' after twelve bolts fail", ["By Ann Roe", "8 June 2018"]),
        (["Quay notes", "Water and rent in an old valley", "News"], "The dam above Mirov is still shut", []),
    ],
)
def test_headlines_below_mottos_and_menus(above: list[str], title: str, below: list[str]) -> None:
    date = ["June 08, 2018"] if above == MOTTO else []
    text = "\n\n".join([*above, *date, title, *below, *PROSE, *ARCHIVE])
    assert clean(raw(text), config=CONFIG).document.title == title


@pytest.mark.parametrize(
    ("below", "subtitle"),
    [
        (
            ["By Ann Roe", "May 3, 2019", "Engineers say that the bolts failed one by one.", "Advertisement"],
            "Engineers say that the bolts failed one by one.",
        ),
        (["By Ann Roe", "May 3, 2019", "Above: Engineers look at the bolts of the dam on Friday."], None),
        (["By Ann Roe", "May 3, 2019", "Engineers look at the bolts on May 2, 2019, in Mirov.", "AP"], None),
    ],
)
def test_standfirst_below_the_credits(below: list[str], subtitle: str | None) -> None:
    head, lines = head_of("Dam above Mirov holds through the night", *below)
    assert (lines[head.subtitle] if head.subtitle is not None else None) == subtitle


def test_a_line_above_a_place_is_a_standfirst() -> None:
    head = [
        "Dam above Mirov holds through the night",
        "May 3, 2019",
        "Ann Roe",
        "NEWS",
        "Photo: Ann Lunt, AP",
    ]
    standfirst = "'We look at everything,' says the engineer, who does not say how long it will take"
    text = "\n\n".join([*head, standfirst, "MIROV, Kesra – " + PROSE[0], *PROSE[1:]])
    document = clean(raw(text), config=CONFIG).document
    assert document.subtitle == standfirst
    assert document.body.startswith("MIROV, Kesra")


@pytest.mark.parametrize(
    ("top", "foot", "publisher"),
    [
        (["Mirov Gazette"], ["© Copyright 2001-2019. This site is part of Brine Ltd."], "Mirov Gazette"),
        (["EV"], ["© 2024 Elbe Valley Legal notice Contact"], "Elbe Valley"),
        ([], ["© 2024 Mirov Free Press Company"], "Mirov Free Press Company"),
        ([], ["© The Mirov Ledger Pvt Ltd"], "The Mirov Ledger"),
        (["MIROV HERALD"], ["Published in Mirov Herald, May 3rd, 2019", "© Brine Print"], "Mirov Herald"),
        (["MIROV HERALD"], ["Published in Fenwatch, May 3rd, 2019", "© 2019 Brine Print"], "Brine Print"),
        (["KDLE 6 News", "News"], ["© 2019 Brine Media, Inc."], "KDLE"),
        (["The Ledger of Wells", "Subscribe"], ["© 2019 Maria Lunt"], "The Ledger of Wells"),
        (["fenwatch", "WEATHER"], ["About Fenwatch", "Fenwatch is free.", "Write to Fenwatch."], "Fenwatch"),
        (["May 3, 2019"], ["May 3, 2019"], None),
    ],
)  # fmt: skip
def test_publishers_at_top_and_foot(top: list[str], foot: list[str], publisher: str | None) -> None:
    title = "Dam above Mirov holds"
    lines = [*top, title, "MIROV, Mo. (KDLE) — The dam held.", *PROSE, *foot]
    assert find_publisher(lines, title=title, url=None) == publisher


@pytest.mark.parametrize(
    "caption",
    [
        "Engineers stand beside the bolts of the dam above Mirov on Tuesday. — Herald",
        "The dam above Mirov. Photo: Fen Watch.",
    ],
)
def test_a_caption_that_ends_with_its_owner_is_no_prose(caption: str) -> None:
    head = ["Dam above Mirov holds through the night", "By Ann Roe", "May 3, 2019", caption]
    made = clean(raw("\n\n".join([*head, *PROSE])), config=CONFIG)
    assert made.document.body.splitlines() == PROSE
    assert [segment.text for segment in made.segments if segment.kind == "caption"] == [caption]


def test_tags_and_appeals_that_an_extractor_keeps_are_left_out() -> None:
    lines = [*(f"<p>{line}</p>" for line in PROSE), "<h4>Topics</h4><ul><li>Dams</li><li>Kesra</li></ul>"]
    appeal = (
        "<h3>Since you're here …</h3><p>… we have a small favour to ask: pay for it.</p><p>Support us</p>"
    )
    page = f"<article><h1>Dam above Mirov holds</h1>{''.join(lines)}{appeal}</article>"
    made = clean(raw(read_page(page).text, html=page), config=CONFIG)
    assert made.document.body.splitlines() == PROSE


def test_a_channel_saved_as_text() -> None:
    said = [
        "Two boats are aground at the quay, harbour staff say. No one was hurt.",
        "The boats are afloat again.",
    ]
    text = (
        "Quay Notes\n2 104 subscribers\n3 May 2021\n\n"
        f"Quay Notes, [03.05.21 07:41]\n[Forwarded from Fenwatch]\n{said[0]}\n👁 3.1K\n\n"
        f"Quay Notes, [03.05.21 08:03]\nIn reply to this message\n{said[1]}\n🙏 12  😢 98\n👁 2.9K\n\n"
        "Comments (2)\n\nAnn R.\nThey were never aground\n14:02\n\n"
        "Bob replied to Ann R.\nThey were, my brother says.\n14:10\n\nView in Telegram"
    )
    made = clean(raw(text), config=CONFIG)
    assert made.document.body.splitlines() == said
    comments = [(s.author, s.text) for s in made.segments if s.kind == "comment"]
    assert comments == [("Ann R.", "They were never aground"), ("Bob", "They were, my brother says.")]
