"""The model as spaCy components: ``newsclaims_encoder``, ``newsclaims_entities``, ``newsclaims_attribution``.

Each works in any English pipeline. The encoder leaves its scores in ``doc.user_data[SCORES]``; the others
read them there, or have the encoder run where it has not. Attribution removes them when it is done, so
that the Doc can be stored.
"""

from __future__ import annotations

import bisect
import functools
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy.attrs import IDX, LENGTH
from spacy.language import Language
from spacy.symbols import IDS
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.config import read_lexicon
from pipeline.model.attribution import FoundClaim, Scores, Thresholds, find_claims, score_text
from pipeline.model.decode import Ints, bio_transitions, find_spans, log_softmax, viterbi
from pipeline.model.labels import ENTITY_TAGS, POS_TAGS, ROLES
from pipeline.model.session import FILES, Session

SHIPPED = Path(__file__).parent / "en_newsclaims"
"""The spaCy pipeline that comes with the package."""

SCORES = "newsclaims_scores"
ENTITY_CONFIDENCE = "newsclaims_entity_confidence"
"""Key of ``doc.user_data``: a dict of (first, last) code points of an entity to its probability."""

_ENTITY_TRANSITIONS = bio_transitions(ENTITY_TAGS)
_POS_SYMBOLS = [IDS[tag] for tag in POS_TAGS]
_DIGIT = frozenset("0123456789")
_MARKS = ("PUNCT", "SYM")
"""What words of letters and digits cannot be: "Six;" was taken for a punctuation mark once."""


@functools.lru_cache(maxsize=4)
def _session(folder: Path, threads: int) -> Session:
    return Session(folder, threads=threads)


class Encoder:
    """Reads each text through the network.

    Args:
        threads: Threads of one run.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self.threads = threads
        self.folder = SHIPPED / "newsclaims_encoder"

    @property
    def session(self) -> Session:
        """The network, loaded when first asked for and shared by all components of the process."""
        return _session(self.folder, self.threads)

    def __call__(self, doc: Doc) -> Doc:
        doc.user_data[SCORES] = score_text(doc.text, self.session)
        return doc

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Copies the model's files into ``path``."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).write_bytes((self.folder / name).read_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Encoder:  # noqa: ARG002
        """Reads the network from ``path`` from now on.

        Raises:
            ModelError: the folder holds no model, or one of another version.
        """
        self.folder = Path(path).resolve()
        _ = self.session
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002
        return str(self.folder).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Encoder:  # noqa: ARG002
        return self.from_disk(data.decode())


def _scores(doc: Doc) -> Scores:
    found = doc.user_data.get(SCORES)
    if isinstance(found, Scores):
        return found
    scores: Scores = Encoder()(doc).user_data[SCORES]
    return scores


class Alignment:
    """Tokens of a Doc by code point."""

    def __init__(self, doc: Doc) -> None:
        places = (
            doc.to_array([IDX, LENGTH]).astype(np.int64) if len(doc) else np.zeros((0, 2), dtype=np.int64)
        )
        self.starts: list[int] = places[:, 0].tolist()
        self.ends: list[int] = places.sum(1).tolist()

    def tokens(self, begin: int, end: int) -> tuple[int, int]:
        """The half-open range of tokens that overlap the code points ``begin`` to ``end``."""
        first = bisect.bisect_right(self.ends, begin)
        return first, max(first, bisect.bisect_left(self.starts, end))


@functools.cache
def _closed_classes() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in read_lexicon("closed_classes")}


@functools.lru_cache(maxsize=1 << 14)
def classes_of(word: str) -> tuple[int, ...]:
    """The places in ``POS_TAGS`` of the parts of speech that a word may have, by ``closed_classes.tsv``.

    The network alone takes some words for others of like place: "Residents" before "said" for a pronoun, the
    comma after a name for a part of it.
    """
    if word != "." and not any(map(str.isalnum, word)):  # the point of "Cmdr." belongs to a name
        return tuple(POS_TAGS.index(tag) for tag in (*_MARKS, "PART", "X"))
    word = word.replace("’", "'")
    if word in _closed_classes()["number"]:
        return (POS_TAGS.index("NUM"),)
    return tuple(place for place, tag in enumerate(POS_TAGS) if _may_be(word, tag))


def _may_be(word: str, tag: str) -> bool:
    closed = _closed_classes()
    if tag in closed:
        return word in closed[tag]
    if tag in _MARKS:
        return word == "."
    return word not in closed["only"]


class Entities:
    """Sets ``doc.ents``, parts of speech, and each entity's probability."""

    def __call__(self, doc: Doc) -> Doc:
        scores = _scores(doc)
        if not len(scores.pieces):
            doc.user_data[ENTITY_CONFIDENCE] = {}
            return doc
        alignment = Alignment(doc)
        self._set_pos(doc, scores, alignment)
        self._set_entities(doc, scores, alignment)
        return doc

    def _set_pos(self, doc: Doc, scores: Scores, alignment: Alignment) -> None:
        likelihood = scores.encoded.head("pos")
        at = np.searchsorted(scores.pieces.ends, alignment.starts, side="right")
        likelihood = likelihood[np.minimum(at, len(likelihood) - 1)]
        chosen: Ints = likelihood.argmax(-1)
        for token, tag, row in zip(doc, chosen.tolist(), likelihood, strict=True):
            may = classes_of(token.lower_)
            if tag not in may:
                tag = max(may, key=row.__getitem__)
            token.pos = IDS["SPACE"] if token.is_space else _POS_SYMBOLS[tag]

    def _set_entities(self, doc: Doc, scores: Scores, alignment: Alignment) -> None:
        slope, constant = scores.session.meta.get("entity_confidence") or (1.0, 0.0)
        found: list[tuple[Span, float]] = []
        taken = 0
        for at, to, label, log_odds in entity_spans(scores):
            begin, end = alignment.tokens(at, to)
            if taken <= begin < end:
                taken = end
                span = Span(doc, begin, end, label=label)
                if not is_no_date(span):
                    found.append((span, log_odds))
        found = [(span, odds) for span, odds in as_places(join_parts(found)) if not _is_modifier(span)]
        doc.set_ents([span for span, _ in found])
        doc.user_data[ENTITY_CONFIDENCE] = {
            (span.start_char, span.end_char): 1 / (1 + math.exp(-(slope * odds + constant)))
            for span, odds in found
        }


JOINED = frozenset({"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "ORG"})
"""Labels of which two hardly ever stand side by side."""

INITIALS = re.compile(r"(?:[A-Z]\.)+")


def join_parts(found: Iterable[tuple[Span, float]]) -> list[tuple[Span, float]]:
    """The spans, neighbours that are parts of one put together and as sure as the less sure one.

    Where sets that mark no dates leave the network free, it begins them anew at any word ("last" "December").
    """
    out: list[tuple[Span, float]] = []
    for span, odds in found:
        if out and _goes_on(out[-1][0], span):
            before, odds_before = out.pop()
            span, odds = Span(span.doc, before.start, span.end, label=span.label), min(odds_before, odds)
        out.append((span, odds))
    return out


@functools.cache
def _places() -> frozenset[str]:
    return frozenset(name.replace("_", " ") for _, names in read_lexicon("places") for name in names.split())


def as_places(found: Sequence[tuple[Span, float]]) -> list[tuple[Span, float]]:
    """The spans, what is a place by the list and no person of the text is called so made a place.

    The network has seen little news since 2017: it took Kyiv for a man.
    """
    persons = {word.text for span, _ in found if span.label_ == "PERSON" and len(span) > 1 for word in span}
    return [
        (Span(span.doc, span.start, span.end, label="GPE"), odds)
        if span.label_ == "PERSON" and span.text in _places() and span.text not in persons
        else (span, odds)
        for span, odds in found
    ]


def _goes_on(before: Span, span: Span) -> bool:
    """Whether a span is the rest of the one before: "J." "Hale", "City of" "London", "last" "December"."""
    if before.end != span.start or before.label != span.label:
        return False
    edges = (before[-1].text, span[0].text)
    is_initialled = span.label_ == "PERSON" and any(map(INITIALS.fullmatch, edges))
    return span.label_ in JOINED or is_initialled or edges[0] in ("of", "-")


@functools.cache
def _date_words() -> dict[str, frozenset[str]]:
    kinds = {kind: frozenset(words.split()) for kind, words in read_lexicon("date_words")}
    return {**kinds, "all": frozenset().union(*kinds.values())}


def is_no_date(span: Span) -> bool:
    """Whether what is called a date has no word that dates are made of.

    Sets that mark no dates leave the network free to call any word one, and in texts of one sentence it did:
    "on" of "on Monday", "the blaze".
    """
    return span.label_ == "DATE" and not any(
        token.pos_ == "NUM"
        or not _DIGIT.isdisjoint(token.text)
        or token.lower_.rstrip(".") in _date_words()["all"]
        for token in span
    )


def _is_modifier(span: Span) -> bool:
    """Whether what is called a date is one word that only says which: "late" of "his late father"."""
    return span.label_ in ("DATE", "TIME") and span.text.lower() in _date_words()["modifier"]


def entity_spans(scores: Scores) -> list[tuple[int, int, str, float]]:
    """Entities in text order: first and last code point, label, and the log-odds of the least sure piece."""
    starts, ends = scores.pieces.starts, scores.pieces.ends
    likelihood = log_softmax(scores.encoded.head("entity"))
    labels = viterbi(likelihood[None], _ENTITY_TRANSITIONS)[0]
    chosen = likelihood[np.arange(len(labels)), labels]
    found = []
    for first, a, b in find_spans(labels):
        worst = min(float(chosen[a:b].min()), -1e-6)
        log_odds = worst - math.log(-math.expm1(worst))
        found.append((int(starts[a]), int(ends[b - 1]), ENTITY_TAGS[first][2:], log_odds))
    return sorted(found)


class Attribution:
    """Sets ``doc.spans["source"]``, ``["cue"]`` and ``["content"]``.

    Spans of one claim carry the same ``id_`` (``c0``, ``c1``, … in the order of their cues, claims inside
    contents last). ``doc.spans["content"].attrs`` holds ``confidence``, the claims' probabilities by id,
    and ``parent``, the id of the claim inside whose content a claim stands.
    """

    def __init__(self, thresholds: Thresholds, *, nested: bool, keep_scores: bool) -> None:
        self.thresholds = thresholds
        self.nested = nested
        self.keep_scores = keep_scores

    def __call__(self, doc: Doc) -> Doc:
        scores = _scores(doc)
        claims = find_claims(scores, self.thresholds, nested=self.nested) if len(scores.pieces) else []
        set_claims(doc, claims)
        if not self.keep_scores:
            doc.user_data.pop(SCORES, None)
        return doc


def set_claims(doc: Doc, claims: list[FoundClaim]) -> None:
    """Writes claims into the span groups of ``doc``, edges moved out to whole tokens."""
    alignment = Alignment(doc)
    groups: dict[str, list[Span]] = {role: [] for role in ROLES}
    for number, claim in enumerate(claims):
        for role in ROLES:
            for begin, end in getattr(claim, role):
                first, last = alignment.tokens(begin, end)
                groups[role].append(Span(doc, first, last, label=role, span_id=f"c{number}"))
    attrs: dict[str, Any] = {
        "confidence": {f"c{n}": claim.confidence for n, claim in enumerate(claims)},
        "parent": {f"c{n}": f"c{c.parent}" for n, c in enumerate(claims) if c.parent is not None},
    }
    for role in ROLES:
        group = SpanGroup(doc, name=role, spans=groups[role], attrs=attrs if role == "content" else {})
        doc.spans[role] = group


@Language.factory("newsclaims_encoder", default_config={"threads": 1})
def make_encoder(nlp: Language, name: str, threads: int) -> Encoder:  # noqa: ARG001
    return Encoder(threads=threads)


@Language.factory("newsclaims_entities", assigns=["doc.ents", "token.pos"])
def make_entities(nlp: Language, name: str) -> Entities:  # noqa: ARG001
    return Entities()


@Language.factory(
    "newsclaims_attribution",
    assigns=["doc.spans"],
    default_config={
        "anchor": -1.0,
        "outside": -0.5,
        "nested": 0.5,
        "min_confidence": 0.45,
        "find_nested": True,
        "keep_scores": False,
    },
)
def make_attribution(
    nlp: Language,  # noqa: ARG001
    name: str,  # noqa: ARG001
    anchor: float,
    outside: float,
    nested: float,
    min_confidence: float,
    find_nested: bool,
    keep_scores: bool,
) -> Attribution:
    thresholds = Thresholds(anchor, outside, nested, min_confidence)
    return Attribution(thresholds, nested=find_nested, keep_scores=keep_scores)
