"""Whom a claim counts for: a name, or a description such as "Iraqi security official"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.schema import Claim, SourceMember

_DETERMINER = re.compile(
    r"^(?:(?:the|a|an|one|two|three|four|five|six|several|some|many|both|another|other|his|her|its|their|our)"
    r"\s+(?:of\s+)?)+",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
NOBODY = "no source given"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source of the report: everything with one ``key`` stands on one page."""

    key: str
    label: str
    named: bool
    name_id: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is a name or a description, not an absent source or a pronoun that nothing resolved."""
        return self.key != "none" and not self.key.startswith("unresolved ")


def speakers_of(
    claims: Sequence[Claim], forms: Mapping[str, str], by_form: Mapping[str, str]
) -> list[tuple[Speaker, ...]]:
    """For each claim of one article the sources it counts for, one or more.

    A coordinated source counts for each of its members. A pronoun or "one" whose antecedent is itself the
    source of another claim takes over that claim's description; one that nothing resolves stays by itself.

    Args:
        claims: all claims of the article.
        forms: name by ``name_id``, over all articles.
        by_form: ``name_id`` by written form, where only one name has that form.
    """
    described: dict[tuple[int | None, int | None], str] = {}
    for claim in claims:
        role = _role(claim)
        if role is not None:
            described[claim.source_start, claim.source_end] = _describe(claim, role)
    return [_speakers(claim, forms, by_form, described) for claim in claims]


def _speakers(
    claim: Claim,
    forms: Mapping[str, str],
    by_form: Mapping[str, str],
    described: Mapping[tuple[int | None, int | None], str],
) -> tuple[Speaker, ...]:
    if claim.source_members:
        members = (_member(each, claim, forms, by_form) for each in claim.source_members)
        return tuple(dict.fromkeys(members))
    if claim.source_name_id is not None:
        return (_named(claim.source_name_id, forms, claim.source_name or claim.source),)
    if claim.source_name is not None:
        return (_written(claim.source_name, named=not claim.anonymous),)
    if claim.source is None:
        return (Speaker("none", NOBODY, False),)
    role = _role(claim)
    if role is not None:
        return (_written(_describe(claim, role), named=not claim.anonymous),)
    before = described.get((claim.antecedent_start, claim.antecedent_end))
    if claim.anonymous and claim.antecedent is None and " " not in claim.source:
        return (Speaker(f"unresolved {claim.source.casefold()}", f"“{claim.source}”, not resolved", False),)
    return (_written(before or claim.antecedent or claim.source, named=not claim.anonymous),)


def _member(
    member: SourceMember, claim: Claim, forms: Mapping[str, str], by_form: Mapping[str, str]
) -> Speaker:
    name_id = by_form.get(member.text)
    if name_id is not None:
        return _named(name_id, forms, member.text)
    role = member.role or member.head
    words = member.text if role is None else _description(member.nationality, role)
    return _written(words, named=not claim.anonymous)


def _named(name_id: str, forms: Mapping[str, str], else_form: str | None) -> Speaker:
    return Speaker(f"name {name_id}", forms.get(name_id) or else_form or name_id, True, name_id)


def _role(claim: Claim) -> str | None:
    return claim.source_role or claim.source_head


def _describe(claim: Claim, role: str) -> str:
    """Nationality, body and role: "Libyan coastguard officer", "spokesman (ministry)" if the body follows."""
    body = claim.source_affiliation
    if body is not None and body.casefold() not in role.casefold():
        before = f"{body} {role}".casefold() in (claim.source or "").casefold()
        role = f"{body} {role}" if before else f"{role} ({body})"
    return _description(claim.source_nationality, role)


def _description(nationality: Sequence[str] | None, role: str) -> str:
    return " ".join([*(nationality or ()), role])


def _written(text: str, *, named: bool) -> Speaker:
    """A source known by its words alone: articles and numbers before them, and case, make no difference."""
    plain = _SPACE.sub(" ", text).strip()
    label = _DETERMINER.sub("", plain) or plain
    return Speaker(f"said {label.casefold()}", label, named)
