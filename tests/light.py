"""The package's own stages, rules in place of the model: milliseconds an article, for trials by thousands.

Whatever reads, cleans, describes and resolves is real; only what stands as cue, source and content comes from
the word "said", names from capitals. Nothing is found well, but everything is found somewhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterable

import numpy as np
from spacy.attrs import POS, SENT_START
from spacy.symbols import IDS
from spacy.tokens import Doc, Span

from pipeline.annotate import make_doc
from pipeline.config import Config
from pipeline.run.real import make_stages
from pipeline.run.recipe import Recipe
from pipeline.run.stages import Annotated, Stages
from pipeline.schema import Article, read_article
from tests.fakes import blank_nlp, prepare

SOURCE_TOKENS = 3
LABELS = ("PERSON", "ORG", "GPE")


def light_recipe() -> Recipe:
    return Recipe(make_stages=make_light)


def make_light(config: Config) -> Stages:
    return dataclasses.replace(make_stages(config), annotate=annotate, prepare=prepare)


def annotate(articles: Iterable[Article]) -> Generator[Annotated]:
    for article in articles:
        with blank_nlp().memory_zone():
            reading = read_article(article)
            doc = make_doc(blank_nlp(), reading.text)
            _tag(doc)
            doc.set_ents(_names(doc))
            _attribute(doc)
            yield article, reading, doc


def _tag(doc: Doc) -> None:
    """Sets all at once: a token that is told that it begins a sentence looks at all others first."""
    rows, starts = [], True
    for token in doc:
        pos = (
            "PUNCT" if token.is_punct else "SPACE" if token.is_space else "VERB" if token.lower_ == "said"
            else "PROPN" if token.is_title else "NUM" if token.like_num else "NOUN"
        )  # fmt: skip
        rows.append((1 if starts else -1, IDS[pos]))
        starts = token.text in (".", "!", "?") or "\n" in token.text
    doc.from_array([SENT_START, POS], np.array(rows, dtype=np.int64).reshape(-1, 2).view(np.uint64))


def _names(doc: Doc) -> list[Span]:
    return [
        Span(doc, token.i, token.i + 1, label="CARDINAL" if token.like_num else LABELS[token.i % 3])
        for token in doc
        if token.is_title or token.like_num
    ]


def _attribute(doc: Doc) -> None:
    """One claim for every sentence with "said": what follows it, by what stands before."""
    groups: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
    for number, sentence in enumerate(doc.sents if len(doc) else ()):
        cue = next((token.i for token in sentence if token.lower_ == "said"), None)
        if cue is None or cue + 1 >= sentence.end:
            continue
        key = f"c{number}"
        groups["cue"].append(Span(doc, cue, cue + 1, span_id=key))
        groups["content"].append(Span(doc, cue + 1, sentence.end, span_id=key))
        if cue > sentence.start:
            first = max(sentence.start, cue - SOURCE_TOKENS)
            groups["source"].append(Span(doc, first, cue, span_id=key))
    for name, spans in groups.items():
        doc.spans[name] = spans
    doc.spans["content"].attrs.update(
        {"confidence": {span.id_: 0.5 for span in groups["content"]}, "parent": {}}
    )
