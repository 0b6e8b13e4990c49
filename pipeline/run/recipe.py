"""What a run does to articles, and the same done to one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.config import Config
from pipeline.run.commit import MakeWide
from pipeline.run.lines import Repeated
from pipeline.run.real import check_names, is_repeated, make_stages, make_wide
from pipeline.run.stages import Extracted, MakeStages, Stages, extract_all
from pipeline.schema import RawArticle, Reject


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run does to articles: the real stages, unless a test says otherwise."""

    make_stages: MakeStages = make_stages
    is_repeated: Repeated = is_repeated
    make_wide: MakeWide = make_wide
    check: Callable[[], None] = check_names
    """Raises a ``ConfigError`` where the run could not end well, before it begins."""


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
