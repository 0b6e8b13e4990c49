"""Executors: the same tasks one after another in this process, or in a pool of processes.

A task that fails is cut into single articles, each tried once more; one that fails again is given up and
becomes a reject. A process that dies or takes too long counts as a failure of the task it was at.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any, Protocol

from pipeline.config import Config, RunConfig
from pipeline.run.stages import MakeStages, NotReadyError, Stages
from pipeline.run.tasks import Task
from pipeline.tables import FolderError

START_S = 120.0
"""For a process to start and load what it needs, on a machine that is busy with other things."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Each process of a pool computes on one core: more threads than cores make all of them slower."""


WORKER_CHARS = 30_000
"""Code points of text, about ten news articles, for which a further process pays: reading them takes one core
1.5 s, and a process needs 2.5 s of computing to load the model."""


def processes_for(n_chars: float, most: int) -> int:
    """How many processes so much text pays for, ``most`` of them at most."""
    return min(most, 1 + int(n_chars // WORKER_CHARS))


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a task may take before its process is ended: a start, and a slowest pace.

    Seconds are those of computing, which do not depend on what else the machine does. The clock has a limit
    too, for what waits instead of computing.
    """

    article_s: float
    slowest_chars_per_s: float
    wall_factor: float = 1.0

    @classmethod
    def of(cls, config: RunConfig) -> Limits:
        """As the user set them."""
        return cls(config.article_s, config.slowest_chars_per_s, config.wall_factor)

    def seconds(self, task: Task) -> float:
        """Of computing."""
        return self.article_s + task.n_chars / self.slowest_chars_per_s

    def wall_s(self, task: Task) -> float:
        """By the clock."""
        return self.wall_factor * self.seconds(task)


FATAL = (FolderError, NotReadyError)
"""What ends a run: no article is to blame for it."""


def cause(error: FolderError | NotReadyError) -> BaseException:
    """The error that a user should see."""
    return error.args[0] if isinstance(error, NotReadyError) else error


class Executor(Protocol):
    """Runs tasks, in any order; reports come as they are done."""

    jobs: int
    """Tasks at a time."""

    def expect(self, n_chars: float) -> None:
        """Be told how much text there is to read: a process that costs more than it saves is not started."""

    def warm_up(self, n: int) -> None:
        """Start processes for ``n`` tasks, as far as there may be so many; they get ready meanwhile."""

    def map(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """The report of every task, or of the pieces it was cut into."""

    def close(self) -> None:
        """End the processes."""


class TimeLimitError(BaseException):
    """A task took longer than its limit; no ``except Exception`` in a stage may take it for its own."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task has no report."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Started:
    """A process begins with its task: the task's time counts from here."""


class Retries:
    """The tasks that wait, and what to do with one that failed."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.tasks = iter(tasks)
        self.again: deque[Task] = deque()

    def next(self) -> Task | None:
        return self.again.popleft() if self.again else next(self.tasks, None)

    def failed(self, task: Task, failure: Failure) -> Iterator[Any]:
        """The report of giving up, or nothing where the task is tried again in pieces."""
        if task.attempt == 0:
            self.again.extend(task.split())
        else:
            yield task.give_up(failure.reason, failure.detail)


class Serial:
    """One task after another in this process."""

    jobs = 1

    def __init__(self, make_stages: MakeStages, config: Config, limits: Limits) -> None:
        self.make_stages, self.config, self.limits = make_stages, config, limits
        self.stages: Stages | None = None

    def expect(self, n_chars: float) -> None:
        """There is one process, however much it is."""

    def warm_up(self, n: int) -> None:
        """Nothing to start."""

    def map(self, tasks: Iterable[Task]) -> Iterator[Any]:
        if self.stages is None:
            self.stages = self.make_stages(self.config)
        retries = Retries(tasks)
        while (task := retries.next()) is not None:
            report = self._run(self.stages, task)
            if isinstance(report, Failure):
                yield from retries.failed(task, report)
            else:
                yield report

    def _run(self, stages: Stages, task: Task) -> Any:
        try:
            task.prepare(stages)
            with time_limit(self.limits.seconds(task), self.limits.wall_s(task)):
                return task.run(stages)
        except TimeLimitError as error:
            return Failure("timeout", str(error))
        except FATAL as error:
            raise cause(error) from error
        except Exception as error:
            return Failure("internal", describe(error))

    def close(self) -> None:
        """Nothing to end."""


HAS_ALARMS = hasattr(signal, "setitimer")


@contextlib.contextmanager
def time_limit(cpu_s: float, wall_s: float) -> Iterator[None]:
    """Raise ``TimeLimitError`` inside the block after ``cpu_s`` of computing or ``wall_s`` by the clock.

    Only where the system has alarms. Native code is not interrupted; a pool can do that, by ending the
    process.
    """
    if not HAS_ALARMS or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, _frame: FrameType | None) -> None:
        raise TimeLimitError(
            too_much_computing(cpu_s) if signum == signal.SIGPROF else f"took longer than {wall_s:.0f} s"
        )

    kinds = ((signal.SIGPROF, signal.ITIMER_PROF, cpu_s), (signal.SIGALRM, signal.ITIMER_REAL, wall_s))
    before = [signal.signal(name, ring) for name, _, _ in kinds]
    for _, timer, seconds in kinds:
        signal.setitimer(timer, seconds, 1.0)  # again each second: one may fall where none can rise
    try:
        yield
    finally:
        for (name, timer, _), handler in zip(kinds, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(name, handler)


@contextlib.contextmanager
def life_limit(cpu_s: float) -> Iterator[None]:
    """End this process, whatever it is at, after ``cpu_s`` of computing inside the block."""
    if not HAS_ALARMS:
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def too_much_computing(cpu_s: float) -> str:
    return f"took more than {cpu_s:.0f} s of computing"


def describe(error: BaseException) -> str:
    """The exception and where it was raised, on one line."""
    lines = "".join(traceback.format_exception(error, limit=-3)).strip().splitlines()
    return " | ".join(line.strip() for line in lines)


@dataclass(slots=True)
class Worker:
    """A process of the pool, and the task it is at."""

    process: Any
    pipe: Connection
    task: Task | None = None
    deadline: float = 0.0


class Pool:
    """Up to ``jobs`` processes, each with stages of its own; spawned, which all systems can do."""

    def __init__(self, make_stages: MakeStages, config: Config, limits: Limits, *, jobs: int) -> None:
        self.start = (make_stages, config, limits)
        self.limits, self.jobs, self.most = limits, jobs, jobs
        self.workers: list[Worker] = []
        self.context = mp.get_context("spawn")

    def expect(self, n_chars: float) -> None:
        self.jobs = processes_for(n_chars, self.most)

    def warm_up(self, n: int) -> None:
        while len(self.workers) < min(n, self.jobs):
            self._spawn()

    def map(self, tasks: Iterable[Task]) -> Iterator[Any]:
        retries = Retries(tasks)
        while True:
            self._hand_out(retries)
            busy = [worker for worker in self.workers if worker.task is not None]
            if not busy:
                return
            for worker in self._ready(busy):
                task = worker.task
                report = self._receive(worker)
                if isinstance(report, Started):
                    worker.deadline = time.monotonic() + self.limits.wall_s(task) if task else 0.0
                elif isinstance(report, Failure) and task is not None:
                    yield from retries.failed(task, report)
                else:
                    yield report

    def _hand_out(self, retries: Retries) -> None:
        idle = deque(worker for worker in self.workers if worker.task is None)
        while (idle or len(self.workers) < self.jobs) and (task := retries.next()) is not None:
            worker = idle.popleft() if idle else self._spawn()
            worker.task = task
            worker.deadline = time.monotonic() + self.limits.wall_s(task) + START_S
            with contextlib.suppress(BrokenPipeError):  # it died while idle: found by _receive
                worker.pipe.send(task)

    def _ready(self, busy: list[Worker]) -> list[Worker]:
        """Those that have reported, died or run out of time; waits until there is one."""
        timeout = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        waiting = [each for worker in busy for each in (worker.pipe, worker.process.sentinel)]
        ready = set(wait(waiting, timeout))
        now = time.monotonic()
        return [w for w in busy if w.pipe in ready or w.process.sentinel in ready or now >= w.deadline]

    def _receive(self, worker: Worker) -> Any:
        try:
            if worker.pipe.poll():
                report = worker.pipe.recv()
                if isinstance(report, FATAL):
                    raise cause(report)
                if not isinstance(report, Started):
                    worker.task = None
                return report
        except (EOFError, ConnectionError):
            pass
        late = worker.process.is_alive() and time.monotonic() >= worker.deadline
        self._end(worker)
        if late:
            return Failure("timeout", "took longer than the limit; its process was ended")
        code = worker.process.exitcode
        if HAS_ALARMS and code == -signal.SIGPROF and worker.task is not None:
            return Failure("timeout", too_much_computing(self.limits.seconds(worker.task)))
        return Failure("internal", f"its process died (exit code {code})")

    def _spawn(self) -> Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=work, args=(theirs, *self.start), daemon=True)
        with single_threaded():
            process.start()
        theirs.close()
        worker = Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        self.workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()

    def close(self) -> None:
        for worker in list(self.workers):
            self._end(worker)


@contextlib.contextmanager
def single_threaded() -> Iterator[None]:
    """Processes started inside the block compute on one thread each, unless the user says otherwise."""
    added = [name for name in THREAD_VARIABLES if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def work(pipe: Connection, make_stages: MakeStages, config: Config, limits: Limits) -> None:
    """The life of a worker: tasks in, reports out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    stages = make_stages(config)
    with contextlib.suppress(EOFError, BrokenPipeError):
        if not pipe.poll():
            with contextlib.suppress(Exception):  # the first task that needs it says what is wrong
                stages.prepare()
        while True:
            pipe.send(_done(pipe, pipe.recv(), stages, limits))


def _done(pipe: Connection, task: Task, stages: Stages, limits: Limits) -> Any:
    try:
        task.prepare(stages)
    except NotReadyError as error:
        return error
    pipe.send(Started())
    with life_limit(limits.seconds(task)):
        return report_of(task, stages)


def report_of(task: Task, stages: Stages) -> Any:
    """The task's report, or why there is none; a folder that cannot be written to ends the run."""
    try:
        return task.run(stages)
    except FATAL as error:
        return error
    except Exception as error:
        return Failure("internal", describe(error))


def _end_with_parent() -> None:
    """Leave no process behind when the parent was killed."""
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def default_jobs() -> int:
    """The cores this process may use."""
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
