"""Articles to spaCy Docs with entities, parts of speech and attribution spans; alone runs the model."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import compile_infix_regex

from pipeline.config import ModelConfig
from pipeline.model import components
from pipeline.schema import Article, Reading, read_article

BATCH = 64
"""Articles between two clearings of spaCy's string store."""


class Annotator:
    """The loaded model.

    Args:
        config: Where the model lies and how it decides.

    Raises:
        ModelError: there is no model in the folder, or one of another version.
    """

    def __init__(self, config: ModelConfig) -> None:
        self.nlp = load_pipeline(config)

    def pipe(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Reading, Doc]]:
        """Each article with its reading and the Doc over it, in order.

        A Doc is valid until the next one is asked for: words seen in a batch are then forgotten, so that
        memory does not grow with the corpus.
        """
        stream = iter(articles)
        while batch := list(itertools.islice(stream, BATCH)):
            with self.nlp.memory_zone():
                for article in batch:
                    reading = read_article(article)
                    yield article, reading, self.nlp(self.nlp.make_doc(reading.text))


def load_pipeline(config: ModelConfig) -> Language:
    """The spaCy pipeline with the thresholds of ``config``."""
    nlp = spacy.load(
        config.path or components.SHIPPED,
        config={
            "components": {
                "newsclaims_encoder": {"threads": config.threads, "batch_pieces": config.batch_pieces},
                "newsclaims_attribution": {
                    "anchor": config.anchor_log_odds,
                    "outside": config.outside_log_odds,
                    "reread": config.reread_log_odds,
                    "nested": config.nested_log_odds,
                    "min_confidence": config.min_confidence,
                    "find_nested": config.nested,
                    "batch_pieces": config.batch_pieces,
                },
            }
        },
    )
    nlp.max_length = 1 << 40  # the reader bounds what comes in; no component here grows faster than it
    return nlp


def write_pipeline(model_folder: Path, folder: Path) -> None:
    """Wraps the files of an exported model (``train.export``) as a spaCy pipeline in ``folder``."""
    nlp = spacy.blank("en")
    nlp.meta.update(
        name="newsclaims", description="Entities and attribution for news", license="CC BY-SA 4.0"
    )
    infix = r"(?<=[^\s])[-–—/](?=[^\s])"  # "US-led": the name ends at the hyphen
    infixes = [*(nlp.Defaults.infixes or ()), infix]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer  # type: ignore[union-attr]
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "…", "\n"]})
    nlp.add_pipe("newsclaims_encoder").from_disk(model_folder)  # type: ignore[attr-defined]
    nlp.add_pipe("newsclaims_entities")
    nlp.add_pipe("newsclaims_attribution")
    nlp.to_disk(folder)
