"""Runs over small corpora with fake stages: what is done, what is left alone, what is refused."""

from __future__ import annotations

import dataclasses
import errno
import functools
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import run, tables
from pipeline.config import Config, load_config
from pipeline.read import Input, find_inputs, stream
from pipeline.run import Summary, glance, shards
from pipeline.run.corpus import cut
from pipeline.run.listing import CHUNK, Listing
from pipeline.run.settings import current
from pipeline.run.stages import Stages
from pipeline.schema import TABLES, RawArticle, Reject
from pipeline.tables import parquet, spill
from tests.fakes import fake_recipe, make_fakes

CONFIG = load_config()


def extract(
    corpus: Path, outputs: Path, *, config: Config = CONFIG, jobs: int = 1, **options: Any
) -> Summary:
    return run.extract([corpus], outputs, config=config, jobs=jobs, recipe=fake_recipe(), **options)


def write(folder: Path, files: dict[str, str | None]) -> None:
    """Make the files, or remove those that are None; times of change lie in the past, as in a real corpus."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
            age_ns = time.time_ns() - 3_600_000_000_000
            os.utime(path, ns=(age_ns, age_ns))


def content(outputs: Path) -> dict[str, pa.Table]:
    return {name: tables.read(outputs, name) for name in TABLES}


def ids(outputs: Path) -> list[str]:
    return list(pd.read_parquet(outputs / "documents")["doc_id"])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    write(folder, {"b.txt": "Ann said yes.\n", "a.txt": "Bo said no.\nHe left.\n", "c/d.txt": "Cy.\n"})
    return folder


def test_first_run_makes_every_table(corpus: Path, tmp_path: Path) -> None:
    summary = extract(corpus, tmp_path / "out")
    assert (summary.n_new, summary.n_extracted, summary.n_documents) == (3, 3, 3)
    assert ids(tmp_path / "out") == ["a.txt", "b.txt", "c/d.txt"]
    assert {name: table.num_rows for name, table in content(tmp_path / "out").items()} == {
        "documents": 3, "segments": 4, "entities": 4, "claims": 4, "names": 4, "rejects": 0,
    }  # fmt: skip


def test_second_run_does_nothing(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")}
    summary = extract(corpus, tmp_path / "out")
    assert (summary.n_unchanged, summary.n_extracted) == (3, 0)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.parquet")} == before


HEAVY = {"pyarrow", "numpy", "pandas", "spacy", "onnxruntime", "trafilatura", "lxml", "filelock", "fsspec"}

RUN = (
    "import sys; from pathlib import Path; from pipeline import run; from pipeline.config import load_config;"
    "told = run.extract([Path(sys.argv[1])], Path(sys.argv[2]), config=load_config());"
    "assert told.n_unchanged == 3, told;"
)

READ = (
    "import sys; from pathlib import Path; from pipeline import read;"
    "from pipeline.config import load_config;"
    "inputs = read.find_inputs([Path(sys.argv[1])]);"
    "found = [list(read.read_articles(each, load_config())) for each in inputs]; assert len(found) == 3;"
)


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        (RUN, HEAVY),
        ("import pipeline.cli;", HEAVY | {"pydantic", "rich.table"}),
        (READ, {"warcio", "fsspec", "asyncio", "spacy", "trafilatura"}),
    ],
    ids=["nothing new", "help", "reading"],
)
def test_what_is_not_needed_is_not_imported(
    corpus: Path, tmp_path: Path, code: str, absent: set[str]
) -> None:
    extract(corpus, tmp_path / "out")
    command = [sys.executable, "-c", f"{code} import sys; print(*sys.modules)", corpus, tmp_path / "out"]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert not absent & set(done.stdout.split())


@pytest.mark.parametrize("damage", ["glance", "claims", "manifest", "state", "sketches", "owner", "journal"])
def test_a_glance_does_not_do_where_anything_is_not_as_it_was_left(
    corpus: Path, tmp_path: Path, damage: str
) -> None:
    extract(corpus, tmp_path / "out")
    listing = Listing.of(find_inputs([corpus]))
    seen = glance.see(listing, config=CONFIG, limit=None)
    assert glance.recall(tmp_path / "out", seen) is not None
    paths = {
        "glance": ".newsclaims/glance.json", "claims": "claims/part-00000.parquet",
        "manifest": "manifest.json", "sketches": ".newsclaims/sketches/part-00000.parquet",
        "owner": ".newsclaims/owner.json", "journal": ".newsclaims/commit.json",
        "state": next((tmp_path / "out" / ".newsclaims" / "state").glob("ledger-*")),
    }  # fmt: skip
    path = tmp_path / "out" / paths[damage]
    path.write_bytes(path.read_bytes()[:-1] + b" " if path.exists() else b"{}")
    assert glance.recall(tmp_path / "out", seen) is None


@pytest.mark.parametrize(
    ("sizes", "jobs", "pieces"),
    [
        ([2_800] * 8, 1, [8]),
        ([2_800] * 8, 2, [1] * 8),
        ([40, 90_000, 50], 2, [1, 2]),
        ([2_800] * 64, 2, [4, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2]),
    ],
)
def test_work_is_cut_so_that_every_process_has_some(sizes: list[int], jobs: int, pieces: list[int]) -> None:
    longest_first = sorted(sizes, reverse=True)
    found = list(cut(longest_first, left=sum(sizes), jobs=jobs))
    assert found[: len(pieces)] == pieces
    assert sum(found) == len(sizes)


def test_the_same_path_below_another_folder_is_another_article(tmp_path: Path) -> None:
    write(tmp_path / "corpus", {"a/b.txt": "Ann said."})
    extract(tmp_path / "corpus", tmp_path / "out")
    extract(tmp_path / "corpus" / "a", tmp_path / "out")
    assert ids(tmp_path / "out") == ["b.txt"]


def test_rerun_does_what_is_new_changed_and_gone(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    write(corpus, {"a.txt": "Bo said nothing.\n", "b.txt": None, "e.txt": "Di.\n"})
    summary = extract(corpus, tmp_path / "out")
    assert (summary.n_new, summary.n_changed, summary.n_removed, summary.n_unchanged) == (1, 1, 1, 1)
    assert summary.n_extracted == 2
    extract(corpus, tmp_path / "fresh")
    assert content(tmp_path / "out") == content(tmp_path / "fresh")


def test_same_bytes_with_a_new_time_are_the_same(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    (corpus / "a.txt").touch()
    assert extract(corpus, tmp_path / "out").n_unchanged == 3


def test_same_size_and_time_just_written_are_compared_by_content(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    path = tmp_path / "corpus" / "a.txt"
    path.write_text("Ann.")
    stat = path.stat()
    extract(tmp_path / "corpus", tmp_path / "out")
    path.write_text("Bob.")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert extract(tmp_path / "corpus", tmp_path / "out").n_changed == 1


def test_changed_settings_make_everything_anew_and_say_so(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    other = CONFIG.model_copy(update={"read": CONFIG.read.model_copy(update={"max_chars": 1000})})
    summary = extract(corpus, tmp_path / "out", config=other)
    assert summary.n_extracted == 3
    assert summary.why_anew == "changed since the last run: config"
    assert extract(corpus, tmp_path / "out", config=other, force=True).n_extracted == 3


def test_one_record_added_to_a_file_of_records(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    records = [json.dumps({"id": f"r{i}", "text": f"Ann {i} said so."}) for i in range(5)]
    write(tmp_path / "corpus", {"a.jsonl": "\n".join(records[:4])})
    extract(tmp_path / "corpus", tmp_path / "out")
    write(tmp_path / "corpus", {"a.jsonl": "\n".join(records)})
    summary = extract(tmp_path / "corpus", tmp_path / "out")
    assert (summary.n_changed, summary.n_extracted, summary.n_documents) == (1, 1, 5)
    extract(tmp_path / "corpus", tmp_path / "fresh")
    assert content(tmp_path / "out") == content(tmp_path / "fresh")


def test_second_article_of_an_id_is_a_reject_until_the_first_is_gone(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(corpus, {"a.jsonl": '{"id": "x", "text": "Ann."}', "b.jsonl": '{"id": "x", "text": "Bob."}'})
    assert extract(corpus, tmp_path / "out").rejects == {"duplicate_id": 1}
    write(corpus, {"a.jsonl": None})
    summary = extract(corpus, tmp_path / "out")
    assert (summary.rejects, summary.n_documents) == ({}, 1)
    assert list(pd.read_parquet(tmp_path / "out" / "claims")["content"]) == ["Bob"]
    write(corpus, {"a.jsonl": '{"id": "x", "text": "Cy."}'})
    assert extract(corpus, tmp_path / "out").rejects == {"duplicate_id": 1}
    assert list(pd.read_parquet(tmp_path / "out" / "claims")["content"]) == ["Cy"]


def test_an_article_that_another_input_has_too_moves_there(tmp_path: Path) -> None:
    """Its text is the same and the other input unchanged: only its path and digest are told anew."""
    corpus = tmp_path / "corpus"
    write(corpus, {"a.jsonl": '{"id": "x", "text": "Ann."}', "b.jsonl": '{"id": "x", "text": "Ann."}\n'})
    extract(corpus, tmp_path / "out")
    write(corpus, {"a.jsonl": None})
    assert extract(corpus, tmp_path / "out").n_extracted == 0
    extract(corpus, tmp_path / "fresh")
    assert content(tmp_path / "out") == content(tmp_path / "fresh")


def test_a_listing_of_many_inputs_gives_each_back() -> None:
    sources = [
        Input(Path(f"in/{n}.txt"), f"in/{n}.txt", f"{n}.txt" if n % 7 else f"other-{n}", "txt", n, n)
        for n in range(2 * CHUNK + 10)
    ]
    listing = Listing.of(sources)
    assert [listing[n].source for n in (2 * CHUNK + 9, 0, CHUNK)] == [
        sources[2 * CHUNK + 9],
        sources[0],
        sources[CHUNK],
    ]
    assert [each.source for each in listing] == sources
    assert [row[:3] for row in listing.rows()] == [
        (n, each.shown, each.doc_id) for n, each in enumerate(sources)
    ]
    changed = [dataclasses.replace(sources[0], n_bytes=1), *sources[1:]]
    digests = {Listing.of(each).digest("") for each in (sources, list(sources), changed, sources[:-1])}
    assert len(digests) == 3


@pytest.mark.parametrize("n_at_once", [1 << 17, 100])
def test_rows_on_disk_come_back_with_equal_ones_together(
    n_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "ROWS_AT_ONCE", n_at_once)
    rows = np.zeros(3_000, dtype=[("key", "<u8"), ("n", "<i8")])
    rows["key"], rows["n"] = np.arange(3_000) % 700, np.arange(3_000)
    found = list(spill.parted(np.array_split(rows, 7), "key", len(rows)))
    assert (len(found) > 1) == (n_at_once == 100)
    assert sum(len(set(piece["key"].tolist())) for piece in found) == 700
    assert sorted(n for piece in found for n in piece["n"].tolist()) == list(range(3_000))


def test_rejected_article_and_the_second_of_its_id_keep_their_reasons(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(corpus, {"b.jsonl": '{"id": "x", "text": "!error"}', "a.jsonl": '{"id": "y", "text": "Ann."}'})
    write(corpus, {"c.jsonl": '{"id": "x", "text": "Cy."}'})
    assert extract(corpus, tmp_path / "out").rejects == {"internal": 1, "duplicate_id": 1}
    write(corpus, {"d.txt": "Di."})
    assert extract(corpus, tmp_path / "out").rejects == {"internal": 1, "duplicate_id": 1}


def test_what_a_site_repeats_is_learnt_and_unlearnt(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(corpus, {"site/a.txt": "Ann.\nSubscribe\n", "other/c.txt": "Cy.\nSubscribe\n"})
    extract(corpus, tmp_path / "out")
    assert tables.read(tmp_path / "out", "documents")["body"].to_pylist() == [
        "Cy.\nSubscribe",
        "Ann.\nSubscribe",
    ]
    write(corpus, {"site/b.txt": "Bob.\nSubscribe\n"})
    summary = extract(corpus, tmp_path / "out")
    assert summary.n_extracted == 2, "the new article and the one of its site, not that of the other site"
    assert tables.read(tmp_path / "out", "documents")["body"].to_pylist() == [
        "Cy.\nSubscribe",
        "Ann.",
        "Bob.",
    ]
    write(corpus, {"site/b.txt": None})
    extract(corpus, tmp_path / "out")
    assert tables.read(tmp_path / "out", "documents")["body"].to_pylist() == [
        "Cy.\nSubscribe",
        "Ann.\nSubscribe",
    ]


@pytest.mark.parametrize(
    ("text", "reason"), [("!error", "internal"), ("!foreign", "not_english"), ("  \n", "empty")]
)
def test_a_bad_article_is_a_reject_and_stays_one(
    corpus: Path, tmp_path: Path, text: str, reason: str
) -> None:
    write(corpus, {"bad.txt": text})
    for n_extracted in (3 + (reason != "empty"), 0):
        summary = extract(corpus, tmp_path / "out")
        assert (summary.rejects, summary.n_documents) == ({reason: 1}, 3)
        assert summary.n_extracted == n_extracted


def test_parts_keep_their_articles(tmp_path: Path) -> None:
    small = CONFIG.model_copy(update={"run": CONFIG.run.model_copy(update={"part_chars": 10})})
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    write(corpus, {f"{name}.txt": f"{name.upper()} said" for name in "bcdefgh"})
    extract(corpus, out, config=small)
    names = sorted(path.name for path in (out / "claims").iterdir())
    assert len(names) == 7
    before = {path: path.stat().st_mtime_ns for path in out.glob("claims/*")}
    write(corpus, {"a.txt": "Z said", "c.txt": "C said more", "d.txt": None})
    extract(corpus, out, config=small)
    after = {path: path.stat().st_mtime_ns for path in out.glob("claims/*")}
    assert sum(before[path] == after.get(path) for path in before) == 5, "only c is written, d removed"
    assert sorted(ids(out)) == [f"{name}.txt" for name in "abcefgh"]


class MissingModelError(Exception):
    pass


def no_model(config: Config) -> Stages:
    def fail() -> None:
        raise MissingModelError("no model in the folder")

    return dataclasses.replace(make_fakes(config), prepare=fail)


def test_stages_that_cannot_work_end_the_run_and_reject_nothing(corpus: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(fake_recipe(), make_stages=no_model)
    with pytest.raises(MissingModelError, match="no model"):
        run.extract([corpus], tmp_path / "out", config=CONFIG, jobs=1, recipe=recipe)
    assert not (tmp_path / "out" / "rejects").exists()


def test_limit_takes_the_first_articles(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    lines = "\n".join(json.dumps({"id": f"r{i}", "text": f"Ann {i}."}) for i in range(9))
    write(corpus, {"a.jsonl": lines, "b.txt": "Bo."})
    assert extract(corpus, tmp_path / "out", limit=4).n_documents == 4
    summary = extract(corpus, tmp_path / "out")
    assert (summary.n_documents, summary.n_extracted) == (10, 6)


def test_no_inputs_give_empty_tables(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    assert extract(tmp_path / "corpus", tmp_path / "out").n_documents == 0
    assert len(pd.read_parquet(tmp_path / "out" / "claims")) == 0


def test_shares_put_together_are_the_tables_of_one_run(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(corpus, {f"s{i % 5}/{i}.txt": f"Ann {i} said.\nSubscribe\nOnly {i % 10}\n" for i in range(40)})
    write(corpus, {"bad.txt": "!error", "x.pdf": "no input"})
    write(corpus, {"twice.jsonl": '{"id": "x", "text": "Bo."}\n{"id": "x", "text": "Cy."}'})
    n_extracted = sum(extract(corpus, tmp_path / "out", shard=(i, 3)).n_extracted for i in (1, 2, 3))
    assert n_extracted == 42
    summary = run.merge(tmp_path / "out", config=CONFIG, recipe=fake_recipe(), jobs=1)
    extract(corpus, tmp_path / "fresh")
    assert content(tmp_path / "out") == content(tmp_path / "fresh")
    assert summary.n_extracted < 42, "what no site's knowledge changed was not done again"
    assert extract(corpus, tmp_path / "out").n_extracted == 0


def test_merge_without_shares_says_so(tmp_path: Path) -> None:
    with pytest.raises(tables.FolderError, match="--shard"):
        run.merge(tmp_path, config=CONFIG)


def test_shares_are_looked_through_once_however_many_parts_they_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_each = CONFIG.model_copy(update={"run": CONFIG.run.model_copy(update={"part_chars": 1})})
    n_steps = [steps_of_shares(tmp_path / str(n), n, one_each, monkeypatch) for n in (20, 80)]
    assert n_steps[1] < 6 * n_steps[0], "four times as many parts"


def steps_of_shares(folder: Path, n: int, config: Config, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many instructions SQLite takes to tell what a share of ``n`` parts holds."""
    write(folder / "corpus", {f"{i:02}.txt": f"Ann {i}." for i in range(n)})
    extract(folder / "corpus", folder / "out", config=config, shard=(1, 1))
    n_steps = itertools.count()

    def connect(*values: Any, **options: Any) -> sqlite3.Connection:
        db = sqlite3.Connection(*values, **options)
        db.set_progress_handler(lambda: bool(next(n_steps) < 0), 1)
        return db

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", connect)
        made = list(shards.made(folder / "out", current(config)))
    assert sum(each.outcomes.num_rows for each in made) == n
    return next(n_steps)


def test_rows_of_many_shares_are_not_read_once_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = CONFIG.model_copy(update={"run": CONFIG.run.model_copy(update={"part_chars": 100_000})})
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", {})
    monkeypatch.setattr(parquet, "DEFAULT_ROWS_PER_GROUP", 4)
    write(tmp_path / "corpus", {f"{i:03}.txt": f"Ann {i}." for i in range(200)})
    for i in range(8):
        extract(tmp_path / "corpus", tmp_path / "out", config=config, shard=(i + 1, 8))
    n_read: list[int] = []
    for name in ("read", "read_row_groups"):
        monkeypatch.setattr(pq.ParquetFile, name, counted(getattr(pq.ParquetFile, name), n_read))
    run.merge(tmp_path / "out", config=config, recipe=fake_recipe(), jobs=1)
    n_rows = sum(table.num_rows for table in content(tmp_path / "out").values())
    assert sum(n_read) < 6 * n_rows, "tables are scanned for names and copies, then written"


def counted(read: Callable[..., pa.Table], n_rows: list[int]) -> Callable[..., pa.Table]:
    def reading(*values: Any, **options: Any) -> pa.Table:
        table = read(*values, **options)
        n_rows.append(table.num_rows)
        return table

    return reading


@pytest.mark.parametrize("name", ["site/a.txt", "site/a.jsonl"])
def test_a_file_that_changes_while_it_is_read_gives_the_text_of_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    old, new = ("Ann said yes.", "Ann said no!!") if name.endswith("txt") else (
        '{"text": "Ann said yes."}\n{"text": "Cy left."}', '{"text": "Ann said no."}'
    )  # fmt: skip
    write(tmp_path / "corpus", {name: old})

    def digest(path: Path) -> str:
        found = stream_digest(path)
        if path == tmp_path / "corpus" / name:
            path.write_text(new)
        return found

    stream_digest = stream.digest
    monkeypatch.setattr(stream, "digest", digest)
    extract(tmp_path / "corpus", tmp_path / "out")
    (row,) = tables.read(tmp_path / "out", "documents").to_pylist()
    assert row["text"] == "Ann said no!!" if name.endswith("txt") else "Ann said no."
    assert row["sha256"] == stream_digest(tmp_path / "corpus" / name)
    assert tables.read(tmp_path / "out", "rejects").num_rows == 0


def late_change(source: Input) -> None:
    """Someone writes to the article just before it is read."""
    source.path.write_text("Ann, again.\nSubscribe\n")


def short_absence(source: Input) -> None:
    """The article cannot be read for a moment."""
    raise OSError(errno.EIO, "no answer", source.path)


@pytest.mark.parametrize("event", [late_change, short_absence])
def test_a_text_read_again_is_that_of_the_digest_known_of_it(
    tmp_path: Path, event: Callable[[Input], None]
) -> None:
    """What a site repeats has changed, so that an old article is cleaned again; its file is another by then.

    Its rows stay as they are until the next run.
    """
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    write(corpus, {"site/a.txt": "Ann.\nSubscribe\n"})
    extract(corpus, out)
    before = tables.read(out, "documents").to_pylist()
    write(corpus, {"site/b.txt": "Bob.\nSubscribe\n"})
    make_stages = functools.partial(make_eventful, event)
    recipe = dataclasses.replace(fake_recipe(), make_stages=make_stages)
    run.extract([corpus], out, config=CONFIG, jobs=1, recipe=recipe)
    assert tables.read(out, "documents").to_pylist()[:1] == before
    extract(corpus, out)
    extract(corpus, tmp_path / "fresh")
    assert content(out) == content(tmp_path / "fresh")


def make_eventful(event: Callable[[Input], None], config: Config) -> Stages:
    """Stages under which something happens to the first article whenever it is read."""
    stages = make_fakes(config)

    def read(source: Input) -> Iterator[RawArticle | Reject]:
        try:
            if source.path.name == "a.txt":
                event(source)
            yield from stages.read(source)
        except OSError as error:
            yield Reject(source.shown, source.doc_id, "unreadable", error.strerror)

    return dataclasses.replace(stages, read=read)
