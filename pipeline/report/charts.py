"""The charts of the overview, as SVG files for light and dark pages."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.report.pages import visible

LABEL_CHARS = 26
BAR_HEIGHT_IN = 0.28
WIDTH_IN = 4.4
"""Inches of 72 SVG points: drawn at this width a chart's text is as large as the page's small print."""

SERIES = {
    "light": ("#0b5c8a", "#d9822b", "#4f7942", "#8a4f7d", "#9a9a9a"),
    "dark": ("#6cb6e4", "#f0a85c", "#8fbf7f", "#cf9ac2", "#8b8f97"),
}
"""Colours of series in order, each at least 3:1 against the page and told apart by hatching as well."""

HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx")
INK = {"light": "#3b3f45", "dark": "#c9ced6"}
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
LINES = {"light": "#d8d5cd", "dark": "#3a4049"}


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each category, drawn in one colour."""

    name: str
    values: Sequence[float]


def bars(labels: Sequence[str], series: Sequence[Series], theme: str, *, percent: bool = False) -> str:
    """Horizontal bars, first category on top, several series stacked; the SVG's text."""
    height = BAR_HEIGHT_IN * max(len(labels), 1) + (0.75 if len(series) > 1 else 0.4)
    with _style(theme):
        figure = Figure(figsize=(WIDTH_IN, height), layout="constrained")
        axes = figure.add_subplot()
        places = list(range(len(labels)))
        left = [0.0] * len(labels)
        for number, each in enumerate(series):
            axes.barh(places, each.values, left=left, height=0.68, label=each.name, **_look(number, theme))
            left = [a + b for a, b in zip(left, each.values, strict=True)]
        for place, total in zip(places, left, strict=True):
            words = f" {total:.0%}" if percent else f" {total:,.0f}".replace(",", "\u202f")
            axes.text(total, place, words, va="center", fontsize=9)
        axes.set_yticks(places, [shorten(label) for label in labels])
        axes.invert_yaxis()
        axes.set_xlim(0, max([*left, 0.0]) * 1.14 or 1)
        axes.xaxis.set_visible(False)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        _legend(figure, axes, series)
        return _svg(figure)


def columns(labels: Sequence[str], series: Sequence[Series], theme: str) -> str:
    """Columns along time, several series stacked; the SVG's text."""
    with _style(theme):
        figure = Figure(figsize=(WIDTH_IN, 3.1), layout="constrained")
        axes = figure.add_subplot()
        places = list(range(len(labels)))
        bottom = [0.0] * len(labels)
        for number, each in enumerate(series):
            axes.bar(places, each.values, bottom=bottom, width=0.8, label=each.name, **_look(number, theme))
            bottom = [a + b for a, b in zip(bottom, each.values, strict=True)]
        step = max(1, -(-len(labels) // 5))
        axes.set_xticks(places[::step], labels[::step])
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.grid(axis="y", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.set_xlim(-0.6, max(len(labels), 6) - 0.4)
        _legend(figure, axes, series)
        return _svg(figure)


def shorten(label: str) -> str:
    """A label as a chart has room for it; the table behind the chart has it whole."""
    plain = " ".join(visible(label).split())
    return plain if len(plain) <= LABEL_CHARS else plain[: LABEL_CHARS - 1].rstrip() + "…"


def _style(theme: str) -> AbstractContextManager[None]:
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "newsclaims",
        "text.parse_math": False,
        "font.family": ["DejaVu Sans"],
        "font.size": 10,
        "hatch.linewidth": 0.7,
        "text.color": INK[theme],
        "axes.labelcolor": INK[theme],
        "axes.edgecolor": LINES[theme],
        "grid.color": LINES[theme],
        "xtick.color": INK[theme],
        "ytick.color": INK[theme],
        "ytick.left": False,
        "xtick.bottom": False,
    }
    return rc_context(settings)


def _look(number: int, theme: str) -> dict[str, Any]:
    return {
        "color": SERIES[theme][number % len(HATCHES)],
        "hatch": HATCHES[number % len(HATCHES)],
        "edgecolor": {"light": "#fbfaf7", "dark": "#15181d"}[theme],
        "linewidth": 0,
    }


def _legend(figure: Figure, axes: Axes, series: Sequence[Series]) -> None:
    if len(series) > 1:
        handles, names = axes.get_legend_handles_labels()
        figure.legend(
            handles,
            [shorten(name) for name in names],
            loc="outside lower left",
            ncols=2 if len(series) > 2 else len(series),
            frameon=False,
            fontsize=9,
        )


def _svg(figure: Figure) -> str:
    target = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's fonts draw the text
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return target.getvalue().replace("'DejaVu Sans'", FONTS)
