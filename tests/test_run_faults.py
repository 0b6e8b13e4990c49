"""What goes wrong while a run is at work: processes that die or hang, full disks, damage, two runs."""

from __future__ import annotations

import json
import multiprocessing as mp
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import run, tables
from pipeline.config import Config, load_config
from pipeline.run import workers
from pipeline.run.workers import Limits, Pool, Serial, Worker
from pipeline.tables.lock import BusyError, locked
from tests.fakes import fake_recipe, make_fakes
from tests.test_run import CONFIG, content, corpus, extract, ids, write

__all__ = ["corpus"]


def hasty(article_s: float, wall_factor: float) -> Config:
    values = {"article_s": article_s, "wall_factor": wall_factor}
    return CONFIG.model_copy(update={"run": CONFIG.run.model_copy(update=values)})


POSIX = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and limits")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "reason", "detail", "limits"),
    [
        ("!crash", "internal", "its process died (exit code 9)", (60.0, 10.0)),
        ("!hang", "timeout", "took longer than the limit; its process was ended", (15.0, 1.0)),
        ("!spin", "timeout", "took more than 2 s of computing", (2.0, 300.0)),
    ],
)
def test_an_article_that_ends_its_process_is_a_reject_and_costs_no_other(
    corpus: Path, tmp_path: Path, word: str, reason: str, detail: str, limits: tuple[float, float]
) -> None:
    write(corpus, {"bad.txt": f"{word} Ann said."})
    extract(corpus, tmp_path / "out", config=hasty(*limits), jobs=2)
    (reject,) = tables.read(tmp_path / "out", "rejects").to_pylist()
    assert (reject["reason"], reject["detail"]) == (reason, detail)
    assert ids(tmp_path / "out") == ["a.txt", "b.txt", "c/d.txt"]


def test_an_article_that_ends_a_run_in_one_process_is_a_reject_of_the_next(
    corpus: Path, tmp_path: Path
) -> None:
    write(corpus, {"bad.txt": "!crash Ann said."})
    process = mp.get_context("spawn").Process(target=killed_run, args=(corpus, tmp_path / "out", 1))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert extract(corpus, tmp_path / "out").rejects == {"internal": 1}


@POSIX
@pytest.mark.parametrize(("word", "limits"), [("!hang", (15.0, 1.0)), ("!spin", (2.0, 300.0))])
def test_serial_run_gives_up_an_article_that_takes_too_long(
    corpus: Path, tmp_path: Path, word: str, limits: tuple[float, float]
) -> None:
    write(corpus, {"bad.txt": word})
    summary = extract(corpus, tmp_path / "out", config=hasty(*limits))
    assert (summary.rejects, summary.n_documents) == ({"timeout": 1}, 3)


@pytest.mark.parametrize(("n_articles", "n_processes"), [(2, 1), pytest.param(30, 2, marks=pytest.mark.slow)])
def test_no_more_processes_start_than_the_work_pays_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_articles: int, n_processes: int
) -> None:
    started: list[Worker] = []
    spawn = Pool._spawn

    def counted(pool: Pool) -> Worker:
        started.append(spawn(pool))
        return started[-1]

    monkeypatch.setattr(Pool, "_spawn", counted)
    write(tmp_path / "corpus", {f"{i}.txt": f"Ann {i}" + " said so" * 300 for i in range(n_articles)})
    extract(tmp_path / "corpus", tmp_path / "pool", jobs=2)
    assert len(started) == n_processes
    extract(tmp_path / "corpus", tmp_path / "serial")
    assert content(tmp_path / "pool") == content(tmp_path / "serial")


@pytest.mark.slow
def test_pool_gives_the_tables_of_a_serial_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORKER_CHARS", 100)
    folder = tmp_path / "corpus"
    write(folder, {f"s{i % 3}/{i:03}.txt": f"Ann {i} said.\nSubscribe\n" * (i % 7 + 1) for i in range(300)})
    extract(folder, tmp_path / "serial")
    extract(folder, tmp_path / "pool", jobs=2)
    assert content(tmp_path / "serial") == content(tmp_path / "pool")


@pytest.mark.slow
def test_ray_gives_the_tables_of_a_serial_run(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    folder = tmp_path / "corpus"
    write(folder, {f"s{i % 3}/{i:03}.txt": f"Ann {i} said.\nSubscribe\n" for i in range(150)})
    write(folder, {"bad.txt": "!crash"})
    assert extract(folder, tmp_path / "ray", engine="ray", jobs=2).rejects == {"internal": 1}
    write(folder, {"bad.txt": None})
    extract(folder, tmp_path / "serial")
    extract(folder, tmp_path / "ray", engine="ray", jobs=2)
    assert content(tmp_path / "serial") == content(tmp_path / "ray")


def test_second_run_on_a_folder_is_refused_with_the_first_one_named(corpus: Path, tmp_path: Path) -> None:
    with locked(tmp_path / "out"), pytest.raises(BusyError, match=f"process {os.getpid()} "):
        extract(corpus, tmp_path / "out")


def hold_lock(outputs: Path, ready: Any) -> None:
    with locked(outputs):
        ready.set()
        time.sleep(600)


@POSIX
def test_lock_of_a_killed_run_is_taken_over(corpus: Path, tmp_path: Path) -> None:
    context = mp.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=hold_lock, args=(tmp_path / "out", ready))
    holder.start()
    assert ready.wait(60)
    with pytest.raises(BusyError, match=f"process {holder.pid} "):
        extract(corpus, tmp_path / "out")
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    assert extract(corpus, tmp_path / "out").n_documents == 3


@pytest.mark.parametrize("name", ["documents", "claims", "names", "rejects"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_damaged_part_is_made_anew(corpus: Path, tmp_path: Path, name: str, damage: str) -> None:
    extract(corpus, tmp_path / "out")
    before = content(tmp_path / "out")
    (path,) = (tmp_path / "out" / name).iterdir()
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-20] if damage == "cut" else data[:20] + b"\0\0" + data[22:])
    extract(corpus, tmp_path / "out")
    assert content(tmp_path / "out") == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', None])
def test_damaged_manifest_makes_everything_anew(corpus: Path, tmp_path: Path, text: str | None) -> None:
    extract(corpus, tmp_path / "out")
    before = content(tmp_path / "out")
    manifest = tmp_path / "out" / "manifest.json"
    if text is None:
        manifest.unlink()
    else:
        manifest.write_text(text)
    summary = extract(corpus, tmp_path / "out")
    assert summary.n_extracted == 3
    assert (summary.why_anew is None) == (text is None)
    assert content(tmp_path / "out") == before


def test_damaged_state_makes_everything_anew(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    (tmp_path / "out" / manifest["state"]["ledger"]["file"]).write_bytes(b"PAR1")
    assert extract(corpus, tmp_path / "out").n_extracted == 3


def limited_run(corpus: Path, outputs: Path, n_bytes: int, result: Any) -> None:
    # Libraries unpack files of their own at their first use.
    extract(corpus, outputs.with_name(f"warm-{n_bytes}"))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))
    try:
        extract(corpus, outputs)
        result.put("done")
    except tables.FolderError as error:
        result.put(str(error))


@POSIX
@pytest.mark.slow
def test_run_out_of_space_leaves_the_tables_as_they_were(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    before = content(tmp_path / "out")
    write(corpus, {"z.txt": " ".join(f"Name{i} said." for i in range(3000))})
    context = mp.get_context("spawn")
    messages = set()
    for n_bytes in (2_000, 20_000, 60_000):
        result = context.Queue()
        process = context.Process(target=limited_run, args=(corpus, tmp_path / "out", n_bytes, result))
        process.start()
        messages.add(result.get(timeout=600))
        process.join()
        assert content(tmp_path / "out") == before
    assert all("File too large" in message for message in messages)
    assert extract(corpus, tmp_path / "out").n_documents == 4


def test_folder_that_cannot_be_written_to_is_named(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(tables.FolderError, match="out: cannot be written to"):
        extract(corpus, tmp_path / "out")


def killed_run(corpus: Path, outputs: Path, jobs: int) -> None:
    run.extract([corpus], outputs, config=load_config(), jobs=jobs, recipe=fake_recipe())


@POSIX
@pytest.mark.slow
def test_killed_runs_leave_whole_tables_and_the_next_one_completes(tmp_path: Path) -> None:
    folder, out = tmp_path / "corpus", tmp_path / "out"
    write(folder, {f"s{i % 3}/{i:03}.txt": f"Ann {i} said.\nSubscribe\n" for i in range(200)})
    extract(folder, out)
    context = mp.get_context("spawn")
    for round_ in range(6):
        write(folder, {f"n{round_}/{i}.txt": f"Bo {i} said {round_}.\n" for i in range(50)})
        process = context.Process(target=killed_run, args=(folder, out, 1))
        process.start()
        process.join(timeout=1.5 + 0.25 * round_)
        process.kill()
        process.join()
        frame = pd.read_parquet(out / "documents")
        assert frame["doc_id"].is_unique
        assert len(frame) >= 200
    extract(folder, out)
    extract(folder, tmp_path / "fresh")
    assert content(out) == content(tmp_path / "fresh")


@pytest.mark.slow
def test_finished_work_of_a_killed_run_is_not_done_again(corpus: Path, tmp_path: Path) -> None:
    """A commit that fails stands for a kill: all articles are extracted by then."""
    out = tmp_path / "out"
    (out / "claims").mkdir(parents=True)
    (out / "claims" / "part-00000.parquet").mkdir()
    with pytest.raises(tables.FolderError):
        extract(corpus, out)
    (out / "claims" / "part-00000.parquet").rmdir()
    write(corpus, {"b.txt": "Ann said no.\n"})
    summary = extract(corpus, out)
    assert (summary.n_extracted, summary.n_documents) == (1, 3)


def test_limits_give_long_texts_more_time() -> None:
    class Long:
        n_chars = 5_000
        attempt = 0

    assert Limits(10, 1000).seconds(Long()) == 15  # type: ignore[arg-type]


def test_executors_start_nothing_until_there_is_work() -> None:
    for executor in (
        Serial(make_fakes, CONFIG, Limits(1, 1)),
        Pool(make_fakes, CONFIG, Limits(1, 1), jobs=2),
    ):
        assert list(executor.map([])) == []
        executor.close()
