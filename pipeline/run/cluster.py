"""The same tasks on a Ray cluster: one actor a core, each with the model loaded once.

Tasks and reports are small; texts and rows travel through the outputs folder, which every machine of the
cluster must see at the same path.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.config import Config
from pipeline.run.stages import MakeStages, NotReadyError
from pipeline.run.tasks import Task
from pipeline.run.workers import (
    FATAL,
    START_S,
    Failure,
    Limits,
    Retries,
    TimeLimitError,
    cause,
    report_of,
    time_limit,
)
from pipeline.tables import FolderError


class EngineError(FolderError):
    """The engine asked for is not installed, or does not start."""


@dataclass(slots=True)
class Actor:
    """A process somewhere in the cluster, and the task it is at."""

    handle: Any
    task: Task | None = None
    deadline: float = 0.0


class RayPool:
    """Actors on a Ray cluster: the one that ``RAY_ADDRESS`` names, else one started on this machine.

    Raises:
        EngineError: Ray is not installed or does not start.
    """

    def __init__(
        self, make_stages: MakeStages, config: Config, limits: Limits, *, jobs: int | None = None
    ) -> None:
        try:
            import ray
        except ImportError as error:
            raise EngineError("--engine ray needs Ray: pip install 'newsclaims[ray]'") from error
        self.ray: Any = ray
        self.started_here = not ray.is_initialized()
        if self.started_here:
            _start(ray, jobs)
        self.jobs = jobs or int(ray.cluster_resources().get("CPU", 1))
        self.limits = limits
        self.start = (make_stages, config, limits)
        self.actors: list[Actor] = []
        self.make_actor = ray.remote(num_cpus=1)(_Worker)

    def expect(self, n_chars: float) -> None:
        """A cluster is not used for a few articles."""

    def warm_up(self, n: int) -> None:
        while len(self.actors) < min(n, self.jobs):
            self._spawn()

    def map(self, tasks: Iterable[Task]) -> Iterator[Any]:
        """The report of every task, or of the pieces it was cut into."""
        retries = Retries(tasks)
        running: dict[Any, Actor] = {}
        while True:
            self._hand_out(retries, running)
            if not running:
                return
            timeout = max(0.0, min(actor.deadline for actor in running.values()) - time.monotonic())
            done, _ = self.ray.wait(list(running), timeout=timeout)
            late = [ref for ref, actor in running.items() if time.monotonic() >= actor.deadline]
            for ref in {*done, *late}:
                actor = running.pop(ref)
                task, actor.task = actor.task, None
                report = self._report(ref, actor, is_done=ref in done)
                if isinstance(report, FATAL):
                    raise cause(report)
                if isinstance(report, Failure) and task is not None:
                    yield from retries.failed(task, report)
                else:
                    yield report

    def _hand_out(self, retries: Retries, running: dict[Any, Actor]) -> None:
        idle = [actor for actor in self.actors if actor.task is None]
        while (idle or len(self.actors) < self.jobs) and (task := retries.next()) is not None:
            actor, start_s = (idle.pop(), 0.0) if idle else (self._spawn(), START_S)
            actor.task = task
            actor.deadline = time.monotonic() + self.limits.wall_s(task) + start_s
            running[actor.handle.run.remote(task)] = actor

    def _spawn(self) -> Actor:
        actor = Actor(self.make_actor.remote(*self.start))
        self.actors.append(actor)
        return actor

    def _report(self, ref: Any, actor: Actor, *, is_done: bool) -> Any:
        if is_done:
            try:
                return self.ray.get(ref)
            except self.ray.exceptions.RayError as error:
                failure = Failure("internal", f"its process died: {type(error).__name__}")
        else:
            failure = Failure("timeout", "took longer than the limit; its process was ended")
        self.actors.remove(actor)
        self.ray.kill(actor.handle)
        return failure

    def close(self) -> None:
        """End the actors, and the cluster where it was started for this run."""
        for actor in self.actors:
            self.ray.kill(actor.handle)
        if self.started_here:
            self.ray.shutdown()


class _Worker:
    """What an actor holds: the stages, made once."""

    def __init__(self, make_stages: MakeStages, config: Config, limits: Limits) -> None:
        self.stages, self.limits = make_stages(config), limits

    def run(self, task: Task) -> Any:
        cpu_s = self.limits.seconds(task)
        try:
            task.prepare(self.stages)
            with time_limit(cpu_s, self.limits.wall_s(task)):
                return report_of(task, self.stages)
        except NotReadyError as error:
            return error
        except TimeLimitError as error:
            return Failure("timeout", str(error))


def _start(ray: Any, jobs: int | None) -> None:
    try:
        ray.init(log_to_driver=False, include_dashboard=False, num_cpus=_local(jobs))
    except Exception as error:  # Ray raises plain ones, on a machine too busy to start it in time for example
        raise EngineError(f"--engine ray: Ray could not be started: {error}") from error


def _local(jobs: int | None) -> int | None:
    """How many cores to offer where Ray is started here; Ray counts those of a running cluster itself."""
    return None if "RAY_ADDRESS" in os.environ else jobs
