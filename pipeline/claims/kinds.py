"""What sort of thing a noun phrase names: a person, a body, a document."""

from __future__ import annotations

from pipeline.claims.lexicon import Lexicon, lemmas, noun_lemma
from pipeline.claims.nouns import Phrase, read_phrase
from pipeline.claims.words import Word, text_of

PERSON_PRONOUNS = frozenset("he she him her his hers who whom himself herself latter former".split())
GROUP_PRONOUNS = frozenset("they them their theirs we us our themselves ourselves everyone everybody".split())
AUTHOR_PRONOUNS = frozenset("i me my we us our myself".split())
BODY_PRONOUNS = frozenset("it its itself".split())
ONE = frozenset("one another someone somebody anyone nobody".split())
SEVERAL = frozenset(
    "some many several few most all both others these those each none neither two three four five six seven "
    "eight nine ten either any everyone everybody".split()
)
PERSON_ENDINGS = ("man", "woman", "person", "ist", "ian", "eer", "er", "or", "ee")
"""Endings of nouns for people, for those on no list: things that end so ("letter") stand on others."""

MIN_HEAD_CHARS = 4
"""A noun that ends in a listed one of more letters is of its sort: "neurosurgeon"."""

BODIES = frozenset({"organization", "media"})
LABEL_TYPES = {
    "PERSON": "person",
    "ORG": "organization",
    "GPE": "place",
    "LOC": "place",
    "FAC": "organization",
    "NORP": "person",
    "WORK_OF_ART": "document",
    "LAW": "document",
}


def phrase_type(phrase: Phrase, lexicon: Lexicon) -> str:
    """``person``, ``organization``, ``place``, ``media``, ``document``, ``group``, or empty where unknown."""
    if phrase.name:
        return name_type(phrase, lexicon)
    if phrase.head is None:
        return ""
    pair = " ".join(noun_lemma(word.text) for word in phrase.core[-2:])
    found = "media" if pair in lexicon.media else head_type(phrase.head, lexicon)
    if len(phrase.core) > 1 and pair in lexicon.institutions:
        found = "organization"  # "the coast guard", which is no person
    # "A paper in a journal" is a text, "the paper" may be the one that prints it.
    written = found == "media" and phrase.head.lower.removesuffix("s") in lexicon.documents_too
    return "document" if written and (phrase.indefinite or phrase.rest) else found


def name_type(phrase: Phrase, lexicon: Lexicon) -> str:
    """What a proper name stands for: by the list of outlets, the entity label, the title, the last word."""
    name = ("the " if phrase.definite else "") + text_of(phrase.name)
    last = phrase.name[-1]
    listed = text_of(phrase.name) in lexicon.outlets and phrase.name[0].text not in lexicon.given_names
    if listed or (lexicon.is_outlet(name) and last.label != "PERSON"):
        return "media"
    before = phrase.modifiers[-1:] if last.label == "PERSON" else phrase.modifiers
    if any(head_type(word, lexicon) == "media" for word in before):
        return "media"  # "the magazine Meridian Monthly", not "press secretary Ann Hale"
    known = LABEL_TYPES.get(last.label)
    lower = noun_lemma(last.text)
    if known in (None, "person") and _is_of_body(phrase, lexicon):
        return "organization"
    if known == "organization" or (known is None and lower in lexicon.organizations):
        return "organization"
    if known is None and lower in lexicon.documents:
        return "document"
    return known or "person"


def _is_of_body(phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether what stands around a name says that it is no person's: "the TUC", "Airlind, a company"."""
    if phrase.name[0].text in lexicon.given_names:
        return False
    if len(phrase.rest) > 1 and phrase.rest[0].text == ",":
        if phrase.rest[1].lower == "which":
            return True
        apposed = read_phrase(phrase.rest[1:], lexicon)
        if apposed.head is not None and (apposed.indefinite or apposed.definite):
            either = apposed.head.lower.endswith(("er", "or"))  # "a ferry operator"
            return head_type(apposed.head, lexicon) in BODIES and not either
    bare = len(phrase.name) == len(phrase.core) == 1
    return phrase.definite and bare and phrase.words[0].lower == "the" and phrase.name[0].text.isupper()


NO_PEOPLE = frozenset({"rights"})
"""Plurals that stand for something else than their singular: "the right", "human rights"."""


def head_type(head: Word, lexicon: Lexicon) -> str:
    """What a common noun stands for; empty for one on no list."""
    lower = noun_lemma(head.text.rpartition("-")[2] if head.lower not in lexicon.persons else head.text)
    whole = head.lower
    if " " in whole:
        return "person"  # a title: "chief of staff"
    if whole in NO_PEOPLE:
        return ""
    for kind, words in (
        ("person", lexicon.persons),
        ("media", lexicon.media),
        ("organization", lexicon.organizations),
        ("document", lexicon.documents),
        ("group", lexicon.groups),
    ):
        if lower in words or whole in words:
            return kind
    if head.label == "NORP" or lexicon.is_demonym(head.text):
        return "person"
    if head.label in LABEL_TYPES and head.pos == "PROPN":
        return LABEL_TYPES[head.label]
    if lower.endswith(PERSON_ENDINGS) or whole.endswith("-year-old"):
        return "person"
    longer = any(lower[n:] in lexicon.persons for n in range(2, len(lower) - MIN_HEAD_CHARS))
    return "person" if longer else ""


def is_plural(word: Word) -> bool:
    """Whether a noun stands in the plural."""
    return lemmas(word.text, "NOUN")[0] != word.lower or word.lower in ("people", "police", "others")
