"""The heavy trials behind docs/RELIABILITY.md: ``python -m tests.reliability --help``.

Runs are killed at random moments while a reader reads the tables without rest, disks fill up, files are
damaged, inputs change during the run, and thousands of inputs are not what they seem. Each trial prints its
figures and the whole ends with exit code 1 where one fails.

``--stages`` says what runs inside: ``small`` stages of the tests (which try the runner and the tables alone),
``light`` ones (the package's own but for the model), or ``real`` ones. As it comes, each trial has what tells
most in a given time: ``light`` for strange inputs, ``small`` for the rest.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import io
import json
import multiprocessing as mp
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline import run
from pipeline.config import Config, load_config
from pipeline.run.real import make_wide
from pipeline.run.recipe import Recipe
from pipeline.schema import TABLES
from pipeline.tables import FolderError, read
from pipeline.tables.place import journal_path, owner_path
from tests.fakes import fake_recipe

SPAWN = mp.get_context("spawn")
CONTEXT: Any = mp.get_context("forkserver") if "forkserver" in mp.get_all_start_methods() else SPAWN
"""Processes come from one that has imported everything: 200 of them would spend minutes on that."""

STAGES = {"fuzz": "light", "rare": "light", "memory": "lean"}
"""What runs inside a trial if it is not said; ``small`` in the others."""


def recipe_of(stages: str) -> Recipe:
    if stages == "light":
        from tests.light import light_recipe

        return light_recipe()
    if stages == "lean":  # for memory: the small stages' own knowledge of the corpus is not kept small
        return dataclasses.replace(fake_recipe(), make_wide=make_wide)
    return Recipe() if stages == "real" else fake_recipe()


def extract(corpus: Path, outputs: Path, jobs: int, stages: str, config: Config | None = None) -> run.Summary:
    recipe = recipe_of(stages)
    return run.extract([corpus], outputs, config=config or load_config(), jobs=jobs, recipe=recipe)


def content(outputs: Path) -> dict[str, pa.Table]:
    return {name: read(outputs, name) for name in TABLES}


def worker(pipe: Any, corpus: Path, outputs: Path, jobs: int, stages: str) -> None:
    """A process that makes runs when told to, so that kills do not fall on its imports."""
    extract(corpus, outputs.with_name(f"warm{os.getpid()}"), 1, stages)
    pipe.send("ready")
    while True:
        pipe.recv()
        extract(corpus, outputs, jobs, stages)
        pipe.send("done")


def reader(outputs: Path, ready: Any, stop: Any, result: Any) -> None:
    """Read every table over and over; what is wrong with what was read."""
    n_reads, faults = Counter[str](), []
    ready.set()
    while not stop.is_set():
        for name in TABLES:
            try:
                frame = pd.read_parquet(outputs / name)
            except Exception as error:
                faults.append(f"{name}: {type(error).__name__}: {error}"[:200])
                continue
            n_reads[name] += 1
            if name == "documents":
                faults += check_documents(frame)
    result.put((dict(n_reads), faults[:20], len(faults)))


def check_documents(frame: pd.DataFrame) -> list[str]:
    """Each round writes 20 files of one generation, so a whole table holds one generation."""
    if not frame["doc_id"].is_unique:
        return ["an article twice"]
    generations = frame["text"].str.extract(r"generation (\d+)")[0].dropna().unique()
    return [] if len(generations) <= 1 else [f"generations {sorted(generations)} in one table"]


def has_ended(pipe: Any, out: Path, choose: random.Random, mean_s: float | None) -> bool:
    """Wait for the moment to kill: any in a run of ``mean_s``, every other time one in which files are moved.

    Whether the run ended before it. Files are moved within milliseconds, which hardly any moment falls into.
    """
    if mean_s is None or choose.random() < 0.5:
        return bool(pipe.poll(None if mean_s is None else choose.uniform(0, 1.3 * mean_s)))
    while not journal_path(out).exists():
        if pipe.poll(0.0002):
            return True
    return bool(pipe.poll(choose.uniform(0, MOVES_S)))


MOVES_S = 0.02
"""For a dozen moves with what forces them to disk."""

UNDISTURBED = 3
"""Runs before the first kill: how long they take says when to kill."""


def trial_kills(n_kills: int, jobs: int, stages: str, scratch: Path) -> str:
    """SIGKILL at random moments; a reader beside it; the tables at the end against an undisturbed run's."""
    corpus, out = scratch / "corpus", scratch / "out"
    write_generation(corpus, 0)
    extract(corpus, out, 1, stages)
    ready, stop, result = CONTEXT.Event(), CONTEXT.Event(), CONTEXT.Queue()
    watcher = CONTEXT.Process(target=reader, args=(out, ready, stop, result))
    watcher.start()
    ready.wait()
    choose = random.Random(1)
    seconds: list[float] = []
    n_done = n_killed = n_moving = 0
    child: Any = None
    for generation in range(1, n_kills * 50):
        write_generation(corpus, generation)
        if child is None or not child[0].is_alive():
            child = start_worker(corpus, out, jobs, stages)
        process, pipe = child
        start = time.perf_counter()
        pipe.send("go")
        mean_s = sum(seconds) / len(seconds) if seconds else 0.0
        if has_ended(pipe, out, choose, mean_s if n_done >= UNDISTURBED else None):
            pipe.recv()
            n_done += 1
            seconds = [*seconds[-9:], time.perf_counter() - start]
        else:
            process.kill()
            process.join()
            n_killed += 1
            n_moving += journal_path(out).exists()
            owner_path(out).unlink(
                missing_ok=True
            )  # else the next run works in a process of its own, ten times as long
        if n_killed == n_kills:
            break
    if child and child[0].is_alive():
        child[0].kill()
    extract(corpus, out, 1, stages)
    stop.set()
    n_reads, faults, n_faults = result.get()
    watcher.join()
    extract(corpus, scratch / "fresh", 1, stages)
    same = content(out) == content(scratch / "fresh")
    if n_faults or not same:
        raise AssertionError(f"torn reads {n_faults}: {faults}; equal to an undisturbed run's: {same}")
    return (
        f"{n_killed} kills, {n_moving} of them while files were moved into place, {n_done} runs that ended "
        f"before theirs, {sum(n_reads.values())} reads, none torn, tables equal to an undisturbed run's"
    )


def start_worker(corpus: Path, out: Path, jobs: int, stages: str) -> tuple[Any, Any]:
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=worker, args=(theirs, corpus, out, jobs, stages))
    process.start()
    ours.recv()
    return process, ours


def write_generation(corpus: Path, generation: int) -> None:
    shutil.rmtree(corpus, ignore_errors=True)
    for number in range(20):
        path = corpus / f"site{number % 3}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"Ann said this is generation {generation}.\nSubscribe now to read more\nBo {number}.\n"
        )


def trial_full_disk(stages: str, scratch: Path) -> str:
    """Files may not grow past a limit that rises from nothing: a run fails or ends, its tables are whole."""
    corpus, out = scratch / "corpus", scratch / "out"
    write_generation(corpus, 0)
    extract(corpus, out, 1, stages)
    before = content(out)
    write_generation(corpus, 1)
    outcomes = Counter[str]()
    for n_bytes in [500 * 1.6**step for step in range(14)]:
        result = CONTEXT.Queue()
        process = CONTEXT.Process(
            target=limited, args=(corpus, out, scratch / "warm", int(n_bytes), stages, result)
        )
        process.start()
        outcomes[result.get()] += 1
        process.join()
        now = content(out)
        if now != before and set(now["documents"]["text"].to_pylist()) == set(
            before["documents"]["text"].to_pylist()
        ):
            raise AssertionError("tables changed though the run failed")
        before = now
    extract(corpus, out, 1, stages)
    extract(corpus, scratch / "fresh", 1, stages)
    if content(out) != content(scratch / "fresh"):
        raise AssertionError("the next run did not complete")
    return f"14 limits: {dict(outcomes)}; earlier tables readable after each, the next run completes"


def limited(corpus: Path, out: Path, warm: Path, n_bytes: int, stages: str, result: Any) -> None:
    extract(corpus, warm, 1, stages)  # libraries unpack files of their own at their first use
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))
    try:
        extract(corpus, out, 1, stages)
        result.put("ended")
    except Exception as error:
        result.put(type(error).__name__)


def trial_merge(n_kills: int, stages: str, scratch: Path) -> str:
    """SIGKILL while shares are put together, into a folder that has tables of an earlier run."""
    corpus, made, fresh = scratch / "corpus", scratch / "made", scratch / "fresh"
    write_generation(corpus, 0)
    extract(corpus, made, 1, stages)
    write_generation(corpus, 1)
    config, recipe = load_config(), recipe_of(stages)
    for index in (1, 2, 3):
        run.extract([corpus], made, config=config, jobs=1, recipe=recipe, shard=(index, 3))
    extract(corpus, fresh, 1, stages)
    whole = content(fresh)
    choose, seconds, counts = random.Random(4), 0.0, Counter[str]()
    while counts["kills"] < n_kills:
        out = scratch / f"out{counts.total()}"
        shutil.copytree(made, out)
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=merging, args=(theirs, out, stages))
        process.start()
        ours.recv()
        start = time.perf_counter()
        if has_ended(ours, out, choose, seconds if counts["ended"] else None):
            seconds = time.perf_counter() - start
            counts["ended"] += 1
        else:
            process.kill()
            counts["kills"] += 1
            counts["moving"] += journal_path(out).exists()
            owner_path(out).unlink(missing_ok=True)  # as in ``trial_kills``
        process.join()
        for name in TABLES:
            faults = check_documents(pd.read_parquet(out / name)) if name == "documents" else []
            if faults:
                raise AssertionError(faults)
        extract(corpus, out, 1, stages)
        if content(out) != whole:
            raise AssertionError("tables differ from a fresh run's")
        shutil.rmtree(out)
    return (
        f"{counts['kills']} kills, {counts['moving']} of them while files were moved into place, "
        f"{counts['ended']} that ended before theirs; readable after each, then equal to a fresh run's"
    )


def merging(pipe: Any, out: Path, stages: str) -> None:
    pipe.send("ready")
    run.merge(out, config=load_config(), jobs=1, recipe=recipe_of(stages))
    pipe.send("done")


def trial_tmpfs(stages: str, scratch: Path) -> str:
    """A file system of 2 MB that fills up: less and less of it is left to the run."""
    inside = [sys.executable, "-m", "tests.reliability", "--inside", str(scratch), "--stages", stages]
    if not shutil.which("unshare"):
        return "left out: needs unshare, to mount a small file system"
    done = subprocess.run(["unshare", "-Urm", *inside], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr[-2000:])
    return done.stdout.strip()


def inside_tmpfs(stages: str, scratch: Path) -> str:
    corpus, disk, outcomes = scratch / "corpus", scratch / "disk", Counter[str]()
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=True)
    out, ballast = disk / "out", disk / "ballast"
    write_generation(corpus, 0)
    extract(corpus, out, 1, stages)
    before = content(out)
    write_generation(corpus, 1)
    left = 4096
    while outcomes["ended"] == 0:
        ballast.write_bytes(b"")
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        ballast.write_bytes(b"\0" * max(0, free - left))
        try:
            extract(corpus, out, 1, stages)
            outcomes["ended"] += 1
        except FolderError:
            outcomes["out of space"] += 1
            if content(out) != before:
                raise AssertionError("tables changed though the run failed") from None
        left += 8192
    extract(corpus, scratch / "fresh", 1, stages)
    if content(out) != content(scratch / "fresh"):
        raise AssertionError("tables differ from a fresh run's")
    return f"from 4 kB free upwards: {dict(outcomes)}; earlier tables whole after each, then a fresh run's"


def trial_damage(n: int, stages: str, scratch: Path) -> str:
    """A byte changed, a file cut or gone, anywhere in the outputs folder: the next run makes it whole."""
    corpus, out = scratch / "corpus", scratch / "out"
    write_generation(corpus, 0)
    extract(corpus, out, 1, stages)
    good = content(out)
    choose = random.Random(2)
    kinds = Counter[str]()
    for _ in range(n):
        path = choose.choice([each for each in out.rglob("*") if each.is_file() and each.stat().st_size])
        data = bytearray(path.read_bytes())
        kind = choose.choice(["flipped", "cut", "gone"])
        kinds[kind] += 1
        if kind == "gone":
            path.unlink()
        elif kind == "cut":
            path.write_bytes(data[: choose.randrange(len(data))])
        else:
            data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
            path.write_bytes(data)
        extract(corpus, out, 1, stages)
        if content(out) != good:
            raise AssertionError(f"{path.relative_to(out)} {kind}: tables differ")
    return f"{n} damages ({dict(kinds)}), all mended by the next run"


def trial_changing_inputs(n: int, stages: str, scratch: Path) -> str:
    """Files change, come and go while a run reads them; a run after that agrees with a fresh one."""
    corpus, out = scratch / "corpus", scratch / "out"
    write_generation(corpus, 0)
    for round_ in range(n):
        stop = CONTEXT.Event()
        mover = CONTEXT.Process(target=keep_changing, args=(corpus, stop, round_))
        mover.start()
        while not (corpus / "site0" / "ready").exists() and mover.is_alive():
            time.sleep(0.05)
        for _ in range(5):
            extract(corpus, out, 1, stages)
        stop.set()
        mover.join()
        extract(corpus, out, 1, stages)
        extract(corpus, scratch / f"fresh{round_}", 1, stages)
        if content(out) != content(scratch / f"fresh{round_}"):
            raise AssertionError("tables differ from a fresh run's")
    return f"{n} times 5 runs over a corpus that changed meanwhile; each settled to a fresh run's tables"


def keep_changing(corpus: Path, stop: Any, seed: int) -> None:
    choose = random.Random(seed)
    while not stop.is_set():
        path = corpus / f"site{choose.randrange(3)}" / f"{choose.randrange(30)}.txt"
        if choose.random() < 0.3:
            path.unlink(missing_ok=True)
        else:
            path.write_text(f"Ann said {choose.random()}.\n" * choose.randrange(1, 50))
        (corpus / "site0" / "ready").touch()
        time.sleep(0.002)


def trial_fuzz(n: int, jobs: int, stages: str, scratch: Path) -> str:
    """Inputs that are not what they seem: inputs = documents + rejects, and no crash."""
    corpus, out = scratch / "corpus", scratch / "out"
    corpus.mkdir()
    choose = random.Random(3)
    n_made = sum(write_fuzz(corpus, number, choose) for number in range(n))
    summary = extract(corpus, out, jobs, stages)
    n_rejects = sum(summary.rejects.values())
    outside = [path for path in scratch.iterdir() if path.name not in ("corpus", "out")]
    if summary.n_documents + n_rejects != n_made or outside:
        raise AssertionError(
            f"{n_made} inputs, {summary.n_documents} documents, {summary.rejects}; {outside}"
        )
    check_offsets(out)
    check_names(out)
    if "internal" in summary.rejects or "timeout" in summary.rejects:
        rejects = read(out, "rejects").to_pylist()
        raise AssertionError([each for each in rejects if each["reason"] in ("internal", "timeout")][:5])
    return f"{n_made} inputs = {summary.n_documents} documents + {n_rejects} rejects {summary.rejects}"


def check_offsets(out: Path) -> None:
    """Every string of every table is what stands at its offsets."""
    texts = dict(zip(*(read(out, "documents")[name].to_pylist() for name in ("doc_id", "text")), strict=True))
    for name, columns in OFFSETS.items():
        table = read(out, name, ["doc_id", *(each for triple in columns for each in triple)])
        for row in table.to_pylist():
            for text, start, end in columns:
                if row[start] is not None and texts[row["doc_id"]][row[start] : row[end]] != row[text]:
                    raise AssertionError(f"{name}: {row}")


OFFSETS = {
    "segments": [("text", "start", "end")],
    "entities": [("text", "start", "end")],
    "claims": [
        ("source", "source_start", "source_end"),
        ("cue", "cue_start", "cue_end"),
        ("antecedent", "antecedent_start", "antecedent_end"),
    ],
}


def check_names(out: Path) -> None:
    """Nothing lies in the outputs folder but what newsclaims calls its files: no id has become a path."""
    known = re.compile(
        r"manifest\.json|\w+/part-\d{5}\.parquet|"
        r"\.newsclaims/(lock|glance\.json|state/\w+-[0-9a-f]{16}\.sqlite|sketches/part-\d{5}\.parquet)"
    )
    found = [path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()]
    if strange := [name for name in found if not known.fullmatch(name)]:
        raise AssertionError(f"strange files: {strange[:5]}")


def write_fuzz(corpus: Path, number: int, choose: random.Random) -> int:
    """One file of some evil kind; how many articles and rejects must come of it."""
    kind, data = choose.choice(FUZZ)
    name = f"{number % 50}/{choose.choice(NAMES)}{number}.{kind}"
    path = corpus / name
    path.parent.mkdir(exist_ok=True)
    content = data(choose)
    path.write_bytes(content)
    return max(1, content.count(b"\n")) if kind == "jsonl" else 1


NAMES = ["", "a b ", "new\nline", "tab\t", "quo'\"te", "ünï", "‮", "\\", "%2e%2e", "a..", "-rf ", "😀", "$(x)"]


def noise(choose: random.Random, n: int = 4000) -> bytes:
    return choose.randbytes(choose.randrange(n))


def prose(choose: random.Random) -> str:
    words = [
        "“",
        "”",
        '"',
        "said",
        "Ann",
        "the",
        "Iraq",
        "1,000",
        "–",
        "\u200b",
        "\u202e",
        "é",
        "\u2028",
        "\r\n",
        "\n",
    ]
    return " ".join(choose.choice(words) for _ in range(choose.randrange(400)))


def records(choose: random.Random) -> bytes:
    evil: list[Any] = [
        "../../x",
        "/etc/passwd",
        "a\0b",
        "\ud800",
        "",
        5,
        None,
        [],
        {},
        "x" * 300,
        "ok" + str(choose.random()),
    ]
    lines = []
    for _ in range(choose.randrange(1, 6)):
        row = {
            "id": f"{choose.choice(evil)}{choose.random()}",
            "text": choose.choice([prose(choose), 5, "", None]),
        }
        line = json.dumps(
            row | {"url": choose.choice(evil), "date": choose.choice(evil), "title": choose.choice(evil)}
        )
        lines.append(choose.choice([line, line, line, line[:-3], "[]", "null"]))
    return "".join(f"{line}\n" for line in lines).encode()


def bomb(_: random.Random) -> bytes:
    return gzip.compress(b"a" * 30_000_000)


FUZZ: list[tuple[str, Callable[[random.Random], bytes]]] = [
    ("txt", noise),
    ("html", noise),
    ("txt", lambda choose: prose(choose).encode()),
    ("txt", lambda choose: prose(choose).encode("utf-16")),
    ("txt", lambda choose: prose(choose).encode("utf-8", "replace")[::-1]),
    ("txt", lambda choose: gzip.compress(prose(choose).encode())),
    ("txt.gz", lambda choose: gzip.compress(gzip.compress(prose(choose).encode()))),
    ("txt.gz", lambda choose: gzip.compress(prose(choose).encode())[: choose.randrange(1, 40)]),
    ("html", lambda choose: f"<html><p>{prose(choose)}<div><script>{prose(choose)}".encode()),
    ("html", lambda choose: ("<div>" * choose.randrange(3000) + prose(choose)).encode()),
    ("jsonl", records),
    ("csv", noise),
    ("parquet", noise),
    ("warc", noise),
    ("md", lambda choose: b"\xef\xbb\xbf" + prose(choose).encode("utf-16-le")),
]


def rare_inputs() -> Iterator[tuple[str, bytes]]:
    """The large ones, once each."""
    yield "quotes.txt", ('He said "' * 100_000).encode()
    yield "word.txt", b"x" * 4_900_000
    yield "long.txt", b"x" * 30_000_000
    yield "bomb.txt.gz", gzip.compress(b"word " * 20_000_000)
    buffer = io.BytesIO()
    pd.DataFrame({"text": ["Ann said so."], "id": ["../../../up"]}).to_parquet(buffer)
    yield "up.parquet", buffer.getvalue()


def trial_rare(jobs: int, stages: str, scratch: Path) -> str:
    """A text of 100,000 quotation marks, words of 5 and 30 MB, an archive that expands, an id that climbs."""
    corpus, out = scratch / "corpus", scratch / "out"
    corpus.mkdir()
    for name, data in rare_inputs():
        (corpus / name).write_bytes(data)
    summary = extract(corpus, out, jobs, stages)
    n = summary.n_documents + sum(summary.rejects.values())
    if n != 5 or sorted(path.name for path in scratch.iterdir()) != ["corpus", "out"]:
        raise AssertionError(f"{summary}")
    return f"5 inputs = {summary.n_documents} documents + rejects {summary.rejects}"


def trial_memory(sizes: tuple[int, int], jobs: int, stages: str, scratch: Path) -> str:
    """Peak resident memory of all processes of a run over many short articles, against one over fewer.

    Then what it costs to find that nothing is new, at a glance and input by input, and to add one article.
    """
    peaks, seconds = [], []
    for size in sizes:
        corpus, out = scratch / f"corpus{size}", scratch / f"out{size}"
        for number in range(size):
            write_short(corpus, number)
        peak, cpu_s = in_own_process(measured, corpus, out, jobs, stages)
        peaks.append(peak)
        seconds.append(f"{size} articles {cpu_s:.0f} s")
    shown = ", ".join(f"{size} articles {peak:.0f} MB" for size, peak in zip(sizes, peaks, strict=True))
    shown += (
        f" ({peaks[1] / peaks[0] - 1:+.1%}); computing: {', '.join(seconds)}; {reruns(corpus, out, stages)}"
    )
    if peaks[1] > 1.1 * peaks[0]:
        raise AssertionError(shown)
    return shown


def write_short(corpus: Path, number: int) -> None:
    """An article of one line with words of its own, an hour old."""
    path = corpus / f"{number % 200}" / f"{number}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Ann number{number} said on Monday that name{number * 7} had left the town{number}.\n")
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))


def reruns(corpus: Path, out: Path, stages: str) -> str:
    """Runs over a corpus that is done: seconds of computing, its start and imports included."""
    command = [sys.executable, "-m", "pipeline", "-q", "extract", str(corpus), "-o", str(out)]
    glance = timed(command)
    (out / ".newsclaims" / "glance.json").unlink()
    close = timed(command)
    write_short(corpus, 10**7)
    one = in_own_process(measured, corpus, out, 1, stages)[1]
    return f"nothing new: {glance:.1f} s at a glance, {close:.1f} s input by input; one new: {one:.1f} s"


def timed(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_own_process(work: Callable[..., None], *values: Any) -> Any:
    """What ``work`` puts into the queue it is given; spawned, so that memory and time are its own."""
    result = SPAWN.Queue()
    process = SPAWN.Process(target=work, args=(*values, result))
    process.start()
    found = result.get()
    process.join()
    return found


def measured(corpus: Path, out: Path, jobs: int, stages: str, result: Any) -> None:
    extract(corpus, out, jobs, stages)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, child = (each.ru_maxrss / 1024 for each in usage)
    peak = own + (jobs * child if jobs > 1 else 0)
    result.put((peak, sum(each.ru_utime + each.ru_stime for each in usage)))


def main() -> int:
    given = options()
    if given.inside:
        print(inside_tmpfs(given.stages or "small", given.inside))
        return 0

    def many(n: int) -> int:
        return max(1, round(n * given.share))

    jobs = given.jobs
    trials: dict[str, Callable[[str, Path], str]] = {
        "kills": lambda stages, scratch: trial_kills(many(given.kills), jobs, stages, scratch),
        "merge": lambda stages, scratch: trial_merge(many(given.merges), stages, scratch),
        "fuzz": lambda stages, scratch: trial_fuzz(many(given.fuzz), jobs, stages, scratch),
        "rare": lambda stages, scratch: trial_rare(jobs, stages, scratch),
        "full": trial_full_disk,
        "tmpfs": trial_tmpfs,
        "damage": lambda stages, scratch: trial_damage(many(given.damages), stages, scratch),
        "changes": lambda stages, scratch: trial_changing_inputs(many(given.changes), stages, scratch),
        "memory": lambda stages, scratch: trial_memory(
            (many(given.articles[0]), many(given.articles[1])), jobs, stages, scratch
        ),
    }
    failed = 0
    for name in given.only or trials:
        start = time.perf_counter()
        stages = given.stages or STAGES.get(name, "small")
        with tempfile.TemporaryDirectory() as scratch:
            try:
                outcome = trials[name](stages, Path(scratch))
            except AssertionError as error:
                outcome, failed = f"FAILED: {error}", failed + 1
        print(f"{name:8} {stages:6} {time.perf_counter() - start:7.0f} s  {outcome}", flush=True)
    return min(failed, 1)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--merges", type=int, default=50)
    parser.add_argument("--damages", type=int, default=100)
    parser.add_argument("--fuzz", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=5)
    parser.add_argument("--articles", type=int, nargs=2, default=(10_000, 100_000))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--share", type=float, default=1.0, help="of all these numbers, such as 0.1")
    parser.add_argument("--stages", choices=("small", "lean", "light", "real"))
    parser.add_argument(
        "--only", nargs="*", help="some of: kills merge fuzz rare full tmpfs damage changes memory"
    )
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    if CONTEXT is not SPAWN:
        CONTEXT.set_forkserver_preload(["tests.fakes", "pipeline.run.whole", "pandas"])
    sys.exit(main())
