"""Refusals to comment that name nothing refused: "has not commented", "There was no word from Damascus".

The network finds those with an object ("did not respond to a request"); of the others the attribution data
marks few. What is refused is then the content: the verb, or the comment that there was none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

from pipeline.claims.when import WEEKDAYS

CONFIDENCE = 0.8
"""Of a refusal that words alone tell."""

_HOW = r"(?:\s(?:immediately|yet|publicly|so\sfar|also|either|even))*"
_NOT = rf"(?:\snot|n['’]t){_HOW}"
_NO = r"no\s(?:(?:immediate|official|further|public|other)\s)?(?:comment|word|reaction|response|answer|reply)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<cue>\b(?:did|does|do|has|have|had|would|will)(?:\sso\sfar)?{_NOT})\s"
        r"(?P<content>(?:respond|repl(?:y|i)|comment|answer)(?:ed)?)\b(?!\s(?:to|on|about)\b|\s(?:a|an|the|any|his|her|their|its|calls|questions|emails?)\b)",
        rf"(?P<cue>\b(?:had|has|have|made|gave|offered|issued|provided))\s(?P<content>{_NO})\b",
        rf"(?P<cue>\b(?:was|were|is|are)(?:{_NOT}\savailable|{_HOW}\sunavailable)\s(?:for|to))\s(?P<content>comment)\b",
        rf"(?P<cue>\bcould{_NOT}\sbe\s(?:reached|contacted)\sfor)\s(?P<content>comment)\b",
        rf"(?P<cue>\bcould{_NOT}\sbe)\s(?P<content>reached|contacted)\b(?!\sfor\b)",
    )
)
_FROM = re.compile(rf"\b[Tt]here\s(?:was|were|has\sbeen|is)\s(?P<content>{_NO})\s(?P<cue>from)\b")
_MAY_REFUSE = re.compile(r"comment|word from|reaction from|respon|repl|answer|reached|contacted")
_OF_NAMES = frozenset({"DET", "ADJ", "NOUN", "PROPN", "NUM", "PART", "PRON", "ADP", "CCONJ"})
_NO_OPENING = frozenset({"CCONJ", "ADP", "PART"})
_NO_SOURCES = frozenset("i you we that this there what who which it".split())
_MOST_WORDS = 25


_REFUSED = re.compile(rf"{_NO}|(?:immediate\s)?comment")
_WEAK_CLASSES = frozenset({"other", "say"})


def class_of(cue_class: str, content: str) -> str:
    """The class of a cue as far as its content tells: "had no comment", "could be reached for comment"."""
    return "decline" if cue_class in _WEAK_CLASSES and _REFUSED.fullmatch(content) else cue_class


class Refusal(NamedTuple):
    """Who refuses, the words that say so, and what is refused."""

    source: Span
    cue: Span
    content: Span


def find_refusals(doc: Doc, text: str) -> Iterator[Refusal]:
    """The refusals of a Doc with parts of speech; ``text`` is ``doc.text``."""
    if not _MAY_REFUSE.search(text):
        return
    for pattern in (*_PATTERNS, _FROM):
        for match in pattern.finditer(text):
            cue = doc.char_span(*match.span("cue"))
            content = doc.char_span(*match.span("content"))
            if cue is None or content is None:
                continue
            source = _after(doc, cue.end) if pattern is _FROM else _before(doc, cue.start)
            if source is not None:
                yield Refusal(source, cue, content)


def _before(doc: Doc, end: int) -> Span | None:
    """The noun phrase that ends right before token ``end``, with an apposition between commas."""
    start = end
    if start and doc[start - 1].text == ",":
        commas = [i for i in range(max(0, end - _MOST_WORDS), end - 1) if doc[i].text == ","]
        if not commas:
            return None
        start = commas[-1]
    first = max(0, end - _MOST_WORDS)
    while start > first and not doc[start].is_sent_start and _goes_on(doc[start - 1]):
        start -= 1
    ands = [i for i in range(start, end) if doc[i].pos_ == "CCONJ"]
    if ands and not doc[start].is_sent_start:  # "the army denied it and the mission did not comment"
        start = ands[-1] + 1
    while start < end and (doc[start].pos_ in _NO_OPENING or doc[start].lower_ in WEEKDAYS):
        start += 1
    return _checked(doc[start:end])


def _after(doc: Doc, start: int) -> Span | None:
    end = start
    while end < len(doc) and end - start < _MOST_WORDS and _goes_on(doc[end]):
        end += 1
    while end > start and doc[end - 1].pos_ in _NO_OPENING:
        end -= 1
    return _checked(doc[start:end])


def _goes_on(token: Token) -> bool:
    return token.pos_ in _OF_NAMES and "\n" not in token.text


def _checked(span: Span) -> Span | None:
    """The phrase, where it has a noun, a name or a pronoun for somebody."""
    if not len(span) or (len(span) == 1 and span.text.lower() in _NO_SOURCES):
        return None
    return span if any(token.pos_ in ("NOUN", "PROPN", "PRON") for token in span) else None
