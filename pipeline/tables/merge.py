"""The rows of one part: what stays of the old file and what was made since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.schema import arrow_schema
from pipeline.tables import parquet
from pipeline.tables.bundle import read_bundle
from pipeline.tables.folder import RECORDS
from pipeline.tables.place import part_path


@dataclass(frozen=True, slots=True)
class PartSource:
    """Rows in a part of the tables of another outputs folder, or of the same one."""

    outputs: Path
    number: int

    def rows(self, name: str, columns: Sequence[str], first: str, last: str) -> pa.Table:
        """The rows of a table with a ``doc_id`` from ``first`` to ``last``, and maybe others.

        A part that is made of many others takes a little of each.
        """
        path = part_path(self.outputs, name, self.number)
        return parquet.read_between(path, columns, "doc_id", first, last)


@dataclass(frozen=True, slots=True)
class BundleSource:
    """Rows that a worker put by."""

    path: Path

    def rows(self, name: str, columns: Sequence[str], _first: str, _last: str) -> pa.Table:
        """All rows of a table."""
        return read_bundle(self.path, name).select(list(columns))


Source = PartSource | BundleSource


@dataclass(frozen=True, slots=True)
class PartPlan:
    """Which articles a part will hold, and where their rows are now."""

    number: int
    keep: pa.Array
    """``doc_id`` of the articles whose rows stay as they are in the part's present files."""
    made: Mapping[Source, Sequence[str]]
    """The other articles' ``doc_id``, by where their rows are."""


def part_rows(outputs: Path, name: str, plan: PartPlan, columns: Sequence[str] | None = None) -> pa.Table:
    """The part's rows of one table: by article, in the order of ``doc_id``, each article's in its own order.

    ``columns`` must name ``doc_id``.
    """
    names = list(columns or arrow_schema(RECORDS[name]).names)
    pieces = [arrow_schema(RECORDS[name]).empty_table().select(names)]
    if len(plan.keep):
        pieces.append(_rows_of(PartSource(outputs, plan.number), name, names, plan.keep))
    for source, doc_ids in plan.made.items():
        pieces.append(_rows_of(source, name, names, pa.array(doc_ids, pa.string())))
    table = pa.concat_tables(pieces)
    return table.take(pc.sort_indices(table["doc_id"])) if len(plan.made) else table


def _rows_of(source: Source, name: str, columns: Sequence[str], doc_ids: pa.Array) -> pa.Table:
    ends = pc.min_max(doc_ids)
    table = source.rows(name, columns, ends["min"].as_py(), ends["max"].as_py())
    return table.filter(pc.is_in(table["doc_id"], value_set=doc_ids))
