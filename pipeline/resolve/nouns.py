"""What a common noun or pronoun says about whom it stands for: sort, gender, number."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from pipeline.config import read_lexicon
from pipeline.lemmas import base_forms

PERSON, BODY, PLACE, PEOPLE, DOCUMENT, OTHER = "person", "body", "place", "people", "document", "other"
"""Sorts of mention: a person or persons, an organisation, a place or state, a nationality or creed, a
text."""

LABEL_SORTS = {
    "PERSON": PERSON, "ORG": BODY, "GPE": PLACE, "LOC": PLACE, "FAC": PLACE, "NORP": PEOPLE,
    "LAW": DOCUMENT, "WORK_OF_ART": DOCUMENT,
}  # fmt: skip

ABBREVIATED = {
    "gen.": "general", "lt.": "lieutenant", "col.": "colonel", "maj.": "major", "capt.": "captain",
    "sgt.": "sergeant", "adm.": "admiral", "sen.": "senator", "rep.": "representative", "gov.": "governor",
    "dr": "doctor", "dr.": "doctor", "prof": "professor", "prof.": "professor", "rev.": "reverend",
    "cmdr.": "commander", "brig.": "brigadier", "amb.": "ambassador",
}  # fmt: skip
"""Titles as written before names, and the noun that takes them up: "Gen. Hale … the general"."""


WITH_ARTICLE = frozenset({"left", "right"})
"""Nouns for people only with "the" and in the singular: neither "she was right" nor "human rights"."""


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun's class (``he she they it i we you who``) and its use (``subject object possessive``)."""

    kind: str
    use: str


PRONOUNS = {
    word: Pronoun(kind, use)
    for kind, uses in {
        "he": {"subject": "he", "object": "him himself", "possessive": "his"},
        "she": {"subject": "she", "object": "herself", "possessive": "her hers"},
        "they": {"subject": "they", "object": "them themselves", "possessive": "their theirs"},
        "it": {"subject": "it", "object": "itself", "possessive": "its"},
        "i": {"subject": "i", "object": "me myself", "possessive": "my mine"},
        "we": {"subject": "we", "object": "us ourselves", "possessive": "our ours"},
        "you": {"subject": "you", "object": "yourself yourselves", "possessive": "your yours"},
        "who": {"subject": "who", "object": "whom", "possessive": "whose"},
    }.items()
    for use, words in uses.items()
    for word in words.split()
}
"""Pronouns by their lower-case form; "her" counts as possessive, its more frequent use."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A common noun's sort and, for people, the gender it tells."""

    sort: str
    gender: str | None = None


@functools.lru_cache(maxsize=65536)
def noun(lemma: str) -> Noun | None:
    """What the lists of ``configs/lexicon`` say of a noun; ``None`` for one on no list."""
    return _nouns().get(lemma) or _by_ending(lemma) or (Noun(PERSON) if lemma in epithets() else None)


def _by_ending(lemma: str) -> Noun | None:
    """Compounds and nouns of agency on no list: "ex-minister", "policewoman", "archaeologist"."""
    if "-" in lemma and (found := _nouns().get(lemma.rsplit("-", 1)[1])):
        return found
    if lemma.endswith("woman"):
        return Noun(PERSON, "f")
    if lemma.endswith("man") and len(lemma) > 5:
        return Noun(PERSON, "m")
    return Noun(PERSON) if lemma.endswith(("ologist", "ician", "ographer", "physicist", "chemist")) else None


@functools.cache
def epithets() -> frozenset[str]:
    """Nouns that take up a person whose role was not said before: "the striker", "the lawmaker".

    Unlike "the minister" or "the judge", they rarely bring in somebody new with "the".
    """
    return frozenset(
        word for key, words in read_lexicon("role_synonyms") if key == "*" for word in words.split()
    )


@functools.cache
def newcomers() -> frozenset[str]:
    """Nouns that with "the" bring in somebody new: offices, parts in an event, kin and company."""
    listed = {word for key, words in read_lexicon("role_synonyms") if key == "-" for word in words.split()}
    return frozenset(listed) - epithets()


@functools.cache
def collectives() -> frozenset[str]:
    """Nouns for several people at once: "the side", "the jury"."""
    return frozenset(
        word for key, words in read_lexicon("source_nouns") if key == "group" for word in words.split()
    )


@functools.cache
def nationalities() -> frozenset[str]:
    """Demonyms of states, in lower case."""
    return frozenset(
        word.lower() for key, words in read_lexicon("demonyms") if key == "nation" for word in words.split()
    )


@functools.cache
def sides() -> frozenset[str]:
    """Demonyms of states and of religious, ethnic and political groups, in lower case."""
    return nationalities() | {
        word.lower() for key, words in read_lexicon("demonyms") if key == "group" for word in words.split()
    }


@functools.cache
def role_synonyms() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The words of a role → the nouns that take it up: ``("justice",)`` → ``("judge",)``."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for role, nouns in read_lexicon("role_synonyms"):
        if role not in {"*", "-"}:
            key = tuple(role.split("_"))
            found[key] = (*found.get(key, ()), *nouns.split())
    return found


@functools.lru_cache(maxsize=65536)
def noun_lemma(word: str) -> str:
    """The singular of a noun in lower case."""
    found = base_forms(word, "NOUN")
    return found[0] if found else word.lower().replace("’", "'")


@functools.cache
def _nouns() -> dict[str, Noun]:
    found: dict[str, Noun] = {}
    sorts = {"ORG": BODY, "GPE": PLACE, "DOC": DOCUMENT}
    for key, words in read_lexicon("group_nouns"):
        found |= {word.lower(): Noun(sorts[key]) for word in words.split()}
    for key, words in read_lexicon("source_nouns"):
        sort = {"person": PERSON, "group": PERSON, "organization": BODY, "document": DOCUMENT, "media": BODY}
        if key in sort:
            new = {word.lower().replace("_", " "): Noun(sort[key]) for word in words.split()}
            found = new | found
    for key, words in read_lexicon("titles"):
        if key != "+":
            titles = (word.lower() for word in words.split() if "." not in word and len(word) > 3)
            found |= {word: Noun(PERSON, key if key in "mf" else None) for word in titles}
    for key, words in reversed(read_lexicon("person_nouns")):
        gender = key[-1] if key[-1] in "mf" else None
        found |= {word.lower(): Noun(PERSON, gender) for word in words.split()}
    return found
