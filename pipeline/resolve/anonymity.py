"""Whether a source is named somewhere in the article though nothing tells for certain which name is its."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.resolve.mentions import NAME, Mention
from pipeline.resolve.nouns import BODY, PERSON, PLACE

MAX_SENTENCES_BACK = 3
"""How far back somebody is named whom an unresolved pronoun may mean."""


def may_be_named(pronoun: Mention, before: Sequence[Mention]) -> bool:
    """Whether somebody whom an unresolved pronoun may mean was named just before.

    Resolution wants to be sure which name it is; whether there is one needs less.
    """
    for each in reversed(before):
        if pronoun.sentence - each.sentence > MAX_SENTENCES_BACK:
            return False
        if each.quotation not in pronoun.own_quotations and _fits(pronoun, each):
            return True
    return False


def _fits(pronoun: Mention, each: Mention) -> bool:
    if pronoun.head in {"he", "she"}:
        return each.form == NAME and each.sort == PERSON and each.gender in {None, pronoun.gender}
    return pronoun.head == "it" and each.sort in {BODY, PLACE} and (each.form == NAME or each.source)


def both_named(before: Sequence[Mention]) -> bool:
    """Whether the last two who were named are a pair that "both" may mean: each said something."""
    named: dict[str | None, bool] = {}
    for each in before:
        if each.form == NAME and each.sort != BODY:
            named[each.name] = named.pop(each.name, False) or bool(each.source)
    return len(named) > 1 and all(list(named.values())[-2:])
