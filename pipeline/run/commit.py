"""From what a run found to the next content of the outputs folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.run import layout
from pipeline.run.ledger import Ledger
from pipeline.run.tasks import ROWS
from pipeline.tables.merge import PartPlan, part_rows
from pipeline.tables.settings import Settings
from pipeline.tables.state import PartFile, State
from pipeline.tables.store import Commit


class Wide(Protocol):
    """What only the whole corpus tells: names across articles, near-duplicates, shared quotations."""

    names: pa.Table

    def finish(self, name: str, rows: pa.Table) -> pa.Table:
        """Rows of table ``name`` with the columns filled that depend on other articles."""


Scan = Callable[[str, Sequence[str]], Iterator[pa.Table]]
"""The rows the tables will have, some columns of one table, in pieces."""

MakeWide = Callable[[Scan], Wide]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found, with all of the ledger's tables full but those that say where rows will be."""

    settings: Settings
    ledger: Ledger
    files: Sequence[PartFile]
    """Those of the tables as they are; without what is damaged."""
    part_chars: int
    make_wide: MakeWide


def replace_tables(outputs: Path, result: Result) -> None:
    """Write the parts that change and make them the folder's content."""
    ledger = result.ledger
    layout.lay_out(ledger, result.part_chars)
    pending = Pending(outputs, ledger, layout.part_numbers(ledger))
    wide = result.make_wide(pending.scan)
    commit = Commit(outputs)
    old = {(file.table, file.number): file for file in result.files}
    for number in pending.numbers:
        plan = pending.plan(number)
        dirty = layout.is_dirty(ledger, plan)
        for name in ROWS:
            kept = old.get((name, number))
            if kept is not None and not dirty and not pending.differs(name, plan, wide):
                commit.keep(kept)
            else:
                commit.write(name, number, [wide.finish(name, pending.rows(name, plan))])
    commit.write("names", 0, [wide.names])
    commit.write("rejects", 0, layout.reject_rows(ledger))
    finish(commit, ledger, layout.STATE, result.settings)


def refresh(outputs: Path, before: State, ledger: Ledger) -> None:
    """Keep the tables, but remember the inputs' present size and time: saves hashing them the next time."""
    commit = Commit(outputs)
    for file in before.files:
        commit.keep(file)
    finish(commit, ledger, layout.REFRESHED, before.settings)


def finish(commit: Commit, ledger: Ledger, tables: Mapping[str, str], settings: Settings) -> None:
    """Write the state that the next run goes on from, and replace everything."""
    path = commit.folder / "ledger.sqlite"
    n_inputs = ledger.one("SELECT COUNT(*) FROM listing")
    ledger.save(path, tables)
    ledger.close()  # the state it went on from is about to be removed
    commit.finish(State(settings, path, tuple(commit.files)), n_inputs)


@dataclass(slots=True)
class Pending:
    """The rows the tables will have, before what only the corpus tells."""

    outputs: Path
    ledger: Ledger
    numbers: Sequence[int]
    _last: PartPlan | None = None

    def plan(self, number: int) -> PartPlan:
        """What a part will hold."""
        if self._last is None or self._last.number != number:
            self._last = layout.part_plan(self.ledger, number)
        return self._last

    def rows(self, name: str, plan: PartPlan, columns: Sequence[str] | None = None) -> pa.Table:
        table = part_rows(self.outputs, name, plan, columns)
        return self._present(table, plan) if name == "documents" and columns is None else table

    def _present(self, documents: pa.Table, plan: PartPlan) -> pa.Table:
        """The rows with the present ``path`` and ``sha256``: an input may have got other articles."""
        doc_ids, *values = layout.present_inputs(self.ledger, plan.number)
        row = pc.index_in(documents["doc_id"], value_set=doc_ids).combine_chunks()
        for name, each in zip(("path", "sha256"), values, strict=True):
            index = documents.schema.get_field_index(name)
            documents = documents.set_column(index, documents.schema.field(index), each.take(row))
        return documents

    def scan(self, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        needed = columns if "doc_id" in columns else ["doc_id", *columns]
        for number in self.numbers:
            yield self.rows(name, self.plan(number), needed).select(list(columns))

    def differs(self, name: str, plan: PartPlan, wide: Wide) -> bool:
        """Whether the corpus tells something else than it did of rows that are otherwise the same."""
        columns = WIDE_COLUMNS.get(name)
        if columns is None:
            return False
        rows = self.rows(name, plan, columns)
        return not wide.finish(name, rows).equals(rows)


WIDE_COLUMNS = {
    "documents": ["doc_id", "duplicate_of"],
    "entities": ["doc_id", "mention_id", "label", "name", "name_id"],
    "claims": ["doc_id", "claim_id", "source_kind", "source_name", "source_name_id", "quotation_id"],
}
"""Columns that ``Wide.finish`` fills, with those it fills them by."""
