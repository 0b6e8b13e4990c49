"""Failure patterns of attribution: which of them a claim shows, from its spans alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.evaluate.matching import letters

Row = Mapping[str, Any]
ROLES = ("source", "cue", "content")

PATTERNS = (
    "phrase_content", "several_sentences", "long_cue", "long_content", "rare_cue", "mixed_quote",
    "far_source", "inverted", "inside_quotation", "noun_cue", "no_source", "no_cue", "passive",
    "source_after", "parts",
)  # fmt: skip
"""Where other tools fail on attribution, as far as spans tell without a parse.

- ``phrase_content``: at most eight words without a finite verb, by its ending or a short list
- ``several_sentences``: a sentence ends inside the content
- ``long_cue``: three words or more
- ``long_content``: more than forty words
- ``rare_cue``: none of the verbs in it that any list of reporting verbs has ("vowed")
- ``mixed_quote``: the content stands partly inside quotation marks
- ``far_source``: the source ends more than sixty characters before the cue ("…, adding that")
- ``inverted``: content, then cue, then source
- ``inside_quotation``: source and cue stand within quotation marks
- ``noun_cue``: a possessor as source ("S's claim that"), which only a noun can follow
- ``no_source``, ``no_cue``
- ``passive``: "by" between cue and source
- ``source_after``: the source follows the cue
- ``parts``: content in several parts
"""

_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*\s+[\"“‘(\[]*[A-Z]")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|St|Jr|Sr|No|vs|[A-Z])\.$")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|should|may|might|must|(?:it|he|she|that|there|who|what)['’]s"
    r"|\w+n['’]t|[a-z]{2,}ed|that|to|if|whether|how|why)\b",
)
_USUAL_CUE = re.compile(
    r"\b(?:say|says|said|saying|tell|tells|told|telling|think|thinks|thought|thinking|write|writes|wrote|written|"
    r"writing|den(?:y|ies|ied|ying)|according|(?:add|admit|admitt|agre|announc|argu|ask|assert|believ|call|"
    r"claim|comment|confirm|declar|describ|explain|insist|mention|not|promis|repl|report|respond|stat|suggest|"
    r"warn)(?:e|y|s|es|ies|ed|ied|ing|ying)?)\b",
    re.IGNORECASE,
)
_POSSESSOR = re.compile(r"(?:['’]s|s['’]|^(?:his|her|its|their|my|our|your))\s+(?:\w+\s+)?$", re.IGNORECASE)
_BY = re.compile(r"\bby\s+(?:the\s+|an?\s+)?[\"“‘(]*$")
N_CHARS_AWAY = 60


def find_patterns(text: str, claim: Row, inside: frozenset[int]) -> frozenset[str]:
    """The names of ``PATTERNS`` that a claim shows."""
    sources, cues, contents = (sorted(claim.get(role) or ()) for role in ROLES)
    words = " ".join(text[start:end] for start, end in contents)
    content, source, cue = letters(text, contents), letters(text, sources), letters(text, cues)
    n_quoted = len(content & inside)
    tests = {
        "phrase_content": len(words.split()) <= 8 and not _FINITE.search(words),
        "several_sentences": _ends_inside(text, contents),
        "long_cue": sum(len(text[start:end].split()) for start, end in cues) >= 3,
        "mixed_quote": 0 < n_quoted < len(content),
        "no_source": not source,
        "inverted": bool(content and cue and source) and min(content) < min(cue) < min(source),
        "source_after": bool(cue and source) and min(cue) < min(source),
        "far_source": bool(cue and source) and min(cue) - max(source) > N_CHARS_AWAY,
        "noun_cue": bool(cue and source) and bool(_POSSESSOR.search(text[min(source) : min(cue)])),
        "passive": bool(cue and source) and bool(_BY.search(text[min(cue) : min(source)])),
        "parts": len(contents) > 1,
        "long_content": len(words.split()) > 40,
        "inside_quotation": bool(cue) and cue <= inside and source <= inside,
        "no_cue": not cue,
        "rare_cue": bool(cue) and not any(_USUAL_CUE.search(text, start, end) for start, end in cues),
    }
    return frozenset(name for name, shown in tests.items() if shown)


def _ends_inside(text: str, contents: Sequence[Sequence[int]]) -> bool:
    """Whether a sentence ends before the last letter of the content."""
    for start, end in contents:
        for match in _SENTENCE_END.finditer(text, start, end):
            if not _ABBREVIATION.search(text[start : match.start() + 1]):
                return True
    ends = [text[start:end].rstrip("\"”’' ") for start, end in contents[:-1]]
    return any(each.endswith((".", "!", "?")) for each in ends)
