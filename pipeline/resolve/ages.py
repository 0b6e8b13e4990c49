"""How old a text says that somebody is."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.resolve.places import Places

MAX_AGE = 120


def age_after(doc: Doc, last: int) -> int | None:
    """The age between commas after a name that ends before token ``last``: "Mira Tos, 44, said"."""
    if last + 2 >= len(doc) or doc[last].text != "," or not doc[last + 2].is_punct:
        return None
    return _age(doc[last + 1].text)


def age_within(where: Places, first: int, last: int) -> int | None:
    """The age in a noun phrase: "the 48-year-old", "a 48-year-old teacher"; one token or five."""
    for at in range(first, last):
        word = where.lower[at]
        if word.endswith("year-old"):
            return _age(word.partition("-")[0])
        if word == "old" and at >= first + 4 and where.lower[at - 2] == "year":
            return _age(where.lower[at - 4])
    return None


def _age(text: str) -> int | None:
    return int(text) if len(text) < 4 and text.isascii() and text.isdigit() and int(text) <= MAX_AGE else None
