"""Gold data to windows of word pieces with labels, for the tasks that the network learns at once."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from pipeline.model.labels import CLAIM_LABELS, ENTITY_TAGS, POS_TAGS, ROLES
from pipeline.model.pieces import Pieces, cut_pieces, find_windows

Longs = npt.NDArray[np.int64]
Row = dict[str, Any]
IGNORE = -100
PLACES = ("GPE", "LOC", "FAC")


@dataclass(frozen=True, slots=True)
class ClaimSpans:
    """One claim in pieces: half-open ranges per role; ``anchor`` is the cue's first piece.

    ``chance`` is below one for claims inside contents, which no annotator marked (``train.nested``).
    """

    anchor: int
    source: tuple[tuple[int, int], ...]
    cue: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]
    nested: bool = False
    chance: float = 1.0

    def labels(self, n_pieces: int) -> Longs:
        """Labels of ``n_pieces`` pieces for this claim alone; cue over source over content."""
        out = np.zeros(n_pieces, dtype=np.int64)
        for role in ("content", "source", "cue"):
            for begin, end in getattr(self, role):
                mark(out, begin, end, CLAIM_LABELS.index(f"B-{role}"))
        return out

    def within(self, begin: int, end: int) -> ClaimSpans | None:
        """This claim counted from ``begin``, cut to a window; None where its anchor is outside."""
        if not begin <= self.anchor < end:
            return None

        def cut(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
            clipped = [(max(a, begin) - begin, min(b, end) - begin) for a, b in spans]
            return tuple((a, b) for a, b in clipped if a < b)

        return replace(
            self,
            anchor=self.anchor - begin,
            source=cut(self.source),
            cue=cut(self.cue),
            content=cut(self.content),
        )


def mark(labels: Longs, begin: int, end: int, first: int) -> None:
    """Writes a begin label and, after it, its inside label (the next number)."""
    labels[begin:end] = first + 1
    labels[begin : begin + 1] = first


@dataclass(frozen=True, slots=True)
class Example:
    """A text in pieces with what is known of it; arrays of shape ``(n_pieces,)``.

    ``entities`` holds numbers of allowed-label sets (see ``AllowedSets``), ``pos`` labels or ``IGNORE``.
    ``claims`` is None where the text is not annotated for attribution.
    """

    pieces: Pieces
    claims: tuple[ClaimSpans, ...] | None = None
    entities: Longs | None = None
    pos: Longs | None = None
    weight: float = 1.0


@dataclass
class AllowedSets:
    """Sets of entity tags that a piece may carry, numbered as they appear.

    Data sets do not annotate the same labels. A piece outside all entities may still carry any label its
    set does not know; a place of a set that does not tell kinds of places may be any kind.
    """

    sets: list[frozenset[int]] = field(default_factory=list)

    def number(self, tags: Iterable[int]) -> int:
        wanted = frozenset(tags)
        if wanted not in self.sets:
            self.sets.append(wanted)
        return self.sets.index(wanted)

    def table(self) -> npt.NDArray[np.bool_]:
        """Of shape (sets, tags): True where the tag is allowed."""
        out = np.zeros((len(self.sets), len(ENTITY_TAGS)), dtype=bool)
        for i, tags in enumerate(self.sets):
            out[i, list(tags)] = True
        return out


def read_rows(path: Path) -> list[Row]:
    """Rows of a JSON-lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def pieces_of(pieces: Pieces, begin: int, end: int) -> tuple[int, int]:
    """The half-open range of pieces that overlap the code points ``begin`` to ``end``."""
    first = int(np.searchsorted(pieces.ends, begin, side="right"))
    last = int(np.searchsorted(pieces.starts, end, side="left"))
    return first, max(first, last)


def claim_examples(rows: Sequence[Row], tokenizer: Tokenizer) -> list[Example]:
    """PolNeAR-style rows; an article of n annotators comes n times, each weighing less than one alone."""
    n_times: dict[str, int] = {}
    for row in rows:
        n_times[row["doc_id"]] = n_times.get(row["doc_id"], 0) + 1
    out = []
    for row in rows:
        pieces = cut_pieces(row["text"], tokenizer)
        claims = tuple(c for claim in row["claims"] if (c := _claim_spans(claim, pieces)))
        claims += tuple(
            replace(c, nested=True, chance=claim["chance"])
            for claim in row.get("nested") or ()
            if (c := _claim_spans(claim, pieces))
        )
        out.append(Example(pieces, claims=claims, weight=n_times[row["doc_id"]] ** -0.5))
    return out


def mend_swapped(rows: Sequence[Row]) -> list[Row]:
    """The rows with source and cue exchanged where an annotator took one for the other.

    They did where the words of the source are a cue at least ten times as often, and those of the cue are
    not: 15 of the 22,501 claims of PolNeAR's training articles ("said" as source, "Clinton" as cue).
    """
    words = {
        role: Counter(_words(row, claim.get(role)) for row in rows for claim in row["claims"])
        for role in ("source", "cue")
    }

    def mended(row: Row, claim: Row) -> Row:
        source, cue = _words(row, claim.get("source")), _words(row, claim.get("cue"))
        swapped = source and words["cue"][source] >= 10 * words["source"][source] and words["cue"][cue] < 10
        return {**claim, "source": claim["cue"], "cue": claim["source"]} if swapped else claim

    return [{**row, "claims": [mended(row, claim) for claim in row["claims"]]} for row in rows]


def _words(row: Row, spans: Sequence[Sequence[int]] | None) -> str:
    return " ".join(row["text"][begin:end] for begin, end in spans or ()).lower()


def _claim_spans(claim: Row, pieces: Pieces) -> ClaimSpans | None:
    spans = {
        role: tuple(
            (a, b)
            for s in claim.get(role) or []
            if (r := pieces_of(pieces, *s)) and (a := r[0]) < (b := r[1])
        )
        for role in ROLES
    }
    if not spans["cue"] or not spans["content"]:
        return None
    return ClaimSpans(min(spans["cue"])[0], spans["source"], spans["cue"], spans["content"])


def entity_examples(rows: Sequence[Row], tokenizer: Tokenizer, allowed: AllowedSets) -> list[Example]:
    """Entity rows of all sets; what a set does not annotate, and another does, is left open.

    A label that no set annotates throughout is only what a span says it is: left open everywhere, it would
    be as good an answer as none.
    """
    somewhere = {label for row in rows for label in row["labels_known"]}
    return [_entity_example(row, tokenizer, allowed, somewhere - set(row["labels_known"])) for row in rows]


def _entity_example(row: Row, tokenizer: Tokenizer, allowed: AllowedSets, unknown: set[str]) -> Example:
    pieces = cut_pieces(row["text"], tokenizer)
    free = [0, *(i for i, tag in enumerate(ENTITY_TAGS) if tag[2:] in unknown)]
    labels = np.full(len(pieces), allowed.number(free), dtype=np.int64)
    anything = allowed.number(range(len(ENTITY_TAGS)))
    for begin, end, *_ in row.get("mask") or []:
        a, b = pieces_of(pieces, begin, end)
        labels[a:b] = anything
    for begin, end, label in row["ents"]:
        a, b = pieces_of(pieces, begin, end)
        kinds = PLACES if row.get("coarse_places") and label in PLACES else (label,)
        for prefix, x, y in (("B", a, min(a + 1, b)), ("I", min(a + 1, b), b)):
            labels[x:y] = allowed.number(ENTITY_TAGS.index(f"{prefix}-{kind}") for kind in kinds)
    return Example(pieces, entities=labels)


def treebank_examples(path: Path, tokenizer: Tokenizer, *, n_sentences: int = 12) -> list[Example]:
    """Sentences of a CoNLL-U file with universal parts of speech, several to a text."""
    out: list[Example] = []
    texts: list[str] = []
    words: list[tuple[int, int, str]] = []
    length = 0
    for text, tagged in _sentences(path):
        words.extend((length + b, length + e, tag) for b, e, tag in tagged)
        texts.append(text)
        length += len(text) + 1
        if len(texts) == n_sentences:
            out.append(_pos_example(" ".join(texts), words, tokenizer))
            texts, words, length = [], [], 0
    if texts:
        out.append(_pos_example(" ".join(texts), words, tokenizer))
    return out


def _pos_example(text: str, words: list[tuple[int, int, str]], tokenizer: Tokenizer) -> Example:
    pieces = cut_pieces(text, tokenizer)
    labels = np.full(len(pieces), IGNORE, dtype=np.int64)
    for begin, end, tag in words:
        a, b = pieces_of(pieces, begin, end)
        if a < b:
            labels[a] = POS_TAGS.index(tag)
    return Example(pieces, pos=labels)


def _sentences(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Each sentence's text, and begin, end and part of speech of its words.

    The words of a contraction share its letters where they spell it ("do" + "n't"), else only the first
    one is used.
    """
    text, tagged, parts, skip = "", list[tuple[int, int, str]](), 0, 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 1:
                if not line.strip() and text:
                    yield text.rstrip(), tagged
                    text, tagged, skip = "", [], 0
                continue
            number, form, space = cells[0], cells[1], "" if "SpaceAfter=No" in cells[9] else " "
            if "-" in number:
                first, last = map(int, number.split("-"))
                skip, parts = last - first + 1, len(text)
                text += form + space
            elif "." not in number:
                if skip:
                    at, skip = parts, skip - 1
                    if text.startswith(form, at):
                        tagged.append((at, at + len(form), cells[3]))
                        parts = at + len(form)
                else:
                    tagged.append((len(text), len(text) + len(form), cells[3]))
                    text += form + space


def cut_windows(example: Example, size: int, rng: random.Random | None) -> Iterator[Example]:
    """The example in windows; with ``rng``, the first one shorter, so that cuts differ from pass to pass."""
    first = rng.randint(size // 4, size) if rng else None
    for a, b in find_windows(example.pieces, size=size, first=first):
        p = example.pieces
        yield Example(
            Pieces(p.ids[a:b], p.starts[a:b], p.ends[a:b], p.shapes[a:b], p.gaps[a:b], p.quotes[a:b]),
            claims=None
            if example.claims is None
            else tuple(c for claim in example.claims if (c := claim.within(a, b))),
            entities=None if example.entities is None else example.entities[a:b],
            pos=None if example.pos is None else example.pos[a:b],
            weight=example.weight,
        )


def batches(windows: Sequence[Example], n_pieces: int, rng: random.Random) -> list[list[Example]]:
    """Windows of like length together, about ``n_pieces`` to a batch, in random order."""
    order = sorted(windows, key=lambda w: (len(w.pieces) // 16, rng.random()))
    out: list[list[Example]] = []
    batch: list[Example] = []
    for window in order:
        if batch and max(len(window.pieces), len(batch[0].pieces)) * (len(batch) + 1) > n_pieces:
            out.append(batch)
            batch = []
        batch.append(window)
    if batch:
        out.append(batch)
    rng.shuffle(out)
    return out
