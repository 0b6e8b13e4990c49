"""Sources drawn from a group named before: "one", "another", "both", "two of them", "the latter"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from pipeline.resolve.mentions import NAME, NOMINAL, Mention
from pipeline.resolve.nouns import BODY, PERSON, PLACE

_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
_WHOLE = {f"{all_} {word}": n for n, word in enumerate(_NUMBERS, start=2) for all_ in ("the", "all")}
_WHOLE |= {"both": 2, "neither": 2}
_COUNTS: dict[str, int | None] = {
    **_WHOLE,
    **{word: n for n, word in enumerate(_NUMBERS, start=2)},
    **dict.fromkeys(("one", "another", "a second", "a third", "a fourth", "the other", "the first"), 1),
    **dict.fromkeys(("the second", "the third"), 1),
    **dict.fromkeys("others some several many most few all each none".split()),
    **dict.fromkeys(("a few", "the others", "the rest")),
}
"""Words that draw from a group, and how many they draw; ``None`` where they do not say."""

_AFTER_COMMA = re.compile(r", (?:who|whom|whose|which|from|in|at|with|of)\b.*")
_OF_TWO = re.compile(r"(?P<how_many>both|neither) (?:men|man|women|woman)")
_OF_THEM = re.compile(r"(?P<how_many>.+?) of (?:them|those|these)")
_OF_GROUP = re.compile(r"(?P<how_many>[\w-]+) of the (?:\w+ )?(?P<of>men|women|people|group|pair|team|\w+s)")
_COUNTED = re.compile(r"the (?:second|third|other) (?:\w+ )?(?P<one>\w+)")
_PAIR = re.compile(r"\s+and\s+(?:\w+\s+){0,3}")

_ANY_PEOPLE = frozenset("men women people group pair team boys girls survivors victims".split())

MAX_BLOCKS_BACK = 5
"""Paragraphs between a group and one of its members; wire stories quote two or three in a row."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many a source draws from a group, and whether it draws all.

    ``of``: the noun for the group's people, where it names them ("one of the envoys").
    """

    count: int | None
    whole: bool
    of: str = ""


def drawn(source: str) -> Drawn | None:
    """What ``source`` draws from a group; ``None`` where it is not of that kind."""
    words = _AFTER_COMMA.sub("", " ".join(source.casefold().split())).strip(" ,")
    before_comma = words.partition(",")[0]  # "one of the officials, a brigadier"
    partitive = next(
        filter(None, (each.fullmatch(before_comma) for each in (_OF_THEM, _OF_GROUP, _OF_TWO))), None
    )
    if partitive:
        words = partitive["how_many"].strip()
    if words not in _COUNTS:
        return None
    of = (partitive.groupdict().get("of") or "") if partitive else ""
    return Drawn(_COUNTS[words], words in _WHOLE or words == "all", "" if of in _ANY_PEOPLE else of)


def counted_noun(source: str) -> str | None:
    """The noun, in the plural, of one whom a source counts: "the second official" gives ``officials``."""
    words = _AFTER_COMMA.sub("", " ".join(source.casefold().split())).strip(" ,")
    counted = _COUNTED.fullmatch(words)
    if counted is None or counted["one"].endswith("s"):
        return None
    return counted["one"][:-3] + "men" if counted["one"].endswith("man") else counted["one"] + "s"


def drawn_one(source: str) -> str | None:
    """The word for one of several before "of": "one of the chiefs, Bo Lunt" gives ``one``."""
    first, _, rest = source.casefold().partition(" ")
    return first if first in {"one", "another"} and rest.startswith("of ") else None


@dataclass(frozen=True, slots=True)
class Group:
    """Several people as an article mentions them: their range in the reading, how many, in which block.

    ``named``: at least one of them is named. ``joint``: they are named or described one by one.
    """

    start: int
    end: int
    count: int | None
    block: int
    named: bool = False
    joint: bool = False


def last_group(
    start: int, block: int, count: int | None, spoken: Sequence[Group], mentions: Sequence[Mention]
) -> Group | None:
    """The group before ``start`` that a source draws from.

    Groups that have spoken come first, the last one first; a source that draws all ("both") needs a group of
    as many. Then the last plural noun phrase for people in this paragraph or the one before. One in this
    paragraph comes before a group that has spoken further up.
    """
    people = (
        each
        for each in reversed(mentions)
        if each.end <= start and each.form == NOMINAL and each.plural and each.sort == PERSON
    )
    last = next(people, None)
    here = None if last is None or block - last.block > 1 else Group(last.start, last.end, None, last.block)
    for group in reversed(spoken):
        fits = count is None or group.count is None or group.count >= count
        if group.end <= start and block - group.block <= MAX_BLOCKS_BACK and fits:
            return here if here is not None and group.block < here.block == block else group
    return here


def just_spoke(group: Group, block: int, since: Sequence[Mention]) -> bool:
    """Whether several spoke together last, in this paragraph: "Hale and Dorn said … they added"."""
    return group.joint and group.block == block and not any(each.source for each in since)


def follows_one(doc: Doc, block: int, since: Sequence[Mention]) -> bool:
    """Whether one of others has come up since a group: "one survivor said … another told"."""
    here = (each for each in since if each.block == block and each.form == NOMINAL)
    singled_out = (doc[max(each.first - 1, 0) : each.last] for each in here)
    return any(token.lower_ == "one" for words in singled_out for token in words)


def pair_member(text: str, source: str, mentions: Sequence[Mention]) -> Mention | None:
    """Whom "the former" or "the latter" means: of the last two names joined by "and" among ``mentions``."""
    word = " ".join(source.casefold().split()).removeprefix("the ")
    if word not in {"former", "latter"}:
        return None
    before = [each for each in mentions if each.form == NAME and each.sort in {PERSON, PLACE, BODY}]
    for one, other in zip(reversed(before[:-1]), reversed(before[1:]), strict=True):
        if one.name != other.name and one.sort == other.sort and _PAIR.fullmatch(text[one.end : other.start]):
            return one if word == "former" else other
    return None
