"""Whatever is added, changed and removed, in whatever steps: the tables are those of one fresh run."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import run
from pipeline.schema import TABLES
from pipeline.tables import read
from tests.fakes import fake_recipe
from tests.test_run import CONFIG, write

Step = dict[str, str | None]
NAMES = ["a.txt", "site/b.txt", "site/c.txt", "site/d.txt", "r.jsonl", "s.jsonl"]
LINES = st.sampled_from(["Ann said so.", "Bo.", "Subscribe", "All rights", "!error", "!foreign", ""])
TEXTS = st.lists(LINES, max_size=3).map("\n".join)
RECORDS = st.lists(
    st.builds(lambda key, text, site: json.dumps({"id": key, "text": text, "site": site}),
              st.sampled_from("xyz"), TEXTS, st.sampled_from(["one", "two"])), max_size=4,
).map("\n".join)  # fmt: skip


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Some files with their new content, None for a file that goes."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    return {name: draw(st.none() | (RECORDS if name.endswith("jsonl") else TEXTS)) for name in names}


def content(outputs: Path) -> dict[str, pa.Table]:
    """The tables, rows in one order: with several parts, that of the rows tells when they came."""
    tables = {name: read(outputs, name) for name in TABLES}
    keys = {
        name: [(column, "ascending") for column in table.schema.names[:3]] for name, table in tables.items()
    }
    keys["rejects"].append(("detail", "ascending"))
    scalar = {name: [key for key in keys[name] if is_scalar(tables[name], key[0])] for name in tables}
    return {name: table.sort_by(scalar[name]) for name, table in tables.items()}


def is_scalar(table: pa.Table, column: str) -> bool:
    return not pa.types.is_nested(table.schema.field(column).type)


def apply(folder: Path, step: Step) -> None:
    write(folder, {name: text for name, text in step.items() if text is not None or (folder / name).exists()})


def extract(folder: Path, outputs: Path, part_chars: int) -> None:
    config = CONFIG.model_copy(update={"run": CONFIG.run.model_copy(update={"part_chars": part_chars})})
    run.extract([folder], outputs, config=config, jobs=1, recipe=fake_recipe())


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps(), min_size=1, max_size=5), st.sampled_from([40, 1_000_000]))
def test_tables_after_any_steps_are_those_of_a_fresh_run(history: list[Step], part_chars: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "corpus", Path(name) / "out"
        folder.mkdir()
        for step in history:
            apply(folder, step)
            extract(folder, out, part_chars)
        extract(folder, Path(name) / "fresh", part_chars)
        assert content(out) == content(Path(name) / "fresh")
        n_inputs = sum(n_records(path) for path in folder.rglob("*.*"))
        assert n_inputs == read(out, "documents").num_rows + read(out, "rejects").num_rows


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps(), min_size=1, max_size=4))
def test_one_part_is_the_same_to_the_byte(history: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, out, fresh = Path(name) / "corpus", Path(name) / "out", Path(name) / "fresh"
        folder.mkdir()
        for step in history:
            apply(folder, step)
            extract(folder, out, 1_000_000)
        extract(folder, fresh, 1_000_000)
        for table in TABLES:
            paths = [outputs / table / "part-00000.parquet" for outputs in (out, fresh)]
            assert paths[0].read_bytes() == paths[1].read_bytes()


def n_records(path: Path) -> int:
    """How many articles and rejects an input must give: one where it holds none."""
    return max(1, len(path.read_text().splitlines())) if path.suffix == ".jsonl" else 1
