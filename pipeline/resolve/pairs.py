"""Which of the chains so far a pronoun takes up: plain features of the pair, and weights learned from
them."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.resolve.mentions import NAME, NOMINAL, PRONOUN, Mention
from pipeline.resolve.nouns import BODY, OTHER, PEOPLE, PERSON, PLACE

Matrix = NDArray[np.float64]

MAX_SENTENCES = 8
"""How far back a pronoun looks: GUM's person pronouns have their last mention within 3 sentences in 97 %."""

MAX_CHAINS = 30
"""Chains compared with one pronoun, the latest; bounds the work on lists of names."""

SPEAKING_IT = 0.5
"""An "it" that says something is a body or a state; most others, from which the weights are learned, are
neither. Set on the passages of gold/resolution/dev."""

WEIGHTS = Path(__file__).with_name("antecedents.json")


@dataclass(slots=True)
class Chain:
    """Mentions of one person, body or thing, in text order, and what is known of it."""

    mentions: list[Mention] = field(default_factory=list)
    name: str | None = None
    sort: str = OTHER
    gender: str | None = None
    plural: bool | None = None
    roles: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, mention: Mention) -> None:
        """Take ``mention`` in, with what it tells of the whole chain."""
        self.mentions.append(mention)
        self.name = self.name or mention.name
        self.gender = self.gender or mention.gender
        self.plural = mention.plural if self.plural is None else self.plural
        if self.sort == OTHER or (mention.form == NAME and mention.sort != OTHER):
            self.sort = mention.sort
        self.roles += mention.roles
        if mention.form == NOMINAL:
            self.roles.append(mention.words)


def may_corefer(anaphor: Mention, chain: Chain) -> bool:
    """Whether gender, number and sort let a pronoun of the third person take up ``chain``."""
    last = chain.mentions[-1]
    if last.last > anaphor.first or anaphor.sentence - last.sentence > MAX_SENTENCES:
        return False
    if last.quotation in anaphor.own_quotations or not _agrees(anaphor, chain):
        return False
    return last.quotation != anaphor.quotation or not is_first_person(chain)


def _agrees(anaphor: Mention, chain: Chain) -> bool:
    if anaphor.head in {"he", "she"}:
        return chain.sort == PERSON and chain.plural is not True and chain.gender in {None, anaphor.gender}
    if anaphor.head == "they":
        return (
            chain.plural is True
            or chain.sort in {BODY, PLACE, PEOPLE}
            or (chain.sort == PERSON and chain.plural is None)
        )
    return chain.sort in {BODY, PLACE} and chain.plural is not True


def is_first_person(chain: Chain) -> bool:
    """Whether nothing is known of whom a chain means but "I", "we" or "you"."""
    return all(each.form == PRONOUN and each.head in {"i", "we", "you"} for each in chain.mentions)


FEATURES = (
    "bias sentences_apart same_sentence last_sentence same_block blocks_apart mentions_apart recent_1 "
    "recent_2 "
    "name nominal pronoun same_pronoun gender_known definite indefinite subject object possessive "
    "prepositional "
    "source anaphor_source both_source anaphor_possessive anaphor_object subject_to_object n_mentions "
    "n_recent "
    "has_name most_frequent quoted_only anaphor_quoted_only same_quotation other_quotation opens_sentence "
    "opens_block sort_body sort_place sort_people they it"
).split()


def pair_features(anaphor: Mention, chains: Sequence[Chain]) -> Matrix:
    """One row of ``FEATURES`` for each of ``chains``, which are ordered from the latest mention back."""
    most = max((len(chain.mentions) for chain in chains), default=0)
    rows = [_row(anaphor, chain, rank, most) for rank, chain in enumerate(chains)]
    return np.array(rows, dtype=np.float64).reshape(len(chains), len(FEATURES))


def _row(anaphor: Mention, chain: Chain, rank: int, most: int) -> tuple[float, ...]:
    last = chain.mentions[-1]
    apart = anaphor.sentence - last.sentence
    recent = sum(1 for each in chain.mentions[-6:] if anaphor.sentence - each.sentence <= 3)
    quoted, quoting = last.quotation > 0, anaphor.quotation > 0
    same_quotation = quoted and last.quotation == anaphor.quotation
    best = next(each for each in chain.mentions[-4:] if each.sentence == last.sentence)
    return (
        1, math.log1p(apart), apart == 0, apart == 1, anaphor.block == last.block,
        math.log1p(anaphor.block - last.block), math.log1p(anaphor.first - last.last), rank == 0, rank == 1,
        last.form == NAME, last.form == NOMINAL, last.form == PRONOUN,
        last.form == PRONOUN and last.head == anaphor.head, chain.gender is not None, last.definite,
        last.indefinite,
        last.use == "subject" or best.use == "subject", last.use == "object", last.use == "possessive",
        last.use == "prepositional", last.source or best.source, anaphor.source,
        (last.source or best.source) and anaphor.source, anaphor.use == "possessive", anaphor.use == "object",
        anaphor.use == "object" and last.use == "subject" and apart == 0, math.log1p(len(chain.mentions)),
        recent, chain.name is not None, len(chain.mentions) == most, quoted and not quoting,
        quoting and not quoted, same_quotation, quoted and quoting and not same_quotation,
        best.opens_sentence,
        best.opens_block, chain.sort == BODY, chain.sort == PLACE, chain.sort == PEOPLE,
        anaphor.head == "they",
        anaphor.head == "it",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranker:
    """A small network over the features of a pair: the chain of the highest score, if it is sure enough.

    ``layers`` are (weights, offsets); between them stands max(0, x). ``thresholds`` give the least
    probability for each class of pronoun.
    """

    mean: Matrix
    scale: Matrix
    layers: tuple[tuple[Matrix, Matrix], ...]
    thresholds: dict[str, float]

    def probabilities(self, features: Matrix) -> Matrix:
        """Probability for each row that the pair is of one chain."""
        values = (features - self.mean) / self.scale
        for n, (weights, offsets) in enumerate(self.layers):
            values = values @ weights + offsets
            if n + 1 < len(self.layers):
                values = np.maximum(values, 0)
        found: Matrix = 1 / (1 + np.exp(-np.minimum(np.maximum(values[:, 0], -30), 30)))
        return found

    def best(self, anaphor: Mention, features: Matrix) -> int | None:
        """The row of the chain that the pronoun takes up; ``None`` where none is sure enough."""
        if not len(features):
            return None
        found = self.probabilities(features)
        at = int(found.argmax())
        threshold = self.thresholds.get(anaphor.head, 0.5)
        if anaphor.source and anaphor.head == "it":
            threshold *= SPEAKING_IT
        return at if found[at] >= threshold else None


@functools.cache
def load_ranker(path: Path = WEIGHTS) -> Ranker:
    """The weights that ``pipeline.train.antecedents`` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["features"] != list(FEATURES):
        raise ValueError(f"{path}: made for other features; run python -m pipeline.train.antecedents")
    layers = tuple((np.array(each["weights"]), np.array(each["offsets"])) for each in data["layers"])
    return Ranker(np.array(data["mean"]), np.array(data["scale"]), layers, data["thresholds"])
