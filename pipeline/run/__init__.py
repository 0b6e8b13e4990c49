"""Runs: the stages wired together for one article, for a corpus, for a share of it.

``glance`` tells that there is nothing to do; ``whole`` is a run that has something to do. ``stages`` is the
seam to the stages, ``tasks`` what one process does at a time, ``workers`` and ``cluster`` run tasks,
``inputs``, ``lines`` and ``corpus`` find what is new, ``update`` does it, ``layout`` and ``commit`` make the
tables; what they know of millions of articles lies in the tables of ``ledger``, on disk. All but
``glance`` and ``settings`` is imported when it is needed: a rerun with nothing new does not wait for Arrow.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import Config
from pipeline.read import find_inputs
from pipeline.run import glance
from pipeline.run.glance import Summary
from pipeline.run.listing import Listing
from pipeline.tables.mirror import mirrored
from pipeline.tables.place import share_path

if TYPE_CHECKING:
    from pipeline.run.recipe import Recipe
    from pipeline.run.stages import Extracted, Stages
    from pipeline.schema import RawArticle, Reject

__all__ = ["Recipe", "Summary", "extract", "merge", "process"]


def __getattr__(name: str) -> Any:
    if name != "Recipe":
        raise AttributeError(name)
    from pipeline.run import recipe

    return recipe.Recipe


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
        inputs: files and folders, also behind an address (``pipeline.remote``).
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
        ConfigError: ``configs/names.csv`` cannot be used; nothing is written.
        InputError: an input is not there.
        BusyError: another run is at work in ``outputs``.
        FolderError: ``outputs`` cannot be written to, or its disk is full; the tables are as before.
    """
    start = time.perf_counter()
    listing = Listing.of(find_inputs(inputs))
    seen = glance.see(listing, config=config, limit=limit)
    with mirrored(outputs if shard is None else share_path(outputs, *shard)) as folder:
        if not force and shard is None and (told := glance.recall(folder, seen)):
            return told.after(time.perf_counter() - start)
        from pipeline.run import whole

        return whole.extract(
            whole.Wanted(inputs, listing, seen, limit, force, shard),
            folder,
            config=config,
            how=whole.How(jobs, engine, progress),
            recipe=recipe,
            start=start,
        )


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
    from pipeline.run import whole

    with mirrored(outputs) as folder:
        return extract(list(inputs) or whole.inputs_of_shares(folder), folder, config=config, **options)


def process(raw: RawArticle, *, config: Config, stages: Stages | None = None) -> Extracted | Reject:
    """Everything found in one article, as a run over it alone would find it."""
    from pipeline.run import recipe

    return recipe.process(raw, config=config, stages=stages)
