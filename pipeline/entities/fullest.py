"""The fullest form of every name in one article: which mentions are one name, by their written forms."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from pipeline import names
from pipeline.names import PersonForm

MAX_BEARERS = 64
"""People of one family name that a mention is compared with, the latest; keeps a list of 10,000 linear."""

_COMMON_STARTS = frozenset(
    "american british european national international united royal federal state".split()
)
"""First words of so many organisations that alone they name none of them."""

_BRACKETED = re.compile(r"\s*\(\s*(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class NameMention:
    """A mention as its name is read: offsets into the article's reading."""

    start: int
    end: int
    text: str
    label: str
    title: str | None = None


@dataclass(slots=True)
class _Person:
    """People's forms that may be one person, in the order they were met."""

    forms: list[PersonForm] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    genders: set[str] = field(default_factory=set)
    last_seen: int = -1

    @property
    def name(self) -> str:
        return max(self.written, key=_fullness)


def fullest_forms(mentions: Sequence[NameMention], text: str) -> list[str]:
    """The fullest form in the article of each mention, in the order given (text order)."""
    found = _name_people([mention for mention in mentions if mention.label == "PERSON"])
    found |= _name_bodies([mention for mention in mentions if mention.label != "PERSON"], text)
    return [found[mention.start, mention.end] for mention in mentions]


def _fullness(written: str) -> tuple[int, int]:
    """More words first, then more letters: an initial is less than a name; ties keep the earlier form."""
    form = names.person_form(written)
    return len(form.parts), sum(map(len, form.parts))


def _name_people(mentions: list[NameMention]) -> dict[tuple[int, int], str]:
    by_family: dict[str, list[_Person]] = defaultdict(list)
    by_given: dict[str, list[_Person]] = defaultdict(list)
    of_form: dict[tuple[str, ...], _Person] = {}
    for mention in sorted(mentions, key=lambda each: (*(-n for n in _fullness(each.text)), each.start)):
        form = names.person_form(mention.text)
        if len(form.parts) > 1 and form.parts not in of_form:
            person = _bearer(form, _gender(mention), by_family[form.family])
            if person is None:
                person = _Person()
                by_family[form.family].append(person)
                by_given[form.parts[0]].append(person)
            of_form[form.parts] = person
            _add(person, mention, form)
    return {
        (mention.start, mention.end): name
        for mention, name in _each_named(mentions, of_form, by_family, by_given)
    }


def _each_named(
    mentions: list[NameMention],
    of_form: dict[tuple[str, ...], _Person],
    by_family: dict[str, list[_Person]],
    by_given: dict[str, list[_Person]],
) -> list[tuple[NameMention, str]]:
    """Every mention with its name, in text order; a lone family name goes to the bearer mentioned last."""
    for position, mention in enumerate(mentions):
        person = of_form.get(names.person_form(mention.text).parts)
        if person and person.last_seen < 0:
            person.last_seen = -len(mentions) + position  # not met yet, but first to come is first to choose
    named = []
    for position, mention in enumerate(mentions):
        form = names.person_form(mention.text)
        person = of_form.get(form.parts) or _lone(form, _gender(mention), by_family, by_given)
        if person:
            person.last_seen = position
        named.append(
            (
                mention,
                person.name if person else names.split_title(names.tidy(mention.text))[1] or mention.text,
            )
        )
    return named


def _lone(
    form: PersonForm,
    gender: str | None,
    by_family: dict[str, list[_Person]],
    by_given: dict[str, list[_Person]],
) -> _Person | None:
    """Whose lone name it is: a family name's last bearer of fitting gender, else a given name's only
    bearer."""
    if not form.parts:
        return None
    bearers = [each for each in by_family.get(form.family, [])[-MAX_BEARERS:] if _agree(gender, each.genders)]
    if bearers:
        return max(bearers, key=lambda each: each.last_seen)
    bearers = by_given.get(form.family, [])
    return bearers[0] if len(bearers) == 1 and _agree(gender, bearers[0].genders) else None


def _bearer(form: PersonForm, gender: str | None, persons: list[_Person]) -> _Person | None:
    """The one person of the family name whom the form fits; none where it fits two."""
    fitting = [
        each
        for each in persons[-MAX_BEARERS:]
        if _agree(gender, each.genders) and all(_fits(form, other) for other in each.forms)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _fits(form: PersonForm, other: PersonForm) -> bool:
    return names.may_be_same_person(form, other) or _spelt_alike(form, other)


def _spelt_alike(form: PersonForm, other: PersonForm) -> bool:
    """One name in two transliterations: "Qassem" and "Qasem", "Mohammed" and "Mohamed"; one letter at
    most."""
    if len(form.parts) != len(other.parts):
        return False
    pairs = list(zip(form.parts, other.parts, strict=True))
    return all(
        a == b or (min(len(a), len(b)) >= 5 and a[0] == b[0] and Levenshtein.distance(a, b) == 1)
        for a, b in pairs
    )


def _add(person: _Person, mention: NameMention, form: PersonForm) -> None:
    person.forms.append(form)
    person.written.append(names.split_title(names.tidy(mention.text))[1])
    told = _gender(mention)
    if told:
        person.genders.add(told)


def _gender(mention: NameMention) -> str | None:
    return (names.title_gender(mention.title) if mention.title else None) or names.gender(mention.text)


def _agree(gender: str | None, genders: set[str]) -> bool:
    return gender is None or not genders or genders == {gender}


def _name_bodies(mentions: list[NameMention], text: str) -> dict[tuple[int, int], str]:
    """Names of organisations, places and the rest: equal forms, known aliases, acronyms told or fitting."""
    groups = _Groups()
    acronyms: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        key = names.body_form(mention.text)
        groups.add(key, names.tidy(mention.text), mention.label)
        alias = None if mention.text.islower() else names.common_aliases().get(key)  # "us" is a pronoun
        if alias:
            groups.join(names.body_form(alias), key)
            groups.listed.add(key)
        initials = names.acronym(mention.text)
        if initials:
            acronyms[initials.casefold()].add(key)
    for mention in mentions:
        key = names.body_form(mention.text)
        if names.is_acronym(mention.text) and len(acronyms.get(key, ())) == 1:
            groups.join(next(iter(acronyms[key])), key)
    for short, full in _first_words(mentions).items():
        groups.join(full, short)
    for before, after in itertools.pairwise(mentions):
        if names.is_acronym(after.text) and _BRACKETED.fullmatch(text[before.end : after.start]):
            groups.join(names.body_form(before.text), names.body_form(after.text))
    return {(mention.start, mention.end): groups.name(names.body_form(mention.text)) for mention in mentions}


def _first_words(mentions: list[NameMention]) -> dict[str, str]:
    """Organisations called by the first words of a longer name ("Dorn" of "Dorn Chemical"), where only
    one fits."""
    bodies = [mention for mention in mentions if mention.label == "ORG"]
    keys = {names.body_form(mention.text) for mention in bodies}
    longer: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        words = key.split()
        for n in range(1, len(words)):
            longer[" ".join(words[:n])].add(key)
    seen: set[str] = set()
    found = {}
    for mention in bodies:
        key = names.body_form(mention.text)
        if len(longer[key]) == 1 and longer[key] <= seen and key not in _COMMON_STARTS:
            found[key] = next(iter(longer[key]))
        seen.add(key)
    return found


def _fullness_of_body(written: str) -> tuple[bool, int, int]:
    return not names.is_acronym(written), len(written.split()), len(written)


class _Groups:
    """Forms joined into names (union-find); the first key given to ``join`` leads.

    ``listed`` are the keys that the list of aliases joins: such forms need not be each other's expansion.
    """

    def __init__(self) -> None:
        self.listed: set[str] = set()
        self._used: Counter[str] = Counter()
        self._leader: dict[str, str] = {}
        self._written: dict[str, list[str]] = {}

    def add(self, key: str, written: str, label: str) -> None:
        if label == "NORP" or written not in self._written.setdefault(key, []):
            self._written.setdefault(key, []).append(written)
        self._leader.setdefault(key, key)
        self._used[key] += 1

    def join(self, one: str, other: str) -> None:
        first, second = self._lead(one), self._lead(other)
        if first != second:
            self._leader[second] = first
            self._written.setdefault(first, []).extend(self._written.pop(second, []))

    def name(self, key: str) -> str:
        lead = self._lead(key)
        written = self._written[lead]
        best = max(written, key=_fullness_of_body)
        if len(best.split()) > 1 or not any(self._lead(each) == lead for each in self.listed):
            return best
        # "America" and "U.S." are two names of one state, neither the other's full form: the usual one here
        most = max(self._used[names.body_form(each)] for each in written)
        usual = [each for each in written if self._used[names.body_form(each)] == most]
        return max(usual, key=_fullness_of_body)

    def _lead(self, key: str) -> str:
        while self._leader.setdefault(key, key) != key:
            self._leader[key] = key = self._leader[self._leader[key]]
        return key
