"""Measuring without lists of names: what is found because the model generalises."""

from __future__ import annotations

import multiprocessing as mp
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from pipeline import config

Result = TypeVar("Result")

GAZETTEERS = ("aliases", "demonyms", "given_names", "materiel", "outlets", "places")
"""Lists of ``configs/lexicon`` that hold names: of states, bodies, peoples, persons, arms and publishers."""


def without_gazetteers(work: Callable[..., Result], *values: Any) -> Result:
    """What ``work(*values)`` gives in a process of its own, where the lists of names hold nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "configs"
        shutil.copytree(config.CONFIGS, folder)
        for name in GAZETTEERS:
            (folder / "lexicon" / f"{name}.tsv").write_text("", encoding="utf-8")
        (folder / "names.csv").write_text("alias,name,wikidata\n", encoding="utf-8")
        with ProcessPoolExecutor(1, mp.get_context("spawn")) as pool:
            return pool.submit(_work, folder, work, values).result()


def _work(folder: Path, work: Callable[..., Result], values: tuple[Any, ...]) -> Result:
    config.CONFIGS = folder
    return work(*values)
