"""What a name's written form says: title and parts, the bearer's gender, which forms may be one name.

Shared by the stages that see names: within an article (``entities``, ``resolve``) and across articles
(``corpus_wide``). Everything here is about strings; nothing knows a document.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from pipeline.config import read_lexicon

NAME_LABELS = frozenset(
    {"PERSON", "NORP", "ORG", "GPE", "LOC", "FAC", "EVENT", "PRODUCT", "LAW", "WORK_OF_ART"}
)
"""Labels whose mentions have a name; weapons, vehicles, dates and numbers have none."""

_ARTICLE = re.compile(r"^(?:al|el|ash|as|ad|ar|at|az|an|ul|ur|us)-(?=\w)")
_SUFFIXES = frozenset("jr sr ii iii iv esq phd md qc kc mp obe cbe mbe".split())
_ORG_TAIL = frozenset(
    "inc corp co ltd llc plc gmbh ag sa nv spa ab oyj limited corporation incorporated company group "
    "holdings".split()
)
_SMALL = frozenset("of the and for in on at to a an & de la du des et y".split())
_EDITORIAL = re.compile(r"[\[\]]")
_POSSESSIVE = re.compile(r"(?:['’`]s|(?<=s)['’])$")


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A person's name taken apart: ``Gen. Kenneth F. McKenzie Jr.`` → ``gen.``, (``kenneth``, ``f``,
    ``mckenzie``)."""

    title: str | None
    parts: tuple[str, ...]

    @property
    def family(self) -> str:
        """The part that the press uses alone; empty for a bare title."""
        return self.parts[-1] if self.parts else ""


@functools.lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """``text`` in lower case, without accents, editorial brackets, possessive and apostrophes."""
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text.strip()))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"['’‘`ʿʾ\"“”]", "", _EDITORIAL.sub("", kept)).casefold()


def tidy(text: str) -> str:
    """``text`` as a name to show: no editorial brackets, possessive, leading article or doubled spaces."""
    words = _POSSESSIVE.sub("", _EDITORIAL.sub("", text)).split()
    is_initial = len(words) > 2 and words[0] == "A" and len(words[1].strip(".")) == 1  # "A M Khan"
    if len(words) > 1 and words[0].casefold() in {"the", "a", "an"} and not is_initial:
        words = words[1:]
    return " ".join(words).strip(' ,;:"“”()') or text.strip()


def split_title(text: str) -> tuple[str | None, str]:
    """The titles in front of a name, in lower case, and the rest; ``None`` where there is none.

    ``Iraqi Prime Minister`` keeps its adjective in the rest: only words that are titles are taken.
    """
    words, n_title = text.split(), 0
    if len(words) == 2 and fold(words[0]) in _given_names():
        return None, text  # "Dean Hale", "Earl Hale": given names that are titles too
    while n_title < len(words):
        step = _title_length(words[n_title:])
        if not step:
            break
        n_title += step
    title = " ".join(words[:n_title]).casefold()
    return (title or None), " ".join(words[n_title:])


@functools.lru_cache(maxsize=65536)
def person_form(text: str) -> PersonForm:
    """The form of a person's name as written."""
    title, rest = split_title(tidy(text))
    words = [_strip_part(fold(word)) for word in re.split(r"[\s,]+", rest) if word]
    parts = [word for word in words if word and word not in _SUFFIXES]
    return PersonForm(title, tuple(parts))


def gender(text: str) -> str | None:
    """``m`` or ``f`` where the title or the given name of a person tells it, else ``None``."""
    form = person_form(text)
    told = title_gender(form.title) if form.title else None
    if told or len(form.parts) < 2:
        return told
    return _given_names().get(form.parts[0]) or _given_names().get(form.parts[0].split("-")[0])


def given_gender(text: str) -> str | None:
    """Gender of a single given name ("Gloria"), ``None`` where the list does not know it."""
    return _given_names().get(fold(text))


def may_be_same_person(short: PersonForm, full: PersonForm) -> bool:
    """Whether ``short`` may be another form of the name ``full``, by its parts alone.

    One part must be the family name. More must be how ``full`` begins, initials for whole parts ("Kenneth F.
    Hale" and "Kenneth Hale", not "George W." and "George H. W."), or how it ends.
    """
    if not short.parts or not full.parts or short.family != full.family:
        return False
    if len(short.parts) > len(full.parts):
        short, full = full, short
    given, longer = short.parts[:-1], full.parts[:-1]
    begins = all(_same_part(one, other) for one, other in zip(given, longer, strict=False))
    return begins or given == longer[len(longer) - len(given) :]


@functools.lru_cache(maxsize=65536)
def body_form(text: str) -> str:
    """A comparable form of an organisation, place or other name: folded, without article, dots and
    company tail."""
    words = [word.rstrip(".") for word in re.split(r"[\s,]+", fold(tidy(text))) if word]
    words = [word.replace(".", "") for word in words]
    while len(words) > 1 and words[-1] in _ORG_TAIL:
        words.pop()
    return " ".join(words)


def acronym(text: str) -> str | None:
    """``IRGC`` for ``Islamic Revolutionary Guard Corps``; ``None`` for fewer than two capitalised words."""
    words = [word for word in re.split(r"[\s\-]+", tidy(text)) if word and word.casefold() not in _SMALL]
    letters = "".join(word[0] for word in words if word[0].isupper())
    return letters if len(letters) >= 2 and len(letters) == len(words) else None


def is_acronym(text: str) -> bool:
    """Whether the name is written as initials: ``IRGC``, ``U.N.``, ``PMF``."""
    letters = text.replace(".", "")
    return 2 <= len(letters) <= 7 and letters.isupper() and letters.isalpha()


@functools.cache
def common_aliases() -> dict[str, str]:
    """Folded alias → name of the shipped list: ``us`` → ``United States``."""
    return {body_form(alias): row[0] for row in read_lexicon("aliases") for alias in row[1].split(";")}


def _title_length(words: list[str]) -> int:
    titles = _titles()
    for size in (3, 2, 1):
        if len(words) >= size and "_".join(words[:size]).casefold() in titles and words[0][:1].isupper():
            return size
    return 1 if words[0].casefold() in _before_titles() and len(words) > 1 and _title_length(words[1:]) else 0


def _strip_part(word: str) -> str:
    word = word.strip(".,;:()[]")
    return _ARTICLE.sub("", word)


def _same_part(one: str, other: str) -> bool:
    if one == other:
        return True
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def title_gender(title: str) -> str | None:
    """``m`` or ``f`` where a title in lower case tells it ("mr.", "first lady")."""
    genders = _titles()
    words = title.split()
    for size in (2, 1):
        for at in range(len(words) - size + 1):
            found = genders.get("_".join(words[at : at + size]))
            if found in {"m", "f"}:
                return found
    return None


@functools.cache
def _titles() -> dict[str, str]:
    return {
        word.casefold(): row[0] for row in read_lexicon("titles") if row[0] != "+" for word in row[1].split()
    }


@functools.cache
def _before_titles() -> frozenset[str]:
    return frozenset(word for row in read_lexicon("titles") if row[0] == "+" for word in row[1].split())


@functools.cache
def _given_names() -> dict[str, str]:
    genders: dict[str, set[str]] = {}
    for told, names in read_lexicon("given_names"):
        for name in names.split():
            genders.setdefault(fold(name), set()).add(told)
    return {name: next(iter(told)) for name, told in genders.items() if len(told) == 1}
