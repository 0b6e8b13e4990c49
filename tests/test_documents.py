"""The documents: current where they are generated, and their examples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.clean.sites import SiteRules
from pipeline.report.dictionary import tables_page
from tests.report_data import two_articles

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def blocks(name: str, language: str) -> list[str]:
    """The code blocks of a document."""
    text = (DOCS / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    two_articles().write(folder / "outputs")
    return folder


def test_the_page_of_the_tables_is_current() -> None:
    written = (DOCS / "TABLES.md").read_text(encoding="utf-8")
    assert written == tables_page(), "run `python -m pipeline.report.dictionary > docs/TABLES.md`"


def test_the_tutorial_runs_and_answers_its_question(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    for block in blocks("TUTORIAL.md", "python"):
        exec(block, names)
    both = (names["answered"], names["answered_sql"])
    for answers in both:
        found = answers.loc[answers["how"].notna(), ["content", "answered_by", "how"]]
        assert sorted(found["how"]) == ["confirm", "deny"]
        assert found["content"].str.startswith("three drones had struck").all()
    assert names["share"].loc["Harbour Post", "size"] == 10
    assert len(names["links"]) == len(names["around"]) == len(names["unnamed"])


def test_the_example_of_a_site_rule_is_valid() -> None:
    (example,) = blocks("SITES.md", "toml")
    assert SiteRules.model_validate(tomllib.loads(example)).site == "news.example"


def test_the_notebook_holds_no_output() -> None:
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


@pytest.mark.slow
def test_the_notebook_runs(folder: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    environment = os.environ | {"OUTPUTS": str(folder / "outputs"), "MPLBACKEND": "agg"}
    client = nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3")
    client.execute(env=environment, cwd=str(DOCS))
    shown = json.dumps(notebook.cells)
    assert "Calden security official" in shown


def test_the_command_that_writes_the_page() -> None:
    command = [sys.executable, "-m", "pipeline.report.dictionary"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8")
    assert result.stdout == tables_page()
