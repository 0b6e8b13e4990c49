"""How fast the model is here, and how long it takes to load; `benchmark` compares with a reference."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pipeline.annotate import load_pipeline
from pipeline.config import Config
from pipeline.evaluate.measured import Measured
from pipeline.run import process
from pipeline.schema import RawArticle

N_WORDS = 20_000
"""Enough for a steady figure, seconds of work."""


def time_texts(texts: Sequence[str], config: Config) -> tuple[Measured, ...]:
    """Words a second on one core of the model alone and of all stages, and seconds of loading.

    Seconds are those of computing, which tell more than the clock's on a busy machine. Importing is not
    counted.
    """
    start = time.process_time()
    nlp = load_pipeline(config.model)
    load_s = time.process_time() - start
    chosen, n_words = _first_words(texts)
    nlp(chosen[0])
    start = time.process_time()
    for _ in nlp.pipe(chosen):
        pass
    model_s = time.process_time() - start
    raws = [
        RawArticle(doc_id=f"speed-{i}", path=f"speed-{i}", sha256="", format="txt", text=text)
        for i, text in enumerate(chosen)
    ]
    process(raws[0], config=config)
    start = time.process_time()
    for raw in raws:
        process(raw, config=config)
    all_s = time.process_time() - start
    return (
        Measured("model: encoder, heads, decoding", n_words / model_s, model_s, n_gold=n_words),
        Measured("all stages", n_words / all_s, all_s, n_gold=n_words),
        Measured("loading the model", None, load_s),
    )


def _first_words(texts: Sequence[str]) -> tuple[list[str], int]:
    chosen, n_words = list[str](), 0
    for text in texts:
        if n_words < N_WORDS:
            chosen.append(text)
            n_words += len(text.split())
    return chosen, n_words
