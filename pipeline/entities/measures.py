"""Amounts, times and numbers by pattern: MONEY, PERCENT, QUANTITY, TIME, ORDINAL and CARDINAL."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.config import read_lexicon


@dataclass(frozen=True, slots=True)
class Found:
    """A span of ``doc.text`` with its label; offsets in code points."""

    start: int
    end: int
    label: str


_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
    "billion "
    "trillion dozen dozens hundreds thousands millions billions"
).split()
_WORD_NUMBER = rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = r"(?:\s(?:hundred|thousand|lakh|crore|million|billion|trillion)|\s?(?:bn|mn|tn|m|k)\b)"
_NUMBER = rf"(?:(?:{_DIGITS})(?:{_SCALE})?|\b{_WORD_NUMBER}(?:[\s-]{_WORD_NUMBER})*)"
_RANGE = rf"{_NUMBER}(?:\s?(?:-|–|to|or)\s?{_NUMBER})?"
_NUMBER_START = re.compile(rf"(?<![\w.,])(?:\d|(?:last|past|next|few)\s|{_WORD_NUMBER})")
"""Where one of those may match; tried there alone, five patterns need no pass over the text each."""

_COUNTRY = r"(?:(?:[A-Z][a-z]+(?:n|ish|ese|i|ch|ss|ic)|New\sZealand|Hong\sKong|CFA|US|U\.S\.)\s)?"
_DAY_PART = r"(?:morning|afternoon|evening|night)"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"


def find_measures(doc: Doc, text: str, words: Sequence[str]) -> list[Found]:
    """Amounts, times and numbers of ``doc`` in text order; where two overlap the first kind tried keeps.

    ``text`` is ``doc.text`` and ``words`` are its tokens in lower case: spaCy makes them anew each time it is
    asked.
    """
    taken: list[Found] = []
    marked = bytearray(len(text))
    for found in (*_patterned(text), *_ordinals(doc, words), *_cardinals(doc, words)):
        if not any(marked[found.start : found.end]):
            marked[found.start : found.end] = b"\1" * (found.end - found.start)
            taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def _patterned(text: str) -> Iterator[Found]:
    numbers = [match.start() for match in _NUMBER_START.finditer(text)]
    for label, opens_with_number, pattern in _patterns():
        for match in _matches_at(pattern, text, numbers) if opens_with_number else pattern.finditer(text):
            yield Found(match.start(), match.end(), label)


def _matches_at(pattern: re.Pattern[str], text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    """What ``finditer`` gives of a pattern that matches at no other places than ``starts``."""
    done = 0
    for start in starts:
        match = pattern.match(text, start) if start >= done else None
        if match:
            done = match.end()
            yield match


@functools.cache
def _patterns() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    """Label and pattern, and whether it matches only where a number begins, or a word before it."""
    money, quantity, time = _units("MONEY"), _units("QUANTITY"), _units("TIME")
    symbol = _symbol()
    clock = r"(?:\s?(?:a\.m\.|p\.m\.|[ap]m\b|o'clock)|\s(?:GMT|UTC|EST|EDT|ET|PST|PDT|CET)\b)"
    sources = (
        ("PERCENT", True, rf"(?<![\w.,]){_RANGE}(?:\s?%|\s(?:percent|per\scent|percentage\spoints?)\b)"),
        (
            "MONEY",
            False,
            rf"{symbol}\s?(?:{_DIGITS})(?:{_SCALE})?(?:\s?(?:-|–|to)\s?{symbol}?\s?(?:{_DIGITS})(?:{_SCALE})?)?",
        ),
        ("MONEY", True, rf"(?<![\w.,]){_RANGE}\s{_COUNTRY}{money}\b"),
        ("MONEY", True, rf"(?<![\w.,]){_NUMBER}(?<=illion)\s{_COUNTRY}crowns?\b"),
        (
            "MONEY",
            False,
            rf"\b(?:millions|billions|thousands|hundreds|tens)\sof\s(?:(?:millions|thousands)\sof\s)?{money}\b",
        ),
        ("QUANTITY", True, rf"(?<![\w.,]){_RANGE}[\s-]?{quantity}\b"),
        (
            "TIME",
            True,
            rf"(?<![\w.,:])\d{{1,2}}(?:[:.]\d{{2}})?{clock}|(?<![\w.,:/])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\w:/])",
        ),
        ("TIME", True, rf"(?<![\w.,])(?:(?:last|past|next|few)\s)?{_RANGE}[\s-]{time}\b"),
        (
            "TIME",
            False,
            rf"\b(?:this|that|every|each|early|late|{_WEEKDAY}|yesterday|tomorrow)\s{_DAY_PART}\b",
        ),
        ("TIME", False, r"\b(?:tonight|overnight|midnight|midday)\b"),
    )
    return tuple((label, at_number, re.compile(source)) for label, at_number, source in sources)


def _symbol() -> str:
    """Signs, codes and abbreviations of currencies that stand before an amount."""
    dollars = r"(?:\b(?:US|AU|NZ|HK|CA|EC|NT|TT|MX|A|C|J|R|S|Z))?\$"
    signs = r"[€£¥₹₽₪₩₺₦₱฿₫₴₸₾]"
    codes = "|".join(row[1].replace(";", "|") for row in read_lexicon("units") if row[0] == "CODE")
    words = rf"\b(?:{codes}|Rs\.?|Tk\.?|K?[Ss]hs?\.?|Rp|RM)(?=\s?\d)"
    letters = rf"\b[RN](?=\d{{1,3}}(?:,\d{{3}}|(?:\.\d+)?{_SCALE}))"
    return rf"(?:{dollars}|{signs}|{words}|{letters})"


def _units(label: str) -> str:
    """An alternation of the unit words of ``label``, longest first, each with its plural."""
    words = [word for row in read_lexicon("units") if row[0] == label for word in row[1].split(";")]
    return "(?:" + "|".join(re.escape(word) + "s?" for word in sorted(words, key=len, reverse=True)) + ")"


_ORDINAL_WORDS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
_ORDINAL_DIGITS = re.compile(r"\d+(?:st|nd|rd|th)")


def _ordinals(doc: Doc, words: Sequence[str]) -> Iterator[Found]:
    """``second`` only as an adjective: "a second later" is a time, "secondly" no number."""
    for i, word in enumerate(words):
        if word not in _ORDINAL_WORDS and not (word[0].isdigit() and _ORDINAL_DIGITS.fullmatch(word)):
            continue
        token = doc[i]
        if word not in _ORDINAL_WORDS or token.pos_ == "ADJ":
            yield Found(token.idx, token.idx + len(token), "ORDINAL")


def _cardinals(doc: Doc, words: Sequence[str]) -> Iterator[Found]:
    """Runs of numerals; ``one`` only before a noun, years and numbered headings are none."""
    start: Token | None = None
    for i, word in enumerate(words):
        if not (word[0].isdigit() or word in _NUMERALS):
            start = None
            continue
        token = doc[i]
        if not _is_cardinal(token):
            start = None
            continue
        start = start or token
        if token.i + 1 == len(doc) or not _is_cardinal(doc[token.i + 1]):
            end = token.idx + len(token)
            if not _is_alone(doc, start, token):
                yield Found(start.idx, end, "CARDINAL")


_ROUND = frozenset("dozens hundreds thousands millions billions".split())
_NUMERALS = _ROUND | frozenset(_WORDS)


def _is_cardinal(token: Token) -> bool:
    if token.lower_ in _ROUND:
        return True
    if token.pos_ != "NUM" or not (token.lower_ in _WORDS or re.fullmatch(_DIGITS, token.text)):
        return False
    return not re.fullmatch(r"(?:1[5-9]|20)\d\d", token.text)


def _is_alone(doc: Doc, start: Token, end: Token) -> bool:
    """Whether the run is the pronoun "one", or a line of its own."""
    following = doc[end.i + 1] if end.i + 1 < len(doc) else None
    if start.i == end.i and start.lower_ == "one":
        return following is None or following.pos_ not in {"NOUN", "ADJ", "PROPN"}
    before = start.i == 0 or "\n" in doc[start.i - 1].text_with_ws
    return before and (following is None or "\n" in following.text)
