"""Who may import whom: data flows one way, and stages do not know each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pipeline.run import settings

PACKAGE = Path(__file__).resolve().parent.parent / "pipeline"

BASE = {"schema", "config", "characters"}
STAGES = {"read", "clean", "annotate", "entities", "claims", "resolve"}
REACH = {"remote"}
"""What fsspec reaches; knows no article and no table."""

WORDS = {"names", "lemmas"}
"""What the written form of a name or word says: strings alone, no article."""

MAY_IMPORT = {
    "characters": set[str](),
    "schema": {"characters"},
    "config": set[str](),
    "names": {"config"},
    "lemmas": set(),
    "remote": set(),
    "read": BASE | REACH,
    "clean": BASE,
    "model": BASE,
    "annotate": BASE | {"model"},
    "entities": BASE | WORDS,
    "claims": BASE | {"lemmas"},
    "resolve": BASE | WORDS,
    "tables": {"schema"} | REACH,
    "corpus_wide": BASE | WORDS | {"tables"},
    "run": BASE | STAGES | REACH | {"tables", "corpus_wide"},
    "report": BASE | {"tables"},
    "terminal": {"schema"},
    "evaluate": BASE | {"tables", "run", "annotate"},
    "benchmark": BASE | {"tables", "run", "annotate", "read"},  # times reading by itself
    "train": BASE | {"tables", "run", "evaluate", "annotate", "model"},
    "cli": BASE
    | {"remote", "run", "tables", "report", "evaluate", "train", "benchmark", "terminal"}
    | {"__init__"},
    "display": set[str](),
    "__init__": BASE | {"run", "read", "tables", "display"},
    "__main__": {"cli"},
}
"""Rooms by the table of the house style. Training wraps the model, so it may import what runs it."""

TRAINED_STAGES = {"clean", "entities", "resolve"}
"""Stages with a small trained scorer of their own, whose features its training must compute alike."""


def rooms() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Rooms of the package that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if node.module == "pipeline":
                names = [
                    f"pipeline.{a.name}"
                    if (PACKAGE / a.name).is_dir() or (PACKAGE / f"{a.name}.py").is_file()
                    else "pipeline.__init__"
                    for a in node.names
                ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("pipeline.")}
    return found


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports(path: Path) -> None:
    room = room_of(path)
    allowed = MAY_IMPORT[room] | {room}
    if room == "train":
        allowed |= TRAINED_STAGES
    assert imports(path) <= allowed, f"{path.name} may not import {sorted(imports(path) - allowed)}"


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_outgrows_its_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 420


def test_a_change_of_code_that_stages_share_makes_tables_anew() -> None:
    seen = {Path(name).stem for names in settings.STAGES.values() for name in names}
    rooms_of_tables = STAGES | {"schema", "corpus_wide"}
    shared = {each for path in rooms() if room_of(path) in rooms_of_tables for each in imports(path)}
    assert shared - {"config", "remote", "tables"} <= seen, "these decide nothing that a table holds"


def test_no_room_for_odds_and_ends() -> None:
    assert not [path for path in rooms() if path.stem in {"utils", "util", "helpers", "misc", "common"}]


def test_only_the_model_room_knows_the_run_time() -> None:
    users = {room_of(path) for path in rooms() if "import onnxruntime" in path.read_text(encoding="utf-8")}
    assert users <= {"model", "train"}


def test_only_tables_write_parquet() -> None:
    users = {room_of(path) for path in rooms() if "pyarrow.parquet" in path.read_text(encoding="utf-8")}
    assert users <= {"tables", "read"}
