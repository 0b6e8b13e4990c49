"""The tokens of an article column by column: words, sentence, segment and quotation of each."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from spacy.attrs import IDX, ORTH, SENT_START
from spacy.tokens import Doc, Token

from pipeline.schema import Reading

_OPEN, _CLOSE = "“„«", "”»"
_MARKS = (*_OPEN, *_CLOSE, '"', "``", "''")


@dataclass(frozen=True, slots=True)
class Places:
    """What stands where in one Doc: its words, and a sentence, a block and a quotation for every token.

    spaCy makes a Token each time it is asked for one, and its string each time that is asked for.
    """

    text: str
    starts: Sequence[int]
    words: Sequence[str]
    lower: Sequence[str]
    tags: Sequence[str]
    sentences: Sequence[int]
    blocks: Sequence[int]
    quotations: Sequence[int]

    def text_of(self, first: int, last: int) -> str:
        """The text of tokens ``first`` to before ``last``."""
        if first >= last:
            return ""
        return self.text[self.starts[first] : self.starts[last - 1] + len(self.words[last - 1])]


def places(doc: Doc, reading: Reading) -> Places:
    """The tokens of ``doc`` with the sentence, block and quotation of each."""
    offsets = doc.to_array([IDX]).reshape(-1).astype(np.int64)
    blocks = np.searchsorted([block.start for block in reading.blocks], offsets, side="right") - 1
    if doc.has_annotation("SENT_START"):
        begins = doc.to_array([SENT_START]).reshape(-1) == 1
    else:
        begins = np.array([_begins_sentence(doc, token) for token in doc], dtype=bool)
    begins[:1] = False
    begins[1:] |= blocks[1:] != blocks[:-1]
    tokens = list(doc)
    words = [token.text for token in tokens]
    return Places(
        text=reading.text,
        starts=offsets.tolist(),
        words=words,
        lower=[word.lower() for word in words],
        tags=[token.pos_ for token in tokens],
        sentences=np.cumsum(begins).tolist(),
        blocks=blocks.tolist(),
        quotations=_quotations(doc, blocks.tolist()),
    )


def _begins_sentence(doc: Doc, token: Token) -> bool:
    """For Docs without sentence marks: a capital after a full stop, past closing quotation marks."""
    at = token.i - 1
    while at >= 0 and doc[at].text in "\"”’')]" and doc[at].text:
        at -= 1
    ended = at >= 0 and doc[at].text in {".", "?", "!"}
    return (
        ended
        and bool(re.match(r"[“\"'‘(\[]|[A-Z0-9]", token.text))
        and not doc[token.i - 1].text[0].isalnum()
    )


def _quotations(doc: Doc, blocks: Sequence[int]) -> list[int]:
    """A number per stretch between quotation marks, 0 outside; one left open ends with its block."""
    found, number, opened = [0] * len(doc), 0, -1
    strings = doc.vocab.strings
    marks = np.isin(doc.to_array([ORTH]).reshape(-1), [strings[mark] for mark in _MARKS])
    for at in np.flatnonzero(marks).tolist():
        mark = doc[at].text
        if opened >= 0 and blocks[opened] != blocks[at]:
            _fill(found, opened, bisect.bisect_right(blocks, blocks[opened]), number)
            opened = -1
        if mark in _OPEN or mark == "``" or (mark == '"' and opened < 0):
            _fill(found, opened, at, number)
            opened, number = at, number + 1
        elif opened >= 0:
            _fill(found, opened, at + 1, number)
            opened = -1
    if opened >= 0:
        _fill(found, opened, bisect.bisect_right(blocks, blocks[opened]), number)
    return found


def _fill(found: list[int], opened: int, end: int, number: int) -> None:
    """Give a quotation's number to its tokens; none where none is open."""
    if opened >= 0:
        found[opened:end] = [number] * (end - opened)
