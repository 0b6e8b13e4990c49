"""A noun phrase taken apart without a parser: number, modifiers, head or name, and what follows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.lexicon import Lexicon, noun_lemma
from pipeline.claims.numbers import DOZENS, SCALES, spelled_number
from pipeline.claims.words import Word

QUANTIFIERS = frozenset(
    "multiple various numerous several many few certain different more most such own same".split()
)
ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth other".split())
VAGUE_NUMBERS = frozenset(
    "number handful majority minority lot lots plenty host array range series string slew raft bunch dozens "
    "scores hundreds thousands millions half third quarter percentage proportion share percent % most many "
    "few several some all any each none neither more others both either plurality".split()
)
"""Heads that only measure what follows their "of": in "a number of officials", officials speak."""

FRACTIONS = frozenset("more half third quarter".split())
"""Words that measure only before "of": in "a third source" nothing is divided."""

DETERMINERS = frozenset("the this that these those his her its their our my your such".split())
APPROXIMATIONS = frozenset(
    "about around nearly almost roughly approximately over least more than up to at".split()
)
PARTICIPLES = frozenset(
    "built written made seen sent held run led shown drawn taken given known paid kept found put read".split()
)
"""Participles that do not end in "ed"."""

SEVERAL_TOO = frozenset(
    "one another other some someone somebody anyone anybody everyone everybody nobody other others side will "
    "mine all many most".split()
)
"""Listed nouns that are as often pronouns or verbs."""

RELATIVES = frozenset("who whom whose which that where when".split())
NAME_PARTICLES = frozenset("al bin ibn von van de der den la di da of and the".split())
"""Words in lower case inside names, where the tagger takes them for part of the name."""

CORE_TAGS = frozenset("ADJ NOUN PROPN NUM ADV VERB X SYM INTJ".split())
GENITIVES = frozenset({"'s", "’s", "'", "’"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: ``core`` runs from the first modifier to the head, ``name`` its end if that is a name.

    ``count`` is how many, where an article or a number says it. ``definite`` tells "the" and the like from
    "a". ``owner`` is a genitive before the core ("Iran's"), ``rest`` whatever follows the core.
    """

    words: tuple[Word, ...]
    count: int | None
    definite: bool
    indefinite: bool
    owner: tuple[Word, ...]
    core: tuple[Word, ...]
    name: tuple[Word, ...]
    rest: tuple[Word, ...]

    @property
    def head(self) -> Word | None:
        """The head noun, where the phrase ends in no name."""
        return self.core[-1] if self.core and not self.name else None

    @property
    def modifiers(self) -> tuple[Word, ...]:
        """The words of the core before the head or the name."""
        return self.core[: len(self.core) - max(len(self.name), 1)]


def read_phrase(words: Sequence[Word], lexicon: Lexicon) -> Phrase:
    """The noun phrase that ``words`` begin with."""
    words = _join_titles(words, lexicon)
    words = [_retagged(words, i, lexicon) for i in range(len(words))]
    while len(words) > 1 and words[0].pos in ("ADP", "PUNCT") and words[0].lower not in APPROXIMATIONS:
        words = words[1:]  # "among voters", a bracket
    at, count, definite, indefinite = _read_number(words)
    owner, at = _read_owner(words, at)
    while owner and (inner := _read_owner(words, at))[0]:  # "Germany's federal prosecutor's office"
        owner, at = (*owner, *inner[0]), inner[1]
    stop = _core_end(words, at, lexicon)
    core = tuple(words[at:stop])
    found = Phrase(tuple(words), count, definite, indefinite, owner, core, (), tuple(words[stop:]))
    name = _name(found, lexicon)
    return dataclasses.replace(found, name=name) if name else found


def _join_titles(words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """The words with titles that hold a preposition as one: "Secretary of State"."""
    joined: list[Word] = []
    for word in words:
        joined.append(word)
        if len(joined) < 3 or not (joined[-2].lower == "of" or " " in joined[-3].text):
            continue
        title = " ".join(each.lower for each in joined[-3:])
        if " of " in title and title in lexicon.titles_with_of:
            text = " ".join(each.text for each in joined[-3:])
            joined[-3:] = [Word(text, "PROPN", joined[-3].start, word.end, "")]
    return joined


def _retagged(words: Sequence[Word], i: int, lexicon: Lexicon) -> Word:
    """The word as a noun where the tagger took a listed noun at the end of its phrase for another class."""
    word = words[i]
    if i == 0 and _opens_phrase(words, lexicon):
        return dataclasses.replace(word, pos="NOUN")
    names = word.pos == "ADJ" and word.is_capital and i + 1 < len(words) and words[i + 1].pos == "PROPN"
    if names and i > 0 and not word.label and not lexicon.is_demonym(word.text):
        return dataclasses.replace(word, pos="PROPN")  # "the New York businessman"
    if not word.text.islower():
        return word
    if word.pos in ("PRON", "DET", "X", "INTJ", "AUX") and _is_listed(word, lexicon):
        return dataclasses.replace(word, pos="NOUN")
    if word.pos not in ("ADJ", "VERB", "ADV"):
        return word
    follows = words[i + 1].pos if i + 1 < len(words) else ""
    # A noun between a name and a noun: "Sanders campaign spokesman".
    between = word.pos == "VERB" and follows == "NOUN" and i > 0 and words[i - 1].pos == "PROPN"
    if follows in ("NOUN", "PROPN", "ADJ", "DET", "PRON") and not between:
        return word
    return dataclasses.replace(word, pos="NOUN") if _is_listed(word, lexicon) else word


def _is_listed(word: Word, lexicon: Lexicon) -> bool:
    """Whether a word is on the lists of nouns, but for those that are pronouns too ("one", "others")."""
    lemma = noun_lemma(word.text)
    if word.lower in SEVERAL_TOO or lemma in SEVERAL_TOO:
        return False
    return lemma in lexicon.persons or lemma in lexicon.organizations or lemma in lexicon.documents


def _opens_phrase(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether the first word has its capital from its sentence alone: "Aviation officials", "Rescue workers".

    Taggers take it for a name, or for a determiner ("Opposition activists").
    """
    word = words[0]
    if word.label or not word.text[1:].islower() or word.pos not in ("PROPN", "DET", "X"):
        return False
    if len(words) < 2:
        several = noun_lemma(word.text) != word.lower and not lexicon.is_demonym(word.text)
        return several and noun_lemma(word.text) in lexicon.persons | lexicon.groups  # "Activists"
    if words[1].pos != "NOUN" or not words[1].text.islower() or word.lower in DETERMINERS | VAGUE_NUMBERS:
        return False
    if word.lower in ("a", "an", "another", "every", "no") or spelled_number(word.lower) is not None:
        return False
    known = lexicon.is_demonym(word.text) or word.text in lexicon.titles or lexicon.is_outlet(word.text)
    return not known and noun_lemma(words[1].text) in lexicon.persons | lexicon.groups | lexicon.organizations


def _trails(words: Sequence[Word], at: int, i: int, lexicon: Lexicon) -> bool:
    """Whether word ``i`` only says more of the noun before it: "a person briefed on", "bankers involved"."""
    if i == at or words[i - 1].pos != "NOUN":
        return False
    trailing = words[i].lower in lexicon.trailing
    if not trailing and not _is_participle(words, i):
        return False
    if not lexicon.is_source_noun(noun_lemma(words[i - 1].text)):
        return False
    if not trailing:
        return True
    follows = words[i + 1].pos if i + 1 < len(words) else ""
    return follows not in ("NOUN", "PROPN", "ADJ")


def _is_participle(words: Sequence[Word], i: int) -> bool:
    """Whether word ``i`` is a participle before a preposition or a name: "a note taped to", "named Olha"."""
    if i + 1 >= len(words) or not words[i].text.islower():
        return False
    participle = words[i].lower.endswith("ed") or words[i].lower in PARTICIPLES
    return participle and (words[i + 1].pos == "ADP" or words[i + 1].label == "PERSON")


def _read_number(words: Sequence[Word]) -> tuple[int, int | None, bool, bool]:
    """Where the number ends, how many it says, and whether the phrase is definite or indefinite."""
    at, count, definite, indefinite = 0, None, False, False
    fixed = False  # "one of the three commanders" is one
    while at < len(words):
        word, after = words[at].lower, words[at + 1].lower if at + 1 < len(words) else ""
        if word in ("a", "an", "another"):
            indefinite = True
            count = count if fixed else 1
        elif word in DETERMINERS and (word != "that" or at == 0):
            definite = True
        elif word in ("no", "every", "each", "any", "neither") and after:
            pass
        elif word in ("both", "either") and not fixed:
            count = 2 if word == "both" else None
        elif after == "of" and (word in VAGUE_NUMBERS or word in DOZENS or spelled_number(word) is not None):
            count, fixed = _partitive(word, count), True
            at += 1
        elif word in DOZENS and after and words[at + 1].pos in CORE_TAGS and word != "pair":
            count = count if fixed else DOZENS[word] * (count or 1)
        elif (number := spelled_number(word)) is not None and words[at].pos in (
            "NUM",
            "PRON",
            "NOUN",
            "DET",
            "ADJ",
        ):
            if after in ("percent", "per", "%", "out", "in"):
                count, fixed = None, True
                at = _after_share(words, at)
                continue
            if not fixed:
                count = number * SCALES.get(after, 1)
            at += after in SCALES
        elif word in VAGUE_NUMBERS and words[at].pos != "PROPN" and word not in FRACTIONS:
            count = count if fixed else None
        elif not (
            word in APPROXIMATIONS
            and at + 1 < len(words)
            and words[at].pos in ("ADV", "ADJ", "ADP", "PART", "SCONJ")
        ):
            break
        at += 1
    return at, count, definite, indefinite


def _partitive(word: str, count: int | None) -> int | None:
    if word in DOZENS:
        return DOZENS[word] * (count or 1)
    return 2 if word == "both" else spelled_number(word)


def _after_share(words: Sequence[Word], at: int) -> int:
    """Past "27 percent of", "four out of 10": up to what is counted."""
    for i in range(at, min(at + 6, len(words))):
        if words[i].lower == "of" and (i + 1 >= len(words) or spelled_number(words[i + 1].lower) is None):
            return i + 1
    nouns = (
        i for i in range(at, len(words)) if words[i].pos == "NOUN" and words[i].lower not in ("percent", "%")
    )
    return next(nouns, len(words))


def _read_owner(words: Sequence[Word], at: int) -> tuple[tuple[Word, ...], int]:
    """A genitive before the core, and where the core begins."""
    for i in range(at, len(words)):
        if (
            words[i].lower in GENITIVES
            and i > at
            and i + 1 < len(words)
            and words[i + 1].pos in CORE_TAGS | {"DET"}
        ):
            return tuple(words[at:i]), i + 1
        if words[i].pos not in CORE_TAGS and words[i].lower not in ("of", "the"):
            break
        common = words[i - 1].pos == "NOUN" and words[i - 1].text.islower()
        if words[i].lower == "of" and i > at and (common or words[i - 1].label == "PERSON"):
            break  # "the head of the UN's agency" is a head; "the Bank of England's governor" is not
    return (), at


def _core_end(words: Sequence[Word], at: int, lexicon: Lexicon) -> int:
    """One past the head of the noun phrase whose core begins at ``at``."""
    end, i = at, at
    while i < len(words):
        word = words[i]
        if word.lower in ("and", "or", ",") and _joins_modifiers(words, at, i, lexicon):
            end, i = at, i + 1
            continue
        if _trails(words, at, i, lexicon):
            break
        inside_name = word.label and i > at and words[i - 1].label == word.label and i + 1 < len(words)
        if word.lower in RELATIVES or not (word.pos in CORE_TAGS or inside_name or _abbreviation(words, i)):
            break
        after_noun = end > at
        if word.pos in ("VERB", "ADV") and after_noun and not (inside_name or word.is_capital):
            break
        if word.pos in ("NOUN", "PROPN", "X") or (inside_name and word.is_capital):
            end = i + 1
        elif word.pos == "NUM" and after_noun and not inside_name:
            break
        elif word.pos == "ADJ" and i == at and word.is_capital:
            end = i + 1  # "Ukrainian said": an adjective alone, taken as a noun
        i += 1
    if end == at and i > at:
        end = i
    return end


def _joins_modifiers(words: Sequence[Word], at: int, i: int, lexicon: Lexicon) -> bool:
    """Whether a conjunction stands between modifiers of one head: "Republican and Democratic leaders"."""
    if i == at or i + 2 >= len(words) or words[i + 1].pos not in ("ADJ", "NOUN", "PROPN"):
        return False
    if words[i + 2].pos not in ("NOUN", "PROPN", "ADJ") or words[i + 1].label == "PERSON":
        return False
    last = words[i - 1]
    return last.pos == "ADJ" or (lexicon.is_demonym(last.text) and last.label in ("", "NORP"))


def _abbreviation(words: Sequence[Word], i: int) -> bool:
    """A full stop that the tokenizer cut off a title ("Lt. Gen .")."""
    return words[i].text == "." and i > 0 and words[i - 1].is_capital and i + 1 < len(words)


def _name(phrase: Phrase, lexicon: Lexicon) -> tuple[Word, ...]:
    """The proper name that the core ends in; empty for a common noun, a title alone or a demonym."""
    core = phrase.core
    if not core or not core[-1].is_capital or is_common(core[-1], phrase, lexicon):
        labelled = core and core[-1].label in ("PERSON", "ORG", "GPE", "FAC", "LOC", "WORK_OF_ART")
        if not (labelled and core[-1].pos == "PROPN" and not is_common(core[-1], phrase, lexicon)):
            return ()
    start = len(core) - 1
    label = core[-1].label
    while start > 0 and _in_name(core[start - 1], label, lexicon):
        start -= 1
    start += title_length(core[start:-1], lexicon) if label not in ("ORG", "GPE", "FAC", "LOC") else 0
    while start < len(core) - 1 and label == "PERSON" and core[start].label not in ("PERSON", ""):
        start += 1
    return core[start:]


def _in_name(word: Word, label: str, lexicon: Lexicon) -> bool:
    """Whether a word before the end of a name is part of it."""
    if label and word.label:
        return word.label == label
    if label == "PERSON" and not word.label:
        return False
    return (
        word.is_capital and word.pos in ("PROPN", "NOUN", "X", "ADJ") and not lexicon.is_demonym(word.text)
    ) or (word.lower in NAME_PARTICLES and word.pos == "PROPN")


def is_common(word: Word, phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether the head is a common noun though it may be written with a capital ("The President")."""
    lower = noun_lemma(word.text)
    if " " in word.text:
        return True  # "the chief of staff"
    if len(phrase.core) > 1 and phrase.core[-2].text in lexicon.honorifics:
        return False  # "Mr. King"
    if word.label in ("PERSON", "GPE", "ORG", "FAC", "LOC"):
        return False
    if word.label == "NORP" or (lexicon.is_demonym(word.text) and not word.label):
        return True
    if phrase.definite and len(phrase.core) == 1 and word.text in lexicon.outlet_suffixes:
        return phrase.words[0].start == word.start  # "the Post", with its capital in mid-sentence
    before = phrase.core[-2].text if len(phrase.core) > 1 else ""
    if word.text in lexicon.titles and before[:1].isupper() and before not in lexicon.given_names:
        return True  # "CNN President"
    known = lower in lexicon.persons or lower in lexicon.groups or lower in lexicon.documents
    if known and len(phrase.core) <= 3:
        capitals = [each.is_capital for each in phrase.core[:-1]]
        return (
            not any(capitals)
            or word.pos == "NOUN"
            or all(
                each.text in lexicon.titles
                or lexicon.is_demonym(each.text)
                or not each.is_capital
                or noun_lemma(each.text) in lexicon.persons
                or noun_lemma(each.text) in lexicon.organizations
                for each in phrase.core[:-1]
            )
        )
    starts = phrase.words[0].start == word.start
    return word.pos == "NOUN" and (not word.is_capital or starts or lower in lexicon.organizations)


def title_length(words: Sequence[Word], lexicon: Lexicon) -> int:
    """How many of the first words are titles or roles: 2 for "Prime Minister Nuri"."""
    n = 0
    while n < len(words):
        for size in (3, 2, 1):
            text = " ".join(word.text for word in words[n : n + size])
            if n + size <= len(words) and (text in lexicon.titles or noun_lemma(text) in lexicon.persons):
                n += size
                break
        else:
            break
    return n
