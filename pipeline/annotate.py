"""Articles to spaCy Docs with entities, parts of speech and attribution spans; alone runs the model."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.symbols import ORTH
from spacy.tokens import Doc
from spacy.util import compile_infix_regex

from pipeline.config import ModelConfig, read_lexicon
from pipeline.model import components
from pipeline.model.versions import check_versions, requirements
from pipeline.schema import Article, Reading, read_article

BATCH = 64
"""Articles between two clearings of spaCy's string store."""

LEARNT_CHARS = 500_000
"""Code points whose words are kept for good: some 16,000, four of five words of later news. Cutting them anew
each time took 10 µs a word, 3.5 where all are known, 8.5 where four of five are."""

RUN_CHARS = 100
LONG_RUN = re.compile(r"\S{200,}")
"""Longer than any word; addresses of web pages may be cut."""


class Annotator:
    """The loaded model.

    Args:
        config: Where the model lies and how it decides.

    Raises:
        ModelError: there is no model in the folder, or one of another version.
    """

    def __init__(self, config: ModelConfig) -> None:
        self.nlp = load_pipeline(config)
        self.nlp.tokenizer.max_cache_size = LEARNT_CHARS  # type: ignore[union-attr]  # what bounds it
        self.n_learnt = 0

    def pipe(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Reading, Doc]]:
        """Each article with its reading and the Doc over it, in order.

        A Doc is valid until the next one is asked for: words seen in a batch are then forgotten, so that
        memory does not grow with the corpus.
        """
        stream = iter(articles)
        while batch := list(itertools.islice(stream, BATCH)):
            readings = [read_article(article) for article in batch]
            self._learn(readings)
            with self.nlp.memory_zone():
                for article, reading in zip(batch, readings, strict=True):
                    yield article, reading, self.nlp(make_doc(self.nlp, reading.text))

    def _learn(self, readings: Iterable[Reading]) -> None:
        """Cut the first texts once more outside any memory zone: inside one, spaCy keeps no word."""
        for reading in readings:
            if self.n_learnt < LEARNT_CHARS:
                make_doc(self.nlp, reading.text[: LEARNT_CHARS - self.n_learnt])
                self.n_learnt += len(reading.text)


def make_doc(nlp: Language, text: str) -> Doc:
    """The tokens of a text, in linear time even where it runs on without spaces.

    spaCy peels punctuation off a run of characters one by one, copying the rest each time: 0.12 s for 1,000
    quotation marks, 0.49 s for 2,000. Runs longer than any word are cut first.
    """
    if not LONG_RUN.search(text):
        return nlp.make_doc(text)
    cuts = [0]
    for run in LONG_RUN.finditer(text):
        cuts.extend(range(run.start(), run.end(), RUN_CHARS))
    bounds = itertools.pairwise([*cuts, len(text)])
    parts = [nlp.make_doc(text[begin:end]) for begin, end in bounds if begin < end]
    return Doc.from_docs(parts, ensure_whitespace=False) or nlp.make_doc("")


def load_pipeline(config: ModelConfig) -> Language:
    """The spaCy pipeline with the thresholds of ``config``.

    Raises:
        ModelError: there is none, or it was made for other versions of what is installed.
    """
    folder = config.path or components.SHIPPED
    check_versions(folder)
    nlp = spacy.load(
        folder,
        config={
            "components": {
                "newsclaims_encoder": {"threads": config.threads},
                "newsclaims_attribution": {
                    "anchor": config.anchor_log_odds,
                    "outside": config.outside_log_odds,
                    "nested": config.nested_log_odds,
                    "min_confidence": config.min_confidence,
                    "find_nested": config.nested,
                },
            }
        },
    )
    for title in _abbreviated_titles():
        nlp.tokenizer.add_special_case(title, [{ORTH: title}])  # type: ignore[union-attr]
    nlp.max_length = 1 << 40  # the reader bounds what comes in; no component here grows faster than it
    return nlp


def _abbreviated_titles() -> list[str]:
    """Titles that end in a full stop; of "Cmdr." and some others spaCy makes two words."""
    rows = read_lexicon("titles")
    return [word for row in rows for word in row[1].split() if word.endswith(".") and "_" not in word]


def write_pipeline(model_folder: Path, folder: Path) -> None:
    """Wraps the files of an exported model (``train.export``) as a spaCy pipeline in ``folder``."""
    nlp = spacy.blank("en")
    needed = requirements()
    nlp.meta.update(
        name="newsclaims",
        description="Entities and attribution for news",
        license="CC BY-SA 4.0",
        requirements=needed,
        spacy_version=next(each.removeprefix("spacy") for each in needed if each.startswith("spacy")),
    )
    infix = r"(?<=[^\s])[-–—/](?=[^\s])"  # "US-led": the name ends at the hyphen
    infixes = [*(nlp.Defaults.infixes or ()), infix]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer  # type: ignore[union-attr]
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "…", "\n"]})
    nlp.add_pipe("newsclaims_encoder").from_disk(model_folder)  # type: ignore[attr-defined]
    nlp.add_pipe("newsclaims_entities")
    nlp.add_pipe("newsclaims_attribution")
    nlp.to_disk(folder)
