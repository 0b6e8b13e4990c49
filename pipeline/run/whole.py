"""A run that may have something to do: lock, look, work, say what was done."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.run import glance, settings, shards
from pipeline.run.glance import Summary
from pipeline.run.listing import Listing
from pipeline.run.recipe import Recipe
from pipeline.run.update import Counts, Job
from pipeline.run.update import run as run_job
from pipeline.run.workers import Executor, Limits, Pool, Serial, default_jobs
from pipeline.tables import FolderError, count, read
from pipeline.tables.lock import locked
from pipeline.tables.place import owner_path
from pipeline.tables.state import files_of
from pipeline.tables.store import recover


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to do."""

    inputs: Sequence[Path]
    """As they were given."""
    listing: Listing
    """The files in them."""
    seen: str
    """Their digest (``glance.see``)."""
    limit: int | None
    force: bool
    shard: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class How:
    """By what processes, and how loudly."""

    jobs: int | None
    engine: str
    progress: bool


def extract(
    wanted: Wanted, outputs: Path, *, config: Config, how: How, recipe: Recipe | None, start: float
) -> Summary:
    """``run.extract``, once it is known that a glance does not do; ``start`` is when it began."""
    recipe = recipe or Recipe()
    recipe.check()
    was_cut_off = owner_path(outputs).exists()
    share = None if wanted.shard is None else shards.Share(*wanted.shard)
    with locked(outputs):
        recover(outputs)
        if share is not None:
            shards.remember_inputs(outputs, wanted.inputs)
        job = Job(
            listing=wanted.listing,
            outputs=outputs,
            settings=settings.current(config),
            is_repeated=recipe.is_repeated,
            make_wide=recipe.make_wide,
            part_chars=config.run.part_chars,
            limit=wanted.limit,
            force=wanted.force,
            progress=how.progress,
            share=share,
        )
        counts = run_job(job, functools.partial(_executor, recipe, config, how, was_cut_off))
        summary = _summary(outputs, counts, time.perf_counter() - start)
        if counts.is_settled and share is None and "unreadable" not in summary.rejects:
            glance.remember(outputs, wanted.seen, files_of(outputs), summary)
        return summary


def inputs_of_shares(outputs: Path) -> list[Path]:
    """What the shares in ``outputs`` are shares of.

    Raises:
        FolderError: there are none.
    """
    inputs = shards.remembered_inputs(outputs)
    if not inputs:
        raise FolderError(f"{outputs}: holds no shares; make them with `newsclaims extract --shard I/N`")
    return inputs


def _executor(recipe: Recipe, config: Config, how: How, was_cut_off: bool) -> Executor:
    """Work in this process only where the last run came to its end: an article may have ended it."""
    limits = Limits.of(config.run)
    if how.engine == "ray":
        from pipeline.run.cluster import RayPool

        return RayPool(recipe.make_stages, config, limits, jobs=how.jobs)
    jobs = how.jobs or default_jobs()
    if jobs == 1 and not was_cut_off:
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
