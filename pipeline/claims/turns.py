"""Turns of an interview or transcript: "NAME: …" and "Q: …", paragraph by paragraph.

The network finds most of them, but often ends them at their first sentence. Where labels stand before so
many paragraphs that two people are speaking, each such paragraph is one claim, to its end.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from spacy.tokens import Doc, Span

from pipeline.schema import Reading

CONFIDENCE = 0.8
"""Of a turn that its label alone tells."""

_LABEL = re.compile(r"(?P<label>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}): (?=\S)")
_QUESTION_AND_ANSWER = frozenset({"Q", "A"})
_LEAST_TURNS = 4
_QUOTED = ('"', "“", "'", "‘")


class Turn(NamedTuple):
    """Who speaks, the colon, and what is said."""

    source: Span
    cue: Span
    content: tuple[int, int]


def find_turns(doc: Doc, reading: Reading) -> list[Turn]:
    """The turns of an article that is an interview, in text order; none in any other.

    Four labelled paragraphs or more, two speakers or more, and one of them a person's name or "Q": else
    labels may be headings ("Location: …"). "ANN LEE" and "Lee" are one speaker; who speaks but
    once has no turn.
    """
    found = [
        (block, match)
        for block in reading.blocks
        if block.kind in ("body", "quote") and (match := _LABEL.match(reading.text, block.start))
        if not reading.text.startswith(_QUOTED, match.end())  # the reporter may go on behind it
    ]
    times = Counter(_speaker_of(match["label"]) for _, match in found)
    found = [(block, match) for block, match in found if times[_speaker_of(match["label"])] > 1]
    if len(found) < _LEAST_TURNS or sum(n > 1 for n in times.values()) < 2:
        return []
    turns = []
    for block, match in found:
        end = block.start + block.n_chars
        source = doc.char_span(*match.span("label"))
        cue = doc.char_span(match.end("label"), match.end("label") + 1)
        if source is not None and cue is not None:
            turns.append(Turn(source, cue, (match.end(), _last(reading.text, match.end(), end))))
    return turns if any(_is_speaker(turn.source) for turn in turns) else []


def _speaker_of(label: str) -> str:
    """What all labels of one speaker share: the last word, in small letters."""
    return label.rsplit(" ", 1)[-1].casefold()


def _is_speaker(label: Span) -> bool:
    return label.text in _QUESTION_AND_ANSWER or any(token.ent_type_ == "PERSON" for token in label)


def _last(text: str, start: int, end: int) -> int:
    """The end of a turn without its full stop."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end - 1 if text[end - 1] == "." and not text[:end].endswith("..") else end
