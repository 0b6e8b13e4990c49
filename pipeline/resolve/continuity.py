"""Who spoke last: the source of the article's claim before, which a pronoun that speaks next tends to be."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.resolve.mentions import Mention
from pipeline.schema import Block, Claim, Reading


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the article's own claims in the reading: its source and the stretches that are its content."""

    start: int
    end: int
    contents: tuple[tuple[int, int], ...]

    def says(self, at: int) -> bool:
        """Whether ``at`` stands inside the content: who is mentioned there is spoken of."""
        return any(start <= at < end for start, end in self.contents)


def turns_before(reading: Reading, claims: Sequence[Claim], parents: Mapping[str, str]) -> dict[int, Turn]:
    """By the start of a source, the turn before it in the same segment, both of the article's own claims.

    A claim inside another's content is no turn: "Mr. Hale told her that it rained, Mr. Dorn said. It froze,
    he said" goes on with Dorn. Nor is one of several speakers, whom no singular takes up.
    """
    found: dict[int, Turn] = {}
    turns: dict[int, tuple[bool, Turn]] = {}
    for claim in claims:
        turn = None if claim.claim_id in parents else _turn(reading, claim)
        if turn is not None:
            several, known = turns.get(turn.start, (False, turn))
            contents = turn.contents if known is turn else (*known.contents, *turn.contents)
            turns[turn.start] = (several or bool(claim.source_members), Turn(turn.start, turn.end, contents))
    ordered = sorted(turns.items())
    for (_, (several, before)), (start, (_, turn)) in itertools.pairwise(ordered):
        block = reading.block_at(start)
        begins = min(start, *(part[0] for part in turn.contents))
        if not several and (
            block == reading.block_at(before.start) or _goes_on(reading, block, begins, before)
        ):
            found[start] = before
    return found


def _goes_on(reading: Reading, block: Block, start: int, before: Turn) -> bool:
    """Whether a claim opens the paragraph right after the one that a turn stands in."""
    return (
        start == block.start
        and block.start > 0
        and reading.block_at(block.start - 1) == reading.block_at(before.start)
    )


def _turn(reading: Reading, claim: Claim) -> Turn | None:
    source = _place(reading, claim.source_start, claim.source_end)
    parts = [_place(reading, part.start, part.end) for part in claim.content_spans]
    return None if source is None else Turn(*source, tuple(part for part in parts if part is not None))


def _place(reading: Reading, start: int | None, end: int | None) -> tuple[int, int] | None:
    if start is None or end is None:
        return None
    first, last = reading.position(start), reading.position(end - 1)
    return None if first is None or last is None else (first, last + 1)


def comment_blocks(reading: Reading) -> frozenset[int]:
    """The numbers of the blocks that are comments: whom one speaks of is seldom another's."""
    return frozenset(n for n, block in enumerate(reading.blocks) if block.kind == "comment")


def set_own_quotations(mentions: Sequence[Mention], reading: Reading, claims: Sequence[Claim]) -> None:
    """Mentions that are sources know the quotations they speak: nobody named in there is the speaker."""
    starts = [mention.start for mention in mentions]
    spoken: dict[int, set[int]] = {}
    for claim in claims:
        found = _place(reading, claim.source_start, claim.source_end)
        for part in claim.content_spans if found else ():
            start, last = reading.position(part.start), reading.position(part.end - 1)
            if found and start is not None and last is not None:
                inside = mentions[bisect.bisect_left(starts, start) : bisect.bisect_right(starts, last)]
                spoken.setdefault(found[0], set()).update(each.quotation for each in inside)
    for each in mentions:
        if each.start in spoken:
            each.own_quotations = frozenset(spoken[each.start] - {0})
