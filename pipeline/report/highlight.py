"""An article's text as HTML: claims, names and antecedents marked in place, whatever overlaps what.

Spans cross one another (a name and the end of a content, a claim inside a claim), and HTML elements cannot.
So the text is cut wherever a span begins or ends, and each piece carries all that covers it: class tokens
for its roles and, in ``data-c``, role and number of each claim, outermost first.
"""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.report import address
from pipeline.report.pages import esc
from pipeline.schema import Claim, Entity

ROLES = {"content": "c", "source": "s", "cue": "q"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text: a role in the claim of that number, or a name's label."""

    start: int
    end: int
    role: str
    claim: int = 0
    label: str = ""


@dataclass(slots=True)
class Marks:
    """All marks of one article, and what stands at single places between its letters."""

    spans: list[Mark] = field(default_factory=list)
    anchors: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Ids of elements that begin at an offset."""
    after: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """HTML that follows the letter before an offset: a claim's number, a pointer to an antecedent."""


def find_marks(claims: Sequence[Claim], entities: Iterable[Entity]) -> Marks:
    """The marks of an article; claims are numbered from 1 in the order given."""
    marks = Marks()
    for number, claim in enumerate(claims, 1):
        _mark_claim(marks, number, claim)
    for entity in entities:
        marks.spans.append(Mark(entity.start, entity.end, "e", label=entity.label))
        marks.anchors[entity.start].append(address.row_anchor(entity.doc_id, entity.mention_id))
    return marks


def _mark_claim(marks: Marks, number: int, claim: Claim) -> None:
    spans = [(part.start, part.end, "content") for part in claim.content_spans]
    if spans:
        marks.anchors[spans[0][0]].append(address.row_anchor(claim.doc_id, claim.claim_id))
        marks.after[spans[-1][1]].append(
            f'<a class="n" href="#row-{number}" aria-label="Claim {number}">{number}</a>'
        )
    if claim.source_start is not None and claim.source_end is not None:
        spans.append((claim.source_start, claim.source_end, "source"))
    if claim.cue_start is not None and claim.cue_end is not None:
        spans.append((claim.cue_start, claim.cue_end, "cue"))
    for start, end, role in spans:
        marks.spans.append(Mark(start, end, ROLES[role], number))
    if claim.antecedent_start is not None and claim.source_end is not None:
        place = f"a{claim.antecedent_start}"
        if place not in marks.anchors[claim.antecedent_start]:
            marks.anchors[claim.antecedent_start].append(place)
        whom = esc(claim.antecedent or "an earlier mention")
        pointer = f'<a class="back" href="#{place}" aria-label="refers to {whom}" title="{whom}">↖</a>'
        if pointer not in marks.after[claim.source_end]:
            marks.after[claim.source_end].append(pointer)


class Text:
    """An article's text, ready to be shown range by range."""

    def __init__(self, text: str, marks: Marks) -> None:
        self._text = text
        self._anchors, self._after = marks.anchors, marks.after
        self._spans = sorted(marks.spans, key=lambda mark: (mark.start, -mark.end))
        self._starts = [mark.start for mark in self._spans]
        self._longest = max((mark.end - mark.start for mark in self._spans), default=0)

    def html(self, start: int, end: int) -> str:
        """``text[start:end]`` with its marks."""
        spans = self._covering(start, end)
        if not spans and not self._extra(start, end):
            return esc(self._text[start:end])
        cuts = {start, end}
        for mark in spans:
            cuts.update((max(mark.start, start), min(mark.end, end)))
        cuts.update(self._extra(start, end))
        order = sorted(cuts)
        pieces = []
        for left, right in itertools.pairwise(order):
            pieces += [f'<span class="a" id="{anchor}"></span>' for anchor in self._anchors.get(left, ())]
            pieces.append(self._piece(left, right, [m for m in spans if m.start < right and m.end > left]))
            pieces += self._after.get(right, ())
        return "".join(pieces)

    def _covering(self, start: int, end: int) -> list[Mark]:
        first = bisect.bisect_left(self._starts, start - self._longest)
        last = bisect.bisect_left(self._starts, end)
        return [mark for mark in self._spans[first:last] if mark.end > start]

    def _extra(self, start: int, end: int) -> list[int]:
        places = (place for places in (self._anchors, self._after) for place in places)
        return [place for place in places if start <= place <= end]

    def _piece(self, left: int, right: int, marks: list[Mark]) -> str:
        words = esc(self._text[left:right])
        if not marks:
            return words
        roles = dict.fromkeys(mark.role for mark in marks)
        claims = " ".join(f"{mark.role}{mark.claim}" for mark in marks if mark.claim)
        name = next((mark for mark in marks if mark.role == "e"), None)
        attributes = f' data-c="{claims}"' if claims else ""
        if name is not None:
            attributes += f' data-e="{name.label}"' + (' data-z=""' if name.end == right else "")
        return f'<span class="{" ".join(roles)}"{attributes}>{words}</span>'
