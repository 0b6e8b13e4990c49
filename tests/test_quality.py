"""The gate: what the project has reached, measured again where the gold data is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from pipeline.config import Config, load_config
from pipeline.evaluate import floors, whole
from pipeline.evaluate.gold import DATA
from pipeline.evaluate.measured import Part, values_of

PARTS: dict[str, Callable[[Config], Iterable[Part]]] = {
    "claims": lambda config: whole.measure_claims(config, DATA, n_samples=0),
    "bodies": lambda config: whole.measure_bodies(config, DATA),
    "who, dev": lambda config: [whole.measure_who(config, "dev")],
    "who, test": lambda config: [whole.measure_who(config, "test")],
    "pages, dev": lambda config: [whole.measure_pages(config, "dev")],
    "pages, test": lambda config: [whole.measure_pages(config, "test")],
    "whole pages, dev": lambda config: [whole.measure_pages(config, "dev-whole")],
    "whole pages, test": lambda config: [whole.measure_pages(config, "test-whole")],
}
"""Entities take the longest and are left to ``make evaluate``."""


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("name", PARTS)
def test_nothing_is_under_its_floor(name: str) -> None:
    if name in ("claims", "bodies") and not DATA.is_dir():
        pytest.skip("the gold data outside the project is not here")
    parts = list(PARTS[name](load_config()))
    titles = tuple(f"{part.title}: " for part in parts)
    held = {each: floor for each, floor in floors.read_floors().items() if each.startswith(titles)}
    assert held
    assert not floors.check(values_of(parts), held)
