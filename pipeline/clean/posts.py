"""Blog posts: which paragraphs are excerpts of another outlet.

A post speaks in the first person. An excerpt follows a paragraph that ends with a colon, with who pointed to
it ("(tip to Kit)") or with a short sentence that names an outlet, or opens with an editor's bracket, an
ellipsis or ">"; below a question it is told by whom its sources told it. It goes on as long as the voice
stays that of a report.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.clean.kinds import Label
from pipeline.config import read_lexicon

_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?")
_OWN_WORD = re.compile(
    r"[IiİıMmOoWwUuYyLl](?<!\w.)(?i:(?<=[iİı])|(?<=m)(?:e|y|yself)|(?<=o)ur|(?<=w)e|(?<=u)s|(?<=y)our?"
    r"|(?<=l)et['’]s)\b"
)
_OWN_MARK = re.compile(r"[nN!?](?:(?<=[nN])['’][tT]\b|(?<=!)(?=\s|$)|(?<=[!?])\W*$)")
_OWN_START = re.compile(r"(?:yes|no|well|so|hmm|heh)\b", re.I)
_FIRST_PERSON = re.compile(
    r"[IiİıMmOoWw](?<!\w.)(?:(?<=[Iiİı])|(?<=[Mm])[Yy]|(?<=[Oo])[Uu][Rr]|(?<=[Ww])[Ee])\b"
)
"""The words I, my, our and we in any case: a pattern that begins with letters is searched three times as fast
as one that begins with a border."""
_TIP = re.compile(r"\((?:hat )?tip(?: to|:) [^)]*\)|\(h/?t:? [^)]*\)|\(via [^)]*\)", re.I)
"""Who pointed to the outlet, not the outlet."""
_TIP_END = re.compile(rf"(?:{_TIP.pattern})\W{{0,2}}$", re.I)
_TOLD = re.compile(r"\b(?:told|(?:spoke|speaking|talked|talking) (?:to|with)) (?:the )?(?=[A-Z])")
"""What stands before whom the sources of a report spoke to: the outlet that it is of."""
_MIN_POST_SHARE = 0.1
_MIN_POST_UNITS = 2
"""Paragraphs in the first person, outside quotation marks, that make a post: news reports have none."""
_BY_MARK = "opens with an editor's mark in a post"
_SAYS_WHO = re.compile(r"\b(?:writes?|wrote|says?|said|adds?|added|e-?mails?|comments?|reports?)\s*:$")
"""How a sentence ends that tells itself who says what follows: "A reader writes:"."""
_OWN_NOTE = re.compile(r"\[(?:editor|ed\.|note|update|correction)", re.I)
"""How a note in brackets begins that is the blogger's own."""
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+(?=[A-Z“\"])")
_CLOSERS = "\"'”’)"
_NO_FIRST_WORDS = (
    "The A An In At On From To By As And But So Or This That Then Now Here There First Today Yesterday "
    "According Meanwhile Via See Read"
).split()
"""Words that begin a sentence and no outlet's name."""
_OWN_WORDS = ("i", "my", "our", "we")
_PAD = 4
"""Code points behind the last paragraph: none of ``_OWN_WORDS`` and its borders is longer by more."""
_CASE, _FIRST_LETTER, _N_LETTERS = (np.uint8(n) for n in (0x20, ord("a"), 26))
_MAX_LEAD_IN_WORDS = 14
_MIN_UNMARKED_WORDS = 20
_MIN_WORDS = 12
"""Words of the shortest paragraph that goes on with an excerpt."""


def own_words(text: str) -> str:
    """The text without what stands in quotation marks."""
    return _QUOTED.sub(" ", text) if "“" in text or '"' in text else text


def with_own_words(paragraphs: Sequence[str]) -> list[bool]:
    """Which of many paragraphs may hold one of ``_OWN_WORDS``, in a quarter of the pattern's time.

    In bytes, of which all but the letters of ASCII are taken for borders of words.
    """
    joined = "\n".join(["", *paragraphs, " " * _PAD]).replace("İ", "I").replace("ı", "i")
    lower = np.frombuffer(joined.encode("latin-1", "replace"), np.uint8) | _CASE
    is_border = lower - _FIRST_LETTER >= _N_LETTERS
    n = len(lower) - _PAD
    found = np.zeros(n, bool)
    for word in _OWN_WORDS:
        here = is_border[:n] & is_border[len(word) + 1 :][:n]
        for at, letter in enumerate(word.encode(), start=1):
            here &= lower[at:][:n] == letter
        found |= here
    ends = np.cumsum([len(text) + 1 for text in paragraphs])
    flags = np.zeros(len(paragraphs), bool)
    flags[np.searchsorted(ends, np.flatnonzero(found), side="right")] = True
    return flags.tolist()


def is_post(paragraphs: Sequence[str], may_be_own: Sequence[bool], *, is_updated: bool = False) -> bool:
    """Whether the paragraphs are written in the first person; signed updates make a longer one a post.

    ``may_be_own``: those ``with_own_words``.
    """
    least = _MIN_POST_UNITS if is_updated else max(_MIN_POST_UNITS, _MIN_POST_SHARE * len(paragraphs))
    likely = itertools.compress(paragraphs, may_be_own)
    own = filter(_FIRST_PERSON.search, map(own_words, likely))
    return any(n >= least for n, _ in enumerate(own, start=1)) or _names_outlets(paragraphs)


def _names_outlets(paragraphs: Sequence[str]) -> bool:
    """Whether several paragraphs only announce what an outlet says: "The Guardian:"."""
    leads = (text for text in paragraphs if text.endswith(":") and not _has_words(text, _MAX_LEAD_IN_WORDS))
    return sum(outlet_in(text) is not None for text in leads) >= _MIN_POST_UNITS


def find_excerpts(
    paragraphs: Sequence[str], kinds: Sequence[str], may_be_own: Sequence[bool]
) -> dict[int, Label]:
    """The paragraphs of a post that are excerpts, with the outlet where the lead-in names it.

    ``may_be_own``: those ``with_own_words``.
    """
    if not is_post(paragraphs, may_be_own, is_updated="update" in kinds):
        return {}
    found: dict[int, Label] = {}
    open_label: Label | None = None
    for i, text in enumerate(paragraphs):
        label = None
        if kinds[i] in ("body", "heading"):
            lead_in = paragraphs[i - 1] if i and i - 1 not in found else None
            goes_on = open_label and _has_words(text, _MIN_WORDS) and not _in_own_voice(text)
            label = _opened(text, lead_in, open_label) or (open_label if goes_on else None)
        if label:
            found[i] = label
        open_label = None if label and label.reason == _BY_MARK else label
    return found


def _opened(text: str, lead_in: str | None, before: Label | None) -> Label | None:
    """The label of an excerpt that a paragraph begins; ``before`` is that of the paragraph above."""
    if text.startswith(">"):
        outlet = outlet_in(lead_in) if lead_in else before.author if before else None
        return Label("quote", "set off by a mark", outlet)
    if lead_in is not None and lead_in.rstrip().endswith(":"):
        outlet = outlet_in(lead_in)
        if outlet or not _FIRST_PERSON.search(own_words(text)):
            return Label("quote", "after a colon in a post", outlet or _told(text))
        return None
    if (text[0] == "[" and not _OWN_NOTE.match(text)) or text.startswith(("...", "…")):
        return Label("quote", _BY_MARK, outlet_in(lead_in) if lead_in else None)
    if lead_in is None or not _has_words(text, _MIN_UNMARKED_WORDS):
        return None
    above = lead_in.rstrip()
    named, is_tipped = _named_last(above), ")" in above[-3:] and _TIP_END.search(above) is not None
    if not (named or is_tipped or above.endswith("?")):
        return None
    if _in_own_voice(text):
        return None
    if named:
        return Label("quote", "after an outlet's name in a post", named)
    told = _told(text)
    if is_tipped:
        return Label("quote", "after a tip in a post", told)
    return Label("quote", "says whom its sources told, in a post", told) if told else None


def _told(text: str) -> str | None:
    """The outlet that the sources of a report spoke to."""
    for match in _TOLD.finditer(text):
        outlet = _outlets().match(text, match.end())
        if outlet:
            return outlet[0]
    return None


def _without_tip(text: str) -> str:
    return _TIP.sub("", text) if "(" in text else text


def _has_words(text: str, least: int) -> bool:
    return len(text.split(None, least - 1)) == least


def _in_own_voice(text: str) -> bool:
    own = own_words(text)
    return bool(_OWN_WORD.search(own) or _OWN_MARK.search(own) or _OWN_START.match(own))


def _named_last(lead_in: str) -> str | None:
    """The outlet in a paragraph's last sentence, where that is short and not about the author."""
    last = _last_sentence(_without_tip(lead_in).strip())
    return None if last is None or _FIRST_PERSON.search(last) else outlet_in(last)


def _last_sentence(text: str) -> str | None:
    """The last sentence, of ``_MAX_LEAD_IN_WORDS`` at most: further up no end of a sentence is looked for."""
    at = text.rfind(".", 0, -2)  # above its own mark
    at = max(at, text.rfind("!", at + 1, -2), text.rfind("?", at + 1, -2))
    if text.count(" ", at + 1) > _MAX_LEAD_IN_WORDS + 1 and "  " not in text:
        return None
    if at >= 0 and (match := _SENTENCE_END.match(text, at)):
        last = text[match.end() :]
        return last if len(last.split()) <= _MAX_LEAD_IN_WORDS else None
    before, *words = text.rsplit(None, _MAX_LEAD_IN_WORDS) or [""]
    is_long = len(words) == _MAX_LEAD_IN_WORDS
    start = end = max(len(before.rstrip(_CLOSERS)) - 1, 0) if is_long else 0
    while match := _SENTENCE_END.search(text, end):
        end = match.end()
    return None if is_long and end == start else text[end:]


@functools.cache
def _outlets() -> re.Pattern[str]:
    """Names of outlets; the pattern begins with a capital letter, so that it is tried at few places."""
    rows = read_lexicon("outlets")
    names = {
        name.replace("_", " ")
        for row in rows
        if row[0] in ("agency", "outlet")
        for name in row[1].split()
        if len(name) > 3 or (len(name) == 3 and name.isupper())
    }
    suffixes = {name.replace("_", " ") for row in rows if row[0] == "suffix" for name in row[1].split()}
    ends = "|".join(sorted(map(re.escape, suffixes), key=len, reverse=True))
    first = re.escape("".join(sorted({name[0] for name in names})))
    no_word = rf"(?!(?:{'|'.join(_NO_FIRST_WORDS)})\b)"
    named = (
        rf"(?<=[A-Z])(?!(?:{_after_letter(_NO_FIRST_WORDS)})\b)[\w'’-]+ "
        rf"(?:{no_word}[A-Z][\w'’-]+ ){{0,2}}(?:{ends})"
    )
    return re.compile(rf"[A-Z{first}](?<!\w.)(?:{named}|{_after_letter(names)})\b")


def _after_letter(names: Iterable[str]) -> str:
    """A pattern of names, of the longer ones first, that goes on behind their first letter."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    return "|".join(
        f"(?<={re.escape(letter)})(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items())
    )


def outlet_in(text: str) -> str | None:
    """The last outlet that a lead-in names: in its last sentence, where that says who says it."""
    if text.endswith(":") and _SAYS_WHO.search(text):
        text = text[max((match.end() for match in _SENTENCE_END.finditer(text)), default=0) :]
    names = _outlets().findall(_without_tip(text))
    return names[-1] if names else None
