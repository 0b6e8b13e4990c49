"""Claims and entities of one article → who said it: names, antecedents, claims inside and about claims."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from spacy.tokens import Doc

from pipeline.resolve.chains import build_chains
from pipeline.resolve.continuity import comment_blocks, set_own_quotations, turns_before
from pipeline.resolve.interviews import labels_of
from pipeline.resolve.links import find_parents, find_supported
from pipeline.resolve.mentions import Named, find_mentions
from pipeline.resolve.pairs import load_ranker
from pipeline.resolve.places import places
from pipeline.resolve.sources import Resolver, Who, source_range
from pipeline.schema import Article, Claim, Entity, Reading


def resolve(
    doc: Doc, reading: Reading, article: Article, entities: Sequence[Entity], claims: Sequence[Claim]
) -> list[Claim]:
    """The claims, in the order given, with who said them as far as the article tells.

    Sets ``source_name``, ``antecedent`` and its offsets, ``anonymous``, ``source_kind`` and ``source_count``
    where resolution settles them, ``parent_claim_id`` and ``supports_claim_id``. What stays unresolved stays
    null: a wrong name is worse than none.
    """
    if not claims:
        return []
    parents = find_parents(claims)
    resolver = _make_resolver(doc, reading, article, entities, claims, parents)
    settled: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda each: (_depth(each, parents), _begin(each))):
        who = resolver.who(claim, settled.get(parents.get(claim.claim_id, "")))
        settled[claim.claim_id] = _with(claim, who, reading, article.document.text)
    supported = find_supported(list(settled.values()), parents)
    return [
        _linked(settled[each.claim_id], parents.get(each.claim_id), supported.get(each.claim_id))
        for each in claims
    ]


def _make_resolver(
    doc: Doc,
    reading: Reading,
    article: Article,
    entities: Sequence[Entity],
    claims: Sequence[Claim],
    parents: Mapping[str, str],
) -> Resolver:
    """Read the article's mentions and chains once, for all its claims.

    Args:
        parents: claim → the claim in whose content it stands.
    """
    sources = [found for claim in claims if (found := source_range(reading, claim))]
    mentions = find_mentions(doc, places(doc, reading), _named(reading, entities), sources)
    set_own_quotations(mentions, reading, claims)
    turns = turns_before(reading, claims, parents)
    return Resolver(
        doc=doc,
        text=reading.text,
        reading=reading,
        article=article,
        chains=build_chains(doc, mentions, load_ranker(), turns, comment_blocks(reading)),
        starts=[mention.start for mention in mentions],
        block_starts=[block.start for block in reading.blocks],
        segments={segment.segment_id: segment for segment in article.segments},
        labels=labels_of(reading, ((claim, source_range(reading, claim)) for claim in claims)),
    )


def _named(reading: Reading, entities: Sequence[Entity]) -> list[Named]:
    found = []
    for entity in entities:
        start, last = reading.position(entity.start), reading.position(entity.end - 1)
        if (
            entity.name is not None
            and entity.name.lower() != entity.name
            and start is not None
            and last is not None
        ):
            found.append(Named(start, last + 1, entity.label, entity.name))
    return found


def _linked(claim: Claim, parent: str | None, supports: str | None) -> Claim:
    if claim.parent_claim_id == parent and claim.supports_claim_id == supports:
        return claim  # most are, and a copy has 45 fields to fill
    return dataclasses.replace(claim, parent_claim_id=parent, supports_claim_id=supports)


def _depth(claim: Claim, parents: dict[str, str]) -> int:
    """How many claims stand around ``claim``; those around are settled first."""
    depth, outer = 0, parents.get(claim.claim_id)
    while outer and depth < len(parents):
        outer, depth = parents.get(outer), depth + 1
    return depth


def _begin(claim: Claim) -> int:
    return claim.content_spans[0].start if claim.source_start is None else claim.source_start


def _with(claim: Claim, who: Who | None, reading: Reading, text: str) -> Claim:
    """The claim with what was settled; an institution stays named by its common name."""
    if who is None or source_range(reading, claim) is None:
        return dataclasses.replace(claim, anonymous=claim.anonymous or claim.source is None)
    where = reading.raw(*who.antecedent) if who.antecedent else None
    return dataclasses.replace(
        claim,
        source_name=who.name,
        antecedent=text[where.start : where.end] if where else None,
        antecedent_start=where.start if where else None,
        antecedent_end=where.end if where else None,
        anonymous=who.name is None and (claim.anonymous if who.anonymous is None else who.anonymous),
        source_kind=who.kind or claim.source_kind,
        source_count=claim.source_count if who.count is None else who.count,
    )
