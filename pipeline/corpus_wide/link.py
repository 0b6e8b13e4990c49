"""Forms of names into names, over a whole corpus: conservative, the same in any order, near-linear.

Every decision looks at sets of forms in a block (a family name, a sound), never at the order of articles.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from rapidfuzz import fuzz

from pipeline import names

Parts = tuple[str, ...]
TogetherIn = Callable[[set[frozenset[Parts]]], set[frozenset[Parts]]]
"""Which of some pairs of forms are two names of one article: there the author tells them apart."""

MIN_ALIKE = 75
"""Likeness (rapidfuzz ratio) of two spellings of one name: "Mohammed" and "Muhammad" have 75, "Hassan" and
"Hussein" 62."""

MIN_LETTERS = 5
"""Shorter parts must be equal: "Jon" and "Jan" are two people."""

MAX_BLOCK = 50
"""Spellings of one sound that are compared with each other, the first in the alphabet."""

_SOUNDS = (("kh", "h"), ("gh", "g"), ("ph", "f"), ("ck", "k"), ("q", "k"), ("c", "k"), ("w", "v"), ("dh",
"d"),
           ("th", "t"), ("zh", "j"), ("tch", "ch"))  # fmt: skip


class Union:
    """Sets of things that are one (union-find); the least thing of a set stands for it."""

    def __init__(self) -> None:
        self._parent: dict[Parts, Parts] = {}

    def find(self, thing: Parts) -> Parts:
        """What stands for the set of ``thing``."""
        root = thing
        while (parent := self._parent.setdefault(root, root)) != root:
            root = parent
        while self._parent[thing] != root:
            self._parent[thing], thing = root, self._parent[thing]
        return root

    def join(self, one: Parts, other: Parts) -> None:
        """Make the sets of two things one."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first


def link_people(forms: Iterable[Parts], together: TogetherIn) -> Union:
    """Join the forms of people's names, each given as its folded parts, that are one person's."""
    union = Union()
    known = sorted(set(forms))
    full = [form for form in known if len(form) > 1 and len(form[0]) > 1]
    _join_middle_names(full, union)
    _join_spellings(full, union, together)
    _join_initials([form for form in known if len(form) > 1 and len(form[0]) == 1], full, union)
    _join_lone([form for form in known if len(form) == 1], [form for form in known if len(form) > 1], union)
    return union


def _join_middle_names(full: list[Parts], union: Union) -> None:
    """ "Kenneth Hale" and "Kenneth F. Hale", unless another middle name stands against it."""
    groups: dict[Parts, list[Parts]] = defaultdict(list)
    for form in full:
        groups[form[0], form[-1]].append(form)
    for group in groups.values():
        middles = {form[1:-1] for form in group if len(form) > 2}
        longest = max(middles, key=lambda middle: (len(middle), sum(map(len, middle)), middle), default=())
        agreeing = all(_agree(middle, longest) for middle in middles)
        for form in group:
            if agreeing or (
                len(form) > 2 and len(form[1:-1]) == len(longest) and _agree(form[1:-1], longest)
            ):
                union.join(form, (form[0], *longest, form[-1]))


def _agree(middle: Parts, longest: Parts) -> bool:
    """Whether ``longest`` begins with the parts, an initial for a name: not W. Bush with H. W. Bush."""
    pairs = zip(middle, longest, strict=False)
    return len(middle) <= len(longest) and all(
        a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs
    )


def _join_spellings(full: list[Parts], union: Union, together: TogetherIn) -> None:
    """ "Qassem Amiri" and "Qasim Amiri": two spellings of one sound, in no article both."""
    groups: dict[Parts, list[Parts]] = defaultdict(list)
    for form in full:
        groups[sound(form[0]), sound(form[-1])].append(form)
    pairs = set()
    for group in groups.values():
        for one, other in itertools.combinations(group[:MAX_BLOCK], 2):
            if union.find(one) != union.find(other) and _spelt_alike(one, other):
                pairs.add(frozenset((one, other)))
    for pair in sorted(pairs - together(pairs), key=sorted):
        one, other = sorted(pair)
        union.join(one, other)


def _spelt_alike(one: Parts, other: Parts) -> bool:
    if (one[0], one[-1]) == (other[0], other[-1]):
        return False  # their middle names tell them apart
    genders = {names.given_gender(one[0]), names.given_gender(other[0])} - {None}
    if len(genders) > 1 or not (_agree(one[1:-1], other[1:-1]) or _agree(other[1:-1], one[1:-1])):
        return False
    return _alike(one[0], other[0]) and _alike(one[-1], other[-1])


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) >= MIN_LETTERS and fuzz.ratio(one, other) >= MIN_ALIKE


def sound(part: str) -> str:
    """The consonants of a part of a name, variants of transliteration made one: "qassem", "kasim" →
    ``ksm``."""
    for written, said in _SOUNDS:
        part = part.replace(written, said)
    first, rest = part[:1], re.sub(r"[aeiouyh'’-]", "", part[1:])
    first = "a" if first in "aeiouy" else first
    return re.sub(r"(.)\1+", r"\1", first + rest)


def _join_initials(initials: list[Parts], full: list[Parts], union: Union) -> None:
    """ "K. Hale" goes to the one Hale whose name begins with K."""
    bearers: dict[Parts, set[Parts]] = defaultdict(set)
    for form in full:
        bearers[form[0][0], form[-1]].add(union.find(form))
    for form in initials:
        found = bearers.get((form[0], form[-1]), set())
        if len(found) == 1:
            union.join(form, next(iter(found)))


def _join_lone(lone: list[Parts], full: list[Parts], union: Union) -> None:
    """ "Hale" goes to the one Hale of the corpus."""
    bearers: dict[str, set[Parts]] = defaultdict(set)
    for form in full:
        bearers[form[-1]].add(union.find(form))
    for form in lone:
        found = bearers.get(form[0], set())
        if len(found) == 1:
            union.join(form, next(iter(found)))


def link_bodies(forms: Iterable[Parts], said: Iterable[tuple[str, str]]) -> Union:
    """Join the forms of other names: shipped aliases, and short forms that articles give for one name only.

    Args:
        forms: comparable forms (``names.body_form``), each in a tuple of one.
        said: (short form, full form) where an article uses both for one name: "IRGC", "Revolutionary Guards".
    """
    union = Union()
    known = set(forms)
    for (form,) in sorted(known):
        alias = names.common_aliases().get(form)
        if alias:
            union.join((form,), (names.body_form(alias),))
    full_of: dict[str, set[Parts]] = defaultdict(set)
    for short, full in said:
        full_of[short].add(union.find((full,)))
    for short in sorted(full_of):
        if (short,) in known and len(full_of[short]) == 1:
            union.join((short,), next(iter(full_of[short])))
    return union
