"""The body that a source belongs to: "of the Quds Force", "the ministry's spokesman"."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.claims.kinds import BODIES, head_type, is_plural, phrase_type
from pipeline.claims.lexicon import Lexicon, noun_lemma
from pipeline.claims.nouns import RELATIVES, Phrase, read_phrase
from pipeline.claims.words import Word, text_of

PREPOSITIONS = frozenset("of at for with from in to within".split())
PORTFOLIO_TITLES = frozenset("minister secretary".split())


def find_affiliation(phrase: Phrase, kind: str, lexicon: Lexicon) -> str | None:
    """The body as written, without its article; ``None`` for sources that are not people."""
    if kind not in ("person", "group"):
        return None
    return (
        _owner(phrase, lexicon)
        or _before_head(phrase, lexicon)
        or _after_head(phrase.rest, lexicon)
        or _institution(phrase, lexicon)
    )


def find_body(phrase: Phrase, lexicon: Lexicon) -> str | None:
    """The proper name that a common noun for a body comes with: "the Clinton campaign", "Powell's office"."""
    if phrase.owner and read_phrase(phrase.owner, lexicon).name:
        return text_of(phrase.owner)
    named = [word for word in phrase.modifiers if word.label in ("ORG", "GPE", "PERSON", "FAC")]
    return text_of(named) or _before_head(phrase, lexicon)


def _owner(phrase: Phrase, lexicon: Lexicon) -> str | None:
    """A body in the genitive: "the ministry's spokesman"."""
    if not phrase.owner:
        return None
    owner = read_phrase(phrase.owner, lexicon)
    return text_of(owner.core) if phrase_type(owner, lexicon) in BODIES | {"place"} else None


def _before_head(phrase: Phrase, lexicon: Lexicon) -> str | None:
    """A body's name among the modifiers: "Hezbollah official", "Fox News host Sean Hannity"."""
    run: list[Word] = []
    for i, word in enumerate(phrase.modifiers):
        if _is_body_word(word, lexicon) and not is_portfolio(phrase.modifiers, i):
            run.append(word)
        elif run:
            break
    first = bool(run) and run[0].start == phrase.words[0].start
    if first and not any(word.is_capital for word in run[1:]) and (len(run) > 1 or not run[0].label):
        return None  # "Council leader", "Hedge fund manager", with the capital of a sentence's first word
    return text_of(run) or None


def is_portfolio(words: Sequence[Word], i: int) -> bool:
    """Whether a word belongs to the title after it: "Prime" and "Finance" of ministers."""
    while i < len(words) and words[i].is_capital and not words[i].label:
        if words[i].lower in PORTFOLIO_TITLES:
            return True
        i += 1
    return False


def _is_body_word(word: Word, lexicon: Lexicon) -> bool:
    if word.text in lexicon.honorifics:
        return False
    if word.label:
        return word.label == "ORG"
    if not word.is_capital or word.pos != "PROPN" or lexicon.is_demonym(word.text):
        return False
    return word.text not in lexicon.titles and noun_lemma(word.text) not in lexicon.persons


def _after_head(rest: Sequence[Word], lexicon: Lexicon) -> str | None:
    """The first body after a preposition: "vice president of policy studies at the Heritage Foundation"."""
    for i, word in enumerate(rest):
        if word.lower in RELATIVES or (word.pos == "VERB" and i and rest[i - 1].text == ","):
            return None
        if word.lower not in PREPOSITIONS or i + 1 >= len(rest):
            continue
        if word.lower == "with" and i and rest[i - 1].pos in ("ADJ", "VERB"):
            continue  # "familiar with the exchange"
        found = read_phrase(rest[i + 1 :], lexicon)
        if phrase_type(found, lexicon) in BODIES and _is_one_body(found, word.lower, lexicon):
            return _full_name(found, rest[i + 1 :])
    return None


def _is_one_body(found: Phrase, preposition: str, lexicon: Lexicon) -> bool:
    """Whether the phrase names one body: "the ministry", not "both parties" or "professor of government"."""
    if found.name:
        return True
    told_apart = found.definite or found.indefinite or found.owner or lexicon.is_demonym(found.core[0].text)
    return bool(told_apart) and preposition not in ("in", "within") and not is_plural(found.core[-1])


def _full_name(found: Phrase, words: Sequence[Word]) -> str:
    """The body with its own complement where that is capitalised too: "Institute for Maritime Order"."""
    start = next(i for i, word in enumerate(words) if word.end > found.core[0].start)
    end = next(i for i, word in enumerate(words) if word.end >= found.core[-1].end) + 1
    while end + 1 < len(words) and words[end].lower in ("of", "for", "on", "and", "&", "the"):
        step = end + 1
        while step < len(words) and words[step].lower in ("the", "and", "of", "for"):
            step += 1
        if step >= len(words) or not words[step].is_capital or not found.core[-1].is_capital:
            break
        end = step + 1
        while end < len(words) and words[end].is_capital and words[end].pos == "PROPN":
            end += 1
    owner = f"{text_of(found.owner)}'s " if found.owner else ""
    return owner + text_of(words[start:end])


def _institution(phrase: Phrase, lexicon: Lexicon) -> str | None:
    """A state's institution among the modifiers, with whose it is: "an Iraqi government official"."""
    words = phrase.modifiers
    for i, word in enumerate(words):
        if word.lower in lexicon.affiliations and head_type(word, lexicon) == "organization":
            start = i
            while start > 0 and lexicon.is_demonym(words[start - 1].text):
                start -= 1
            return text_of(words[start : i + 1]) if start < i else None
    return None
