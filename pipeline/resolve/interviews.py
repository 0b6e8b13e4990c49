"""Who speaks in an interview: the labels of its turns, and who answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from pipeline.schema import Claim, Reading

QUESTION_AND_ANSWER = frozenset({"Q", "A"})


def labels_of(
    reading: Reading, claims: Iterable[tuple[Claim, tuple[int, int] | None]]
) -> list[tuple[int, int]]:
    """The labels of an article that is an interview, in text order; ``claims`` with their sources' ranges.

    An interview has two speakers, who both speak twice: "Reuters: …", "AFP: …" is a post.
    """
    starts = {block.start for block in reading.blocks if block.kind == "body"}
    found = sorted(span for claim, span in claims if span and claim.cue == ":" and span[0] in starts)
    times = Counter(_last_word(reading.text[slice(*span)]) for span in found)
    return found if sum(n > 1 for n in times.values()) > 1 else []


def interviewee(
    text: str, labels: Sequence[tuple[int, int]], authors: Collection[str]
) -> tuple[int, int] | None:
    """The fullest label of the one person who speaks under labels and is none of the article's authors."""
    asking = {_last_word(author) for author in authors}
    spoken: dict[str, list[tuple[int, int]]] = {}
    for label in labels:
        words = text[slice(*label)]
        if words not in QUESTION_AND_ANSWER and _last_word(words) not in asking:
            spoken.setdefault(_last_word(words), []).append(label)
    if len(spoken) != 1:
        return None
    return max(next(iter(spoken.values())), key=lambda label: label[1] - label[0])


def _last_word(name: str) -> str:
    return name.rsplit(" ", 1)[-1].casefold()
