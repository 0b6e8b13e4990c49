"""How fast: words a second of every stage and of the whole, against a reference measured in the same run.

The reference is what one would otherwise build on: a spaCy pipeline (``benchmark.reference``) with textacy's
direct quotations on top.

Every measurement is a process of its own, so that seconds of computing and peak memory are its own; what it
need not import is imported in functions, since a rerun with nothing new is measured here too. Seconds of
computing tell more than seconds of the clock where other work shares the machine.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import importlib.metadata
import json
import multiprocessing as mp
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import run
from pipeline.benchmark.reference import make_reference
from pipeline.config import Config
from pipeline.read import Input, find_inputs
from pipeline.schema import RawArticle

PARAGRAPHS = 14
"""Of an article made for measuring: about 450 words, as a news article has."""

LOADING = "loading the model"
CLEANING = "cleaning alone"
RULE_WORDS = 10
"""Simple rules, to compare cleaning with, keep lines of so many words that end as a sentence does (C4)."""

CLEANINGS = 16
"""Times that the articles are cleaned one after the other to measure cleaning alone. Other work on the
machine can only slow a pass down, so that the fastest tells most of the code; the median stands beside it."""

SETTLE_S = 2.5
"""Between making articles and a run over them: of files older than two seconds size and time tell all."""

SHARES = ("clean", "resolve")
"""Stages whose part in the whole is printed as a figure of its own."""

SEED = 20
REFERENCE_BATCH = 64


@dataclass(frozen=True, slots=True)
class Measure:
    """What one process took."""

    name: str
    n_articles: int
    n_words: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    """Largest resident memory of its largest process."""
    total_mb: float
    """That of all its processes together, at most."""
    stage_s: dict[str, float] = field(default_factory=dict)

    @property
    def words_per_s(self) -> float:
        return self.n_words / self.wall_s

    @property
    def words_per_cpu_s(self) -> float:
        return self.n_words / self.cpu_s


@dataclass(slots=True)
class Report:
    """All measurements of one benchmark."""

    measures: dict[str, Measure] = field(default_factory=dict)

    def ratios(self) -> dict[str, float]:
        """The figures that are compared with what is asked for."""
        found: dict[str, float] = {}
        for key, over, under, attribute in (
            ("speed against the reference, by the clock", "one process", "reference", "words_per_s"),
            ("speed against the reference, by computing", "one process", "reference", "words_per_cpu_s"),
            ("speed of two processes against one", "two processes", "one process", "words_per_s"),
        ):
            if over in self.measures and under in self.measures:
                found[key] = getattr(self.measures[over], attribute) / getattr(
                    self.measures[under], attribute
                )
        if LOADING in self.measures:
            found["seconds to load the model, imports apart"] = self.measures[LOADING].stage_s["model"]
        stages = one.stage_s if (one := self.measures.get("one process")) else {}
        for stage in SHARES:
            if stage in stages:
                found[f"share of {stage} in the seconds of all stages"] = stages[stage] / sum(stages.values())
        for name, pace in self.measures[CLEANING].stage_s.items() if CLEANING in self.measures else ():
            found[f"{name}, MB of plain text a second of computing"] = 1 / pace
        for name, measure in self.measures.items():
            what, _, size = name.rpartition(", ")
            first = self.measures.get(f"first run, {size}")
            if what.startswith("rerun") and first is not None:
                found[f"{name}: share of the first run"] = measure.wall_s / first.wall_s
                found[f"{name}: share of its computing"] = measure.cpu_s / first.cpu_s
        return found

    def lines(self) -> Iterator[str]:
        """The report for a terminal."""
        yield f"{'':40} {'articles':>8} {'words':>9} {'seconds':>8} {'words/s':>8} {'w/cpu-s':>8} {'MB':>6}"
        for measure in self.measures.values():
            yield (
                f"{measure.name:40} {measure.n_articles:8} {measure.n_words:9} {measure.wall_s:8.1f} "
                f"{measure.words_per_s:8.0f} {measure.words_per_cpu_s:8.0f} {measure.total_mb:6.0f}"
            )
        one = self.measures.get("one process")
        for stage, seconds in sorted(one.stage_s.items(), key=lambda each: -each[1]) if one else ():
            share = seconds / sum(one.stage_s.values())  # type: ignore[union-attr]
            pace = one.n_words / max(seconds, 1e-9)  # type: ignore[union-attr]
            yield f"  {stage:38} {'':8} {'':9} {seconds:8.1f} {pace:8.0f} {share:8.1%}"
        for name, ratio in self.ratios().items():
            yield f"{name:60} {ratio:.3f}"

    def save(self, folder: Path) -> Path:
        """Keep the figures, with what they were measured on, as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        now = dt.datetime.now(dt.UTC)
        path = folder / f"{now:%Y-%m-%d-%H%M}.json"
        content = {
            "when": now.isoformat(timespec="seconds"),
            "machine": {
                "system": platform.system(),
                "cpu": _cpu(),
                "cores": os.cpu_count(),
                "load": os.getloadavg(),
            },
            "versions": {
                name: importlib.metadata.version(name) for name in ("newsclaims", "spacy", "onnxruntime")
            },
            "ratios": self.ratios(),
            "measures": [dataclasses.asdict(each) for each in self.measures.values()],
        }
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        return path


def benchmark(
    corpus: Path,
    *,
    config: Config,
    sizes: Sequence[int] = (400, 4000),
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Measure everything on articles made from the paragraphs of ``corpus``.

    Args:
        corpus: any articles; their paragraphs are put together anew, with a fixed seed.
        config: settings of the runs.
        sizes: numbers of articles; speeds are measured at the first, the cost of a rerun at each.
        tell: gets a line on each measurement as it is done.
    """
    from pipeline.run.workers import default_jobs

    report = Report()

    def note(measure: Measure) -> None:
        report.measures[measure.name] = measure
        tell(f"{measure.name}: {measure.wall_s:.1f} s")

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for size in sizes:
            articles = folder / f"articles-{size}"
            n_words = make_articles(corpus, articles, size, config)
            time.sleep(SETTLE_S)
            first = size == sizes[0]
            jobs = 1 if first else default_jobs()
            note(
                measured(
                    _extract,
                    f"first run, {size}",
                    size,
                    n_words,
                    articles,
                    folder / f"out-{size}",
                    config,
                    jobs,
                )
            )
            if first:
                note(dataclasses.replace(report.measures[f"first run, {size}"], name="one process"))
                note(measured(_reference, "reference", size, n_words, articles))
                note(measured(_load, LOADING, 0, 0, config))
                note(measured(_clean, CLEANING, size, n_words, articles, config))
                note(measured(_extract, "two processes", size, n_words, articles, folder / "two", config, 2))
            out = folder / f"out-{size}"
            note(measured(_extract, f"rerun with nothing new, {size}", 0, 0, articles, out, config, jobs))
            make_articles(corpus, articles, 1, config, start=size)
            time.sleep(SETTLE_S)
            note(measured(_extract, f"rerun with one new article, {size}", 1, 0, articles, out, config, jobs))
    return report


def make_articles(corpus: Path, folder: Path, n: int, config: Config, *, start: int = 0) -> int:
    """Write ``n`` articles, numbered from ``start``; the number of their words."""
    paragraphs = sorted(set(_paragraphs(corpus, config)))
    if not paragraphs:
        raise ValueError(f"{corpus}: no paragraphs of prose in it")
    n_words = 0
    for number in range(start, start + n):
        choose = random.Random(SEED + number)
        text = "\n\n".join(choose.choice(paragraphs) for _ in range(PARAGRAPHS))
        path = folder / f"{number % 100:02}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        n_words += len(text.split())
    return n_words


def _paragraphs(corpus: Path, config: Config) -> Iterator[str]:
    """Lines of prose: long, and ending as a sentence does."""
    from pipeline.read import read_articles

    for source in find_inputs([corpus]):
        for raw in read_articles(source, config) if isinstance(source, Input) else ():
            if isinstance(raw, RawArticle):
                lines = (line.strip() for line in raw.text.splitlines())
                yield from (line for line in lines if 80 < len(line) < 1200 and line[-1] in ".”\"'!?")


def measured(
    work: Callable[..., dict[str, float]], name: str, n_articles: int, n_words: int, *values: Any
) -> Measure:
    """Do ``work`` in a new process and measure it, its start included."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    start = time.perf_counter()
    process = context.Process(target=_measure, args=(theirs, work, values))
    process.start()
    theirs.close()
    try:
        stage_s, cpu_s, peak_mb, total_mb = ours.recv()
    except EOFError as error:
        raise RuntimeError(f"{name}: the process ended without a result") from error
    process.join()
    return Measure(name, n_articles, n_words, time.perf_counter() - start, cpu_s, peak_mb, total_mb, stage_s)


def _measure(pipe: Any, work: Callable[..., dict[str, float]], values: tuple[Any, ...]) -> None:
    stage_s = work(*values)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    n_children = int(stage_s.pop("processes", 0))
    total = own.ru_maxrss + n_children * children.ru_maxrss
    pipe.send((stage_s, cpu_s, max(own.ru_maxrss, children.ru_maxrss) / unit, total / unit))


def _extract(articles: Path, outputs: Path, config: Config, jobs: int) -> dict[str, float]:
    summary = run.extract([articles], outputs, config=config, jobs=jobs)
    return summary.stage_s | {"processes": jobs if jobs > 1 and summary.n_extracted else 0}


def _load(config: Config) -> dict[str, float]:
    """Seconds of computing of importing what the model needs, and of loading it."""
    start = time.process_time()
    from pipeline.annotate import load_pipeline

    imported = time.process_time()
    load_pipeline(config.model)
    return {"imports": imported - start, "model": time.process_time() - imported}


def _reference(articles: Path) -> dict[str, float]:
    from textacy.extract.triples import direct_quotations

    nlp = make_reference()
    texts = (path.read_text(encoding="utf-8") for path in sorted(articles.rglob("*.txt")))
    for doc in nlp.pipe(texts, batch_size=REFERENCE_BATCH):
        with contextlib.suppress(ValueError):  # it refuses a text whose quotation marks do not pair
            list(direct_quotations(doc))
    return {}


def _clean(articles: Path, config: Config) -> dict[str, float]:
    """Seconds of computing a MB of plain text takes the cleaner, and simple rules; reading is left out.

    Articles are cleaned as many at a time as in a run, once unmeasured: a first pass reads and compiles.
    """
    from pipeline.read import read_articles
    from pipeline.run.pages import clean_all
    from pipeline.run.tasks import BATCH_ARTICLES

    sources = [source for source in find_inputs([articles]) if isinstance(source, Input)]
    raws = [raw for each in sources for raw in read_articles(each, config) if isinstance(raw, RawArticle)]
    batches = [raws[at : at + BATCH_ARTICLES] for at in range(0, len(raws), BATCH_ARTICLES)]
    n_mb = sum(len(raw.text.encode()) for raw in raws) / 1e6

    def cleaner() -> None:
        for batch in batches:
            clean_all(batch, config=config)

    def simple_rules() -> None:
        for raw in raws:
            "\n".join(line for line in raw.text.splitlines() if _is_prose(line))

    cleaner()
    passes = sorted(timeit.repeat(cleaner, timer=time.process_time, number=1, repeat=CLEANINGS))
    simple = min(timeit.repeat(simple_rules, timer=time.process_time, number=1, repeat=CLEANINGS))
    return {
        "cleaning": passes[0] / n_mb,
        "cleaning (median pass)": statistics.median(passes) / n_mb,
        "simple rules": simple / n_mb,
    }


def _is_prose(line: str) -> bool:
    return line.rstrip()[-1:] in '.!?"”' and len(line.split()) >= RULE_WORDS


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
