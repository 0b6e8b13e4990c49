"""Cue lemma, class and negation, on Docs typed in by hand: the cue in square brackets."""

from __future__ import annotations

import pytest

from pipeline.claims.cues import read_cue
from pipeline.claims.lexicon import load_lexicon
from pipeline.config import read_lexicon
from pipeline.schema import CUE_CLASSES
from tests.typed import typed_doc

LEXICON = load_lexicon()

CASES = [
    # text, lemma, class, negated
    ("He/r [said/v] it/r", "say", "say", False),
    ("he/r [has/x called/v for/i] a/d ban/n", "call", "demand", False),
    ("he/r [called/v] for/i a/d ban/n", "call", "demand", False),
    ("he/r [called/v] it/r absurd/j", "call", "say", False),
    ("he/r [called/v] on/i Tuesday/p", "call", "say", False),
    ("[according/v to/i] police/n", "accord", "say", False),
    ("they/r [did/x not/t reply/v to/i] requests/n", "reply", "decline", False),
    ("they/r [did/x n't/t immediately/b respond/v to/i] calls/n", "respond", "decline", False),
    ("she/r [declined/v to/t comment/v]", "decline", "decline", False),
    ("she/r [declined/v] to/t comment/v", "decline", "decline", False),
    ("it/r [was/x not/t able/j to/t comment/v]", "able", "decline", False),
    ("it/r [could/x not/t be/x reached/v]", "reach", "decline", False),
    ("it/r [neither/c confirmed/v nor/c denied/v] it/r", "confirm", "decline", False),
    ("they/r [would/x not/t say/v] why/b", "say", "decline", False),
    ("he/r [did/x not/t say/v] why/b", "say", "say", True),
    ("he/r [never/b denied/v] it/r", "deny", "deny", True),
    ("he/r [denied/v] it/r", "deny", "deny", False),
    ("the/d account/n [was/x confirmed/v by/i] two/m officials/n", "confirm", "confirm", False),
    ("France/p [condemned/v] it/r", "condemn", "accuse", False),
    ("France/p [welcomed/v] it/r", "welcome", "other", False),
    ("they/r [thanked/v] him/r", "thank", "other", False),
    ("it/r [regretted/v] that/r", "regret", "other", False),
    ("the/d group/n [claimed/v responsibility/n for/i] it/r", "claim", "say", False),
    ("he/r [put/v out/i a/d statement/n saying/v] so/b", "put", "say", False),
    ("he/r [began/v tweeting/v] it/r", "begin", "say", False),
    ("he/r [appeared/v to/t deny/v] it/r", "appear", "deny", False),
    ("he/r [went/v on/i to/t say/v] it/r", "go", "say", False),
    ("the/d [criticism/n of/i] him/r", "criticism", "accuse", False),
    ("his/r [new/j questions/n about/i] it/r", "question", "ask", False),
    ("he/r [is/x willing/j to/t] talk/v", "willing", "intend", False),
    ("it/r [is/x widely/b expected/v] to/t rain/v", "expect", "predict", False),
    ("he/r [asked/v for/i] money/n", "ask", "demand", False),
    ("he/r [asked/v] whether/s it/r rained/v", "ask", "ask", False),
    ("she/r [agreed/v] to/t meet/v him/r", "agree", "promise", False),
    ("she/r [warned/v against/i] it/r", "warn", "warn", False),
    ("the/d poll/n [found/v] that/s", "find", "report", False),
    ("he/r [flummoxed/v] it/r", "flummox", "other", False),
    ("he/r [pushed/v back/b against/i] it/r", "push", "deny", False),
    ("he/r [made/v it/r clear/j] that/s", "make", "say", False),
    ("he/r [’s/x calling/v for/i] it/r", "call", "demand", False),
    ("she/r [reportedly/b] left/v", "reportedly", "report", False),
    ("he/r [last/j week/n invited/v] them/r", "invite", "demand", False),
    ("[In/i] a/d statement/n ,/u he/r", "in", "say", False),
    ("She/r [:/u] yes/q", None, "say", False),
]


@pytest.mark.parametrize(("text", "lemma", "cue_class", "negated"), CASES)
def test_cue(text: str, lemma: str | None, cue_class: str, negated: bool) -> None:
    _, spans = typed_doc(text)
    found = read_cue(spans[0], None, LEXICON)
    assert (found.lemma, found.cue_class, found.negated) == (lemma, cue_class, negated)


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("[No/d group/n] [claimed/v responsibility/n]", True),
        ("[None/n of/i them/r] [agreed/v]", True),
        ("[A/d group/n] [claimed/v responsibility/n]", False),
    ],
)
def test_nobody_said_it(text: str, negated: bool) -> None:
    _, (source, cue) = typed_doc(text)
    assert read_cue(cue, source, LEXICON).negated is negated


@pytest.mark.parametrize(
    ("text", "cue_class", "negated"),
    [
        ("[Neither/d] [would/x say/v]", "decline", False),
        ("[Neither/d side/n] [would/x comment/v]", "decline", False),
        ("[The/d side/n] [would/x say/v]", "say", False),
        ("[Neither/d] [said/v]", "say", True),
    ],
)
def test_nobody_would_say(text: str, cue_class: str, negated: bool) -> None:
    _, (source, cue) = typed_doc(text)
    found = read_cue(cue, source, LEXICON)
    assert (found.cue_class, found.negated) == (cue_class, negated)


def test_no_cue() -> None:
    assert read_cue(None, None, LEXICON).cue_class == "say"


def test_lexicon_holds_every_class_and_600_cues() -> None:
    rows = read_lexicon("cues")
    assert len(rows) >= 600
    assert {row[1] for row in rows} == set(CUE_CLASSES)
    assert len({row[0] for row in rows}) == len(rows)
