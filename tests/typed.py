"""Docs typed in by hand for tests of rules: ``word/tag`` tokens, spans in square brackets.

Tags are one letter: n noun, p proper noun, v verb, x auxiliary, j adjective, b adverb, d determiner,
r pronoun, m number, i preposition, c and s conjunction, t particle, u punctuation, q interjection.
"""

from __future__ import annotations

import spacy
from spacy.tokens import Doc, Span

VOCAB = spacy.blank("en").vocab
TAGS = {
    "n": "NOUN", "p": "PROPN", "v": "VERB", "x": "AUX", "j": "ADJ", "b": "ADV", "d": "DET", "r": "PRON",
    "m": "NUM", "i": "ADP", "c": "CCONJ", "s": "SCONJ", "t": "PART", "u": "PUNCT", "q": "INTJ",
}  # fmt: skip
NO_SPACE_BEFORE = frozenset(", . : ; ? ! ) ” ’s 's n't n’t ] -".split())
NO_SPACE_AFTER = frozenset("( “ [ -".split())


def typed_doc(text: str) -> tuple[Doc, list[Span]]:
    """The Doc of ``text`` and its bracketed spans: ``[He/r] [said/v] no/q``."""
    words, tags, spans, start = [], [], [], None
    for piece in text.split():
        if piece.startswith("[") and not piece.startswith("[/"):
            piece, start = piece[1:], len(words)
        closes = piece.endswith("]") and start is not None
        word, _, tag = piece.removesuffix("]" if closes else "").rpartition("/")
        words.append(word)
        tags.append(TAGS[tag])
        if closes:
            spans.append((start, len(words)))
            start = None
    spaces = [
        word not in NO_SPACE_AFTER and (i + 1 == len(words) or words[i + 1] not in NO_SPACE_BEFORE)
        for i, word in enumerate(words)
    ]
    doc = Doc(VOCAB, words=words, spaces=spaces, pos=tags)
    return doc, [doc[a:b] for a, b in spans]
