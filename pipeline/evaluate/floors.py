"""Floors: figures that the project has reached and may not fall below. They only rise.

``configs/floors.toml`` holds, for each part of the gold data, its digest and the floors. A figure measured
on other gold data is not comparable and is not held against them; a figure that has a floor and was not
measured is a fault where its gold data was there.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import CONFIGS

FLOORS = CONFIGS / "floors.toml"

Measured = Mapping[str, tuple[str, float]]
"""Figures by ``part: name``: the digest of their gold data and the value."""


class FloorError(Exception):
    """A floor would be lowered."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A value not to fall below, for the gold data of this digest."""

    digest: str
    value: float


def read_floors(path: Path = FLOORS) -> dict[str, Floor]:
    """Floors by ``part: name``; none where there is no file."""
    if not path.exists():
        return {}
    parts = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        f"{title}: {name}": Floor(part["digest"], value)
        for title, part in parts.items()
        for name, value in part["floors"].items()
    }


def check(measured: Measured, floors: Mapping[str, Floor]) -> list[str]:
    """What is under its floor, a sentence each."""
    seen = {digest for digest, _ in measured.values()}
    faults = []
    for name, floor in floors.items():
        digest, value = measured.get(name, (floor.digest, math.nan))
        if digest != floor.digest:
            continue
        if math.isnan(value):
            if digest in seen:
                faults.append(f"{name}: not measured, and it has a floor of {floor.value:.3f}")
        elif value < floor.value:
            faults.append(f"{name}: {value:.4f} is under the floor of {floor.value:.3f}")
    return faults


def raise_to(measured: Measured, path: Path = FLOORS) -> None:
    """Writes the figures as floors, rounded down to three digits, where there are floors for their names.

    A floor is never lowered; one for other gold data is replaced. New names are added by hand.

    Raises:
        FloorError: a figure is under its floor.
    """
    floors = read_floors(path)
    if faults := check(measured, floors):
        raise FloorError("; ".join(faults))
    for name, floor in floors.items():
        if name in measured:
            digest, value = measured[name]
            reached = math.floor(value * 1000) / 1000
            floors[name] = Floor(digest, reached if digest != floor.digest else max(reached, floor.value))
    write_floors(floors, path)


def write_floors(floors: Mapping[str, Floor], path: Path = FLOORS) -> None:
    """Writes the file anew, parts and names in the order given."""
    lines = [
        "# Figures of `make evaluate` that may not fall; `newsclaims evaluate --raise-floors` raises them."
    ]
    title = ""
    for key, floor in floors.items():
        part, name = key.split(": ", 1)
        if part != title:
            title = part
            lines += [
                "",
                f"[{json.dumps(part)}]",
                f'digest = "{floor.digest}"',
                f"[{json.dumps(part)}.floors]",
            ]
        lines.append(f"{json.dumps(name)} = {floor.value:.3f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
