"""The word lists that describe cues and sources, read from ``configs/lexicon/``."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.config import read_lexicon
from pipeline.lemmas import base_forms

DROPPED_WORDS = frozenset(
    "a an the his her its their my our your also both all just then now again later earlier recently "
    "first further even still simply merely immediately once twice".split()
)
"""Words that a cue phrase may hold without becoming another phrase: "made a strong case"."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists in lower case, but for names, which are as written.

    ``cues`` maps the words of a phrase to its class; ``light`` holds the phrases after which the next word
    decides ("began tweeting"). ``documents_too`` are media that may be
    texts ("paper"). ``nationalities`` holds single words and pairs joined by a space.
    """

    cues: Mapping[tuple[str, ...], str]
    cue_prefixes: frozenset[tuple[str, ...]]
    light: frozenset[tuple[str, ...]]
    persons: frozenset[str]
    groups: frozenset[str]
    organizations: frozenset[str]
    documents: frozenset[str]
    documents_too: frozenset[str]
    media: frozenset[str]
    institutions: frozenset[str]
    affiliations: frozenset[str]
    offices: frozenset[str]
    trailing: frozenset[str]
    titles: frozenset[str]
    titles_with_of: frozenset[str]
    honorifics: frozenset[str]
    given_names: frozenset[str]
    nationalities: frozenset[str]
    prefixes: frozenset[str]
    suffixes: frozenset[str]
    outlets: frozenset[str]
    outlet_suffixes: frozenset[str]
    outlet_prefixes: frozenset[str]
    domains: tuple[str, ...]

    def is_source_noun(self, lemma: str) -> bool:
        """Whether a noun is on the lists of people, groups, bodies and documents."""
        return (
            lemma in self.persons
            or lemma in self.groups
            or lemma in self.organizations
            or lemma in self.documents
        )

    def is_demonym(self, word: str) -> bool:
        """Whether the word says whose a source is: "Iraqi", "Iraqis", "Sunni", "pro-Iranian", "US-backed"."""
        if word in self.nationalities or (word.endswith("s") and word[:-1] in self.nationalities):
            return True
        first, hyphen, rest = word.partition("-")
        if not hyphen or not rest or " " in word:
            return False
        last = word.rpartition("-")[2]
        return (first.lower() in self.prefixes and last[:1].isupper()) or (
            first[:1].isupper() and last.lower() in self.suffixes
        )

    def is_outlet(self, name: str) -> bool:
        """Whether ``name`` is a news outlet: on the list, a web address, or by first or last word."""
        bare = name.removeprefix("the ").removeprefix("The ")
        if bare in self.outlets or (bare != name and f"The {bare}" in self.outlets):
            return True
        words = bare.split()
        if not words or not words[0][:1].isalnum():
            return False
        if bare != name and bare in self.outlet_suffixes:
            return True  # "the Post"
        if len(words) == 1:
            return bare.lower().endswith(self.domains) and bare[0] != "."
        last = {words[-1], " ".join(words[-2:])}
        named = not last.isdisjoint(self.outlet_suffixes) or words[0] in self.outlet_prefixes
        return named and all(word[:1].isupper() for word in words)


@functools.cache
def load_lexicon() -> Lexicon:
    """The lists of ``configs/lexicon/``, read once.

    Raises:
        ConfigError: a list is missing or not UTF-8.
    """
    cues = {cue_key(row[0]): row[1] for row in read_lexicon("cues")}
    light = frozenset(cue_key(row[0]) for row in read_lexicon("cues") if len(row) > 2)
    people, bodies = _lists("person_nouns"), _lists("group_nouns")
    nouns, demonyms, outlets = _lists("source_nouns"), _lists("demonyms"), _lists("outlets")
    titles = _lists("titles")
    media = _lower(nouns["media"])
    documents = _lower(nouns["document"] | bodies["DOC"])
    return Lexicon(
        cues=cues,
        cue_prefixes=frozenset(words[:n] for words in cues for n in range(1, len(words))),
        light=light,
        persons=_lower(frozenset().union(*people.values()) | nouns["person"]) - media,
        groups=_lower(nouns["group"]),
        organizations=_lower(nouns["organization"] | bodies["ORG"] | bodies["GPE"]) - media,
        documents=documents - media,
        documents_too=documents & media,
        media=media,
        institutions=_lower(nouns["institution"]),
        affiliations=_lower(nouns["affiliation"]),
        offices=_lower(nouns["office"]),
        trailing=_lower(nouns["trailing"]),
        titles=frozenset().union(*(words for key, words in titles.items() if key != "+")),
        titles_with_of=_lower(
            frozenset(title for words in titles.values() for title in words if " of " in title)
        ),
        honorifics=nouns["honorific"],
        given_names=frozenset().union(*_lists("given_names").values()),
        nationalities=frozenset().union(
            *(words for key, words in demonyms.items() if key not in ("prefix", "suffix"))
        ),
        prefixes=_lower(demonyms["prefix"]),
        suffixes=_lower(demonyms["suffix"]),
        outlets=outlets["agency"] | outlets["outlet"],
        outlet_suffixes=outlets["suffix"],
        outlet_prefixes=outlets["prefix"],
        domains=tuple(sorted(outlets["domain"])),
    )


def cue_key(phrase: str) -> tuple[str, ...]:
    """The words of a cue phrase that count, in lower case."""
    words = phrase.lower().split()
    return tuple(word for word in words if word not in DROPPED_WORDS) or tuple(words)


@functools.lru_cache(maxsize=65536)
def lemmas(word: str, upos: str) -> tuple[str, ...]:
    """The base forms of ``word`` as this part of speech, the likeliest first; itself if unknown."""
    return base_forms(word, upos) or (word.lower(),)


@functools.lru_cache(maxsize=65536)
def noun_lemma(word: str) -> str:
    """The singular of a noun, in lower case; words that lists hold in the plural ("media") stay."""
    return word.lower() if word.lower() in KEPT_PLURALS else lemmas(word, "NOUN")[0]


KEPT_PLURALS = frozenset(
    "media data police customs authorities people forces headquarters others relatives troops".split()
)


def _lists(name: str) -> dict[str, frozenset[str]]:
    """The lists of a file by their key; ``_`` in a word stands for a space."""
    found: dict[str, frozenset[str]] = {}
    for key, words in read_lexicon(name):
        found[key] = found.get(key, frozenset()) | {word.replace("_", " ") for word in words.split()}
    return found


def _lower(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)
