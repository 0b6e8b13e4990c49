"""Where the tokens of an article stand: sentence, segment and quotation of each."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.schema import Reading

_OPEN, _CLOSE = "“„«", "”»"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand in one Doc: a sentence, a block and a quotation for every token."""

    sentences: Sequence[int]
    blocks: Sequence[int]
    quotations: Sequence[int]


def places(doc: Doc, reading: Reading) -> Places:
    """The sentence, block and quotation of every token of ``doc``."""
    starts = [block.start for block in reading.blocks]
    blocks = [bisect.bisect_right(starts, token.idx) - 1 for token in doc]
    sentences, n = [], 0
    marked = doc.has_annotation("SENT_START")
    for token in doc:
        begins = token.i and blocks[token.i] != blocks[token.i - 1]
        n += bool(begins or (token.is_sent_start and token.i if marked else _begins_sentence(doc, token)))
        sentences.append(n)
    return Places(sentences, blocks, _quotations(doc, blocks))


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
    found, number, opened = [], 0, False
    for token in doc:
        if token.i and blocks[token.i] != blocks[token.i - 1]:
            opened = False
        if token.text in _OPEN or token.text == "``" or (token.text == '"' and not opened):
            opened = True
            number += 1
            found.append(number)
        elif opened and (token.text in _CLOSE or token.text in {'"', "''"}):
            opened = False
            found.append(number)
        else:
            found.append(number if opened else 0)
    return found
