"""What was measured, as the lines of compact tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.evaluate.figures import Figure, Interval

SCORES = ("F1", "P", "R", "gold")


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a table: ``value`` is what a floor would hold, higher being better.

    What the numbers are is said by the columns of its part; ``None`` leaves a cell empty.
    """

    name: str
    value: float | None
    precision: float | None = None
    recall: float | None = None
    n_gold: int | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one kind of gold data, and the digest of that data."""

    title: str
    digest: str
    rows: tuple[Measured, ...]
    columns: tuple[str, str, str, str] = SCORES

    def lines(self) -> Iterator[str]:
        """The table, its title and columns first."""
        with_intervals = any(row.interval for row in self.rows)
        heads = " ".join(f"{name:>7}" for name in self.columns)
        yield f"{self.title:44} {heads}{'  95 %' if with_intervals else ''}"
        for row in self.rows:
            cells = [_cell(each) for each in (row.value, row.precision, row.recall)]
            cells.append(f"{row.n_gold:7}" if row.n_gold is not None else " " * 7)
            sure = f"  {row.interval[0]:.3f}–{row.interval[1]:.3f}" if row.interval else ""
            yield f"{row.name:44} {' '.join(cells)}{sure}".rstrip()


def _cell(value: float | None) -> str:
    if value is None:
        return " " * 7
    return f"{value:7.3f}" if abs(value) < 100 else f"{value:7.0f}"


def scored(name: str, figure: Figure, interval: Interval | None = None) -> Measured:
    """The line of a figure."""
    return Measured(name, figure.f1, figure.precision, figure.recall, figure.n_gold, interval)


def all_scored(found: Mapping[str, Figure]) -> tuple[Measured, ...]:
    """The lines of named figures."""
    return tuple(scored(name, figure) for name, figure in found.items())


def values_of(parts: Iterable[Part]) -> dict[str, tuple[str, float]]:
    """Digest and value of each line by ``part: name``, as floors are held against them."""
    return {
        f"{part.title}: {row.name}": (part.digest, row.value)
        for part in parts
        for row in part.rows
        if row.value is not None
    }
