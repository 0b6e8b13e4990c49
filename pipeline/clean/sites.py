"""Site rules: what a person knows of a site, as data. See ``configs/sites/README.md``."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.clean.kinds import Label
from pipeline.clean.lines import Unit
from pipeline.config import CONFIGS, ConfigError
from pipeline.schema import BODY_KINDS, SEGMENT_KINDS

FOLDER = CONFIGS / "sites"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


class LineRule(_Strict):
    """Lines that match are of this kind; kinds of the body are kept, others are not."""

    pattern: str
    kind: str

    _check = field_validator("pattern")(_compiled)

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in SEGMENT_KINDS:
            raise ValueError(f"no such kind; one of {' '.join(SEGMENT_KINDS)}")
        return kind


_KINDS = {"byline": "byline", "date": "dateline", "comment": "comment", "drop": "other"}
"""The kind that each list of patterns gives. The first that matches counts, `line` before these."""


class Example(_Strict):
    """A page of the site and the body that cleaning must make of it."""

    text: str
    body: str


class SiteRules(_Strict):
    """The rules of one site."""

    site: str = Field(min_length=1)
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    comment: tuple[str, ...] = ()
    line: tuple[LineRule, ...] = ()
    example: tuple[Example, ...] = ()

    @field_validator("start", "end", *_KINDS)
    @classmethod
    def _patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_compiled(pattern) for pattern in patterns)

    @property
    def rules(self) -> tuple[LineRule, ...]:
        """Every pattern that gives a line its kind, in the order in which they are tried."""
        lists = (
            LineRule(pattern=pattern, kind=kind)
            for key, kind in _KINDS.items()
            for pattern in getattr(self, key)
        )
        return (*self.line, *lists)

    def apply(self, units: Sequence[Unit], keep: NDArray[np.bool_]) -> dict[int, Label]:
        """Change ``keep`` as the rules say; the labels of lines that a rule names."""
        first = self._last_match(self.start, units, range(len(units)))
        if first is not None:
            keep[: first + 1] = False
        last = self._first_match(self.end, units, range(0 if first is None else first + 1, len(units)))
        if last is not None:
            keep[last:] = False
        labels: dict[int, Label] = {}
        for rule in self.rules:
            pattern = re.compile(rule.pattern)
            for i, unit in enumerate(units):
                if i not in labels and pattern.search(unit.text):
                    labels[i] = Label(rule.kind, f"rule of {self.site}: {rule.pattern}")
                    keep[i] = rule.kind in BODY_KINDS
        return labels

    @staticmethod
    def _first_match(patterns: Sequence[str], units: Sequence[Unit], places: range) -> int | None:
        found = (i for i in places if any(re.search(pattern, units[i].text) for pattern in patterns))
        return next(found, None)

    @staticmethod
    def _last_match(patterns: Sequence[str], units: Sequence[Unit], places: range) -> int | None:
        return SiteRules._first_match(patterns, units, places[::-1])


@functools.cache
def load_sites(folder: Path = FOLDER) -> dict[str, SiteRules]:
    """The rules of every site, by its key.

    Raises:
        ConfigError: a file is not TOML, has an unknown key, a bad pattern, or a site that another has.
    """
    sites: dict[str, SiteRules] = {}
    for path in sorted(folder.glob("*.toml")):
        rules = _read(path)
        if rules.site in sites:
            raise ConfigError(f"{path}: a second file for {rules.site}")
        sites[rules.site] = rules
    return sites


def _read(path: Path) -> SiteRules:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return SiteRules.model_validate(values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def rules_for(*names: str | None) -> SiteRules | None:
    """The rules of the first of ``names`` (site key, host, site name) that has any."""
    sites = load_sites()
    for name in names:
        if name is not None and name.lower().removeprefix("www.") in sites:
            return sites[name.lower().removeprefix("www.")]
    return None
