"""What is new: the inputs there are, against those of the last run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.remote import file_digest
from pipeline.run.listing import FoundInput, Listing
from pipeline.schema import arrow_schema
from pipeline.tables import to_arrow
from pipeline.tables.state import InputState, RejectState, State

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class InputPlan:
    """Which inputs to read, by their numbers in the listing, in its order."""

    listing: Listing
    shown: pa.Array
    """Paths of the inputs of this run: of all in the listing, or of the first ones."""
    new: Ints
    changed: Ints
    same: Ints
    same_states: pa.Table
    """``InputState`` of those that are the same, with their present size and time."""
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
        return not (len(self.new) or len(self.changed) or self.n_removed) and self.same_rejects

    @property
    def is_settled(self) -> bool:
        """Whether size and time of every input will tell the next run whether it is the same."""
        return all(map(self.listing.is_settled, range(len(self.shown))))

    def numbers_of(self, paths: pa.Array) -> Ints:
        """The numbers of the inputs with these paths."""
        return np.flatnonzero(np.asarray(pc.is_in(self.shown, value_set=paths)))


def compare(listing: Listing, state: State, *, limit: int | None = None) -> InputPlan:
    """Sort the inputs into new, changed and same: by size and time first, by content where they differ."""
    shown = pa.array(listing.all_shown(), pa.string())[:limit]
    n = len(shown)
    row = pc.index_in(shown, value_set=state.inputs["path"].combine_chunks())
    known = np.asarray(row.is_valid())
    rows = row.fill_null(0) if state.inputs.num_rows else row
    before = {name: state.inputs[name].combine_chunks().take(rows) for name in state.inputs.schema.names}
    sizes, times = (np.array(each, dtype=np.int64)[:n] for each in (listing.sizes, listing.times))
    settled = np.fromiter(map(listing.is_settled, range(n)), dtype=bool, count=n)
    usable = known & _has_id(listing, before["doc_id"], known) & ~_to_read_again(shown, state)
    same_size = usable & (sizes == _numbers(before["size"]))
    told = same_size & (times == _numbers(before["mtime_ns"])) & (_numbers(before["settled"]) == 1)
    same = told.copy()
    for number in np.flatnonzero(same_size & ~told).tolist():
        same[number] = _has_digest(listing[number], before["sha256"][number].as_py())
    rejects = to_arrow(
        [RejectState(each.path, each.doc_id, each.reason, each.detail, None) for each in listing.rejects],
        RejectState,
    )
    return InputPlan(
        listing=listing,
        shown=shown,
        new=np.flatnonzero(~known),
        changed=np.flatnonzero(known & ~same),
        same=np.flatnonzero(same),
        same_states=_states(shown, sizes, times, settled, before, same),
        n_removed=state.inputs.num_rows - len(np.unique(_numbers(rows)[known])),
        rejects=rejects,
        same_rejects=rejects.equals(_walk_rejects(state)),
        is_stale=bool((same & ~told & settled).any()),
    )


def _numbers(column: pa.Array) -> Ints:
    return np.asarray(column.cast(pa.int64()).fill_null(-1), dtype=np.int64)


def _has_id(listing: Listing, ids: pa.Array, known: Bools) -> Bools:
    """Whether the inputs had the same place below their input folder."""
    found = known.copy()
    for number, doc_id in zip(np.flatnonzero(known).tolist(), ids.filter(pa.array(known)), strict=True):
        found[number] = listing[number].source.doc_id == doc_id.as_py()
    return found


def _has_digest(found: FoundInput, sha256: str) -> bool:
    try:
        return bool(sha256) and file_digest(found.source.path) == sha256
    except OSError:
        return False


def _to_read_again(shown: pa.Array, state: State) -> Bools:
    """Inputs that could not be opened: a change of permissions shows in neither size nor time."""
    unreadable = state.rejects.filter(pc.equal(state.rejects["reason"], "unreadable"))
    return np.asarray(pc.is_in(shown, value_set=unreadable["path"].combine_chunks()))


def _walk_rejects(state: State) -> pa.Table:
    """Those of the state's rejects that are no inputs."""
    is_input = pc.is_in(state.rejects["path"], value_set=state.inputs["path"].combine_chunks())
    return state.rejects.filter(pc.invert(is_input)).combine_chunks()


def _states(
    shown: pa.Array, sizes: Ints, times: Ints, settled: Bools, before: dict[str, pa.Array], same: Bools
) -> pa.Table:
    values = before | {
        "path": shown,
        "size": pa.array(sizes),
        "mtime_ns": pa.array(times),
        "settled": pa.array(settled),
    }
    table = pa.table(
        [values[name] for name in arrow_schema(InputState).names], schema=arrow_schema(InputState)
    )
    return table.filter(pa.array(same))
