"""The documents: current where they are generated, and their examples run."""

from __future__ import annotations

import doctest
import importlib
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
from pipeline.evaluate.errors import refresh
from pipeline.evaluate.measured import Measured, Part
from pipeline.evaluate.patterns import PATTERNS
from pipeline.report.dictionary import tables_page
from tests.report_data import two_articles

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


WITH_EXAMPLES = [
    path for path in sorted((ROOT / "pipeline").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")
]
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md")])


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
    asked = '"Libyan", "officer"'
    for block in blocks("TUTORIAL.md", "python"):
        exec(block.replace(asked, '"Calden", "security official"'), names)
    assert any(asked in block for block in blocks("TUTORIAL.md", "python"))
    both = (names["answered"], names["answered_sql"])
    assert sorted(both[0]["claim_id"]) == sorted(both[1]["claim_id"])
    for answers in both:
        found = answers.loc[answers["how"].notna(), ["content", "answered_by", "how"]]
        assert sorted(found["how"]) == ["confirm", "deny"]
        assert found["content"].str.startswith("three drones had struck").all()
    assert names["share"].loc["Harbour Post", "size"] == 10
    assert len(names["links"]) == len(names["around"]) == len(names["said"])


def test_the_example_of_a_site_rule_is_valid() -> None:
    (example,) = blocks("SITES.md", "toml")
    assert SiteRules.model_validate(tomllib.loads(example)).site == "news.example"


@pytest.mark.parametrize(("page", "made"), [("ERRORS.md", "sample"), ("SITES.md", "kept_by_reason")])
def test_the_examples_of_other_pages_run(
    page: str, made: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    for block in blocks(page, "python"):
        exec(block, names)
    assert len(names[made]) > 5


@pytest.mark.model
def test_the_examples_of_the_readme_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    for block in blocks("../README.md", "python"):
        exec(block, names)
    assert names["denied"]["content_of"].str.startswith("three drones had struck").tolist() == [True]
    assert [span.text for span in names["doc"].spans["source"]] == ["An official"]
    for block in blocks("../README.md", "sql"):
        shares = dict(duckdb.sql(block).fetchall())
        assert shares == {None: 0.6, "river-notes.example": 0.5}


@pytest.mark.model
@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_of_docstrings_run(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    monkeypatch.chdir(folder)
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert (failed, tried > 0) == (0, True)


def test_the_package_s_own_examples_are_among_them() -> None:
    assert ROOT / "pipeline" / "__init__.py" in WITH_EXAMPLES
    assert "+SKIP" not in (ROOT / "pipeline" / "__init__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


PRINTED = """
claims, PolNeAR dev                               F1       P       R    gold  95 %
claim                                          0.730   0.774   0.690    2192  0.698–0.755
claim.quoted                                   0.870   0.908   0.834     471  0.824–0.909

claims by pattern                                 F1       P       R    gold
pattern.no_source                              0.261   0.333   0.214     126

claims found without this fault                share                   found
no wrong_speaker                               0.912                    1530

claims, other                                     F1       P       R    gold  95 %
claim                                          0.100   0.100   0.100       1
"""

ROWS = """
| kind | for example | F1 | P | R | gold claims |
| `all` | | {all} |
| `no_source` | It was said. | {no_source} |
| `wrong_speaker` | a | {wrong_speaker} |
other 0.1
"""


def test_figures_of_errors_are_refreshed() -> None:
    before = ROWS.format(all=".1 | .2 | .3 | 4", no_source="– | – | – | –", wrong_speaker="– | –")
    after = ROWS.format(
        all=".730 | .774 | .690 | 2192", no_source=".261 | .333 | .214 | 126", wrong_speaker=".912 | 1530"
    )
    assert refresh(before, PRINTED) == after
    assert refresh(after, PRINTED) == after
    with pytest.raises(ValueError, match="no figures of 'passive'"):
        refresh("| `passive` | x | .1 | .2 | .3 | 4 |\n", PRINTED)


def test_measured_lines_are_those_that_the_page_reads() -> None:
    scores = Part("claims", "", (Measured("pattern.passive", 0.4, 0.5, 0.3, 26),))
    shares = Part("faults", "", (Measured("no wrong_speaker", 0.9, n_gold=7),), ("share", "", "", "found"))
    printed = "\n".join([*scores.lines(), *shares.lines()])
    page = "| `passive` | x | – | – | – | – |\n| `wrong_speaker` | x | – | – |\n"
    assert refresh(page, printed) == (
        "| `passive` | x | .400 | .500 | .300 | 26 |\n| `wrong_speaker` | x | .900 | 7 |\n"
    )


def test_every_kind_of_the_page_of_errors_is_measured() -> None:
    kinds = re.findall(r"^\| `(\w+)` \|", (DOCS / "ERRORS.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(kinds) > 10
    assert {*kinds} <= {"all", *PATTERNS, "content_too_long", "wrong_speaker"}


def test_the_notebook_holds_no_output() -> None:
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


@pytest.mark.model
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
    assert "The harbour master" in shown
    assert "source 1" in shown


def test_the_command_that_writes_the_page() -> None:
    command = [sys.executable, "-m", "pipeline.report.dictionary"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8")
    assert result.stdout == tables_page()
