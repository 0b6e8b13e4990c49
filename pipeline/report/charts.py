"""The charts of the overview, as SVG files for light and dark pages."""

from __future__ import annotations

import io
import re
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

SERIES = ("#0b5c8a", "#d9822b", "#4f7942", "#8a4f7d", "#9a9a9b")
"""Colours of series in order, on light pages; hatching tells them apart as well."""

HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx")
INK, LINES, GAPS = "#3b3f45", "#d8d5cd", "#fbfaf7"
IN_THE_DARK = {
    "#0b5c8a": "#6cb6e4",
    "#d9822b": "#f0a85c",
    "#4f7942": "#8fbf7f",
    "#8a4f7d": "#cf9ac2",
    "#9a9a9b": "#8b8f97",
    INK: "#c9ced6",
    LINES: "#3a4049",
    GAPS: "#15181d",
}
"""What each colour becomes on dark pages, at least 3:1 against them as the others are against light ones."""

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_COLOUR = re.compile("|".join(IN_THE_DARK))


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each category, drawn in one colour."""

    name: str
    values: Sequence[float]


def bars(labels: Sequence[str], series: Sequence[Series], *, percent: bool = False) -> str:
    """Horizontal bars, first category on top, several series stacked; the SVG's text."""
    height = BAR_HEIGHT_IN * max(len(labels), 1) + (0.75 if len(series) > 1 else 0.4)
    with _style():
        figure = Figure(figsize=(WIDTH_IN, height), layout="constrained")
        axes = figure.add_subplot()
        places = list(range(len(labels)))
        left = [0.0] * len(labels)
        for number, each in enumerate(series):
            axes.barh(places, each.values, left=left, height=0.68, label=each.name, **_look(number))
            left = [a + b for a, b in zip(left, each.values, strict=True)]
        for place, total in zip(places, left, strict=True):
            words = f"{total:.0%}" if percent else f"{total:,.0f}".replace(",", "\u202f")
            axes.annotate(
                words, (total, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9
            )
        axes.set_yticks(places, [shorten(label) for label in labels])
        axes.invert_yaxis()
        axes.set_xlim(0, max([*left, 0.0]) * 1.14 or 1)
        axes.xaxis.set_visible(False)
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        _legend(figure, axes, series)
        return _svg(figure)


def columns(labels: Sequence[str], series: Sequence[Series]) -> str:
    """Columns along time, several series stacked; the SVG's text."""
    with _style():
        figure = Figure(figsize=(WIDTH_IN, 3.1), layout="constrained")
        axes = figure.add_subplot()
        places = list(range(len(labels)))
        bottom = [0.0] * len(labels)
        for number, each in enumerate(series):
            axes.bar(places, each.values, bottom=bottom, width=0.8, label=each.name, **_look(number))
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


def darken(svg: str) -> str:
    """The same chart for dark pages: drawing takes a fifth of a second, exchanging colours nothing."""
    return _COLOUR.sub(lambda match: IN_THE_DARK[match[0]], svg)


def shorten(label: str) -> str:
    """A label as a chart has room for it; the table behind the chart has it whole."""
    plain = " ".join(visible(label).split())
    return plain if len(plain) <= LABEL_CHARS else plain[: LABEL_CHARS - 1].rstrip() + "…"


def _style() -> AbstractContextManager[None]:
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "newsclaims",
        "text.parse_math": False,
        "font.family": ["DejaVu Sans"],
        "font.size": 10,
        "hatch.linewidth": 0.7,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": LINES,
        "grid.color": LINES,
        "xtick.color": INK,
        "ytick.color": INK,
        "ytick.left": False,
        "xtick.bottom": False,
    }
    return rc_context(settings)


def _look(number: int) -> dict[str, Any]:
    return {
        "color": SERIES[number % len(HATCHES)],
        "hatch": HATCHES[number % len(HATCHES)],
        "edgecolor": GAPS,
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
