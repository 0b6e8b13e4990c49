"""The stages as the runner sees them: one function each, so that tests can put others in their place."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.config import Config
from pipeline.read import Input
from pipeline.schema import Article, Claim, Entity, RawArticle, Reading, Reject

if TYPE_CHECKING:
    from spacy.tokens import Doc  # a rerun with nothing to do need not wait for spaCy to be imported

Annotated = tuple[Article, Reading, "Doc"]


CleanAll = Callable[[Sequence[RawArticle], Sequence[frozenset[int]]], Sequence[Article | Reject]]


@dataclass(frozen=True, slots=True)
class Stages:
    """What happens to an article, in order."""

    read: Callable[[Input], Iterable[RawArticle | Reject]]
    line_keys: Callable[[RawArticle], Sequence[int]]
    """Hashes of the lines from which the corpus learns what a site repeats; empty for no learning."""
    clean: Callable[[RawArticle, frozenset[int]], Article | Reject]
    """The second argument: those of the article's ``line_keys`` that its site repeats."""
    annotate: Callable[[Iterable[Article]], Generator[Annotated]]
    entities: Callable[[Doc, Reading, Article], list[Entity]]
    claims: Callable[[Doc, Reading, Article], list[Claim]]
    resolve: Callable[[Doc, Reading, Article, list[Entity], list[Claim]], list[Claim]]
    clean_all: CleanAll | None = None
    """The same for several articles at a time, where that is faster."""
    sketch: Callable[[str], bytes | None] = lambda _: None
    """What near-duplicates of a body are found by."""
    prepare: Callable[[], None] = lambda: None
    """Loads what annotating needs; an exception here is no article's fault and ends the run."""


MakeStages = Callable[[Config], Stages]
"""Builds the stages inside the process that uses them; a module-level function, so that it can be sent."""


class NotReadyError(Exception):
    """The stages cannot work at all; ``args[0]`` is why."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Everything found in one article."""

    article: Article
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    sketch: bytes | None = None


@dataclass(slots=True)
class Clock:
    """Seconds spent in each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, stage: str, function: Callable[..., Any], *values: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*values)
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


def internal(raw: RawArticle) -> Reject:
    """The reject for the exception being handled: our own fault, with where it happened."""
    lines = traceback.format_exc(limit=-3).strip().splitlines()
    return Reject(raw.path, raw.doc_id, "internal", " | ".join(line.strip() for line in lines))


def clean_all(
    stages: Stages, raws: Sequence[RawArticle], repeated: Sequence[frozenset[int]]
) -> Sequence[Article | Reject]:
    """Clean the articles together; where that fails, one by one, and one that fails then becomes a reject."""
    if stages.clean_all is not None:
        with contextlib.suppress(Exception):
            return stages.clean_all(raws, repeated)
    return [_clean(stages, raw, keys) for raw, keys in zip(raws, repeated, strict=True)]


def _clean(stages: Stages, raw: RawArticle, repeated: frozenset[int]) -> Article | Reject:
    try:
        return stages.clean(raw, repeated)
    except Exception:
        return internal(raw)


def extract_all(
    stages: Stages, articles: Sequence[Article], clock: Clock | None = None
) -> Iterator[Extracted]:
    """Annotate the articles together and find what is in each, in the order the annotator gives them.

    The annotator is closed before an exception leaves: it may hold a memory zone open.
    """
    clock = clock or Clock()
    with contextlib.closing(stages.annotate(articles)) as annotated:
        while (item := clock.timed("annotate", next, annotated, None)) is not None:
            article, reading, doc = item
            entities = clock.timed("entities", stages.entities, doc, reading, article)
            claims = clock.timed("claims", stages.claims, doc, reading, article)
            claims = clock.timed("resolve", stages.resolve, doc, reading, article, entities, claims)
            sketch = clock.timed("sketch", stages.sketch, article.document.body)
            document = dataclasses.replace(article.document, n_claims=len(claims))
            whole = dataclasses.replace(article, document=document)
            yield Extracted(whole, tuple(entities), tuple(claims), sketch)


def digest(value: Any) -> str:
    """128 bits over every field of a record, in hexadecimal."""
    values = json.dumps(dataclasses.astuple(value), default=str, ensure_ascii=False)
    return hashlib.blake2b(values.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def raw_digest(raw: RawArticle) -> str:
    """Over what an article is made from: all but where it was read, which changes nothing in it."""
    return digest(dataclasses.replace(raw, path="", sha256=""))


def keys_digest(keys: Iterable[int]) -> str:
    """Over a set of line keys."""
    values = ",".join(map(str, sorted(keys)))
    return hashlib.blake2b(values.encode(), digest_size=16).hexdigest() if values else ""
