"""What is new: the inputs there are, against those of the last run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.read.inputs import Input
from pipeline.run.tasks import FoundInput
from pipeline.schema import Reject, arrow_schema
from pipeline.tables import to_arrow
from pipeline.tables.parquet import file_digest
from pipeline.tables.state import InputState, RejectState, State

SETTLED_NS = 2_000_000_000
"""A file changed less than two seconds before it was read may change again within the same time stamp
(FAT keeps two seconds, ext3 and HFS+ one)."""


@dataclass(frozen=True, slots=True)
class InputPlan:
    """Which inputs to read; every list in the order of the walk."""

    found: Sequence[FoundInput]
    new: Sequence[FoundInput]
    changed: Sequence[FoundInput]
    same: Sequence[FoundInput]
    n_removed: int
    rejects: pa.Table
    """``RejectState`` of what is no file to read."""
    same_rejects: bool
    """Whether the last run found the same ones."""
    is_stale: bool
    """Whether some inputs are the same though size and time alone do not tell."""

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.new or self.changed or self.n_removed) and self.same_rejects


def look(sources: Iterable[Input | Reject]) -> tuple[list[FoundInput], list[RejectState]]:
    """The inputs and what is no input, apart."""
    now = time.time_ns()
    found, rejects = [], []
    for each in sources:
        if isinstance(each, Reject):
            rejects.append(RejectState(each.path, each.doc_id, each.reason, each.detail, None))
        else:
            settled = each.modified_ns < now - SETTLED_NS
            found.append(FoundInput(each, each.shown, each.n_bytes, each.modified_ns, settled))
    return found, rejects


def compare(sources: Iterable[Input | Reject], state: State, *, limit: int | None = None) -> InputPlan:
    """Sort the inputs into new, changed and same: by size and time first, by content where they differ."""
    found, rejects = look(sources)
    found = found[:limit]
    rows = {path: row for row, path in enumerate(state.inputs["path"].to_pylist())}
    columns = [state.inputs[name].to_pylist() for name in ("size", "mtime_ns", "settled", "sha256")]
    again = _to_read_again(state)
    new, changed, same = [], [], []
    n_told = 0
    for each in found:
        row = rows.pop(each.path, None)
        if row is None:
            new.append(each)
            continue
        size, mtime_ns, settled, sha256 = (column[row] for column in columns)
        told = (each.size, each.mtime_ns) == (size, mtime_ns) and settled
        if each.path not in again and (told or _has_digest(each, size, sha256)):
            same.append(each)
            n_told += told or not each.settled
        else:
            changed.append(each)
    table = to_arrow(rejects, RejectState)
    same_rejects = table.equals(_walk_rejects(state))
    return InputPlan(found, new, changed, same, len(rows), table, same_rejects, is_stale=n_told < len(same))


def _has_digest(found: FoundInput, size: int, sha256: str) -> bool:
    try:
        return found.size == size and bool(sha256) and file_digest(found.source.path) == sha256
    except OSError:
        return False


def _to_read_again(state: State) -> frozenset[str]:
    """Inputs that could not be opened: a change of permissions shows in neither size nor time."""
    unreadable = state.rejects.filter(pc.equal(state.rejects["reason"], "unreadable"))
    return frozenset(unreadable["path"].to_pylist())


def _walk_rejects(state: State) -> pa.Table:
    """Those of the state's rejects that are no inputs."""
    is_input = pc.is_in(state.rejects["path"], value_set=state.inputs["path"].combine_chunks())
    return state.rejects.filter(pc.invert(is_input)).combine_chunks()


def states(found: Iterable[FoundInput], state: State) -> pa.Table:
    """The state of inputs that are the same, with their present size and time."""
    digests = dict(zip(state.inputs["path"].to_pylist(), state.inputs["sha256"].to_pylist(), strict=True))
    columns = [[each.path, each.size, each.mtime_ns, each.settled, digests[each.path]] for each in found]
    names = arrow_schema(InputState).names
    values = {name: [row[i] for row in columns] for i, name in enumerate(names)}
    return pa.table(values, schema=arrow_schema(InputState))
