"""One run over a corpus: find what is new, read it, learn, extract, replace the tables."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from tqdm import tqdm

from pipeline.run import corpus as columns
from pipeline.run import inputs as walk
from pipeline.run import shards
from pipeline.run.commit import MakeWide, Result, refresh, replace_tables
from pipeline.run.listing import FoundInput, Listing
from pipeline.run.tasks import PARTLY_READ, ExtractTask, Made, Place, ReadTask, Survey, load_made
from pipeline.run.workers import Executor
from pipeline.schema import arrow_schema
from pipeline.tables import FolderError
from pipeline.tables.bundle import BundleError
from pipeline.tables.place import private
from pipeline.tables.settings import Settings
from pipeline.tables.state import (
    ArticleState,
    InputState,
    RejectState,
    State,
    StateError,
    no_state,
    read_state,
)
from pipeline.tables.store import damaged

Ints = NDArray[np.int64]

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
    is_repeated: columns.Repeated
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
    listing = job.listing if job.share is None else job.share.of(job.listing)
    plan = walk.compare(listing, before, limit=job.limit)
    counts = Counts(len(plan.new), len(plan.changed), plan.n_removed, len(plan.same), why_anew=why)
    counts.is_settled = plan.is_settled
    lost = {file.number for file in damaged(job.outputs, before.files)}
    if plan.is_done and before.files and not lost and why is None:
        if plan.is_stale:
            refresh(job.outputs, before, plan.same_states)
        return counts
    executor = make_executor()
    try:
        result = _Run(job, before, plan, counts, executor).result(lost)
    except OSError as error:
        raise FolderError(f"{job.outputs}: {error.strerror or error}") from error
    finally:
        executor.close()
    try:
        replace_tables(job.outputs, result)
    except OSError as error:
        raise FolderError(f"{job.outputs}: {error.strerror or error}; the tables are as before") from error
    for name in ("staging", "work", shards.FOLDER):
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
    before: State
    plan: walk.InputPlan
    counts: Counts
    executor: Executor

    @property
    def work(self) -> Path:
        return private(self.job.outputs) / "work"

    @property
    def staging(self) -> Path:
        return private(self.job.outputs) / "staging" / self.job.settings.digest

    def result(self, lost: set[int]) -> Result:
        """Everything the next state of the folder is made from."""
        self._prepare_folders()
        survey = self.read(np.concatenate([self.plan.new, self.plan.changed]))
        same = self.plan.same_states
        kept = _of_paths(self.before.articles, same["path"])
        known = _without_parts(self.before.articles, lost)
        found = columns.gather(
            pa.concat_tables([kept, survey.articles]),
            pa.concat_tables([_no_places(kept.num_rows), survey.places]),
            self.plan.shown,
            limit=self.job.limit,
        )
        inputs = _partly_read(pa.concat_tables([same, survey.inputs]), found.cut)
        rejects = [_of_paths(self.before.rejects, same["path"]), survey.rejects, self.plan.rejects]
        del kept, survey  # ``found`` has its articles: most of what is held of an article
        lines = columns.learn(found.articles, self.job.is_repeated)
        work = columns.compare(found.articles, lines, known)
        made = self.resume(found, lines, work)
        self.read_missing(found, work)
        made += self.extract(found, lines, work)
        return Result(
            settings=self.job.settings,
            inputs=inputs,
            corpus=found,
            work=work,
            lines=lines,
            made=made,
            rejects=pa.concat_tables(rejects),
            before=self.before,
            lost=frozenset(lost),
            part_chars=self.job.part_chars,
            make_wide=self.job.make_wide,
        )

    def _prepare_folders(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        if self.staging.parent.is_dir():
            for other in self.staging.parent.iterdir():
                if other.name != self.staging.name:
                    shutil.rmtree(other, ignore_errors=True)
        self.staging.mkdir(parents=True, exist_ok=True)

    def read(self, numbers: Ints) -> Survey:
        """Read the inputs of these numbers; their texts lie in the work folder."""
        n_bytes = sum(self.plan.listing.sizes[number] for number in numbers.tolist())
        self.executor.warm_up(max(len(numbers), n_bytes // READ_BYTES))
        reports = list(
            self._shown("reading", self.executor.map(self._read_tasks(numbers)), len(numbers), _n_inputs)
        )
        return Survey(
            inputs=_concat([each.inputs for each in reports], InputState),
            articles=_concat([each.articles for each in reports], ArticleState),
            places=_concat([each.places for each in reports], Place),
            rejects=_concat([each.rejects for each in reports], RejectState),
        )

    def _read_tasks(self, numbers: Ints) -> Iterator[ReadTask]:
        """Runs of neighbouring inputs, some for every process; a large one alone."""
        waiting: list[FoundInput] = []
        n_bytes = 0
        n_files = max(READ_FILES_LEAST, min(READ_FILES, len(numbers) // (READ_SHARES * self.executor.jobs)))
        for each in map(self.plan.listing.__getitem__, numbers.tolist()):
            if waiting and (n_bytes + each.size > READ_BYTES or len(waiting) == n_files):
                yield ReadTask(tuple(waiting), self.work, self.job.limit)
                waiting, n_bytes = [], 0
            waiting.append(each)
            n_bytes += each.size
        if waiting:
            yield ReadTask(tuple(waiting), self.work, self.job.limit)

    def resume(self, found: columns.Corpus, lines: columns.Lines, work: columns.Work) -> list[Made]:
        """What runs that were cut off, or shares of this one, have done already, taken off what is to do."""
        staged = [*_staged(self.staging), *shards.made(self.job.outputs, self.job.settings)]
        useful = columns.reuse(staged, found, lines, work)
        self.counts.n_resumed = sum(made.outcomes.num_rows for made in useful)
        return useful

    def read_missing(self, found: columns.Corpus, work: columns.Work) -> None:
        """Read the texts of articles that have to be cleaned again though their inputs are the same."""
        missing = np.flatnonzero(work.todo & found.places["bundle"].is_null().to_numpy())
        if not len(missing):
            return
        paths = found.articles["path"].take(pa.array(missing)).combine_chunks()
        survey = self.read(self.plan.numbers_of(paths))
        places = dict(
            zip(
                zip(survey.articles["path"].to_pylist(), survey.articles["number"].to_pylist(), strict=True),
                zip(survey.places["bundle"].to_pylist(), survey.places["row"].to_pylist(), strict=True),
                strict=True,
            )
        )
        bundle, row = found.places["bundle"].to_pylist(), found.places["row"].to_pylist()
        for index in missing.tolist():
            key = found.articles["path"][index].as_py(), found.articles["number"][index].as_py()
            bundle[index], row[index] = places.get(key, (None, None))
        found.places = pa.table({"bundle": bundle, "row": row}, schema=arrow_schema(Place))

    def extract(self, found: columns.Corpus, lines: columns.Lines, work: columns.Work) -> list[Made]:
        """Extract what is to do; the rows lie in the staging folder."""
        todo = np.flatnonzero(work.todo & found.places["bundle"].is_valid().to_numpy())
        tasks: Iterable[ExtractTask] = columns.tasks(
            found, lines, work, todo.tolist(), jobs=self.executor.jobs, source=self.work, target=self.staging
        )
        made = []
        for report in self._shown("extracting", self.executor.map(tasks), len(todo), _n_articles):
            made.append(report)
            self.counts.n_extracted += report.outcomes.num_rows
            self.counts.n_words += pc.sum(report.outcomes["n_words"]).as_py() or 0
            self.counts.stage_s.update(report.seconds)
        return made

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


def _n_inputs(survey: Survey) -> int:
    return int(survey.inputs.num_rows)


def _n_articles(made: Made) -> int:
    return int(made.outcomes.num_rows)


def _concat(tables: Sequence[pa.Table], record: type) -> pa.Table:
    return pa.concat_tables([arrow_schema(record).empty_table(), *tables])


def _no_places(n: int) -> pa.Table:
    return pa.table(
        {"bundle": pa.nulls(n, pa.string()), "row": pa.nulls(n, pa.int64())}, schema=arrow_schema(Place)
    )


def _partly_read(inputs: pa.Table, paths: pa.ChunkedArray) -> pa.Table:
    """The inputs with those at ``paths`` marked, so that the next run reads them again."""
    is_cut = pc.is_in(inputs["path"], value_set=paths.combine_chunks())
    size = pc.if_else(is_cut, PARTLY_READ, inputs["size"])
    index = inputs.schema.get_field_index("size")
    return inputs.set_column(index, inputs.schema.field(index), size)


def _of_paths(table: pa.Table, paths: pa.ChunkedArray) -> pa.Table:
    return table.filter(pc.is_in(table["path"], value_set=paths.combine_chunks()))


def _without_parts(articles: pa.Table, lost: set[int]) -> pa.Table:
    """The articles whose rows can be used."""
    if not lost:
        return articles
    return articles.filter(
        pc.invert(pc.is_in(articles["part"], value_set=pa.array(sorted(lost), pa.int64())))
    )
