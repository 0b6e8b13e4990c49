"""A source as its words describe it: kind, head, role, nationality, affiliation, number, members."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Span

from pipeline.claims.affiliation import find_affiliation, find_body, is_portfolio
from pipeline.claims.kinds import (
    AUTHOR_PRONOUNS,
    BODY_PRONOUNS,
    GROUP_PRONOUNS,
    ONE,
    PERSON_PRONOUNS,
    SEVERAL,
    head_type,
    is_plural,
    phrase_type,
)
from pipeline.claims.lexicon import Lexicon, noun_lemma
from pipeline.claims.members import split_members
from pipeline.claims.nouns import ORDINALS, QUANTIFIERS, Phrase, read_phrase
from pipeline.claims.numbers import spelled_number
from pipeline.claims.words import NAME_LABELS, Word, text_of, words_of

OF_STATE = frozenset("state state-run state-owned state-controlled".split())
"""What makes a medium an institution known by its common name: "state television"."""

NOT_IN_ROLES = NAME_LABELS | {"NORP"}
"""Labels whose words are no part of a role: "the Cuban foreign minister"."""

KEPT_BEFORE_TITLES = frozenset("former acting deputy vice senior chief".split())


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a coordinated source; ``start`` and ``end`` are offsets into the Doc's text."""

    start: int
    end: int
    kind: str
    head: str | None
    role: str | None
    nationality: tuple[str, ...] | None
    affiliation: str | None
    count: int | None
    anonymous: bool


@dataclass(frozen=True, slots=True)
class Description:
    """What a source's own words say; ``members`` only where there are several."""

    kind: str
    head: str | None
    role: str | None
    nationality: tuple[str, ...] | None
    affiliation: str | None
    count: int | None
    anonymous: bool
    members: tuple[Member, ...]


NO_SOURCE = Description("unknown", None, None, None, None, None, True, ())


def describe_source(source: Span | None, lexicon: Lexicon, *, by_author: bool) -> Description:
    """The description of a source as written.

    ``by_author``: the claim stands in the writer's own words, so that "I" and "we" are the author. A pronoun
    counts as anonymous here: only resolution can tell that it is not.
    """
    words = words_of(source) if source is not None else []
    if source is None or not words:
        return NO_SOURCE
    closed = source.end < len(source.doc) and source.doc[source.end].text == ","
    parts = split_members(words, lexicon, closed=closed)
    members = [_member(source, each, lexicon, by_author) for each in parts]
    if len(members) == 1:
        one = members[0]
        return Description(
            one.kind, one.head, one.role, one.nationality, one.affiliation, one.count, one.anonymous, ()
        )
    return _together(members)


def _together(members: Sequence[Member]) -> Description:
    """A coordinated source as a whole: what its members share, their nationalities and their sum."""
    nationalities = dict.fromkeys(each for member in members for each in member.nationality or ())
    counts = [
        member.count if member.count is not None else (0 if member.anonymous else 1) for member in members
    ]
    kinds = {member.kind for member in members}
    return Description(
        kind=_kind_together(kinds),
        head=_shared([member.head for member in members]),
        role=_shared([member.role for member in members]),
        nationality=tuple(nationalities) or None,
        affiliation=_shared([member.affiliation for member in members]),
        count=sum(counts) if all(counts) else None,
        anonymous=all(member.anonymous for member in members),
        members=tuple(members),
    )


def _kind_together(kinds: set[str]) -> str:
    if kinds & {"person", "group", "author"} or len(kinds) > 1:
        return "group"
    return kinds.pop()


def _shared(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def _member(source: Span, words: Sequence[Word], lexicon: Lexicon, by_author: bool) -> Member:
    doc = source.doc
    first, last = words[0].start, words[-1].end - 1
    start, end = doc[first].idx, doc[last].idx + len(doc[last])
    end -= doc[last].text.endswith(",")
    pronoun = _pronoun_kind(words, by_author)
    if pronoun is not None:
        count = {"one": 1, "another": 1, "both": 2}.get(words[0].lower)
        return Member(start, end, pronoun, None, None, None, None, count, True)
    phrase = read_phrase(words, lexicon)
    kind = source_kind(phrase, lexicon)
    return Member(
        start=start,
        end=end,
        kind=kind,
        head=head_of(phrase),
        role=role_of(phrase, kind, lexicon),
        nationality=nationality_of(phrase, lexicon),
        affiliation=find_affiliation(phrase, kind, lexicon),
        count=None if phrase.name else phrase.count,
        anonymous=is_anonymous(phrase, kind, lexicon),
    )


def _pronoun_kind(words: Sequence[Word], by_author: bool) -> str | None:
    """The kind of a source that is a pronoun ("he", "who", "I"), ``None`` for any other."""
    while len(words) > 1 and words[0].lower in ("not", "only", "even", "just"):
        words = words[1:]
    if words[0].lower == "the" and len(words) > 1 and words[1].lower in ("latter", "former"):
        words = words[1:]
    first = words[0].lower
    if len(words) > 1 and words[1].text != ",":
        return None
    if first in AUTHOR_PRONOUNS and by_author:
        return "author"
    if first in ("i", "me", "you"):
        return "person"
    if first in PERSON_PRONOUNS or first in ONE:
        return "person"
    if first in GROUP_PRONOUNS or first in SEVERAL:
        return "group"
    return "organization" if first in BODY_PRONOUNS else None


def source_kind(phrase: Phrase, lexicon: Lexicon) -> str:
    """One of ``schema.SOURCE_KINDS`` for a noun phrase; several people are a ``group``."""
    found = phrase_type(phrase, lexicon)
    if found == "place":
        return "organization"
    if phrase.name:
        return found
    if _is_ratio(phrase) and not any(word.pos in ("NOUN", "PROPN") for word in phrase.core):
        return "group"
    head = phrase.head
    if found == "person" and head is not None:
        several = (is_plural(head) and phrase.count != 1) or (phrase.count or 1) > 1
        return "group" if several or head.lower in ("people", "public") else "person"
    if found:
        return found
    nominal = head is not None and head.lower not in ORDINALS  # "a third said"
    if not nominal and (phrase.count == 1 or phrase.words[0].lower in ONE):
        return "person"
    several = bool(phrase.count) or _measures(phrase) or (head is not None and is_plural(head))
    return "group" if several and phrase.count != 1 else "unknown"


def _measures(phrase: Phrase) -> bool:
    """Whether the phrase only counts: "many of them", "some", "those who stayed"."""
    shares = any(word.lower in ("percent", "%") for word in phrase.words[:3])
    return not phrase.core and (shares or phrase.words[0].lower in SEVERAL)


def _is_ratio(phrase: Phrase) -> bool:
    """Whether the phrase is a share of people: "one in five", "fewer than one in four"."""
    words = [word.lower for word in phrase.words[:6]]
    return any(
        spelled_number(words[i - 1]) is not None and spelled_number(words[i + 1]) is not None
        for i in range(1, len(words) - 1)
        if words[i] == "in"
    )


def head_of(phrase: Phrase) -> str | None:
    """Lemma of the head noun in lower case; ``None`` for a name or a pronoun."""
    if phrase.head is None or phrase.head.pos not in ("NOUN", "PROPN", "ADJ", "X", "VERB", "NUM"):
        return None
    if phrase.head.lower in ORDINALS | {"one", "ones"} or phrase.head.pos == "NUM":
        return None
    lemma = noun_lemma(phrase.head.text.split()[0])  # the chief of "chief of staff"
    return lemma.rpartition("-")[2] if lemma.startswith("ex-") else lemma


def role_of(phrase: Phrase, kind: str, lexicon: Lexicon) -> str | None:
    """What a person is: modifiers and head without nationality and number, the title before a name, or else
    the apposition after it."""
    if kind not in ("person", "group", "author"):
        return None
    if phrase.name:
        before = _role_words(phrase, lexicon)
        if not any(_names_role(word, lexicon) for word in before):
            before = []
        return text_of(before) or _apposed_role(phrase, lexicon)
    if phrase.head is None or head_of(phrase) is None or lexicon.is_demonym(phrase.head.text):
        return None
    words = [*_role_words(phrase, lexicon), _singular(phrase.head)]
    if words[0].start == phrase.words[0].start and not words[0].text.isupper():
        # The capital of a bare noun at the start of its sentence: "Health officials".
        words[0] = dataclasses.replace(words[0], text=words[0].lower)
    return text_of(words)


def _names_role(word: Word, lexicon: Lexicon) -> bool:
    """Whether a word before a name says what its bearer is: "spokesman", not "House" or "81-year-old"."""
    return (
        word.text in lexicon.titles
        or noun_lemma(word.text) in lexicon.persons
        or " " in word.text
        or (
            word.text.islower()
            and head_type(word, lexicon) == "person"
            and not word.lower.endswith("-year-old")
        )
    )


def _singular(word: Word) -> Word:
    lemma = noun_lemma(word.text)
    text = lemma if word.pos == "NOUN" or word.text.islower() else lemma[:1].upper() + lemma[1:]
    return dataclasses.replace(word, text=text if is_plural(word) or word.pos == "NOUN" else word.text)


def _role_words(phrase: Phrase, lexicon: Lexicon) -> list[Word]:
    """The modifiers that say what someone is: no nationality, number, ordinal, honorific, name of a body."""
    kept = []
    for i, word in enumerate(phrase.modifiers):
        two = " ".join(each.text for each in phrase.modifiers[i : i + 2])
        two_back = " ".join(each.text for each in phrase.modifiers[max(i - 1, 0) : i + 1])
        if lexicon.is_demonym(word.text) or lexicon.is_demonym(two) or lexicon.is_demonym(two_back):
            continue
        if word.pos == "NUM" or word.lower in ORDINALS | QUANTIFIERS or word.text in lexicon.honorifics:
            continue
        if word.pos == "PUNCT" or (word.label in NOT_IN_ROLES and not _is_rank(word, lexicon)):
            continue
        if word.lower.endswith("-year-old"):
            continue
        kept.append(word)
    return _without_loose_ends(_without_names(kept, phrase.words[0].start, lexicon))


def _is_rank(word: Word, lexicon: Lexicon) -> bool:
    """Whether a word that the model counts to a person's name is his title: "Insp Moira Kerr"."""
    return word.label == "PERSON" and word.text in lexicon.titles and word.text not in lexicon.given_names


def _without_loose_ends(words: list[Word]) -> list[Word]:
    """Without conjunctions that join nothing any more: "Republican and Democratic"."""
    return [
        word
        for i, word in enumerate(words)
        if word.pos != "CCONJ" or (0 < i < len(words) - 1 and words[i + 1].pos != "CCONJ")
    ]


def _without_names(words: Sequence[Word], start: int, lexicon: Lexicon) -> list[Word]:
    """Without capitalised words that are neither titles nor roles: "Quds Force leader" → "leader"."""
    titles: set[int] = set()
    for i in range(len(words)):
        for size in (1, 2, 3):
            if i + size <= len(words) and _is_title(words[i : i + size], lexicon):
                titles.update(range(i, i + size))
    titles.update(i for i in range(len(words)) if is_portfolio(words, i))  # "Home Affairs Minister"
    return [
        word
        for i, word in enumerate(words)
        if i in titles
        or not word.is_capital
        or word.pos != "PROPN"
        or word.lower in KEPT_BEFORE_TITLES
        or (word.start == start and noun_lemma(word.text) in lexicon.organizations)
    ]


def _is_title(words: Sequence[Word], lexicon: Lexicon) -> bool:
    text = " ".join(word.text for word in words)
    return bool(words) and (
        text in lexicon.titles or (len(words) == 1 and noun_lemma(text) in lexicon.persons)
    )


def _apposed_role(phrase: Phrase, lexicon: Lexicon) -> str | None:
    """The role in the words after a name: "Halima, a mother of four" → "mother"."""
    rest = list(phrase.rest)
    while rest and (rest[0].pos in ("PUNCT", "NUM") or rest[0].text in ",()" or rest[0].text.isdecimal()):
        rest = rest[1:]
    if not rest or rest[0].pos not in ("DET", "ADJ", "NOUN", "PROPN", "PRON", "ADV", "NUM"):
        return None
    apposed = read_phrase(rest, lexicon)
    if apposed.head is None or phrase_type(apposed, lexicon) in ("document", "place"):
        return None  # a body may be none ("the operator"), and a noun on no list
    return role_of(apposed, "person", lexicon)


def nationality_of(phrase: Phrase, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Demonyms and group adjectives before the head, as written, and a head that is one ("the Iranians")."""
    words = list(phrase.modifiers)
    if phrase.head is not None and phrase.head not in words:
        words.append(phrase.head)
    found: list[str] = []
    i = 0
    while i < len(words):
        two = " ".join(word.text for word in words[i : i + 2])
        if i + 1 < len(words) and lexicon.is_demonym(two):
            found.append(two)
            i += 1
        elif words[i].label == "NORP" or (
            lexicon.is_demonym(words[i].text)
            and words[i].label not in ("ORG", "FAC", "PERSON")
            and not _opens_name(words, i)
        ):
            found.append(words[i].text)
        i += 1
    return tuple(found) or None


def _opens_name(words: Sequence[Word], i: int) -> bool:
    """Whether a word begins a name of several words: "African Union", whatever the model takes it for."""
    return bool(words[i].label) and i + 1 < len(words) and words[i + 1].label == words[i].label


def is_anonymous(phrase: Phrase, kind: str, lexicon: Lexicon) -> bool:
    """Whether the words name nobody: no proper name, and no institution by its common name."""
    if phrase.name or _apposed_name(phrase, lexicon):
        return False
    if phrase.head is None or phrase.indefinite or phrase.count:
        return True
    if kind == "media":
        return not any(word.lower in OF_STATE for word in phrase.modifiers)
    if kind != "organization":
        return True
    if find_body(phrase, lexicon) is not None:
        return False  # "the Clinton campaign", "the African Union mission"
    if phrase.head.lower == "office" and phrase.definite and _of_state(phrase.owner, lexicon):
        return False  # "the state prosecutor's office"
    last = noun_lemma(phrase.head.text)
    pair = " ".join(word.lower for word in phrase.core[-2:])
    return not (
        last in lexicon.institutions
        or phrase.head.lower in lexicon.institutions
        or pair in lexicon.institutions
    )


def _of_state(owner: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether an owner is an office of state: "the state prosecutor", "the governor"."""
    return bool(owner) and noun_lemma(owner[-1].text) in lexicon.offices


def _apposed_name(phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether a person's name follows in apposition: "the governor, Hadi al-Barrak,"."""
    if phrase.head is None or is_plural(phrase.head):
        return False
    rest = [word for word in phrase.rest if word.pos != "PUNCT"]
    comma = bool(phrase.rest) and phrase.rest[0].text == ","
    if not comma or not rest or rest[0].pos != "PROPN":
        return False
    apposed = read_phrase(rest, lexicon)
    return bool(apposed.name) and phrase_type(apposed, lexicon) == phrase_type(phrase, lexicon)
