"""Claims and claims: which stands inside another, which confirms or denies another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.schema import Claim

_THAT = r"(?:this|that|it|them|these|those)"
_ACCOUNT = (
    r"(?:the|this|that|these|those|such|any|all|his|her|their|its|a|an)\s+(?:\w+[\s-]){0,3}?"
    r"(?:accounts?|claims?|reports?|allegations?|accusations?|charges?|statements?|assertions?|stor(?:y|ies)"
    r"|versions?|rumou?rs?|suggestions?|figures?|news|remarks?|comments?|findings?|estimates?|descriptions?"
    r"|characteri[sz]ations?|insinuations?|criticisms?|denials?|details?|information|explanations?|theor(?:y|ies)"
    r"|narratives?|numbers?|tolls?|threats?|rulings?|verdicts?|decisions?|warnings?|predictions?|forecasts?"
    r"|assessments?|conclusions?|quotes?|quotations?|words|arguments?|testimon(?:y|ies)|complaints?|leaks?"
    r"|revelations?|speculation|reporting|offers?|promises?|pledges?|notions?|ideas?|assurances?)"
    r"(?:\s+(?:of|by|from|against|about|made|that|as|in|to)\b.*)?"
)
_ANAPHORIC = re.compile(
    rf"(?:(?:both|all|some|part|parts|much|most|none|any|many|elements|aspects|details)\s+of\s+)?(?:{_THAT}|{_ACCOUNT})"
    r"|so|as much|both|everything|every word|a word of it|the same(?: thing| story)?"
    rf"|(?:saying|having said|doing|having done|making)\s+(?:so|it|this|that|any such \w+|{_ACCOUNT})"
    rf"|ever (?:saying|having said|making) .{{0,40}}",
    re.IGNORECASE,
)
_ACCUSING = re.compile(r"\b(?:charges?|accusations?|allegations?|criticisms?|insinuations?)\b", re.IGNORECASE)
_SAME = re.compile(r"(?:much |exactly |just )?the same(?: thing| story)?", re.IGNORECASE)

MAX_CLAIMS_BACK = 4
"""How many claims before it a confirmation may refer to; further back the account is no longer at hand."""


def find_parents(claims: Sequence[Claim]) -> dict[str, str]:
    """For each claim that stands inside the content of another, the innermost of those; by ``claim_id``."""
    ranges = sorted(
        (span.start, -span.end, claim.claim_id) for claim in claims for span in claim.content_spans
    )
    parents, open_ranges, at = {}, list[tuple[int, int, str]](), 0
    for start, end, claim_id in sorted(_extent(claim) for claim in claims):
        while at < len(ranges) and ranges[at][0] <= start:
            begin, minus_end, outer = ranges[at]
            open_ranges = [each for each in open_ranges if each[1] > begin]
            open_ranges.append((begin, -minus_end, outer))
            at += 1
        inside = [each for each in open_ranges if each[1] >= end and each[2] != claim_id]
        if inside:
            parents[claim_id] = min(inside, key=lambda each: (each[1] - each[0], each[2]))[2]
    return _without_cycles(parents)


def _extent(claim: Claim) -> tuple[int, int, str]:
    """From the first to the last code point of source, cue and content."""
    starts = [claim.source_start, claim.cue_start, *(span.start for span in claim.content_spans)]
    ends = [claim.source_end, claim.cue_end, *(span.end for span in claim.content_spans)]
    return min(n for n in starts if n is not None), max(n for n in ends if n is not None), claim.claim_id


def _without_cycles(parents: dict[str, str]) -> dict[str, str]:
    """Two claims over the same words would each stand inside the other: neither does."""
    return {child: outer for child, outer in parents.items() if parents.get(outer) != child}


def find_supported(claims: Sequence[Claim], parents: dict[str, str]) -> dict[str, str]:
    """For each claim that confirms or denies another, that other; by ``claim_id``."""
    found: dict[str, str] = {}
    ordered = sorted(claims, key=_extent)
    for n, claim in enumerate(ordered):
        if not _refers(claim):
            continue
        level = parents.get(claim.claim_id)
        before = [
            each
            for each in ordered[:n]
            if each.cue_class != "decline" and parents.get(each.claim_id) == level and each.claim_id != level
        ][-MAX_CLAIMS_BACK:]
        target = _target(claim, before, found)
        if target:
            found[claim.claim_id] = target
    return found


def _refers(claim: Claim) -> bool:
    """Whether the content only points to what somebody else said."""
    parts = [part.strip(" .,;:\"“”'") for part in claim.content.split(" … ")]
    pattern = _ANAPHORIC if claim.cue_class in {"confirm", "deny"} else _SAME
    return any(pattern.fullmatch(part) for part in parts)


def _target(claim: Claim, before: Sequence[Claim], found: dict[str, str]) -> str | None:
    """The claim referred to: the last that accuses where an accusation is, else the last one.

    A second confirmation ("the account was also confirmed by") goes to what the first one confirms.
    """
    if not before:
        return None
    if _ACCUSING.search(claim.content):
        accusing = [each for each in before if each.cue_class == "accuse"]
        if accusing:
            return accusing[-1].claim_id
    last = before[-1].claim_id
    return found.get(last, last)
