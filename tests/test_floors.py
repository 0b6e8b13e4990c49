"""The gate: what is under its floor is named, and no floor is ever lowered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluate.floors import Floor, FloorError, check, raise_to, read_floors, write_floors

FLOORS = {
    "claims: claim": Floor("d1", 0.6),
    "claims: exact": Floor("d1", 0.5),
    "body: html": Floor("d2", 0.9),
}


@pytest.mark.parametrize(
    ("measured", "faults"),
    [
        ({"claims: claim": ("d1", 0.61), "claims: exact": ("d1", 0.5)}, []),
        ({"claims: claim": ("d1", 0.599), "claims: exact": ("d1", 0.5)}, ["claims: claim: 0.5990 is under"]),
        ({"claims: claim": ("d1", 0.7)}, ["claims: exact: not measured"]),
        ({"claims: claim": ("other gold", 0.1), "claims: exact": ("other gold", 0.1)}, []),
        ({}, []),
    ],
)
def test_check(measured: dict[str, tuple[str, float]], faults: list[str]) -> None:
    found = check(measured, FLOORS)
    assert len(found) == len(faults)
    assert all(ours.startswith(theirs) for ours, theirs in zip(found, faults, strict=True))


def test_floors_rise_and_do_not_fall(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    write_floors(FLOORS, path)
    assert read_floors(path) == FLOORS
    raise_to({"claims: claim": ("d1", 0.6547), "claims: exact": ("d1", 0.5)}, path)
    assert read_floors(path)["claims: claim"] == Floor("d1", 0.654)
    assert read_floors(path)["body: html"] == Floor("d2", 0.9)
    with pytest.raises(FloorError):
        raise_to({"claims: claim": ("d1", 0.65), "claims: exact": ("d1", 0.9)}, path)
    assert read_floors(path)["claims: exact"] == Floor("d1", 0.5)


def test_floors_for_other_gold_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    write_floors(FLOORS, path)
    raise_to({"body: html": ("d3", 0.4)}, path)
    assert read_floors(path)["body: html"] == Floor("d3", 0.4)
