"""Pages with a score for each of their units: how much it looks like the article's prose."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.extent import Scores, keep_units
from pipeline.clean.features import Seen, look_up, unit_features
from pipeline.clean.furniture import Furniture, load_furniture
from pipeline.clean.lines import Page, Unit, join_lines
from pipeline.clean.scorer import Trees, load_trees
from pipeline.clean.site_lines import SiteLines, recurring, without_copies
from pipeline.config import CleanConfig

_FAR_UNITS = 10
"""Units to the nearest sentence of eight words beyond which the scorer gave .02 at most on body-dev."""
_FAR_ODDS = -6.0


@dataclass(frozen=True, slots=True)
class Scored:
    """A page with its units, what was looked up of them, and their probability of being prose.

    ``words`` is ``n_words`` as plain numbers.
    """

    page: Page
    units: list[Unit]
    seen: Seen
    n_words: NDArray[np.floating[Any]]
    words: list[int]
    odds: NDArray[np.floating[Any]]
    probability: NDArray[np.floating[Any]]
    repeats: NDArray[np.floating[Any]]
    recurs: NDArray[np.bool_]

    def keep(
        self, furniture: Furniture, settings: CleanConfig, *, before_line: int | None = None
    ) -> NDArray[np.bool_]:
        """Which units are the article's prose, none at or below line ``before_line``."""
        scores = Scores(self.units, self.seen, self.probability, self.n_words, self.repeats, self.recurs)
        if before_line is None:
            return keep_units(scores, furniture, settings)
        n = sum(unit.first < before_line for unit in self.units)
        keep = np.zeros(len(self.units), bool)
        keep[:n] = keep_units(scores.upto(n), furniture, settings)
        return keep

    def with_known(self, known: SiteLines, site: str | None, settings: CleanConfig) -> Scored:
        """The scores, less where all lines of a unit recur on the site."""
        lines = recurring(self.page.lines, known, site)
        recurs = np.array([all(lines[unit.first : unit.last]) for unit in self.units])
        recurs = without_copies(recurs, self.odds, self.n_words)
        odds = self.odds - np.where(recurs, settings.recurring_log_odds, 0.0)
        return replace(self, odds=odds, probability=1 / (1 + np.exp(-odds)), recurs=recurs)


def score_pages(pages: Sequence[Page], *, trees: Trees | None = None) -> list[Scored]:
    """The units of each page with their scores; no page may be without lines."""
    if not pages:
        return []
    furniture = load_furniture()
    units = [join_lines(page) for page in pages]
    seen = look_up([unit for each in units for unit in each], furniture)
    names, features = unit_features(pages, units, seen, furniture)
    odds = _log_odds(trees or load_trees(), names, features, [len(each) for each in units])
    probability = 1 / (1 + np.exp(-odds))
    n_words, repeats = (features[:, names.index(name)] for name in ("n_words", "repeats"))
    words, recurs = n_words.astype(int).tolist(), np.zeros(len(odds), bool)
    ends = itertools.accumulate(map(len, units))
    scored = []
    for page, inner, end in zip(pages, units, ends, strict=True):
        at = slice(end - len(inner), end)
        arrays = (odds[at], probability[at], repeats[at], recurs[at])
        scored.append(Scored(page, inner, seen.part(at), n_words[at], words[at], *arrays))
    return scored


def score_page(page: Page) -> Scored:
    """The page's units with their scores."""
    (scored,) = score_pages([page])
    return scored


def _log_odds(
    trees: Trees, names: list[str], features: NDArray[np.floating[Any]], sizes: Sequence[int]
) -> NDArray[np.float64]:
    """The scorer's log-odds; units far from anything that looks like prose are menus without asking it.

    An article of which every unit is far is scored whole.
    """
    away = np.minimum(features[:, names.index("since_prose")], features[:, names.index("until_prose")])
    near = away <= _FAR_UNITS
    starts = np.cumsum([0, *sizes[:-1]])
    near |= ~np.repeat(np.logical_or.reduceat(near, starts), sizes)
    if near.all():
        return trees.log_odds(names, features).astype(np.float64)
    odds = np.full(len(features), _FAR_ODDS)
    odds[near] = trees.log_odds(names, features.T[:, near].T)
    return odds
