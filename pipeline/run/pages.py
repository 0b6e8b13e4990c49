"""Cleaning as training and evaluation need it: features of a text's units, and articles by another scorer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.alignment import line_labels
from pipeline.clean.article import clean, clean_all
from pipeline.clean.features import look_up, unit_features
from pipeline.clean.furniture import load_furniture
from pipeline.clean.html_page import Extract, extract_page
from pipeline.clean.lines import join_lines, split_lines
from pipeline.clean.scorer import load_trees
from pipeline.config import Config
from pipeline.read import find_inputs, read_articles
from pipeline.schema import Article, RawArticle, Reject

__all__ = [
    "FORESTS",
    "Extract",
    "UnitMatrix",
    "clean",
    "clean_all",
    "clean_file",
    "clean_held_out",
    "line_labels",
    "stated_in",
    "unit_matrix",
]

FORESTS = Path(__file__).resolve().parent.parent / "evaluate" / "line_folds.npz"
"""One forest a fold, each trained without the sites of its fold; arrays are named ``{fold}_...``."""


@dataclass(frozen=True, slots=True)
class UnitMatrix:
    """A text's units: features by name, and the ranges of ``text.split("\\n")`` that each unit covers."""

    names: list[str]
    features: NDArray[np.floating[Any]]
    lines: list[range]


def unit_matrix(text: str) -> UnitMatrix:
    """The features that the line scorer sees of ``text``."""
    page = split_lines(text)
    furniture = load_furniture()
    units = join_lines(page)
    names, features = unit_features([page], [units], look_up(units, furniture), furniture)
    numbers = [number for number, line in enumerate(text.split("\n")) if line.strip()]
    return UnitMatrix(names, features, [range(numbers[u.first], numbers[u.last - 1] + 1) for u in units])


def clean_held_out(raw: RawArticle, config: Config, *, fold: int) -> Article:
    """The article, by the forest that never saw the sites of ``fold``.

    Raises:
        FileNotFoundError: the forests have not been trained.
    """
    if not FORESTS.exists():
        raise FileNotFoundError(f"{FORESTS}: not there; `python -m pipeline.train.lines` trains it")
    return clean(raw, config=config, trees=load_trees(FORESTS, f"{fold}_"))


def clean_file(path: Path, config: Config, *, fold: int) -> list[Article]:
    """The articles of an input file, by the forest that never saw the sites of ``fold``."""
    return [clean_held_out(raw, config, fold=fold) for raw in _read(path, config)]


def stated_in(path: Path, config: Config) -> Extract | None:
    """What the source of the first page in an input file states; ``None`` where it has no article."""
    raw = next(_read(path, config), None)
    return extract_page(raw.html, raw.url) if raw is not None and raw.html is not None else None


def _read(path: Path, config: Config) -> Iterator[RawArticle]:
    for source in find_inputs([path]):
        if not isinstance(source, Reject):
            yield from (raw for raw in read_articles(source, config) if isinstance(raw, RawArticle))
