"""One run over a corpus: find what is new, read it, learn, extract, replace the tables."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from tqdm import tqdm

from pipeline.run import corpus, shards
from pipeline.run import inputs as walk
from pipeline.run.commit import MakeWide, Result, refresh, replace_tables
from pipeline.run.layout import is_whole
from pipeline.run.ledger import Ledger
from pipeline.run.lines import Repeated, learn
from pipeline.run.listing import FoundInput, Listing
from pipeline.run.tasks import Made, ReadTask, Survey, load_made
from pipeline.run.workers import Executor
from pipeline.schema import Reject
from pipeline.tables import FolderError
from pipeline.tables.bundle import BundleError
from pipeline.tables.place import private
from pipeline.tables.settings import Settings
from pipeline.tables.state import RejectState, State, StateError, no_state, read_state
from pipeline.tables.store import damaged

READ_FILES = 256
"""Files that one task reads: enough to make its message worth while, few enough to spread over processes."""

READ_FILES_LEAST = 16
READ_SHARES = 4
"""Tasks of reading for every process, where there are files enough."""

READ_BYTES = 4_000_000


@dataclass(slots=True)
class Counts:
    """What a run did."""

    n_new: int = 0
    n_changed: int = 0
    n_removed: int = 0
    n_same: int = 0
    n_extracted: int = 0
    n_words: int = 0
    n_resumed: int = 0
    is_settled: bool = False
    """Whether the sizes and times of the inputs tell the next run all about them."""
    why_anew: str | None = None
    stage_s: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Job:
    """What a run is given."""

    listing: Listing
    outputs: Path
    settings: Settings
    is_repeated: Repeated
    make_wide: MakeWide
    part_chars: int
    limit: int | None
    force: bool
    progress: bool
    share: shards.Share | None = None


def run(job: Job, make_executor: Callable[[], Executor]) -> Counts:
    """Bring the tables of ``job.outputs`` up to date; the caller holds its lock.

    Raises:
        FolderError: the folder cannot be written to, or the disk is full.
    """
    before, why = previous_state(job)
    work = private(job.outputs) / "work"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir()
        with contextlib.closing(Ledger(work / "ledger.sqlite", before.path)) as ledger:
            counts = _run(job, before, ledger, make_executor, why)
    except OSError as error:
        raise FolderError(f"{job.outputs}: {error.strerror or error}; the tables are as before") from error
    except sqlite3.OperationalError as error:
        raise FolderError(f"{job.outputs}: {error}; the tables are as before") from error
    shutil.rmtree(work, ignore_errors=True)
    return counts


def _run(
    job: Job, before: State, ledger: Ledger, make_executor: Callable[[], Executor], why: str | None
) -> Counts:
    listing = job.listing if job.share is None else job.share.of(job.listing)
    plan = walk.compare(ledger, listing, limit=job.limit)
    counts = Counts(plan.n_new, plan.n_changed, plan.n_removed, plan.n_same, why_anew=why)
    counts.is_settled = plan.is_settled
    lost = {file.number for file in damaged(job.outputs, before.files)}
    if plan.is_done and before.files and not lost and why is None:
        if plan.is_stale:
            refresh(job.outputs, before, ledger)
        return counts
    executor = make_executor()
    try:
        _Run(job, listing, ledger, counts, executor).make(lost)
    finally:
        executor.close()
    counts.is_settled &= is_whole(ledger)
    files = [file for file in before.files if file.number not in lost]
    replace_tables(job.outputs, Result(job.settings, ledger, files, job.part_chars, job.make_wide))
    for name in ("staging", shards.FOLDER):
        shutil.rmtree(private(job.outputs) / name, ignore_errors=True)
    return counts


def previous_state(job: Job) -> tuple[State, str | None]:
    """The state that this run can build on, and why it cannot build on the one there is."""
    try:
        state = read_state(job.outputs)
    except StateError as error:
        return no_state(job.settings), str(error)
    if state is None:
        return no_state(job.settings), None
    if job.force:
        return no_state(job.settings), "--force"
    if changed := job.settings.changes(state.settings):
        return no_state(job.settings), f"changed since the last run: {', '.join(changed)}"
    return state, None


@dataclass(slots=True)
class _Run:
    """A run that has something to do."""

    job: Job
    listing: Listing
    ledger: Ledger
    counts: Counts
    executor: Executor

    @property
    def work(self) -> Path:
        return private(self.job.outputs) / "work"

    @property
    def staging(self) -> Path:
        return private(self.job.outputs) / "staging" / self.job.settings.digest

    def make(self, lost: set[int]) -> None:
        """Find out what is to do and do it, until rows for all that is new lie in the staging folder."""
        self._prepare_staging()
        corpus.keep(self.ledger)
        self.executor.expect(walk.n_bytes_to_read(self.ledger))
        for survey in self.read(walk.to_read(self.ledger), self.counts.n_new + self.counts.n_changed):
            corpus.add(self.ledger, survey)
        corpus.add_rejects(self.ledger, map(_of_walk, self.listing.rejects))
        corpus.gather(self.ledger, limit=self.job.limit)
        learn(self.ledger, self.job.is_repeated)
        corpus.compare(self.ledger, lost)
        self.counts.n_resumed = corpus.reuse(self.ledger, self._resumed())
        self.executor.expect(corpus.n_chars_left(self.ledger))
        unread = corpus.unread(self.ledger)
        for survey in self.read(unread, len(unread)):
            corpus.add_texts(self.ledger, survey)
        self.extract()

    def _prepare_staging(self) -> None:
        if self.staging.parent.is_dir():
            for other in self.staging.parent.iterdir():
                if other.name != self.staging.name:
                    shutil.rmtree(other, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    def read(self, numbers: Iterable[int], n: int) -> Iterator[Survey]:
        """Read the ``n`` inputs of these numbers; their texts lie in the work folder."""
        if n:
            self.executor.warm_up(max(n, walk.n_bytes_to_read(self.ledger) // READ_BYTES))
            reports = self.executor.map(self._read_tasks(numbers, n))
            yield from self._shown("reading", reports, n, _n_inputs)

    def _read_tasks(self, numbers: Iterable[int], n: int) -> Iterator[ReadTask]:
        """Runs of neighbouring inputs, some for every process; a large one alone."""
        waiting: list[FoundInput] = []
        n_bytes = 0
        n_files = max(READ_FILES_LEAST, min(READ_FILES, n // (READ_SHARES * self.executor.jobs)))
        for each in map(self.listing.__getitem__, numbers):
            if waiting and (n_bytes + each.size > READ_BYTES or len(waiting) == n_files):
                yield ReadTask(tuple(waiting), self.work, self.job.limit)
                waiting, n_bytes = [], 0
            waiting.append(each)
            n_bytes += each.size
        if waiting:
            yield ReadTask(tuple(waiting), self.work, self.job.limit)

    def _resumed(self) -> Iterator[Made]:
        """What runs that were cut off, or shares of this one, have done already."""
        yield from _staged(self.staging)
        yield from shards.made(self.job.outputs, self.job.settings)

    def extract(self) -> None:
        """Extract what is to do; the rows lie in the staging folder."""
        tasks = corpus.tasks(self.ledger, jobs=self.executor.jobs, source=self.work, target=self.staging)
        n_wanted = corpus.n_wanted(self.ledger)
        for made in self._shown("extracting", self.executor.map(tasks), n_wanted, _n_articles):
            corpus.settle(self.ledger, made, self.ledger.note_source(made.source))
            self.counts.n_extracted += made.outcomes.num_rows
            self.counts.n_words += pc.sum(made.outcomes["n_words"]).as_py() or 0
            self.counts.stage_s.update(made.seconds)

    def _shown(
        self, what: str, reports: Iterator[Any], total: int, size: Callable[[Any], int]
    ) -> Iterator[Any]:
        with tqdm(
            total=total, desc=what, unit=" articles", file=sys.stderr, disable=not self.job.progress
        ) as bar:
            for report in reports:
                bar.update(size(report))
                yield report


def _staged(folder: Path) -> Iterator[Made]:
    """The work that lies in a staging folder; what is cut off is removed."""
    for path in sorted(folder.iterdir()):
        try:
            yield load_made(path)
        except (BundleError, KeyError):
            path.unlink(missing_ok=True)


def _of_walk(reject: Reject) -> RejectState:
    return RejectState(reject.path, reject.doc_id, reject.reason, reject.detail, None)


def _n_inputs(survey: Survey) -> int:
    return len(survey.inputs)


def _n_articles(made: Made) -> int:
    return int(made.outcomes.num_rows)
