"""Mentions that grammar makes one with a mention before: appositions, predicates, holders of an office."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from pipeline import names
from pipeline.resolve.mentions import NAME, NOMINAL, PRONOUN, Mention
from pipeline.resolve.nouns import BODY, OTHER, PERSON

_OWNER_TAGS = frozenset({"DET", "ADJ", "NOUN", "PROPN", "NUM", "PRON"})
_COMPLEMENT_TAGS = _OWNER_TAGS | {"ADP", "PART"}
MAX_COMPLEMENT_TOKENS = 12
"""Tokens of "of the Amar state council" between a noun and the comma before its bearer's name."""


def same_as_before(doc: Doc, mentions: Sequence[Mention]) -> dict[int, int]:
    """Mentions that are the one before them by grammar: appositions and "X is a Y"; index → earlier index."""
    found = {}
    for n in range(1, len(mentions)):
        one, other = mentions[n - 1], mentions[n]
        shared = (k for k in (n - 1, n - 2) if k >= 0 and _shares_name(doc, mentions[k], other))
        if (k := next(shared, None)) is not None:
            found[n] = k
            continue
        if (described := _before_complement(doc, mentions, n)) is not None:
            found[n] = described
            continue
        k = n - 1
        while k and _within(mentions[k], mentions[k - 1]):
            k -= 1
        one = mentions[k]
        if not _within(other, one) and (_apposed(doc, one, other) or _predicated(doc, one, other)):
            found[n] = k
        elif (named := _before_owner(doc, mentions, n)) is not None:
            found[n] = named
        elif (subject := _holder_of_office(doc, mentions, n)) is not None:
            found[n] = subject
    return found


def _within(one: Mention, other: Mention) -> bool:
    """Whether a mention stands in another's words: "Iraqi" of "an Iraqi officer"."""
    return other.first <= one.first and one.last <= other.last


def _shares_name(doc: Doc, one: Mention, other: Mention) -> bool:
    """Whether a noun stands before its name and something else between: "the actress and activist Ann Hale",
    "Secretary of State Ann Hale"."""
    if one.form != NOMINAL or other.form != NAME or not (one.sort == other.sort == PERSON) or one.plural:
        return False
    between = doc[one.last : other.first]
    if len(between) > 1 and between[0].lower_ == "of":
        office = " ".join(token.text for token in between[1:])
        return all(token.is_title for token in between[1:]) and names.split_title(office)[0] is None
    joined = len(between) > 1 and between[0].pos_ == "CCONJ" and not one.indefinite
    return joined and all(token.pos_ in {"NOUN", "ADJ"} for token in between[1:])


def _before_complement(doc: Doc, mentions: Sequence[Mention], n: int) -> int | None:
    """The noun phrase whose complement stands before the comma: "the governor of Amar, Ann Hale,"."""
    name = mentions[n]
    begins = name.begins if name.form == NAME else 0
    if name.form != NAME or name.sort not in (PERSON, BODY) or begins < 2 or doc[begins - 1].text != ",":
        return None
    follows = doc[name.last] if name.last < len(doc) else None
    if not (follows is None or follows.is_punct or follows.pos_ in {"VERB", "AUX"}):
        return None
    for k in range(n - 1, max(n - 5, -1), -1):
        one = mentions[k]
        if one.last < begins - 1 - MAX_COMPLEMENT_TOKENS or one.sentence != name.sentence:
            return None
        complement = doc[one.last : begins - 1]
        if one.form != NOMINAL or one.sort != name.sort or one.plural or not complement:
            continue
        inside = all(
            token.pos_ in _COMPLEMENT_TAGS or "-" in doc[token.i - 1 : token.i + 1].text
            for token in complement
        )
        return k if complement[0].pos_ == "ADP" and inside and (one.definite or one.indefinite) else None
    return None


def _before_owner(doc: Doc, mentions: Sequence[Mention], n: int) -> int | None:
    """The name before a noun phrase in the genitive: "Ann Hale, the ministry's spokeswoman,"."""
    other = mentions[n]
    at = other.first - 1
    if not other.owned or other.plural or at < 1 or doc[at].lower_ not in {"'s", "’s", "'", "’"}:
        return None
    while at > 0 and (doc[at - 1].pos_ in _OWNER_TAGS and doc[at - 1].text != ","):
        at -= 1
    if not at or doc[at - 1].text != ",":
        return None
    follows = doc[other.last] if other.last < len(doc) else None
    if follows is not None and not (follows.is_punct or follows.pos_ in {"ADP", "PRON"}):
        return None
    for k in range(n - 1, max(n - 5, -1), -1):
        if (
            mentions[k].last == at - 1
            and mentions[k].form == NAME
            and mentions[k].sort == other.sort == PERSON
        ):
            return k
    return None


def _holder_of_office(doc: Doc, mentions: Sequence[Mention], n: int) -> int | None:
    """The subject of a sentence that says "as mayor": "Hale was sworn in as mayor of Velletri"."""
    office = mentions[n]
    bare = (
        office.form == NOMINAL
        and office.sort == PERSON
        and not (office.plural or office.indefinite or office.owned)
    )
    if not bare or office.first == 0 or doc[office.first - 1].lower_ != "as":
        return None
    for at in range(n - 1, -1, -1):
        if mentions[at].sentence != office.sentence:
            return None
        if mentions[at].form == NAME and mentions[at].sort == PERSON and mentions[at].use == "subject":
            return at
    return None


def _apposed(doc: Doc, one: Mention, other: Mention) -> bool:
    """ "James Hale, head of the board," and "his successor, Ann Hale,": a name and a singular noun phrase."""
    begins = other.begins if other.form == NAME else other.first
    if {one.form, other.form} != {NAME, NOMINAL} or one.plural or other.plural:
        return False
    if begins == one.last:
        return one.form == NOMINAL and one.sort == other.sort == PERSON and not one.indefinite
    if begins != one.last + 1 or doc[one.last].text != ",":
        return False
    follows = doc[other.last] if other.last < len(doc) else None
    if one.form == NAME:
        if one.sort != other.sort and not (one.sort == PERSON and other.sort == OTHER and other.indefinite):
            return False
        before = [token for token in doc[max(one.first - 2, 0) : one.first] if token.pos_ != "DET"]
        if before and before[-1].pos_ == "ADP" and follows is not None and follows.pos_ == "VERB":
            return False  # "reported by the Journal, the defence says"
        opens = other.definite or other.indefinite or (follows is not None and follows.pos_ == "ADP")
        return opens and (
            follows is None or follows.is_punct or follows.pos_ in {"ADP", "PRON", "PART", "VERB"}
        )
    closes = follows is None or follows.is_punct or follows.pos_ in {"VERB", "AUX"}
    return closes and one.sort == other.sort != OTHER and (one.definite or one.indefinite)


def _predicated(doc: Doc, one: Mention, other: Mention) -> bool:
    """ "Hale is a doctor", "Hale was the commander of"."""
    if other.form != NOMINAL or one.form == PRONOUN or one.sort != other.sort or other.plural or one.plural:
        return False
    if not (other.definite or other.indefinite) or other.owned:
        return False
    return other.first == one.last + 1 and doc[one.last].lower_ in ("is", "was", "became", "remains")
