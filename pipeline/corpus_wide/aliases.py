"""The user's own word on names: ``configs/names.csv`` with the columns ``alias``, ``name``, ``wikidata``."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import names
from pipeline.config import CONFIGS, ConfigError

NAMES_CSV = CONFIGS / "names.csv"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Folded alias → the name that it stands for, and folded name → its Wikidata id."""

    names: dict[str, str] = field(default_factory=dict)
    wikidata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    alias: str
    name: str
    wikidata: str


def read_aliases(path: Path | None = None) -> Aliases:
    """The aliases of a file, each with the name at the end of its chain; none where there is no file.

    Args:
        path: by default ``configs/names.csv``.

    Raises:
        ConfigError: a column is missing, an alias has two names, or aliases run in a circle; with the lines.
    """
    path = path or NAMES_CSV
    if not path.exists():
        return Aliases()
    rows = _read_rows(path)
    by_alias: dict[str, _Row] = {}
    for row in rows:
        known = by_alias.setdefault(names.fold(row.alias), row)
        if names.fold(known.name) != names.fold(row.name):
            raise ConfigError(
                f"{path}: lines {known.line} and {row.line}: {row.alias!r} is given two names, "
                f"{known.name!r} and {row.name!r}; keep one"
            )
    targets = {alias: _end_of_chain(path, by_alias, row) for alias, row in by_alias.items()}
    wikidata = {names.fold(targets[names.fold(row.alias)]): row.wikidata for row in rows if row.wikidata}
    return Aliases(targets, wikidata)


def _read_rows(path: Path) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"alias", "name"} <= set(reader.fieldnames or ()):
                raise ConfigError(f"{path}: line 1: the columns must be alias,name or alias,name,wikidata")
            return [_row(path, reader.line_num, fields) for fields in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error


def _row(path: Path, line: int, fields: dict[str, str | None]) -> _Row:
    alias, name = (fields["alias"] or "").strip(), (fields["name"] or "").strip()
    if not alias or not name:
        raise ConfigError(f"{path}: line {line}: alias and name must both be filled in")
    return _Row(line, alias, name, (fields.get("wikidata") or "").strip())


def _end_of_chain(path: Path, by_alias: dict[str, _Row], row: _Row) -> str:
    """The name that an alias stands for, through names that are aliases themselves."""
    lines = [row.line]
    while (following := by_alias.get(names.fold(row.name))) is not None:
        if names.fold(following.name) == names.fold(row.name):
            break  # a name given as its own alias
        if following.line in lines:
            circle = lines[lines.index(following.line) :]  # what only leads into it is no fault
            where = ", ".join(map(str, sorted(circle)))
            raise ConfigError(f"{path}: lines {where}: these aliases run in a circle; remove one of them")
        lines.append(following.line)
        row = following
    return row.name
