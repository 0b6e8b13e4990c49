"""Runs: the stages wired together for one article, for a corpus, for a share of it.

``stages`` is the seam to the stages, ``tasks`` what one process does at a time, ``workers`` and ``cluster``
run tasks, ``inputs`` and ``corpus`` find what is new, ``extract`` is a whole run, ``commit`` makes the
tables.
"""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.read import find_inputs
from pipeline.run import settings
from pipeline.run.cluster import RayPool
from pipeline.run.commit import MakeWide
from pipeline.run.corpus import Repeated
from pipeline.run.extract import Counts, Job
from pipeline.run.extract import run as run_job
from pipeline.run.real import is_repeated, make_stages, make_wide
from pipeline.run.shards import Share, remember_inputs, remembered_inputs
from pipeline.run.stages import Extracted, MakeStages, Stages, extract_all
from pipeline.run.workers import Executor, Limits, Pool, Serial, default_jobs
from pipeline.schema import RawArticle, Reject
from pipeline.tables import FolderError, count, read
from pipeline.tables.lock import locked
from pipeline.tables.store import recover

__all__ = ["Extracted", "Recipe", "Summary", "extract", "merge", "process"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run does to articles: the real stages, unless a test says otherwise."""

    make_stages: MakeStages = make_stages
    is_repeated: Repeated = is_repeated
    make_wide: MakeWide = make_wide


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did and what the tables hold now."""

    n_new: int
    n_changed: int
    n_removed: int
    n_unchanged: int
    n_extracted: int
    """Articles that went through the stages in this run."""
    n_words: int
    """Words of their bodies."""
    n_documents: int
    n_claims: int
    n_entities: int
    n_names: int
    rejects: dict[str, int]
    """Rows of ``rejects`` by reason."""
    why_anew: str | None
    """Why everything was made anew, where it was though there were tables."""
    seconds: float
    stage_s: dict[str, float]
    """Seconds spent in each stage, over all processes."""


def extract(
    inputs: Sequence[Path],
    outputs: Path,
    *,
    config: Config,
    jobs: int | None = None,
    limit: int | None = None,
    force: bool = False,
    engine: str = "local",
    shard: tuple[int, int] | None = None,
    progress: bool = False,
    recipe: Recipe | None = None,
) -> Summary:
    """Bring the tables in ``outputs`` up to date with the inputs: what is new, changed or gone, no more.

    Args:
        inputs: files and folders.
        outputs: the folder of the tables; made if it is not there.
        config: settings.
        jobs: processes; by default as many as there are cores.
        limit: read no more than so many articles, the first ones.
        force: do everything anew.
        engine: ``local`` or ``ray``.
        shard: ``(i, n)``: only the i-th of n shares of the inputs, counted from 1; the share's tables lie
            below ``outputs`` until ``merge`` puts all of them together.
        progress: show a bar on standard error.
        recipe: other stages, for tests.

    Raises:
        InputError: an input is not there.
        BusyError: another run is at work in ``outputs``.
        FolderError: ``outputs`` cannot be written to, or its disk is full; the tables are as before.
    """
    start = time.perf_counter()
    recipe = recipe or Recipe()
    sources = find_inputs(inputs)
    share = None if shard is None else Share(*shard)
    outputs = outputs if share is None else share.folder(outputs)
    with locked(outputs):
        recover(outputs)
        if share is not None:
            remember_inputs(outputs, inputs)
        job = Job(
            sources=sources,
            outputs=outputs,
            settings=settings.current(config),
            is_repeated=recipe.is_repeated,
            make_wide=recipe.make_wide,
            part_chars=config.run.part_chars,
            limit=limit,
            force=force,
            progress=progress,
            share=share,
        )
        counts = run_job(job, functools.partial(_executor, recipe, config, jobs, engine))
        return _summary(outputs, counts, time.perf_counter() - start)


def merge(outputs: Path, *, config: Config, inputs: Sequence[Path] = (), **options: Any) -> Summary:
    """Put the shares in ``outputs`` together: a run over all inputs that finds their work done.

    Args:
        outputs: the folder that the shares were given.
        config: the settings the shares were made with.
        inputs: files and folders; by default what the shares were given.
        options: as for ``extract``.

    Raises:
        FolderError: there are no shares in ``outputs``.
    """
    inputs = list(inputs) or remembered_inputs(outputs)
    if not inputs:
        raise FolderError(f"{outputs}: holds no shares; make them with `newsclaims extract --shard I/N`")
    return extract(inputs, outputs, config=config, **options)


def _executor(recipe: Recipe, config: Config, jobs: int | None, engine: str) -> Executor:
    limits = Limits(config.run.article_s, config.run.slowest_chars_per_s)
    if engine == "ray":
        return RayPool(recipe.make_stages, config, limits, jobs=jobs)
    jobs = jobs or default_jobs()
    if jobs == 1:
        return Serial(recipe.make_stages, config, limits)
    return Pool(recipe.make_stages, config, limits, jobs=jobs)


def _summary(outputs: Path, counts: Counts, seconds: float) -> Summary:
    return Summary(
        n_new=counts.n_new,
        n_changed=counts.n_changed,
        n_removed=counts.n_removed,
        n_unchanged=counts.n_same,
        n_extracted=counts.n_extracted,
        n_words=counts.n_words,
        n_documents=count(outputs, "documents"),
        n_claims=count(outputs, "claims"),
        n_entities=count(outputs, "entities"),
        n_names=count(outputs, "names"),
        rejects=dict(Counter(read(outputs, "rejects", ["reason"])["reason"].to_pylist())),
        why_anew=counts.why_anew,
        seconds=seconds,
        stage_s=dict(counts.stage_s),
    )


def process(raw: RawArticle, *, config: Config, stages: Stages | None = None) -> Extracted | Reject:
    """Everything found in one article, as a run over it alone would find it."""
    stages = stages or _stages(config)
    article = stages.clean(raw, frozenset())
    if isinstance(article, Reject):
        return article
    (found,) = extract_all(stages, [article])
    return found


@functools.lru_cache(maxsize=1)
def _stages(config: Config) -> Stages:
    return make_stages(config)
