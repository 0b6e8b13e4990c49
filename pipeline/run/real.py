"""The stages of this package, as the runner takes them.

Each is imported where it is used: the first process of a pool uses none, and starts the others the earlier.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import remote
from pipeline.config import Config
from pipeline.run.commit import Scan, Wide
from pipeline.run.lines import Bools, Ints
from pipeline.run.stages import Annotated, Stages
from pipeline.schema import Article, Claim, Entity, RawArticle, Reading, Reject

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.annotate import Annotator
    from pipeline.clean.site_lines import SiteLines
    from pipeline.read import Input


def make_stages(config: Config) -> Stages:
    """The package's own stages; the model is loaded when the first article is annotated."""
    annotate = _Annotate(config)
    return Stages(
        read=functools.partial(read, config),
        line_keys=line_keys,
        clean=functools.partial(_clean, config),
        clean_all=functools.partial(_clean_all, config),
        annotate=annotate,
        entities=functools.partial(_entities, least=config.model.min_entity_confidence),
        claims=functools.partial(_claims, least=config.model.min_confidence),
        resolve=_resolve,
        sketch=_sketch,
        prepare=annotate.prepare,
    )


def read(config: Config, source: Input) -> Iterator[RawArticle | Reject]:
    """The articles of an input, wherever it lies."""
    from pipeline.clean.site_lines import with_site
    from pipeline.read import read_articles

    try:
        with remote.on_disk(source.path) as path:
            for found in read_articles(dataclasses.replace(source, path=path), config):
                yield with_site(found) if isinstance(found, RawArticle) else found
    except OSError as error:
        yield Reject(source.shown, source.doc_id, "unreadable", error.strerror or str(error))


def line_keys(raw: RawArticle) -> Sequence[int]:
    """Fingerprints of the lines that may recur on other pages of the article's site."""
    from pipeline.clean.site_lines import learn

    if raw.site_key is None:
        return ()
    return tuple(learn(raw).counts[raw.site_key])


def is_repeated(n_pages_with: Ints, n_pages: Ints) -> Bools:
    """The rule of ``clean.site_lines``, over columns."""
    return n_pages_with >= np.where(n_pages < 10, 2, np.maximum(3, n_pages // 10))


def _clean(config: Config, raw: RawArticle, repeated: frozenset[int]) -> Article | Reject:
    from pipeline import clean

    return clean.clean(raw, config=config, known=_known(raw, repeated))


def _clean_all(
    config: Config, raws: Sequence[RawArticle], repeated: Sequence[frozenset[int]]
) -> Sequence[Article | Reject]:
    from pipeline import clean

    known = [_known(raw, keys) for raw, keys in zip(raws, repeated, strict=True)]
    return clean.clean_all(raws, config=config, known=known)


def _known(raw: RawArticle, repeated: frozenset[int]) -> SiteLines | None:
    """What the site repeats: two pages that both have those lines say exactly that."""
    from pipeline.clean.site_lines import SiteLines

    if raw.site_key is None or not repeated:
        return None
    return SiteLines({raw.site_key: 2}, {raw.site_key: dict.fromkeys(repeated, 2)})


class _Annotate:
    """The model, loaded at the first use."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.annotator: Annotator | None = None

    def load(self) -> Annotator:
        """The model, read from disk the first time."""
        if self.annotator is None:
            from pipeline.annotate import Annotator

            self.annotator = Annotator(self.config.model)
        return self.annotator

    def prepare(self) -> None:
        """Read the model from disk."""
        self.load()

    def __call__(self, articles: Iterable[Article]) -> Generator[Annotated]:
        yield from self.load().pipe(articles)


def _entities(doc: Doc, reading: Reading, article: Article, *, least: float) -> list[Entity]:
    from pipeline.entities import find_entities

    return find_entities(doc, reading, article, least=least)


def _claims(doc: Doc, reading: Reading, article: Article, *, least: float) -> list[Claim]:
    from pipeline.claims import find_claims, load_lexicon

    return find_claims(doc, reading, article, load_lexicon(), least=least)


def _resolve(
    doc: Doc, reading: Reading, article: Article, entities: list[Entity], claims: list[Claim]
) -> list[Claim]:
    from pipeline.resolve import resolve

    return resolve(doc, reading, article, entities, claims)


def _sketch(body: str) -> bytes | None:
    from pipeline.corpus_wide.duplicates import sketch

    return sketch(body)


def make_wide(scan: Scan) -> Wide:
    """What the whole corpus tells, by ``corpus_wide``."""
    from pipeline import corpus_wide

    return corpus_wide.learn(scan)


def check_names() -> None:
    """Refuse the user's names before anything is read or written, not after hours of extraction.

    Raises:
        ConfigError: ``configs/names.csv`` cannot be used; with the lines.
    """
    from pipeline.corpus_wide.aliases import read_aliases

    read_aliases()
