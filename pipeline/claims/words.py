"""The words of a span: what a hyphen joins is one, brackets and white space are left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

NAME_LABELS = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC"})
"""Labels whose words, with a capital, are names whatever the tagger took them for."""

BRACKETS = str.maketrans("", "", "[]()")


@dataclass(frozen=True, slots=True)
class Word:
    """One or more tokens written together ("pro-Iranian"); ``start`` and ``end`` count tokens of the Doc."""

    text: str
    pos: str
    start: int
    end: int
    label: str

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def is_capital(self) -> bool:
        return self.text[:1].isupper() or (self.pos == "PROPN" and any(char.isupper() for char in self.text))


def words_of(span: Span) -> list[Word]:
    """The words of a span, what a hyphen joins as one, white space left out."""
    groups: list[list[Token]] = []
    for token in span:
        if token.is_space:
            continue
        if groups and _joined(groups[-1][-1], token):
            groups[-1].append(token)
        else:
            groups.append([token])
    return [_word(group) for group in groups]


def _joined(last: Token, token: Token) -> bool:
    if last.whitespace_ or last.i + 1 != token.i:
        return False
    return token.text in "-‑/&" or last.text in "-‑/&" or (last.text == "]" and token.text[:1].isalpha())


def _word(group: list[Token]) -> Word:
    text = "".join(token.text_with_ws for token in group).strip()
    clean = text.translate(BRACKETS) if len(text) > 1 else text
    tags = [token.pos_ for token in group if token.text not in "-‑/&[]"]
    pos = "ADJ" if len(tags) > 1 and tags[-1] in ("VERB", "ADJ") else (tags[-1] if tags else "PUNCT")
    if len(group) > 1 and "PROPN" in tags and pos == "NOUN":
        pos = "PROPN"
    label = group[-1].ent_type_
    if label in NAME_LABELS and clean[:1].isupper():
        pos = "PROPN"
    return Word(clean or text, pos, group[0].i, group[-1].i + 1, label)


def text_of(words: Sequence[Word]) -> str:
    """The words as one string, genitive and punctuation closed up."""
    joined = " ".join(word.text for word in words)
    return re.sub(r" (['’]s?\b|[,.;:)\]])", r"\1", joined)
