"""Claims and claims: which stands inside another, which confirms or denies another."""

from __future__ import annotations

import functools
import re
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.config import read_lexicon
from pipeline.schema import Claim

MAX_CLAIMS_BACK = 5
"""How many claims before it a confirmation may refer to; further back the account is no longer at hand."""

REACTIONS = frozenset({"confirm", "deny"})
SAYING = frozenset({"say", "report"})
NEVER_REFER = frozenset({"decline", "ask", "promise", "intend", "demand"})
JUDGING = frozenset(
    {"call", "describe", "label", "brand", "term", "characterize", "characterise", "denounce"}
)
"""Cues that deny where what they call an account is that it is false: "called the report a lie"."""

MAX_POINTING_CHARS = 160
"""A content that says of another whether it is true is short; this keeps long ones from the patterns."""

MAX_WORDS_OF_WHOM = 6
"""Words of "with the department": longer ones say what is agreed, not with whom."""

STEM_CHARS = 5
"""Letters that two words of one stem share: "ordered" and "the order"."""

BACKING = frozenset({"back", "support", "endorse"})
"""Cues that confirm an account and otherwise side with somebody: "his statement is backed by e-mails"."""

AGREEING = frozenset({"agree", "concur", "echo", "side"})
REFUSING = frozenset({"reject", "dismiss"})
"""Cues that turn down plans and offers as often as accounts: "rejected the bill" denies nothing."""

KEEPS_TO = frozenset({"stand", "stick", "defend", "repeat", "maintain"})
"""Cues that confirm what the source itself said before: "stood by his figure"."""

_SAME = re.compile(
    r"(?:much |exactly |just )?"
    r"(?:the same(?: thing| story| account)?|(?:a )?similar (?:story|account)|so too)",
    re.IGNORECASE,
)
_THING = re.compile(r"(?:the|this|such)\s+(?:\w+\s+)?\w+", re.IGNORECASE)
_OWNER = re.compile(
    r"((?:[\w.-]+\s+){0,3}[\w.-]+)(?:['’]s\b|(?<=s)['’])"
    r"|what\s+((?:[\w.’'-]+\s+){1,4}?)(?:has|have|had|said|says)\b"
    r"|\b(?:by|from|those\s+of)\s+((?:[\w.’'-]+\s*){1,4}(?:,\s+(?-i:[A-Z])[\w.’'-]+)?)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?!(?:The|An?|His|Her|Its|Their)\b)\b[A-Z]")
_QUANTITY = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozens?|half)\b", re.IGNORECASE)
_COMMON = frozenset("the and that this with from were have been what said says".split())


@dataclass(frozen=True, slots=True)
class Pointers:
    """Patterns of contents that only point to another claim.

    ``points`` is a phrase for something said; ``whole`` a content that is nothing else, ``judged`` one that
    says of it whether it is true, ``called`` one that is told to be something.
    """

    points: re.Pattern[str]
    whole: re.Pattern[str]
    judged: re.Pattern[str]
    called: re.Pattern[str]
    noun: re.Pattern[str]
    words: dict[str, frozenset[str]]


def _either(words: Sequence[str], plural: bool = True) -> str:
    forms = set(words)
    if plural:
        forms |= {f"{word[:-1]}ies" if word.endswith("y") else f"{word}s" for word in words}
    return "(?:" + "|".join(sorted(map(re.escape, forms), key=lambda word: (-len(word), word))) + ")"


@functools.cache
def pointers() -> Pointers:
    """The patterns, made of ``configs/lexicon/accounts.tsv``."""
    words = {key: tuple(listed.split()) for key, listed in read_lexicon("accounts")}
    noun, verdict = _either(words["account"]), _either(words["verdict"], plural=False)
    that = r"(?:this|that(?!\s*[:,]?\s*[\"“‘])|it|them|these|those)\b"
    owner = r"(?:(?:the|an?|that|this)\s+)?(?:[\w.-]+\s+){0,3}[\w.-]+(?:['’]s|s['’])"
    det = (
        r"(?:the|this|that|these|those|such|any|all|his|her|my|our|your|their|its|an?|no|earlier|previous"
        rf"|similar|{owner})"
    )
    account = rf"{det}\s+(?:[\w.’'-]+\s+){{0,3}}?{noun}\b"
    said = (
        r"what\s+(?:[\w.’'-]+\s+){1,5}?"
        r"(?:said|says|say|saying|told|claimed|claims|described|reported|wrote)\b"
    )
    share = (
        r"(?:(?:both|all|some|parts?|much|most|none|any|many|elements|aspects|details|the\s+\w+)\s+of\s+)?"
    )
    points = rf"{share}(?:{that}|{account}|{said})"
    tail = r"(?:\s+(?:of|by|from|against|about|made|that|as|in|to|on)\b.*)?"
    after = r"(?:\s*[:,]?\s*(?:[\"“‘']|as\b|to\s+be\b).*)?"
    rest = (
        r"(?:so|as\s+much|both|everything|every\s+word|a\s+word\s+of\s+it|the\s+same(?:\s+\w+)?"
        r"|(?:a\s+)?(?:very\s+)?similar\s+(?:story|account|version|tale)s?"
        r"|(?:saying|having\s+said|doing|having\s+done|making)\s+(?:so|it|this|that)"
        r"|(?:\w+\s+){0,3}(?:any|no)\s+such\b.*|\w+ing\s+such\b.*"
        r"|ever\s+(?:saying|having\s+said|making)\s.{0,40})"
    )
    return Pointers(
        re.compile(points, re.IGNORECASE),
        re.compile(rf"(?:{points}{tail}{after}|{rest})", re.IGNORECASE | re.DOTALL),
        re.compile(
            rf"(?:that\s+)?(?P<what>{points}(?:\s+(?:of|by|from|about)\s+.{{1,60}}?)?|(?:the\s+)?(?:\w+[\s-]){{0,2}}\w+)"
            rf"\s+(?:is|are|was|were|had\s+been|has\s+been)\s+(?:(?:not|n't|simply|just|also|all|far|much|too"
            rf"|\w+ly|an?|pure|complete|sheer|totally|outright)\s+)*[\"“‘']?(?:\w+ly\s+)?(?:(?:an?|pure)\s+)?"
            rf"(?:old\s+and\s+)?(?P<verdict>{verdict}|not\s+(?:so|true|the\s+case)|so)\b",
            re.IGNORECASE,
        ),
        re.compile(rf"{points}.{{0,60}}?\b{verdict}\b", re.IGNORECASE),
        re.compile(rf"\b{noun}\b", re.IGNORECASE),
        {key: frozenset(listed) for key, listed in words.items()},
    )


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
    """For each claim that confirms or denies another, that other; by ``claim_id``.

    ``claims`` are settled: who said them is known as far as it can be.
    """
    found: dict[str, str] = {}
    recent: dict[str | None, deque[Claim]] = defaultdict(lambda: deque(maxlen=MAX_CLAIMS_BACK))
    for claim in sorted(claims, key=_extent):
        beside = recent[parents.get(claim.claim_id)]  # claims inside the same content, or inside none
        if beside and _may_refer(claim) and (target := _target(claim, list(beside), found)):
            found[claim.claim_id] = target
        if not _says_nothing(claim):
            beside.append(claim)
    return found


def _says_nothing(claim: Claim) -> bool:
    """Whether there is no account in it: "declined to comment", "did not provide evidence"."""
    return claim.cue_class == "decline" or (claim.negated and claim.cue_class in SAYING)


def _may_refer(claim: Claim) -> bool:
    """Whether it is worth a look: not what is asked or promised, and no long text."""
    return len(claim.content) <= MAX_POINTING_CHARS and claim.cue_class not in NEVER_REFER


def _parts(claim: Claim) -> list[str]:
    return [part.strip(" .,;:\"“”'") for part in claim.content.split(" … ")]


def _target(claim: Claim, before: Sequence[Claim], found: dict[str, str]) -> str | None:
    """The claim of ``before`` that ``claim`` confirms or denies; ``None`` where it points to none."""
    parts, known = _parts(claim), pointers()
    reacts = claim.cue_class in REACTIONS
    if (reacts or claim.cue_lemma in BACKING) and any(known.whole.fullmatch(part) for part in parts):
        return _best(claim, before, found)
    if reacts and claim.cue_lemma in AGREEING:
        return None if claim.source_kind == "author" else _agreed_with(claim, parts[0], before)
    if reacts and claim.cue_lemma not in REFUSING:
        return _named_again(parts[0], before)
    if claim.cue_lemma in JUDGING and any(known.called.match(part) for part in parts):
        return _best(claim, before, found)
    if any(_SAME.fullmatch(part) for part in parts):
        return _best(claim, before, found)
    judged = next((match for part in parts if (match := known.judged.match(part))), None)
    if judged is None:
        return None
    if known.points.match(judged["what"]):
        return _best(claim, before, found)
    return _agreed_with(claim, judged["what"], before)


def _agreed_with(claim: Claim, whom: str, before: Sequence[Claim]) -> str | None:
    """The last claim of the one whom a claim sides with: "agreed with the department", "Hale was right"."""
    words = _stems(whom)
    if len(whom.split()) > MAX_WORDS_OF_WHOM or re.match(r"(?:that|to)\b", whom, re.IGNORECASE):
        return None
    if re.fullmatch(r"(?:with\s+)?(?:him|her|them|he|she|they)", whom, re.IGNORECASE):
        said = [each for each in before if each.source and not _same_speaker(claim, each)]
    else:
        said = [each for each in before if words & _source_stems(each)]
    return said[-1].claim_id if said and words else None


def _named_again(content: str, before: Sequence[Claim]) -> str | None:
    """The last claim that speaks of what is confirmed or denied in a word: "acknowledged the order"."""
    if not _THING.fullmatch(content):
        return None
    stem = content.split()[-1].casefold()[:STEM_CHARS]
    said = [each for each in before if len(stem) == STEM_CHARS and stem in _stems(each.content)]
    return said[-1].claim_id if said else None


def _is_of_another(content: str, before: Sequence[Claim]) -> bool:
    """Whether a content names whose account it means, and that one has said nothing: "Hale's report"."""
    owners = [next(filter(None, match.groups()), "") for match in _OWNER.finditer(content)]
    named = [owner for owner in owners if _NAMED.search(owner)]
    told = " ".join(name for each in before for name in (each.addressee, each.reported_by) if name)
    spoken = _stems(told).union(*map(_source_stems, before))
    return bool(named) and not any(_stems(owner) & spoken for owner in named)


def _best(claim: Claim, before: Sequence[Claim], found: dict[str, str]) -> str | None:
    """The claim that fits what points to it best; of those, the last.

    A second confirmation ("the account was also confirmed by") goes to what the first one confirms.
    """
    if _is_of_another(claim.content, before):
        return None
    fits = [(_fit(claim, each, found), n) for n, each in enumerate(before)]
    target = before[max(fits)[1]].claim_id
    return found.get(target, target)


def _fit(claim: Claim, each: Claim, found: dict[str, str]) -> int:
    """How well ``each`` answers to what ``claim`` says of it: whose it is, what sort, by whom."""
    known, content = pointers(), claim.content
    noun = known.noun.search(content)
    word = _singular(noun.group().casefold()) if noun else ""
    fit = 4 * bool(_owner_stems(content) & _source_stems(each))
    if noun:
        fit += 2 * bool(_stems(content[: noun.start()]) & (_source_stems(each) | _stems(each.content)))
    if word in known.words["accusing"]:
        fit += 3 * (each.cue_class == "accuse")
    if word in known.words["press"]:
        fit += 2 * (each.source_kind in {"media", "document"})
    if word in known.words["number"]:
        fit += 2 * bool(_QUANTITY.search(each.content))
    own = _same_speaker(claim, each)
    if own:
        fit += 3 if claim.cue_lemma in KEEPS_TO else -3
    if each.claim_id not in found and each.cue_class == "deny" and word:
        fit -= 1
    if each.content.casefold().startswith("the same "):  # says little itself
        fit -= 1
    return fit


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def _owner_stems(content: str) -> set[str]:
    """Stems of the words that say whose an account is: "Darwan's account", "what the official said"."""
    return {
        stem for match in _OWNER.finditer(content) for stem in _stems(next(filter(None, match.groups()), ""))
    }


def _source_stems(claim: Claim) -> set[str]:
    return _stems(" ".join(filter(None, (claim.source, claim.source_name, claim.antecedent))))


def _stems(text: str) -> set[str]:
    """The first letters of the words that tell something."""
    words = re.findall(r"\w+", text.casefold())
    return {word[:STEM_CHARS] for word in words if len(word) > 2 and word not in _COMMON}


def _same_speaker(one: Claim, other: Claim) -> bool:
    if one.source_name and other.source_name:
        return one.source_name == other.source_name
    if one.source is None or other.source is None:
        return False
    if one.antecedent_start is not None and one.antecedent_start in (
        other.source_start,
        other.antecedent_start,
    ):
        return True
    heads = one.source_head is not None and one.source_head == other.source_head
    return heads and one.source.casefold().startswith("the ") and one.source_count == other.source_count
