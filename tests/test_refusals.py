"""Refusals to comment that name nothing refused."""

from __future__ import annotations

import pytest

from pipeline.claims.refusals import class_of, find_refusals
from tests.typed import typed_doc


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[The/d bank/n] has/x not/t commented/v ./u", ("The bank", "has not", "commented")),
        ("[Jo/p] did/x not/t immediately/b respond/v ./u", ("Jo", "did not immediately", "respond")),
        ("[Jo/p ,/u the/d mayor/n ,/u] did/x not/t reply/v ./u", ("Jo, the mayor,", "did not", "reply")),
        ("[The/d mine/n] had/v no/d immediate/j comment/n ./u", ("The mine", "had", "no immediate comment")),
        ("[He/r] could/x not/t be/x reached/v ./u", ("He", "could not be", "reached")),
        (
            "[He/r] could/x not/t be/x reached/v for/i comment/n ./u",
            ("He", "could not be reached for", "comment"),
        ),
        ("[Jo/p] was/x not/t available/j for/i comment/n ./u", ("Jo", "was not available for", "comment")),
        ("There/r was/v no/d word/n from/i [Oslo/p] ./u", ("Oslo", "from", "no word")),
        (
            "[The/d army/n] denied/v it/r and/c [the/d mission/n] did/x not/t comment/v ./u",
            ("the mission", "did not", "comment"),
        ),
        ("[The/d bank/n] did/x not/t respond/v to/i questions/n ./u", None),
        ("[She/r] did/x not/t answer/v the/d phone/n ./u", None),
        ("[It/r] did/x not/t comment/v ./u", None),
        ("[The/d bank/n] commented/v ./u", None),
    ],
)
def test_refusals(text: str, found: tuple[str, str, str] | None) -> None:
    doc, _ = typed_doc(text)
    refusals = [tuple(span.text for span in each) for each in find_refusals(doc, doc.text)]
    assert refusals == ([found] if found else [])


@pytest.mark.parametrize(
    ("cue_class", "content", "expected"),
    [("other", "no comment", "decline"), ("say", "no word", "decline"), ("ask", "comment", "ask")],
)
def test_what_is_refused_tells_the_class(cue_class: str, content: str, expected: str) -> None:
    assert class_of(cue_class, content) == expected
