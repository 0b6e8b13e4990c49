"""Who and what an article speaks of: names, noun phrases and pronouns, with what their words tell."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline import names
from pipeline.resolve.ages import age_after, age_within
from pipeline.resolve.nouns import (
    ABBREVIATED,
    BODY,
    LABEL_SORTS,
    OTHER,
    PEOPLE,
    PERSON,
    PRONOUNS,
    WITH_ARTICLE,
    Noun,
    noun,
    noun_lemma,
)
from pipeline.resolve.places import Places

NAME, NOMINAL, PRONOUN = "name", "nominal", "pronoun"
YEAR_OLD, NATIONAL = "year-old", "national"
"""Heads of "the 48-year-old" and of "the Swede", which stand for whoever was spoken of."""

GENITIVES = frozenset({"'s", "’s", "'", "’"})
_INDEFINITE = frozenset("a an another some many several few most more any no every each one".split())
_MODIFIER_TAGS = frozenset({"ADJ", "NUM", "NOUN", "PROPN"})
_NOUN_TAGS = frozenset({"NOUN", "PROPN"})
_POSSESSIVES = frozenset(
    word for word, each in PRONOUNS.items() if each.use == "possessive" and each.kind != "who"
)
_PLURAL_GROUPS = frozenset("people police troops personnel staff crew others relatives youth forces".split())


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the article in the reading: where, its label and its fullest form."""

    start: int
    end: int
    label: str
    name: str


@dataclass(slots=True, eq=False)
class Mention:
    """One mention. ``start`` and ``end`` count code points of the reading, ``first`` and ``last`` tokens.

    ``head`` is the noun's lemma, the pronoun's class, or empty for a name; ``words`` are the lower-case
    content words of a noun phrase, head last. ``begins`` is the token at which a name's titles and roles
    begin. ``quotation`` numbers the stretch of quoted text, 0 for none; ``own_quotations`` are those that a
    source speaks, ``source_end`` is where it ends. What other mentions tell is set afterwards: frozen, and
    so made four times over, mentions took an eighth of the time of all stages after the model.
    """

    start: int
    end: int
    first: int
    last: int
    form: str
    sort: str
    head: str
    gender: str | None
    plural: bool | None
    name: str | None = None
    words: tuple[str, ...] = ()
    definite: bool = False
    indefinite: bool = False
    owned: bool = False
    use: str = "other"
    sentence: int = 0
    block: int = 0
    quotation: int = 0
    source: bool = False
    source_end: int = 0
    roles: tuple[tuple[str, ...], ...] = ()
    speaker: str | None = None
    begins: int = -1
    opens_sentence: bool = False
    opens_block: bool = False
    own_quotations: frozenset[int] = frozenset()
    age: int | None = None

    @property
    def is_adjective(self) -> bool:
        """Whether it is a nationality before a noun, or one of its people: "Iraqi" of "Iraqi officials"."""
        return self.form == NAME and self.sort == OTHER and self.plural is False


def find_mentions(
    doc: Doc, where: Places, named: Sequence[Named], sources: Sequence[tuple[int, int]] = ()
) -> list[Mention]:
    """Names, noun phrases for people and bodies, and personal pronouns, in text order.

    Args:
        named: the names in text order, without overlap.
        sources: ranges of the reading that are sources of claims; what such a range is a mention of is a
            ``source``, not what its words only hold ("Jamie" of "Jamie's teacher, Alan Pryce").
    """
    owner = _tokens_of(doc, named)
    phrases = list(noun_phrases(where))
    before = _roles_before(where, phrases, owner)
    found = [name_mention(doc, where, each, span, *before.get(span[0], ())) for each, span in owner.spans]
    for first, last in phrases:
        if last - 1 not in owner.of and (_known(where, last - 1) or _is_year_old(where, last - 1)):
            mention = nominal_mention(doc, where, first, last)
            if mention:
                found.append(mention)
    found += [
        pronoun_mention(where, at)
        for at, word in enumerate(where.lower)
        if word in PRONOUNS and _is_pronoun(where, at)
    ]
    found.sort(key=lambda each: (each.first, each.last))
    _mark_sources(found, sources, where)
    return openings(found)


def openings(mentions: list[Mention]) -> list[Mention]:
    """The mentions, the first of each sentence and of each block marked."""
    before: Mention | None = None
    for each in mentions:
        each.opens_sentence = before is None or before.sentence != each.sentence
        each.opens_block = before is None or before.block != each.block
        before = each
    return mentions


class _Owners:
    """Which tokens belong to which name."""

    def __init__(self) -> None:
        self.spans: list[tuple[Named, tuple[int, int]]] = []
        self.of: dict[int, Named] = {}


def _tokens_of(doc: Doc, named: Sequence[Named]) -> _Owners:
    owners = _Owners()
    for each in named:
        span = doc.char_span(each.start, each.end, alignment_mode="expand")
        if span is not None and len(span) and span.start not in owners.of:
            owners.spans.append((each, (span.start, span.end)))
            owners.of |= dict.fromkeys(range(span.start, span.end), each)
    return owners


def _mark_sources(found: Sequence[Mention], sources: Iterable[tuple[int, int]], where: Places) -> None:
    """Mark the first mention in each source that is no genitive and stands before no other noun in it."""
    starts = [each.start for each in found]
    for start, end in sources:
        for n in range(bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)):
            if not _only_modifies(found[n], end, where):
                found[n].source, found[n].source_end = True, end
                break


def _only_modifies(mention: Mention, end: int, where: Places) -> bool:
    """Whether a mention says whose or which what comes after it is, before code point ``end``."""
    after = mention.last
    if after >= len(where.tags) or where.starts[after] >= end:
        return False
    joined = where.words[after] == "-" and where.starts[after] == mention.end  # "Dubai-based"
    return joined or mention.use == "possessive" or where.tags[after] in _NOUN_TAGS


def noun_phrases(where: Places) -> Iterator[tuple[int, int]]:
    """Runs of determiner, modifiers and noun, as token ranges that end with their head; found without a
    parser."""
    at = 0
    while at < len(where.tags):
        end = _phrase_end(where, at) if _may_begin(where, at) else at
        if end > at:
            yield at, end
        at = max(end, at + 1)


def _may_begin(where: Places, at: int) -> bool:
    return where.tags[at] in _MODIFIER_TAGS or where.tags[at] == "DET" or _is_possessive(where, at)


def _is_possessive(where: Places, at: int) -> bool:
    return where.tags[at] in ("PRON", "DET") and where.lower[at] in _POSSESSIVES


def _phrase_end(where: Places, at: int) -> int:
    """One past the head noun of the phrase that begins at ``at``; ``at`` itself where there is no noun."""
    tags, end, i = where.tags, at, at
    while i < len(tags):
        tag = tags[i]
        if "\n" in where.words[i] or (i > at and (tag == "DET" or _is_possessive(where, i))):
            break
        if tag in _NOUN_TAGS or (tag == "ADJ" and _is_noun_after_all(where, i)):
            end = i + 1
        elif not (tag in ("ADJ", "NUM") or i == at or _joins(where, i) or _is_participle(where, i)):
            break
        i += 1
    return end


def _is_noun_after_all(where: Places, i: int) -> bool:
    """An adjective that is a person at the end of a phrase: "the chief executive said", "the 48-year-old"."""
    if where.tags[i] != "ADJ" or (i + 1 < len(where.tags) and where.tags[i + 1] in _MODIFIER_TAGS):
        return False
    known = noun(where.lower[i])
    return _is_year_old(where, i) or bool(known and known.sort == PERSON and not where.words[i].istitle())


def _is_year_old(where: Places, i: int) -> bool:
    """ "48-year-old", one token or five."""
    lower = where.lower
    if lower[i].endswith("year-old"):
        return True
    return lower[i] == "old" and i > 3 and lower[i - 2] == "year" and lower[i - 1] in "-‑"


def _joins(where: Places, i: int) -> bool:
    """A mark inside the phrase: a hyphen, "&" or "/" that nothing parts from the word before it."""
    word = where.words[i]
    if i + 1 >= len(where.words) or word not in "-‑.&/" or word == ".":
        return False
    return where.starts[i - 1] + len(where.words[i - 1]) == where.starts[i]


def _is_participle(where: Places, i: int) -> bool:
    tags = where.tags
    follows = i + 1 < len(tags) and tags[i + 1] in ("NOUN", "ADJ")
    return tags[i] in ("VERB", "ADV") and follows and tags[i - 1] in ("DET", "ADJ", "NUM", "PUNCT", "ADV")


def _roles_before(
    where: Places, phrases: Sequence[tuple[int, int]], owner: _Owners
) -> dict[int, tuple[int, tuple[str, ...]]]:
    """By the first token of a person's name: where its phrase begins and the role that it says, or ().

    "Government spokesman Ali Tamir" gives ``("government", "spokesman")``.
    """
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for first, last in phrases:
        for at in range(first + 1, last):
            if at in owner.of and owner.of.get(at - 1) is not owner.of[at] and owner.of[at].label == "PERSON":
                words = content_words(where, first, at)
                said = bool(words) and (
                    noun(words[-1]) or words[-1] in ABBREVIATED or _is_title(where, first, at)
                )
                role = tuple(ABBREVIATED.get(word, word) for word in words) if said else ()
                found[at] = (first, role)
    return found


def _is_title(where: Places, first: int, last: int) -> bool:
    title, rest = names.split_title(where.text_of(first, last))
    return bool(title) and not rest


def content_words(where: Places, first: int, last: int) -> tuple[str, ...]:
    """Lower-case words of a phrase that describe: no determiner, number or mark; nouns as lemmas."""
    words = []
    for at in range(first, last):
        word = where.lower[at]
        if where.tags[at] in _NOUN_TAGS:
            words.append(word if word in ABBREVIATED else noun_lemma(where.words[at]))
        elif where.tags[at] in ("ADJ", "VERB"):
            words.append(word)
    return tuple(words)


def name_mention(
    doc: Doc, where: Places, each: Named, span: tuple[int, int], begins: int = -1, role: tuple[str, ...] = ()
) -> Mention:
    """The mention of a name at tokens ``span``, with the ``role`` that its phrase says before it."""
    first, last = span
    roles = (role,) if role else ()
    sort = LABEL_SORTS.get(each.label, OTHER)
    gender = plural = None
    if sort == PERSON:
        plural = False
        gender = _told_gender(where, each.name, first, last, roles)
    elif sort == PEOPLE and _is_one_national(where, each.name, first, last):
        return Mention(
            where.starts[first - 1], each.end, first - 1, last, NOMINAL, PERSON, NATIONAL, None, False,
            definite=True, use=_use(doc, where, first - 1, last), sentence=where.sentences[first],
            block=where.blocks[first], quotation=where.quotations[first], begins=first - 1,
        )  # fmt: skip
    elif sort == PEOPLE:
        plural = each.name.endswith("s") or where.tags[last - 1] == "NOUN"
        if not plural:
            sort = OTHER  # an adjective: "the Iraqi side"
    return Mention(
        each.start, each.end, first, last, NAME, sort, "", gender, plural,
        name=each.name, definite=True, use=_use(doc, where, first, last), sentence=where.sentences[first],
        block=where.blocks[first], quotation=where.quotations[first], roles=roles,
        begins=first if begins < 0 else begins, age=age_after(doc, last) if sort == PERSON else None,
    )  # fmt: skip


def _is_one_national(where: Places, name: str, first: int, last: int) -> bool:
    """Whether a nationality stands for one of its people: "the Swede said"."""
    if not first or where.lower[first - 1] != "the" or name.endswith(("s", "sh", "ch")):
        return False
    if last == len(where.tags) or where.tags[last] not in ("VERB", "AUX"):
        return False
    return not name.endswith("ese") or where.lower[last].endswith("s")  # "the Milanese thinks", one


def _told_gender(
    where: Places, name: str, first: int, last: int, roles: tuple[tuple[str, ...], ...]
) -> str | None:
    """A person's gender by title, given name or role: "Mrs. Pell", "Laura Pell", "spokesman Pell"."""
    title = names.split_title(where.text_of(first, last))[0] or _title_before(where, first)
    told = names.title_gender(title) if title else None
    told = told or names.gender(name) or names.given_gender(name.split()[0])
    nouns = (noun(role[-1]) for role in roles)
    return told or next((each.gender for each in nouns if each and each.gender), None)


def _title_before(where: Places, first: int) -> str | None:
    for size in (3, 2, 1):
        title, rest = names.split_title(where.text_of(max(0, first - size), first))
        if title and not rest:
            return title
    return None


def nominal_mention(doc: Doc, where: Places, first: int, last: int) -> Mention | None:
    """The mention of a noun phrase by its determiner and head; ``None`` where its head is no common noun."""
    head = last - 1
    lemma, known, tag = noun_lemma(where.words[head]), _known(where, head), where.tags[head]
    year_old = _is_year_old(where, head)
    if tag not in _NOUN_TAGS and not _is_noun_after_all(where, head):
        return None
    if tag == "PROPN" and known is None and not year_old:
        return None
    begin = where.lower[first]
    owned = _is_possessive(where, first) or (first > 0 and where.lower[first - 1] in GENITIVES)
    indefinite = begin in _INDEFINITE or where.tags[first] == "NUM"
    definite = owned or (where.tags[first] == "DET" and not indefinite)
    plural = lemma != where.lower[head] or where.lower[head] in _PLURAL_GROUPS
    if lemma in WITH_ARTICLE and (plural or not definite):
        return None
    sort = known.sort if known else OTHER
    if year_old:
        sort, lemma, plural = PERSON, YEAR_OLD, False
    return Mention(
        where.starts[first], where.starts[head] + len(where.words[head]), first, last, NOMINAL, sort, lemma,
        known.gender if known and not plural else None, plural,
        words=content_words(where, first, last), definite=definite, indefinite=indefinite, owned=owned,
        use=_use(doc, where, first, last), sentence=where.sentences[first], block=where.blocks[first],
        quotation=where.quotations[first], age=age_within(where, first, last) if sort == PERSON else None,
    )  # fmt: skip


def _known(where: Places, at: int) -> Noun | None:
    """What the lists say of the noun at token ``at``."""
    return noun(noun_lemma(where.words[at])) or noun(where.lower[at])


def _is_pronoun(where: Places, at: int) -> bool:
    """Not "US" (written as a name) nor "I" as a numeral or "mine" as a noun."""
    return where.tags[at] in ("PRON", "DET", "") and where.words[at] != "US"


def pronoun_mention(where: Places, at: int) -> Mention:
    """The mention of a personal or relative pronoun."""
    found = PRONOUNS[where.lower[at]]
    gender = {"he": "m", "she": "f"}.get(found.kind)
    plural = {"they": True, "we": True, "you": None, "who": None}.get(found.kind, False)
    sort = BODY if found.kind == "it" else PERSON
    use = found.use if found.use != "possessive" or where.lower[at] != "her" else _use_of_her(where, at)
    return Mention(
        where.starts[at], where.starts[at] + len(where.words[at]), at, at + 1, PRONOUN, sort, found.kind,
        gender, plural, definite=True, use=use, sentence=where.sentences[at], block=where.blocks[at],
        quotation=where.quotations[at],
    )  # fmt: skip


def _use_of_her(where: Places, at: int) -> str:
    follows = where.tags[at + 1] if at + 1 < len(where.tags) else ""
    return "possessive" if follows in _MODIFIER_TAGS else "object"


def _use(doc: Doc, where: Places, first: int, last: int) -> str:
    """``subject`` before a verb, ``possessive`` before 's, ``prepositional``, ``object`` after a verb,
    else ``other``."""
    follows = where.tags[last] if last < len(where.tags) else ""
    before = where.tags[first - 1] if first else ""
    if follows == "PART" and where.lower[last] in GENITIVES:
        return "possessive"
    if before == "ADP":
        return "prepositional"
    if follows in ("VERB", "AUX"):
        return "subject"
    if before in ("VERB", "AUX"):
        return "object"
    comma = last < len(where.words) and where.words[last] == ","
    if comma and (not first or doc[first - 1].is_punct or doc[first - 1].is_space):
        return "subject"
    return "other"
