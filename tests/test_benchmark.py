"""The benchmark: what it measures by itself, and what it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.benchmark import CLEANING, LOADING, Measure, Report, _clean, _load, make_articles, measured
from pipeline.config import load_config


def measure(name: str, wall_s: float, **stage_s: float) -> Measure:
    return Measure(name, 10, 4000, wall_s, wall_s / 2, 300.0, 400.0, stage_s)


def test_ratios_of_what_was_measured() -> None:
    names = {"one process": 2.0, "reference": 4.0, "first run, 10": 2.0, "rerun with nothing new, 10": 0.5}
    report = Report({name: measure(name, wall_s) for name, wall_s in names.items()})
    report.measures[LOADING] = measure(LOADING, 3.0, imports=1.0, model=0.5)
    assert report.ratios() == {
        "speed against the reference, by the clock": 2.0,
        "speed against the reference, by computing": 2.0,
        "seconds to load the model, imports apart": 0.5,
        "rerun with nothing new, 10: share of the first run": 0.25,
        "rerun with nothing new, 10: share of its computing": 0.25,
    }
    assert any(line.startswith("seconds to load the model") for line in report.lines())


def test_the_pace_of_cleaning_is_told_beside_that_of_simple_rules(tmp_path: Path) -> None:
    config = load_config()
    make_articles(Path(__file__).parents[1] / "corpus", tmp_path, 3, config)
    report = Report({CLEANING: Measure(CLEANING, 3, 900, 1.0, 1.0, 1.0, 1.0, _clean(tmp_path, config))})
    ratios = report.ratios()
    assert ratios["cleaning, MB of plain text a second of computing"] > 0
    assert ratios["simple rules, MB of plain text a second of computing"] > 0


@pytest.mark.model
def test_the_model_loads_within_a_second_of_computing() -> None:
    """Of a process that has nothing else loaded; .56 s measured beside other work."""
    found = measured(_load, LOADING, 0, 0, load_config())
    assert found.stage_s["imports"] > 0
    assert 0 < found.stage_s["model"] < 1.0
