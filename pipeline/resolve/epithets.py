"""Whom "the striker", "the 48-year-old", "the former minister" and "the Swede" stand for: somebody named
just before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc

from pipeline.resolve.mentions import NATIONAL, YEAR_OLD, Mention
from pipeline.resolve.nouns import PERSON, collectives, epithets, nationalities, newcomers, role_synonyms
from pipeline.resolve.pairs import Chain, is_first_person

MAX_SENTENCES_BACK = 2
"""How far back an epithet looks for whom it stands for."""

GENERIC_PERSONS = frozenset("man woman boy girl teenager".split()) | {YEAR_OLD, NATIONAL}
"""Nouns that take up whoever was spoken of, as a pronoun does: "the woman", "the Swede"."""

TELLING_APART = frozenset("of from at in with behind for on who whose that".split())
"""Words after a noun that tell which one is meant, so that nobody need have been spoken of before."""

FORMER = frozenset("former ousted outgoing deposed disgraced retired".split())
"""Words that tell that the office was spoken of: "the former minister" is somebody known."""


def is_epithet(doc: Doc, mention: Mention) -> bool:
    """Whether a noun phrase says that one person already spoken of is meant.

    "The translator said" takes somebody up, "the minister said" may bring in whoever holds the office. Nouns
    on neither list of ``role_synonyms.tsv`` are epithets only where they speak.
    """
    if mention.sort != PERSON or mention.plural or mention.owned or not mention.definite:
        return False
    if mention.head in collectives() or _is_told_apart(doc, mention):
        return False
    if mention.head in GENERIC_PERSONS or mention.head in epithets() or _says_known(doc, mention):
        return True
    return mention.source and mention.head not in newcomers()


def _says_known(doc: Doc, mention: Mention) -> bool:
    """Whether what goes with the noun tells that somebody known is meant, whatever the noun."""
    return mention.age is not None or bool(FORMER & set(mention.words[:-1])) or _of_so_many(doc, mention)


def _of_so_many(doc: Doc, mention: Mention) -> bool:
    """ "The mother of two", "the father of three"."""
    follows = doc[mention.last : mention.last + 2]
    return len(follows) == 2 and follows[0].lower_ == "of" and follows[1].like_num


def _is_told_apart(doc: Doc, mention: Mention) -> bool:
    """Whether what follows tells who is meant: "the man from the council", "the woman who hid"."""
    follows = doc[mention.last].lower_ if mention.last < len(doc) else ""
    return follows in TELLING_APART and not _of_so_many(doc, mention)


def whom(doc: Doc, mention: Mention, recent: Sequence[Chain], speaker: Chain | None) -> Chain | None:
    """The one person among ``recent`` for whom an epithet may stand; ``None`` where there are several.

    Whoever has no name gives way to those who have one, and of those the one who spoke last goes before.
    """
    fitting = list(_fitting(doc, mention, recent))
    if mention.age is not None:
        aged = [chain for chain in fitting if mention.age in _ages(chain)]
        fitting = aged or fitting
    if len(fitting) > 1:
        named = [chain for chain in fitting if chain.name]
        if mention.head not in GENERIC_PERSONS or mention.head in {YEAR_OLD, NATIONAL}:
            fitting = named
        if len(named) > 1 and any(chain is speaker for chain in named):
            return speaker
        if len(fitting) > 1:
            fitting = [chain for chain in fitting if _acts(mention, chain)]
    return fitting[0] if len(fitting) == 1 else None


def _fitting(doc: Doc, mention: Mention, recent: Iterable[Chain]) -> Iterable[Chain]:
    for chain in recent:
        last = chain.mentions[-1]
        if (
            chain.sort == PERSON
            and chain.plural is False
            and (mention.gender is None or chain.gender in {None, mention.gender})
            and mention.sentence - last.sentence <= MAX_SENTENCES_BACK
            and not is_first_person(chain)
            and last.quotation not in mention.own_quotations  # nobody names himself
            and mention.quotation in {0, last.quotation}
            and not _contradicts(doc, mention, chain)
        ):
            yield chain


def _contradicts(doc: Doc, mention: Mention, chain: Chain) -> bool:
    """Whether another age, nation or trade was said of somebody than the epithet says."""
    ages = _ages(chain)
    if mention.age is not None and ages and mention.age not in ages:
        return True
    said = {word for role in chain.roles for word in role}
    if mention.head == NATIONAL:
        nations, own = said & nationalities(), doc[mention.last - 1].lower_[:4]
        return bool(nations) and not any(nation.startswith(own) for nation in nations)
    if mention.head in GENERIC_PERSONS | epithets() or _says_known(doc, mention):
        return False
    trades = {role[-1] for role in chain.roles if role} - newcomers() - GENERIC_PERSONS
    near = {noun for trade in trades for noun in (trade, *role_synonyms().get((trade,), ()))}
    return bool(trades) and mention.head not in near


def _acts(mention: Mention, chain: Chain) -> bool:
    """Whether somebody was the subject of a sentence lately, not only named in one."""
    near = [each for each in chain.mentions if mention.sentence - each.sentence <= MAX_SENTENCES_BACK]
    return any(each.use == "subject" or each.source for each in near)


def _ages(chain: Chain) -> set[int]:
    return {each.age for each in chain.mentions if each.age is not None}
